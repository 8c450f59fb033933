"""How a text file is written, guessed from its first lines; every guess has its evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from engine.core.errors import DataError
from storage.ingest.aliases import CLOSE, by_name, whole
from storage.ingest.dates import EPOCHAL, order_of
from storage.ingest.lines import CLOCK, DAY, MOMENT, NUMBERS, OTHER, Layout
from storage.ingest.moments import EPOCH
from storage.ingest.order import Grid

DELIMITERS: Final = ("\t", ";", ",", "|")
LINES: Final = 400
KLINE: Final = (MOMENT, 0, 1, 2, 3, 4, *[OTHER] * 6)
KLINE_NAMES: Final = (
    *("open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume"),
    *("trades", "taker_base", "taker_quote", "ignore"),
)
NUMERIC: Final = re.compile(r"\d{1,4}[-/.:]\d|[-+]?(\d+[.,]?\d*|[.,]\d+)([eE][-+]?\d+)?$")
COMMA_DECIMAL: Final = re.compile(r"[-+]?\d+,\d+")
DATE_ALONE: Final = re.compile(r"\d{8}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
CLOCKISH: Final = re.compile(r"\d{1,2}:\d\d(:\d\d(\.\d+)?)?|\d{4}|\d{6}(\.\d+)?")
DATED: Final = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{8}(?!\d)|\d{9}")
PARTS: Final = re.compile(r"\d{8} \d{6} \d{7}")  # of a second: such a row is a trade
UTF8_MARK: Final = "\ufeff"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How lines are cut and fields read; `said` tells the user what was guessed and why."""

    delimiter: str
    point: str
    order: int
    header: int  # lines ahead of the first row
    names: tuple[str, ...]
    roles: tuple[int, ...]
    utc: bool
    source: str
    said: tuple[str, ...]
    ticks: bool = False  # whether a row is a trade

    def layout(self, grid: Grid) -> Layout:
        places = [grid.places] * 4 + [grid.volume_places]
        form = [*places, ord(self.point), self.order, ord(self.delimiter)]
        return Layout(np.array(self.roles, np.int64), np.array(form, np.int64))

    @property
    def volume(self) -> bool:
        return 4 in self.roles


def dialect_of(sample: str, label: str, dates: str | None) -> Dialect:
    """Guess from the first lines of a file."""
    lines = [line.rstrip("\r") for line in sample.removeprefix(UTF8_MARK).split("\n")]
    ahead = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    lines = [line for line in lines if line.strip()][:LINES]
    if not lines:
        raise DataError(f"{label} holds blank lines only: there is nothing to import")
    delimiter, width = delimiter_of(lines, label)
    rows = [[field.strip().strip('"') for field in line.split(delimiter)] for line in lines]
    body = [row for row in rows if len(row) == width]
    header = not any(map(numeric, body[0]))
    if header and len(body) == 1:
        raise DataError(f"{label} holds a header and no rows of {width} fields to import")
    skipped = rows.index(body[0]) + 1 if header else 0
    head, body = body[0], body[header:]
    names, roles, utc, source, ticks = meaning(head, body, label, header=header)
    said = [f"fields are cut at {named(delimiter)} in {len(lines)} of the first lines"]
    others = [n for n, role in zip(names, roles, strict=True) if role == OTHER]
    said += [f"columns of no use here: {', '.join(others)}"] if others else []
    said += ["every row is a trade: a time, a price and a size"] if ticks else []
    order, why = order_of(moments(body, roles), label, ahead + skipped + 1, dates)
    return Dialect(
        delimiter=delimiter,
        point=point_of(body, roles, delimiter),
        order=order,
        header=ahead + skipped,
        names=tuple(names),
        roles=tuple(roles),
        utc=utc or order == EPOCH,
        source=source,
        said=(*said, why),
        ticks=ticks,
    )


def moments(body: list[list[str]], roles: Sequence[int]) -> list[str]:
    """The fields that hold the moment or its day."""
    column = next(n for n, role in enumerate(roles) if role in (MOMENT, DAY))
    return [row[column] for row in body]


