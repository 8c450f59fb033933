"""Adjusted prices and the way back, and a position held through rolls."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bars import Origin
from engine.core.columns import Column
from engine.core.entries import StopLimit
from engine.core.errors import DataError, ParameterError, UnknownError
from engine.core.resample import resample
from engine.core.rolls.adjust import adjusted, scaled
from engine.core.rolls.holding import Leg, Position, RollCosts, held
from engine.core.rolls.table import Prices, Roll, Rolls
from engine.core.setups import Setups
from engine.core.zone import epoch_day as day
from tests.makers import bars_from, mark

DAYS = ("2022-11-28", "2022-11-29", "2022-11-30")
ROLLS = Rolls(
    "ESZ22",
    (
        Roll(day("2022-11-29"), "ESZ22", "ESH23", Prices(100, 107)),
        Roll(day("2022-11-30"), "ESH23", "ESM23", Prices(110, 108)),
    ),
)


def continuous(prices):
    """Raw bars of three sessions, each in another contract, so many bars in each."""
    runs = [
        (f"{d} 09:00", [(p, p + 2, p - 3, p + 1) for p in part])
        for d, part in zip(DAYS, prices, strict=False)
    ]
    bars = bars_from(*runs)
    code = np.repeat(np.arange(3, dtype=np.int16), [len(part) for part in prices])
    names = ("ESZ22", "ESH23", "ESM23")
    return replace(bars, contract=code, origin=Origin("vendor", contracts=names))


@pytest.fixture
def raw():
    return continuous(([100, 101], [106, 109, 111], [109, 100]))


def test_the_difference_takes_out_the_gaps_and_keeps_the_first_contract(raw):
    found = adjusted(raw, ROLLS)
    assert found.offset.tolist() == [0, 0, 7, 7, 7, 5, 5]
    assert found.open.tolist() == [100, 101, 99, 102, 104, 104, 95]
    assert (found.close - found.open).tolist() == [1] * 7
    newest = adjusted(raw, ROLLS, "last")
    assert newest.offset.tolist() == [-5, -5, 2, 2, 2, 0, 0]
    assert newest.close[-1] == raw.close[-1]
    assert np.diff(newest.open).tolist() == np.diff(found.open).tolist()
    with pytest.raises(UnknownError, match="no anchor 'frist'; did you mean 'first'"):
        adjusted(raw, ROLLS, "frist")


def test_raw_prices_come_back_exactly(raw):
    found = adjusted(raw, ROLLS)
    for ours, theirs in zip(found.raw().arrays, raw.arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    level = Column(np.arange(7), np.arange(7) != 2)
    moved = found.level(level)
    assert moved.values.tolist() == [0, 1, 9, 10, 11, 10, 11]
    assert moved.present.tolist() == level.present.tolist()


def test_the_series_does_not_change_when_later_rolls_come(raw):
    whole = adjusted(raw, ROLLS)
    for cut in range(1, 8):
        known = Rolls("ESZ22", ROLLS.rows[: int(raw.contract[cut - 1])])
        assert adjusted(raw[:cut], known).close.tolist() == whole.close[:cut].tolist()
    assert adjusted(raw[2:], ROLLS).offset.tolist() == [0, 0, 0, -2, -2]
    assert len(adjusted(raw[:0], ROLLS)) == 0


def test_adjusted_bars_are_bars(raw):
    found = adjusted(raw, ROLLS)
    part = found[1:4]
    assert (part.offset.tolist(), part.close.tolist()) == ([0, 7, 7], [102, 100, 103])
    assert not part.offset.flags.writeable
    for twin in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):  # noqa: S301 - the bytes are ours
        assert twin.offset.tolist() == found.offset.tolist()
        assert twin.fingerprint == found.fingerprint
    assert len({found.fingerprint, raw.fingerprint, adjusted(raw, ROLLS, "last").fingerprint}) == 3
    days = resample(found, "session")
    assert (days.offset.tolist(), days.close.tolist()) == ([0, 7, 5], [102, 105, 96])
    assert days.raw().close.tolist() == [102, 112, 101]


def test_setups_are_restated_in_the_contract_they_act_in(raw):
    found = adjusted(raw, ROLLS)
    seen = Setups.where(
        found,
        long=mark(found, 0, 1, 3),
        short=mark(found, 6),
        stop=(found.low, None),
        target=(None, 90),
        attributes={"atr": found.high - found.low},
    )
    acting = found.restated(seen)
    assert acting.bar.tolist() == seen.bar.tolist()
    # bar 1 is the last of its session: its order works in the next contract, 7 ticks higher
    assert acting.stop.values[:3].tolist() == [97, 98 + 7, 99 + 7]
    assert acting.target.values.tolist() == [0, 0, 0, 90 + 5]
    assert acting.stop.present.tolist() == seen.stop.present.tolist()
    assert acting.attribute("atr").tolist() == seen.attribute("atr").tolist()
    assert len(found.restated(seen.take(np.zeros(0, np.int64)))) == 0


def test_prices_below_zero_are_prices(raw):
    fallen = Rolls("ESZ22", (ROLLS.rows[0]._replace(prices=Prices(0, 500)), ROLLS.rows[1]))
    assert adjusted(raw, fallen).low.min() < 0
    far = Rolls("ESZ22", (ROLLS.rows[0]._replace(prices=Prices(-(10**9), 10**9)), ROLLS.rows[1]))
    with pytest.raises(DataError, match="adjusted prices leave the 1000000000 ticks"):
        adjusted(raw, far)


@pytest.mark.covers("A-014")
def test_the_ratio_is_for_features_and_its_levels_convert_back(raw):
    found = scaled(raw, ROLLS)
    steps = np.cumprod([1, 100 / 107, 110 / 108])
    np.testing.assert_array_equal(found.factor, steps[raw.contract])
    np.testing.assert_array_equal(found.close, raw.close * found.factor)
    level = found.level(Column.of(found.close))
    assert level.values.tolist() == raw.close.tolist()
    gone = Column(np.full(7, np.nan), np.zeros(7, np.bool_))
    assert not found.level(gone).present.any()
    last = scaled(raw, ROLLS, "last")
    assert last.close[-1] == raw.close[-1]
    zero = Rolls("ESZ22", (ROLLS.rows[0]._replace(prices=Prices(0, 5)), ROLLS.rows[1]))
    with pytest.raises(DataError, match="a ratio needs prices above zero"):
        scaled(raw, zero)
    with pytest.raises(DataError, match="the gap between them is not known"):
        scaled(raw, Rolls("ESZ22", (Roll(day("2022-11-29"), "ESZ22", "ESH23"),)))


@pytest.mark.covers("T21")
def test_holding_through_two_rolls_by_hand(raw):
    """Long 3 from 101 in ESZ22 to 105 in ESM23, a tick being 12.50."""
    position = Position(side=1, quantity=3, entry_bar=1, entry=101, exit_bar=6, exit=105)
    found = held(raw, ROLLS, position, RollCosts(spread=1, commission=205))
    tick = 3 * 1250
    assert found.legs == (
        Leg("ESZ22", 101, 102, tick),  # closed at the last close before the roll
        Leg("ESH23", 109, 112, 3 * tick),  # opened 7 higher
        Leg("ESM23", 110, 105, -5 * tick),  # opened 2 lower
    )
    assert found.gross == -tick
    assert found.spread == 2 * 3 * 1250
    assert found.commissions == (2 + 2 * 2) * 3 * 205
    assert found.net == -tick - 7500 - 3690


@pytest.mark.covers("T21")
@given(st.data())
def test_a_roll_is_the_sum_of_its_contracts_a_spread_and_two_commissions(data):
    draw = data.draw
    prices = [draw(st.lists(st.integers(-500, 500), min_size=1, max_size=4)) for _ in range(3)]
    bars = continuous(prices)
    gaps = [draw(st.integers(-300, 300)) for _ in range(2)]
    rows = zip(ROLLS.rows, gaps, strict=True)
    rolls = Rolls("ESZ22", tuple(r._replace(prices=Prices(50, 50 + gap)) for r, gap in rows))
    low = draw(st.integers(0, len(bars) - 1))
    high = draw(st.integers(low, len(bars) - 1))
    side, quantity = draw(st.sampled_from([1, -1])), draw(st.integers(1, 5))
    entry, out = int(bars.open[low]), int(bars.close[high])
    spread, fee = draw(st.integers(0, 3)), draw(st.integers(0, 500))
    position = Position(side, quantity, low, entry, high, out)
    found = held(bars, rolls, position, RollCosts(spread, fee))
    passed = int(bars.contract[high] - bars.contract[low])
    worth = side * quantity * 1250
    assert found.gross == worth * (
        out - entry - sum(gaps[bars.contract[low] : bars.contract[high]])
    )
    assert found.gross == sum(worth * (leg.exit - leg.entry) for leg in found.legs)
    assert [leg.contract for leg in found.legs] == list(
        rolls.contracts[bars.contract[low] : bars.contract[high] + 1]
    )
    costs = passed * quantity * (spread * 1250 + 2 * fee) + 2 * quantity * fee
    assert found.net == found.gross - costs
    # the same trade on the adjusted series earns the same
    series = adjusted(bars, rolls)
    moved = [price - int(series.offset[i]) for price, i in ((entry, low), (out, high))]
    assert found.gross == worth * (moved[1] - moved[0])


@pytest.mark.parametrize(
    "wrong", [{"entry_bar": 5}, {"exit_bar": 7}, {"entry_bar": -1}, {"side": 0}]
)
def test_what_is_no_position_is_refused(raw, wrong):
    position = Position(1, 1, 1, 100, 4, 100)._replace(**wrong)
    with pytest.raises(ParameterError, match="is no position on Bars"):
        held(raw, ROLLS, position, RollCosts(1, 205))


def test_orders_that_wait_are_restated_too(raw):
    found = adjusted(raw, ROLLS)
    entry = StopLimit((found.high, None), (found.high + 1, None))
    acting = found.restated(Setups.where(found, long=mark(found, 0, 1), entry=entry)).entries
    assert acting.level.values.tolist() == [found.high[0], found.high[1] + 7]
    assert acting.limit.values.tolist() == [found.high[0] + 1, found.high[1] + 1 + 7]
