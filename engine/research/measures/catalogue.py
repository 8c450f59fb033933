"""Every measure by name, and the step from money units to currency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.core.errors import unknown
from engine.research.measures.basis import Basis
from engine.research.measures.definition import MONEY, Definition
from engine.research.measures.ledger import Floats
from engine.research.measures.of_days import OF_BENCHMARK, OF_DAYS
from engine.research.measures.of_trades import OF_TRADES

DEFINITIONS: Final[Mapping[str, Definition]] = {
    row.name: row for row in (*OF_TRADES, *OF_DAYS, *OF_BENCHMARK)
}


def definition(name: str) -> Definition:
    if name not in DEFINITIONS:
        raise unknown("measure", name, DEFINITIONS)
    return DEFINITIONS[name]


def in_currency(found: Mapping[str, Floats], basis: Basis) -> dict[str, Floats]:
    """The same measures in the order of the definitions, money as people write it."""
    unit = float(basis.unit)
    return {
        name: found[name] * unit if DEFINITIONS[name].unit == MONEY else found[name]
        for name in DEFINITIONS
        if name in found
    }
