"""The verdict: a class by written thresholds, and a paragraph that says no more than was seen.

The thresholds are those of docs/evidence.md. An undefined figure passes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from engine.research.evidence.line import Line
from engine.research.evidence.sharpe import Moments, probable, shortest_backtest
from engine.research.measures.tails import best_of

Figures = Mapping[tuple[str, str], Line]

UNJUDGED, LOSS, CHANCE, HINT, EVIDENCE = CLASSES = (
    *("unjudged", "loss", "chance", "hint", "evidence"),
)
TRADES: Final = 20  # out of sample; with fewer nothing is said
SURROGATES: Final = 19  # the fewest of which the best place is worth 5 %
NONE: Final = Line("", "", math.nan, "")


class Ask(NamedTuple):
    """One figure, how it is read, the limit it must keep, and what is said when it does not."""

    scope: str
    measure: str
    read: str  # value, draws or p_value
    side: str  # >= to reach the limit, <= to keep it
    limit: float
    name: str

    def met(self, figures: Figures) -> bool:
        value = self.value(figures)
        return value >= self.limit if self.side == ">=" else value <= self.limit

    def value(self, figures: Figures) -> float:
        return float(getattr(figures.get((self.scope, self.measure), NONE), self.read))

    def unmet(self, figures: Figures) -> str:
        value, side = self.value(figures), "below" if self.side == ">=" else "above"
        if math.isnan(value):
            return f"{self.name} is undefined"
        return f"{self.name} of {value:.3g} is {side} {self.limit:g}"


ABOVE_CHANCE: Final = (
    Ask("oos", "t_test", "p_value", "<=", 0.05, "the t-test's p"),
    Ask("study", "null_walk", "p_value", "<=", 0.05, "the null benchmark's p"),
    Ask("study", "null_walk", "draws", ">=", SURROGATES, "the number of surrogates"),
)
ABOVE_HINT: Final = (
    Ask("best", "dsr", "value", ">=", 0.95, "the deflated Sharpe ratio"),
    Ask("study", "pbo", "value", "<=", 0.2, "PBO"),
    Ask("study", "spa", "p_value", "<=", 0.05, "SPA's p"),
    Ask("oos", "psr", "value", ">=", 0.95, "the probable Sharpe ratio"),
    Ask("oos", "chance_of_loss", "value", "<=", 0.05, "the redrawn chance of a loss"),
    Ask("oos", "largest_fold", "value", "<=", 0.5, "the share of one fold in the profit"),
)


class Verdict(NamedTuple):
    """A class, and the paragraph that goes with it."""

    name: str
    text: str


def counted(lines: Sequence[Line], trials: int) -> list[Line]:
    """The lines with all combinations ever tried on the data, not this search alone."""
    said = figures_of(lines)
    names = ("ratio", "skew", "kurtosis", "sessions", "trial_spread")
    ratio, skew, kurtosis, count, spread = (said.get(("best", n), NONE).value for n in names)
    made = {("study", "trials"): (float(trials), "combinations ever tried on these data")}
    if not math.isnan(count):
        m = Moments(int(count), ratio, skew, kurtosis)
        hurdle = best_of(trials) * spread if trials > 1 else 0.0
        text = f"chance to be better than the best of {trials:,} worthless trials"
        made["best", "dsr"] = probable(m, hurdle), text
        text = f"sessions below which the best of {trials:,} worthless trials shows this ratio"
        made["best", "min_backtest"] = shortest_backtest(trials, ratio), text
    return [
        line._replace(value=made[key][0], note=made[key][1]) if key in made else line
        for line in lines
        for key in [(line.scope, line.measure)]
    ]


def figures_of(lines: Sequence[Line]) -> dict[tuple[str, str], Line]:
    return {(line.scope, line.measure): line for line in lines}


def verdict_of(lines: Sequence[Line], currency: str) -> Verdict:
    """Read the lines, already counted; the first class that fits."""
    figures = figures_of(lines)
    name, reason = rated(figures)
    text = " ".join([*sentences(figures, currency), f"Rated '{name}': {reason}"])
    return Verdict(name, text)


def rated(figures: Figures) -> tuple[str, str]:
    """The class, and why it is no better one."""
    if few := too_few(figures):
        return UNJUDGED, f"of {few} out of sample nothing can be said."
    if not figures["oos", "net"].value > 0:
        return LOSS, "it lost money in sessions it had not seen."
    if short := unmet(ABOVE_CHANCE, figures):
        return CHANCE, f"luck explains it as well as anything: {short}."
    if short := unmet(ABOVE_HINT, figures):
        return HINT, f"more than luck alone is expected to show, but {short}."
    return EVIDENCE, (
        "luck is a poor explanation of this history. Nothing here knows of fills that differ, "
        "costs that rise, or a market that changes."
    )


def too_few(figures: Figures) -> str:
    """What there is too little of to say anything; without ten sessions there is no interval."""
    trades = figures.get(("oos", "trades"), NONE).value
    if not trades >= TRADES:
        return f"{trades:,.0f} trade{'' if trades == 1 else 's'}" if trades > 0 else "no trades"
    return "so few sessions" if math.isnan(figures["oos", "net"].value) else ""


def unmet(asks: Sequence[Ask], figures: Figures) -> str:
    said = [ask.unmet(figures) for ask in asks if not ask.met(figures)]
    return ", ".join(said[:-1]) + (" and " if len(said) > 1 else "") + said[-1] if said else ""


def sentences(figures: Figures, currency: str) -> Iterator[str]:
    """What was seen, out of sample first; a figure that is undefined is left out."""
    tried, oos = figures["study", "trials"].value, figures.get(("oos", "expectancy"), NONE)
    yield f"{tried:,.0f} combinations were ever tried on these data."
    if not math.isnan(oos.value):
        trades = figures["oos", "trades"].value
        yield (
            f"Walked forward, what each fold chose made {oos.value:,.2f} {currency} a trade over "
            f"{trades:,.0f} trades in sessions it had not seen; redrawn histories put that between "
            f"{oos.low:,.2f} and {oos.high:,.2f}."
        )
    null = figures.get(("study", "null_walk"), NONE)
    if not math.isnan(null.p_value):
        better = round(null.p_value * (null.draws + 1)) - 1
        yield (
            f"The same search walked forward on {null.draws} markets without edge did as well or "
            f"better on {better} of them."
        )
    elif null.note and not null.draws:
        yield f"No market without edge was searched: {null.note}."
    yield from of_the_search(figures)


def of_the_search(figures: Figures) -> Iterator[str]:
    dsr, pbo = (figures.get(key, NONE).value for key in (("best", "dsr"), ("study", "pbo")))
    if not math.isnan(dsr):
        yield (
            f"That the best in sample is better than the best of as many worthless ones has a "
            f"chance of {percent(dsr)}."
        )
    if not math.isnan(pbo):
        yield (
            f"The best of one half of history fell to the lower half of the field in the other in "
            f"{percent(pbo)} of all splits."
        )


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"
