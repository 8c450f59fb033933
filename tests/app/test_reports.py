"""Reports from the command line: other forms, pictures, comparisons, targets and changes."""

import csv
import json
import shutil
from datetime import date

import polars as pl
import pytest

from app import images
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


@pytest.mark.covers("A-084")
def test_runs_are_compared(names, tickgrid, tmp_path, root):
    page = tmp_path / "both.html"
    code, out, err = tickgrid("runs", "compare", *names, "--json", "--out", str(page))
    assert code == 0, err
    rows = {row["measure"]: row for row in json.loads(out)["rows"]}
    assert rows["expectancy"]["difference"] == pytest.approx(-2 * (9 - 2.05), abs=30)
    assert page.read_text().startswith("<!doctype html>")
    code, out, err = tickgrid("runs", "compare", *names)
    assert "expectancy" in out
    assert str(root / "comparisons") in err
    assert tickgrid("runs", "compare", names[0], names[1][:-1])[0] == 2
    assert tickgrid("runs", "compare", names[0])[0] == 2


def test_a_removed_run_is_gone(names, tickgrid):
    assert tickgrid("runs", "rm", names[1])[0] == 0
    assert names[1] not in tickgrid("runs")[1]
    assert tickgrid("runs", "rm", names[1])[0] == 2


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
