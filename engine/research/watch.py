"""Watch: one counter for all workers, and the word that stops them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock

Progress = Callable[[int, int], None]


def unseen(done: int, total: int) -> None:
    """Nobody watches."""


class Watch:
    """Counts combinations as they are played, and tells; workers ask it whether to go on."""

    def __init__(self, total: int, progress: Progress = unseen) -> None:
        self.total = total
        self.done = 0
        self.progress = progress
        self.lock = Lock()
        self.stopped = Event()

    def played(self) -> None:
        """One more combination; told in order, whichever worker played it."""
        with self.lock:
            self.done += 1
            self.progress(self.done, self.total)
