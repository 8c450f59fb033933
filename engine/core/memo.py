"""Features computed once: a memo with a bound in bytes, and the mark that makes a feature."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from functools import wraps
from threading import RLock
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

import numpy as np

from engine.core.columns import Column, frozen

if TYPE_CHECKING:
    from engine.core.bars import Bars

P = ParamSpec("P")
R = TypeVar("R")

LIMIT = 1 << 30


class Memo:
    """Results by key, the least recently used forgotten first when the bytes run over."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.bytes = 0
        self.kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.lock = RLock()  # re-entrant: a feature may be made of features

    def get(self, key: Hashable, make: Callable[[], R]) -> R:
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
                return cast(R, self.kept[key][0])
            made = make()
            size = sum(array.nbytes for array in arrays_of(made))
            self.kept[key] = (made, size)
            self.bytes += size
            while self.bytes > self.limit and len(self.kept) > 1:
                self.bytes -= self.kept.popitem(last=False)[1][1]
            return made


def arrays_of(result: Any, maker: str = "a feature") -> Iterator[np.ndarray[Any, Any]]:
    """Every array inside a feature's result: an array, a column, or a tuple of those."""
    if isinstance(result, np.ndarray):
        yield result
    elif isinstance(result, Column):
        yield result.values
        yield result.present
    elif isinstance(result, tuple):
        for part in result:
            yield from arrays_of(part, maker)
    else:
        kind = type(result).__name__
        raise TypeError(f"{maker} returns arrays, Columns or a tuple of them, not {kind}")


def feature(function: Callable[Concatenate[Bars, P], R]) -> Callable[Concatenate[Bars, P], R]:
    """Mark a pure function of bars: computed once per bars and arguments, and frozen."""
    signature = inspect.signature(function)
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remembered(bars: Bars, /, *args: P.args, **kwargs: P.kwargs) -> R:
        bound = signature.bind(bars, *args, **kwargs)
        bound.apply_defaults()
        # the function and not its name, which an edited one in a notebook has too; the types of
        # values, because 1, 1.0 and True are equal and may not give the same
        key = (function, *((k, type(v), v) for k, v in tuple(bound.arguments.items())[1:]))
        try:
            hash(key)
        except TypeError as error:
            raise TypeError(f"{name} takes values that can be compared: {error}") from None

        def make() -> R:
            result = function(bars, *args, **kwargs)
            for array in arrays_of(result, name):
                frozen(array)
            return result

        return bars.memo.get(key, make)

    remembered.__dict__["feature"] = name  # how the laws and the help find it
    return remembered
