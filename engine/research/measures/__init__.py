"""Measures: what trades and sessions amount to; what is undefined is NaN, and tables say so."""

from engine.research.measures.basis import Basis
from engine.research.measures.catalogue import DEFINITIONS, definition
from engine.research.measures.face import measures, session_frame
from engine.research.measures.ledger import (
    OBJECTIVES,
    Floats,
    Merged,
    expectancy,
    net,
    profit_factor,
    ratio,
    sharpe,
    win_rate,
)

__all__ = [
    "DEFINITIONS",
    "OBJECTIVES",
    "Basis",
    "Floats",
    "Merged",
    "definition",
    "expectancy",
    "measures",
    "net",
    "profit_factor",
    "ratio",
    "session_frame",
    "sharpe",
    "win_rate",
]
