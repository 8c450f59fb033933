"""Small bars and small runs for the tests of the store."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from engine.core.bars import MINUTE, Origin
from engine.core.contracts import instrument
from engine.core.frames import bars_of
from engine.synth.market import synthesise
from storage.manifest import Manifest

NOON = 1_709_737_200_000_000_000  # 2024-03-06 15:00 UTC, a Wednesday in the regular hours
PRICES = ("open", "high", "low", "close")


def tape(symbol="ES", first=date(2020, 12, 29), sessions=4, seed=7):
    """A few synthetic sessions, over the end of a year."""
    return synthesise(instrument(symbol), first, sessions, seed)


def real(bars, source="vendor"):
    """The same bars as if they had been recorded."""
    return replace(bars, origin=Origin(source, contracts=bars.origin.contracts))


def minutes(closes, contract=None, source="vendor"):
    """Flat bars of some minutes of one session: a close for each."""
    price = pl.Series(list(closes.values()), dtype=pl.Int32)
    stamps = pl.Series([NOON + k * MINUTE for k in closes]).cast(pl.Datetime("ns", "UTC"))
    frame = pl.DataFrame({"ts": stamps} | dict.fromkeys(PRICES, price)).with_columns(
        volume=pl.lit(1, pl.Int64), contract=pl.lit(contract, pl.String)
    )
    return bars_of(frame, instrument("ES"), origin=Origin(source))


def same(ours, theirs):
    """Whether two bars hold the same values, row by row."""
    dates = [bars.sessions.date[bars.session] for bars in (ours, theirs)]
    names = [contract_names(bars) for bars in (ours, theirs)]
    columns = zip(ours.arrays[:-1], theirs.arrays[:-1], strict=True)
    equal = all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in columns)
    return equal and np.array_equal(*dates) and np.array_equal(*names)


def contract_names(bars):
    if bars.contract is None:
        return np.full(len(bars), "")
    return np.array(bars.origin.contracts)[bars.contract]


def foreign(path, bars, scale=None):
    """Store prices as another program would, in ticks or as decimals."""
    path.parent.mkdir(parents=True, exist_ok=True)
    prices = {name: getattr(bars, name) * (scale or 1) for name in PRICES}
    frame = pl.DataFrame({"ts": bars.time, **prices, "volume": bars.volume})
    frame.with_columns(pl.col("ts").cast(pl.Datetime("ns", "UTC"))).write_parquet(path)


def manifest(name="vpoc-1", **facts):
    known = {
        "study": "vpoc_es",
        "strategy": "vpoc",
        "symbol": "ES",
        "timeframe": "1m",
        "source": "synthetic",
        "synthetic": True,
        "data": "d1",
        "engine": "e1",
        "code": "c1",
        "seed": 7,
        "bars": 100,
        "sessions": 2,
        "combinations": 2,
        "currency": "USD",
        "tick": "0.25",
        "lot": "1",
        "money_unit": "0.01",
        "settings": {"workers": 2},
        "versions": {"numpy": "2"},
        "started": "2024-01-01T10:00:00Z",
        "finished": "2024-01-01T10:00:05Z",
    }
    return Manifest(name=name, **(known | facts))


def filled(table, rows, **columns):
    """A frame of a table with a zero or a plain word wherever nothing is said."""
    plain = {pl.String: "x", pl.Date: date(2024, 3, 6), pl.Boolean: False, pl.List(pl.Int64): [0]}
    values = {
        name: columns.pop(name, [plain.get(kind, 0)] * rows) for name, kind in table.columns.items()
    }
    frame = pl.DataFrame({**values, **columns}, strict=False)
    return frame.with_columns(
        pl.col(name).cast(kind) for name, kind in table.columns.items() if name in frame.columns
    )
