"""Distances and durations: how far from the fill, and how long after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from engine.core.axis import decimal_of, plain
from engine.core.errors import ParameterError


@dataclass(frozen=True, slots=True)
class Ticks:
    """So many ticks from the fill."""

    ticks: int

    def __str__(self) -> str:
        return str(self.ticks)


@dataclass(frozen=True, slots=True)
class Times:
    """A multiple of an attribute of the setup, in ticks from the fill."""

    times: Decimal
    of: str

    def __str__(self) -> str:
        return f"{self.times} x {self.of}"


@dataclass(frozen=True, slots=True)
class Risk:
    """A multiple of the distance from the fill to the stop."""

    times: Decimal

    def __str__(self) -> str:
        return f"{self.times} r"


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of the price the order is sent at: the close of its bar, or the level it waits at."""

    percent: Decimal

    def __str__(self) -> str:
        return f"{self.percent} %"


@dataclass(frozen=True, slots=True)
class Dollars:
    """Money one contract may lose, the costs of a stopped trade among it."""

    dollars: Decimal

    def __str__(self) -> str:
        return f"{self.dollars} $"


@dataclass(frozen=True, slots=True)
class Level:
    """The level the setup names, or so many ticks farther from the fill than it."""

    offset: int = 0

    def __str__(self) -> str:
        return f"level {self.offset:+}" if self.offset else "level"


@dataclass(frozen=True, slots=True)
class Follow:
    """A level that moves: a named column of the setups, as it stood at the last close."""

    column: str
    until_trail: bool = False  # it is no target any more once a trail has begun

    def __str__(self) -> str:
        return f"follow {self.column}{' until the trail' if self.until_trail else ''}"


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest of several: whichever is hit first."""

    parts: tuple[Distance, ...]

    def __str__(self) -> str:
        return f"nearest of {', '.join(map(str, self.parts))}"


@dataclass(frozen=True, slots=True)
class Span:
    """A time after the fill: whole bars or minutes, or as many as an attribute says."""

    unit: str
    count: int | Times

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


Distance = Ticks | Times | Risk | Percent | Dollars | Level | Follow | Nearest
UNITS = ("bars", "minutes")
FURTHEST = 1_000_000_000  # ticks, and dollars: beyond every price
LARGEST = 100_000  # times an attribute or the risk, or percent: products stay within int64
MADE: Final[Mapping[str, Callable[[Decimal], Distance]]] = {
    "r": Risk,
    "percent": Percent,
    "dollars": Dollars,
}
FORMS = "{times: 2, of: atr}, {r: 2}, {percent: 0.5}, {dollars: 400}, {follow: vwap}"


def distance(value: Any) -> Distance | None:
    """Read `16`, `none`, `level`, `{times: 2, of: atr}`, `{r: 2}` and the other forms."""
    if value in ("none", None):
        return None
    if value == "level":
        return Level()
    if isinstance(value, Mapping):
        return mapped(value)
    ticks = decimal_of(value)
    if ticks != int(ticks) or ticks < 1:
        raise ParameterError(f"a distance is a whole number of ticks from 1 on, not {value}")
    if ticks > FURTHEST:
        raise ParameterError(f"a distance is at most {FURTHEST:,} ticks, not {value}")
    return Ticks(int(ticks))


def mapped(value: Mapping[str, Any]) -> Distance:
    """A distance written with its unit."""
    keys = set(value)
    if keys == {"times", "of"}:
        return Times(positive(value["times"]), str(value["of"]))
    if keys == {"of", "offset"} and value["of"] == "level":
        return Level(whole("an offset", value["offset"]))
    if keys == {"nearest"} and isinstance(value["nearest"], (list, tuple)):
        return nearest(value["nearest"])
    if keys == {"follow"} or (keys == {"follow", "until"} and value["until"] == "trail"):
        return Follow(str(value["follow"]), "until" in keys)
    if len(keys) == 1 and keys <= set(MADE):
        name = next(iter(keys))
        return MADE[name](positive(value[name], FURTHEST if name == "dollars" else LARGEST))
    raise ParameterError(
        f"a distance is {FORMS}, {{of: level, offset: 2}} or {{nearest: [16, level]}}, "
        f"not one of: {', '.join(map(str, value))}"
    )


def nearest(parts: Any) -> Nearest:
    """Several distances of which the nearest to the fill counts."""
    found = tuple(distance(part) for part in parts)
    if len(found) < 2:
        raise ParameterError("nearest names at least two distances")
    kept = tuple(part for part in found if part is not None)
    if len(kept) < len(found) or any(isinstance(p, (Risk, Nearest, Follow)) for p in kept):
        raise ParameterError(
            "nearest takes ticks, levels, percent, dollars and multiples of attributes only"
        )
    return Nearest(kept)


def span(value: Any) -> Span | None:
    """Read `20` (bars), `{bars: 20}`, `{minutes: 30}` or `{minutes: {times: 1, of: patience}}`."""
    return None if value in ("none", None) else timed(value)


def timed(value: Any) -> Span:
    """A time that is there."""
    if not isinstance(value, Mapping):
        value = {"bars": value}
    if len(value) != 1 or not set(value) <= set(UNITS):
        keys = ", ".join(map(str, value))
        raise ParameterError(f"a time is {{bars: 20}} or {{minutes: 30}}, not one of: {keys}")
    unit, count = next(iter(value.items()))
    if isinstance(count, Mapping):
        made = mapped(count)
        if not isinstance(made, Times):
            raise ParameterError(f"{unit} are a number or {{times: 1, of: attribute}}, not {made}")
        return Span(unit, made)
    return Span(unit, whole(unit, count, least=1))


def positive(value: Any, most: int = LARGEST) -> Decimal:
    number = decimal_of(value)
    if number <= 0:
        raise ParameterError(f"a multiple must be above 0, not {value}")
    if number > most:
        raise ParameterError(f"a multiple is at most {most:,}, not {value}")
    return plain(number)


def whole(name: str, value: Any, least: int | None = None) -> int:
    """A whole number, as YAML or a person wrote it."""
    number = decimal_of(value)
    if number != int(number) or (least is not None and number < least):
        bound = "" if least is None else f" from {least} on"
        raise ParameterError(f"{name} must be a whole number{bound}, not {value}")
    return int(number)
