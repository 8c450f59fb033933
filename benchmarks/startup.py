"""Start-up in a fresh process: help, engine and a first result, and what others take to load."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec

from benchmarks.pairs import interleaved, shown
from benchmarks.vectorbt_rival import VARIABLE

HELP = "import sys; sys.argv = ['tickgrid', '--help']; from app.cli import main; main()"
FIRST = """
from datetime import date
from adapters.opening_drive import OpeningDrive
from engine import Exits, Folds, Plan, sweep
from engine.core.contracts import instrument
from engine.synth.market import synthesise
bars = synthesise(instrument("ES"), date(2020, 1, 2), 30, 7)
plan = Plan(OpeningDrive.grid(minutes=[15, 30]), Exits.grid({"stop": [8, 16], "target": [16, 32]}))
sweep(bars, plan, Folds(10, 5))
"""
PROGRAMS = {
    "numpy + polars + numba + duckdb": "import numpy, polars, numba, duckdb",
    "import engine": "import engine",
    "tickgrid --help": HELP,
    "first result: a market and a sweep": FIRST,
}
PEERS = ("backtesting",)


def process(program: str, python: str = sys.executable) -> Callable[[], object]:
    """A fresh interpreter, which is what a user waits for; sources are compiled but once."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: started(program, python, env)


def started(program: str, python: str, env: Mapping[str, str]) -> None:
    command = [python, "-W", "ignore", "-c", program]
    subprocess.run(command, capture_output=True, check=True, env=env)  # noqa: S603 - our own words


def uncached() -> None:
    """The first result where no kernel was ever compiled."""
    with tempfile.TemporaryDirectory() as folder:
        started(FIRST, sys.executable, os.environ | {"XDG_CACHE_HOME": folder})


def measure(repetitions: int, *, cold: bool) -> str:
    rivals = {name: process(program) for name, program in PROGRAMS.items()}
    rivals |= {f"import {name}": process(f"import {name}") for name in PEERS if find_spec(name)}
    if python := os.environ.get(VARIABLE):
        rivals["import vectorbt"] = process("import vectorbt", python)
    told = shown("start-up, fresh process", interleaved(rivals, repetitions))
    if not cold:
        return told
    bare = {"first result, every kernel compiling": uncached}
    return f"{told}\n\n{shown('start-up, empty kernel cache', interleaved(bare, 1))}"
