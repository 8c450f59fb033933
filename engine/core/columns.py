"""Column: values that may be absent, one a bar or one a session, compared bar by bar.

An absent value is a mask, never a number: every comparison with it is False, and whatever is
computed from it is absent too. A session column is spread over bars only when it is compared.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Operand = Any  # a Column, an array with one value a bar, or a number


def frozen(array: Array) -> Array:
    """Make the array read-only: what leaves its maker is never written again."""
    array.setflags(write=False)
    return array


def wide(values: Array) -> Array:
    """Integers as int64 and the rest as float64, so that arithmetic cannot wrap."""
    return values.astype(np.int64 if values.dtype.kind in "iub" else np.float64, copy=False)


class Column:
    """Values and where they are present; `index` maps bars to rows of a session column."""

    __slots__ = ("index", "present", "values")
    __array_ufunc__ = None  # let `array <= column` reach our comparison instead of NumPy's
    __hash__ = None  # type: ignore[assignment] # compared elementwise, like an array

    def __init__(self, values: Array, present: Bools, index: Array | None = None) -> None:
        if values.shape != present.shape:
            raise ValueError(f"{values.shape[0]} values but {present.shape[0]} marks of presence")
        self.values = frozen(values)
        self.present = frozen(present)
        self.index = index

    @classmethod
    def of(cls, values: Array) -> Column:
        """A column with nothing absent but NaN."""
        whole = values.dtype.kind != "f"
        return cls(values, np.ones(len(values), np.bool_) if whole else ~np.isnan(values))

    def __len__(self) -> int:
        return len(self.values) if self.index is None else len(self.index)

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
        return self.values[self.index], self.present[self.index]

    def floats(self, bars: Array) -> npt.NDArray[np.float64]:
        """Values at the given bars as float64, NaN where absent."""
        values, present = self.at(bars)
        return np.where(present, values.astype(np.float64), np.nan)

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
        return combined(divided, self, other)

    def __rtruediv__(self, other: Operand) -> Column:
        return combined(divided, other, self)

    def __neg__(self) -> Column:
        return Column(-wide(self.values), self.present, self.index)


def divided(a: Any, b: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.true_divide(a, b)


def compared(compare: Callable[[Any, Any], Any], left: Column, right: Any) -> Bools:
    values, present = left.dense()
    if not isinstance(right, Column):
        return np.asarray(compare(values, right) & present)
    others, there = right.dense()
    return np.asarray(compare(values, others) & present & there)


def combined(apply: Callable[[Any, Any], Any], left: Any, right: Any) -> Column:
    """Apply row by row; two session columns of the same bars stay one value a session."""
    index = common_index(left, right)
    a, a_present = rows(left, index)
    b, b_present = rows(right, index)
    values = np.asarray(apply(a, b))
    present = np.broadcast_to(a_present & b_present, values.shape)
    if values.dtype.kind == "f":  # 0 / 0 and n / 0 are absent, not numbers
        present = present & np.isfinite(values)
    return Column(values, present.copy(), index)


def common_index(left: Any, right: Any) -> Array | None:
    """The session index both sides share, or `None` when the answer is one value a bar."""
    sides = [side for side in (left, right) if isinstance(side, Column) or np.ndim(side)]
    if not all(isinstance(side, Column) for side in sides):
        return None
    first = sides[0].index
    return first if all(side.index is first for side in sides) else None


def rows(side: Any, index: Array | None) -> tuple[Any, Any]:
    if isinstance(side, Column):
        values, present = (side.values, side.present) if index is not None else side.dense()
        return wide(values), present
    return (wide(side) if isinstance(side, np.ndarray) else side), np.True_
