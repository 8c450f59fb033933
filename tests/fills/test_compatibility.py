"""Rules of others, by name: F68 and F69; and vectorbt trade for trade under both of them.

vectorbt is asked in a Python of its own, which the variable of benchmarks/vectorbt_rival.py names;
without one, its two rules are played by a loop over all bars that knows nothing of ours.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.plain_scan import Signals
from benchmarks.vectorbt_rival import RULES, VARIABLE, Rival, listed
from engine import Bars, Exits, Setups
from engine.fills import simulate
from tests.fills.hand import FREE, NINE, both, ended, free, table
from tests.makers import bars_from, flat, long_at, short_at

SPARED, STOP_FIRST = {"spare_entry_bar": True}, {"stop_first": True}
PAIRS = ((7, 9), (15, 7), (31, 63), (63, 31))
COUNT = 1_500


def test_f68_the_bar_of_the_fill_meets_nothing() -> None:
    """It opens at 100 and touches both; the next bar opens beyond the stop and is played."""
    wild = (100, 106, 94, 98)
    bars = bars_from((NINE, [*flat(100, 1), wild, (95, 97, 95, 96), *flat(96, 2)]))
    assert ended(free(long_at(bars, 0), bars, stop=4, target=4)) == (1, 96, "stop")
    spared = free(long_at(bars, 0), bars, SPARED, stop=4, target=4)
    assert ended(spared) == (2, 95, "stop")
    assert (spared.trades.mfe[0], spared.trades.mae[0]) == (6, -6)
    assert not spared.trades.ambiguous[0]
    last = bars_from(("2022-11-28 15:58", [*flat(100, 1), wild]))
    assert ended(free(long_at(last, 0), last, SPARED, stop=4, target=4)) == (1, 98, "session")
    moved = free(long_at(bars, 0), bars, SPARED, stop=9, breakeven=4)
    assert ended(moved) == (2, 95, "breakeven")  # its close moves a stop all the same


def test_f68_legs_are_spared_too() -> None:
    bars = bars_from((NINE, [*flat(100, 1), (100, 106, 100, 100), *flat(100, 3)]))
    exits = {"stop": 4, "target": 9, "legs": {"at": [3], "lots": [1, 1]}}
    assert free(long_at(bars, 0), bars, **exits).trades.sold[0].tolist() == [1, 0, 0]
    assert free(long_at(bars, 0), bars, SPARED, **exits).trades.sold[0].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("low", "rules", "end"),
    [
        (95, {}, (105, "target")),
        (95, STOP_FIRST, (96, "stop")),
        (97, STOP_FIRST, (105, "target")),
    ],
)
def test_f69_a_stop_before_the_target_an_open_is_beyond(
    low: int, rules: dict, end: tuple[int, str]
) -> None:
    bars = bars_from((NINE, [*flat(100, 2), (105, 106, low, 99), *flat(99, 2)]))
    assert ended(free(long_at(bars, 0), bars, rules, stop=4, target=4)) == (2, *end)
    down = bars_from((NINE, [*flat(100, 2), (95, 200 - low, 94, 101), *flat(101, 2)]))
    mirror = free(short_at(down, 0), down, rules, stop=4, target=4)
    assert ended(mirror) == (2, 200 - end[0], end[1])


def test_f69_the_best_reading_takes_the_target() -> None:
    bars = bars_from((NINE, [*flat(100, 2), (105, 106, 95, 99), *flat(99, 2)]))
    assert both(long_at(bars, 0), bars, STOP_FIRST, stop=4, target=4) == (-4, 5)
    assert both(long_at(bars, 0), bars, stop=4, target=4) == (5, 5)


def market(seed: int) -> tuple[Bars, Setups]:
    """Jumps and wicks over three sessions; even prices, so that odd distances are never touched."""
    rng, price, days = np.random.default_rng(seed), 40_000, []
    for day in ("2022-11-28", "2022-11-29", "2022-11-30"):
        prices = []
        for jump, path in zip(
            rng.integers(-9, 10, COUNT // 3),
            rng.integers(-5, 6, (COUNT // 3, 9)).cumsum(axis=1),
            strict=True,
        ):
            first = price + 2 * int(jump)
            walk = (first + 2 * path).tolist()
            prices.append((first, max(first, *walk), min(first, *walk), price := walk[-1]))
        days.append((f"{day} 00:00", prices))
    bars = bars_from(*days)
    enters = np.append(bars.session[2:] == bars.session[:-2], [False, False])
    draw = np.where(enters, rng.integers(0, 16, len(bars)), 9)
    return bars, Setups.where(bars, long=draw == 0, short=draw == 1)


def ours(bars: Bars, setups: Setups, stop: int, target: int) -> np.ndarray:
    made = Exits.grid({"stop": stop, "target": target})[0]
    return listed(simulate(table(bars, made, RULES, FREE), setups, made).trades)


def plainly(bars: Bars, setups: Setups, stop: int, target: int) -> np.ndarray:
    """What vectorbt does, in a loop over all bars: entry and exit bar, side, entry and exit."""
    enter = dict(zip((setups.bar + 1).tolist(), setups.side.tolist(), strict=True))
    rows, open_at = [], None
    columns = (bars.open, bars.high, bars.low, bars.close, bars.session)
    prices = list(zip(*(column.tolist() for column in columns), strict=True))
    for i, (first, high, low, close, session) in enumerate(prices):
        if open_at is None:
            open_at = (i, first, enter[i]) if i in enter else None
            continue
        began, entry, side = open_at
        worst, best = (low, high) if side > 0 else (high, low)
        end = None
        if (worst - entry) * side <= -stop:
            end = min(side * first, side * entry - stop) * side
        elif (best - entry) * side >= target:
            end = max(side * first, side * entry + target) * side
        elif i + 1 == len(prices) or prices[i + 1][-1] != session:
            end = close
        if end is not None:
            rows.append((began, i, side, entry, end))
            open_at = None
    return np.array(rows)


def test_f68_f69_the_trades_of_a_loop_by_the_rules_of_vectorbt() -> None:
    bars, setups = market(1)
    for pair in PAIRS:
        own = ours(bars, setups, *pair)
        assert len(own) > 20
        assert np.array_equal(own, plainly(bars, setups, *pair))


@pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no Python with vectorbt")
@pytest.mark.parametrize("seed", range(3))
def test_the_same_trades_as_vectorbt(seed: int, tmp_path: Path) -> None:
    bars, setups = market(seed)
    with Rival(os.environ[VARIABLE], tmp_path) as worker:
        theirs = worker.play(Signals.of(bars, setups), PAIRS)["trades"]
    for pair, rows in zip(PAIRS, theirs, strict=True):
        assert np.array_equal(ours(bars, setups, *pair), rows)
