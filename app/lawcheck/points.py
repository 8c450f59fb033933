"""Which values of a strategy's parameters the laws are tried with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from engine.core.axis import Axis, Value
from engine.core.strategy import Strategy

DRAWN: Final = 3  # points besides the defaults and the presets
SEED: Final = 7


def points(kind: type[Strategy]) -> list[Strategy]:
    """The defaults, every preset, and a few drawn from the whole space."""
    named = [kind(**preset.values()) for preset in kind.presets]
    draw = np.random.default_rng(SEED)
    drawn = [
        kind(**{name: axis.at(float(draw.random())) for name, axis in kind.space().items()})
        for _ in range(DRAWN)
    ]
    return list(dict.fromkeys([kind(), *named, *drawn]))


def varied(kind: type[Strategy], name: str) -> Iterator[Strategy]:
    """The strategy with its lowest, middle and highest value of one parameter, made to count."""
    for value in spread(kind.space()[name]):
        yield kind(**{**counting(kind, name), name: value})


def spread(axis: Axis) -> list[Value]:
    """Every choice, or the ends and the middle of a range."""
    values = axis.values()
    if axis.range is None:
        return list(values)
    return list(dict.fromkeys((values[0], values[-1], values[len(values) // 2])))


def counting(kind: type[Strategy], name: str) -> dict[str, Any]:
    """The values beside which a conditional parameter counts."""
    found: dict[str, Any] = {}
    for other, allowed in kind.space()[name].when:
        found |= {**counting(kind, other), other: allowed[0]}
    return found


def told(strategy: Strategy) -> str:
    """The values that differ from the defaults, as a person would set them."""
    space = strategy.space()
    said = [f"{k}={v}" for k, v in strategy.values() if v != space[k].default]
    return f" with {', '.join(said)}" if said else ""
