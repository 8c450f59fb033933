"""Measures by session of many series, all of them, in one call.

Two public libraries join in where they are installed, `empyrical` and `quantstats`, each given the
whole table wherever it takes one, which is its fastest way. What they define as we do is compared
for every series before anything is timed.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.pairs import interleaved, shown
from engine.research.measures import Basis
from engine.research.measures.days import day_measures
from tests.oracle.measures import of_days

CAPITAL, YEAR, MONTH = 1_000_000, 252, 21
Run = Callable[[], dict[str, Any]]


def series(count: int, sessions: int) -> np.ndarray:
    """Session results in cents, a third of them idle."""
    noise = np.random.default_rng(11)
    made = np.rint(noise.standard_t(4, (count, sessions)) * 40_000).astype(np.int64)
    made[noise.random(made.shape) < 1 / 3] = 0
    return made


def measure(repetitions: int, count: int, sessions: int) -> str:
    rows = series(count, sessions)
    found = ours(rows)()
    rivals: dict[str, Callable[[], object]] = {f"all {len(found)} measures": ours(rows)}
    for name, rival in RIVALS.items():
        if find_spec(name):
            run = rival(rows)
            for what, values in run().items():
                np.testing.assert_allclose(values, found[what], rtol=1e-9)
            rivals[f"{name}, {len(run())} measures"] = run
    months = np.arange(sessions) // MONTH
    plain = of_days(rows[0].tolist(), months.tolist(), CAPITAL * 100, YEAR, 0.0, 3.0)
    for name in ("sharpe", "sortino", "ulcer", "skew", "k_ratio", "cvar_95"):
        np.testing.assert_allclose(found[name][0], plain[name])
    title = f"measures of {count} series, {sessions:,} sessions"
    timings = interleaved(rivals, repetitions)
    each = ", ".join(f"{t.median / count * 1e6:,.0f}" for t in timings)
    return f"{shown(title, timings, rows.nbytes)}\nmicroseconds a series: {each}"


def ours(rows: np.ndarray) -> Run:
    months, basis = np.arange(rows.shape[1]) // MONTH, Basis(CAPITAL)
    return lambda: day_measures(rows, months, basis)


def empyrical(rows: np.ndarray) -> Run:
    """Three of its functions take a table, two a series each; returns of the stated capital."""
    import empyrical as lib  # noqa: PLC0415 - installed only where somebody compares

    returns = rows / (CAPITAL * 100)
    table = returns.T.copy()

    def run() -> dict[str, Any]:
        return {
            "sharpe": lib.sharpe_ratio(table),
            "sortino": lib.sortino_ratio(table),
            "volatility": lib.annual_volatility(table),
            "omega": [lib.omega_ratio(r) for r in returns],
            "tail_ratio": [lib.tail_ratio(r) for r in returns],
        }

    return run


def quantstats(rows: np.ndarray) -> Run:
    """Its statistics take a pandas frame."""
    import pandas as pd  # noqa: PLC0415 - comes with the library compared
    import quantstats as lib  # noqa: PLC0415 - installed only where somebody compares

    days = pd.bdate_range("2018-01-01", periods=rows.shape[1])
    returns = pd.DataFrame(rows.T / (CAPITAL * 100), index=days)

    def run() -> dict[str, Any]:
        names = ("sharpe", "sortino", "volatility", "omega", "tail_ratio")
        return {name: getattr(lib.stats, name)(returns) for name in names}

    return run


RIVALS: dict[str, Callable[[np.ndarray], Run]] = {"empyrical": empyrical, "quantstats": quantstats}