def named(delimiter: str) -> str:
    return {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}[delimiter]


def delimiter_of(lines: list[str], label: str) -> tuple[str, int]:
    """The character that cuts most lines into the same number of fields, and that number."""
    best, most, width = "", 0, 0
    for least in (4, 2):  # of bars, of trades
        for delimiter in () if best else DELIMITERS:
            count, same = Counter(line.count(delimiter) for line in lines).most_common(1)[0]
            if count >= least and same > most:
                best, most, width = delimiter, same, count + 1
    if not best:
        raise DataError(
            f"{label}: row 1 is '{lines[0][:60]}', which no comma, semicolon, tab or bar cuts into "
            "a time, open, high, low and close"
        )
    return best, width


def numeric(field: str) -> bool:
    """Whether a field is a number or begins as a date or a time does."""
    return bool(NUMERIC.match(field))


class Meaning(NamedTuple):
    """Names and roles of the columns, whether they say UTC, and what program wrote them."""

    names: Sequence[str]
    roles: Sequence[int]
    utc: bool = False
    source: str = "file"
    ticks: bool = False


def meaning(head: list[str], body: list[list[str]], label: str, *, header: bool) -> Meaning:
    """What the columns are, by their header, their number or their values."""
    if len(head) == len(KLINE) and EPOCHAL.fullmatch(body[0][0]) and EPOCHAL.fullmatch(body[0][6]):
        return Meaning(KLINE_NAMES, KLINE, utc=True, source="binance")
    if header:
        found = by_name(head, label)
        source = "ticks" if found.ticks else "file"
        roles = whole(found.roles) if dated(found.roles, body) else found.roles
        return Meaning(head, roles, found.utc, source, found.ticks)
    return unnamed(body[0], label)


def dated(roles: Sequence[int], body: list[list[str]]) -> bool:
    """Whether a column named as a clock time holds dates with it."""
    return CLOCK in roles and all(DATED.match(row[roles.index(CLOCK)]) for row in body)


def unnamed(row: list[str], label: str) -> Meaning:
    """The usual order of columns where no header names them."""
    dated = len(row) == 4 and bool(DATE_ALONE.fullmatch(row[0]))
    apart = (len(row) > 6 or dated) and bool(CLOCKISH.fullmatch(row[1]))
    times = [DAY, CLOCK] if apart else [MOMENT]
    prices = len(row) - len(times)
    kinds = {MOMENT: "time", DAY: "date", CLOCK: "time", OTHER: "other"}
    if prices == 2:
        names = [*(kinds[role] for role in times), "price", "size"]
        return Meaning(names, [*times, CLOSE, NUMBERS - 1], source="ticks", ticks=True)
    if prices == 4 and PARTS.fullmatch(row[0]):
        names = ["time", "price", "bid", "ask", "size"]
        return Meaning(
            names, [MOMENT, CLOSE, OTHER, OTHER, NUMBERS - 1], source="ticks", ticks=True
        )
    if prices < 4:
        raise DataError(
            f"{label}: row 1 has {len(row)} fields; bars need a time and four prices, trades a "
            "time, a price and a size"
        )
    roles = [*times, *range(min(prices, 5)), *[OTHER] * max(0, prices - 5)]
    kinds |= dict(enumerate(("open", "high", "low", "close", "volume")))
    names = [f"{kinds[role]}" + ("" if role != OTHER else str(n)) for n, role in enumerate(roles)]
    return Meaning(names, roles)


def point_of(body: list[list[str]], roles: Sequence[int], delimiter: str) -> str:
    """A comma where prices are written with one."""
    if delimiter == ",":
        return "."
    fields = [row[n] for row in body for n, role in enumerate(roles) if 0 <= role < 4]
    commas = sum(bool(COMMA_DECIMAL.fullmatch(field)) for field in fields)
    return "," if commas * 2 > len(fields) else "."
