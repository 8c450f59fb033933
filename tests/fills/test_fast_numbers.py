"""Links, numbers of ends and R of the fast path, each against an oracle in a line of Python.

Their kernels are in engine.fills.chains, engine.fills.fast.codes and engine.research.lanes.
"""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fills.chains import LAST, Chain, met
from engine.fills.fast.codes import MONEY_LIMIT, MOST_BARS, end_bar, end_code, end_codes, end_net
from engine.fills.simulate import R_SCALE
from engine.research.lanes import in_r
from tests.tapes import tapes


@given(st.data())
def test_chains_lead_to_the_first_bar_that_goes_so_far(data: st.DataObject) -> None:
    """Links are found by other paths or by this one; the oracle looks at every bar."""
    bars = data.draw(tapes(most=12))
    up = data.draw(st.booleans())
    towards, extreme = (1, bars.high) if up else (-1, bars.low)
    chain = Chain(towards, extreme, np.zeros(len(bars), np.int32))
    for _ in range(data.draw(st.integers(1, 9))):
        start, far = data.draw(st.integers(0, len(bars) - 1)), data.draw(st.integers(-3, 9))
        last = int(np.flatnonzero(bars.session == bars.session[start])[-1])
        price = int(bars.open[start])
        hits = [b for b in range(start, last + 1) if towards * (int(extreme[b]) - price) >= far]
        assert met(chain, (start, last), price, far) == (hits[0] if hits else LAST)


@given(st.integers(0, MOST_BARS - 1), st.integers(0, 5), st.integers(-MONEY_LIMIT, MONEY_LIMIT - 1))
def test_an_end_is_read_back_from_its_code(bar: int, moment: int, net: int) -> None:
    code = end_code(bar, moment, net)
    assert (end_bar(code), end_net(code)) == (bar, net)
    assert 0 <= code < 2**63
    assert end_codes(*(np.array([value]) for value in (bar, moment, net))).tolist() == [code]


@given(
    net=st.integers(1 - MONEY_LIMIT, MONEY_LIMIT - 1),
    staked=st.integers(1, 2**45),
    near=st.booleans(),
)
def test_r_is_rounded_like_the_exact_fraction(*, net: int, staked: int, near: bool) -> None:
    """`near` looks where rounding turns: the stakes that make this net a half of 1/10,000."""
    if near and net:
        staked = max(1, abs(2 * net * R_SCALE) // (2 * (staked % 10_000) + 1))
    exact = floor(Fraction(net * R_SCALE, staked) + Fraction(1, 2))
    assert in_r(net, R_SCALE / staked) == exact


@pytest.mark.parametrize("staked", [1, 2, 3, 7, 2_910, 19_999, 20_000, 2**31 - 1])
def test_halves_of_r_go_up(staked: int) -> None:
    for net in range(-40, 41):
        exact = floor(Fraction(net * R_SCALE, staked) + Fraction(1, 2))
        assert in_r(net, R_SCALE / staked) == exact
