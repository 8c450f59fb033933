"""Reports from the command line: other forms, pictures, comparisons, targets and changes."""

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from app import images
from app.commands import compare
from app.pages import Kept
from engine.core.errors import TickgridError
from reports.scorecard import scorecard
from tests.app.small import FOLDS, SMALL


@pytest.fixture
def names(tickgrid, tmp_path):
    """Two runs of one study that differ in a cost; what is stored is not played again."""
    study = tmp_path / "small.yaml"
    study.write_text(SMALL)
    found = []
    for cost in ("2.05", "9"):
        flags = ("--json", *FOLDS, "--set", f"costs.commission={cost}", "--set", "note=compared")
        code, out, err = tickgrid("sweep", str(study), *flags)
        assert code == 0, err
        found.append(json.loads(out)["run"])
    return found


@pytest.mark.covers("A-130", "QA-143")
def test_every_form_says_the_same_net(names, tickgrid, tmp_path):
    told = {}
    for form in ("md", "txt", "json", "csv", "parquet"):
        place = tmp_path / f"run.{form}"
        assert tickgrid("report", names[0], "--format", form, "--out", str(place))[0] == 0
        told[form] = place
    net = json.loads(told["json"].read_text())["measures"]["net"]
    assert f"| net | {net} |" in told["md"].read_text()
    assert any(
        line.split()[:2] == ["net", str(net)] for line in told["txt"].read_text().split("\n")
    )
    with (told["csv"] / "measures.csv").open() as lines:
        assert float({r["measure"]: r["value"] for r in csv.DictReader(lines)}["net"]) == net
    table = pl.read_parquet(told["parquet"] / "measures.parquet")
    assert table.filter(pl.col("measure") == "net")["value"][0] == net
    assert tickgrid("report", names[0], "--format", "pdf")[0] == 2


@pytest.mark.covers("QA-145")
def test_a_validation_report_is_generated(names, tickgrid, tmp_path, root):
    """The verdict, every figure of evidence with its sentence, and what each fold kept."""
    place = tmp_path / "validation.md"
    assert tickgrid("report", names[0], "--format", "md", "--out", str(place))[0] == 0
    text = place.read_text()
    evidence = pl.read_parquet(root / "runs" / names[0] / "evidence.parquet")
    for row in evidence.iter_rows(named=True):
        assert f"| {row['scope']} | {row['measure']} |" in text
    for title in ("Verdict", "Measures", "Targets", "Evidence", "Folds", "Trades", "Days"):
        assert f"## {title}" in text
    assert {"efficiency", "null_walk", "psr"} <= set(evidence["measure"])
    assert "Rated '" in text


@pytest.mark.covers("A-084")
def test_runs_are_compared(names, tickgrid, tmp_path, root):
    page = tmp_path / "both.html"
    code, out, err = tickgrid("runs", "compare", *names, "--json", "--out", str(page))
    assert code == 0, err
    rows = {row["measure"]: row for row in json.loads(out)["rows"]}
    assert json.loads(out)["unlike"] == ["costs"]
    assert "do not share their costs" in err
    assert rows["expectancy"]["difference"] == pytest.approx(-2 * (9 - 2.05), abs=30)
    assert page.read_text().startswith("<!doctype html>")
    code, out, err = tickgrid("runs", "compare", *names)
    assert "expectancy" in out
    assert str(root / "comparisons") in err
    assert tickgrid("runs", "compare", names[0], names[1][:-1])[0] == 2
    assert tickgrid("runs", "compare", names[0])[0] == 2


@pytest.mark.covers("QA-066")
def test_strategies_on_the_same_bars_and_costs_stand_in_one_table(names, tickgrid, tmp_path):
    rules = Path("adapters/opening_drive.py").read_text()
    (tmp_path / "fading.py").write_text(
        rules.replace("long=", "other=")
        .replace("short=", "long=")
        .replace("other=", "short=")
        .replace("stop=(box.low, box.high)", "stop=None")
    )
    study = SMALL.replace("strategy: opening_drive", "strategy: fading.py").replace("level", "8")
    (tmp_path / "fading.yaml").write_text(study)
    flags = ("--json", *FOLDS, "--set", "note=compared")
    code, out, err = tickgrid("sweep", str(tmp_path / "fading.yaml"), *flags)
    assert code == 0, err
    other = json.loads(out)["run"]
    code, out, err = tickgrid("runs", "compare", names[0], other, "--json")
    found = json.loads(out)
    assert (code, found["unlike"], "do not share" in err) == (0, [], False)
    assert {(row["baseline_run"], row["variant_run"]) for row in found["rows"]} == {
        (names[0], other)
    }
    rows = {row["measure"]: row for row in found["rows"]}
    assert rows["expectancy"]["baseline"] != rows["expectancy"]["variant"]
    assert {"trades", "net", "sharpe", "max_drawdown"} <= set(rows)


@pytest.mark.covers("QA-074")
def test_a_run_is_removed_by_who_means_it_and_comes_back(names, tickgrid, monkeypatch):
    code, _, err = tickgrid("runs", "rm", names[1])
    assert (code, "nobody is there to be asked; say --yes" in err) == (2, True)
    for answer, there in (("n", True), ("y", False)):
        monkeypatch.setattr(compare, "asked", lambda: True)
        monkeypatch.setattr("typer.confirm", lambda _, said=answer: said == "y")
        assert tickgrid("runs", "rm", names[1])[0] == 0
        assert (names[1] in tickgrid("runs")[1]) is there
    assert tickgrid("runs", "rm", names[1], "--yes")[0] == 2
    code, out, _ = tickgrid("runs", "restore", names[1])
    assert (code, out) == (0, f"{names[1]} is back\n")
    assert names[1] in tickgrid("runs")[1]
    assert tickgrid("runs", "restore", names[1])[0] == 2


def test_a_picture_needs_a_browser_and_says_so(names, tickgrid, tmp_path, monkeypatch):
    picture = str(tmp_path / "equity.png")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    code, _, err = tickgrid("report", names[0], "--figure", "market", "--out", picture)
    assert code == 2
    assert "needs a Chromium" in err
    assert "did you mean" in tickgrid("report", names[0], "--figure", "markt")[2]
    code, _, err = tickgrid("report", names[0], "--figure", "market", "--out", "a.gif")
    assert code == 2
    assert ".png or .svg" in err


@pytest.mark.skipif(not any(map(shutil.which, images.BROWSERS)), reason="no Chromium here")
@pytest.mark.parametrize(("kind", "head"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_a_figure_is_written_as_a_picture(names, tickgrid, tmp_path, kind, head):
    picture = tmp_path / f"market.{kind}"
    assert tickgrid("report", names[0], "--figure", "market", "--out", str(picture))[0] == 0
    assert picture.read_bytes().startswith(head)


@pytest.mark.covers("A-086", "QA-144")
def test_targets_and_changes_are_those_of_the_store(stored, report):
    root = stored.folder.parents[1]
    kept = Kept(stored, report)
    assert kept.told.facts["targets"] is None
    (root / "targets.yaml").write_text("sqn: {wanted: 2, weight: 3}\n")
    (root / "changes.yaml").write_text("2024-03-01: new fees\n")
    try:
        told = kept.told
        assert scorecard(told)["measure"].to_list() == ["sqn"]
        assert told.facts["changes"] == [(date(2024, 3, 1), "new fees")]
        (root / "targets.yaml").write_text("sharp: 2\n")
        with pytest.raises(TickgridError, match="did you mean 'sharpe'"):
            _ = kept.told
    finally:
        (root / "targets.yaml").unlink()
        (root / "changes.yaml").unlink()
