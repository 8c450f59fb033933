"""`tickgrid data check` as a user runs it: the report, one defect in full, the figures."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from app.commands import importing
from engine.core.bars import Origin
from engine.core.contracts import instrument
from engine.core.errors import UnknownError
from engine.synth.market import synthesise
from storage.lake import Lake

BARS = synthesise(instrument("ES"), date(2024, 4, 1), 8, 5)
APP = typer.Typer()
APP.command("check")(importing.check)


@pytest.fixture
def root(tmp_path):
    """A store of recorded bars, eleven of which were never recorded, and rows kept out before."""
    kept = np.delete(np.arange(len(BARS)), [*range(500, 510), 3000])
    arrays = BARS.arrays._make(column[kept] for column in BARS.arrays)
    real = replace(BARS, arrays=arrays, origin=Origin("vendor"), contract=None)
    Lake(tmp_path).write_bars(real)
    folder = tmp_path / "quarantine" / "source=vendor" / "symbol=ES" / "timeframe=1m"
    folder.mkdir(parents=True)
    rows = {"file": ["a.csv"] * 3, "row": [7, 8, 9], "reason": ["order", "off_tick", "order"]}
    pl.DataFrame(rows).write_parquet(folder / "one.parquet")
    return tmp_path


def run(root, *words):
    words = ["ES", "--root", str(root), *words]
    return CliRunner().invoke(APP, words, catch_exceptions=False)


def test_a_report_says_what_was_found_what_was_kept_out_and_how_much_trades(root):
    done = run(root)
    assert done.exit_code == 0  # a gap is a note
    said = " ".join(done.output.split())
    assert f"rows: {len(BARS) - 11:,} read, {len(BARS) - 11:,} stored" in said
    assert "3 kept out by imports" in said
    assert "order 2 a.csv:7" in said
    assert "off_tick 1 a.csv:8" in said
    assert "volume 99 %" in said


@pytest.mark.covers("A-010")
def test_every_place_of_one_defect_can_be_listed(root):
    done = run(root, "--list", "gap")
    assert done.output.splitlines() == [
        "ES 1m (vendor): 2024-04-01T06:30:00Z",
        "ES 1m (vendor): 2024-04-03T02:01:00Z",
    ]
    rows = json.loads(run(root, "--list", "gap", "--json").stdout)
    assert [row["where"] for row in rows] == ["2024-04-01T06:30:00Z", "2024-04-03T02:01:00Z"]
    assert run(root, "--list", "outlier").output == "no outlier found\n"


def test_a_defect_nobody_knows_is_named_with_the_nearest(root):
    with pytest.raises(UnknownError, match="did you mean 'gap'"):
        run(root, "--list", "gaps")


@pytest.mark.covers("A-011", "A-018")
def test_the_figures_of_a_series_are_those_of_its_bars(root):
    plain = json.loads(run(root, "--json").stdout)
    figures, volume = plain["figures"], np.delete(BARS.volume, [*range(500, 510), 3000])
    assert figures["volume in all"] == volume.sum()
    assert figures["bars without volume"] == 0
    beyond = volume > volume.mean() + 3 * volume.std()
    assert figures["bars above mean + 3 std"] == beyond.sum() > 0
    assert figures["volume 50 %"] == np.sort(volume)[(len(volume) - 1) // 2]
    assert figures["highest"] == BARS.high.max() * 0.25
    assert figures["lowest"] == BARS.low.min() * 0.25
    assert plain["rows"]["read"] == plain["rows"]["stored"] == len(volume)
    assert plain["sessions"] == "8"
    assert (plain["first"], plain["last"]) == ("2024-04-01", "2024-04-10")
    assert plain["contracts"] == "none"
    assert plain["kept_out"][0] == {"reason": "order", "rows": 2, "where": "a.csv:7"}
