"""A batch of rows on its way: whole numbers, where they came from, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from storage.ingest.lines import FIELDS
from storage.ingest.numbers import MISSING, TOO_LARGE, UNREADABLE
from storage.judge.kinds import CODES
from storage.judge.rows import first
from storage.quarantine import QUARANTINE as TABLE

Longs = npt.NDArray[np.int64]

STATES: Final = np.zeros(5, np.uint8)  # from how a field was read to the reason
STATES[MISSING], STATES[UNREADABLE] = CODES["missing"], CODES["unreadable"]
STATES[TOO_LARGE], STATES[FIELDS] = CODES["too_large"], CODES["fields"]
TRADES: Final = ("trade", "trades", "t", "deal", "fill", "last", "transaction")
LONGEST: Final = 300  # characters of a bad line that are kept

QUARANTINE: Final[dict[str, Any]] = dict(TABLE.columns)


class Batch(NamedTuple):
    """Rows in file order; a code other than 0 says why a row is kept out."""

    row: Longs  # lines of a text or rows of a table, counted from 1
    wall: Longs  # ns of the stamp as it stands
    east: npt.NDArray[np.int32]  # minutes east of Greenwich, or NAIVE
    prices: Longs  # open, high, low, close in ticks
    volume: Longs  # lots
    contract: Longs  # a number for each name, 0 for none
    code: npt.NDArray[np.uint8]
    field: npt.NDArray[np.int16]  # the column that is to blame, -1: none alone
    text: Callable[[int], str]  # a row as the file has it
    columns: tuple[str, ...]  # what the fields are called
    name: Callable[[int], str]  # the contract a row names
    fits: Callable[[], Decimal | None]  # the coarsest grid its prices would lie on


def judge_floor(prices: Longs, code: npt.NDArray[np.uint8], floor: int | None) -> None:
    """Rows below the floor that was given."""
    if floor is not None:
        first(code, "floor", (prices < floor).any(axis=0))


def keep_trades(kinds: Longs, code: Any, field: Any, word: Callable[[int], str]) -> None:
    """Mark the rows that are no trades, told by a word that each distinct kind stands for."""
    rows = np.flatnonzero(code != CODES["fields"])
    _, at, back = np.unique(kinds[rows], return_index=True, return_inverse=True)
    trades = np.array([word(int(row)).lower() in TRADES for row in rows[at]], np.bool_)
    quotes = rows[~trades[back]]
    code[quotes], field[quotes] = CODES["quote"], -1


def rejected(batch: Batch, label: str, reasons: tuple[str, ...]) -> pl.DataFrame:
    """The rows that are kept out, as the quarantine keeps them; quotes are counted alone."""
    bad = np.flatnonzero((batch.code > 0) & (batch.code != CODES["quote"]))
    fields = batch.field[bad].tolist()
    frame = pl.DataFrame(
        {
            "file": [label] * len(bad),
            "row": batch.row[bad],
            "reason": [reasons[code - 1] for code in batch.code[bad].tolist()],
            "column": [batch.columns[f] if f >= 0 else None for f in fields],
            "text": [batch.text(int(row))[:LONGEST] for row in bad],
        },
        schema_overrides={name: QUARANTINE[name] for name in list(QUARANTINE)[:5]},
    )
    nothing = {name: pl.lit(None, kind) for name, kind in list(QUARANTINE.items())[5:]}
    return frame.with_columns(**nothing)
