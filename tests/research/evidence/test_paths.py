"""Paths: fans that hold fresh paths, ruin in closed form, and costs drawn anew."""

import math

import numpy as np
import pytest

from engine.research.evidence.paths import (
    FEES,
    SIZE,
    SLIPPAGE,
    Bet,
    Spread,
    costs,
    fan,
    ruin,
)
from engine.research.evidence.resample import Resample
from tests.oracle import evidence as oracle
from tests.proof.sizes import sized as cases


def test_a_fan_is_the_percentiles_of_its_paths() -> None:
    values = np.random.default_rng(1).integers(-50, 60, 30)
    how = Resample("iid", draws=150, seed=3)
    found, drawn = fan(values, how), values[how.rows(30)]
    assert found.real.tolist() == values.cumsum().tolist()
    assert np.array_equal(found.paths, drawn.cumsum(axis=1))
    assert found.bands[2] == pytest.approx(np.median(found.paths, axis=0))
    assert found.final[0] == pytest.approx(np.percentile(drawn.sum(axis=1), 5))
    falls = [oracle.fall(row) for row in drawn.tolist()]
    assert found.fall[4] == pytest.approx(np.percentile(falls, 95))
    assert found.profitable == (drawn.sum(axis=1) > 0).mean()
    assert len(fan(values, Resample(draws=500)).paths) == 200


@pytest.mark.covers("QA-033")
@pytest.mark.parametrize("method", ["iid", "stationary"])
def test_a_fan_holds_nine_in_ten_fresh_paths(method: str) -> None:
    chance = np.random.default_rng(7)
    studies, held = cases(ci=60, full=1500), []
    for seed in range(studies):
        values, fresh = np.rint(chance.normal(0, 100, (2, 200))).astype(np.int64)
        values -= round(values.mean())  # the fan is about the same mean as the fresh path's
        found = fan(values, Resample(method, draws=200, seed=seed))
        path = fresh.cumsum()
        held.append(((path >= found.bands[0]) & (path <= found.bands[4])).mean())
    assert np.mean(held) == pytest.approx(0.9, abs=0.02 + 1 / math.sqrt(studies))


def test_few_trades_have_no_fan() -> None:
    found = fan(np.array([5, -2, 4]), Resample(draws=10))
    assert found.real.tolist() == [5, 3, 7]
    assert np.isnan([*found.bands.ravel(), *found.final, *found.fall, found.profitable]).all()
    assert found.paths.shape == (0, 3)


def test_losing_every_trade_ruins_at_a_known_one() -> None:
    found = ruin(np.full(20, -1.0), Bet(trades=500), draws=10)
    when = math.ceil(math.log(0.1) / math.log(0.99))
    assert found.median == when == 230
    assert found.after == {100: 0, 250: 1, 500: 1}
    assert found.final == pytest.approx([0.99**500] * 5)


def test_winning_every_trade_never_ruins() -> None:
    found = ruin(np.full(20, 2.0), Bet(), draws=10)
    assert set(found.after.values()) == {0}
    assert found.median == math.inf
    assert found.final[0] == pytest.approx(1.02**1000)


def test_ruin_of_even_bets_is_that_of_counting() -> None:
    """Every run of wins and losses by its chance: the share that has fallen below a half."""
    found = ruin(np.array([5.0, -5.0] * 10), Bet(0.02, 250, 0.5), draws=cases(ci=4000, full=40_000))
    alive, gone, told = {0: 1.0}, 0.0, {}  # by wins so far
    for trade in range(1, 251):
        after: dict[int, float] = {}
        for wins, chance in alive.items():
            for more in (0, 1):
                capital = 1.1 ** (wins + more) * 0.9 ** (trade - wins - more)
                if capital < 0.5:
                    gone += chance / 2
                else:
                    after[wins + more] = after.get(wins + more, 0.0) + chance / 2
        alive, told[trade] = after, gone
    assert 0.05 < told[100] < told[250] < 0.95
    assert found.after == pytest.approx({n: told[n] for n in (100, 250)}, abs=0.03)
    assert found.final.tolist() == sorted(found.final)


def test_a_bet_of_everything_is_lost_for_good() -> None:
    found = ruin(np.array([3.0] * 9 + [-1.0]), Bet(1.0, 100, 0.1), draws=50)
    assert found.after == {100: pytest.approx(1, abs=0.02)}
    assert found.final[0] == 0


def test_few_multiples_say_nothing() -> None:
    found = ruin(np.ones(9), Bet(trades=300))
    assert list(found.after) == [100, 250]
    assert np.isnan([*found.after.values(), found.median, *found.final]).all()


@pytest.mark.covers("A-079")
def test_costs_are_drawn_in_their_ranges() -> None:
    """Size around one by a tenth, from half to double; fees half to double; slippage cut to one."""
    for spread, use in ((SIZE, "size"), (FEES, "fees"), (SLIPPAGE, "slippage")):
        drawn = spread.drawn(1, use, 20_000)
        assert drawn.min() >= spread.least
        assert drawn.max() <= spread.most
    assert SIZE.drawn(1, "size", 20_000).std() == pytest.approx(0.1, rel=0.03)
    assert Spread(0.0, 0.5, 2.0).drawn(1, "none", 3).tolist() == [1, 1, 1]


@pytest.mark.covers("A-079")
def test_costs_only_cost() -> None:
    gross = np.full(100, 30)
    free = costs((gross, 0 * gross, 0 * gross))
    assert free.profitable == 1
    assert free.net[2] == pytest.approx(3000, rel=0.02)
    dear = costs((gross, np.full(100, 10), np.full(100, 16)), draws=2000)
    assert dear.net[2] < free.net[2]
    assert 0 < dear.profitable < 1
    assert dear.net.tolist() == sorted(dear.net)
    few = costs((gross[:5], gross[:5], gross[:5]))
    assert np.isnan([*few.net, few.profitable]).all()
