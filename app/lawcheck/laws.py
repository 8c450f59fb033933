"""The laws every strategy obeys, each as a search for what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

import numpy as np

from app.lawcheck.points import points, told, varied
from engine.core.bars import Bars
from engine.core.errors import TickgridError
from engine.core.law import Said, breach_by_breach, first_change, said_by_setups
from engine.core.session import moment_text
from engine.core.strategy import Strategy
from engine.research.plan import compare

CUTS: Final = 6  # at the defaults; elsewhere fewer
FEWER: Final = 2
AFTER: Final = 3000  # bars of a future: two sessions and more
SHORT: Final = (0, 1, 2, 5, 60)  # bars of tapes on which nothing can be warm
HALF: Final = 0.5
EXAMPLES: Final = 3

Law = Callable[[type[Strategy], Bars], Iterator[str]]


class Finding(NamedTuple):
    """A broken law, and where it breaks."""

    law: str
    what: str


def said(strategy: Strategy, bars: Bars) -> Said:
    """What a strategy says of bars it has never seen."""
    with np.errstate(all="ignore"):  # what a strategy divides by nothing is not our finding
        return said_by_setups(strategy.setups(bars[:]))


def prefix(kind: type[Strategy], bars: Bars) -> Iterator[str]:
    """Another future changes what was said before it."""
    for number, strategy in enumerate(points(kind)):
        for cut in cuts(strategy, bars, CUTS if number == 0 else FEWER):
            yield from (f"{what}{told(strategy)}" for what in changes(strategy, bars, cut))


def changes(strategy: Strategy, bars: Bars, cut: int) -> Iterator[str]:
    """The first change before a cut, or the failure that only another future brings about."""
    try:
        for breach in breach_by_breach(bars[: cut + AFTER], cut, partial(said, strategy), cut):
            when, what = moment_text(int(bars.time[breach.bar])), breach.what.rstrip("?")
            yield (
                f"what is said of bar {breach.bar} ({when}) changes ({what}) when the bars from "
                f"{cut} on are {breach.future}"
            )
            return
    except TickgridError as error:
        yield f"it fails when the bars from {cut} on are others: {error}"


def cuts(strategy: Strategy, bars: Bars, count: int) -> list[int]:
    """Bars right behind setups, where the nearest future begins, and some spread evenly."""
    spoken = np.unique(strategy.setups(bars[:]).bar)
    some = spoken[np.linspace(0, len(spoken) - 1, min(count, len(spoken))).astype(int)] + 1
    even = np.linspace(len(bars) // 2, len(bars) - 1, FEWER).astype(int)
    return sorted({*some.tolist(), *even.tolist()})


def determinism(kind: type[Strategy], bars: Bars) -> Iterator[str]:
    """Asked again, it says something else."""
    first, *others = points(kind)
    truth = said(first, bars)
    for strategy in others[:1]:
        said(strategy, bars)
    apart = differences(truth, said(first, bars), bars)
    yield from (f"asked again, {what}" for what in islice(apart, 1))


def differences(one: Said, other: Said, bars: Bars) -> Iterator[str]:
    """Where two answers part."""
    for name in one:
        bar = first_change(one[name], other[name], len(bars))
        if bar is not None:
            yield f"bar {bar} ({moment_text(int(bars.time[bar]))}) has another {name.rstrip('?')}"


def warm_up(kind: type[Strategy], bars: Bars) -> Iterator[str]:
    """It fails on tapes too short to know anything, or never forgets where its bars began."""
    strategy = kind()
    for count in SHORT:
        try:
            said(strategy, bars[:count])
        except Exception as error:  # noqa: BLE001 - whatever a strategy raises is what is reported
            yield f"{count} bars make it fail: {type(error).__name__}: {error}"
            return
    share = remembered(strategy, bars)
    if share < HALF:
        yield (
            f"without the first half of history only {share:.0%} of its last setups are the same: "
            "what it says depends on where the bars begin"
        )


def remembered(strategy: Strategy, bars: Bars) -> float:
    """Of the setups in the last quarter, how many are the same when history begins later."""
    middle = int(np.searchsorted(bars.session, bars.session[len(bars) // 2]))
    late = bars.session[len(bars) - len(bars) // 4]
    whole, half = (
        {(int(bar) + shift, int(side)) for bar, side in zip(s.bar, s.side, strict=True)}
        for s, shift in (
            (strategy.setups(bars[:]), 0),
            (strategy.setups(bars[middle:]), middle),
        )
    )
    one, two = (
        {(b, side) for b, side in rows if bars.session[b] >= late} for rows in (whole, half)
    )
    either = len(one | two)
    return len(one & two) / either if either else 1.0


def parameters(kind: type[Strategy], bars: Bars) -> Iterator[str]:
    """A parameter that changes nothing is a trial for nothing."""
    for name in kind.space():
        if name in kind.gates():
            yield from idle_gate(kind, name, bars)
        elif idle(kind, name, bars):
            yield (
                f"{name} changes nothing: its ends and its middle give the same setups (if it "
                "counts only beside another value, declare when=)"
            )


def idle(kind: type[Strategy], name: str, bars: Bars) -> bool:
    """Whether no value of a parameter makes a difference."""
    answers = (said(strategy, bars) for strategy in varied(kind, name))
    truth = next(answers)
    return all(
        truth.keys() == other.keys() and not any(differences(truth, other, bars))
        for other in answers
    )


def idle_gate(kind: type[Strategy], name: str, bars: Bars) -> Iterator[str]:
    """A gate whose attribute is not there, or that lets everything through at every value."""
    gate, axis = kind.gates()[name], kind.space()[name]
    setups = kind().setups(bars[:])
    if gate.attribute not in setups.attributes:
        known = ", ".join(setups.attributes) or "none"
        yield f"{name} is a gate on {gate.attribute}, which no setup has; they have: {known}"
        return
    values = setups.attribute(gate.attribute)
    if all(compare(gate, values, float(v)).all() for v in axis.values()):
        yield f"{name} rejects nothing at any of its values"


def silence(kind: type[Strategy], bars: Bars) -> Iterator[str]:
    """Laws cannot be held over nothing."""
    if not any(len(strategy.setups(bars[:])) for strategy in points(kind)):
        yield "no setup at any point that was tried: nothing could be checked"


LAWS: Final[dict[str, Law]] = {
    "speaks": silence,
    "prefix": prefix,
    "determinism": determinism,
    "warm-up": warm_up,
    "parameters": parameters,
}


def findings(kind: type[Strategy], bars: Bars, only: tuple[str, ...]) -> list[Finding]:
    """What breaks each law, a few examples of it."""
    return [Finding(law, what) for law in only for what in islice(LAWS[law](kind, bars), EXAMPLES)]
