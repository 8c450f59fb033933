"""Which strategies find which planted edge: played plainly, without costs, judged by its t.

`python -m tests.adapters.planted SEEDS` prints the table of docs/strategies.md.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from adapters import load
from engine import Bars, Costs, Exits, Rules, resample
from engine.core.contracts import instrument
from engine.fills import Table
from engine.research.grid import play_one
from engine.research.plan import Combination
from engine.synth.edge import Edge
from engine.synth.market import synthesise

FOUND = 2.33  # t of the gross ticks a session: one market in a hundred without an edge has more
FEWEST = 10  # sessions with trades, below which nothing is found


class Family(NamedTuple):
    """How a strategy is played: on which bars, at which parameters, for how long."""

    minutes: int
    params: dict[str, object]
    exits: dict[str, object]


class Plant(NamedTuple):
    """An edge: the family that bets on it, its strength in thousandths, and for how long."""

    family: str
    strength: int
    sessions: int


def held(bars: int, **params: object) -> Family:
    """Thirty minutes on minute bars, two hours on longer ones, whatever prices do."""
    return Family(bars, params, {"hold": [{"minutes": 30 if bars == 1 else 120}]})


FAMILIES = {
    "vpoc": held(1, lookback=5),
    "vwap_bounce": held(1),
    "capitulation": held(1),
    "crossover": held(1),
    "opening_drive": held(1),
    "naked_poc": held(1),
    "value_reentry": Family(1, {"minutes": 5, "closes": 1}, {"hold": [{"minutes": 30}]}),
    "developing_fade": held(1),
    "liquidity_raid": held(1, levels="both"),
    "fvg": held(5),
    "momentum_mastery": held(5),
    "sbs": held(5),
}
OWN = {  # sessions and strengths were chosen on seeds from 900 on
    "value_area_reversion": Plant("vpoc", 10, 120),
    "vwap_reversion": Plant("vwap_bounce", 10, 120),
    "momentum": Plant("opening_drive", 20, 120),
    "sweep_reversal": Plant("liquidity_raid", 40, 250),
    "gap_fill": Plant("value_reentry", 40, 500),  # it trades every fourth session
}
NONE = 250  # sessions of a market without an edge


@cache
def market(edge: str | None, seed: int) -> Bars:
    es, first = instrument("ES"), date(2020, 1, 2)
    if edge is None:
        return synthesise(es, first, NONE, seed)
    plant = OWN[edge]
    return synthesise(es, first, plant.sessions, seed, Edge(edge, plant.strength))


def t_of(name: str, bars: Bars) -> float:
    """The t of what a strategy makes a session, in the sessions in which it trades."""
    family = FAMILIES[name]
    played = resample(bars, family.minutes) if family.minutes > 1 else bars
    one = Combination(load(name)(**family.params), Exits.grid(family.exits)[0])
    table = Table.of(played, Rules(), Costs.of({"commission": 0}), [one.exits])
    trades = play_one(table, one.strategy.setups(played), one)[1].trades
    _, place = np.unique(trades.session, return_inverse=True)
    made = np.bincount(place, weights=trades.gross) if len(place) else np.zeros(0)
    if len(made) < FEWEST or not made.std():
        return 0.0
    return float(made.mean() / (made.std(ddof=1) / np.sqrt(len(made))))


def found(name: str, edge: str | None, seeds: range) -> int:
    """On how many markets a strategy finds the edge."""
    return sum(t_of(name, market(edge, seed)) >= FOUND for seed in seeds)


def matrix(seeds: int) -> Iterator[str]:
    """On how many markets each strategy finds each edge: the lines of a table for a page."""
    edges, counts = (*OWN, None), Counter[tuple[str, str | None]]()
    for seed, edge in product(range(1, seeds + 1), edges):
        for name in FAMILIES:
            counts[name, edge] += found(name, edge, range(seed, seed + 1))
        market.cache_clear()
    yield "| |" + "|".join(f" {edge or 'none'} " for edge in edges) + "|"
    yield "|---" * (len(edges) + 1) + "|"
    for name in FAMILIES:
        cells = [(edge, str(counts[name, edge])) for edge in edges]
        marked = [f"**{n}**" if edge and OWN[edge].family == name else n for edge, n in cells]
        yield f"| `{name}` | " + " | ".join(marked) + " |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in matrix(int(sys.argv[1])))
