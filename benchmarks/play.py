"""Play: a combination by the kernel and by the oracle, after equal trades; then a whole sweep."""

from datetime import date

from adapters.opening_drive import OpeningDrive
from benchmarks.pairs import interleaved, shown
from engine import Bars, Costs, Exits, Folds, Plan, Rules, sweep
from engine.core.contracts import instrument
from engine.fills import Table, simulate
from engine.synth.market import synthesise
from tests.oracle.bridge import expected, plain_bars, plain_setups, trades_of
from tests.oracle.fills import Program, play

EXITS = {"stop": 16, "target": {"r": 2}, "flatten": "14:55"}
PLAIN = Program(stop=16, target={"r": 2}, flatten="14:55", max_per_session=1)


def measure(repetitions: int, sessions: int) -> str:
    """Refuses to time what does not agree."""
    bars = synthesise(instrument("ES"), date(2020, 1, 2), sessions, 7)
    return "\n\n".join([witnesses(bars, repetitions), grid(bars, repetitions)])


def witnesses(bars: Bars, repetitions: int) -> str:
    setups, exits = OpeningDrive().setups(bars), Exits.grid(EXITS)[0]
    table = Table.of(
        bars, Rules.of({"max_per_session": 1}), Costs.of({"commission": 2.05}), [exits]
    )
    plain = plain_bars(bars), plain_setups(setups), PLAIN
    if trades_of(simulate(table, setups, exits)) != expected(play(*plain)):
        raise AssertionError("the two witnesses disagree: nothing was timed")
    rivals = {
        "scanning kernel": lambda: simulate(table, setups, exits),
        "plain-Python oracle": lambda: play(*plain),
    }
    title = f"1 combination, {len(bars):,} bars, {len(setups):,} setups"
    return shown(title, interleaved(rivals, repetitions))


def grid(bars: Bars, repetitions: int) -> str:
    """A sweep on one and on two workers; the ledgers are compared before anything is timed."""
    strategies = OpeningDrive.grid(minutes=[5, 15, 30, 60], beyond=[0, 2, 4])
    exits = Exits.grid({"stop": [8, 12, 16, 24], "target": [16, 32, {"r": 2}, "none"]})
    plan, folds = (
        Plan(strategies, exits, Rules.of({"max_per_session": 1})),
        Folds(train=20, test=10),
    )
    one, two = (sweep(bars, plan, folds, workers=n).book.rows for n in (1, 2))
    if (one != two).any():
        raise AssertionError("one and two workers disagree: nothing was timed")
    rivals = {
        f"{n} worker{'s' * (n > 1)}": lambda n=n: sweep(bars, plan, folds, workers=n)
        for n in (1, 2)
    }
    timings = interleaved(rivals, repetitions)
    rate = len(bars) * len(plan) / timings[0].median / 1e6
    title = f"sweep of {len(plan)} combinations"
    return f"{shown(title, timings)}\n{rate:,.0f} million bar-combinations a second on one worker"
