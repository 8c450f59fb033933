"""From setups to orders: what can be known before play, and why a setup cannot become an order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.axis import SCALE, scaled
from engine.core.bars import Bars, Longs
from engine.core.columns import Bools
from engine.core.setups import Setups
from engine.fills.costs import Stake
from engine.fills.exits import Exits
from engine.fills.frame import Frame
from engine.fills.kernel import Bytes, Orders
from engine.fills.limits import Rules
from engine.fills.measure import Measure, Ruler, measure
from engine.fills.rules import LEVEL, NONE, TIMES_RISK
from engine.fills.terms import FOLLOWED, NEAREST, STOP_LIMIT

__all__ = ["OUTCOMES", "WAITING", "Prepared", "Rules", "prepare"]

# Codes of `outcome`, in the order in which the reasons are looked at; see docs/fills.md.
OUTCOMES = (
    *("waiting", "taken", "busy", "max", "cooldown", "losses", "daily_loss", "daily_profit"),
    *("parent", "expired"),
    *("no_bar", "both", "no_distance", "no_level", "passed", "late", "window", "reward"),
)
WAITING = 0


class Prepared(NamedTuple):
    """Orders for the setups that may be played, their rows, and the outcome of all the others."""

    orders: Orders
    rows: Longs
    outcome: Bytes


class Judged(NamedTuple):
    """What every setup comes to before play, and why some cannot be played."""

    stop: Measure
    target: Measure
    until: Longs  # last bar in which an order may fill
    outcome: Bytes


def prepare(
    bars: Bars,
    setups: Setups,
    exits: Exits,
    rules: Rules,
    facts: Frame,
    stake: Stake,
) -> Prepared:
    """F02 to F08: name what cannot be played, make orders of the rest."""
    ruler = Ruler(bars, setups, sent(bars, setups), stake)
    found = judge(ruler, exits, rules, facts, np.zeros(len(setups), np.bool_))
    session = bars.session[setups.bar].astype(np.int64)
    rows = np.flatnonzero(found.outcome == WAITING)
    kinds = (np.full(len(setups), m.kind, np.int8) for m in (found.stop, found.target))
    stop_kind, target_kind = kinds
    columns = (
        *(facts.ahead[setups.bar], facts.last_bar[session], facts.flatten_bar[session]),
        setups.side,
        *(stop_kind, found.stop.number, target_kind, found.target.number),
    )
    orders = Orders._make(np.ascontiguousarray(c[rows]) for c in columns)
    return Prepared(orders, rows, found.outcome)


def sent(bars: Bars, setups: Setups) -> Longs:
    """The price each order is sent at: the level it waits at, or the close of its bar."""
    close = bars.close[setups.bar].astype(np.int64)
    if setups.entries is None:
        return close
    return np.where(setups.entries.order > 0, setups.entries.level.values, close)


def judge(ruler: Ruler, exits: Exits, rules: Rules, facts: Frame, lacks: Bools) -> Judged:
    """Measure stop and target, and name the first reason why a setup cannot be played."""
    bars, setups = ruler.bars, ruler.setups
    stop = measure(exits.stop, ruler, setups.stop, -1)
    target = measure(exits.target, ruler, setups.target, 1)
    entry_bar, until = facts.ahead[setups.bar], last_bars(bars, setups, facts)
    session = bars.session[setups.bar].astype(np.int64)
    waits, unnamed = waiting(setups)
    reasons = {
        "no_bar": entry_bar > until,
        "both": both_sides(setups),
        "no_distance": stop.no_distance | target.no_distance | lacks,
        "no_level": stop.no_level | target.no_level | unnamed,
        "passed": stop.passed | target.passed,
        "late": ~waits & (entry_bar >= facts.flatten_bar[session]),
        "window": ~waits & ~facts.inside[entry_bar],
        "reward": poor(ruler, stop, target, rules),
    }
    outcome = np.zeros(len(setups), np.int8)
    for name, broken in reversed(reasons.items()):
        outcome[broken] = OUTCOMES.index(name)
    return Judged(stop, target, until, outcome)


def waiting(setups: Setups) -> tuple[Bools, Bools]:
    """The setups whose orders wait for a price, and those of them that name none."""
    never = np.zeros(len(setups), np.bool_)
    if setups.entries is None:
        return never, never
    order, level, limit = setups.entries[:3]
    waits = order > 0
    return waits, waits & (~level.present | ((order == STOP_LIMIT) & ~limit.present))


def last_bars(bars: Bars, setups: Setups, facts: Frame) -> Longs:
    """F23: the last bar in which each order may fill; a market order has only its next one."""
    own = facts.last_bar[bars.session[setups.bar].astype(np.int64)]
    if setups.entries is None:
        return own
    count, day = setups.entries.bars, setups.entries.until
    last = np.searchsorted(bars.sessions.date, day.values, side="right") - 1
    ends = np.where(last >= 0, facts.last_bar[np.maximum(last, 0)], -1)
    reach = np.where(day.present, ends, own)
    return np.where(count.present, np.minimum(reach, setups.bar + count.values), reach)


def poor(ruler: Ruler, stop: Measure, target: Measure, rules: Rules) -> Bools:
    """F51: a target too near for its stop, as both stand when the order is sent."""
    if rules.min_reward is None:
        return np.zeros(len(ruler.setups), np.bool_)
    risk = distance_from(ruler, stop, -1, np.zeros(len(ruler.setups), np.int64))
    reward = distance_from(ruler, target, 1, risk)
    unknown = np.full(len(risk), NONE in (stop.kind, target.kind))
    return unknown | (reward * SCALE < scaled(rules.min_reward) * risk)


def distance_from(ruler: Ruler, found: Measure, towards: int, risk: Longs) -> Longs:
    """Ticks from where the order is sent."""
    away = towards * ruler.setups.side.astype(np.int64)
    if found.kind in (LEVEL, FOLLOWED):
        return np.asarray(away * (found.number - ruler.sent))
    if found.kind == NEAREST:
        return np.minimum(found.number, away * (found.level - ruler.sent))
    if found.kind == TIMES_RISK:
        return np.asarray(np.maximum(1, (2 * found.number * risk + SCALE) // (2 * SCALE)))
    return found.number


def both_sides(setups: Setups) -> Bools:
    """F03: rows that share their bar with a row of the other side; rows are in order of bar."""
    first = np.flatnonzero(np.diff(setups.bar, prepend=-1))
    counts = np.diff(first, append=len(setups))
    if len(first) == len(setups):
        return np.zeros(len(setups), np.bool_)
    mixed = np.minimum.reduceat(setups.side, first) != np.maximum.reduceat(setups.side, first)
    return np.repeat(mixed, counts)
