"""Turns: several searches at a time, told as one count and stopped together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from threading import Event, Lock
from typing import TypeVar

from engine.research.watch import Progress

R = TypeVar("R")


class Tally:
    """One count over all turns, whichever of them are going on."""

    def __init__(self, count: int, progress: Progress) -> None:
        self.count, self.progress = count, progress
        self.over = 0
        self.partly: dict[int, int] = {}
        self.lock = Lock()
        self.stopped = Event()

    def of(self, turn: int) -> Progress:
        """What one turn tells; each is as long as it says it is."""

        def told(done: int, each: int) -> None:
            if self.stopped.is_set():
                raise CancelledError(f"turn {turn} was stopped with the others")
            with self.lock:
                self.partly[turn] = done
                sofar = self.over * each + sum(self.partly.values())
                self.progress(sofar, self.count * each)

        return told

    def end(self, turn: int) -> None:
        """It counts as a whole from now on, played or not."""
        with self.lock:
            self.partly.pop(turn, None)
            self.over += 1


def in_turns(
    make: Callable[[int, Progress], R], count: int, progress: Progress, together: int = 1
) -> list[R]:
    """What each turn makes, in their order; an error of one stops them all."""
    tally = Tally(count, progress)

    def one(turn: int) -> R:
        made = make(turn, tally.of(turn))
        tally.end(turn)
        return made

    if together == 1:
        return [one(turn) for turn in range(count)]
    pool = ThreadPoolExecutor(together)
    try:
        return list(pool.map(one, range(count)))
    finally:  # an error or Ctrl-C
        tally.stopped.set()
        pool.shutdown(cancel_futures=True)
