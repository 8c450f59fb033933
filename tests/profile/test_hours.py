"""Windows of a session against the oracles, bar by bar."""

from fractions import Fraction
from math import fsum, log2, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import MINUTE
from engine.core.errors import ParameterError
from engine.profile.hours import hour_table
from engine.profile.slices import starts
from tests.makers import bars_from, flat
from tests.oracle import levels as levels_oracle
from tests.oracle import profile as oracle
from tests.profile.test_spans import every
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

SEGMENTS = st.sampled_from(("rth", "eth", "full"))


@pytest.mark.covers("A-036")
@given(tapes(most=60), SEGMENTS, st.sampled_from((1, 7, 60, 240)))
@settings(max_examples=cases(ci=80, full=5_000))
def test_every_window_is_the_profile_of_its_bars(bars, segment, minutes):
    table = hour_table(bars, segment=segment, minutes=minutes)
    inside, since, bar = bars.labels.mask(segment), starts(bars, segment), every(bars)
    windows: dict = {}
    for i in np.flatnonzero(inside):
        session = int(bars.session[i])
        number = (bars.time[i] - since[session]) // (minutes * MINUTE)
        late = segment == "eth" and bars.time[i] >= bars.sessions.rth_stop[session]
        windows.setdefault((session, late, number), []).append(int(i))
    assert table.height == len(windows)
    for row, (key, own) in zip(table.to_dicts(), windows.items(), strict=True):
        floor, volume = oracle.profile([bar[i] for i in own])
        area, close = levels_oracle.levels(volume, Fraction("0.70")), bar[own[-1]].close
        assert (row["session"], row["close"], row["volume"]) == (key[0], close, sum(volume))
        if area is None:
            assert row["poc"] is row["close_in_value"] is row["close_to_mean"] is None
            continue
        poc, val, vah = (floor + k for k in area)
        assert (row["poc"], row["val"], row["vah"]) == (poc, val, vah)
        assert row["poc_in_value"]
        assert row["close_in_value"] == (val <= close <= vah)
        assert row["share"] == sum(volume[area.val : area.vah + 1]) / sum(volume)
        assert row["poc_share"] == max(volume) / sum(volume)
        shares = [v / sum(volume) for v in volume if v]
        assert row["entropy"] == pytest.approx(-fsum(s * log2(s) for s in shares), abs=1e-12)
        spread = fsum((v - sum(volume) / len(volume)) ** 2 for v in volume) / len(volume)
        assert row["deviation"] == pytest.approx(sqrt(spread), rel=1e-12)
        mean = sum(bar[i].close * bar[i].volume for i in own) / sum(volume)
        for name, base in (("close_to_poc", poc), ("close_to_mean", mean)):
            distance = close - (mean if name == "close_to_mean" else poc)
            assert row[name] == pytest.approx(100 * distance / (abs(base) or 1))


def test_a_window_of_no_minutes_is_refused():
    with pytest.raises(ParameterError, match="at least one minute, not 0"):
        hour_table(bars_from(("2022-11-28 08:30", flat(5, 1))), minutes=0)


def test_no_bars_no_windows():
    night = bars_from(("2022-11-28 20:00", flat(10, 2)))
    assert hour_table(night, segment="rth").is_empty()
