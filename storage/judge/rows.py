"""What can be wrong with one row by itself, in the order in which it is looked for."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.bars import PRICE_LIMIT
from engine.core.frames import DOUBT, DRIFT, SLACK
from storage.judge.kinds import CODES

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]

MAY_BE_NEGATIVE: Final = ("nymex_energy",)  # calendars of markets that have been below zero
WIDEST: Final = 2**62
SAMPLE: Final = 20_000
FINEST: Final = 9  # decimals looked at when a grid is guessed


def steps_of(units: Longs, step: Fraction) -> tuple[Longs, Bools]:
    """Whole numbers as steps of a fraction, and which of them lie between two steps."""
    times, parts = step.denominator, step.numerator
    widest = WIDEST // times
    if len(units) and (units.max() > widest or units.min() < -widest):
        large = (units > widest) | (units < -widest)
        steps, off = steps_of(np.where(large, 0, units), step)
        return steps, off | large
    many = units if times == 1 else units * times
    steps = many // parts
    return steps, steps * parts != many


def steps_of_floats(values: npt.NDArray[np.float64], step: Fraction) -> tuple[Longs, Bools]:
    """Binary floats as steps, as exact as they can be: a decimal on the grid is found again."""
    with np.errstate(all="ignore"):
        steps = values / float(step)
        whole = np.round(steps)
        off = ~(np.abs(steps - whole) <= np.minimum(SLACK + np.abs(whole) * DRIFT, DOUBT))
        off |= ~(np.abs(whole) < WIDEST)
    return np.where(off, 0, whole).astype(np.int64), off


def first(code: Codes, name: str, broken: Any) -> None:
    """Give rows a reason, unless an earlier one was found."""
    if broken.any():
        code[broken & (code == 0)] = CODES[name]


def judge_prices(prices: Longs, code: Codes, *, positive: bool) -> None:
    """Open, high, low and close of every row, in ticks."""
    opened, high, low, close = prices
    if not len(code):
        return
    lowest, highest = prices.min(), prices.max()
    if max(highest, -lowest) > PRICE_LIMIT:
        first(code, "too_large", (np.abs(prices) > PRICE_LIMIT).any(axis=0))
    if positive and lowest <= 0:
        first(code, "not_positive", (prices <= 0).any(axis=0))
    first(code, "order", (high < np.maximum(opened, close)) | (low > np.minimum(opened, close)))


def grid_of(units: Longs, places: int) -> Decimal | None:
    """The coarsest grid on which all these values lie."""
    flat = np.abs(units.ravel()[:SAMPLE])
    step = int(np.gcd.reduce(flat)) if len(flat) else 0
    return Decimal(step).scaleb(-places).normalize() if step else None


def grid_of_floats(values: npt.NDArray[Any]) -> Decimal | None:
    """The same of binary floats, looked at to nine decimals."""
    with np.errstate(all="ignore"):
        units = np.round(values[:SAMPLE] * 10.0**FINEST)
    fits = np.isfinite(units) & (np.abs(units) < WIDEST)
    return grid_of(units[fits].astype(np.int64), FINEST)
