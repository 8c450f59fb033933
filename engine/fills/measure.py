"""Distances made numbers before play: what each setup's stop, target and moves come to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.axis import SCALE, scaled
from engine.core.bars import Bars, Longs
from engine.core.columns import Bools, Column
from engine.core.setups import Setups
from engine.fills.costs import Stake
from engine.fills.distances import (
    Distance,
    Dollars,
    Follow,
    Level,
    Nearest,
    Percent,
    Risk,
    Span,
    Ticks,
    Times,
)
from engine.fills.rules import DISTANCE, LEVEL, NONE, TIMES_RISK
from engine.fills.terms import BARS, FOLLOWED, MINUTES, NEAREST

FARTHEST = 1 << 32  # beyond every price; keeps sums within int64
LONGEST = 1 << 24  # minutes or bars: beyond every session; keeps moments in ns within int64
PERCENT = 100 * SCALE


class Ruler(NamedTuple):
    """What distances are measured by."""

    bars: Bars
    setups: Setups
    sent: Longs  # the price an order is sent at: its own level, or the close of its bar
    stake: Stake


class Measure(NamedTuple):
    """One number a setup, what it means, and what the setup lacks for it."""

    kind: int
    number: Longs
    level: Longs  # beside a distance, of the nearest of both kinds
    no_distance: Bools
    no_level: Bools
    passed: Bools


def measure(distance: Distance | None, ruler: Ruler, level: Column, towards: int) -> Measure:
    """A stop (`towards` -1) or a target (+1) of every setup."""
    if isinstance(distance, Nearest):
        return nearest_of(distance, ruler, level, towards)
    never = np.zeros(len(ruler.setups), np.bool_)
    kind, number, missing = NONE, np.zeros(len(never), np.int64), never
    if isinstance(distance, (Level, Follow)):
        return levelled(distance, ruler, level, towards)
    if isinstance(distance, Risk):
        kind, number = TIMES_RISK, np.full(len(never), scaled(distance.times), np.int64)
    elif distance is not None:
        kind, (number, missing) = DISTANCE, ticks_of(distance, ruler)
    return Measure(kind, number, np.zeros_like(number), missing, never, never)


def ticks_of(distance: Ticks | Times | Percent | Dollars, ruler: Ruler) -> tuple[Longs, Bools]:
    """F11, F31, F32: whole ticks of every setup, and F04: the setups that have none."""
    count = len(ruler.setups)
    if isinstance(distance, Ticks):
        return np.full(count, distance.ticks, np.int64), np.zeros(count, np.bool_)
    if isinstance(distance, Times):
        return multiples(distance, ruler.setups)
    if isinstance(distance, Percent):
        twice = 2 * scaled(distance.percent) * np.abs(ruler.sent) + PERCENT
        return np.maximum(1, twice // (2 * PERCENT)), np.zeros(count, np.bool_)
    session = ruler.bars.session[ruler.setups.bar].astype(np.int64)
    ticks = ruler.stake.ticks(distance.dollars, session, ruler.sent)
    return np.maximum(1, ticks), ticks < 1


def multiples(distance: Times, setups: Setups) -> tuple[Longs, Bools]:
    """F11 for a multiple of an attribute; F04 where the attribute is no number."""
    values = setups.attribute(distance.of)
    missing = ~np.isfinite(values)
    times = scaled(distance.times) / SCALE
    sized = np.floor(times * np.where(missing, 0.0, values) + 0.5)
    return np.clip(sized, 1, FARTHEST).astype(np.int64), missing


def levelled(distance: Level | Follow, ruler: Ruler, level: Column, towards: int) -> Measure:
    """F05, F06, F33: a level of the setup, or where a followed column stands at its close."""
    setups = ruler.setups
    if isinstance(distance, Follow):
        values, present = setups.followed(distance.column)
        row = np.where(setups.side > 0, 0, 1)
        kind, number, there = FOLLOWED, values[row, setups.bar], present[row, setups.bar]
    else:
        kind, there = LEVEL, level.present
        number = level.values + towards * setups.side.astype(np.int64) * distance.offset
    number = np.where(there, number, 0).astype(np.int64)
    gone = there & (towards * setups.side * (ruler.sent - number) >= 0)
    never = np.zeros(len(setups), np.bool_)
    return Measure(kind, number, number, never, ~there, gone)


def nearest_of(several: Nearest, ruler: Ruler, level: Column, towards: int) -> Measure:
    """F34: distances and levels, each kind by its nearest; play takes the nearer of the two."""
    parts = [measure(part, ruler, level, towards) for part in several.parts]
    away = towards * ruler.setups.side.astype(np.int64)
    lacks = (
        np.logical_or.reduce([getattr(part, name) for part in parts])
        for name in ("no_distance", "no_level", "passed")
    )
    ticks = [part.number for part in parts if part.kind == DISTANCE]
    levels = [away * part.number for part in parts if part.kind == LEVEL]
    near = np.minimum.reduce(ticks) if ticks else np.zeros_like(ruler.sent)
    price = away * np.minimum.reduce(levels) if levels else np.zeros_like(ruler.sent)
    if ticks and levels:
        return Measure(NEAREST, near, price, *lacks)
    kind, number = (DISTANCE, near) if ticks else (LEVEL, price)
    return Measure(kind, number, price, *lacks)


def span_of(span: Span | None, setups: Setups) -> tuple[int, Longs, Bools]:
    """Bars or minutes of every setup, and the setups whose attribute does not say."""
    count = len(setups)
    if span is None:
        return NONE, np.zeros(count, np.int64), np.zeros(count, np.bool_)
    kind = MINUTES if span.unit == "minutes" else BARS
    if isinstance(span.count, Times):
        counts, missing = multiples(span.count, setups)
        return kind, np.minimum(counts, LONGEST), missing
    held = min(span.count, LONGEST)
    return kind, np.full(count, held, np.int64), np.zeros(count, np.bool_)
