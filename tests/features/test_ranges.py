"""engine.features.ranges against its oracle: a plain reading, bar by bar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bars import MINUTE, Bars
from engine.core.errors import ParameterError
from engine.features.ranges import opening_range
from tests.makers import bars_from, flat
from tests.tapes import tapes


def plain(bars: Bars, minutes: int) -> list:
    """(high, low) of the opening minutes at each bar after them, None before."""
    said = []
    for time, session in zip(bars.time.tolist(), bars.session.tolist(), strict=True):
        start = int(bars.sessions.rth_start[session])
        stop = min(start + minutes * MINUTE, int(bars.sessions.rth_stop[session]))
        inside = [k for k in range(len(bars)) if start <= bars.time[k] < stop]
        known = inside and time >= stop
        highest = max((int(bars.high[k]) for k in inside), default=0)
        lowest = min((int(bars.low[k]) for k in inside), default=0)
        said.append((highest, lowest) if known else None)
    return said


@given(tapes(), st.integers(1, 30))
def test_equals_the_plain_reading(bars: Bars, minutes: int) -> None:
    box = opening_range(bars, minutes=minutes)
    found = [
        (int(high), int(low)) if known else None
        for high, low, known in zip(box.high.values, box.low.values, box.high.present, strict=True)
    ]
    assert found == plain(bars, minutes)
    assert box.high.present.tolist() == box.low.present.tolist()


def test_it_is_known_from_the_bar_after_it_ends() -> None:
    prices = [(100, 104, 99, 102), (102, 103, 97, 98), *flat(98, 2)]
    box = opening_range(bars_from(("2022-11-28 08:30", prices)), minutes=2)
    assert box.high.present.tolist() == [False, False, True, True]
    assert (box.high.values[2], box.low.values[2]) == (104, 97)


def test_a_range_of_no_minutes_is_refused() -> None:
    with pytest.raises(ParameterError, match="at least one minute, not 0"):
        opening_range(bars_from(("2022-11-28 08:30", flat(98, 2))), minutes=0)
