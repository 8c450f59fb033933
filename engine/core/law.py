"""The prefix law as a function: what is said of a bar may not change with the bars after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.aside import Aside
from engine.core.asof import closes
from engine.core.bars import MINUTE, BarArrays, Bars
from engine.core.columns import Array, Column
from engine.core.setups import Setups

Twist = Callable[[Array], Array]  # what is said of the future instead
Said = dict[str, tuple[Array, Array]]  # by name: the bars spoken of, and what was said of each
FAR: Final = 1_000_000_000  # ticks: the farthest price a bar may hold
WILD: Final = 50  # ticks of noise, at most
SPIKE: Final = 7  # ticks below its base that every bar of noise goes


class Breach(NamedTuple):
    """Another future, and the first bar before it of which something else was said."""

    future: str
    what: str
    bar: int


def breaches(bars: Bars, cut: int, say: Callable[[Bars], Said], seed: int) -> list[Breach]:
    """Which other futures change what `say` said of the bars before `cut`."""
    return list(breach_by_breach(bars, cut, say, seed))


def breach_by_breach(
    bars: Bars, cut: int, say: Callable[[Bars], Said], seed: int
) -> Iterator[Breach]:
    """The same one after the other: who asks for the first meets no later future."""
    truth = say(bars[:])  # a fresh view: nothing remembered
    for name, other in futures(bars, cut, seed):
        heard = say(other)
        for key in truth:
            bar = first_change(truth[key], heard[key], cut)
            if bar is not None:
                yield Breach(name, key, bar)


def futures(bars: Bars, cut: int, seed: int) -> Iterator[tuple[str, Bars]]:
    """Bars that agree before `cut` and differ from it on: removed, noise, extremes, reversed."""
    yield "removed", replace(bars[:cut], aside=beside(bars, cut, lambda later: later[:0]))
    noise = np.random.default_rng(seed).integers(-WILD, WILD, len(bars) - cut)
    base, a = bars.open[cut:] + noise, bars.arrays
    wild = np.where(noise > 0, FAR, -FAR)
    ways: dict[str, tuple[Sequence[Array], Twist]] = {
        "noise": ((base, base + np.abs(noise), base - SPIKE, base + noise % 3), lambda x: WILD - x),
        "extremes": ((wild, wild, wild, wild), lambda x: np.where(x > 0, -FAR, FAR)),
        "reversed": ([p[cut:][::-1] for p in (a.open, a.high, a.low, a.close)], lambda x: x[::-1]),
    }
    for name, (prices, twist) in ways.items():
        yield name, replace(changed(bars, cut, prices), aside=beside(bars, cut, twist))


def beside(bars: Bars, cut: int, twist: Twist) -> dict[str, Aside]:
    """The series beside the bars, with other values wherever they are published after the cut."""
    if not bars.aside:
        return {}
    known, found = closes(bars[:cut])[-1:].max(initial=np.iinfo(np.int64).min), {}
    for name, one in bars.aside.items():
        now = one.series.time + one.lag * MINUTE <= known
        values = {k: np.append(v[now], twist(v[~now])) for k, v in one.series.values.items()}
        times = one.series.time[: len(next(iter(values.values())))]
        found[name] = one._replace(series=replace(one.series, time=times, values=values))
    return found


def changed(bars: Bars, cut: int, prices: Sequence[Array]) -> Bars:
    """The bars with other prices and volumes from `cut` on, at the same times."""
    columns: list[Any] = [column.copy() for column in bars.arrays]
    for column, values in zip(columns[1:5], prices, strict=True):
        column[cut:] = values
    columns[2][cut:] = np.maximum.reduce([c[cut:] for c in columns[1:5]])
    columns[3][cut:] = np.minimum.reduce([c[cut:] for c in columns[1:5]])
    columns[5][cut:] = columns[5][cut:][::-1] + 1
    return replace(bars, arrays=BarArrays(*columns), contract=None)


def first_change(one: tuple[Array, Array], other: tuple[Array, Array], cut: int) -> int | None:
    """The first bar before the cut at which two lists of (bar, value) part, if they do."""
    bar, values = (column[one[0] < cut] for column in one)
    others, heard = (column[other[0] < cut] for column in other)
    count = min(len(bar), len(others))
    apart = bar[:count] != others[:count]
    apart |= ~equal(values[:count], heard[:count])
    if apart.any():
        row = int(np.argmax(apart))
        return int(min(bar[row], others[row]))
    longer = bar if len(bar) > count else others
    return int(longer[count]) if len(longer) > count else None


def equal(one: Array, other: Array) -> Array:
    """Value by value; two that are not known are equal."""
    same = one == other
    if one.dtype.kind == "f":
        same |= np.isnan(one) & np.isnan(other)
    return np.asarray(same)


def said_by_setups(setups: Setups) -> Said:
    """Everything a strategy says, as columns beside the bar they were said at."""
    named: dict[str, Array] = {"side": setups.side, **setups.attributes}
    levels = {"stop": setups.stop, "target": setups.target}
    if setups.entries is not None:
        named["order"] = setups.entries.order
        levels |= {f"entry {k}": c for k, c in setups.entries._asdict().items() if k != "order"}
    if setups.parents is not None:
        named["waits"] = setups.parents.waits
        levels["parent"] = setups.parents.row
    for name, column in levels.items():
        named |= {name: np.where(column.present, column.values, 0), f"{name}?": column.present}
    said = {name: (setups.bar, values) for name, values in named.items()}
    for name, moving in setups.follow.items():
        every = np.arange(moving.values.shape[1])
        for side, values, present in zip(("long", "short"), *moving, strict=True):
            said[f"{name} {side}"] = every, np.where(present, values, 0)
            said[f"{name} {side}?"] = every, present
    return said


def said_by_feature(result: object, count: int) -> Said:
    """Everything a feature says of each bar; a session column speaks at each of its bars."""
    bar, said = np.arange(count), {}
    parts: Any = result if isinstance(result, tuple) else (result,)
    for k, part in enumerate(parts):
        values, present = part.dense() if isinstance(part, Column) else (part, None)
        if present is not None:
            values = np.where(present, values, 0)
            said[f"{k}?"] = (bar, present)
        said[str(k)] = (bar, values)
    return said
