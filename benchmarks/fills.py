"""Play of a grid: the fast path against plain scans and against vectorbt, after equal results."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Iterator
from datetime import date
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np

from benchmarks import backtesting_rival, vectorbt_rival
from benchmarks.pairs import Timing, interleaved, rated, shown
from benchmarks.plain_scan import Signals, scan_grid
from engine import Bars, Costs, Exits, Folds, Plan, Rules, Setups, Strategy, sweep
from engine.core.contracts import instrument
from engine.core.memo import feature
from engine.core.params import gate, param
from engine.fills import Trades, simulate
from engine.fills.chains import tape
from engine.fills.simulate import Played
from engine.research.blocks import Part
from engine.research.desk import Desk
from engine.research.grid import Out, play_part
from engine.research.kernel import FIELDS
from engine.research.ledger import row_of
from engine.research.reduction import Study, reductions, study_of
from engine.research.tiles import tiled
from engine.research.watch import Watch
from engine.synth.market import synthesise

STOPS, TARGETS = tuple(range(7, 135, 8)), tuple(range(9, 137, 8))  # odd: prices here are even
SWEEPS = (
    (12, {"stop": list(range(7, 127, 4)), "target": list(range(9, 201, 4))}),
    (500, {"stop": [15, 31, 63, 95], "target": [17, 33, 65, 97, 129]}),
)
FOLDS = Folds(train=120, test=20, purge=1)
OURS = Rules()
ENDS = 16  # bytes of the two ends that each setup and combination reads
LIMIT = 15  # nanoseconds a setup and combination, what the cost law allows


class Sown(Strategy):
    """Setups strewn over the bars by a seed: as many as one wants, of either side."""

    seed: int = param(default=1, low=1, high=1_000_000)
    count: int = param(default=16_000, low=1, high=10_000_000)
    least: int = gate("draw", ">=", default=None, low="0", high="1", step="0.0001")

    def setups(self, bars: Bars) -> Setups:
        draw = np.random.default_rng(self.seed)
        rows = np.sort(draw.choice(enterable(bars), self.count, replace=False))
        mask, side = np.zeros((2, len(bars)), np.bool_)
        mask[rows], side[rows] = True, draw.integers(0, 2, len(rows)) > 0
        return Setups.where(
            bars, long=mask & side, short=mask & ~side, attributes={"draw": uniform(bars)}
        )


@feature
def enterable(bars: Bars) -> np.ndarray:
    """Bars whose next one lies in their session and is not its last."""
    return np.flatnonzero(np.append(bars.session[2:] == bars.session[:-2], [False, False]))


@feature
def uniform(bars: Bars) -> np.ndarray:
    """A number from 0 to 1 for every bar."""
    return np.random.default_rng(5).random(len(bars))


def measure(repetitions: int, sessions: int) -> Iterator[str]:
    """One section after the other; refuses to time what does not agree."""
    bars, count = ground(sessions)
    yield rivals(bars, count, repetitions)
    yield from against_others(bars, count, repetitions)
    yield from reference(bars, count, repetitions)
    yield law(bars, count, repetitions)
    yield memory(bars, count)


def ground(sessions: int) -> tuple[Bars, int]:
    """Bars of even prices, which odd distances never meet exactly, and how many setups they get."""
    made = synthesise(instrument("ES"), date(2018, 1, 2), sessions, 7)
    prices = {name: getattr(made, name) * np.int32(2) for name in ("open", "high", "low", "close")}
    bars = Bars(made.instrument, made.sessions, made.arrays._replace(**prices))
    return bars, 16_000 * sessions // 1740


def grid() -> list[Exits]:
    return Exits.grid({"stop": list(STOPS), "target": list(TARGETS)})


class Hand(NamedTuple):
    """What is at hand before play: the study, its setups, and room for the ledger."""

    study: Study
    setups: Setups
    part: Part
    out: Out

    @classmethod
    def of(cls, bars: Bars, count: int, rules: Rules = OURS) -> Hand:
        plan = Plan([Sown(count=count)], grid(), rules, Costs.of({"commission": 0}))
        study = study_of(bars, plan, folds_for(bars))
        (tile,) = tiled(plan.exits, [None] * len(plan), len(plan))
        out = Out.room(len(plan), len(study.cells))
        return cls(study, plan.strategies[0].setups(bars), Part(range(1), tile), out)

    def play(self, *, cold: bool = False) -> np.ndarray:
        """Every stop against every target, from setups to the cells of the ledger."""
        study = self.study
        if cold:
            study.table.bars.memo.kept.pop(tape, None)
        desk = Desk(study.table, study.cells, self.setups)
        play_part(desk, study.plan, self.part, self.out, Watch(len(study.plan)))
        return self.out.ledger


def folds_for(bars: Bars) -> Folds:
    """The reference folds, or shorter ones where a quick run has few sessions."""
    span = int(bars.session[-1] - bars.session[0]) + 1
    return FOLDS if span > 300 else Folds(train=20, test=10, purge=1)


def rivals(bars: Bars, count: int, repetitions: int) -> str:
    """256 combinations: fast path, plain Numba, and our scanning kernel on a few of them."""
    hand = Hand.of(bars, count)
    setups, combinations = hand.setups, hand.study.plan.exits
    signals, table = Signals.of(bars, setups), hand.study.table
    plain = scan_grid(signals, STOPS, TARGETS, table.stake.tick)
    ledger = hand.play().copy()
    columns = [FIELDS.index(name) for name in ("n", "ambiguous", "net")]
    if (ledger.sum(axis=1)[:, columns] != plain).any():
        raise AssertionError("the fast path and the plain scan disagree: nothing was timed")
    few = combinations[:: len(combinations) // 8]
    for exits, row in zip(few, ledger[:: len(combinations) // 8], strict=True):
        refuse_row(hand, simulate(table, setups, exits), row)
    timings = interleaved(
        {
            "fast path, setups to ledger": hand.play,
            "the same, links not yet known": lambda: hand.play(cold=True),
            "plain Numba, bar by bar": lambda: scan_grid(signals, STOPS, TARGETS, table.stake.tick),
            "scanning kernel, 8 combinations": lambda: [simulate(table, setups, x) for x in few],
        },
        repetitions,
    )
    moved = ledger.nbytes + len(combinations) * count * ENDS
    return shown(f"256 combinations, {count:,} setups", timings, moved)


def refuse_row(hand: Hand, played: Played, row: np.ndarray) -> None:
    """The cells of one combination, by the fast path and by the trades of a kernel."""
    if (row_of(played.trades, hand.study.cells) != row).any():
        raise AssertionError("the fast path and the scanning kernel disagree")


def against_others(bars: Bars, count: int, repetitions: int) -> Iterator[str]:
    """The whole grid on the fast path by vectorbt's rules; eight combinations there, or one."""
    hand = Hand.of(bars, count, Rules.of(vectorbt_rival.RULES))
    pairs = [(STOPS[k], TARGETS[-1 - k]) for k in range(0, len(STOPS), 2)]
    ledger, table = hand.play().copy(), hand.study.table

    def trades(stop: int, target: int) -> Trades:
        (exits,) = Exits.grid({"stop": stop, "target": target})
        played = simulate(table, hand.setups, exits)
        refuse_row(hand, played, ledger[hand.study.plan.exits.index(exits)])
        return played.trades

    signals, ours = Signals.of(bars, hand.setups), (hand.play, len(hand.study.plan))
    yield vectorbt_rival.measure(signals, pairs, trades, ours, repetitions)
    yield backtesting_rival.measure(signals, pairs[-1], trades, ours, repetitions)


