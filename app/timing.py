"""Where the time of a sweep went: stages by their names, compiling apart."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from numba.core import event

from app.log import COMPILE, spent

GROUPS: Final = {
    "set-up": ("make synthetic bars", "read bars"),
    "compile": (COMPILE,),
    "play": ("play", "tables", "store"),
    "evidence": ("evidence",),
    "null": ("null",),
    "page": ("page",),
}


class Compiling(event.Listener):
    """Adds up what the compiler took; kernels that a kernel calls are compiled inside it."""

    def __init__(self) -> None:
        self.depth, self.began = 0, 0.0

    def on_start(self, _: event.Event) -> None:
        """A kernel, or one that it calls."""
        if not self.depth:
            self.began = time.perf_counter()
        self.depth += 1

    def on_end(self, _: event.Event) -> None:
        """The outermost one ends the count."""
        self.depth -= 1
        if not self.depth:
            told = spent()
            told[COMPILE] = told.get(COMPILE, 0.0) + time.perf_counter() - self.began


@contextmanager
def compiling_counted() -> Iterator[None]:
    """Count what is compiled meanwhile."""
    with event.install_listener("numba:compile", Compiling()):
        yield


def times_text(told: Mapping[str, float]) -> str:
    """Seconds by group; one that has no stage took no time."""
    sums = {name: sum(told.get(part, 0.0) for part in parts) for name, parts in GROUPS.items()}
    return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in sums.items())
