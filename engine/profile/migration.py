"""How value moves from session to session, and where a session opens against the one before."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.core.columns import Column
from engine.core.errors import ParameterError, unknown
from engine.core.memo import feature
from engine.profile.days import shown
from engine.profile.model import DEFAULT, FRACTION, Model, Rule
from engine.profile.sessions import levels_of, prior_levels, shifted
from engine.profile.slices import session_parts

RELATIONS: Final = (
    *("unchanged", "higher", "overlapping_higher", "inside"),
    *("outside", "overlapping_lower", "lower"),
)
OPENS: Final = ("below_range", "below_value", "in_value", "above_value", "above_range")
MEASURES: Final = ("ticks", "percent", "average")
RUN: Final = 3  # moves one way that make a trend


class Migration(NamedTuple):
    """From the session before last to the last one: ticks the poc moved, and how value lies.

    `overlap` is the part of the older value area that the newer one covers, in 1/10^4;
    `relation` a place in `RELATIONS`.
    """

    move: Column
    overlap: Column
    relation: Column


@feature
def value_migration(
    bars: Bars,
    *,
    segment: str = "rth",
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> Migration:
    """How value moved between the last two earlier sessions that have levels."""
    parts = session_parts(bars, segment)
    found = levels_of(bars, parts, model, rule, fraction)
    held = np.flatnonzero(found.present)
    poc, vah, val = (level[held] for level in (found.poc, found.vah, found.val))
    move = np.diff(poc, prepend=poc[:1])
    covered, relation = overlaps(vah, val)
    before = np.searchsorted(parts.session[held], np.arange(len(bars.sessions))) - 1
    two = np.arange(len(held)) > 0
    return Migration(*(shifted(bars, column, two, before) for column in (move, covered, relation)))


def overlaps(vah: Longs, val: Longs) -> tuple[Longs, Longs]:
    """Of each value area the part of the one before that it covers, and how it lies to it."""
    high, low = np.roll(vah, 1), np.roll(val, 1)
    common = np.maximum(np.minimum(vah, high) - np.maximum(val, low) + 1, 0)
    cases = [
        (vah == high) & (val == low),
        val > high,
        vah < low,
        (vah <= high) & (val >= low),
        (vah >= high) & (val <= low),
        vah > high,
    ]
    names = ("unchanged", "higher", "lower", "inside", "outside", "overlapping_higher")
    codes = [RELATIONS.index(name) for name in names]
    relation: Longs = np.select(cases, codes, RELATIONS.index("overlapping_lower"))
    return common * 10_000 // (high - low + 1), relation


@feature
def open_against_value(
    bars: Bars,
    *,
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> Column:
    """Where the regular session opened against the one before, as a place in `OPENS`.

    Known from the session's first regular bar on. Prices on an edge are inside.
    """
    parts = session_parts(bars, "rth")
    prior = prior_levels(bars, fraction=fraction, rule=rule, model=model)
    first = shown(bars, parts.slices).open
    at = parts.session
    ends = (prior.low, prior.val, prior.vah, prior.high)
    low, val, vah, high = (edge.values[at] for edge in ends)
    cases = [first < low, first > high, first < val, first > vah]
    kind = np.select(cases, [0, 4, 1, 3], 2)
    place = np.full(len(bars.sessions) + 1, -1)
    place[at] = np.arange(len(at))
    row = place[bars.session]
    known = row >= 0
    begins = parts.slices.first[parts.slices.offset[:-1]]
    known[known] = (np.flatnonzero(known) >= begins[row[known]]) & prior.poc.present[at][row[known]]
    out = np.zeros(len(bars), np.int64)
    out[known] = kind[row[known]]
    return Column(out, known)


def migrations(
    table: pl.DataFrame, *, by: str = "ticks", least: Decimal | float = 4
) -> pl.DataFrame:
    """Moves of the poc between rows of a table of levels: ticks, percent, and which are migrations.

    `least` counts ticks; or percent of the mean of both pocs; or percent of the running average
    price. A direction is 1, -1, or 0 where the move is no migration.
    """
    if by not in MEASURES:
        raise unknown("measure of a migration", by, MEASURES)
    if least <= 0:
        raise ParameterError(f"a migration is a move of more than nothing, not {least}")
    poc, before = pl.col("poc"), pl.col("poc").shift()
    move, middle = poc - before, (poc + before).abs() / 2
    whole = {"ticks": pl.lit(100.0), "percent": middle, "average": pl.col("average").abs()}
    far = move.abs() * 100 >= float(least) * whole[by]
    return (
        table.filter(poc.is_not_null())
        .sort("trade_date")
        .select(
            "trade_date",
            "poc",
            move=move,
            percent=move * 100 / middle,
            direction=pl.when(far).then(move.sign()).otherwise(0).cast(pl.Int64),
        )
    )


def trends(moves: pl.DataFrame, *, least: int = RUN) -> pl.DataFrame:
    """Runs of migrations one way: from the session they began at to the last, and how far.

    A session that is no migration ends a run.
    """
    direction = pl.col("direction")
    before = {"start": pl.col("trade_date").shift(), "poc_start": pl.col("poc").shift()}
    return (
        moves.with_columns(
            run=(direction != direction.shift()).fill_null(value=True).cum_sum(), **before
        )
        .filter(direction != 0)
        .group_by("run", maintain_order=True)
        .agg(
            pl.col("start").first(),
            end=pl.col("trade_date").last(),
            direction=direction.first(),
            count=pl.len().cast(pl.Int64),
            poc_start=pl.col("poc_start").first(),
            poc_end=pl.col("poc").last(),
        )
        .filter(pl.col("count") >= least)
        .with_columns(change=pl.col("poc_end") - pl.col("poc_start"))
        .drop("run")
    )
