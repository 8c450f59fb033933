"""Optuna as a sampler: by name, batched, seeded, and told failures as such."""

import importlib.util

import pytest

from app.optuna_sampler import ALONE, MADE, NEEDS, OptunaSampler
from engine.core.errors import RefusedError, StudyError
from engine.research.samplers import BATCH
from engine.research.search import SAMPLERS, Search
from tests.research.spaces import space


def asked(search: Search, batches: int = 3) -> list[tuple[int, ...]]:
    """What a sampler proposes that is told to go up every axis, and that the lowest fails."""
    sampler, found = OptunaSampler(space(), search), []
    for _ in range(batches):
        points = sampler.ask(BATCH)
        worth = [float(sum(point)) if point[0] else float("nan") for point in points]
        sampler.tell(points, [(value,) * (1 + len(search.objectives)) for value in worth])
        found += points
    return found


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_proposes_or_names_the_package_it_lacks(name: str) -> None:
    search = Search("optuna", 48, 1, name)
    lacks = [one for one in NEEDS.get(name, ()) if importlib.util.find_spec(one) is None]
    if lacks:
        with pytest.raises(RefusedError, match=f"needs the package {lacks[0]}.*which is not"):
            asked(search, 1)
        return
    found = asked(search, 1)
    assert len(found) == BATCH
    assert all(
        0 <= k < size for point in found for k, size in zip(point, space().sizes, strict=True)
    )
    assert set(MADE) == set(SAMPLERS)


def test_the_same_seed_proposes_the_same_and_tpe_learns() -> None:
    first, again = (asked(Search("optuna", 48, 1)) for _ in range(2))
    assert first == again
    assert first != asked(Search("optuna", 48, 2))
    early, late = (sum(map(sum, part)) for part in (first[:BATCH], first[-BATCH:]))
    assert late > early


def test_several_objectives_are_weighed_together() -> None:
    found = asked(Search("optuna", 32, 1, "nsga2", ("sharpe",)), 2)
    assert len(found) == 2 * BATCH
    with pytest.raises(StudyError, match="the sampler cmaes weighs one objective, not 2"):
        OptunaSampler(space(), Search("optuna", 9, 1, ALONE[0], ("sharpe",)))
