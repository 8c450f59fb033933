"""What moves or ends a position while it is held, as values read from a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.core.axis import decimal_of, plain
from engine.core.errors import ParameterError, unknown
from engine.fills.distances import (
    Percent,
    Risk,
    Span,
    Ticks,
    Times,
    distance,
    timed,
    whole,
)

Measured = Ticks | Times | Risk | Percent
STEPS = 4
LEGS = 3


@dataclass(frozen=True, slots=True)
class Breakeven:
    """Once the trade was ahead by `after`, its stop stands `offset` ticks from the fill."""

    after: Measured
    offset: int | Percent = 0

    def __str__(self) -> str:
        return f"{self.offset} from the fill after {self.after}"


@dataclass(frozen=True, slots=True)
class Trail:
    """A stop `by` behind the best price, from `after` ahead on, in whole steps."""

    by: Measured
    after: Measured | None = None
    step: Measured | None = None
    needs_breakeven: bool = False

    def __str__(self) -> str:
        when = "" if self.after is None else f" after {self.after}"
        steps = "" if self.step is None else f" in steps of {self.step}"
        return f"{self.by}{when}{steps}{' and breakeven' if self.needs_breakeven else ''}"


@dataclass(frozen=True, slots=True)
class Idle:
    """A trade that leads nowhere `after` a time; `ticks` say what nowhere is."""

    after: Span
    ticks: int

    def __str__(self) -> str:
        return f"{self.after}, {self.ticks} ticks"


@dataclass(frozen=True, slots=True)
class Decay:
    """At each time after the fill the stop's distance from the fill shrinks by a share of it."""

    at: tuple[Span, ...]
    by: tuple[Decimal, ...]
    in_profit: bool = False

    def __str__(self) -> str:
        steps = zip(self.at, self.by, strict=True)
        shown = ", ".join(f"{by} at {at}" for at, by in steps)
        return f"{shown}{' in profit' if self.in_profit else ''}"


@dataclass(frozen=True, slots=True)
class Legs:
    """Partial exits: so many lots at each distance, the last lots with the target."""

    at: tuple[Measured, ...]
    lots: tuple[int, ...]

    def __str__(self) -> str:
        parts = zip(self.lots, (*map(str, self.at), "target"), strict=True)
        return ", ".join(f"{lots} at {at}" for lots, at in parts)


@dataclass(frozen=True, slots=True)
class Tighten:
    """Where a named flag is up at a close, the stop comes nearer: to a distance, or by a share."""

    when: str
    to: Measured | None
    by: Decimal | None

    def __str__(self) -> str:
        return f"to {self.to} on {self.when}" if self.by is None else f"by {self.by} on {self.when}"


def breakeven(value: Any) -> Breakeven | None:
    """Read `12` or `{after: {r: 1}, offset: 1}`."""
    if value in ("none", None):
        return None
    if not isinstance(value, Mapping):
        return Breakeven(measured("breakeven", value))
    keys(value, "breakeven", ("after",), ("offset",))
    offset = value.get("offset", 0)
    if isinstance(offset, Mapping):
        share = distance(offset)
        if not isinstance(share, Percent):
            raise ParameterError(f"breakeven.offset is ticks or {{percent: 0.1}}, not {share}")
        return Breakeven(measured("breakeven", value["after"]), share)
    return Breakeven(measured("breakeven", value["after"]), whole("breakeven.offset", offset))


def trail(value: Any) -> Trail | None:
    """Read `8` or `{by: 8, after: {r: 1}, step: 2, needs_breakeven: true}`."""
    if value in ("none", None):
        return None
    if not isinstance(value, Mapping) or "by" not in value:
        return Trail(measured("trail", value))
    keys(value, "trail", ("by",), ("after", "step", "needs_breakeven"))
    after, step = (
        measured(f"trail.{name}", value[name]) if value.get(name) is not None else None
        for name in ("after", "step")
    )
    return Trail(
        measured("trail.by", value["by"]),
        after,
        step,
        flag("trail.needs_breakeven", value.get("needs_breakeven", False)),
    )


def sideways(value: Any) -> Idle | None:
    """Read `{minutes: 10, range: 5}`: no loss, no trail, and all prices within the range."""
    return idle("sideways", value, "range", None)


