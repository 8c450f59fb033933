"""The engine: pure computation on arrays; it touches no file, socket or clock."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.core.bars import Bars
from engine.core.errors import TickgridError
from engine.core.frames import bars_of, frame_of
from engine.core.memo import feature
from engine.core.params import choice, gate, param
from engine.core.setups import Setups, became
from engine.core.strategy import Preset, Strategy
from engine.fills import Costs, Exits, Rules
from engine.research import Folds, Plan, sweep, tables

if TYPE_CHECKING:
    from engine.core.asof import asof, auxiliary, higher
    from engine.core.resample import coarser, resample
    from engine.core.rolls.adjust import adjusted

LATER = {  # read when first asked for: most studies need none of them
    "adjusted": "engine.core.rolls.adjust",
    "asof": "engine.core.asof",
    "auxiliary": "engine.core.asof",
    "coarser": "engine.core.resample",
    "higher": "engine.core.asof",
    "resample": "engine.core.resample",
}

__all__ = [
    "Bars",
    "Costs",
    "Exits",
    "Folds",
    "Plan",
    "Preset",
    "Rules",
    "Setups",
    "Strategy",
    "TickgridError",
    "adjusted",
    "asof",
    "auxiliary",
    "bars_of",
    "became",
    "choice",
    "coarser",
    "feature",
    "frame_of",
    "gate",
    "higher",
    "param",
    "resample",
    "sweep",
    "tables",
]


def __getattr__(name: str) -> Any:
    """Import what most studies do without."""
    if name not in LATER:
        raise AttributeError(f"module 'engine' has no attribute '{name}'")
    return getattr(import_module(LATER[name]), name)
