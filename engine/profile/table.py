"""The table of levels: one row a session, with everything its profile says, frame out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.core.columns import Array
from engine.core.errors import unknown
from engine.profile.days import DAY_TYPES, OPEN_TYPES, shown
from engine.profile.delta import proxy_flow
from engine.profile.histogram import Profiles, profiles
from engine.profile.kernel import Levels, Slices
from engine.profile.model import DEFAULT, FRACTION, Model, Rule, law_of
from engine.profile.nodes import READINGS, SHAPES
from engine.profile.slices import Parts, session_parts
from engine.profile.statistics import statistics
from engine.profile.structure import balances, character, marks, no_balances, traded_in

KEPT: Final = 0.95  # of the running average of typical prices, at each session
UNTRADED: Final = {  # what stands in for poc, vah and val where nothing traded
    "absent": (),
    "tpo": ("tpo_poc", "tpo_vah", "tpo_val"),
    "seed_close": ("close", "high", "low"),
}
Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What a table of levels is asked: which bars, spread how, levels by which rule.

    `untraded` says what stands in for the levels of a session without volume; its rows say so.
    """

    segment: str = "rth"
    rule: Rule = field(default_factory=Rule)
    fraction: Decimal = FRACTION
    model: Model = DEFAULT
    proxy: str = "close_location"
    untraded: str = "absent"

    def __post_init__(self) -> None:
        if self.untraded not in UNTRADED:
            raise unknown("stand-in for untraded sessions", self.untraded, UNTRADED)


def session_table(
    bars: Bars, question: Question | None = None, found: Levels | None = None
) -> pl.DataFrame:
    """One row a session with bars in the segment; prices in ticks, what is absent is null.

    `found` are levels of the same sessions and question that another device made.
    """
    q = question or Question()
    made, parts = profiles(bars, segment=q.segment, model=q.model), session_parts(bars, q.segment)
    levels = found or made.levels(fraction=q.fraction, rule=q.rule)
    columns = {
        **asked(bars, q, made),
        **level_columns(made, levels),
        **course_columns(bars, parts),
        **structure_columns(bars, parts, q, made),
        **delta_columns(bars, parts, q),
        "profile": histogram_lists(made),
    }
    return stood_in(pl.DataFrame(columns), q.untraded)


def stood_in(table: pl.DataFrame, untraded: str) -> pl.DataFrame:
    """Levels for sessions in which nothing traded; `measure` says what they are made of."""
    others = dict(zip(("poc", "vah", "val"), UNTRADED[untraded], strict=False))
    silent = pl.col("poc").is_null()
    named = {name: pl.when(silent).then(other).otherwise(name) for name, other in others.items()}
    if named:
        named["measure"] = pl.when(silent).then(pl.lit(untraded)).otherwise("measure")
    return table.with_columns(**named)


def asked(bars: Bars, q: Question, made: Profiles) -> Columns:
    """Which session this is of what, and what was asked of it."""
    contract: list[str | None] = [None] * len(made)
    if bars.contract is not None:
        first = np.searchsorted(bars.session, made.session)
        contract = [bars.origin.contracts[code] or None for code in bars.contract[first]]
    words = {
        "symbol": bars.instrument.symbol,
        "source": bars.origin.source,
        "timeframe": f"{bars.minutes}m",
        "segment": q.segment,
        "rule": q.rule.name,
        "ties": f"{q.rule.tie}, poc {q.rule.poc_tie}",
        "spread": q.model.spread,
        "measure": q.model.measure,
    }
    numbers = {"fraction": law_of(q.rule, q.fraction).fraction, "row": made.row}
    return {
        **{name: pl.repeat(text, len(made), eager=True) for name, text in words.items()},
        **{name: np.full(len(made), value) for name, value in numbers.items()},
        "contract": pl.Series(contract, dtype=pl.String),
        "trade_date": pl.Series(bars.sessions.date[made.session]).cast(pl.Date),
    }


