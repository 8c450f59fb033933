"""Two witnesses: the kernel and the oracle make the same trades of the same setups.

Simple programs go to engine.fills.kernel with the rules of engine.fills.rules. All others go to
engine.fills.scan: orders wait in engine.fills.waiting, engine.fills.plan is made at the fill,
engine.fills.hold holds it by engine.fills.view, engine.fills.close and engine.fills.calm, sells its
legs in engine.fills.sales, looks into a bar by engine.fills.inner, and engine.fills.price says what
it made.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.resample import resample
from engine.core.setups import Setups
from engine.fills import OUTCOMES, REASONS
from engine.fills.simulate import best_net, simulate
from tests.fills.programs import plain_program, programs, setups_on, table_for
from tests.oracle.bridge import expected, plain_bars, plain_setups, trades_of
from tests.oracle.fills import best as kindest
from tests.oracle.fills import play
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

CI = 300
CASES = cases(ci=CI, full=5_000)
RARE = 4  # reasons that so few tapes may miss
NAMES = {*OUTCOMES, *REASONS, "ambiguous"} - {"waiting", "taken"}


def compare(data: st.DataObject, *, coarse: int = 1) -> Counter:
    """One tape, one program, two sets of setups; says what happened on them."""
    bars = data.draw(tapes())
    if coarse > 1:
        bars = dataclasses.replace(resample(bars, coarse), inner=bars)
    program, met = data.draw(programs()), Counter()
    for _ in range(2):  # most of the time goes into drawing a tape and a program
        met += witnessed(bars, data.draw(setups_on(bars)), program)
    return met


def witnessed(bars: Bars, setups: Setups, program: dict) -> Counter:
    """Both witnesses of one play."""
    table, exits = table_for(bars, program)
    played = simulate(table, setups, exits)
    plain = plain_bars(bars), plain_setups(setups), plain_program(program)
    plain[2].minutes = bars.minutes
    truth = play(*plain)
    assert trades_of(played) == expected(truth)
    best = best_net(table, setups, exits, played.trades)
    for k, row in enumerate(played.trades.setup):
        assert best[k] == kindest(truth[row])
    met = Counter(row if isinstance(row, str) else row["reason"] for row in truth)
    met["ambiguous"] += int(played.trades.ambiguous.sum())
    return met


@pytest.mark.covers("T10")
def test_kernel_equals_oracle(sized: Callable[..., int]) -> None:
    @settings(max_examples=sized("T10", ci=180, full=10_000))
    @given(st.data())
    def other_tapes_each_time(data: st.DataObject) -> None:
        compare(data)

    other_tapes_each_time()


@pytest.mark.covers("T15")
def test_kernel_equals_oracle_by_finer_bars(sized: Callable[..., int]) -> None:
    @settings(max_examples=sized("T15", ci=60, full=5_000))
    @given(st.data())
    def other_tapes_each_time(data: st.DataObject) -> None:
        compare(data, coarse=5)

    other_tapes_each_time()


def test_the_tapes_speak() -> None:
    """Every outcome and every reason to leave is met on them, or nothing was compared."""
    spoke: Counter = Counter()

    @settings(max_examples=CASES, derandomize=True, database=None)
    @given(st.data())
    def same_tapes_each_time(data: st.DataObject) -> None:
        spoke.update(compare(data))

    same_tapes_each_time()
    missed = {name for name in NAMES if not spoke[name]}
    allowed = len(NAMES) if CASES < CI else RARE if CASES == CI else 0
    assert len(missed) <= allowed, f"{CASES} tapes never met {missed}"
