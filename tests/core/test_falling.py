"""engine.core.falling against its oracle: Python's own stable sort."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.falling import falling

KEYS = st.lists(st.integers(-(2**62), 2**62) | st.integers(0, 3), max_size=100)


@given(KEYS)
def test_the_order_is_that_of_a_stable_sort(keys):
    oracle = sorted(range(len(keys)), key=lambda k: -keys[k])
    assert falling(np.array(keys, np.int64)).tolist() == oracle


@pytest.mark.parametrize("many", [0, 1, 15, 16, 17, 32, 33, 64, 100])
def test_equal_keys_stay_in_order(many):
    assert falling(np.full(many, 7)).tolist() == list(range(many))
