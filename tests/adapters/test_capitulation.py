"""The capitulation reversal against a plain reading of its nine conditions."""

from datetime import date

import numpy as np
import pytest

from adapters.capitulation import Capitulation
from app.lawcheck.notes import gates
from engine import Costs, Exits, Plan, Rules, sweep, tables
from engine.core.contracts import instrument
from engine.research import Folds
from engine.synth.market import synthesise
from tests.adapters.reading import OPS, kept, passes, plain_vwap, rows
from tests.makers import bars_from

PUBLISHED = {  # condition: documented, coded
    "min_flush": (20, 8),
    "min_velocity": (3, "1.5"),
    "max_distance": (5, 12),
    "max_rsi": (25, 45),
    "min_climax": (2, "1.2"),
    "min_lift": (0, 0),
    "min_body": (1, 1),
    "min_discount": (0, 0),
    "min_volatility": (1, 0),
}


@pytest.fixture(scope="module")
def bars():
    return synthesise(instrument("ES"), date(2024, 1, 2), 3, 5)[:3_000]


def plain(bars, length, least):
    """Every bar of a signed flush, with the conditions that need no indicator."""
    means, found = plain_vwap(bars), {}
    for i in range(length - 1, len(bars)):
        window = range(i - length + 1, i + 1)
        if len({int(bars.session[k]) for k in window}) > 1:
            continue
        top, bottom = max(int(bars.high[k]) for k in window), min(int(bars.low[k]) for k in window)
        began, close = int(bars.open[window[0]]), int(bars.close[i])
        if top - bottom < least or began - bottom == top - began:
            continue
        side = 1 if began - bottom > top - began else -1
        lift = (
            int(bars.low[i] - bars.low[i - 1])
            if side > 0
            else int(bars.high[i - 1]) - int(bars.high[i])
        )
        found[i, side] = {
            "flush": top - bottom,
            "velocity": (top - bottom) / length,
            "distance": close - bottom if side > 0 else top - close,
            "lift": lift,
            "body": (close - int(bars.open[i])) * side,
            "discount": (means[i][0] - close) * side,
            "extreme": bottom if side > 0 else top,
        }
    return found


@pytest.mark.covers("VA-011")
def test_every_bar_of_a_signed_flush_with_every_condition_beside_it(bars):
    """VB-42: a window that moved far without falling is no flush to buy."""
    setups, expected = Capitulation(least=8, turn=False).setups(bars), plain(bars, 7, 8)
    assert rows(setups) == list(expected)
    for name in ("flush", "velocity", "distance", "lift", "body", "discount"):
        said = [conditions[name] for conditions in expected.values()]
        assert np.allclose(setups.attribute(name), said, rtol=1e-9, atol=1e-6), name
    assert setups.stop.values.tolist() == [c["extreme"] for c in expected.values()]
    coded = Capitulation(turn=False, **Capitulation.preset("coded").values())
    report = {name: int((~there).sum()) for name, there in passes(coded, setups).items()}
    assert set(report) == set(PUBLISHED)  # each of the nine, by itself
    assert report["min_flush"] == 0
    assert all(0 < report[name] < len(setups) for name in PUBLISHED if name != "min_flush")


@pytest.mark.covers("VA-084")
def test_each_gate_says_how_many_setups_it_rejects_by_itself(bars):
    """Those that `tickgrid check` prints, counted again from the attributes."""
    kind = Capitulation(least=8, turn=False)
    setups, told = kind.setups(bars), {}
    for row in gates(kind, setups):
        told[row["gate"]] = row["counts"]
    assert set(told) == set(kind.gates())
    for name, counts in told.items():
        gate = kind.gates()[name]
        values = setups.attribute(gate.attribute).tolist()
        for mark, count in counts.items():
            passing = [OPS[gate.op](value, float(mark)) for value in values]
            assert count == passing.count(False), (name, mark)
    assert any(0 < count < len(setups) for counts in told.values() for count in counts.values())


