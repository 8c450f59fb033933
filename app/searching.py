"""The search of a study, whichever it is, on any bars."""

from __future__ import annotations

from app.resolve import Experiment
from engine.core.bars import Bars
from engine.research.bench import How
from engine.research.hunt import hunt
from engine.research.reduction import study_of
from engine.research.samplers import Make
from engine.research.search import OPTUNA
from engine.research.sweep import Swept, play


def searched(experiment: Experiment, bars: Bars, how: How) -> Swept:
    """What the study finds on these bars: its own, or a market without edge."""
    if not experiment.search.adaptive:
        study = study_of(bars, experiment.plan, experiment.folds)
        return play(study.read if how.daily else study, how.workers, how.progress, how.shelf)
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
