"""Exits as one value, the same for every strategy: stop, target, and the time to be flat."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.core.axis import decimal_of, plain
from engine.core.errors import ParameterError, unknown
from engine.core.zone import DAY_MINUTES, clock_minute, clock_text


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
class Level:
    """The level the setup names."""

    def __str__(self) -> str:
        return "level"


Distance = Ticks | Times | Risk | Level


@dataclass(frozen=True, slots=True)
class Exits:
    """Where a position ends; `None` leaves it to the session's end."""

    stop: Distance | None = None
    target: Distance | None = None
    flatten: int | None = None  # minute of the exchange's day

    def __post_init__(self) -> None:
        if isinstance(self.stop, Risk):
            raise ParameterError("a stop cannot be a multiple of the risk: it is what makes it")
        if isinstance(self.target, Risk) and self.stop is None:
            raise ParameterError("a target in r needs a stop: without one there is no risk")

    @classmethod
    def grid(cls, axes: Mapping[str, Any]) -> list[Exits]:
        """Every combination of plain YAML values, scalars or lists of them."""
        for name in axes:
            if name not in READERS:
                raise unknown("exit", name, READERS)
        lists = [read_all(name, values) for name, values in axes.items()]
        rows = itertools.product(*lists)
        return list(dict.fromkeys(cls(**dict(zip(axes, row, strict=True))) for row in rows))

    def texts(self) -> dict[str, str]:
        """The exits as the text that stands in tables."""
        clock = "none" if self.flatten is None else clock_text(self.flatten)
        return {"stop": text(self.stop), "target": text(self.target), "flatten": clock}


def text(distance: Distance | None) -> str:
    return "none" if distance is None else str(distance)


def read_all(name: str, values: Any) -> Iterable[Any]:
    return [READERS[name](value) for value in (values if isinstance(values, list) else [values])]


def distance(value: Any) -> Distance | None:
    """Read `16`, `none`, `level`, `{times: 2, of: atr}` or `{r: 2}`."""
    if value in ("none", None):
        return None
    if value == "level":
        return Level()
    if isinstance(value, Mapping):
        return multiple(value)
    ticks = decimal_of(value)
    if ticks != int(ticks) or ticks < 1:
        raise ParameterError(f"a distance is a whole number of ticks from 1 on, not {value}")
    return Ticks(int(ticks))


def multiple(value: Mapping[str, Any]) -> Distance:
    if set(value) == {"times", "of"}:
        return Times(positive(value["times"]), str(value["of"]))
    if set(value) == {"r"}:
        return Risk(positive(value["r"]))
    keys = ", ".join(map(str, value))
    raise ParameterError(f"a distance is {{times: 2, of: atr}} or {{r: 2}}, not one of: {keys}")


def positive(value: Any) -> Decimal:
    number = decimal_of(value)
    if number <= 0:
        raise ParameterError(f"a multiple must be above 0, not {value}")
    return plain(number)


def minute(value: Any) -> int | None:
    """Read `none` or a clock time; YAML itself reads an unquoted 15:45 as the minute 945."""
    if value in ("none", None):
        return None
    if isinstance(value, int) and not 0 <= value <= DAY_MINUTES:
        raise ParameterError(f"{value} is no minute of the day; write a time such as '15:45'")
    return value if isinstance(value, int) else clock_minute(str(value))


READERS = {"stop": distance, "target": distance, "flatten": minute}
