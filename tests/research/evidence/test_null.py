"""The null benchmark: the same for any workers, even where there is no edge, alert to one."""

import math
from concurrent.futures import CancelledError
from dataclasses import replace
from threading import Barrier
from time import sleep

import numpy as np
import pytest

from engine.core.errors import StudyError, UnknownError
from engine.fills.frame import clock
from engine.research import Folds, Plan, sweep
from engine.research.evidence.null import (
    KINDS,
    Score,
    Surrogates,
    null,
    null_lines,
    onward,
    plain,
    rank,
    score,
    surrogate,
)
from engine.research.evidence.turns import in_turns
from engine.research.watch import Progress, unseen
from engine.synth.mirror import Source, mirror
from tests.proof.sizes import sized as cases
from tests.research.evidence.noise import evenness
from tests.research.markets import FOLDS, Breakout, market, plan, swept

SMALL = Plan(plan().strategies[:2], plan().exits[:1])


@pytest.mark.covers("T30")
def test_any_number_of_workers_finds_the_same() -> None:
    one, two = (null(market(20), plain(SMALL, FOLDS, n), Surrogates(3, 5)) for n in (1, 4))
    assert one == two
    assert len(set(one)) == 3
    again = score(sweep(mirror(market(20), Source(5, 1)), SMALL, FOLDS))
    assert one[1] == again


@pytest.mark.parametrize("kind", ["mirror", "sessions", "phases"])
def test_every_kind_of_surrogate_can_be_searched(kind: str) -> None:
    assert len(null(market(20), plain(SMALL, FOLDS), Surrogates(1, kind=kind))) == 1


def test_progress_counts_over_all_surrogates() -> None:
    seen: list = []
    null(market(20), plain(SMALL, FOLDS), Surrogates(2), lambda *told: seen.append(told))
    assert seen == [(done, 2 * len(SMALL)) for done in range(1, 2 * len(SMALL) + 1)]
    seen.clear()
    onward(lambda *told: seen.append(told), 5, 9)(2, 4)
    assert seen == [(7, 9)]


def test_several_at_a_time_find_the_same_and_are_told_as_one() -> None:
    seen: list = []
    bars, search = market(20), plain(SMALL, FOLDS)
    found = null(bars, search, Surrogates(4, 5), lambda *told: seen.append(told), together=3)
    assert found == null(bars, search, Surrogates(4, 5))
    every = 4 * len(SMALL)
    assert [done for done, _ in seen] == list(range(1, every + 1))
    assert {total for _, total in seen} == {every}


def test_an_error_of_one_stops_the_others() -> None:
    begun, stopped = Barrier(2), []

    def make(turn: int, told: Progress) -> int:
        begun.wait()
        if turn == 0:
            raise StudyError("no")
        try:
            while True:
                told(1, 9)
                sleep(0.001)
        except CancelledError as error:
            stopped.append(str(error))
            raise

    with pytest.raises(StudyError, match="no"):
        in_turns(make, 2, unseen, together=2)
    assert stopped == ["turn 1 was stopped with the others"]


def test_what_hangs_on_times_alone_is_that_of_the_real_bars() -> None:
    bars = market(20)
    for kind in KINDS:
        made = surrogate(bars, Surrogates(1, 3, kind), 0)
        assert clock(made) is clock(bars)
        assert made.labels is bars.labels
        fresh = made.sessions.label(made.time)
        assert all((told == real).all() for told, real in zip(made.labels, fresh, strict=True))


class Kept(dict):
    """A shelf in memory."""

    def put(self, name, pack):
        self[name] = pack


def test_a_killed_null_goes_on_where_it_was() -> None:
    shelf, played = Kept(), []

    def search(bars, told):
        played.append(len(played))
        if len(played) == 3:
            raise KeyboardInterrupt
        return plain(SMALL, FOLDS)(bars, told)

    with pytest.raises(KeyboardInterrupt):
        null(market(20), search, Surrogates(3), shelf=shelf)
    again = null(market(20), search, Surrogates(3), shelf=shelf)
    assert len(played) == 4
    assert again == null(market(20), plain(SMALL, FOLDS), Surrogates(3))


