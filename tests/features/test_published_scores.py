"""Published scores on series that pass them: what they are worth, and that 100 is the most."""

import ast
from pathlib import Path

import numpy as np
import pytest

import engine
from engine.features.averages import ema, sma
from engine.features.bands import bollinger
from engine.features.direction import adx
from engine.features.fold import columns
from engine.features.oscillators import cci, macd, rsi, stochastic
from engine.features.validation import poc_confidence, relaxed, strict
from engine.features.volatility import atr
from engine.features.walks import driftless, statistics, walk_p
from tests.makers import bars_from

POINTS = 20


def last(series) -> tuple:
    """Statistics of a whole series."""
    return statistics(np.array(series, np.int64), len(series), len(series))


def ruled(series) -> tuple:
    """(confidence, valid) of both rules."""
    found = last(series)
    return tuple((float(by[0][-1]), by[2][-1] == 1) for by in (strict(found), relaxed(found)))


@pytest.mark.covers("A-041", "A-042")
def test_each_condition_of_the_rules_is_one():
    rising = list(range(POINTS))
    pairs = [2 * k - 3 * (k % 3 == 2) for k in range(POINTS)]  # never three rises in a row
    assert ruled(rising)[0] == (pytest.approx(100), True)
    assert ruled(pairs)[0] == (0, False)
    assert last(pairs).p[-1] < 0.05
    assert last(pairs).r2[-1] > 0.6
    assert ruled(pairs)[1][1], "two in a row are enough for the relaxed rule"
    fall = [0, 3, -2, 2, -1, -2, -3, 2, 0, 1]  # three falls and no slope
    assert ruled(fall)[0] == (0, False)
    assert ruled(fall)[1][1], "three in a row are enough, whichever way"


@pytest.mark.covers("A-041")
def test_the_simulated_p_is_as_rare_on_walks_as_it_says():
    """Regression calls seven walks in ten significant; of the walks' own p one in twenty is."""
    found = [last(walk) for walk in driftless(600, POINTS, seed=5)]
    simulated = np.array([walk_p(one.r2, POINTS)[-1] for one in found])
    for share in (0.05, 0.25, 0.5):
        assert np.mean(simulated <= share) == pytest.approx(share, abs=0.06)
    assert np.mean([one.p[-1] < 0.05 for one in found]) > 0.65


@pytest.mark.covers("A-049")
def test_no_score_is_above_a_hundred_or_below_nothing():
    rising = list(range(POINTS))
    streak = POINTS - 1
    assert (100 + 100 + 20 * streak) / 3 > 190, "as it was published"
    assert [sure for sure, _ in ruled(rising)] == pytest.approx([100, 100])
    for walk in driftless(200, POINTS, seed=6):
        assert all(0 <= sure <= 100 for sure, _ in ruled(walk))


@pytest.mark.covers("A-049")
@pytest.mark.parametrize(
    ("step", "rule", "score"),
    [(9, "bits", 100), (9, "graded", 100), (-9, "bits", 50), (-9, "graded", 70), (1, "bits", 70)],
)
def test_the_two_scores_of_pocs_that_go_one_way(step, rule, score):
    """R2 is 1 and ten sessions are quieter than fifty: slope and chance of a rise are left."""
    days = np.arange("2023-01-09", "2023-04-08", dtype="datetime64[D]")
    days = [day for day in days if np.is_busday(day)][:56]
    prices = 16_000 + step * np.arange(len(days))
    bars = bars_from(
        *((f"{day} 09:00", [(p, p, p, p)]) for day, p in zip(days, prices, strict=True))
    )
    found = poc_confidence(bars, rule=rule)
    assert found.present[-1]
    assert found.values[-1] == pytest.approx(score, rel=1e-12)


FIGURES = {
    sma: (16004.05,),
    ema: (16003.990491919974,),
    rsi: (46.768861950551646,),
    macd: (0.2519056320834352, 0.2812839252969856, -0.0293782932135504),
    stochastic: (50.79365079365079, 60.84656084656084),
    bollinger: (
        *(16004.05, 16012.136408349817, 15995.963591650181),
        *(0.0010105452494609318, 0.3114119477983375),
    ),
    adx: (7.710428074051021, 30.52681933663309, 38.618553024366236),
    atr: (4.916576509284959,),
    cci: (-66.25258799171843,),
}


@pytest.mark.covers("B-014")
def test_no_library_of_indicators_is_asked():
    for path in Path(engine.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"talib", "polars_talib", "pandas"}


@pytest.mark.covers("B-014")
def test_the_figures_are_these_wherever_it_runs():
    """Prices from a rule of whole numbers, figures as one machine found them without TA-Lib."""
    moves = [(k * k * 7 + k * 13) % 11 - 5 for k in range(120)]
    path = 16_000 + np.cumsum(moves)
    prices = [(int(p), int(p) + k % 4, int(p) - k % 3, int(p) + k % 2) for k, p in enumerate(path)]
    bars = bars_from(("2022-11-28 09:00", prices))
    for feature, figures in FIGURES.items():
        found = [column.values[-1] for column in columns(feature(bars))]
        assert found == pytest.approx(figures, rel=1e-11), feature.__name__
