"""Which column is what, by the names that programs and vendors give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from engine.core.errors import DataError
from storage.ingest.lines import CLOCK, DAY, KIND, MOMENT, NAME, NUMBERS, OTHER

PRICES: Final = ("open", "high", "low", "close")
ROLES: Final[dict[str, tuple[str, ...]]] = {  # the better name first
    "open": ("open", "openprice", "o", "first", "openp", "opening"),
    "high": ("high", "highprice", "h", "max", "highp"),
    "low": ("low", "lowprice", "l", "min", "lowp"),
    "close": ("close", "closeprice", "c", "last", "closep", "closing", "settle", "price"),
    "volume": (
        *("volume", "vol", "v", "totalvolume", "totvol", "volumecontracts", "tradevolume"),
        *("baseassetvolume", "basevolume", "volumebtc", "volumeeth", "tickvolume", "tickvol"),
    ),
    "moment": (
        *("timestamp", "datetime", "ts", "opentime", "dateandtime", "bartime", "barstart"),
        *("starttime", "timeopen", "tsevent", "windowstart", "unixtimestamp", "unixtime", "unix"),
        *("epoch", "gmttime", "localtime", "dt", "indexlevel0", "index", "begin"),
    ),
    "clock": ("time", "hour", "clock", "timeutc"),
    "day": ("date", "day", "yyyymmdd", "dateutc"),
    "contract": ("contract", "symbol", "expiry", "expiration", "ticker", "rawsymbol"),
}
TICKS: Final[dict[str, tuple[str, ...]]] = {  # of files that hold trades
    "price": ("price", "tradeprice", "lastprice", "last", "px"),
    "size": ("size", "tradesize", "lastsize", "qty", "quantity", "volume", "vol", "amount"),
    "kind": ("ticktype", "eventtype", "recordtype", "type", "event", "action"),
}
CLOSE: Final = 3  # the role of the one price of a trade
UTC_NAMES: Final = re.compile(r"\b(utc|gmt)\b|_utc$", re.IGNORECASE)


class Columns(NamedTuple):
    """The role of every column, and which of them are of no use here."""

    roles: tuple[int, ...]
    others: tuple[str, ...]
    utc: bool  # whether the name of the time column says so
    ticks: bool = False  # whether a row is a trade

    @property
    def volume(self) -> bool:
        return 4 in self.roles


def simple(name: str) -> str:
    """A column's name without case, blanks, signs and notes in brackets."""
    bare = re.sub(r"[\(\[].*?[\)\]]", "", name) or name
    return re.sub(r"[^a-z0-9]", "", bare.lower())


def found(names: Sequence[str], table: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """The best column for each role."""
    known = [simple(name) for name in names]
    where = {}
    for role, aliases in table.items():
        best = next((alias for alias in aliases if alias in known), None)
        if best is not None:
            where[role] = known.index(best)
    return where


def by_name(names: Sequence[str], label: str) -> Columns:
    """Roles from a header; refused where a bar could not be made of them."""
    where = found(names, ROLES)
    trade = found(names, TICKS)
    timed = where.keys() & {"moment", "clock", "day"}
    if timed and "price" in trade and not where.keys() & {"open", "high", "low"}:
        return of_trades(names, where, trade)
    missing = [role for role in PRICES if role not in where] + ([] if timed else ["time"])
    if missing:
        raise DataError(
            f"{label}: row 1 has no column for {', '.join(missing)}; it has {', '.join(names)}. "
            "Bars need a time, open, high, low and close, by any usual name"
        )
    roles = [OTHER] * len(names)
    for number, role in enumerate((*PRICES, "volume")):
        if role in where:
            roles[where[role]] = number
    when = stamps(where)
    for part, column in when.items():
        roles[column] = part
    if "contract" in where:
        roles[where["contract"]] = NAME
    others = tuple(name for name, role in zip(names, roles, strict=True) if role == OTHER)
    utc = any(UTC_NAMES.search(names[column]) for column in when.values())
    return Columns(tuple(roles), others, utc)


def of_trades(names: Sequence[str], where: dict[str, int], trade: dict[str, int]) -> Columns:
    """Roles in a file of trades: a time, a price and, where there is one, a size."""
    when = stamps(where)
    chosen = {trade["price"]: CLOSE} | {column: part for part, column in when.items()}
    others = {"size": NUMBERS - 1, "kind": KIND}
    chosen |= {trade[name]: role for name, role in others.items() if name in trade}
    if "contract" in where:
        chosen[where["contract"]] = NAME
    roles = tuple(chosen.get(column, OTHER) for column in range(len(names)))
    unused = tuple(name for name, role in zip(names, roles, strict=True) if role == OTHER)
    utc = any(UTC_NAMES.search(names[column]) for column in when.values())
    return Columns(roles, unused, utc, ticks=True)


def whole(roles: Sequence[int]) -> tuple[int, ...]:
    """The roles where the column of the clock time holds the date too: the day says nothing new."""
    instead = {CLOCK: MOMENT, DAY: OTHER}
    return tuple(instead.get(role, role) for role in roles)


def stamps(where: dict[str, int]) -> dict[int, int]:
    """The column of the moment, or those of the day and of the clock time."""
    if "moment" in where:
        return {MOMENT: where["moment"]}
    if "day" in where and "clock" in where:
        return {DAY: where["day"], CLOCK: where["clock"]}
    return {MOMENT: where["clock"] if "clock" in where else where["day"]}
