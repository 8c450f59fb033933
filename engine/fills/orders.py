"""From setups to orders: what can be known before play, and why a setup cannot become an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from engine.core.axis import SCALE, scaled
from engine.core.bars import Bars, Longs
from engine.core.calendars import calendar
from engine.core.columns import Bools, Column
from engine.core.errors import ParameterError, unknown
from engine.core.setups import Setups
from engine.core.zone import clock_minute, minute_of_day, utc_ns
from engine.fills.exits import Distance, Exits, Level, Risk, Ticks, Times
from engine.fills.kernel import Bytes, Orders
from engine.fills.rules import DISTANCE, LEVEL, NONE, TIMES_RISK

# Codes of `outcome`, in the order in which the reasons are looked at; see docs/fills.md.
OUTCOMES = (
    *("waiting", "taken", "busy", "max"),
    *("no_bar", "both", "no_distance", "no_level", "passed", "late", "window"),
)
WAITING = 0
FARTHEST = 1 << 32  # beyond every price; keeps sums within int64


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of the session: how many fills it may have, and between which clock times."""

    max_per_session: int = 0  # 0: no limit
    entry_window: tuple[int, int] | None = None  # minutes of the exchange's day

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Rules:
        """Read the `rules` of a study."""
        known = ("max_per_session", "entry_window")
        for name in values:
            if name not in known:
                raise unknown("rule", name, known)
        most = values.get("max_per_session") or 0
        if not isinstance(most, int) or most < 0:
            raise ParameterError(f"max_per_session is a whole number from 1 on, not {most}")
        span = values.get("entry_window")
        return cls(most, None if span is None else window(span))


def window(span: Any) -> tuple[int, int]:
    if not isinstance(span, (list, tuple)) or len(span) != 2:
        raise ParameterError(
            f'entry_window is two clock times such as ["08:30", "14:30"], not {span}'
        )
    start, stop = clock_minute(span[0]), clock_minute(span[1])
    if start >= stop:
        raise ParameterError(f"entry_window ends at {span[1]}, before it begins at {span[0]}")
    return start, stop


class Prepared(NamedTuple):
    """Orders for the setups that may be played, their rows, and the outcome of all the others."""

    orders: Orders
    rows: Longs
    outcome: Bytes


class Frame(NamedTuple):
    """Facts of the bars that every combination with the same flatten time shares."""

    last_bar: Longs  # by session: its last bar, -1 where it has none
    flatten_bar: Longs  # by session: its first bar at or after the flatten time
    minute: Longs  # by bar: minute of the exchange's day


def frame(bars: Bars, flatten: int | None) -> Frame:
    """Look the sessions' ends up once."""
    zone, sessions = calendar(bars.instrument.calendar).zone, bars.sessions
    rows = np.arange(len(sessions))
    last = np.searchsorted(bars.session, rows, side="right") - 1
    held = np.full(len(sessions), len(bars), np.int64)
    if flatten is not None:
        moments = utc_ns(sessions.date.astype(np.int64), flatten, zone)
        held = np.searchsorted(bars.time, moments).astype(np.int64)
    return Frame(last.astype(np.int64), held, minute_of_day(bars.time, zone))


def prepare(bars: Bars, setups: Setups, exits: Exits, rules: Rules, facts: Frame) -> Prepared:
    """F02 to F08: name what cannot be played, make orders of the rest."""
    entry_bar = setups.bar + 1
    session = bars.session[setups.bar].astype(np.int64)
    last, flatten = facts.last_bar[session], facts.flatten_bar[session]
    stop_kind, stop, stop_reason = levels(exits.stop, setups, setups.stop, -1, bars)
    target_kind, target, target_reason = levels(exits.target, setups, setups.target, 1, bars)
    reasons = {
        "no_bar": entry_bar > last,
        "both": both_sides(setups),
        **{
            name: np.logical_or(stop_reason[name], target_reason[name])
            for name in ("no_distance", "no_level", "passed")
        },
        "late": entry_bar >= flatten,
        "window": outside(rules, facts, entry_bar),
    }
    outcome = np.zeros(len(setups), np.int8)
    for name, broken in reversed(reasons.items()):
        outcome[broken] = OUTCOMES.index(name)
    rows = np.flatnonzero(outcome == WAITING)
    columns = (entry_bar, last, flatten, setups.side, stop_kind, stop, target_kind, target)
    return Prepared(Orders._make(np.ascontiguousarray(c[rows]) for c in columns), rows, outcome)


def both_sides(setups: Setups) -> Bools:
    """F03: rows that share their bar with a row of the other side; rows are in order of bar."""
    first = np.flatnonzero(np.diff(setups.bar, prepend=-1))
    counts = np.diff(first, append=len(setups))
    if len(first) == len(setups):
        return np.zeros(len(setups), np.bool_)
    mixed = np.minimum.reduceat(setups.side, first) != np.maximum.reduceat(setups.side, first)
    return np.repeat(mixed, counts)


def outside(rules: Rules, facts: Frame, entry_bar: Longs) -> Bools:
    if rules.entry_window is None:
        return np.zeros(len(entry_bar), np.bool_)
    minute = facts.minute[np.minimum(entry_bar, len(facts.minute) - 1)]
    return (minute < rules.entry_window[0]) | (minute >= rules.entry_window[1])


def levels(
    distance: Distance | None, setups: Setups, level: Column, towards: int, bars: Bars
) -> tuple[Bytes, Longs, dict[str, Bools]]:
    """Kind and number of every row's stop (`towards` -1) or target (+1), and what it lacks."""
    count = len(setups)
    never = np.zeros(count, np.bool_)
    reasons = {"no_distance": never, "no_level": never, "passed": never}
    kind, number = NONE, np.zeros(count, np.int64)
    if isinstance(distance, Ticks):
        kind, number = DISTANCE, np.full(count, distance.ticks, np.int64)
    elif isinstance(distance, Times):
        kind, (number, reasons["no_distance"]) = DISTANCE, multiples(distance, setups)
    elif isinstance(distance, Risk):
        kind, number = TIMES_RISK, np.full(count, scaled(distance.times), np.int64)
    elif isinstance(distance, Level):
        kind, number = LEVEL, level.values
        reasons["no_level"] = ~level.present
        gone = towards * setups.side * (bars.close[setups.bar].astype(np.int64) - number) >= 0
        reasons["passed"] = level.present & gone
    return np.full(count, kind, np.int8), number, reasons


def multiples(distance: Times, setups: Setups) -> tuple[Longs, Bools]:
    """F11 for a multiple of an attribute; F04 where the attribute is no number."""
    values = setups.attribute(distance.of)
    missing = ~np.isfinite(values)
    times = scaled(distance.times) / SCALE
    sized = np.floor(times * np.where(missing, 0.0, values) + 0.5)
    return np.clip(sized, 1, FARTHEST).astype(np.int64), missing
