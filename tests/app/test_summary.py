"""`tickgrid runs summary`: a run in a screen, and the files other programs read."""

import json
from collections import Counter

import pytest

from app.pages import kept
from app.summary import FILES, summary
from reports.migration import gap_rows
from storage.lake import Lake
from storage.results import Results
from tests.app.small import FOLDS, SMALL

QUICK = [*FOLDS[:2], "--surrogates", "0", "--set", "evidence.bootstrap=0"]


@pytest.fixture
def run(tickgrid, tmp_path) -> str:
    """The small study on the store of the tests; what is stored is not played again."""
    study = tmp_path / "small.yaml"
    study.write_text(SMALL)
    code, out, err = tickgrid("sweep", str(study), "--json", *QUICK, "--set", "study=summed")
    assert code == 0, err
    return json.loads(out)["run"]


@pytest.mark.covers("A-064")
def test_a_run_is_told_in_a_screen(run, tickgrid, root) -> None:
    """Dates, sessions, contracts, gaps, trend, counts by kind and the last setup."""
    code, out, err = tickgrid("runs", "summary", run, "--json")
    assert code == 0, err
    told, stored = json.loads(out), Results(root).run(run)
    found = kept(Results(root), Lake(root), run)
    bars, tick = found.bars, 0.25
    assert (told["first"], told["last"], told["sessions"]) == ("2020-01-02", "2020-03-27", 60)
    assert told["contracts"] == ["ESH20", "ESM20"]
    rows = gap_rows(bars)
    assert told["gaps"]["up"] + told["gaps"]["down"] == told["gaps"]["sessions"] == rows.height
    assert told["gaps"]["up"] == sum(gap > 0 for gap in rows["gap"])
    assert told["trend"]["moved"] == (int(bars.close[-1]) - int(bars.open[0])) * tick
    one = stored.table("folds")["combination"].drop_nulls()[-1]
    setups = [r for r in stored.table("setups").iter_rows(named=True) if r["combination"] == one]
    sides = {1: "long", -1: "short"}
    counts = Counter((sides[row["side"]], row["outcome"]) for row in setups)
    assert {(s, o): n for s, kinds in told["setups"].items() for o, n in kinds.items()} == counts
    last = max(setups, key=lambda row: (row["ts"], row["setup"]))
    assert told["last_setup"]["time"] == last["ts"].isoformat()
    assert told["last_setup"]["side"] == sides[last["side"]]
    assert told["last_setup"]["outcome"] == last["outcome"]


@pytest.mark.covers("VA-101")
def test_a_run_is_handed_over_as_json(run, tickgrid, root, tmp_path) -> None:
    """The run as a whole, a row a trade date, and what the screen says."""
    code, out, err = tickgrid("runs", "summary", run, "--json", "--out", str(tmp_path / "over"))
    assert code == 0, err
    told, stored = json.loads(out), Results(root).run(run)
    trades = stored.table("trades").filter(scope="oos")
    assert told["trades"]["count"] == trades.height > 0
    assert told["trades"]["net"] == pytest.approx(trades["net"].sum() / 100)
    files = {name: (tmp_path / "over" / name).read_text("utf-8") for name in FILES}
    assert json.loads(files["trade_summary.json"]) == told
    days = json.loads(files["daily_summary.json"])
    assert len(days) == stored.table("equity").filter(scope="oos").height
    assert sum(day["n"] for day in days) == trades.height
    assert sum(day["net"] for day in days) == pytest.approx(told["trades"]["net"])
    assert days[-1]["equity"] == pytest.approx(told["trades"]["net"])
    code, out, _ = tickgrid("runs", "summary", run)
    assert (code, out) == (0, files["summary.txt"])
    assert f"run: {run}" in out
    assert "last_setup.side: " in out


def test_without_bars_nothing_is_said_of_the_market(stored) -> None:
    found = kept(Results(stored.root), Lake(stored.root), stored.name, bars=False)
    told = summary(found)
    assert (told["contracts"], told["gaps"], told["trend"]) == ([], None, None)
    assert told["trades"]["count"] > 0


def test_a_run_that_chose_nothing_has_no_last_setup(tickgrid, tmp_path) -> None:
    study = tmp_path / "small.yaml"
    study.write_text(SMALL)
    none = ("--set", "folds={train: 20, test: 5, min_trades: 99}", "--set", "study=none")
    code, out, err = tickgrid("sweep", str(study), "--json", *QUICK[2:], *none)
    assert code == 0, err
    code, out, _ = tickgrid("runs", "summary", json.loads(out)["run"], "--json")
    told = json.loads(out)
    assert (code, told["last_setup"], told["setups"]) == (0, None, {})
    assert told["trades"] == {"count": 0, "won": 0, "win_rate": None, "net": 0, "expectancy": None}
