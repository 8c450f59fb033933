"""Import of a CSV, judged and stored, beside readers that only read it into memory."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.pairs import interleaved, shown
from engine import Bars
from engine.core.contracts import instrument
from engine.core.frames import PRICES
from engine.synth.market import synthesise
from storage.ingest.importing import import_files
from storage.ingest.order import Order
from storage.lake import Lake


def measure(repetitions: int, sessions: int) -> str:
    """Refuses to time what does not agree."""
    bars = synthesise(instrument("ES"), date(2020, 1, 2), sessions, 7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "es.csv"
        write(bars, path)
        stored = bring(path, Path(folder) / "check")
        if stored.arrays.close.tolist() != bars.arrays.close.tolist() or len(stored) != len(bars):
            raise AssertionError("the import holds other bars than the file: nothing was timed")
        rivals = {
            "polars.read_csv": lambda: pl.read_csv(path),
            "polars.read_csv, times parsed": lambda: pl.read_csv(path, try_parse_dates=True),
            "duckdb read_csv": lambda: duckdb.read_csv(str(path)).to_arrow_table(),
            "import, judged and stored": lambda: bring(path, Path(folder) / "store"),
        }
        size = path.stat().st_size / 1e6
        return shown(f"{len(bars):,} rows, {size:.0f} MB of CSV", interleaved(rivals, repetitions))


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
