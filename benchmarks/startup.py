"""Start-up in a fresh process: the help and the engine, beside what they cannot be faster than."""

import subprocess
import sys
from collections.abc import Callable

from benchmarks.pairs import interleaved, shown

HELP = "import sys; sys.argv = ['tickgrid', '--help']; from app.cli import main; main()"
PROGRAMS = {
    "numpy + polars + numba + duckdb": "import numpy, polars, numba, duckdb",
    "import engine": "import engine",
    "tickgrid --help": HELP,
}


def process(program: str) -> Callable[[], object]:
    """A fresh interpreter, which is what a user waits for."""
    command = [sys.executable, "-c", program]
    return lambda: subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own interpreter


def measure(repetitions: int) -> str:
    rivals = {name: process(program) for name, program in PROGRAMS.items()}
    return shown("start-up, fresh process", interleaved(rivals, repetitions))
