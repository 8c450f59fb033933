"""The live scorer: whether a setup is taken, by weights that earlier trades have taught.

Weights are learnt by a ridge logistic regression on the parts of a score. Coefficients keep their
sign: what speaks against a trade gets no weight, however strongly. The check that they are worth
anything is made on later trades than those they were learnt from, with the trades between the two
that were still open left out, and against the share of wins that needs no model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.errors import ParameterError, unknown

Floats = npt.NDArray[np.float64]

PASS, SKIP, LONG_ONLY, SHORT_ONLY = VERDICTS = ("PASS", "SKIP", "LONG_ONLY", "SHORT_ONLY")
BASELINES: Final = {
    "fvg": {
        "gap": 0.18,
        "volume": 0.13,
        "trend": 0.13,
        "rsi": 0.09,
        "structure": 0.09,
        "displacement": 0.13,
        "sweep": 0.10,
        "calm": 0.10,
        "place": 0.05,
    },
    "fvg_inverted": {
        "gap": 0.15,
        "volume": 0.10,
        "trend": 0.10,
        "rsi": 0.08,
        "structure": 0.08,
        "displacement": 0.10,
        "sweep": 0.09,
        "calm": 0.15,
        "place": 0.15,
    },
    "liquidity_raid": {"depth": 0.50, "structure": 0.20, "above": 0.15, "sure": 0.15},
    "momentum_mastery": {
        "depth": 0.30,
        "volume": 0.15,
        "trend": 0.15,
        "body": 0.15,
        "structure": 0.15,
        "regime": 0.10,
    },
    "sbs": {"depth": 0.30, "trend": 0.20, "rsi": 0.15, "volume": 0.15, "structure": 0.20},
}
FLOORS: Final = {
    "fvg": 0.45,
    "fvg_inverted": 0.40,
    "liquidity_raid": 0.25,
    "momentum_mastery": 0.35,
    "sbs": 0.48,
}
LEAST: Final = 100  # trades without which nothing is learnt
FOLDS: Final = 5
SURE: Final = 1.645  # deviations by which a model must beat the commoner outcome: 5 % by chance
LOW, HIGH = 0.5, 2.0  # of the baseline: how far a weight may move
RIDGE: Final = 1.0
ROUNDS: Final = 50
SETTLED: Final = 1e-10


class Learnt(NamedTuple):
    """Weights, and what they were worth on trades later than those they were learnt from."""

    weights: dict[str, float]
    accuracy: float
    without: float  # of always saying the commoner outcome
    adopted: bool


@dataclass(frozen=True, slots=True)
class Scorer:
    """Weights of the parts of a score, the least score, and what gates say."""

    weights: Mapping[str, float]
    floor: float
    gates: Mapping[str, str] = field(default_factory=dict)  # verdict by gate

    def __post_init__(self) -> None:
        for verdict in self.gates.values():
            if verdict not in VERDICTS:
                raise unknown("verdict", verdict, VERDICTS)

    @classmethod
    def of(cls, name: str) -> Scorer:
        """The published one of a strategy."""
        if name not in BASELINES:
            raise unknown("scorer", name, BASELINES)
        return cls(BASELINES[name], FLOORS[name])

    def score(self, parts: Mapping[str, float]) -> float:
        """The weighted mean of the parts; NaN while one that counts is unknown."""
        total = fsum(self.weights.values())
        if total <= 0:
            raise ParameterError("a score needs a weight above zero")
        return fsum(w * parts.get(name, np.nan) for name, w in self.weights.items()) / total

    def verdict(self, side: int, parts: Mapping[str, float]) -> str:
        """PASS or SKIP for one setup: the strictest gate decides, then the score."""
        return PASS if self.open_to(side) and self.score(parts) >= self.floor else SKIP

    def open_to(self, side: int) -> bool:
        """Whether every gate lets the side through."""
        barred = {SKIP, SHORT_ONLY if side > 0 else LONG_ONLY}
        return barred.isdisjoint(self.gates.values())


class Record(NamedTuple):
    """Trades in order of their beginning: parts, outcome, and when each began and ended."""

    parts: Floats  # [trade, part]
    won: npt.NDArray[np.bool_]
    begun: npt.NDArray[np.int64]
    ended: npt.NDArray[np.int64]


def learn(names: Sequence[str], record: Record, baseline: Mapping[str, float]) -> Learnt:
    """Weights within half and twice the baseline; the baseline itself where nothing was learnt."""
    kept = dict(baseline)
    if len(record.won) < LEAST or record.won.all() or not record.won.any():
        return Learnt(kept, np.nan, np.nan, adopted=False)
    later = forward(record)
    if not later.better - later.worse > SURE * np.sqrt(later.better + later.worse):
        return Learnt(kept, later.accuracy, later.without, adopted=False)
    pull = np.maximum(fitted(record.parts, record.won)[1:], 0.0)  # against us: no weight, not |w|
    weights = bounded(names, pull, baseline)
    return Learnt(weights, later.accuracy, later.without, adopted=True)


def bounded(names: Sequence[str], pull: Floats, baseline: Mapping[str, float]) -> dict[str, float]:
    """Shares of the pull, each within its bounds; what a bound takes is shared by the others."""
    base = np.array([baseline[name] for name in names])
    total, low, high = base.sum(), base * LOW, base * HIGH
    share = pull / pull.sum() if pull.sum() > 0 else base / total
    lift, drop = 0.0, 2 * float(high.sum() / max(share.max(), SETTLED)) + 1.0
    for _ in range(ROUNDS * 4):  # the scale at which the bounded shares add up again
        middle = (lift + drop) / 2
        if np.clip(share * middle, low, high).sum() < total:
            lift = middle
        else:
            drop = middle
    return dict(zip(names, np.clip(share * drop, low, high).tolist(), strict=True))


class Later(NamedTuple):
    """On later trades: the share told right, that of the commoner outcome, where they differ."""

    accuracy: float
    without: float
    better: int  # trades that only the model told right
    worse: int  # trades that only the commoner outcome did


def forward(record: Record) -> Later:
    """What weights learnt from earlier trades say of the next ones, fold by fold."""
    edges = np.linspace(0, len(record.won), FOLDS + 2).astype(int)[1:]
    model, plain = [], []
    for start, stop in pairwise(edges):
        known = np.flatnonzero(record.ended[:start] < record.begun[start])  # the purge
        if not len(known):
            continue
        won, earlier = record.won[start:stop], record.won[known]
        said = predicted(fitted(record.parts[known], earlier), record.parts[start:stop])
        model.append(said == won)
        plain.append(won == (earlier.mean() >= 1 / 2))
    if not model:
        return Later(np.nan, np.nan, 0, 0)
    one, other = np.concatenate(model), np.concatenate(plain)
    better, worse = int((one & ~other).sum()), int((other & ~one).sum())
    return Later(float(one.mean()), float(other.mean()), better, worse)


def predicted(weights: Floats, parts: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray(weights[0] + parts @ weights[1:] >= 0)


def fitted(parts: Floats, won: npt.NDArray[np.bool_]) -> Floats:
    """Ridge logistic regression by Newton's steps; the constant, which goes free, comes first."""
    x = np.column_stack((np.ones(len(parts)), parts))
    penalty = RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = SETTLED
    weights = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (won - chance) - penalty @ weights
        curve = (x.T * (chance * (1 - chance))) @ x + penalty
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < SETTLED:
            break
    return weights
