"""The prefix law: no feature and no strategy changes what it said when the future changes."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache, partial

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.lawcheck.laws import AFTER, cuts, said
from engine import Bars, Setups, Strategy, became, param
from engine.core.aside import Aside, aside, attached
from engine.core.asof import auxiliary
from engine.core.columns import Column
from engine.core.contracts import instrument
from engine.core.law import breaches, said_by_feature, said_by_setups
from engine.core.memo import feature
from engine.core.resample import resample
from engine.synth.market import synthesise
from tests.laws.discovery import features, strategies
from tests.laws.together import broken, views
from tests.makers import bars_from
from tests.tapes import tapes

SIZES = {"ci": 30, "full": 2_000, "small": 8}
EACH = {"ci": 20, "full": 1_000, "small": 20}  # tapes on which every feature is tried
CUTS = {"ci": 3, "full": 200, "small": 1}  # bars of a market at which its future is changed
ONCE = (Phase.explicit, Phase.generate)  # shrinking would play every feature a thousand times
FEATURES, STRATEGIES = features(), strategies()


def drawn(data: st.DataObject, kind: type[Strategy]) -> Strategy:
    """Any point of the strategy's declared space."""
    values = {
        name: data.draw(st.sampled_from(axis.values()), label=name)
        for name, axis in kind.space().items()
    }
    return kind(**values)


