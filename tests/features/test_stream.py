"""engine.features.stream and engine.features.declare: what the law over all features leaves out."""

import pytest

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.memo import feature
from engine.features.alignment import alignment_above, trend_above
from engine.features.averages import sma
from engine.features.declare import Says, Takes, declared, folded, told
from engine.features.fold import Ask, Fold, columns, one
from engine.features.ranges import opening_range
from engine.features.stream import Stream
from engine.features.times import days_to_expiry
from engine.profile.sessions import prior_levels
from tests.features.declared import said_at
from tests.features.test_laws import market
from tests.makers import bars_from, flat


@pytest.mark.parametrize("function", [opening_range, prior_levels, days_to_expiry])
def test_a_feature_without_a_fold_is_asked_again(function):
    bars, stream = market()[1_300:1_500], Stream(function)
    for stop in (*range(1, 190, 7), 200):
        assert stream.advance(bars[:stop]) == said_at(function(bars[:stop]), stop - 1)


def copied(tape, first, stop, _, __, out) -> None:
    """The fold of a test: what was asked, row by row."""
    for row, asked in zip(out.floats, tape.feed, strict=True):
        row[first:stop] = asked[first:stop]


SAYS = Says(formula="what was asked", unit="any")


@pytest.mark.parametrize("asked", [prior_levels, opening_range, alignment_above])
def test_a_fold_may_ask_a_feature_without_one(asked):
    width = len(columns(asked(market())))

    @folded(SAYS)
    def echo() -> Fold[tuple[Column, ...]]:
        return Fold(run=copied, shape=lambda *c: c, floats=width, asks=(Ask(asked, {}),))

    bars, stream = market()[1_300:], Stream(echo)
    for stop in (1, 2, 90, 1_500, 2_000):
        assert stream.advance(bars[:stop]) == said_at(echo(bars), stop - 1)


def test_nothing_new_changes_nothing():
    bars, stream = market()[:30], Stream(sma, n=5)
    assert stream.advance(bars) == stream.advance(bars)


def test_a_stream_of_another_clock_is_read_at_its_own_rows():
    bars = market()[:200]
    stream = Stream(trend_above, span=5, fast=2, slow=4)
    whole = trend_above(bars, span=5, fast=2, slow=4)
    for stop in (30, 31, 36, 200):
        assert stream.advance(bars[:stop]) == said_at(whole, stop - 1)


def test_declaring_other_parameters_than_there_are_is_refused():
    with pytest.raises(TypeError, match=r"wrong has parameters \['n'\] and declares \['m'\]"):

        @told(SAYS, m=Takes("bars"))
        def wrong(bars: Bars, *, n: int = 1) -> Column:
            return sma(bars, n=n)


def test_a_plain_feature_declares_nothing():
    @feature
    def plain(bars: Bars) -> Column:
        return one(sma(bars))

    assert declared(plain) is None
    assert declared(3) is None
    assert plain(bars_from(("2022-11-28 09:00", flat(4, 2)))).present.tolist() == [False, False]


def test_what_a_parameter_may_be_is_told():
    assert Takes("x").reach() == ""
    assert Takes("x", low=1, high=2).reach() == "at least 1, at most 2"
    assert Takes("x", choices=("a", "b")).reach() == "a | b"
