"""A strategy asked for its setups, and refused what no table could hold."""

from __future__ import annotations

from typing import Final

from engine.core.bars import Bars
from engine.core.errors import StudyError
from engine.core.setups import Setups
from engine.core.strategy import Strategy

COLUMNS: Final = {  # of the table of setups: an attribute of that name would be lost
    *("run", "combination", "setup", "ts", "trade_date", "bar", "side", "order", "entry", "stop"),
    *("target", "expires", "outcome"),
}


def asked(strategy: Strategy, bars: Bars) -> Setups:
    """The setups of a strategy on some bars."""
    found: object = strategy.setups(bars)
    name = type(strategy).__name__
    if not isinstance(found, Setups):
        kind = type(found).__name__
        raise StudyError(f"{name}.setups must return Setups, such as Setups.where(...), not {kind}")
    clash = sorted(COLUMNS & set(found.attributes))
    if clash:
        raise StudyError(
            f"{clash} of {name} name columns of the table of setups; call the attributes otherwise"
        )
    return found
