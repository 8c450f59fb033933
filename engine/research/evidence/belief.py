"""Beliefs: what a prior becomes when trades are counted, in closed form, and which is better.

A prior that was made from trades is never shown the same trades again.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from engine.core.columns import Array
from engine.research.evidence.chance import Floats
from engine.research.measures.tails import below, beta_share, quantile

HALVINGS: Final = 60  # of the interval in which a quantile lies
WORTH: Final = 50  # trades an earlier record counts for, however long it is


class Share(NamedTuple):
    """A Beta distribution of a share of winners; both counts are whole numbers."""

    won: int = 1
    lost: int = 1

    @property
    def mean(self) -> float:
        return self.won / (self.won + self.lost)

    def after(self, won: int, lost: int) -> Share:
        """The belief once so many trades more have been seen."""
        return Share(self.won + won, self.lost + lost)

    def above(self, share: float) -> float:
        """Chance that the true share is higher."""
        return 1 - beta_share(self.won, self.lost, share)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Where the true share lies with this chance, both tails alike."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def quantile(self, share: float) -> float:
        """By halving: the distribution only rises."""
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.above(middle) > 1 - share else (low, middle)
        return (low + high) / 2

    def beats(self, other: Share) -> float:
        """Chance that this share is the higher one: an exact sum over the winners of this."""
        total = 0.0
        for k in range(self.won):
            total += math.exp(
                log_beta(other.won + k, other.lost + self.lost)
                - math.log(self.lost + k)
                - log_beta(1 + k, self.lost)
                - log_beta(other.won, other.lost)
            )
        return min(total, 1.0)


def log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


class Mean(NamedTuple):
    """A normal distribution of a mean, such as the R a trade makes."""

    mean: float = 0.0
    deviation: float = 10.0

    def after(self, values: Array) -> Mean:
        """The belief once values are seen; their mean has the error of a mean, not of one value."""
        if len(values) < 2 or not values.std():
            return self
        error = float(values.std(ddof=1)) / math.sqrt(len(values))
        prior, seen = self.deviation**-2, error**-2
        mean = (self.mean * prior + float(values.mean()) * seen) / (prior + seen)
        return Mean(mean, (prior + seen) ** -0.5)

    def above(self, value: float) -> float:
        """Chance that the true mean is higher."""
        return below((self.mean - value) / self.deviation)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        reach = quantile((1 + level) / 2) * self.deviation
        return self.mean - reach, self.mean + reach

    def beats(self, other: Mean) -> float:
        """Chance that this mean is the higher one, the two being independent."""
        return below((self.mean - other.mean) / math.hypot(self.deviation, other.deviation))


OPEN: Final = Share(1, 1), Mean(0.0, 10.0)
SCEPTICAL: Final = Share(50, 50), Mean(0.0, 0.5)  # R a trade


def informed(values: Floats, most: int = WORTH) -> tuple[Share, Mean]:
    """What an earlier record lets one expect, as if it had at most so many trades."""
    count = min(len(values), most)
    share, mean = OPEN
    if not count:
        return share, mean
    won = math.floor(count * int((values > 0).sum()) / len(values) + 0.5)
    told = mean.after(values)
    wider = math.sqrt(len(values) / count)
    return share.after(won, count - won), Mean(
        told.mean, min(told.deviation * wider, mean.deviation)
    )