def law(bars: Bars, count: int, repetitions: int) -> str:
    """Whole sweeps, walk-forward included: what a combination costs for each setup."""
    head = f"{'setups':>8} {'combinations':>13} {'seconds':>9} {'ns a setup and combination':>28}"
    lines, rows = [head], []
    for part in (8, 4, 2, 1):
        for gates in (1, 4, 16):
            some = count // part
            plan = Plan(Sown.grid(count=[some], least=sorted(steps(gates))), grid())
            seconds = min(timed(bars, plan)[1] for _ in range(repetitions))
            each = seconds / len(plan) / some * 1e9
            lines.append(f"{some:>8,} {len(plan):>13,} {seconds:9.4f} {each:28.2f}")
            rows.append((1.0, some, len(plan), len(plan) * some, seconds))
    return "\n".join(
        [f"cost law, seconds of one core; at most {LIMIT} ns where it counts", *lines, fitted(rows)]
    )


def fitted(rows: list[tuple[float, ...]]) -> str:
    """The law's constants by least squares of relative errors."""
    table = np.array(rows)
    parts, seconds = table[:, :-1], table[:, -1]
    found = np.linalg.lstsq(parts / seconds[:, None], np.ones(len(rows)), rcond=None)[0]
    rated("cost law", {"once": found[0], "each": found[3] * 1e9})
    return (
        f"seconds = {found[0]:.4f} + setups x {found[1] * 1e6:.2f} us + combinations x "
        f"{found[2] * 1e6:.2f} us + combinations x setups x {found[3] * 1e9:.2f} ns"
    )


