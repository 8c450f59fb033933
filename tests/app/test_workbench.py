"""The workbench: a plan made in Python is played once, stored, and asked by SQL."""

from datetime import date
from pathlib import Path

import pytest

from adapters.opening_drive import OpeningDrive
from app import log
from app.workbench import Workbench
from engine import Exits, Folds, Plan, Rules
from engine.core.contracts import instrument
from engine.core.errors import StoreError
from engine.synth.market import synthesise
from storage.lake import Lake

FOLDS = Folds(train=10, test=5, purge=1, min_trades=3)


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    Lake(tmp_path).write_bars(synthesise(instrument("ES"), date(2022, 1, 3), 30, 7))
    return Workbench(tmp_path)


def plan(**grid: list) -> Plan:
    exits = Exits.grid({"stop": [8, 16], "flatten": "14:55"})
    return Plan(OpeningDrive.grid(**grid), exits, Rules.of({"max_per_session": 1}))


def test_a_plan_is_played_stored_and_asked(bench: Workbench) -> None:
    run = bench.sweep("mine", bench.bars("ES"), plan(minutes=[5, 30]), FOLDS)
    assert run.name.startswith("mine-")
    assert run.manifest.synthetic
    assert len(run.table("combinations")) == 4
    asked = bench.sql("select run, count(*) as n, sum(net) as net from combinations group by run")
    assert asked["run"].to_list() == [run.name]
    net = run.table("combinations")["net"].sum()
    assert float(asked["net"][0]) == pytest.approx(net / 100)
    assert "OpeningDrive(minutes=5" in run.study


def test_the_same_plan_is_not_played_twice(bench: Workbench) -> None:
    bars = bench.bars("ES")
    first = bench.sweep("mine", bars, plan(minutes=[5]), FOLDS)
    born = first.manifest.finished, (first.folder / "trades.parquet").stat().st_mtime_ns
    again = bench.sweep("mine", bars, plan(minutes=[5]), FOLDS)
    assert again.name == first.name
    assert (again.manifest.finished, (again.folder / "trades.parquet").stat().st_mtime_ns) == born
    other = bench.sweep("mine", bars, plan(minutes=[10]), FOLDS)
    assert other.name != first.name


def test_a_logged_traceback_does_not_stop_a_run_from_being_stored(bench: Workbench) -> None:
    log.start("error")
    log.logger().debug("two\nlines")
    run = bench.sweep("mine", bench.bars("ES"), plan(minutes=[5]), FOLDS)
    assert (run.folder / "run.log").read_text().splitlines()[1] == "lines"


def test_bars_that_are_not_there_are_named(bench: Workbench) -> None:
    with pytest.raises(StoreError, match="no bars of NQ 1m"):
        bench.bars("NQ")
