"""Pages from the command line: written beside the run, built again from the store."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.app.small import FOLDS, SMALL


@pytest.fixture
def run(tickgrid, tmp_path):
    """A study played from the command line: the name of its run, and what was said beside it."""
    study = tmp_path / "small.yaml"
    study.write_text(SMALL)
    code, out, err = tickgrid("sweep", str(study), "--json", *FOLDS)
    assert code == 0, err
    return json.loads(out)["run"], err


@pytest.mark.covers("A-130")
def test_a_sweep_ends_with_a_page_and_says_where(run, root):
    name, said = run
    page = root / "runs" / name / "report.html"
    assert f"page: {page}" in said
    text = page.read_text("utf-8")
    assert "<title>" + name in text
    assert "combinations were ever tried" in text


def test_a_page_is_built_again_to_the_same_bytes(run, root, tickgrid, tmp_path):
    name, _ = run
    page = root / "runs" / name / "report.html"
    before = page.read_bytes()
    elsewhere = tmp_path / "mine.html"
    assert tickgrid("report", name, "--out", str(elsewhere))[:2] == (0, f"{elsewhere}\n")
    assert elsewhere.read_bytes() == before
    page.unlink()
    assert tickgrid("report", name)[:2] == (0, f"{page}\n")
    assert page.read_bytes() == before


def test_without_its_bars_a_page_says_so(run, root, tickgrid, tmp_path):
    name, _ = run
    away = shutil.move(root / "bars", tmp_path / "bars")
    try:
        code, out, _ = tickgrid("report", name, "--out", str(tmp_path / "page.html"))
    finally:
        shutil.move(away, root / "bars")
    assert code == 0
    text = Path(out.strip()).read_text("utf-8")
    assert "not in the store any more" in text
    assert not re.search('data-figure="trade-', text)


def test_a_run_nobody_knows_is_named(run, tickgrid):
    name, _ = run
    code, _, err = tickgrid("report", name[:-1])
    assert code == 2
    assert "did you mean" in err
    assert name in err


def test_a_folder_that_cannot_be_written_is_named(run, tickgrid, tmp_path):
    name, _ = run
    (tmp_path / "file").write_text("no folder")
    code, _, err = tickgrid("report", name, "--out", str(tmp_path / "file" / "page.html"))
    assert code == 2
    assert str(tmp_path / "file") in err
