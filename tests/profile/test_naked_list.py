"""Every level with its touch: by hand, against a plain search, and against the nearest ones."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import ParameterError
from engine.profile import naked_list as module
from engine.profile.histogram import profiles
from engine.profile.naked import naked_levels
from engine.profile.naked_list import naked_list
from engine.profile.slices import session_parts
from tests.makers import bars_from, flat
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

DAYS = [f"2022-11-{day} 08:30" for day in (28, 29, 30)]


def test_touched_naked_and_gone_before_the_next_session():
    bars = bars_from(
        (DAYS[0], flat(10, 1)),
        (DAYS[1], [*flat(20, 1), (19, 21, 19, 20)]),
        (DAYS[2], [(10, 12, 10, 12)]),
    )
    pocs = naked_list(bars).filter(pl.col("level") == "poc")
    rows = pocs.select("trade_date", "tick", "age").rows()
    days = [date(2022, 11, 28), date(2022, 11, 29), date(2022, 11, 30)]
    assert rows == [(days[0], 10, 2), (days[1], 20, 1), (days[2], 11, 0)]
    touched = pocs["touched"].to_physical().to_list()
    assert touched == [int(bars.time[3]), None, None]


@given(
    tapes(), st.sampled_from(("rth", "eth", "full")), st.integers(0, 3), st.sampled_from((1, 4096))
)
@settings(max_examples=cases(ci=60, full=2_000, small=30))
def test_equals_a_plain_search(bars, segment, tolerance, window):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WINDOW", window)
        table = naked_list(bars, segment=segment, tolerance=tolerance)
    parts, found = session_parts(bars, segment), profiles(bars, segment=segment).levels()
    after, expected = parts.slices.stop[parts.slices.offset[1:] - 1], []
    for e in np.flatnonzero(found.present):
        for level in ("poc", "vah", "val"):
            tick = int(getattr(found, level)[e])
            rows = [
                i
                for i in range(int(after[e]), len(bars))
                if int(bars.low[i]) - tolerance <= tick <= int(bars.high[i]) + tolerance
            ]
            seen = bars.session[rows[0] if rows else -1] - parts.session[e]
            expected.append((level, tick, int(bars.time[rows[0]]) if rows else None, int(seen)))
    said = table.with_columns(pl.col("touched").to_physical()).drop("trade_date")
    assert said.rows() == expected


@given(tapes(), st.integers(0, 2))
@settings(max_examples=cases(ci=40, full=2_000, small=20))
def test_the_nearest_naked_levels_are_on_the_list(bars, tolerance):
    """What `naked_levels` says at the last bar is the nearest of those the list calls naked."""
    table = naked_list(bars, tolerance=tolerance).filter(
        (pl.col("level") == "poc") & pl.col("touched").is_null() & (pl.col("age") > 0)
    )
    low, high = int(bars.low[-1]), int(bars.high[-1])
    ticks = table["tick"].to_list()
    above = min((t for t in ticks if t > high), default=None)
    below = max((t for t in ticks if t < low), default=None)
    found = naked_levels(bars, tolerance=tolerance)
    for column, expected in ((found.above, above), (found.below, below)):
        assert (int(column.values[-1]) if column.present[-1] else None) == expected


def test_a_tolerance_below_zero_is_refused():
    with pytest.raises(ParameterError, match="need 0 or more"):
        naked_list(bars_from((DAYS[0], flat(10, 1))), tolerance=-1)