def level_columns(made: Profiles, levels: Levels) -> Columns:
    """poc, value area, and how concentrated the profile is around them."""
    stats, there = statistics(made.arrays, levels, made.row), levels.present
    whole = np.maximum(levels.total, 1)
    return {
        **{name: masked(getattr(levels, name), there) for name in ("poc", "vah", "val")},
        "share": masked(stats.inside / whole, there),
        "poc_share": masked(stats.peak / whole, there),
        "entropy": masked(stats.entropy, there),
        "deviation": masked(stats.deviation, there),
    }


def course_columns(bars: Bars, parts: Parts) -> Columns:
    """What the session did: prices, volume, typical price (in ticks) and its running average."""
    seen, a = shown(bars, parts.slices), bars.arrays
    prices = a.high.astype(np.int64) + a.low + a.close
    count = summed(np.ones(len(bars), np.int64), parts.slices)
    typical = summed(prices, parts.slices) / (3 * count)
    return {
        "open": seen.open,
        "high": parts.range.high,
        "low": parts.range.low,
        "close": seen.close,
        "volume": summed(a.volume, parts.slices),
        "typical": typical,
        "average": pl.Series(typical).ewm_mean(alpha=1 - KEPT, adjust=False),
    }


def structure_columns(bars: Bars, parts: Parts, q: Question, made: Profiles) -> Columns:
    """Marks, ends and shape; balance and kinds of open and day, of the regular hours alone."""
    found, tails = marks(bars, parts, q.segment, made.row, q.rule)
    regular = q.segment == "rth"
    day = balances(bars, parts, tails.split) if regular else no_balances(len(parts))
    shape, traded = character(bars, parts, made.arrays, made.row), traded_in(made.arrays)
    return {
        **{f"tpo_{n}": masked(getattr(found, n), found.present) for n in ("poc", "vah", "val")},
        "ib_low": masked(day.low, day.there),
        "ib_high": masked(day.high, day.there),
        "up": masked(parts.range.high - day.high, day.there),
        "down": masked(day.low - parts.range.low, day.there),
        "tail_high": tails.high,
        "tail_low": tails.low,
        "singles": tails.singles,
        "poor_high": tails.poor_high,
        "poor_low": tails.poor_low,
        "shape": named(SHAPES, shape.shape, traded),
        "reading": named(READINGS, shape.reading, traded),
        "open_type": named(OPEN_TYPES, day.open_type, day.opened),
        "day_type": named(DAY_TYPES, day.day_type, day.there),
    }


def delta_columns(bars: Bars, parts: Parts, q: Question) -> Columns:
    """What a proxy says was bought less what was sold, and which proxy."""
    flow = proxy_flow(bars, q.proxy)
    return {
        "delta": summed(flow.buy - flow.sell, parts.slices),
        "delta_kind": pl.repeat(flow.kind, len(parts), eager=True),
    }


def histogram_lists(made: Profiles) -> pl.Series:
    """The rows of each profile from its lowest up, in one cell."""
    rows = [made.at(e)[1] for e in range(len(made))]
    return pl.Series(rows, dtype=pl.List(pl.Int64))


def summed(values: Longs, slices: Slices) -> Longs:
    """Sums over the bars of each slice."""
    sums = np.concatenate(([0], np.cumsum(values)))
    each = np.concatenate(([0], np.cumsum(sums[slices.stop] - sums[slices.first])))
    made: Longs = np.diff(each[slices.offset])
    return made


def masked(values: Array, there: Array) -> pl.Series:
    """A column with nulls where nothing is known."""
    return pl.select(pl.when(pl.Series(there)).then(pl.Series(values))).to_series()


def named(names: tuple[str, ...], codes: Longs, there: Array) -> pl.Series:
    """Codes as the words they stand for."""
    words = [names[code] if known else None for code, known in zip(codes, there, strict=True)]
    return pl.Series(words, dtype=pl.String)