def underwater(value: Any) -> Idle | None:
    """Read `{minutes: 7}`: a loss and no trail; `below: 1` counts a trade at its entry too."""
    return idle("underwater", value, "below", 0)


def idle(name: str, value: Any, word: str, default: int | None) -> Idle | None:
    """A time and a number of ticks."""
    if value in ("none", None):
        return None
    if not isinstance(value, Mapping) or (default is None and word not in value):
        raise ParameterError(f"{name} is {{minutes: 10, {word}: 5}}, not {value}")
    times = {key: count for key, count in value.items() if key != word}
    return Idle(timed(times), whole(f"{name}.{word}", value.get(word, default)))


def decay(value: Any) -> Decay | None:
    """Read `{minutes: [30, 45, 54], by: [0.1, 0.2, 0.3], in_profit: true}`."""
    if value in ("none", None):
        return None
    if not isinstance(value, Mapping):
        raise ParameterError(f"decay is {{bars: [10, 20], by: [0.1, 0.2]}}, not {value}")
    unit = "minutes" if "minutes" in value else "bars"
    keys(value, "decay", (unit, "by"), ("in_profit",))
    at = tuple(timed({unit: count}) for count in several(value[unit]))
    by = tuple(share("decay.by", part) for part in several(value["by"]))
    if len(at) != len(by) or not 1 <= len(at) <= STEPS:
        raise ParameterError(f"decay has 1 to {STEPS} times and as many shares")
    fixed = [one.count for one in at if isinstance(one.count, int)]
    if fixed != sorted(set(fixed)):
        raise ParameterError(f"decay: times must ascend, each once, not {fixed}")
    return Decay(at, by, flag("decay.in_profit", value.get("in_profit", False)))


def legs(value: Any) -> Legs | None:
    """Read `{at: [{r: 2}, {r: 3}], lots: [5, 3, 2]}`; the last lots leave at the target."""
    if value in ("none", None):
        return None
    if not isinstance(value, Mapping):
        raise ParameterError(f"legs are {{at: [{{r: 1}}], lots: [1, 1]}}, not {value}")
    keys(value, "legs", ("at", "lots"), ())
    at = tuple(measured("legs.at", part) for part in several(value["at"]))
    lots = tuple(whole("legs.lots", part, least=1) for part in several(value["lots"]))
    if not 1 <= len(at) <= LEGS or len(lots) != len(at) + 1:
        raise ParameterError(
            f"legs have 1 to {LEGS} distances and one more number of lots, for the target"
        )
    return Legs(at, lots)


def tighten(value: Any) -> Tighten | None:
    """Read `{when: regime, to: {times: 1, of: atr}}` or `{when: divergence, by: 0.3}`."""
    if value in ("none", None):
        return None
    if not isinstance(value, Mapping) or ("to" in value) == ("by" in value):
        raise ParameterError("tighten is {when: flag, to: 8} or {when: flag, by: 0.3}")
    keys(value, "tighten", ("when",), ("to", "by"))
    if "to" in value:
        return Tighten(str(value["when"]), measured("tighten.to", value["to"]), None)
    return Tighten(str(value["when"]), None, share("tighten.by", value["by"]))


def leave(value: Any) -> str | None:
    """The name of a column whose flag ends the position."""
    return None if value in ("none", None) else str(value)


def measured(name: str, value: Any) -> Measured:
    """A distance that needs no level."""
    found = distance(value)
    if not isinstance(found, (Ticks, Times, Risk, Percent)):
        raise ParameterError(
            f"{name} is ticks, {{times: 2, of: atr}}, {{r: 1}} or {{percent: 0.5}}, not {value}"
        )
    return found


def keys(
    value: Mapping[str, Any], name: str, needed: tuple[str, ...], further: tuple[str, ...]
) -> None:
    """Refuse what is missing and what nobody knows."""
    for key in value:
        if key not in (*needed, *further):
            raise unknown("key", str(key), (*needed, *further), where=f" in {name}")
    for key in needed:
        if key not in value:
            raise ParameterError(f"{name} lacks '{key}'")


def several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def share(name: str, value: Any) -> Decimal:
    number = decimal_of(value)
    if not 0 < number <= 1:
        raise ParameterError(f"{name} is a share above 0 and up to 1, not {value}")
    return plain(number)


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ParameterError(f"{name} is true or false, not {value}")
    return value
