"""The prefix law over many features on one tape: each future is made once, and its memo shared."""

from collections.abc import Callable

from engine.core.bars import Bars
from engine.core.law import Said, first_change, futures

Views = list[tuple[str, Bars]]


def views(bars: Bars, cut: int) -> Views:
    """The bars with nothing remembered, then with every other future."""
    return [("as they are", bars[:]), *futures(bars, cut, cut)]


def broken(views: Views, cut: int, say: Callable[[Bars], Said]) -> tuple[list[str], bool]:
    """What is said otherwise in another future, and whether anything is said at all."""
    truth = say(views[0][1])
    found = []
    for future, other in views[1:]:
        heard = say(other)
        changed = {key: first_change(truth[key], heard[key], cut) for key in truth}
        found += [f"{future}: {k} of bar {bar}" for k, bar in changed.items() if bar is not None]
    return found, any(values.any() for _, values in truth.values())