def test_lines_say_where_the_real_search_stands() -> None:
    theirs = [Score(5.0, 9.0, float(k), 3, 1.0) for k in range(-19_000, 19_000, 2000)]
    theirs += [Score(math.nan, math.nan, math.nan, 0, math.nan)]
    best, walk = null_lines(swept(), theirs, Surrogates(20))
    real = score(swept())
    assert (best.scope, best.measure, walk.measure) == ("study", "null_best", "null_walk")
    assert (walk.value, walk.p_value) == rank(real.walk_net, [s.walk_net for s in theirs])[:2]
    assert (best.low, best.high) == (0.05, 0.05)  # money units are cents
    assert walk.low == pytest.approx(-172)
    assert walk.high == pytest.approx(152)
    assert walk.draws == 20
    silent = [theirs[-1]] * 3
    assert math.isnan(null_lines(swept(), silent, Surrogates(3))[0].low)


def test_a_score_is_what_the_search_would_show() -> None:
    whole, found = swept(), score(swept())
    assert found.best == max(row["net"] / row["n"] for row in plainly())
    assert found.best_net == plainly()[whole.best]["net"]
    tests = [choice.test for choice in whole.choices]
    assert found.walk_net == sum(int(m.sum("net")[0]) for m in tests)
    assert found.walk_expectancy == found.walk_net / found.walk_trades
    assert found.folds == tuple(int(m.sum("net")[0]) for m in tests)


def plainly() -> list[dict]:
    whole = swept().whole
    nets, counts = whole.sum("net").tolist(), whole.sum("n").tolist()
    return [{"net": net, "n": n} for net, n in zip(nets, counts, strict=True)]


def test_a_search_that_found_nothing_has_no_score() -> None:
    strict = Folds(train=10, test=4, purge=1, min_trades=10_000)
    found = score(sweep(market(20), SMALL, strict))
    assert found.walk_trades == 0
    assert np.isnan([found.best, found.best_net, found.walk_net, found.walk_expectancy]).all()
    assert set(found.folds) == {0}


def test_a_rank_states_its_ties() -> None:
    assert rank(1.0, [0.0, 1.0, 2.0, math.nan]) == (0.625, 0.6, 3)
    assert rank(5.0, [0.0] * 19) == (1.0, 0.05, 19)
    assert rank(0.0, [0.0] * 19) == (0.5, 1.0, 19)
    for none in (rank(math.nan, [1.0]), rank(1.0, [])):
        assert math.isnan(none.percentile)
        assert math.isnan(none.p_value)


def test_what_is_refused() -> None:
    with pytest.raises(UnknownError, match="no surrogate 'miror'; did you mean 'mirror'"):
        Surrogates(kind="miror")
    with pytest.raises(StudyError, match="needs 1 surrogate or more, not 0"):
        Surrogates(0)


@pytest.mark.covers("A-076")
def test_a_market_without_edge_ranks_anywhere() -> None:
    """A mirror of the market is as good a market as its mirrors: ranks are even."""
    studies, count = cases(ci=12, full=200, small=3), 9
    p = {"best": [], "walk_net": []}
    for study in range(studies):
        bars = mirror(market(20), Source(1000 + study))
        real = score(sweep(bars, SMALL, FOLDS))
        found = null(bars, plain(SMALL, FOLDS), Surrogates(count, study))
        for name, values in p.items():
            values.append(
                rank(getattr(real, name), [getattr(one, name) for one in found]).percentile
            )
    for values in p.values():
        assert evenness(values) > 0.001


@pytest.mark.covers("A-076")
def test_a_planted_edge_stands_above_all_its_mirrors() -> None:
    """Closes that run on: a breakout rule earns on them and on none of their mirrors."""
    bars = market(30)
    step = np.sign(np.sin(np.arange(len(bars)) / 12)) * 4
    drift = np.cumsum(step).astype(np.int32)
    named = {n: getattr(bars, n) + drift for n in ("open", "high", "low", "close")}
    named["high"], named["low"] = named["high"] + 4, named["low"] - 4
    moved = replace(bars, arrays=bars.arrays._replace(**named))
    real, found = score(sweep(moved, SMALL, FOLDS)), null(moved, plain(SMALL, FOLDS), Surrogates(9))
    for name in Score._fields[:3]:
        assert rank(getattr(real, name), [getattr(one, name) for one in found]).p_value == 0.1
    assert Breakout in {type(s) for s in SMALL.strategies}
