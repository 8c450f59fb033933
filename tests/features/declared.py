"""Every declared feature there is, found; and what a feature said of a bar."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import engine.features
from engine.core.bars import Bars
from engine.features.declare import declared
from engine.features.fold import columns


def features() -> dict[str, Callable]:
    """By their short names, which help and docs use: no two may share one."""
    found = {}
    for entry in pkgutil.walk_packages(engine.features.__path__, "engine.features."):
        module = importlib.import_module(entry.name)
        for function in vars(module).values():
            facts = declared(function)
            if facts is not None and facts.module == module.__name__:
                assert facts.name not in found, f"two features are called {facts.name}"
                found[facts.name] = function
    return found


FEATURES = features()


def said_at(result: Any, row: int) -> tuple:
    """The values at one bar, None where absent."""
    said = []
    for column in columns(result):
        at = row if column.index is None else int(column.index[row])
        said.append(column.values[at].item() if column.present[at] else None)
    return tuple(said)


def said_of(result: Any, bars: Bars) -> list[tuple]:
    return [said_at(result, row) for row in range(len(bars))]
