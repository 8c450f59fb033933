"""Bars inside bars: row F67 worked by hand, and what finer data may change (T15)."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.entries import Limit, Stop
from engine.core.resample import resample
from engine.core.setups import Setups
from engine.fills import Exits
from engine.fills.fast.refusal import refusal
from engine.fills.inner import inner_of, of_trades
from engine.fills.simulate import best_net, simulate
from tests.fills.hand import NINE, both, ended, entered, free, table
from tests.fills.programs import programs, setups_on, table_for
from tests.makers import bars_from, flat, long_at, short_at
from tests.tapes import tapes

UP_FIRST = [(100, 104, 100, 103), (103, 103, 96, 97), *flat(97, 3)]
DOWN_FIRST = [(100, 100, 96, 97), (97, 104, 97, 103), *flat(103, 3)]
BOTH_AT_ONCE = [*flat(100, 2), (100, 104, 96, 100), *flat(100, 2)]


def five(*minutes: list) -> Bars:
    """Bars of five minutes that know the minutes inside them, two quiet ones first."""
    fine = bars_from((NINE, [*flat(100, 10), *(bar for part in minutes for bar in part)]))
    return dataclasses.replace(resample(fine, 5), inner=fine)


@pytest.mark.covers("VA-078", "QA-017")
@pytest.mark.parametrize(
    ("inside", "end", "doubt"),
    [
        (UP_FIRST, (104, "target"), False),
        (DOWN_FIRST, (96, "stop"), False),
        (BOTH_AT_ONCE, (96, "stop"), True),
    ],
)
def test_f67_finer_bars_say_which_came_first(*, inside: list, end: tuple, doubt: bool) -> None:
    bars = five(inside, flat(inside[-1][3], 5))
    exits = {"stop": 4, "target": 4}
    result = free(long_at(bars, 0), bars, **exits)
    assert (*ended(result)[1:], result.trades.ambiguous[0]) == (*end, doubt)
    alone = dataclasses.replace(bars, inner=None)
    assert free(long_at(alone, 0), alone, **exits).trades.ambiguous[0]
    assert both(long_at(alone, 0), alone, **exits) == (-4, 4)
    if not doubt:
        assert both(long_at(bars, 0), bars, **exits) == (4, 4) if end[0] > 100 else (-4, -4)


def test_f67_a_gap_between_finer_bars_fills_at_their_open() -> None:
    bars = five([*flat(100, 1), (93, 104, 93, 104), *flat(104, 3)], flat(104, 5))
    result = free(long_at(bars, 0), bars, stop=4, target=4)
    assert (*ended(result), result.trades.ambiguous[0]) == (2, 93, "stop", False)


@pytest.mark.parametrize(
    ("prices", "end", "doubt"),
    [
        ([100, 104, 96, 100], (104, "target"), False),
        ([100, 97, 95, 104, 100], (96, "stop"), False),  # passed between two trades
        ([100, 104, 95, 100], (96, "stop"), True),  # the bar goes another way: not its trades
    ],
)
def test_f67_trades_say_what_a_minute_cannot(*, prices: list, end: tuple, doubt: bool) -> None:
    """Three minutes; in the second both are met, and the trades in it come in their order."""
    lowest = 96 if doubt else min(prices)
    bars = bars_from((NINE, [*flat(100, 1), (100, 104, lowest, 100), *flat(100, 2)]))
    moments = bars.time[1] + np.arange(len(prices)) // 2  # two of them at one instant
    trades = of_trades(bars, moments, np.array(prices), np.ones(len(prices), np.int64))
    known = dataclasses.replace(bars, inner=trades)
    result = free(long_at(known, 0), known, stop=4, target=4)
    assert (*ended(result)[1:], result.trades.ambiguous[0]) == (*end, doubt)


@pytest.mark.parametrize(
    ("inside", "end"),
    [
        (  # in after the target was passed
            [(100, 104, 100, 103), (103, 103, 98, 98), (98, 98, 97, 98), *flat(98, 2)],
            None,
        ),
        ([(100, 100, 97, 98), (98, 104, 98, 103), *flat(103, 3)], (101, "target")),
        ([(100, 100, 97, 98), (98, 98, 93, 94), *flat(94, 3)], (93, "stop")),
        (  # in at the open of a finer bar that gaps over the limit
            [(100, 100, 99, 99), (96, 102, 96, 100), (100, 100, 92, 93), *flat(93, 2)],
            (101, "target"),
        ),
    ],
)
def test_f67_what_follows_a_fill_inside_a_bar(inside: list, end: tuple | None) -> None:
    """A limit at 97, out at 93 or 101."""
    bars = five(inside, flat(inside[-1][3], 5))
    result = free(long_at(bars, 0, entry=Limit(97)), bars, stop=4, target=4)
    assert entered(result) == (2, 97)
    assert not result.trades.ambiguous[0]
    assert ended(result)[1:] == (end or (98, "data_end"))


def test_f67_a_stop_order_and_a_gap_over_it() -> None:
    bars = five([*flat(100, 1), (104, 104, 99, 99), *flat(99, 3)], flat(99, 5))
    result = free(long_at(bars, 0, entry=Stop(102)), bars, stop=3, target=2)
    assert (entered(result), ended(result)) == ((2, 102), (2, 99, "stop"))
    assert result.trades.ambiguous[0]  # nobody sold at 102
    there = five([*flat(100, 1), (102, 104, 102, 103), (103, 103, 99, 99), *flat(99, 2)])
    result = free(long_at(there, 0, entry=Stop(102)), there, stop=3, target=2)
    assert (entered(result), ended(result)) == ((2, 102), (2, 104, "target"))
    assert not result.trades.ambiguous[0]
    waits = five(
        [*flat(100, 1), (100, 103, 98, 99), (99, 105, 99, 105), *flat(105, 2)], flat(105, 5)
    )
    result = free(short_at(waits, 0, entry=Limit(None, 103)), waits, stop=2, target=5)
    assert (entered(result), ended(result)) == ((2, 103), (2, 105, "stop"))


def test_f67_legs_leave_in_the_order_of_the_finer_bars() -> None:
    bars = five(UP_FIRST, flat(97, 5))
    legs = {"legs": {"at": [2], "lots": [2, 1]}, "stop": 4, "target": 40}
    trades = free(long_at(bars, 0), bars, **legs).trades
    assert (trades.sold[0, 0], trades.leg[0, 0], trades.exit[0]) == (2, 102, 96)
    assert not trades.ambiguous[0]


def test_finer_bars_that_do_not_add_up_to_a_bar_say_nothing_of_it() -> None:
    bars = five(UP_FIRST, flat(97, 5))
    fine = bars.inner
    moved = dataclasses.replace(fine, arrays=fine.arrays._replace(high=fine.high + 1))
    found = inner_of(dataclasses.replace(bars, inner=moved))
    assert np.array_equal(found.first, found.stop)
    last = inner_of(bars)
    assert (last.stop - last.first).tolist() == [5, 5, 5, 5]
    other = inner_of(dataclasses.replace(bars, inner=fine[:0]))
    assert np.array_equal(other.first, other.stop)


def test_finer_bars_are_part_of_the_name() -> None:
    bars = five(flat(100, 5))
    alone = dataclasses.replace(bars, inner=None)
    assert bars.fingerprint != alone.fingerprint == bars.of_bars


def test_the_fast_path_refuses_them() -> None:
    bars, exits = five(UP_FIRST), Exits()
    assert "bars inside the bars" in refusal(table(bars, exits), long_at(bars, 0), exits)


@pytest.mark.covers("T15")
def test_finer_data_lies_between_the_readings(sized: Callable[..., int]) -> None:
    """Where minutes follow each other without a gap and every order pays the same."""

    @settings(max_examples=sized("T15", ci=100, full=5_000))
    @given(st.data())
    def other_tapes_each_time(data: st.DataObject) -> None:
        fine = joined(data.draw(tapes()))
        coarse = resample(fine, 5)
        setups, program = data.draw(setups_on(coarse)), data.draw(programs(simple=True))
        program["costs"] = {"slippage": {"market": 1, "stop": 1, "limit": 1}}
        worst, kindest = nets(coarse, setups, program)
        known, _ = nets(dataclasses.replace(coarse, inner=fine), setups, program)
        for key in worst.keys() & known.keys():
            assert worst[key] <= known[key] <= kindest[key]

    other_tapes_each_time()


def joined(bars: Bars) -> Bars:
    """The same bars, each of them opening where the one before closed."""
    a = bars.arrays
    jumps = np.cumsum(np.diff(a.open.astype(np.int64), prepend=a.open[0]))
    jumps -= np.append(0, np.cumsum(a.close.astype(np.int64) - a.open)[:-1])
    names = ("open", "high", "low", "close")
    moved = {name: (getattr(a, name) - jumps).astype(np.int32) for name in names}
    return dataclasses.replace(bars, arrays=a._replace(**moved))


def nets(bars: Bars, setups: Setups, program: dict) -> tuple[dict, dict]:
    """Net of every trade by its setup and its bar: as played, and under the best reading."""
    at, exits = table_for(bars, program)
    trades = simulate(at, setups, exits).trades
    keys = list(zip(trades.setup.tolist(), trades.entry_bar.tolist(), strict=True))
    best = best_net(at, setups, exits, trades)
    return dict(zip(keys, trades.net, strict=True)), dict(zip(keys, best, strict=True))
