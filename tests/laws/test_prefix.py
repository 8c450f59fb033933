"""The prefix law: no feature and no strategy changes what it said when the future changes."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Bars, Setups, Strategy, became, param
from engine.core.columns import Column
from engine.core.memo import feature
from tests.laws.discovery import features, strategies
from tests.laws.prefix import breaches, said_by_feature, said_by_setups
from tests.makers import bars_from
from tests.tapes import tapes

SIZES = {"ci": 60, "full": 2_000, "small": 30}
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
    kind, spoke, cases = STRATEGIES[name], Counter(), sized("T13", **SIZES)

    @settings(max_examples=cases, derandomize=True, database=None)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        bars, strategy = data.draw(tapes(most=90)), drawn(data, kind)
        cut = data.draw(st.integers(0, len(bars)))
        found = breaches(bars, cut, lambda b: said_by_setups(strategy.setups(b)), seed=cut)
        assert not found
        spoke["tapes"] += bool((strategy.setups(bars).bar < cut).any())

    law()
    assert spoke["tapes"] >= max(1, cases // 20), f"{name} spoke on {spoke['tapes']} of {cases}"


@pytest.mark.covers("T13")
@pytest.mark.parametrize("name", FEATURES)
def test_features_obey(name: str, sized: Callable[..., int]) -> None:
    function, spoke, cases = FEATURES[name], Counter(), sized("T13", **SIZES)

    @settings(max_examples=cases, derandomize=True, database=None)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        bars = data.draw(tapes(most=90))
        cut = data.draw(st.integers(0, len(bars)))
        found = breaches(bars, cut, lambda b: said_by_feature(function(b), len(b)), seed=cut)
        assert not found
        spoke["tapes"] += any(
            v.any() for _, v in said_by_feature(function(bars), len(bars)).values()
        )

    law()
    assert spoke["tapes"] >= max(1, cases // 20), f"{name} spoke on {spoke['tapes']} of {cases}"


def test_there_is_something_to_hold_the_law_over() -> None:
    assert "opening_drive" in STRATEGIES
    assert "engine.features.ranges.opening_range" in FEATURES


class Peek(Strategy):
    """Looks one bar ahead: what the law exists to catch."""

    ahead: int = param(default=1, low=0, high=1)

    def setups(self, bars: Bars) -> Setups:
        later = np.roll(bars.close, -self.ahead)
        return Setups.where(bars, long=became(later > bars.open))


@feature
def tomorrow(bars: Bars) -> Column:
    """The session's own high before the session is over."""
    high = np.array(
        [bars.high[bars.session == s].max(initial=-(10**9)) for s in range(len(bars.sessions))]
    )
    return Column(high, np.ones(len(high), np.bool_), bars.session)


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
