"""The locked hold-out: never read by a search, opened by a command that is counted."""

import json
from pathlib import Path

import polars as pl
import pytest

from app import cli
from app.commands import studies
from app.holdout import every_bar
from app.pages import kept, up_to_date
from app.resolve import experiment_of
from app.yaml_lines import document_of
from reports.standing import standing
from storage.holdouts import locks
from storage.lake import Lake
from storage.results import Results
from storage.trials import entries
from tests.app.small import SMALL

FROM = "2020-03-16"  # of sixty sessions from 2020-01-02
FOLDS = ["--set", "folds={train: 20, test: 5, purge: 1, min_trades: 5}"]
QUICK = [*FOLDS, "--surrogates", "0", "--set", "evidence.bootstrap=0"]
LOCKED = ["--set", f"holdout.from={FROM}", "--set", "study=locked"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, root) -> tuple:
    """A study file, and a store with bars and no run."""
    folder = tmp_path_factory.mktemp("holdout")
    (folder / "bars").symlink_to(root / "bars")
    (folder / "small.yaml").write_text(SMALL)
    return str(folder / "small.yaml"), folder


@pytest.fixture
def play(study, monkeypatch, capsys):
    """Run a command over that store, without drawing a page."""
    monkeypatch.setattr(studies, "drawn", lambda _: None)

    def run(*arguments: str):
        capsys.readouterr()
        code = cli.main([*arguments, "--root", str(study[1])])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def locked(study, play) -> str:
    """A run that locked its last sessions."""
    code, out, err = play("sweep", study[0], *QUICK, *LOCKED, "--json")
    assert code == 0, err
    return json.loads(out)["run"]


def test_a_search_reads_no_session_of_its_holdout(study, locked) -> None:
    run = Results(study[1]).run(locked)
    assert str(run.table("trades")["trade_date"].max()) < FROM
    assert str(run.table("folds")["test_last"].max()) < FROM
    (entry,) = [one for one in entries(study[1]) if (one.kind, one.run) == ("sweep", locked)][-1:]
    assert (entry.held, entry.symbol, entry.source) == (FROM, "ES", "synthetic")
    assert entry.last < FROM


def test_an_opening_is_played_counted_and_shown(study, play, locked) -> None:
    before = [one for one in entries(study[1]) if (one.kind, one.run) == ("holdout", locked)]
    results = Results(study[1])
    tried = results.trials(results.run(locked).manifest.data)
    for count in (len(before) + 1, len(before) + 2):
        code, out, err = play("holdout", "open", locked, "--json")
        assert code == 0, err
        found = json.loads(out)
        assert found["opened"] == count
        assert found["from"] == FROM
        assert found["sessions"] > 5
    alone = json.loads(play("sweep", study[0], *QUICK, *LOCKED, "--json")[1])
    assert alone["openings"] == count
    assert alone["trials"] == tried >= 16  # an opening is no trial, and a run played twice is one


def test_the_figures_are_those_of_the_choice_played_over_everything(study, play, locked) -> None:
    found = json.loads(play("holdout", "open", locked, "--json")[1])
    stored = Results(study[1]).run(locked)
    row = stored.table("combinations").row(found["combination"], named=True)
    single = [*("--set", f"params.minutes={row['minutes']}")]
    gate = "null" if row["widest"] is None else f"{row['widest']:.0f}"
    target = "{r: 2}" if row["target"] == "2 r" else row["target"]
    single += ["--set", f"gates.widest={gate}", "--set", f"exits.stop={row['stop']}"]
    single += ["--set", f"exits.target={target}", "--json"]
    code, out, err = play("run", study[0], *FOLDS, *single)
    assert code == 0, err
    trades = Results(study[1]).run(json.loads(out)["run"]).table("trades")
    late = trades.filter(
        (trades["trade_date"].cast(pl.String) >= FROM) & (trades["scope"] == "best")
    )
    assert found["trades"] == len(late) > 0
    assert found["net"] == pytest.approx(float(late["net"].sum()) / 100)


def test_a_study_that_reads_locked_dates_is_flagged(study, play, locked) -> None:
    code, out, err = play("sweep", study[0], *QUICK, "--set", "study=peeking", "--json")
    assert code == 0
    assert f"reads sessions from {FROM} on, the locked hold-out of {locked}" in err
    peeking = json.loads(out)["run"]
    assert peeking in readers_of(study[1], locked)
    _, text, err = play("holdout", "open", locked)
    assert peeking in text
    assert "they were not unseen" in err
    Results(study[1]).remove(peeking)  # which makes nothing unseen again
    assert peeking in readers_of(study[1], locked)


def readers_of(root, run: str) -> tuple[str, ...]:
    (lock,) = [one for one in locks(root) if one.run == run]
    return lock.readers


def test_what_has_no_holdout_cannot_be_opened(study, play, locked) -> None:
    code, out, _ = play("sweep", study[0], *QUICK, "--set", "study=open", "--json")
    assert code == 0
    code, _, err = play("holdout", "open", json.loads(out)["run"])
    assert (code, "locked no hold-out" in err) == (2, True)
    code, _, err = play("holdout", "open", locked[:-1])
    assert (code, f"did you mean '{locked}'" in err) == (2, True)


