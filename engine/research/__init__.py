"""Research: sweeps, walk-forward, and the tables they leave."""

from engine.research.folds import Folds
from engine.research.plan import Combination, Plan
from engine.research.sweep import Swept, sweep
from engine.research.tables import tables

__all__ = ["Combination", "Folds", "Plan", "Swept", "sweep", "tables"]
