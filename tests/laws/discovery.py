"""What the laws hold over: every feature and every strategy there is, found, never listed."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType

import engine.features
import engine.profile
from adapters import load, names
from engine.core.strategy import Strategy
from engine.features.declare import declared


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith(".torch"):
            yield importlib.import_module(found.name)


def features() -> dict[str, Callable]:
    """Every function marked `@feature`, by its full name, ready for short tapes."""
    return {
        function.__dict__["feature"]: tried(function)
        for package in (engine.features, engine.profile)
        for module in modules(package)
        for function in vars(module).values()
        if callable(function) and "feature" in getattr(function, "__dict__", {})
    }


def tried(function: Callable) -> Callable:
    """The feature with parameters that let it speak on a tape of a few bars."""
    facts = declared(function)
    return function if facts is None or not facts.trial else partial(function, **facts.trial)


def strategies() -> dict[str, type[Strategy]]:
    return {name: load(name) for name in names()}
