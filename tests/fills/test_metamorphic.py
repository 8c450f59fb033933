"""Laws of play that need no second witness: bounds of fills, and what must change nothing."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.setups import Setups
from engine.fills import REASONS, Trades, simulate
from tests.fills.programs import programs, setups_on, table_for
from tests.tapes import tapes

PRICES = ("open", "high", "low", "close")
GAPS = ("stop", "trail", "breakeven", "decay", "tighten", "target")


def trades_on(bars: Bars, setups: Setups, program: dict) -> Trades:
    table, exits = table_for(bars, program)
    return simulate(table, setups, exits).trades


def drawn(data: st.DataObject) -> tuple[Bars, Setups, dict]:
    bars = data.draw(tapes())
    return bars, data.draw(setups_on(bars)), data.draw(programs())


def examples(name: str, sized: Callable[..., int]) -> Callable:
    return settings(max_examples=sized(name, ci=60, full=5_000))


@pytest.mark.covers("T14")
def test_every_fill_lies_in_its_bar_and_after_its_setup(sized: Callable[..., int]) -> None:
    @examples("T14", sized)
    @given(st.data())
    def other_tapes_each_time(data: st.DataObject) -> None:
        bars, setups, program = drawn(data)
        t = trades_on(bars, setups, program)
        a = bars.arrays
        for bar, price in ((t.entry_bar, t.entry), (t.exit_bar, t.exit)):
            assert np.all((a.low[bar] <= price) & (price <= a.high[bar]))
        for m in range(3):
            sold, bar, price = t.sold[:, m] > 0, t.leg_bar[:, m], t.leg[:, m]
            assert np.all(~sold | ((a.low[bar] <= price) & (price <= a.high[bar])))
        assert np.all(setups.bar[t.setup] < t.entry_bar)
        assert np.all(t.entry_bar <= t.exit_bar)
        at_level = np.isin(np.array(REASONS)[t.reason], GAPS) & (t.exit != a.open[t.exit_bar])
        inside = at_level & (t.entry_bar < t.exit_bar)
        stopped = inside & (np.array(REASONS)[t.reason] == "stop")
        gapped = (a.open[t.exit_bar] - t.stop) * t.side <= 0
        assert not np.any(stopped & gapped)  # a stop that was gapped fills at the open

    other_tapes_each_time()


@pytest.mark.covers("B-044")
def test_shorts_are_longs_upside_down() -> None:
    @settings(max_examples=60)
    @given(st.data())
    def other_tapes_each_time(data: st.DataObject) -> None:
        bars, setups, program = drawn(data)
        program["rules"].pop("fill_probability", None)  # luck is drawn by side
        t = trades_on(bars, setups, program)
        other = trades_on(turned(bars), turned_setups(setups), program)
        assert np.array_equal(np.sort(t.net), np.sort(other.net))
        assert sorted(t.entry_bar) == sorted(other.entry_bar)

    other_tapes_each_time()


def turned(bars: Bars) -> Bars:
    a = bars.arrays
    arrays = a._replace(open=-a.open, high=-a.low, low=-a.high, close=-a.close)
    return dataclasses.replace(bars, arrays=arrays)


def turned_setups(setups: Setups) -> Setups:
    """The other side at every bar, longs still first; what exits follow changes sides too."""
    order = np.lexsort((setups.side, setups.bar))
    s, entries = setups.take(order), setups.take(order).entries
    if entries is not None:
        entries = entries._replace(level=negative(entries.level), limit=negative(entries.limit))
    follow = {}
    for name, (values, present) in s.follow.items():
        sign = -1 if name == "mean" else 1
        moving = type(setups.follow[name])
        follow[name] = moving(
            np.ascontiguousarray(sign * values[::-1]), np.ascontiguousarray(present[::-1])
        )
    stop, target = negative(s.stop), negative(s.target)
    more = {"stop": stop, "target": target, "entries": entries, "follow": follow}
    return dataclasses.replace(s, side=-s.side, **more)


def negative(column: Column) -> Column:
    return Column(-column.values, column.present)


@pytest.mark.covers("T16")
def test_higher_costs_never_help_a_trade(sized: Callable[..., int]) -> None:
    """Rules that count money see the costs, so they are left out."""

    @examples("T16", sized)
    @given(st.data())
    def other_tapes_each_time(data: st.DataObject) -> None:
        bars, setups, program = drawn(data)
        for name in ("daily_loss", "daily_profit", "with_open", "max_losses"):
            program["rules"].pop(name, None)
        setups = dataclasses.replace(setups, parents=None)
        if "dollars" in str(program["exits"]):
            return
        once = trades_on(bars, setups, program)
        slips = {k: v for k, v in program["costs"]["slippage"].items() if k != "eth"}
        dear = {"commission": "4.10", "slippage": {name: 2 * n for name, n in slips.items()}}
        program["costs"] = {"commission": "2.05", "slippage": slips}
        plain = trades_on(bars, setups, program)
        program["costs"] = dear
        twice = trades_on(bars, setups, program)
        assert np.array_equal(plain.exit_bar, twice.exit_bar)
        assert np.array_equal(plain.gross, twice.gross)
        assert np.array_equal(once.gross, twice.gross)
        assert np.all(twice.net <= plain.net)
        assert np.array_equal(twice.gross - twice.net, 2 * (plain.gross - plain.net))

    other_tapes_each_time()


@pytest.mark.covers("T16")
def test_a_shift_of_all_prices_shifts_levels_and_no_result(sized: Callable[..., int]) -> None:
    @examples("T16", sized)
    @given(st.data(), st.integers(-500, 500))
    def other_tapes_each_time(data: st.DataObject, ticks: int) -> None:
        bars, setups, program = drawn(data)
        if "percent" in str(program["exits"]):
            return
        program["rules"].pop("price_limit", None)
        moved = bars.arrays._replace(
            **{n: (getattr(bars.arrays, n) + np.int32(ticks)) for n in PRICES}
        )
        t = trades_on(bars, setups, program)
        other = trades_on(
            dataclasses.replace(bars, arrays=moved), shifted_setups(setups, ticks), program
        )
        assert np.array_equal(t.entry + ticks, other.entry)
        assert np.array_equal(t.exit + ticks, other.exit)
        for name in ("net", "r", "mfe", "mae", "setup", "reason"):
            assert np.array_equal(getattr(t, name), getattr(other, name))

    other_tapes_each_time()


def shifted_setups(setups: Setups, ticks: int) -> Setups:
    entries = setups.entries
    if entries is not None:
        entries = entries._replace(level=entries.level + ticks, limit=entries.limit + ticks)
    follow = dict(setups.follow)
    if "mean" in follow:
        follow["mean"] = follow["mean"]._replace(values=follow["mean"].values + ticks)
    levels = {"stop": setups.stop + ticks, "target": setups.target + ticks}
    return dataclasses.replace(setups, entries=entries, follow=follow, **levels)


@pytest.mark.covers("T16")
def test_a_tape_cut_at_a_session_makes_the_same_trades(sized: Callable[..., int]) -> None:
    """Orders that wait over a session's end, and limits taken of its close, know of both parts."""

    @examples("T16", sized)
    @given(st.data())
    def other_tapes_each_time(data: st.DataObject) -> None:
        bars, setups, program = drawn(data)
        program["rules"].pop("price_limit", None)
        setups = dataclasses.replace(setups, entries=None, parents=None)
        edges = np.flatnonzero(np.diff(bars.session)) + 1
        if not len(edges) or (bars.volume == 0).any():
            return
        cut = int(edges[len(edges) // 2])
        early = setups.take(np.flatnonzero(setups.bar < cut))
        late = setups.take(np.flatnonzero(setups.bar >= cut))
        whole = trades_on(bars, setups, program)
        first = trades_on(bars[:cut], followed(early, slice(0, cut)), program)
        rest = dataclasses.replace(followed(late, slice(cut, len(bars))), bar=late.bar - cut)
        second = trades_on(bars[cut:], rest, program)
        assert np.array_equal(whole.net, np.concatenate((first.net, second.net)))
        assert np.array_equal(
            whole.entry_bar, np.concatenate((first.entry_bar, second.entry_bar + cut))
        )

    other_tapes_each_time()


def followed(setups: Setups, part: slice) -> Setups:
    """The columns exits follow, cut like the bars."""
    cut = {
        name: type(moving)(
            np.ascontiguousarray(moving.values[:, part]),
            np.ascontiguousarray(moving.present[:, part]),
        )
        for name, moving in setups.follow.items()
    }
    return dataclasses.replace(setups, follow=cut)
