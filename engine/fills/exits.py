"""Exits as one value, the same for every strategy: what ends a position, and what moves it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from engine.core.errors import ParameterError, unknown
from engine.core.zone import DAY_MINUTES, clock_minute, clock_text
from engine.fills.distances import (
    Distance,
    Follow,
    Level,
    Nearest,
    Risk,
    Span,
    Ticks,
    Times,
    distance,
    span,
)
from engine.fills.moves import (
    Breakeven,
    Decay,
    Idle,
    Legs,
    Tighten,
    Trail,
    breakeven,
    decay,
    leave,
    legs,
    sideways,
    tighten,
    trail,
    underwater,
)

__all__ = ["Distance", "Exits", "Level", "Risk", "Ticks", "Times"]

FIRST: Final = ("stop", "target", "flatten")  # what every table shows


@dataclass(frozen=True, slots=True)
class Exits:
    """Where a position ends; `None` leaves it to the session's end."""

    stop: Distance | None = None
    target: Distance | None = None
    flatten: int | None = None  # minute of the exchange's day
    breakeven: Breakeven | None = None
    trail: Trail | None = None
    hold: Span | None = None
    sideways: Idle | None = None
    underwater: Idle | None = None
    decay: Decay | None = None
    legs: Legs | None = None
    leave: str | None = None
    tighten: Tighten | None = None

    def __post_init__(self) -> None:
        if isinstance(self.stop, Risk):
            raise ParameterError("a stop cannot be a multiple of the risk: it is what makes it")
        if isinstance(self.stop, Follow):
            raise ParameterError("a stop follows no column; tighten moves it at a flag")
        if isinstance(self.target, Nearest):
            raise ParameterError("a target is one distance or level; legs leave at several")
        if self.stop is None:
            self.refuse_risk()
        if self.trail and self.trail.needs_breakeven and self.breakeven is None:
            raise ParameterError("a trail that needs breakeven needs one")

    def refuse_risk(self) -> None:
        """Without a stop nothing can be measured by it."""
        if isinstance(self.target, Risk):
            raise ParameterError("a target in r needs a stop: without one there is no risk")
        trailed = (self.trail.by, self.trail.after, self.trail.step) if self.trail else ()
        broken = (self.breakeven.after,) if self.breakeven else ()
        tight = (self.tighten.to,) if self.tighten else ()
        parts = (*trailed, *broken, *tight, *(self.legs.at if self.legs else ()))
        shares = self.decay is not None or (self.tighten is not None and self.tighten.to is None)
        if shares or any(isinstance(part, Risk) for part in parts):
            raise ParameterError("exits that are shares or multiples of the risk need a stop")

    @property
    def simple(self) -> bool:
        """Whether stop, target, flatten time and the session's end are all there is."""
        further = (getattr(self, f.name) for f in fields(self) if f.name not in FIRST)
        moving = isinstance(self.stop, Nearest) or isinstance(self.target, Follow)
        return not moving and all(value is None for value in further)

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
        named = {f.name: getattr(self, f.name) for f in fields(self)}
        shown = {name: text(value) for name, value in named.items() if name in FIRST or value}
        return shown | {"flatten": clock}


def text(value: object) -> str:
    return "none" if value is None else str(value)


def read_all(name: str, values: Any) -> Iterable[Any]:
    return [READERS[name](value) for value in (values if isinstance(values, list) else [values])]


def minute(value: Any) -> int | None:
    """Read `none` or a clock time; YAML itself reads an unquoted 15:45 as the minute 945."""
    if value in ("none", None):
        return None
    if isinstance(value, int) and not 0 <= value <= DAY_MINUTES:
        raise ParameterError(f"{value} is no minute of the day; write a time such as '15:45'")
    return value if isinstance(value, int) else clock_minute(str(value))


READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "stop": distance,
    "target": distance,
    "flatten": minute,
    "breakeven": breakeven,
    "trail": trail,
    "hold": span,
    "sideways": sideways,
    "underwater": underwater,
    "decay": decay,
    "legs": legs,
    "leave": leave,
    "tighten": tighten,
}
