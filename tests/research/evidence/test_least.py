"""The ladder of least trades and sessions, rung by rung, as the page states it."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import Folds, sweep
from engine.research.evidence.bands import Days, bands, chance_of_loss
from engine.research.evidence.line import Line
from engine.research.evidence.means import hit_rate, independence, t_test
from engine.research.evidence.overfit import Blocks, overfit
from engine.research.evidence.permute import sign_flips
from engine.research.evidence.resample import Resample
from engine.research.evidence.sharpe import moments, probable
from engine.research.evidence.timing import ENOUGH
from engine.research.evidence.verdict import verdict_of
from engine.research.walk import chosen
from tests.research.evidence.noise import noise
from tests.research.markets import FOLDS, market, plan
from tests.research.test_walk import merged

PAGE = Path(__file__).parents[3] / "docs" / "evidence.md"
HOW = Resample(draws=20, seed=1)


def psr(count: int) -> float:
    return probable(moments(noise(1, count, 1)[0]))


def band(count: int) -> float:
    return bands(Days.of(noise(1, count, 1)[0], np.arange(count), count), HOW)["net"].low


def loss(count: int) -> float:
    return chance_of_loss(Days.of(noise(1, count, 1)[0], np.arange(count), count), HOW)


def pbo(count: int) -> float:
    return overfit(Blocks.of(noise(count, 32, 1))).pbo


RUNGS = {  # the figure of so many, the fewest that have one, and how the page says it
    "t_test": (lambda n: t_test(noise(1, n, 2)[0]).p_above, 5, "t-test, Wilson interval"),
    "hit_rate": (lambda n: hit_rate(n // 2, n).low, 5, "| 5 trades |"),
    "psr": (psr, 10, "10 sessions"),
    "bands": (band, 10, "10 sessions"),
    "chance_of_loss": (loss, 10, "chance of loss"),
    "independence": (lambda n: independence(noise(1, n, 2)[0]).p_apart, 11, "11 trades"),
    "sign_flips": (lambda n: sign_flips(noise(1, n, 2)[0], 20, 1).p_above, 20, "20 trades"),
    "pbo": (pbo, 2, "PBO also 2 combinations"),
}


@pytest.mark.covers("QA-006")
@pytest.mark.parametrize("name", RUNGS)
def test_a_figure_is_undefined_below_its_rung_and_told_on_it(name: str) -> None:
    figure, least, words = RUNGS[name]
    assert math.isnan(figure(least - 1))
    assert not math.isnan(figure(least))
    assert words in PAGE.read_text("utf-8")


@pytest.mark.covers("QA-006")
def test_folds_regimes_groups_and_the_verdict_have_rungs_of_their_own() -> None:
    rules = Folds(objective="net", min_trades=10, ladder=(5, 2))
    asked = [chosen(merged([9, 5], [count, 1]), rules, None) for count in (10, 9, 5, 4, 2, 1)]
    assert [floor for _, floor in asked] == [10, 5, 5, 2, 2, 10]
    assert [team for team, _ in asked] == [(0,)] * 5 + [()]
    assert (Folds().regime_trades, ENOUGH) == (5, 30)
    by = replace(FOLDS, regime="weather", regime_trades=2)
    fewer, more = (sweep(market(), plan(), replace(by, regime_trades=n)) for n in (2, 40))
    own = [sum(len(choice.own) for choice in found.choices) for found in (fewer, more)]
    assert own[0] > own[1]
    lines = [Line("study", "trials", 1, "")]
    for count, name in ((19, "unjudged"), (20, "loss")):
        record = [Line("oos", "trades", count, ""), Line("oos", "net", -5.0, "")]
        assert verdict_of([*lines, *record], "USD").name == name
