"""The second witness: session profiles and value areas as pure Polars lazy expressions.

No loop and no kernel: volumes are running sums of differences, and the order in which a value area
grows comes from sorting by the smallest block so far (docs/profiles.md). Whole numbers throughout.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from engine.core.bars import Bars
from engine.core.errors import RefusedError
from engine.profile.model import FRACTION, Rule, law_of
from engine.profile.rules import MID, PAIRS, SINGLE, WHOLE, Law, step_of

ROW = pl.col("row")
VOLUME = pl.col("volume")


def lazy_bars(bars: Bars, segment: str = "full") -> pl.LazyFrame:
    """The columns a profile needs, of the bars in one segment."""
    a, inside = bars.arrays, bars.labels.mask(segment)
    columns: dict[str, Any] = {
        "session": a.session,
        "low": a.low,
        "high": a.high,
        "volume": a.volume,
    }
    return pl.LazyFrame(
        {name: pl.Series(values[inside], dtype=pl.Int64) for name, values in columns.items()}
    )


def lazy_profile(bars: pl.LazyFrame, *, row: int = 1) -> pl.LazyFrame:
    """Uniform, exact volume of each row of each session: `session, row, volume`, sorted."""
    low, ticks = pl.col("low"), pl.col("high") - pl.col("low") + 1
    each, left = VOLUME // ticks, VOLUME % ticks
    middle = low + (ticks - left) // 2
    steps = ((low, each), (low + ticks, -each), (middle, pl.lit(1)), (middle + left, pl.lit(-1)))
    events = [bars.select("session", tick=tick, volume=step.cast(pl.Int64)) for tick, step in steps]
    every = (
        bars.group_by("session")
        .agg(pl.col("low").min(), pl.col("high").max())
        .select("session", tick=pl.int_ranges("low", pl.col("high") + 1, dtype=pl.Int64))
        .explode("tick")
    )
    changes = pl.concat(events).group_by("session", "tick").agg(VOLUME.sum())
    return (
        every.join(changes, on=["session", "tick"], how="left")
        .sort("session", "tick")
        .with_columns(volume=VOLUME.fill_null(0).cum_sum().over("session"))
        .group_by("session", row=pl.col("tick").floordiv(row), maintain_order=True)
        .agg(VOLUME.sum())
    )


def lazy_levels(
    profile: pl.LazyFrame, *, fraction: Any = FRACTION, rule: str | Rule = "pairs"
) -> pl.LazyFrame:
    """poc, val and vah of each session in which something traded, as rows."""
    law = law_of(rule, fraction)
    if law.rule not in (PAIRS, SINGLE) or law.poc_tie != MID:
        raise RefusedError("the Polars path knows the rules pairs and single, with poc tie mid")
    step = step_of(law.rule)
    peaks = profile.pipe(lazy_peaks)
    taken = profile.pipe(lazy_blocks, peaks, step).pipe(lazy_taken, law)
    far = {
        name: pl.col("block").filter(pl.col("up") == up).max().fill_null(0) * step
        for name, up in (("above", 1), ("below", 0))
    }
    reach = taken.group_by("session").agg(**far)
    poc = pl.col("poc")
    return (
        peaks.join(reach, on="session", how="left")
        .with_columns(pl.col("above", "below").fill_null(0))
        .select(
            "session",
            "poc",
            val=pl.max_horizontal("first", poc - pl.col("below")),
            vah=pl.min_horizontal("last", poc + pl.col("above")),
            volume="total",
        )
        .sort("session")
    )


def lazy_peaks(profile: pl.LazyFrame) -> pl.LazyFrame:
    """The poc of each session, with its volume, the session's total and its range of rows."""
    session = {"first": ROW.min(), "last": ROW.max(), "total": VOLUME.sum(), "most": VOLUME.max()}
    away = (2 * ROW - pl.col("first") - pl.col("last")).abs()
    return (
        profile.with_columns(**{name: value.over("session") for name, value in session.items()})
        .filter((pl.col("most") == VOLUME) & (pl.col("total") > 0))
        .sort("session", away, "row")
        .group_by("session", maintain_order=True)
        .agg(ROW.first().alias("poc"), *(pl.col(name).first() for name in session))
    )


def lazy_blocks(profile: pl.LazyFrame, peaks: pl.LazyFrame, step: int) -> pl.LazyFrame:
    """Volume of the blocks on each side of the poc, and of the smallest up to each."""
    away = ROW - pl.col("poc")
    block, up = (away.abs() + step - 1).floordiv(step), (away > 0).cast(pl.Int8)
    return (
        profile.join(peaks, on="session")
        .filter(away != 0)
        .group_by("session", "most", "total", block=block, up=up)
        .agg(VOLUME.sum())
        .sort("session", "up", "block")
        .with_columns(least=VOLUME.cum_min().over("session", "up"))
    )


def lazy_taken(blocks: pl.LazyFrame, law: Law) -> pl.LazyFrame:
    """The blocks of the value area: those before which the target was not reached."""
    total = pl.col("total")
    many, rest = total.floordiv(WHOLE), total % WHOLE
    target = law.fraction * many + (law.fraction * rest + WHOLE - 1).floordiv(WHOLE)
    order = blocks.sort(
        "session", "least", "up", "block", descending=[False, True, law.tie_up, False]
    )
    before = (VOLUME.cum_sum() - VOLUME).over("session") + pl.col("most")
    return order.filter(before < target)