def test_an_adaptive_search_is_repeated_to_open_its_holdout(study, play) -> None:
    search = ["--set", "search={method: coarse_to_fine, trials: 8}", "--set", "study=coarse"]
    _, out, _ = play("sweep", study[0], *QUICK, *LOCKED, *search, "--json")
    run = json.loads(out)["run"]
    found = json.loads(play("holdout", "open", run, "--json")[1])
    assert found["trades"] > 0


@pytest.mark.parametrize("search", ["{}", "{method: coarse_to_fine, trials: 4}"])
def test_other_rules_or_other_bars_open_nothing(tmp_path, monkeypatch, capsys, search) -> None:
    """What is opened is the choice of that run: not of an edited file, nor of other bars."""
    monkeypatch.setattr(studies, "drawn", lambda _: None)
    (tmp_path / "ideas").mkdir()
    file, root = tmp_path / "ideas" / "mine.py", ["--root", str(tmp_path / "store")]
    rules = Path("adapters/opening_drive.py").read_text()
    file.write_text(rules)
    text = SMALL.replace("strategy: opening_drive", "strategy: mine.py")
    (tmp_path / "ideas" / "small.yaml").write_text(text)
    made = ["data", "synth", "ES", "--sessions", "60", *root]
    assert cli.main(made) == 0
    searched = ["--set", f"search={search}"]
    study = ["sweep", str(tmp_path / "ideas" / "small.yaml"), *QUICK, *LOCKED, *searched, *root]
    assert cli.main([*study, "--json"]) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    opening = ["holdout", "open", run, *root]
    file.write_text(rules.replace("bars.close > box.high", "bars.close >= box.high"))
    assert cli.main(opening) == 2
    assert f"the strategy of '{run}' is not the one it was played with" in capsys.readouterr().err
    file.write_text(rules)
    assert cli.main(opening) == 0
    assert cli.main([*made, "--seed", "8"]) == 0
    capsys.readouterr()
    assert cli.main(opening) == 2
    assert f"the bars of '{run}' are not the stored ones any more" in capsys.readouterr().err
    assert [one.openings for one in locks(tmp_path / "store")] == [1]


def test_what_a_study_puts_inside_its_bars_is_there_for_its_holdout_and_page(study, play) -> None:
    """Doubts that finer bars settled in the search are not left open afterwards."""
    finer = ["--set", "data={symbol: ES, timeframe: 5m, inside: 1m}", "--set", "study=finer"]
    code, out, err = play("sweep", study[0], *QUICK, *LOCKED, *finer, "--json")
    assert code == 0, err
    results, lake = Results(study[1]), Lake(study[1])
    run = results.run(json.loads(out)["run"])
    page = kept(results, lake, run.name).bars
    assert page.fingerprint == run.manifest.data
    assert (page.minutes, page.inner.minutes) == (5, 1)
    every = every_bar(lake, run, experiment_of(document_of(run.study, run.name)))
    assert (every.minutes, every.inner.minutes) == (5, 1)
    assert len(every.inner) > len(page.inner)


def test_without_a_lock_the_list_says_how_to_make_one(tmp_path, capsys) -> None:
    assert cli.main(["holdout", "list", "--root", str(tmp_path)]) == 0
    assert "no study has locked a hold-out yet" in capsys.readouterr().out
    assert Lake(tmp_path).stored() == []


def test_an_opened_holdout_is_read_for_every_study_that_locks_it(study, play, locked) -> None:
    assert play("holdout", "open", locked)[0] == 0
    code, out, err = play("sweep", study[0], *QUICK, *LOCKED, "--set", "study=second", "--json")
    assert code == 0
    second = json.loads(out)["run"]
    assert locked in readers_of(study[1], second)
    assert f"from {FROM} on is not unseen: read by " in err


def test_the_page_says_how_often_it_was_opened_and_who_read_it(study, play, locked) -> None:
    assert play("holdout", "open", locked)[0] == 0
    assert play("sweep", study[0], *QUICK, "--set", "study=peeking", "--json")[0] == 0
    report = kept(Results(study[1]), Lake(study[1]), locked, bars=False).told
    (lock,) = [one for one in locks(study[1]) if one.run == locked]
    assert report.facts["openings"] == lock.openings > 0
    said = standing(report, None)
    assert "opened once" in said or f"opened {lock.openings} times" in said
    assert "not unseen: read by " in said
    assert all(reader in said for reader in lock.readers)


def test_a_page_is_drawn_anew_when_the_lock_is_opened_and_marked_when_it_is_broken(
    study, play, locked
) -> None:
    results, lake = Results(study[1]), Lake(study[1])
    page = results.run(locked).folder / "report.html"
    page.write_text("<body>drawn before", "utf-8")
    code, _, err = play("holdout", "open", locked)
    assert code == 0
    assert f"page: {page}" in err
    found = kept(results, lake, locked)
    assert not found.stale
    assert standing(found.told, None).partition("not read; ")[2][:6] in page.read_text("utf-8")
    code, out, _ = play("sweep", study[0], *QUICK, "--set", "study=breaking", "--json")
    assert code == 0
    breaking = kept(results, lake, json.loads(out)["run"])
    assert kept(results, lake, locked).stale
    up_to_date(breaking)
    up_to_date(breaking)
    assert not breaking.stale
    assert page.read_text("utf-8").count("Out of date") == 1
    up_to_date(kept(results, lake, locked))
    assert "Out of date" not in page.read_text("utf-8")
    page.unlink()
