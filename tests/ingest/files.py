"""Files of known bars, written the way vendors write them, and imports of them."""

from datetime import date

import numpy as np
import polars as pl

from engine.core.contracts import instrument
from engine.core.frames import PRICES
from engine.synth.market import synthesise
from storage.ingest.importing import import_files
from storage.ingest.order import Order
from storage.lake import Lake

PLAIN = "%Y-%m-%d %H:%M:%S"


def tape(symbol="ES", first=date(2024, 3, 4), sessions=6, seed=3):
    """Some sessions of a driftless market; the sixth makes pauses enough to tell the clock."""
    return synthesise(instrument(symbol), first, sessions, seed)


def stamps(bars, zone="UTC", form=PLAIN, late=0):
    """Texts of the bars' moments on the clock of a zone, so many minutes late."""
    time = pl.Series(bars.time + late * 60_000_000_000).cast(pl.Datetime("ns", "UTC"))
    return time.dt.convert_time_zone(zone).dt.strftime(form)


def frame(bars, **columns):
    """Time, decimal prices and volume, in this order unless columns say otherwise."""
    tick, lot = float(bars.instrument.tick), float(bars.instrument.lot)
    known = {"time": stamps(bars)}
    known |= {name: getattr(bars, name) * tick for name in PRICES}
    known |= {"volume": bars.volume if lot == 1 else bars.volume * lot}
    return pl.DataFrame(known | columns)


def written(path, table, **how):
    """A frame as CSV."""
    table.write_csv(path, **how)
    return path


def bring(root, *paths, symbol="ES", **order):
    """An import into a store."""
    return import_files(Lake(root), paths, Order(symbol=symbol, **order))


def loaded(root, symbol="ES", **how):
    return Lake(root).bars(symbol, **how)


def same(ours, theirs):
    """Whether two bars say the same, row by row; the session index depends on the table."""
    names = ("time", "open", "high", "low", "close", "volume")
    return all(np.array_equal(getattr(ours, name), getattr(theirs, name)) for name in names)


def snapshot(root):
    """Every file of a store that is no mere lock, with what it holds."""
    return {
        name: path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not (name := path.relative_to(root)).parts[0].startswith(".")
    }