def steps(gates: int) -> list[str]:
    """Thresholds that let nearly all setups pass, so that their number stays what it is."""
    return [f"{k / 10_000:.4f}" for k in range(gates)]


def timed(
    bars: Bars, plan: Plan, workers: int = 1, folds: Folds | None = None
) -> tuple[float, float]:
    """Seconds by the clock, and of all cores: the latter mind other work on the machine less."""
    began, worked = perf_counter(), process_time()
    sweep(bars, plan, folds or folds_for(bars), workers=workers)
    return perf_counter() - began, process_time() - worked


def reference(bars: Bars, count: int, repetitions: int) -> Iterator[str]:
    """Few structures of many combinations, and many of few; walk-forward included."""
    some = count * 12_500 // 16_000
    for structures, axes in SWEEPS:
        plan = Plan(Sown.grid(seed=range(1, structures + 1), count=[some]), Exits.grid(axes))
        timings = []
        for workers in (1, 2):
            runs = zip(*(timed(bars, plan, workers) for _ in range(repetitions)), strict=True)
            for what, found in zip(("", ", seconds of cores"), runs, strict=True):
                name = f"{workers} worker(s){what}"
                timings.append(Timing(name, float(np.median(found)), min(found), max(found)))
        yield shown(f"{structures} x {len(plan) // structures}, {some:,} setups", timings)


def memory(bars: Bars, count: int) -> str:
    """The most bytes held at once while blocks are played and forgotten."""
    some, lines = max(50, count // 64), []
    whole = folds_for(bars) is FOLDS  # the last and largest takes a short run a quarter of its time
    for gates in (4, 40, 400, 4000)[: 4 if whole else 3]:
        plan = Plan(Sown.grid(count=[some], least=sorted(steps(gates))), grid()[:250])
        study = study_of(bars, plan, folds_for(bars))
        tracemalloc.start()
        for block in reductions(study, 1, Watch(len(plan)), keep=False):
            del block
        most = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        lines.append(f"{len(plan):>11,} combinations {most:9.1f} MiB")
    return "\n".join(["peak memory of play", *lines])


def main(arguments: list[str]) -> None:
    """Run it alone: python -m benchmarks.fills [--quick]."""
    quick = "--quick" in arguments
    for section in measure(3 if quick else 5, 120 if quick else 1740):
        print(section, "\n", flush=True)


if __name__ == "__main__":
    main(sys.argv)
