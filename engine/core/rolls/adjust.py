"""Continuous prices: a series without the jumps of its rolls, and the way back to raw prices.

The prices of the first contract stay, and later ones move by the gaps of the rolls behind them:
every gap is known when its roll happens, so what the series says of a bar never changes later.
With `anchor="last"` the newest prices stay instead, as charts show them. Then each roll moves all
of the past, which moves no difference of two prices but every price, percentage and sign.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from typing import Any, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from engine.core.bars import PRICE_LIMIT, Bars, Longs, checked
from engine.core.columns import Array, Column, frozen
from engine.core.errors import DataError, unknown
from engine.core.rolls.table import Rolls, days_of
from engine.core.setups import Setups

Floats = npt.NDArray[np.float64]
PRICES: Final = ("open", "high", "low", "close")
ANCHORS: Final = ("first", "last")


@dataclass(frozen=True, eq=False)
class Adjusted(Bars):
    """Bars on prices without jumps; a raw price is an adjusted one plus the bar's offset."""

    offset: Longs = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        super().__post_init__()
        frozen(self.offset)

    def __reduce__(self) -> tuple[Any, ...]:
        make, facts = super().__reduce__()
        return make, (*facts, self.offset)

    def __getitem__(self, part: slice) -> Self:
        return replace(super().__getitem__(part), offset=self.offset[part])

    def at(self, rows: Array, coarse: Bars) -> Adjusted:
        """Coarser bars made of these: each with the offset of its last one, the row given."""
        c = coarse
        facts = (c.instrument, c.sessions, c.arrays, c.minutes, c.origin, c.contract)
        return Adjusted(*facts, c.aside, c.inner, self.offset[rows])

    def raw(self) -> Bars:
        """The bars as they were traded."""
        prices: dict[str, Any] = {n: shifted(getattr(self, n), self.offset) for n in PRICES}
        facts = (self.minutes, replace(self.origin, fingerprint=""), self.contract, self.aside)
        return Bars(self.instrument, self.sessions, self.arrays._replace(**prices), *facts)

    def level(self, column: Column) -> Column:
        """A level of the adjusted series, one value a bar, as raw prices."""
        return column + self.offset

    def restated(self, setups: Setups) -> Setups:
        """Setups seen on these bars, with levels in raw prices of the contract they act in.

        A setup acts from the next bar on, so its levels are those of that bar's contract; at the
        last bar of all they are those of its own. Attributes stay what they are.
        """
        acting = self.offset[np.minimum(setups.bar + 1, len(self) - 1)]
        named = {f.name: getattr(setups, f.name) for f in fields(setups)}
        levels: dict[str, Any] = {
            name: moved(level, acting) for name, level in named.items() if isinstance(level, Column)
        }
        if setups.entries is not None:
            level, limit = (moved(c, acting) for c in (setups.entries.level, setups.entries.limit))
            levels["entries"] = setups.entries._replace(level=level, limit=limit)
        return replace(setups, **levels)


class Scaled(NamedTuple):
    """Ratio-adjusted prices: off the tick grid, so for features only; raw times factor."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    factor: Floats

    def level(self, column: Column) -> Column:
        """A level of this series, one value a bar, as the nearest raw tick; a half goes up."""
        values, present = (column / self.factor).dense()
        ticks = np.floor(np.where(present, values, 0.0) + 0.5).astype(np.int64)
        return Column(ticks, present)


def shifted(price: Array, offset: Longs) -> npt.NDArray[np.int32]:
    wide = price.astype(np.int64) + offset
    if (np.abs(wide) > PRICE_LIMIT).any():
        raise DataError(f"adjusted prices leave the {PRICE_LIMIT} ticks that bars can hold")
    return wide.astype(np.int32)


def moved(level: Column, offset: Longs) -> Column:
    """Levels of setups in another contract's prices; an absent one keeps its zero."""
    return Column(np.where(level.present, level.values + offset, level.values), level.present)


def adjusted(bars: Bars, rolls: Rolls, anchor: str = "first") -> Adjusted:
    """The bars on prices that do not jump where their contract changes: still whole ticks."""
    contract = rolls.front(days_of(bars))
    steps = np.concatenate(([0], np.cumsum(rolls.gaps(*ends(contract)), dtype=np.int64)))
    offset = steps[contract - contract[:1]]
    offset = offset - steps[anchored(anchor)]
    prices: dict[str, Any] = {n: shifted(getattr(bars, n), -offset) for n in PRICES}
    origin = replace(bars.origin, fingerprint=name_of(bars, rolls, anchor))
    facts = (bars.minutes, origin, bars.contract, bars.aside, None, offset)
    arrays = bars.arrays._replace(**prices)
    found = Adjusted(bars.instrument, bars.sessions, arrays, *facts)
    checked(found)
    return found


def scaled(bars: Bars, rolls: Rolls, anchor: str = "first") -> Scaled:
    """Prices in proportion: each roll divides what follows by new price over old."""
    contract = rolls.front(days_of(bars))
    low, high = ends(contract)
    rolls.gaps(low, high)  # refuses a roll whose prices are not known
    pairs = [(row.prices.old, row.prices.new) for row in rolls.rows[low:high] if row.prices]
    if any(price <= 0 for pair in pairs for price in pair):
        raise DataError("a ratio needs prices above zero at every roll; take the difference")
    steps = np.cumprod([1.0, *(old / new for old, new in pairs)])
    factor = steps[contract - contract[:1]]
    factor = frozen(factor / steps[anchored(anchor)])
    prices = [frozen(getattr(bars, name) * factor) for name in PRICES]
    return Scaled._make((*prices, factor))


def ends(contract: Array) -> tuple[int, int]:
    """The first and the last contract of the order; none of no bars."""
    return (int(contract[0]), int(contract[-1])) if len(contract) else (0, 0)


def anchored(anchor: str) -> int:
    """Whose prices stay: the place of that contract among those passed through."""
    if anchor not in ANCHORS:
        raise unknown("anchor", anchor, ANCHORS)
    return -1 if anchor == "last" else 0


def name_of(bars: Bars, rolls: Rolls, anchor: str) -> str:
    """Names the adjusted data by the raw data and the gaps."""
    said = f"{bars.fingerprint} {anchor} {rolls.first} {rolls.rows}"
    return blake2b(said.encode(), digest_size=16).hexdigest()
