"""Daily: net by session of the combinations that the evidence reads, kept while they are played."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Longs

NOBODY: Final = np.zeros(0, np.int64)
READ: Final = 10_000  # combinations that the evidence reads at most
SAMPLED: Final = 500  # combinations of a grid too large to be read whole
WHOLE_BYTES: Final = 256 << 20  # of session rows: more than that is a sample
WIDTH: Final = np.dtype(np.int64).itemsize


class Daily(NamedTuple):
    """Session rows of some combinations, `nets[combination, session]`."""

    rows: Longs  # which combinations, ascending
    nets: Longs

    @classmethod
    def room(cls, rows: Longs, sessions: int) -> Daily:
        """Nothing played yet."""
        return cls(rows, np.zeros((len(rows), sessions), np.int64))

    def put(self, rows: Longs, nets: Longs) -> None:
        """Write down what a block of combinations, ascending, made of those that are kept."""
        self.nets[np.searchsorted(self.rows, within(rows, self.rows))] = nets

    def holds(self, rows: Longs) -> bool:
        """Whether these combinations were kept, no others, and in this order."""
        return np.array_equal(self.rows, rows)


def within(rows: Longs, wanted: Longs) -> Longs:
    """Those of some combinations that are wanted, both ascending."""
    return rows[places(rows, wanted)]


def places(rows: Longs, wanted: Longs) -> Longs:
    """Where the wanted ones stand among some combinations, both ascending."""
    return np.flatnonzero(np.isin(rows, wanted, assume_unique=True))


def whom(count: int, sessions: int, most: int = READ) -> Longs:
    """The combinations to read: all where few are asked for and fit, or a part evenly spaced."""
    whole = count <= most and count * sessions * WIDTH <= WHOLE_BYTES
    return sample(count, count if whole else min(most, SAMPLED))


def sample(count: int, most: int) -> Longs:
    """At most so many of the combinations, evenly spaced from the first on."""
    kept = min(count, most)
    return np.arange(kept, dtype=np.int64) * count // max(1, kept)
