"""The prefix law as a function, so that it can also be shown to catch a breach."""

from collections.abc import Callable

import numpy as np

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.setups import Setups
from tests.laws.futures import futures


def breaches(bars: Bars, cut: int, say: Callable[[Bars], dict], seed: int) -> list[str]:
    """Which other futures change what `say` said of the bars before `cut`."""
    truth = say(bars[:])  # a fresh view: nothing remembered
    found = []
    for name, other in futures(bars, cut, seed):
        heard = say(other)
        found += [f"{name}: {key}" for key in truth if not same(truth[key], heard[key], cut)]
    return found


def same(one: tuple, other: tuple, cut: int) -> bool:
    """Two lists of (bar, ...) columns agree on the bars before the cut."""
    kept = [tuple(column[part[0] < cut] for column in part) for part in (one, other)]
    return all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(*kept, strict=True)
    )


def said_by_setups(setups: Setups) -> dict:
    """Everything a strategy says, as columns beside the bar they were said at."""
    named = {"side": setups.side, **setups.attributes}
    for name in ("stop", "target"):
        level: Column = getattr(setups, name)
        named |= {name: np.where(level.present, level.values, 0), f"{name}?": level.present}
    if setups.entries is not None:
        named["order"] = setups.entries.order
        for name, column in zip(setups.entries._fields[1:], setups.entries[1:], strict=True):
            named |= {name: np.where(column.present, column.values, 0), f"{name}?": column.present}
    return {name: (setups.bar, values) for name, values in named.items()}


def said_by_feature(result: object, count: int) -> dict:
    """Everything a feature says of each bar; a session column speaks at each of its bars."""
    bar = np.arange(count)
    parts = result if isinstance(result, tuple) else (result,)
    said = {}
    for k, part in enumerate(parts):
        values, present = part.dense() if isinstance(part, Column) else (part, None)
        if present is not None:
            values = np.where(present, values, 0)
            said[f"{k}?"] = (bar, present)
        said[str(k)] = (bar, values)
    return said