@pytest.mark.covers("T13")
@pytest.mark.parametrize("name", STRATEGIES)
def test_strategies_obey(name: str, sized: Callable[..., int]) -> None:
    """F-A03, QF-01, QF-02, QF-04: a sample, a coarse bar, a swing or a fit that knew its future."""
    kind, spoke, cases = STRATEGIES[name], Counter(), sized("T13", **SIZES)

    @settings(max_examples=cases, derandomize=True, database=None)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        bars, strategy = with_series(data.draw(tapes(most=90))), drawn(data, kind)
        cut = data.draw(st.integers(0, len(bars)))
        found = breaches(bars, cut, lambda b: said_by_setups(strategy.setups(b)), seed=cut)
        assert not found
        spoke["tapes"] += bool((strategy.setups(bars).bar < cut).any())

    law()
    enough = max(1, cases // 20)
    if (
        spoke["tapes"] < enough
    ):  # it asks for weeks of history: it must obey, and speak, on a market
        spoke["tapes"] += cases * obeys_on_a_market(kind, sized("T13", **CUTS))
    assert spoke["tapes"] >= enough, f"{name} spoke on {spoke['tapes']} of {cases}"


def obeys_on_a_market(kind: type[Strategy], count: int) -> bool:
    """Hold the law right behind setups of three weeks; say whether there were any."""
    bars, spoke = three_weeks(), 0
    for strategy in quick(kind)[: count + 1]:
        behind = cuts(strategy, bars, count)[:count]
        for cut in behind:
            assert not breaches(bars[: cut + AFTER], cut, partial(said, strategy), seed=cut)
        spoke += bool((strategy.setups(bars).bar < behind[-1]).any())
    return spoke > 0


def quick(kind: type[Strategy]) -> list[Strategy]:
    """The shortest of every range, with each choice in turn: what speaks soon if anything does."""
    axes = {name: axis for name, axis in kind.space().items() if axis.gate is None}
    shortest = {name: axis.values()[0] for name, axis in axes.items()}
    choices = [(n, v) for n, axis in axes.items() if axis.range is None for v in axis.choices[1:]]
    return [kind(**shortest), *(kind(**{**shortest, name: v}) for name, v in choices)]


@cache
def three_weeks() -> Bars:
    return with_series(resample(synthesise(instrument("ES"), date(2024, 1, 2), 14, 7), 5))


def six_days() -> Bars:
    """A dozen bars of each of six sessions."""
    days = (21, 22, 23, 28, 29, 30)
    walks = np.random.default_rng(7).integers(-3, 4, (len(days), 12)).cumsum(axis=1) + 400
    rows = zip(days, walks.tolist(), strict=True)
    return bars_from(
        *((f"2022-11-{d} 09:00", [(p, p + 2, p - 2, p + 1) for p in row]) for d, row in rows)
    )


def with_series(bars: Bars) -> Bars:
    """Fear and gamma beside the bars, each published some minutes after its moment."""
    times, count = bars.time[::7], len(bars.time[::7])
    fear = auxiliary("dvol", times, {"close": 40.0 + np.arange(count) % 40})
    sign = auxiliary("gamma", times, {"sign": np.arange(count) % 3 - 1.0})
    return attached(bars, dvol=Aside(fear, "close", lag=3), gamma=Aside(sign, "sign", lag=11))


@pytest.mark.covers("T13")
def test_features_obey(sized: Callable[..., int]) -> None:
    """All of them on each tape: drawing tapes is what takes the time."""
    spoke, cases = Counter(), sized("T13", **EACH)

    def hold(bars: Bars, cut: int) -> None:
        futures = views(bars, cut)
        for name, function in FEATURES.items():

            def say(b: Bars, function: Callable = function) -> dict:
                return said_by_feature(function(b), len(b))

            found, told = broken(futures, cut, say)
            assert not found, name
            spoke[name] += told

    @settings(max_examples=cases, derandomize=True, database=None, phases=ONCE)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        bars = data.draw(tapes(most=90))
        hold(bars, data.draw(st.integers(0, len(bars))))

    law()
    hold(six_days(), 60)  # some speak from the fourth session on, and few tapes have one
    silent = [name for name in FEATURES if spoke[name] < max(1, cases // 20)]
    assert not silent, f"spoke on too few of {cases} tapes: {silent}"


def test_there_is_something_to_hold_the_law_over() -> None:
    assert "opening_drive" in STRATEGIES
    assert "engine.features.ranges.opening_range" in FEATURES


class Peek(Strategy):
    """Looks one bar ahead: what the law exists to catch."""

    ahead: int = param(default=1, low=0, high=1)

    def setups(self, bars: Bars) -> Setups:
        later = np.roll(bars.close, -self.ahead)
        return Setups.where(bars, long=became(later > bars.open))


class Overheard(Strategy):
    """Knows a series before it is published: what its moments say, and not when it was out."""

    early: int = param(default=1, low=0, high=1)

    def setups(self, bars: Bars) -> Setups:
        one = bars.aside["dvol"]
        told = aside(attached(bars, dvol=one._replace(lag=one.lag * (1 - self.early))), "dvol")
        return Setups.where(bars, long=became(told > 50))


def test_a_series_known_before_it_is_published_is_caught() -> None:
    bars = bars_from(("2022-11-28 09:00", [(100, 101, 99, 100)] * 30))
    fear = auxiliary("dvol", bars.time[::2], {"close": [40.0, 60.0, 45.0, 70.0, 48.0] * 3})
    beside = attached(bars, dvol=Aside(fear, "close", lag=3))
    caught = set()
    for cut in range(1, 29):
        assert not breaches(beside, cut, lambda b: said_by_setups(Overheard(early=0).setups(b)), 1)
        found = breaches(beside, cut, lambda b: said_by_setups(Overheard().setups(b)), 1)
        caught |= {breach.future for breach in found}
    assert caught == {"removed", "noise", "extremes", "reversed"}


@feature
def tomorrow(bars: Bars) -> Column:
    """The session's own high before the session is over."""
    high = np.array(
        [bars.high[bars.session == s].max(initial=-(10**9)) for s in range(len(bars.sessions))]
    )
    return Column(high, np.ones(len(high), np.bool_), bars.session)


def test_a_planted_peek_is_caught_among_many() -> None:
    bars = bars_from(("2022-11-28 09:00", [(p, p + 2, p - 2, p) for p in (100, 101, 99, 103)]))
    futures = views(bars, 3)
    found, told = broken(futures, 3, lambda b: said_by_feature(tomorrow(b), len(b)))
    assert told
    assert {future.split(":")[0] for future in found} >= {"removed", "noise", "extremes"}
    assert broken(futures, 3, lambda b: said_by_feature(b.close, len(b))) == ([], True)


def test_a_planted_peek_is_caught() -> None:
    prices = [
        (p, p + 2, p - 2, p + (k % 3) - 1) for k, p in enumerate((100, 101, 99, 103, 98, 104))
    ]
    bars = bars_from(("2022-11-28 09:00", prices))
    assert not breaches(bars, 4, lambda b: said_by_setups(Peek(ahead=0).setups(b)), seed=1)
    assert any(
        breaches(bars, cut, lambda b: said_by_setups(Peek().setups(b)), seed=1) for cut in (3, 4, 5)
    )
    assert breaches(bars, 3, lambda b: said_by_feature(tomorrow(b), len(b)), seed=1)


def test_a_plain_array_speaks_at_each_bar() -> None:
    (told,) = said_by_feature(np.arange(3), 3).values()
    assert [column.tolist() for column in told] == [[0, 1, 2], [0, 1, 2]]
