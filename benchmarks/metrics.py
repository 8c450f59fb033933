"""Measures by session of many series in one call, against one call a series.

Two public libraries join in where they are installed: `empyrical` and `quantstats`. What all of
them define alike is compared before anything is timed.
"""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from benchmarks.pairs import interleaved, shown
from engine.research.measures import Basis
from engine.research.measures.days import day_measures
from tests.oracle.measures import of_days

CAPITAL, YEAR = 1_000_000, 252
ALONE = 8  # series the slow rivals are given


def series(count: int, sessions: int) -> np.ndarray:
    """Session results in cents, a third of them idle."""
    noise = np.random.default_rng(11)
    made = np.rint(noise.standard_t(4, (count, sessions)) * 40_000).astype(np.int64)
    made[noise.random(made.shape) < 1 / 3] = 0
    return made


def measure(repetitions: int, count: int, sessions: int) -> str:
    rows, months = series(count, sessions), np.arange(sessions) // 21
    basis = Basis(CAPITAL)
    found = day_measures(rows, months, basis)
    rivals: dict[str, Callable[[], object]] = {
        f"all {len(found)} measures, {count} series": lambda: day_measures(rows, months, basis)
    }
    for name, rival in (("empyrical", empyrical), ("quantstats", quantstats)):
        if find_spec(name):
            compared, run = rival(rows)
            for what, values in compared.items():
                np.testing.assert_allclose(found[what][: len(values)], values, rtol=1e-9)
            rivals[f"{name}, {len(compared)} measures, {ALONE} series"] = run
    plain = of_days(rows[0].tolist(), months.tolist(), CAPITAL * 100, YEAR, 0.0, 3.0)
    for name in ("sharpe", "sortino", "ulcer", "skew", "k_ratio", "cvar_95"):
        np.testing.assert_allclose(found[name][0], plain[name])
    timings = interleaved(rivals, repetitions)
    sizes = (count, *[ALONE] * (len(timings) - 1))
    each = ", ".join(f"{t.median / n * 1e6:,.0f}" for t, n in zip(timings, sizes, strict=True))
    title = f"measures of {sessions:,} sessions"
    return f"{shown(title, timings)}\nmicroseconds a series: {each}"


def empyrical(rows: np.ndarray) -> tuple[dict[str, list[float]], Callable[[], object]]:
    """One function a figure, one series at a time; returns of the stated capital."""
    import empyrical as lib  # noqa: PLC0415 - installed only where somebody compares

    returns = rows[:ALONE] / (CAPITAL * 100)

    def run() -> dict[str, list[float]]:
        return {
            "sharpe": [lib.sharpe_ratio(r) for r in returns],
            "sortino": [lib.sortino_ratio(r) for r in returns],
            "volatility": [lib.annual_volatility(r) for r in returns],
            "omega": [lib.omega_ratio(r) for r in returns],
            "tail_ratio": [lib.tail_ratio(r) for r in returns],
        }

    return run(), run


def quantstats(rows: np.ndarray) -> tuple[dict[str, list[float]], Callable[[], object]]:
    """Its statistics take a pandas series each."""
    import pandas as pd  # noqa: PLC0415 - comes with the library compared
    import quantstats as lib  # noqa: PLC0415 - installed only where somebody compares

    days = pd.bdate_range("2018-01-01", periods=rows.shape[1])
    returns = [pd.Series(row / (CAPITAL * 100), days) for row in rows[:ALONE]]

    def run() -> dict[str, list[float]]:
        return {
            "sharpe": [lib.stats.sharpe(r) for r in returns],
            "sortino": [lib.stats.sortino(r) for r in returns],
            "volatility": [lib.stats.volatility(r) for r in returns],
            "tail_ratio": [lib.stats.tail_ratio(r) for r in returns],
        }

    return run(), run
