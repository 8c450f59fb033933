"""Rows of the acceptance tables that several fill rules make together, each shown in full."""

import dataclasses

import numpy as np
import pytest

from engine.core.columns import Column
from engine.core.entries import Limit, Stop
from engine.core.follow import After
from engine.core.resample import resample
from tests.fills.hand import NINE, both, ended, entered, free, outcome
from tests.makers import bars_from, flat, long_at

STOPPED, REACHED = (100, 100, 96, 97), (100, 104, 100, 103)
MINUTES = {"calm": 8.0, "wild": 12.0}  # of a regime, as an attribute


@pytest.mark.covers("A-066")
@pytest.mark.parametrize(
    ("entry", "fill"), [(Limit(98), (1, 98)), (Stop(102), (1, 102)), (None, (1, 100))]
)
def test_orders_are_matched_on_bars(entry: object, fill: tuple[int, int]) -> None:
    """Limit, stop and market in; stop, target and time out; both in one bar are the stop."""
    more = {} if entry is None else {"entry": entry}
    ends = {
        "stop": (fill[1], fill[1], fill[1] - 9, fill[1]),
        "target": (fill[1], fill[1] + 9, fill[1], fill[1]),
        "hold": (fill[1],) * 4,
    }
    for reason, last in ends.items():
        bars = bars_from((NINE, [*flat(100, 1), (100, 102, 98, 100), last, *flat(100, 3)]))
        result = free(long_at(bars, 0, **more), bars, stop=6, target=6, hold=2)
        assert entered(result) == fill
        assert ended(result)[2] == reason
    wide = bars_from(
        (NINE, [*flat(100, 1), (100, 102, 98, 100), (100, 120, 80, 100), *flat(100, 2)])
    )
    assert both(long_at(wide, 0, **more), wide, stop=6, target=6) == (-6, 6)


@pytest.mark.covers("A-066")
def test_finer_bars_say_which_of_both_came_first() -> None:
    prices = [*flat(100, 10), (100, 104, 100, 103), (103, 103, 96, 97), *flat(97, 8)]
    fine = bars_from((NINE, prices))
    bars = dataclasses.replace(resample(fine, 5), inner=fine)
    found = free(long_at(bars, 0), bars, stop=4, target=4)
    assert (ended(found)[2], bool(found.trades.ambiguous[0])) == ("target", False)
    alone = dataclasses.replace(bars, inner=None)
    found = free(long_at(alone, 0), alone, stop=4, target=4)
    assert (ended(found)[2], bool(found.trades.ambiguous[0])) == ("stop", True)


@pytest.mark.covers("B-045")
@pytest.mark.parametrize(
    ("bar", "end"),
    [
        (STOPPED, (2, 96, "stop")),
        (REACHED, (2, 104, "target")),
        ((100, 104, 96, 100), (2, 96, "stop")),  # both: against the trader
        ((90, 100, 88, 99), (2, 90, "stop")),  # gaps fill at the open
        ((110, 112, 101, 105), (2, 110, "target")),
        ((100, 101, 99, 100), (4, 100, "session")),
    ],
)
def test_stop_target_and_end(bar: tuple, end: tuple) -> None:
    bars = bars_from(("2022-11-28 15:55", [*flat(100, 2), bar, *flat(100, 2)]))
    result = free(long_at(bars, 0), bars, stop=4, target=4)
    assert ended(result) == end
    assert bool(result.trades.ambiguous[0]) == (bar[1:3] == (104, 96))


@pytest.mark.covers("VA-021")
@pytest.mark.parametrize(("to", "stop"), [({"to": 4}, 96), ({"by": "0.3"}, 93)])
def test_a_regime_keeps_entries_out_and_tightens_once(to: dict, stop: int) -> None:
    """However long the new regime lasts, the stop stands where its first bar put it."""
    bars = bars_from((NINE, [*flat(100, 6), (100, 100, 80, 80), *flat(80, 2)]))
    row = np.arange(len(bars))
    for change in (row == 2, row >= 2):
        setups = long_at(bars, 0, 1, follow={"regime": change}, attributes={"regime": row + 1.0})
        calm = setups.take(np.flatnonzero(setups.attribute("regime") < 2))
        assert calm.bar.tolist() == [0]
        result = free(calm, bars, stop=10, tighten={"when": "regime", **to})
        assert ended(result) == (6, stop, "tighten")


@pytest.mark.covers("VA-028")
@pytest.mark.parametrize(
    ("falls", "on", "end"),
    [
        (4, True, (7, 93, "tighten")),
        (3, True, (7, 90, "stop")),
        (4, False, (7, 90, "stop")),
    ],
)
def test_four_of_four_changes_against_it_tighten_by_30_percent(
    falls: int,
    on: bool,  # noqa: FBT001 - a row of a table
    end: tuple,
) -> None:
    """A tick down at each of the last four closes; the toggle is the rule itself."""
    closes = [100, 100, 100, *range(99, 99 - falls, -1), *[99 - falls + 1] * (4 - falls)]
    prices = [(c, c, c, c) for c in closes]
    bars = bars_from((NINE, [*prices, (closes[-1], closes[-1], 80, 80), *flat(80, 2)]))
    change = np.sign(np.diff(bars.close.astype(np.int64), prepend=100))
    four = np.convolve(change < 0, np.ones(4, np.int64))[: len(bars)] == 4
    setups = long_at(bars, 0, follow={"against": four})
    tight = {"tighten": {"when": "against", "by": "0.3"}} if on else {}
    assert ended(free(setups, bars, stop=10, **tight)) == end


@pytest.mark.covers("VA-026")
@pytest.mark.parametrize("regime", list(MINUTES))
def test_how_long_it_may_lead_nowhere_is_the_regimes_to_say(regime: str) -> None:
    """Sideways within the range, under water by a tick: out after that many minutes."""
    minutes, patience = int(MINUTES[regime]), {"minutes": {"times": 1, "of": "patience"}}
    known = {"attributes": {"patience": MINUTES[regime]}}
    still = bars_from((NINE, flat(100, 20)))
    result = free(long_at(still, 0, **known), still, sideways=patience | {"range": 5})
    assert ended(result) == (1 + minutes, 100, "sideways")
    under = bars_from((NINE, [*flat(100, 2), *flat(99, 18)]))
    result = free(long_at(under, 0, **known), under, underwater=patience | {"below": 0})
    assert ended(result) == (1 + minutes, 99, "underwater")


@pytest.mark.covers("QA-021")
def test_one_position_at_a_time_and_another_try_after_it() -> None:
    """The second setup finds it open, the third comes after the stop it waits for."""
    bars = bars_from((NINE, [*flat(100, 3), (100, 100, 90, 100), *flat(100, 4)]))
    first = Column(np.zeros(len(bars), np.int64), np.arange(len(bars)) > 2)
    setups = long_at(bars, 0, 1, 3, after=After(first, "stop"))
    result = free(setups, bars, stop=4)
    assert outcome(result) == ["taken", "busy", "taken"]
    t = result.trades
    assert t.exit_bar[0] < t.entry_bar[1]
