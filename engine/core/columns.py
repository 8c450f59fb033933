"""Column: values that may be absent, one a bar or one a session, compared bar by bar.

An absent value is a mask, never a number: every comparison with it is False, and whatever is
computed from it is absent too. A session column is spread over bars only when it is compared.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.errors import DataError

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Operand = Any  # a Column, an array with one value a bar, or a number, a Decimal too


def frozen(array: Array) -> Array:
    """Make the array read-only: what leaves its maker is never written again."""
    array.setflags(write=False)
    return array


def wide(values: Array) -> Array:
    """Integers as int64 and the rest as float64, so that arithmetic cannot wrap."""
    return values.astype(np.int64 if values.dtype.kind in "iub" else np.float64, copy=False)


def known(values: Array) -> Bools:
    """Where an array says something: NaN is absent, and so is infinity, the work of n / 0."""
    return np.isfinite(values) if values.dtype.kind == "f" else np.ones(values.shape, np.bool_)


class Column:
    """Values and where they are present; `index` maps bars to rows of a session column."""

    __slots__ = ("index", "present", "values")
    __array_ufunc__ = None  # let `array <= column` reach our comparison instead of NumPy's
    __hash__ = None  # type: ignore[assignment] # compared elementwise, like an array

    def __init__(self, values: Array, present: Bools, index: Array | None = None) -> None:
        if values.shape != present.shape:
            raise ValueError(f"{values.shape} values but {present.shape} marks of presence")
        self.values = frozen(values)
        self.present = frozen(present)
        self.index = None if index is None else frozen(index)

    @classmethod
    def of(cls, values: Array) -> Column:
        """A column with nothing absent but NaN and infinity."""
        return cls(values, known(values))

    def __len__(self) -> int:
        return len(self.values) if self.index is None else len(self.index)

    def __bool__(self) -> bool:
        raise TypeError("a Column has one value a bar, and no truth of its own; compare it first")

    def __repr__(self) -> str:
        return f"Column({len(self)} bars, {int(self.present.sum())} of {len(self.values)} present)"

    def at(self, bars: Array) -> tuple[Array, Bools]:
        """Values and presence at the given bars: how setups take their attributes."""
        rows = bars if self.index is None else self.index[bars]
        return self.values[rows], self.present[rows]

    def dense(self) -> tuple[Array, Bools]:
        """Values and presence at every bar."""
        if self.index is None:
            return self.values, self.present
        first = np.flatnonzero(np.diff(self.index, prepend=self.index[:1] - 1))
        rows, runs = self.index[first], np.diff(first, append=len(self.index))
        # A row comes in runs, and to repeat it takes a third of the time of looking it up each bar.
        return np.repeat(self.values[rows], runs), np.repeat(self.present[rows], runs)

    def floats(self, bars: Array) -> npt.NDArray[np.float64]:
        """Values at the given bars as float64, NaN where absent."""
        values, present = self.at(bars)
        return np.where(present, values.astype(np.float64), np.nan)

    def floor(self) -> Column:
        """The whole number at or below each value: how an average becomes a price."""
        return whole(np.floor, self)

    def ceil(self) -> Column:
        """The whole number at or above each value."""
        return whole(np.ceil, self)

    def __lt__(self, other: Operand) -> Bools:
        return compared(operator.lt, self, other)

    def __le__(self, other: Operand) -> Bools:
        return compared(operator.le, self, other)

    def __gt__(self, other: Operand) -> Bools:
        return compared(operator.gt, self, other)

    def __ge__(self, other: Operand) -> Bools:
        return compared(operator.ge, self, other)

    def __eq__(self, other: object) -> Bools:  # type: ignore[override] # elementwise
        return compared(operator.eq, self, other)

    def __ne__(self, other: object) -> Bools:  # type: ignore[override] # elementwise
        return compared(operator.ne, self, other)

    def __add__(self, other: Operand) -> Column:
        return combined(operator.add, self, other)

    def __radd__(self, other: Operand) -> Column:
        return combined(operator.add, other, self)

    def __sub__(self, other: Operand) -> Column:
        return combined(operator.sub, self, other)

    def __rsub__(self, other: Operand) -> Column:
        return combined(operator.sub, other, self)

    def __mul__(self, other: Operand) -> Column:
        return combined(operator.mul, self, other)

    def __rmul__(self, other: Operand) -> Column:
        return combined(operator.mul, other, self)

    def __truediv__(self, other: Operand) -> Column:
        return combined(operator.truediv, self, other)

    def __rtruediv__(self, other: Operand) -> Column:
        return combined(operator.truediv, other, self)

    def __neg__(self) -> Column:
        return Column(-wide(self.values), self.present, self.index)


def whole(rounded: Callable[[Array], Array], column: Column) -> Column:
    """Values as int64; where nothing is known nothing is rounded."""
    values = np.where(column.present, column.values, 0)
    return Column(rounded(values).astype(np.int64), column.present, column.index)


def compared(compare: Callable[[Any, Any], Any], left: Column, right: Any) -> Bools:
    values, present = left.dense()
    others, there = operand(right)
    aligned(values, others)
    return np.asarray(compare(values, others) & present & there)


def combined(apply: Callable[[Any, Any], Any], left: Any, right: Any) -> Column:
    """Apply row by row; two session columns of the same bars stay one value a session."""
    index = common_index(left, right)
    a, a_present = operand(left, index)
    b, b_present = operand(right, index)
    aligned(a, b)
    a, b = (wide(side) if isinstance(side, np.ndarray) else side for side in (a, b))
    with np.errstate(all="ignore"):  # 0 / 0, n / 0 and what is too large are absent, not numbers
        values = np.asarray(apply(a, b))
    return Column(values, known(values) & a_present & b_present, index)


def common_index(left: Any, right: Any) -> Array | None:
    """The session index both sides share, or `None` when the answer is one value a bar."""
    sides = [side for side in (left, right) if isinstance(side, Column) or np.ndim(side)]
    if not all(isinstance(side, Column) for side in sides):
        return None
    first = sides[0].index
    return first if all(side.index is first for side in sides) else None


def operand(side: Any, index: Array | None = None) -> tuple[Any, Any]:
    """Values and presence of whatever meets a column, one a bar unless an index is shared."""
    if isinstance(side, Column):
        return side.dense() if index is None else (side.values, side.present)
    if np.ndim(side):
        array = np.asarray(side)
        return array, known(array)
    value = float(side) if isinstance(side, Decimal) else side
    return value, value == value  # noqa: PLR0124 - NaN alone differs from itself


def aligned(left: Any, right: Any) -> None:
    """Refuse lengths that differ, and the broadcasting that would hide it."""
    if np.ndim(left) and np.ndim(right) and np.shape(left) != np.shape(right):
        raise DataError(
            f"a column of {len(left)} values meets one of {len(right)}: give one value a bar, "
            "or a Column whose index says which session each bar lies in"
        )
