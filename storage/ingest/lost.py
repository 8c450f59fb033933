"""Minutes of rows that are kept out, so that they are not called gaps too: each minute once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.zone import MINUTE

Longs = npt.NDArray[np.int64]
Minutes = npt.NDArray[np.int32]

WAITING: Final = 500_000  # minutes that may be held twice


class Lost:
    """However many rows are kept out, memory holds no more than a calendar has minutes."""

    def __init__(self) -> None:
        self.known: Minutes = np.zeros(0, np.int32)
        self.fresh: list[Minutes] = []
        self.waiting = 0

    def add(self, time: Longs) -> None:
        """Take in some moments, in any order."""
        minutes = np.unique(time // MINUTE).astype(np.int32)
        self.fresh.append(minutes)
        self.waiting += len(minutes)
        if self.waiting > WAITING:
            self.settle()

    def settle(self) -> None:
        """Put all that is held in order, each minute once."""
        self.known = np.unique(np.concatenate([self.known, *self.fresh]))
        self.fresh, self.waiting = [], 0

    def all(self) -> Longs:
        """Every minute, as moments in order."""
        self.settle()
        return self.known.astype(np.int64) * MINUTE

    def between(self, first: int, last: int) -> Longs:
        """The minutes from one moment up to another, as moments in order."""
        self.settle()
        low, high = np.searchsorted(self.known, (first // MINUTE, last // MINUTE + 1))
        return self.known[low:high].astype(np.int64) * MINUTE
