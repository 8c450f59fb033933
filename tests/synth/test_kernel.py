"""The walk of `engine.synth.kernel` against its oracle, coin by coin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.synth import kernel
from engine.synth.market import OCTETS, POWERS
from tests.synth import oracle

bells = st.integers(-32, 32)
coins = st.one_of(st.integers(0, 2**63 - 1), st.integers(0, 7))


def ints(values):
    return np.array(values, np.int64)


@given(st.data())
def test_the_walk_is_the_oracle_walk(data):
    steps = data.draw(st.lists(st.integers(0, 40), min_size=1, max_size=12))
    gaps = data.draw(st.lists(st.integers(-9, 9), min_size=len(steps), max_size=len(steps)))
    octets = data.draw(st.binary(min_size=100, max_size=100))
    price = data.draw(st.integers(1, 60))
    plan = kernel.Plan(ints(steps), ints(gaps), ints(steps))
    out = kernel.Walk(*(np.zeros(len(steps), np.int32) for _ in range(4)))
    end = kernel.walk(price, plan, np.frombuffer(octets, np.uint8), OCTETS, out)
    bars, last = oracle.walk(price, steps, gaps, octets)
    assert list(zip(*(column.tolist() for column in out), strict=True)) == bars
    assert end == last
    assert out.low.min() >= 1


@given(st.data())
def test_the_pace_is_the_oracle_pace(data):
    shape = data.draw(st.lists(st.integers(-600, 600), min_size=1, max_size=9))
    many = len(shape)
    drawn = [data.draw(st.lists(bells, min_size=many, max_size=many)) for _ in range(3)]
    coin = data.draw(st.lists(coins, min_size=many, max_size=many))
    chances = kernel.Chances(*(ints(values) for values in (*drawn, coin)))
    base, lots = data.draw(st.integers(0, 2**26)), data.draw(st.integers(1, 12_000))
    plan = kernel.Plan(*(np.zeros(many, np.int64) for _ in range(3)))
    kernel.pace(ints(shape), base, lots, POWERS, chances, plan)
    plain = kernel.Chances(*drawn, coin)
    expected = oracle.pace(shape, base, lots, POWERS.tolist(), plain)
    assert list(zip(*(column.tolist() for column in plan), strict=True)) == expected


@pytest.mark.parametrize("logarithm", [-5000, -257, -256, -1, 0, 1, 255, 256, 2000])
def test_a_power_is_the_oracle_power(logarithm):
    assert kernel.power(POWERS, logarithm) == oracle.power(POWERS.tolist(), logarithm)


def test_no_power_depends_on_the_last_bit_of_a_float():
    exact = [2 ** (k / 256) * kernel.ONE for k in range(256)]
    assert min(abs(value % 1 - 0.5) for value in exact) > 1e-4


def test_eight_coins_at_once_are_eight_coins():
    for octet in range(256):
        path = np.cumsum(oracle.coins_of([octet], 0))
        reach = (path[-1], max(0, path.max()), min(0, path.min()))
        assert tuple(column[octet] for column in OCTETS) == reach


@given(st.integers(0, 2**63 - 1), st.integers(0, 4000))
def test_gaps_lie_on_either_side_alike(coin, root):
    assert kernel.leap(coin, root) == -kernel.leap(coin ^ 4, root)
