"""PBO: how often the best of one half of history is below the middle of the other half.

Combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado and Zhu, 2015): sessions
are cut into blocks of one length (to a session), and every choice of half of them trains once.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.core.errors import StudyError, unknown
from engine.research.evidence.chance import Floats
from engine.research.evidence.kernel import Parts, Verdicts, judge

BLOCKS: Final = 16
BY: Final = ("sharpe", "net")


class Blocks(NamedTuple):
    """Sums of session results, `[combination, block]`; all that cross-validation reads."""

    net: Longs
    squares: Longs
    sessions: Longs  # by block

    @classmethod
    def of(cls, rows: Longs, blocks: int = BLOCKS) -> Blocks:
        """Cut session rows, `[combination, session]`."""
        cut = edges(rows.shape[1], blocks)
        net, squares = (np.add.reduceat(part, cut[:-1], axis=1) for part in (rows, rows * rows))
        return cls(net, squares, np.diff(cut))


def edges(sessions: int, blocks: int = BLOCKS) -> Longs:
    """Where the blocks begin and end; their lengths differ by at most one session."""
    if blocks < 2 or blocks % 2 or sessions < blocks:
        raise StudyError(
            f"{sessions} sessions cannot be cut into {blocks} blocks: an even number from 2 on, "
            "and a session for each"
        )
    return np.arange(blocks + 1, dtype=np.int64) * sessions // blocks


class Overfit(NamedTuple):
    """One row a split; `pbo` is the share of logits at or below zero.

    It is NaN with fewer than two combinations, and where none of them ever made or lost anything.
    """

    pbo: float
    chosen: Longs
    logit: Floats
    train: Floats  # what ranked the chosen one, a session
    test: Floats
    loss: float  # share of splits in which the chosen one lost in the test half

    @property
    def slope(self) -> float:
        """Test on train over all splits: a fall means that the better it looked, the worse."""
        told = ~(np.isnan(self.train) | np.isnan(self.test))
        x, y = self.train[told], self.test[told]
        across = float(((x - x.mean()) ** 2).sum()) if len(x) else 0.0
        return float(((x - x.mean()) * (y - y.mean())).sum()) / across if across else float("nan")

    def histogram(self, bins: Floats) -> Longs:
        """How many logits lie between neighbouring edges."""
        return np.asarray(np.histogram(self.logit, bins)[0], np.int64)


def overfit(blocks: Blocks, by: str = "sharpe") -> Overfit:
    """Judge every split of the blocks; equal values rank in the middle of their places."""
    if by not in BY:
        raise unknown("rank", by, BY)
    count, cut = blocks.net.shape
    half = cut // 2
    first = [(0, *rest) for rest in combinations(range(1, cut), half - 1)]
    halves = np.array(first, np.int64)
    out = Verdicts(*(np.zeros(2 * len(halves), np.int64) for _ in range(2)))
    below = blocks.squares if by == "sharpe" else np.ones_like(blocks.net)
    upper, lower = (np.ascontiguousarray(sums.T) for sums in (blocks.net, below))
    judge(Parts(upper, lower, by == "sharpe"), halves, out)
    share = out.rank / (2 * (count + 1))
    logit = np.log(share / (1 - share))
    trained = membership(halves, cut)
    train, test = (values(blocks, out.chosen, mask, by) for mask in (trained, ~trained))
    told = count > 1 and blocks.squares.any()
    pbo = float((logit <= 0).mean()) if told else float("nan")
    lost = picked(blocks.net, out.chosen, ~trained) < 0
    return Overfit(pbo, out.chosen, logit, train, test, float(lost.mean()))


def membership(halves: Longs, blocks: int) -> Bools:
    """For each split the blocks it trains on."""
    inside = np.zeros((len(halves), 2, blocks), np.bool_)
    np.put_along_axis(inside[:, 0], halves, values=True, axis=1)
    inside[:, 1] = ~inside[:, 0]
    return inside.reshape(-1, blocks)


def picked(sums: Longs, chosen: Longs, mask: Bools) -> Longs:
    """Sums of the chosen combinations over some blocks of each split."""
    return np.asarray((sums[chosen] * mask).sum(axis=1))


def values(blocks: Blocks, chosen: Longs, mask: Bools, by: str) -> Floats:
    """Sharpe ratio or net a session of the chosen ones; NaN where results never differ."""
    sessions = (blocks.sessions * mask).sum(axis=1)
    mean = picked(blocks.net, chosen, mask) / sessions
    if by == "net":
        return np.asarray(mean)
    spread = picked(blocks.squares, chosen, mask) - sessions * mean * mean
    variance = spread / np.maximum(sessions - 1, 1)
    found = np.full(len(mean), np.nan)
    deviation = np.sqrt(np.maximum(variance, 0))
    return np.asarray(np.divide(mean, deviation, out=found, where=variance > 0))
