"""engine.core.search against the standard library's bisection as an oracle."""

from bisect import bisect_left

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.core.search import first_at

NUMBERS = st.integers(-9, 9) | st.integers(-(1 << 62), 1 << 62)


@given(st.lists(NUMBERS, max_size=20).map(sorted), NUMBERS, st.data())
def test_is_where_the_value_would_be_put_in(values, least, data):
    low = data.draw(st.integers(0, len(values)))
    high = data.draw(st.integers(low, len(values)))
    oracle = bisect_left(values, least, low, high)
    assert first_at(np.array(values, np.int64), low, high, least) == oracle
