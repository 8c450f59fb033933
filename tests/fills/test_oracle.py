"""Two witnesses: the kernel and the oracle make the same trades of the same setups.

The kernel is engine.fills.kernel with the rules of engine.fills.rules.
"""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.fills.simulate import best_net, simulate
from tests.fills.programs import plain_program, programs, setups_on, table_for
from tests.oracle.bridge import expected, plain_bars, plain_setups, trades_of
from tests.oracle.fills import hold, play, priced
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

CI = 400
CASES = cases(ci=CI, full=CI)
DROPS = {"no_bar", "both", "no_distance", "no_level", "passed", "late", "window", "busy", "max"}
ENDS = {"stop", "target", "flatten", "session", "data_end", "ambiguous"}


def compare(data: st.DataObject) -> Counter:
    """One tape, one program, both witnesses; says what happened on it."""
    bars = data.draw(tapes())
    setups, program = data.draw(setups_on(bars)), data.draw(programs())
    table, exits = table_for(bars, program)
    played = simulate(table, setups, exits)
    plain = plain_bars(bars), plain_setups(setups), plain_program(program)
    truth = play(*plain)
    assert trades_of(played) == expected(truth)
    best = best_net(table, setups, exits, played.trades)
    for k, row in enumerate(played.trades.setup):
        kindest = priced(hold(plain[0], plain[1][row], plain[2], "best"), plain[2])
        assert best[k] == kindest["net"]
        assert best[k] >= played.trades.net[k]
    met = Counter(row if isinstance(row, str) else row["reason"] for row in truth)
    met["ambiguous"] += int(played.trades.ambiguous.sum())
    return met


@pytest.mark.covers("T10")
def test_kernel_equals_oracle(sized: Callable[..., int]) -> None:
    @settings(max_examples=sized("T10", ci=CI, full=10_000))
    @given(st.data())
    def other_tapes_each_time(data: st.DataObject) -> None:
        compare(data)

    other_tapes_each_time()


def test_the_tapes_speak() -> None:
    """Every outcome and every reason to leave is met on them, or nothing was compared."""
    spoke: Counter = Counter()

    @settings(max_examples=CASES, derandomize=True, database=None)
    @given(st.data())
    def same_tapes_each_time(data: st.DataObject) -> None:
        spoke.update(compare(data))

    same_tapes_each_time()
    missed = {name for name in DROPS | ENDS if not spoke[name]}
    assert len(missed) <= (0 if CASES >= CI else 10), f"{CASES} tapes never met {missed}"
