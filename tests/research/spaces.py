"""A space over the market of the research tests, and every combination of it played once."""

from functools import cache

from engine import sweep
from engine.research import Swept
from engine.research.search import Search, planned
from engine.research.space import Admits, Space, anything
from tests.research.markets import FOLDS, Breakout, market

EXITS = {"stop": [4, 8, 12], "target": ["none", {"r": 2}], "flatten": ["14:30"]}
BACK = [3, 5, 8, 12, 20]


def space(admits: Admits = anything) -> Space:
    """Sixty combinations of five structures."""
    return Space(Breakout, {"back": BACK, "tallest": [None, 8]}, EXITS, admits=admits)


@cache
def everything() -> Swept:
    return sweep(market(), planned(space(), Search()), FOLDS)


def rows_in_grid(swept: Swept) -> list[int]:
    """Where the combinations of a search stand in the whole grid."""
    grid = everything().plan
    row = {one: c for c, one in enumerate(grid.all)}
    return [row[one] for one in swept.plan.all]
