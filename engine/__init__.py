"""The engine: pure computation on arrays; it touches no file, socket or clock."""

from engine.core.bars import Bars
from engine.core.errors import TickgridError
from engine.core.frames import bars_of, frame_of
from engine.core.memo import feature
from engine.core.params import choice, gate, param
from engine.core.setups import Setups, became
from engine.core.strategy import Strategy
from engine.fills import Costs, Exits, Rules
from engine.research import Folds, Plan, sweep, tables

__all__ = [
    "Bars",
    "Costs",
    "Exits",
    "Folds",
    "Plan",
    "Rules",
    "Setups",
    "Strategy",
    "TickgridError",
    "bars_of",
    "became",
    "choice",
    "feature",
    "frame_of",
    "gate",
    "param",
    "sweep",
    "tables",
]
