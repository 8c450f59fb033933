"""Golden measures: made by the oracles in fractions and sixty digits, met by the engine to 1e-12.

Neither reads the other: the oracles are written from the table of definitions, the engine's figures
come from columns of floats.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from engine.research.evidence.families import false_discovery, holm
from engine.research.evidence.overfit import Blocks, overfit
from engine.research.evidence.resample import Resample
from engine.research.evidence.sharpe import deflated, moments, probable, shortest_record
from engine.research.evidence.snooping import snooped
from engine.research.measures import Basis, measures
from engine.research.measures.of_days import OF_DAYS
from tests.oracle import evidence as oracle
from tests.oracle import measures as definition
from tests.research.tables import sessions, trade_frame

SESSIONS, COMBINATIONS, BLOCKS = 126, 6, 8
CAPITAL, UNIT, RISK_FREE = 50_000, Decimal("0.01"), 0.02
HOW = Resample("stationary", draws=60, block=5, seed=3)
DAYS = [day for k in range(300) if (day := date(2023, 1, 2) + timedelta(k)).weekday() < 5]


def histories() -> Iterator[list[int]]:
    """Session results from a rule of arithmetic alone: nothing here hangs on a library's chance."""
    state = 20_231
    for c in range(COMBINATIONS):
        row = []
        for _ in range(SESSIONS):
            state = (1_103_515_245 * state + 12_345) % 2**31
            row.append((state >> 8) % 90_001 - 44_500 + 300 * c if (state >> 5) % 6 else 0)
        yield row


ROWS = list(histories())


def wanted() -> dict[str, float | None]:
    """What the oracles say of the last history, and of all of them as a search."""
    last, days = ROWS[-1], DAYS[:SESSIONS]
    months = [day.year * 12 + day.month for day in days]
    basis = CAPITAL / float(UNIT), 252, RISK_FREE, Basis(CAPITAL, UNIT, 252, RISK_FREE).aversion
    found: dict[str, Any] = dict(definition.of_days(last, months, *basis))
    found["psr"] = oracle.probable(last, Decimal(0))
    found["dsr"] = oracle.deflated(last, ROWS)
    found["min_record"] = oracle.shortest_record(last, Decimal(0), Decimal("0.95"))
    found["pbo"] = oracle.pbo(ROWS, BLOCKS, "sharpe")[0]
    names = ("reality_check", "spa_lower", "spa", "spa_upper")
    draws = HOW.rows(SESSIONS).tolist()
    found |= dict(zip(names, oracle.snooped(ROWS, draws), strict=True))
    p = [0.001 * (k * k + 3) for k in range(9)]
    found |= {f"holm_{k}": value for k, value in enumerate(oracle.holm(p))}
    found |= {f"discovery_{k}": value for k, value in enumerate(oracle.false_discovery(p))}
    return {name: None if value is None else float(value) for name, value in found.items()}


def made() -> dict[str, float]:
    """The same from the engine."""
    rows, days = np.array(ROWS, np.int64), DAYS[:SESSIONS]
    trades = [{"trade_date": d, "net": v} for d, v in zip(days, ROWS[-1], strict=True) if v]
    basis = Basis(CAPITAL, UNIT, 252, RISK_FREE)
    found: dict[str, Any] = measures(trade_frame(trades), sessions(days), basis).row(0, named=True)
    money = [row.name for row in OF_DAYS if row.unit == "money"]
    found |= {name: found[name] / float(UNIT) for name in money}
    m = moments(rows[-1])
    ratios = np.array([moments(row).sharpe for row in rows])
    found |= {"psr": probable(m), "dsr": deflated(m, COMBINATIONS, ratios)}
    found["min_record"] = shortest_record(m)
    found["pbo"] = overfit(Blocks.of(rows, BLOCKS)).pbo
    test = snooped(rows, HOW)
    found |= {"reality_check": test.reality, "spa": test.consistent}
    found |= {"spa_lower": test.lower, "spa_upper": test.upper}
    p = np.array([0.001 * (k * k + 3) for k in range(9)])
    found |= {f"holm_{k}": value for k, value in enumerate(holm(p))}
    return found | {f"discovery_{k}": value for k, value in enumerate(false_discovery(p))}


@pytest.mark.covers("T06")
def test_measures_meet_figures_of_arbitrary_precision(golden: Any) -> None:
    figures = wanted()
    why = "every measure of sessions, PSR, DSR, MinTRL, PBO, reality check, SPA, families of tests"
    golden("measures", figures, why=why, data=f"{COMBINATIONS} histories of {SESSIONS} sessions")
    found = made()
    assert {"ulcer", "gain_to_pain", "sharpe", "sortino", "calmar", "max_drawdown"} <= set(figures)
    for name, value in figures.items():
        assert value is not None, name
        assert found[name] == pytest.approx(value, rel=1e-12), name
