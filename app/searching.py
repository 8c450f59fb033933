"""The search of a study, whichever it is, on any bars."""

from __future__ import annotations

from app.resolve import Experiment
from engine.core.bars import Bars
from engine.research import sweep
from engine.research.bench import How
from engine.research.hunt import hunt
from engine.research.samplers import Make
from engine.research.search import OPTUNA
from engine.research.sweep import Swept


def searched(experiment: Experiment, bars: Bars, how: How) -> Swept:
    """What the study finds on these bars: its own, or a market without edge."""
    if not experiment.search.adaptive:
        plan, folds = experiment.plan, experiment.folds
        told, shelf = how.progress, how.shelf
        return sweep(bars, plan, folds, workers=how.workers, progress=told, shelf=shelf)
    make = optuna_sampler() if experiment.search.method == OPTUNA else None
    return hunt(bars, experiment.space, experiment.search, experiment.folds, make, how)


def tries(experiment: Experiment, bars: Bars) -> int:
    """How many combinations will be tried at most."""
    if not experiment.search.adaptive:
        return len(experiment.plan)
    return experiment.search.trials * len(experiment.folds.cut(bars))


def optuna_sampler() -> Make:
    from app.optuna_sampler import OptunaSampler  # noqa: PLC0415 - a second of import, only if asked

    return OptunaSampler
