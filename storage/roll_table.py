"""The roll table as a frame: kept beside the bars it belongs to, read back, or given by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from engine.core.errors import DataError, StoreError, TickgridError
from engine.core.instrument import Instrument
from engine.core.rolls.table import Prices, Roll, Rolls
from engine.core.zone import epoch_day
from storage.atomic import write_frame
from storage.names import plain
from storage.reading import Entry, Series
from storage.schema import TS, Table

ROLLS: Final = Table(
    "rolls",
    {
        "symbol": pl.String,
        "source": pl.String,
        "timeframe": pl.String,
        "trade_date": pl.Date,
        "old": pl.String,
        "new": pl.String,
        "old_price": pl.Int32,
        "new_price": pl.Int32,
        "measured": TS,
        "method": pl.String,
    },
    nullable=frozenset({"old", "old_price", "new_price", "measured"}),
)
MARK: Final = "tickgrid_rolls"  # metadata: of which stored bars a rule made the table
NEEDED: Final = ("trade_date", "old", "new")
PRICES: Final = ("old_price", "new_price")


def table_path(root: Path, series: Series) -> Path:
    names = (f"source={plain(series.source)}", f"symbol={plain(series.instrument.symbol)}")
    return root.joinpath("rolls", *names, f"timeframe={series.minutes}m", "part.parquet")


def mark_of(entries: Iterable[Entry]) -> str:
    """Names everything that is stored of some contracts."""
    digest = blake2b(digest_size=16)
    for entry in entries:
        digest.update(f"{entry.contract} {entry.day} {entry.held.mark} ".encode())
    return digest.hexdigest()


def keep(path: Path, frame: pl.DataFrame, mark: str) -> None:
    write_frame(path, frame, {MARK: mark})


def kept(path: Path) -> tuple[Rolls, str] | None:
    """The stored table and the mark of the bars it was made from, if there is one."""
    if not path.exists():
        return None
    try:
        mark = pl.read_parquet_metadata(path).get(MARK, "")
        return rolls_of(pl.read_parquet(path, glob=False, hive_partitioning=False)), mark
    except (OSError, PolarsError, TickgridError) as error:
        raise StoreError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None


def shown(series: Series, rolls: Rolls, since: int) -> pl.DataFrame:
    """The table with a first row for the contract in front when the bars begin."""
    rows = (Roll(since, "", rolls.first), *rolls.rows)
    prices = [row.prices for row in rows]
    days = np.array([row.day for row in rows], np.int32)
    columns: dict[str, Any] = {
        "symbol": [series.instrument.symbol] * len(rows),
        "source": [series.source] * len(rows),
        "timeframe": [f"{series.minutes}m"] * len(rows),
        "trade_date": pl.Series(days).cast(pl.Date),
        "old": [row.old or None if k == 0 else row.old for k, row in enumerate(rows)],
        "new": [row.new for row in rows],
        "old_price": [p.old if p else None for p in prices],
        "new_price": [p.new if p else None for p in prices],
        "measured": pl.Series([p.time if p else None for p in prices], dtype=pl.Int64).cast(TS),
        "method": [rolls.method] * len(rows),
    }
    return pl.DataFrame(columns, schema=dict(ROLLS.columns))


def rolls_of(frame: pl.DataFrame) -> Rolls:
    """The table back from its frame."""
    days = frame["trade_date"].to_physical().to_list()
    moments = frame["measured"].to_physical().to_list()
    columns = (frame[name].to_list() for name in ("old", "new", *PRICES))
    first, *rest = zip(days, *columns, moments, strict=True)
    rows = [
        Roll(day, old, new, None if low is None else Prices(low, high, measured))
        for day, old, new, low, high, measured in rest
    ]
    return Rolls(first[2], tuple(rows), frame["method"][0])


def given_rolls(frame: pl.DataFrame, instrument: Instrument, held: Sequence[str]) -> Rolls:
    """A table somebody made: `trade_date, old, new` and, where they know them, both prices.

    Whole numbers are ticks; decimals, and text as a CSV has it, are prices.
    """
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing or frame.is_empty():
        raise DataError(f"a roll table has rows and the columns {', '.join(NEEDED)}")
    strangers = sorted(set(frame["old"]).union(frame["new"]) - set(held), key=str)
    if strangers:
        raise DataError(f"no bars of {', '.join(map(str, strangers))} are stored, only {held}")
    rows = [given_roll(row, instrument) for row in frame.iter_rows(named=True)]
    return Rolls(rows[0].old, tuple(rows))


def given_roll(row: dict[str, Any], instrument: Instrument) -> Roll:
    day = epoch_day(row["trade_date"])
    texts = [row.get(name) for name in PRICES]
    if all(text is None or text == "" for text in texts):
        return Roll(day, row["old"], row["new"])
    old, new = (ticks_of(text, instrument) for text in texts)
    return Roll(day, row["old"], row["new"], Prices(old, new))


def ticks_of(price: Any, instrument: Instrument) -> int:
    if price is None or price == "":
        raise DataError("a roll has two prices or none")
    return price if isinstance(price, int) else instrument.ticks(Decimal(str(price)))


def interest_of(
    frame: pl.DataFrame, contracts: Sequence[str], days: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Open interest, one row a contract and one column a session: 0 where nothing was said."""
    needed = ("trade_date", "contract", "open_interest")
    if any(name not in frame.columns for name in needed):
        raise DataError(f"open interest has the columns {', '.join(needed)}")
    amount = np.zeros((len(contracts), len(days)), np.int64)
    rows, columns = ({v: k for k, v in enumerate(names)} for names in (contracts, days.tolist()))
    for day, contract, held in frame.select(needed).iter_rows():
        if contract in rows and epoch_day(day) in columns:
            amount[rows[contract], columns[epoch_day(day)]] = int(held)
    return amount
