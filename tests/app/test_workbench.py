"""The workbench: a plan made in Python is played once, stored, and asked by SQL."""

import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
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
    return Workbench(tmp_path, surrogates=2, draws=20)


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


def test_every_sweep_is_weighed_unless_it_is_told_otherwise(bench: Workbench) -> None:
    bars = bench.bars("ES")
    run = bench.sweep("mine", bars, plan(minutes=[5, 30]), FOLDS)
    told = {(row["scope"], row["measure"]): row for row in run.table("evidence").to_dicts()}
    assert told["study", "null_walk"]["draws"] == 2
    assert told["oos", "t_test"]["value"] is not None
    assert len(run.table("surrogates")) == 2
    assert bench.verdict(run).startswith(("unjudged: ", "loss: ", "chance: "))
    two = replace(bench, workers=2)
    assert two.sweep("mine", bars, plan(minutes=[5, 30]), FOLDS).name == run.name
    bare = replace(bench, draws=0)
    alone = bare.sweep("mine", bars, plan(minutes=[5, 30]), FOLDS)
    assert alone.name != run.name
    assert bare.verdict(alone) == "nothing was weighed"
    short = replace(bench, surrogates=0).sweep("mine", bars, plan(minutes=[5]), FOLDS)
    assert short.table("evidence").filter(pl.col("measure") == "null_walk").is_empty()


@pytest.mark.skipif(bool(os.environ.get("NUMBA_DISABLE_JIT")), reason="a year of minutes")
def test_the_session_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    page = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (lines,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    Lake(tmp_path / "data").write_bars(synthesise(instrument("ES"), date(2020, 1, 2), 320, 7))
    monkeypatch.chdir(tmp_path)
    exec(compile(lines, "README.md", "exec"), {})  # noqa: S102 - what the page shows
    said = capsys.readouterr().out
    assert re.search("^(unjudged|loss|chance|hint|evidence): ", said, re.MULTILINE)
    assert len(list((tmp_path / "data" / "runs").iterdir())) == 1


def test_a_logged_traceback_does_not_stop_a_run_from_being_stored(bench: Workbench) -> None:
    log.start("error")
    log.logger().debug("two\nlines")
    run = bench.sweep("mine", bench.bars("ES"), plan(minutes=[5]), FOLDS)
    assert (run.folder / "run.log").read_text().splitlines()[1] == "lines"


def test_bars_that_are_not_there_are_named(bench: Workbench) -> None:
    with pytest.raises(StoreError, match="no bars of NQ 1m"):
        bench.bars("NQ")
