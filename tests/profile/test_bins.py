"""engine.profile.bins by hand, and against an oracle in plain Python."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import ParameterError
from engine.profile.bins import bin_frame, bin_levels
from engine.profile.histogram import profiles
from engine.profile.model import SPREADS, Model
from tests.makers import bars_from, flat
from tests.oracle import levels as levels_oracle
from tests.oracle import profile as oracle
from tests.profile.test_sessions import with_volume
from tests.profile.test_spread import plain_bars
from tests.tapes import tapes


@pytest.mark.covers("A-024")
@pytest.mark.parametrize(
    ("count", "volumes", "lows"),
    [
        (1, [28], [100]),
        (2, [10, 18], [100, 104]),
        (3, [6, 9, 13], [100, 103, 105]),
        (7, [1, 2, 3, 4, 5, 6, 7], [100, 101, 102, 103, 104, 105, 106]),
        (49, [1, 2, 3, 4, 5, 6, 7], [100, 101, 102, 103, 104, 105, 106]),
    ],
)
def test_by_hand(count, volumes, lows):
    prices = [(p, p, p, p) for p in range(100, 107)]
    bars = with_volume(bars_from(("2022-11-28 08:30", prices)), [1, 2, 3, 4, 5, 6, 7])
    found = bin_frame(profiles(bars), count)
    assert found["volume"].to_list() == volumes
    assert found["low"].to_list() == lows
    assert found["high"].to_list() == [low - 1 for low in lows[1:]] + [106]


@pytest.mark.covers("A-024")
@given(tapes(), st.integers(1, 12), st.sampled_from(sorted(SPREADS)))
def test_bins_equal_the_oracle(bars, count, spread):
    made = profiles(bars, model=Model(spread))
    frame, levels = bin_frame(made, count), bin_levels(made, count)
    for e, session in enumerate(made.session):
        floor, volume = oracle.profile(plain_bars(bars, "full", session), spread)
        bins = min(count, len(volume))
        rows = [
            [k for k in range(len(volume)) if k * bins // len(volume) == b] for b in range(bins)
        ]
        lots = [sum(volume[k] for k in row) for row in rows]
        own = frame.filter(frame["session"] == session)
        assert own["volume"].to_list() == lots
        assert own["low"].to_list() == [floor + row[0] for row in rows]
        assert own["high"].to_list() == [floor + row[-1] for row in rows]
        area = levels_oracle.levels(lots, Fraction("0.70"))
        assert bool(levels.present[e]) == (area is not None)
        if area:
            poc = floor + (rows[area.poc][0] + rows[area.poc][-1]) // 2
            expected = (poc, floor + rows[area.val][0], floor + rows[area.vah][-1])
            assert (levels.poc[e], levels.val[e], levels.vah[e]) == expected


def test_no_bins_and_coarse_rows_are_refused():
    bars = bars_from(("2022-11-28 08:30", flat(5, 1)))
    with pytest.raises(ParameterError, match="at least one bin, not 0"):
        bin_frame(profiles(bars), 0)
    with pytest.raises(ParameterError, match="rows of one tick, not of 2; take row=1"):
        bin_frame(profiles(bars, model=Model(row=2)), 3)
