"""What holding one position depends on, and how its times and distances are read."""

from dataclasses import dataclass

from tests.oracle.book import Bar, Program, minutes_of, multiple

MINUTE = 60_000_000_000


@dataclass
class Case:
    """What holding one position depends on."""

    bars: list[Bar]
    program: Program
    setup: dict
    reading: str = "worst"
    reverse: int | None = None  # bar at whose open a setup of the other side ends it
    made: int = 0  # money of the session before, this entry's costs taken off


def in_ticks(wanted: object, risk: int | None) -> int | None:
    """A distance that `size` found, as ticks from the fill."""
    if wanted is None:
        return None
    kind, number = wanted
    return multiple(number, risk) if kind == "r" else number  # F11


def over(case: Case, span: tuple | None, first: int, i: int, at: str) -> bool:
    """Whether so many bars or minutes since the fill are over at the open or the close of bar i."""
    if span is None:
        return False
    unit, count = span
    if unit == "bars":
        return i - first + (at == "close") >= count
    length = minutes_of(case.program) * MINUTE if at == "close" else 0
    return case.bars[i].time + length - case.bars[first].time >= count * MINUTE


def stood(column: list, i: int) -> int:
    """The last known value of a followed column."""
    return next(column[j] for j in range(i, -1, -1) if column[j] is not None)


def better(case: Case, now: dict, price: int, name: str) -> None:
    """The stop only ever comes nearer."""
    if now["stop"] is None or (price - now["stop"]) * case.setup["side"] > 0:
        now["stop"], now["name"] = price, name
