"""How the seconds of a whole sweep grow, one axis at a time, all others held."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import date
from statistics import median
from typing import Any

import numpy as np

from benchmarks.fills import Sown, steps, timed
from benchmarks.pairs import CURVES
from engine import Bars, Costs, Exits, Folds, Plan
from engine.core.contracts import instrument
from engine.synth.market import synthesise

EXITS = {"stop": [15, 31, 63, 95], "target": [17, 33, 65, 97]}
SETUPS, GATES = 4_000, 8
INVERSE = {"cores": "over their number"}
SESSIONS = 480  # short folds still hold trades


def measure(repetitions: int, sessions: int = SESSIONS) -> str:
    """A line an axis: its sizes, its seconds, and the power that fits them best."""
    bars = synthesise(instrument("ES"), date(2018, 1, 2), sessions, 7)
    axes: list[tuple[str, Iterable[int], Callable[[int], float]]] = [
        ("sessions", parts(sessions), lambda n: sweeping(cut(bars, n), plan_of(), walked(n, 8))),
        ("setups", (500, 1_000, 2_000, 4_000, 8_000), lambda n: sweeping(bars, plan_of(n))),
        ("combinations", (16, 64, 256, 1_024), lambda n: sweeping(bars, plan_of(gates=n // 16))),
        ("folds", (2, 4, 8, 16), lambda n: sweeping(bars, plan_of(), walked(sessions, n))),
        ("symbols", (1, 2, 4), lambda n: sum(sweeping(bars[:], plan_of()) for _ in range(n))),
        ("cores", cores(), lambda n: sweeping(bars, plan_of(gates=64), workers=n)),
    ]
    return "\n".join(["seconds of a sweep", *(line(a, s, r, repetitions) for a, s, r in axes)])


def line(axis: str, sizes: Iterable[int], run: Callable[[int], float], repetitions: int) -> str:
    """Kept for the page as well."""
    at = list(sizes)
    for size in at:
        run(size)
    rounds = [[run(size) for size in at] for _ in range(repetitions)]
    seconds = [median(column) for column in zip(*rounds, strict=True)]
    power = np.polyfit(np.log(at), np.log(seconds), 1)[0] if len(at) > 1 else 0.0
    law = fitted(axis, at, seconds)
    found: dict[str, Any] = {"kind": "growth", "axis": axis, "at": at, "seconds": seconds}
    CURVES.append(found | law | {"power": round(float(power), 2)})
    told = "  ".join(f"{size:,}: {s:.3f}" for size, s in zip(at, seconds, strict=True))
    law_told = f"{law['once'] * 1e3:,.3g} ms + {law['each'] * 1e3:,.3g} ms"
    return f"{axis:14} {told}  ~ size^{power:.2f}, or {law_told} {INVERSE.get(axis, 'each')}"


def fitted(axis: str, at: list[int], seconds: list[float]) -> dict[str, float]:
    """What is paid once and what for each, by least squares of relative errors."""
    size = np.array(at, np.float64)
    parts = np.stack([np.ones(len(at)), 1 / size if axis in INVERSE else size], axis=1)
    taken = np.array(seconds)
    once, each = np.linalg.lstsq(parts / taken[:, None], np.ones(len(at)), rcond=None)[0]
    return {"once": float(once), "each": float(each)}


def plan_of(setups: int = SETUPS, gates: int = GATES) -> Plan:
    """Gates that let nearly everything pass, so that the number of setups stays what it is."""
    strategies = Sown.grid(count=[setups], least=sorted(steps(max(gates, 1))))
    return Plan(strategies, Exits.grid(EXITS), costs=Costs.of({"commission": 0}))


def sweeping(bars: Bars, plan: Plan, folds: Folds | None = None, workers: int = 1) -> float:
    """Seconds by the clock."""
    return timed(bars, plan, workers, folds)[0]


def walked(sessions: int, count: int) -> Folds:
    """About so many folds, a third of the span for the first training."""
    return Folds(train=sessions // 3, test=max(1, sessions * 2 // 3 // count), purge=1)


def cut(bars: Bars, sessions: int) -> Bars:
    """The first sessions."""
    return bars[: int(np.searchsorted(bars.session, int(bars.session[0]) + sessions))]


def parts(sessions: int) -> list[int]:
    return [sessions // part for part in (8, 4, 2, 1)]


def cores() -> list[int]:
    """Doubling up to those of the machine."""
    most = os.cpu_count() or 1
    return [n for n in (1, 2, 4, 8, 16, 32) if n <= most]
