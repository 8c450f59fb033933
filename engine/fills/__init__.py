"""Fills: what the rules of play make of setups (the rule table is docs/fills.md)."""

from engine.fills.costs import Costs, Slippage
from engine.fills.exits import Exits
from engine.fills.limits import Rules
from engine.fills.orders import OUTCOMES
from engine.fills.simulate import REASONS, Table, Trades, simulate

__all__ = [
    "OUTCOMES",
    "REASONS",
    "Costs",
    "Exits",
    "Rules",
    "Slippage",
    "Table",
    "Trades",
    "simulate",
]
