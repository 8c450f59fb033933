"""Import of a CSV beside readers that only read it, loading of what is stored, and memory."""

import shutil
import subprocess
import sys
import tempfile
from datetime import date
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.pairs import interleaved, shown
from benchmarks.stored import loading
from engine import Bars
from engine.core.contracts import instrument
from engine.core.frames import PRICES
from engine.synth.market import synthesise
from storage.ingest.importing import import_files
from storage.ingest.order import Order
from storage.lake import Lake

TIMES = (1, 2, 3)  # the sessions for which memory is measured, so many times
CONTRACTS = tuple(f"ES{month}{year}" for year in (20, 21, 22) for month in "HMUZ")
BEGIN = date(2010, 1, 4)  # early enough for all of them
PEAK = """
import sys
from pathlib import Path
from storage.ingest.importing import import_files
from storage.ingest.order import Order
from storage.lake import Lake
import_files(Lake(Path(sys.argv[2])), [Path(sys.argv[1])], Order(symbol="ES"))
said = Path("/proc/self/status").read_text()  # ru_maxrss would count what the parent held
print(next(line.split()[1] for line in said.splitlines() if line.startswith("VmHWM")))
"""


def measure(repetitions: int, sessions: int) -> str:
    """Refuses to time what does not agree."""
    bars = synthesise(instrument("ES"), date(2020, 1, 2), sessions, 7)
    with tempfile.TemporaryDirectory() as folder:
        path, kept = Path(folder) / "es.csv", Path(folder) / "check"
        write(bars, path)
        stored = bring(path, kept)
        if stored.arrays.close.tolist() != bars.arrays.close.tolist() or len(stored) != len(bars):
            raise AssertionError("the import holds other bars than the file: nothing was timed")
        rivals = {
            "polars.read_csv": lambda: pl.read_csv(path),
            "polars.read_csv, times parsed": lambda: pl.read_csv(path, try_parse_dates=True),
            "duckdb read_csv": lambda: duckdb.read_csv(str(path)).to_arrow_table(),
            "import, judged and stored": lambda: bring(path, Path(folder) / "store"),
        }
        if find_spec("pandas"):
            rivals["pandas.read_csv"] = partial(import_module("pandas").read_csv, path)
        size = path.stat().st_size / 1e6
        title = f"{len(bars):,} rows, {size:.0f} MB of CSV"
        brought = shown(title, interleaved(rivals, repetitions))
        return f"{brought}\n\n{loading(kept, repetitions)}\n\n{memory(sessions, Path(folder))}"


def memory(sessions: int, folder: Path) -> str:
    """Peak memory of imports of so many sessions, of more, and of the same by the dozen."""
    lines = [f"{'MB of CSV':>12} {'rows':>12} {'peak MB':>10}"]
    for times in TIMES:
        path = folder / f"{times}.csv"
        bars = synthesise(instrument("ES"), BEGIN, times * sessions, 7)
        write(bars, path)
        lines.append(peak(path, len(bars)))
        if times == 1:
            dozen, rows = folder / "dozen.csv", len(bars) * len(CONTRACTS)
            repeated(path, dozen)
    return "\n".join([*lines, peak(dozen, rows)])


def peak(path: Path, rows: int) -> str:
    """A line of the table: what one import of a file, by a process of its own, held at most."""
    root = path.with_suffix("")
    words = [sys.executable, "-c", PEAK, str(path), str(root)]
    told = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    size, held = path.stat().st_size / 1e6, int(told.stdout) / 1024
    shutil.rmtree(root)
    return f"{size:12.0f} {rows:12,} {held:10.0f}"


def repeated(path: Path, into: Path) -> None:
    """The same rows under each of a dozen contracts: more than one calendar holds."""
    head, _, rows = path.read_bytes().partition(b"\n")
    with into.open("wb") as file:
        file.write(head + b",contract\n")
        for contract in CONTRACTS:
            file.write(rows.replace(b"\n", f",{contract}\n".encode()))


def write(bars: Bars, path: Path) -> None:
    """The bars as a vendor would write them: Chicago time, decimal prices."""
    time = pl.Series(bars.time).cast(pl.Datetime("ns", "UTC"))
    local = time.dt.convert_time_zone("America/Chicago").dt.strftime("%Y-%m-%d %H:%M:%S")
    prices = {name: getattr(bars, name) * float(bars.instrument.tick) for name in PRICES}
    pl.DataFrame({"time": local, **prices, "volume": bars.volume}).write_csv(path)


def bring(path: Path, root: Path) -> Bars:
    """A whole import into an empty store."""
    shutil.rmtree(root, ignore_errors=True)
    import_files(Lake(root), [path], Order(symbol="ES"))
    return None if root.name == "store" else Lake(root).bars("ES")
