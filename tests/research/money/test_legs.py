"""Legs in an account: engine.research.money.legs against the oracle of fills, and by hand."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.setups import Setups
from engine.fills import Costs, simulate
from engine.fills.simulate import Played
from engine.research.money import Lane, account
from engine.research.money.legs import in_legs
from engine.research.replay import Replay
from engine.research.trade_table import trade_frame
from tests.fills.hand import NINE
from tests.fills.programs import costs, legs, plain_program, setups_on, table_for
from tests.makers import bars_from, flat, long_at
from tests.oracle.bridge import plain_bars, plain_setups
from tests.oracle.fills import play
from tests.oracle.money_legs import parted
from tests.proof.sizes import sized as cases
from tests.research.money.markets import money
from tests.tapes import tapes

SHOWN = ("exit_bar", "exit", "quantity", "gross", "slippage", "fees", "funding", "reason")
ENDLESS = 10**12
STOPS, TARGETS = (2, 5, {"times": "0.5", "of": "size"}), (4, "level", {"r": "2.5"})


@st.composite
def programs(draw: st.DrawFn) -> dict:
    """Exits in legs that stops, targets, trails and clocks end."""
    further = draw(st.sampled_from(({}, {"trail": {"by": 2}}, {"hold": {"bars": 3}})))
    exits = {"stop": draw(st.sampled_from(STOPS)), "target": draw(st.sampled_from(TARGETS))}
    exits |= {"flatten": "none", "legs": draw(legs(st.sampled_from((1, 2, 3))))} | further
    return {"exits": exits, "rules": {}, "costs": draw(costs())}


def framed(bars: Bars, setups: Setups, played: Played) -> pl.DataFrame:
    """The trades as a run stores them."""
    names, trades = np.full(len(setups), "", object), played.trades
    found = Replay(0, setups, names, trades, trades.net)
    return trade_frame(bars, found, np.ones(len(trades.net), np.bool_))


@pytest.mark.covers("T18")
@settings(max_examples=cases(ci=25, full=2_000, small=4))
@given(st.data())
def test_legs_are_trades_of_their_own(data: st.DataObject) -> None:
    """Bars, prices, lots, money and reasons; the parts add up; the account makes the same money."""
    bars, program = data.draw(tapes()), data.draw(programs())
    setups = dataclasses.replace(data.draw(setups_on(bars)), parents=None)
    table, exits = table_for(bars, program)
    stored = framed(bars, setups, simulate(table, setups, exits))
    found = in_legs(bars, stored, table.costs)
    told, plain = plain_bars(bars), plain_program(program)
    truth = [row for row in play(told, plain_setups(setups), plain) if isinstance(row, dict)]
    expected = [
        (k, *(part[name] for name in SHOWN))
        for k, trade in enumerate(truth)
        for part in parted(told, trade, plain)
    ]
    assert sorted(found.select("row", *SHOWN).rows()) == sorted(expected)
    whole = found.group_by("row", maintain_order=True).agg(pl.col("quantity").sum())
    assert whole["quantity"].to_list() == stored["quantity"].to_list()
    ends = found.group_by("row", maintain_order=True).agg(pl.col("exit_bar").max())
    assert ends["exit_bar"].to_list() == stored["exit_bar"].to_list()  # no leg is left behind
    lots = sum(plain.lots)
    rules = money(capital=ENDLESS, size={"fixed": lots}, limits={"contracts": 99, "ceiling": 99})
    made = account([Lane.of(bars, stored, table.costs)], rules)
    assert made.trades["lots"].sum() == lots * len(stored)
    assert made.trades["net"].sum() == stored["net"].sum()


def test_half_leaves_at_the_leg_and_half_at_the_stop() -> None:
    """Four contracts of an account: two leave 4 ticks ahead, two at the stop 4 behind."""
    prices = [*flat(100, 2), (100, 104, 100, 104), (104, 104, 96, 96), *flat(96, 2)]
    bars = bars_from((NINE, prices))
    exits = {"stop": 4, "target": 9, "flatten": "none", "legs": {"at": [4], "lots": [1, 1]}}
    program = {"exits": exits, "rules": {}, "costs": {"commission": "2.05"}}
    table, one = table_for(bars, program)
    setups = long_at(bars, 0)
    stored = framed(bars, setups, simulate(table, setups, one))
    assert stored.select("leg_bars", "leg_prices", "leg_lots").row(0) == ([2], [104], [1])
    lane = Lane.of(bars, stored, table.costs)
    found = account([lane], money(size={"fixed": 4}))
    assert found.trades.select("row", "lots", "exit", "reason", "gross").rows() == [
        (0, 4, 96, "stop", 0)
    ]
    assert found.legs.select("trade", "lots", "exit", "reason", "gross").rows() == [
        (0, 2, 104, "leg", 2 * 4 * 1250),
        (0, 2, 96, "stop", -2 * 4 * 1250),
    ]
    assert found.equity["positions"].to_list() == [0, 1, 1, 0, 0, 0]
    assert [unit.r is None for unit in lane.units] == [True, False]  # Kelly counts a trade once


def test_a_leg_pays_funding_only_while_it_was_there() -> None:
    """The hour of 8:00 UTC comes after the leg of two left, and finds one lot."""
    prices = [*flat(1_000, 2), (1_000, 1_010, 1_000, 1_000), *flat(1_000, 3)]
    bars = bars_from(("2022-11-28 01:57", prices), symbol="BTCUSDT-PERP")
    exits = {"stop": "none", "target": "none", "flatten": "none"}
    exits |= {"legs": {"at": [10], "lots": [2, 1]}}
    table, one = table_for(bars, {"exits": exits, "rules": {}, "costs": {"funding": "0.001"}})
    setups = long_at(bars, 0)
    stored = framed(bars, setups, simulate(table, setups, one))
    parts = in_legs(bars, stored, table.costs)
    assert parts.select("quantity", "funding").rows() == [(2, 0), (1, stored["funding"][0])]
    assert stored["funding"][0] > 0
    for name in ("gross", "slippage", "fees"):
        assert parts[name].sum() == stored[name][0]


def test_tables_without_legs_are_only_numbered() -> None:
    bars = bars_from((NINE, flat(100, 4)))
    plain = pl.DataFrame({"net": [1, 2]})
    assert in_legs(bars, plain, Costs()).equals(plain.with_row_index("row"))
