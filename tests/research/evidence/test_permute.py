"""Permutations: exact by enumeration, even without an edge, alert to one."""

import math
from itertools import product

import numpy as np
import pytest

from engine.core.entries import Limit
from engine.core.errors import RefusedError
from engine.core.setups import Setups
from engine.research.evidence.permute import moved_entries, sign_flips, trade_order
from tests.makers import bars_from, flat, mark
from tests.oracle import evidence as oracle
from tests.proof.sizes import sized as cases
from tests.research.evidence.noise import evenness, noise

DAYS = [("2023-01-03 08:30", flat(100, 30)), ("2023-01-04 08:30", flat(120, 20))]


@pytest.mark.covers("QA-030", "A-050")
def test_flipped_signs_tend_to_the_exact_shares() -> None:
    """Twenty trades have 2**20 sign vectors; eight equal ones stand for all but a dozen of them."""
    values = np.array([7, -2, 3, 9, 4, -6, 1, 5, 8, -3, 2, 6] + [0] * 8)
    signs = np.array(list(product((1, -1), repeat=12)))
    sums = signs @ values[:12]
    told, found = values.sum(), sign_flips(values, draws=cases(ci=10_000, full=200_000, small=3000))
    near = 0.02
    assert found.mean == told / 20
    assert found.p_above == pytest.approx((sums >= told).mean(), abs=near)
    assert found.p_below == pytest.approx((sums <= told).mean(), abs=near)
    assert found.p_apart == pytest.approx((abs(sums) >= told).mean(), abs=near)
    assert len(found.null) == 99
    assert found.null[49] == pytest.approx(0, abs=0.3)


@pytest.mark.covers("T07")
def test_flips_are_even_without_an_edge(sized) -> None:
    studies = sized("T07", ci=200, full=2000)
    p = [sign_flips(noise(1, 40, k)[0], draws=300, seed=k).p_above for k in range(studies)]
    assert evenness(p) > 0.01


def test_flips_find_an_edge() -> None:
    studies = cases(ci=50, full=500)
    p = [sign_flips(noise(1, 100, k, edge=0.35)[0], draws=300).p_above for k in range(studies)]
    assert np.mean(np.array(p) <= 0.05) > 0.8


def test_few_trades_are_not_flipped() -> None:
    found = sign_flips(np.arange(19))
    assert found.mean == 9
    assert np.isnan([*found[1:4], *found.null]).all()
    assert math.isnan(sign_flips(np.zeros(0, np.int64)).mean)


def test_the_last_chunk_may_be_short() -> None:
    values = noise(1, 25, 1)[0]
    assert sign_flips(values, draws=1500).p_above * 1501 == pytest.approx(
        round(sign_flips(values, draws=1500).p_above * 1501)
    )


@pytest.mark.covers("A-050")
def test_the_order_of_trades_moves_only_the_path() -> None:
    wins_first = np.repeat([10, -10], [30, 30])
    found = trade_order(wins_first)
    assert found.fall == 300 == oracle.fall(wins_first.tolist())
    assert found.p_deeper == 1 / 1001
    assert found.low <= found.middle <= found.high < 300
    lucky = trade_order(np.tile([10, -10], 30))
    assert lucky.fall == 10
    assert lucky.p_deeper == 1
    few = trade_order(np.array([5, -7, 3]))
    assert few.fall == 7
    assert np.isnan(few[1:]).all()


def moving() -> tuple:
    bars = bars_from(*DAYS)
    prices = np.full(len(bars), 90)
    setups = Setups.where(
        bars,
        long=mark(bars, 3, 10, 40),
        short=mark(bars, 3),
        stop=(prices, prices + 40),
        attributes={"rank": np.arange(len(bars)).astype(float)},
    )
    return bars, setups


@pytest.mark.covers("QA-030")
@pytest.mark.parametrize("together", [False, True])
def test_entries_move_within_their_session(*, together: bool) -> None:
    bars, setups = moving()
    seen = set()
    for seed in range(cases(ci=60, full=600, small=30)):
        moved = moved_entries(bars, setups, seed, together=together)
        assert bars.session[moved.bar].tolist() == bars.session[setups.bar].tolist()
        assert sorted(moved.side) == sorted(setups.side)
        assert sorted(moved.attribute("rank")) == [3, 3, 10, 40]
        order = np.lexsort((-moved.side, moved.bar))
        assert order.tolist() == [0, 1, 2, 3]
        long, at = moved.side > 0, bars.close[moved.bar]
        close = np.where(moved.attribute("rank") == 40, 120, 100)
        assert (moved.stop.values - at == np.where(long, 90, 130) - close).all()
        rank = moved.attribute("rank")
        seen |= set(zip(moved.bar.tolist(), rank.tolist(), strict=True))
        if together:
            three, ten = moved.bar[rank == 3], moved.bar[rank == 10]
            assert three[0] == three[1]
            assert (ten[0] - three[0]) % 30 == 7
    assert len(seen) > 25


def test_orders_that_wait_are_not_moved() -> None:
    bars, _ = moving()
    waiting = Setups.where(bars, long=mark(bars, 3), entry=Limit(long=95))
    with pytest.raises(RefusedError, match="only market orders are moved"):
        moved_entries(bars, waiting, 1)