def test_a_turn_is_three_of_the_conditions(bars):
    every = Capitulation(least=8, turn=False, min_lift=0, min_body=1, min_discount=0)
    assert kept(Capitulation(least=8), bars) == kept(every, bars)
    assert kept(every, bars)


@pytest.mark.covers("VA-012")
@pytest.mark.parametrize(("name", "place"), [("documented", 0), ("coded", 1)])
def test_both_published_sets_of_thresholds_are_selected_by_name(bars, name, place):
    """VB-41: the thresholds that are told are the ones that are used."""
    preset = Capitulation.preset(name)
    assert preset.gates == {gate: values[place] for gate, values in PUBLISHED.items()}
    every = Capitulation(**preset.values() | {"turn": False, "least": 8})
    assert kept(Capitulation(**preset.values()), bars) == kept(every, bars)
    assert str(Exits.grid(dict(preset.exits))[0].hold) == "20 bars"  # VB-36: it does end


def test_a_fall_is_bought_and_a_rise_sold():
    """A flush of 16 ticks in seven bars, then a bar that turns it; the average lies far away."""
    down = [(100 - 2 * k, 100 - 2 * k, 98 - 2 * k, 98 - 2 * k) for k in range(8)]
    turn = [(84, 87, 84, 87)]
    bars = bars_from(("2022-11-28 09:00", [(120, 120, 120, 120)] * 8 + down + turn))
    setups = Capitulation(least=12).setups(bars)
    assert rows(setups) == [(16, 1)]
    assert setups.stop.values.tolist() == [84]
    assert setups.attribute("flush").tolist() == [96 - 84]
    assert setups.attribute("distance").tolist() == [3]
    turned = [tuple(200 - p for p in (o, low, high, c)) for o, high, low, c in down + turn]
    bars = bars_from(("2022-11-28 09:00", [(80, 80, 80, 80)] * 8 + turned))
    assert rows(Capitulation(least=12).setups(bars)) == [(16, -1)]


def test_no_flush_reaches_over_the_night():
    fall = [(100 - 3 * k, 100 - 3 * k, 97 - 3 * k, 97 - 3 * k) for k in range(4)]
    late = [(88, 88, 85, 85), (85, 85, 82, 82), (82, 82, 79, 79), (79, 82, 79, 82)]
    one = bars_from(("2022-11-28 09:00", [*[(120, 120, 120, 120)] * 8, *fall, *late]))
    two = bars_from(
        ("2022-11-28 15:48", [*[(120, 120, 120, 120)] * 8, *fall]), ("2022-11-28 17:00", late)
    )
    assert rows(Capitulation(least=12).setups(one))
    assert not rows(Capitulation(least=12).setups(two))


def test_trades_enter_at_the_next_open_and_leave_by_their_exits(bars):
    """VB-12, VB-13, VB-14: no entry at the close that makes the signal, no loss cut on paper."""
    preset = Capitulation.preset("coded")
    rules = Rules.of(dict(preset.rules) | {"max_per_session": 20})
    plan = Plan(
        [Capitulation(**preset.values())],
        Exits.grid(dict(preset.exits)),
        rules,
        Costs.of({"commission": "2.05"}),
    )
    made = tables(sweep(bars, plan, Folds(train=1, test=1, purge=0, min_trades=1)))
    trades = made["trades"]
    assert len(trades) > 3
    at, side = trades["entry_bar"].to_numpy(), trades["side"].to_numpy()
    assert (trades["entry"].to_numpy() == bars.open[at]).all()
    taken = set(kept(plan.strategies[0], bars))
    assert all((int(bar) - 1, int(way)) in taken for bar, way in zip(at, side, strict=True))
    moved = (trades["exit"].to_numpy() - trades["entry"].to_numpy()) * side
    assert (trades["gross"].to_numpy() == moved * bars.instrument.tick_money).all()
    assert (trades["bars_held"].to_numpy() <= 21).all()
