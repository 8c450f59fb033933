"""engine.profile.spread and engine.profile.kernel against the oracle: not a lot is lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.errors import ParameterError
from engine.profile.histogram import profiles
from engine.profile.model import SPREADS, Model
from engine.profile.spread import EXACT, Grid, bar_at, quotient, shares
from tests.makers import bars_from
from tests.oracle import profile as oracle
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

ROWS = st.sampled_from((1, 1, 2, 3, 7))


@st.composite
def single_bars(draw: st.DrawFn) -> oracle.Bar:
    low = draw(st.sampled_from((0, -7, 16_000, -900_000_000)))
    high = low + draw(st.integers(0, 30))
    within = st.integers(low, high)
    volume = draw(st.integers(0, 50) | st.integers(0, 10**15))
    return oracle.Bar(draw(within), high, low, draw(within), volume)


def plain_bars(bars: Bars, segment: str, session: int) -> list[oracle.Bar]:
    rows = np.flatnonzero(bars.labels.mask(segment) & (bars.session == session))
    a = bars.arrays
    columns = (a.open, a.high, a.low, a.close, a.volume)
    return [oracle.Bar(*(int(column[i]) for column in columns)) for i in rows]


def spread_of(bar: oracle.Bar, spread: str, row: int) -> list[int]:
    out = np.full(100, 7, np.int64)  # what was there before does not matter
    floor = bar.low // row
    first, last = shares(bar, Grid(SPREADS[spread], row), floor, out)
    assert (first, last) == (0, bar.high // row - floor)
    return out[: last + 1].tolist()


@pytest.mark.covers("A-021")
@pytest.mark.parametrize(
    ("ticks", "volume", "expected"),
    [
        (1, 5, [5]),
        (2, 5, [3, 2]),
        (3, 5, [2, 2, 1]),
        (4, 5, [1, 2, 1, 1]),
        (4, 7, [2, 2, 2, 1]),
        (5, 1, [0, 0, 1, 0, 0]),
        (5, 2, [0, 1, 1, 0, 0]),
        (5, 3, [0, 1, 1, 1, 0]),
        (5, 9, [2, 2, 2, 2, 1]),
        (6, 2, [0, 0, 1, 1, 0, 0]),
        (3, 0, [0, 0, 0]),
    ],
)
def test_even_shares_by_hand(ticks, volume, expected):
    bar = oracle.Bar(0, ticks - 1, 0, 0, volume)
    assert spread_of(bar, "uniform", 1) == expected
    assert list(oracle.shares(bar).values()) == expected


@pytest.mark.covers("A-022")
@pytest.mark.parametrize(
    ("spread", "expected"),
    [
        ("close", [0, 0, 9]),
        ("near_close", [2, 3, 4]),  # weights 4/3, 3/2, 2 of 29/6: 2.48, 2.79, 3.72
        ("ohlc", [3, 3, 3]),  # weights 3 2/3, 3, 3 2/3 of 10 1/3: 3.19, 2.61, 3.19
    ],
)
def test_other_shares_by_hand(spread, expected):
    bar = oracle.Bar(0, 2, 0, 2, 9)
    assert spread_of(bar, spread, 1) == expected
    assert list(oracle.shares(bar, spread).values()) == expected


@pytest.mark.covers("A-023")
@given(st.lists(single_bars(), min_size=1, max_size=20))
@settings(max_examples=cases(ci=60, full=5_000))
def test_near_close_is_the_published_formula_to_a_lot_a_bar(bars):
    """Weights 1 + 1 / (1 + distance from the close), in doubles, beside whole lots.

    Weights are held to a millionth, so that a bar's row differs by its part of that and by less
    than the one lot that whole numbers cost; what is traded in all is exact.
    """
    made, plain, slack = {}, {}, {}
    for bar in bars:
        ticks = np.arange(bar.low, bar.high + 1)
        weights = 1.0 + 1.0 / (1.0 + np.abs(ticks - bar.close))
        shares = bar.volume * weights / weights.sum()
        lots = spread_of(bar, "near_close", 1)
        for tick, share, lot in zip(ticks.tolist(), shares, lots, strict=True):
            plain[tick] = plain.get(tick, 0.0) + share
            made[tick] = made.get(tick, 0) + lot
            slack[tick] = slack.get(tick, 0.0) + 1 + 2e-6 * share
    assert sum(made.values()) == sum(bar.volume for bar in bars)
    for tick, share in plain.items():
        assert abs(made[tick] - share) <= slack[tick]


@pytest.mark.covers("T04", "A-021", "A-022")
@pytest.mark.parametrize("spread", SPREADS)
@given(single_bars(), ROWS)
@settings(max_examples=cases(ci=100, full=5_000))
def test_a_bar_equals_the_oracle_and_keeps_its_volume(spread, bar, row):
    made = spread_of(bar, spread, row)
    assert sum(made) == bar.volume
    assert (bar.low // row, made) == oracle.profile([bar], spread, row)


@pytest.mark.covers("T04", "A-021")
@given(tapes(), st.sampled_from(sorted(SPREADS)), ROWS, st.sampled_from(("rth", "eth", "full")))
@settings(max_examples=cases(ci=150, full=5_000))
def test_sessions_equal_the_oracle_and_keep_their_volume(bars, spread, row, segment):
    made = profiles(bars, segment=segment, model=Model(spread, row))
    inside = bars.labels.mask(segment)
    assert made.session.tolist() == np.unique(bars.session[inside]).tolist()
    for e, session in enumerate(made.session):
        floor, volume = made.at(e)
        plain = plain_bars(bars, segment, session)
        assert (floor, volume.tolist()) == oracle.profile(plain, spread, row)
        assert volume.sum() == bars.volume[inside & (bars.session == session)].sum()


@pytest.mark.covers("T04")
@given(tapes())
def test_time_at_price_adds_up_to_the_minutes(bars):
    made = profiles(bars, model=Model(measure="time"))
    minutes = [made.at(e)[1].sum() / 60_000 for e in range(len(made))]
    assert minutes == np.unique(bars.session, return_counts=True)[1].tolist()


@pytest.mark.covers("A-033")
@given(tapes(), st.integers(2, 5))
def test_a_coarse_profile_is_the_fine_one_added_up(bars, row):
    fine, coarse = profiles(bars), profiles(bars, model=Model(row=row))
    for e in range(len(fine)):
        floor, volume = fine.at(e)
        ticks = floor + np.arange(len(volume))
        first, rows = coarse.at(e)
        assert np.bincount(ticks // row - first, volume).astype(np.int64).tolist() == rows.tolist()


@given(st.integers(0, 2**63 - 2) | st.integers(0, EXACT + 5), st.integers(1, 2**31))
@settings(max_examples=cases(ci=300, full=100_000))
def test_the_quick_quotient_is_the_quotient(volume, ticks):
    assert quotient(volume, ticks) == volume // ticks
    low = volume // ticks * ticks
    for near in (low - 1, low, low + 1):
        assert quotient(max(near, 0), ticks) == max(near, 0) // ticks


def test_a_bar_is_read_in_wide_integers():
    bars = bars_from(("2022-11-28 08:30", [(-1, 5, -7, 2)]))
    assert tuple(bar_at(bars.arrays, 0)) == (-1, 5, -7, 2, 10)


def test_a_frame_has_one_line_a_row():
    bars = bars_from(("2022-11-28 08:30", [(-1, 0, -1, 0)]), ("2022-11-29 08:30", [(5, 5, 5, 5)]))
    made = profiles(bars)
    first, second = made.session.tolist()
    assert made.frame().rows() == [(first, -1, 5), (first, 0, 5), (second, 5, 10)]


@pytest.mark.covers("A-034")
def test_a_profile_of_too_many_rows_is_refused_with_a_row_that_would_do():
    bars = bars_from(("2022-11-28 08:30", [(0, 30_000_000, 0, 0)]))
    message = r"ES 2022-11-28: 30,000,001 ticks in rows of 1 are more than the 1,048,576 rows"
    with pytest.raises(ParameterError, match=f"{message}.*take row=29 or more"):
        profiles(bars)
    assert len(profiles(bars, model=Model(row=29)).at(0)[1]) == 30_000_000 // 29 + 1
    with pytest.raises(ParameterError, match="262,144 rows"):
        profiles(bars, model=Model("ohlc"))
