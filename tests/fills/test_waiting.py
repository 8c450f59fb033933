"""Orders that wait: rows F22 to F30 of docs/fills.md, and F56, worked by hand."""

import datetime as dt

import numpy as np
import pytest

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.entries import Limit, Stop, StopLimit
from engine.core.errors import UnknownError
from engine.core.setups import Setups
from engine.fills import Costs, Exits, Rules, Table, simulate
from engine.fills.simulate import Played
from engine.research.trade_table import orders
from tests.fills.hand import NINE, both, ended, entered, free, outcome, played
from tests.makers import bars_from, flat, long_at, short_at

FALL = (100, 101, 95, 96)  # opens at 100 and comes down to 95
RISE = (100, 105, 99, 104)


def test_f22_an_order_waits_and_holds_the_slot() -> None:
    bars = bars_from((NINE, [*flat(100, 3), FALL, *flat(96, 3)]))
    result = free(long_at(bars, 0, 1, 4, entry=Limit(97)), bars, target=50)
    assert outcome(result) == ["taken", "busy", "busy"]
    assert entered(result) == (3, 97)


@pytest.mark.covers("VA-032")
def test_f22_the_window_and_the_flatten_time_are_those_of_the_fill() -> None:
    bars = bars_from((NINE, [*flat(100, 2), FALL, FALL, FALL, *flat(96, 2)]))
    setups = long_at(bars, 0, entry=Limit(97))
    late = {"entry_window": ["09:03", "14:30"]}
    assert entered(free(setups, bars, late))[0] == 3
    assert outcome(free(setups, bars, {"entry_window": ["08:00", "09:01"]})) == ["expired"]
    assert outcome(free(setups, bars, flatten="09:02")) == ["expired"]


def test_f23_an_order_expires() -> None:
    prices = [*flat(100, 4), FALL, *flat(96, 2)]
    bars = bars_from((NINE, prices), ("2022-11-29 09:00", [FALL, *flat(96, 2)]))
    for count, found in ((3, "expired"), (4, "taken"), (None, "taken")):
        assert outcome(free(long_at(bars, 0, entry=Limit(97, bars=count)), bars)) == [found]
    assert outcome(free(long_at(bars, 0, entry=Limit(94)), bars)) == ["expired"]


def test_f23_an_order_that_expired_leaves_the_slot_at_its_last_close() -> None:
    bars = bars_from((NINE, flat(100, 8)))
    result = free(long_at(bars, 0, 1, 2, 3, entry=Limit(90, bars=2)), bars)
    assert outcome(result) == ["expired", "busy", "expired", "busy"]


def test_f23_until_a_trade_date() -> None:
    bars = bars_from((NINE, flat(100, 3)), ("2022-11-29 09:00", [*flat(100, 1), FALL, FALL]))
    two = long_at(bars, 0, entry=Limit(97, until=dt.date(2022, 11, 29)))
    result = free(two, bars, target=50)
    assert entered(result) == (4, 97)
    assert result.trades.session[0] == bars.session[4]
    one = long_at(bars, 0, entry=Limit(97, until=dt.date(2022, 11, 28)))
    assert outcome(free(one, bars)) == ["expired"]
    before = long_at(bars, 0, entry=Limit(97, until=dt.date(2022, 11, 25)))
    assert outcome(free(before, bars)) == ["no_bar"]
    short = long_at(bars, 0, entry=Limit(97, bars=3, until=dt.date(2022, 11, 29)))
    assert outcome(free(short, bars)) == ["expired"]


@pytest.mark.parametrize(
    ("level", "through", "found"),
    [
        (95, 0, (1, 95)),  # touched
        (95, 1, None),
        (96, 1, (1, 96)),  # traded through
        (102, 0, (1, 100)),  # opened beyond: at the open
        (101, 2, (1, 100)),  # opened beyond by less than through, then traded there
        (94, 0, None),
    ],
)
def test_f24_limit(level: int, through: int, found: tuple | None) -> None:
    bars = bars_from((NINE, [*flat(110, 1), FALL, *flat(110, 2)]))
    result = free(long_at(bars, 0, entry=Limit(level)), bars, {"through": through})
    assert (entered(result) if len(result.trades.net) else None) == found


def test_f24_a_short_sells_above() -> None:
    bars = bars_from((NINE, [*flat(90, 1), RISE, *flat(100, 2)]))
    assert entered(free(short_at(bars, 0, entry=Limit(None, 104)), bars)) == (1, 104)


@pytest.mark.parametrize(("level", "price"), [(103, 103), (105, 105), (99, 100), (100, 100)])
def test_f25_stop(level: int, price: int) -> None:
    bars = bars_from((NINE, [*flat(98, 1), RISE, *flat(104, 2)]))
    assert entered(free(long_at(bars, 0, entry=Stop(level)), bars)) == (1, price)
    low = bars_from((NINE, [*flat(98, 1), (100, 101, 95, 96), *flat(96, 2)]))
    mirror = free(short_at(low, 0, entry=Stop(None, 200 - level)), low)
    assert entered(mirror) == (1, 200 - price)


@pytest.mark.parametrize(
    ("stop", "limit", "through", "found"),
    [
        (103, 104, 0, (1, 103)),  # triggered inside the bar, the limit beyond it: at the trigger
        (103, 103, 0, (1, 103)),
        (103, 103, 1, (2, 102)),  # not sure in that bar: a limit order from the next one on
        (103, 101, 0, (2, 101)),  # the limit lies before the trigger: waits for the way back
        (100, 100, 0, (1, 100)),  # opened at the trigger
        (99, 98, 0, (3, 98)),  # opened beyond it: a limit order from the open on
    ],
)
def test_f26_stop_limit(stop: int, limit: int, through: int, found: tuple) -> None:
    prices = [*flat(98, 1), RISE, (102, 102, 101, 101), (99, 99, 97, 97), *flat(97, 2)]
    bars = bars_from((NINE, prices))
    setups = long_at(bars, 0, entry=StopLimit((stop, 0), (limit, 0)))
    assert entered(free(setups, bars, {"through": through})) == found


def test_f27_a_waiting_order_needs_its_level() -> None:
    bars = bars_from((NINE, flat(100, 4)))
    none = Column(np.zeros(4, np.int64), np.zeros(4, np.bool_))
    assert outcome(free(long_at(bars, 0, entry=Limit(none)), bars)) == ["no_level"]
    lame = StopLimit((101, 0), (none, none))
    assert outcome(free(long_at(bars, 0, entry=lame), bars)) == ["no_level"]


@pytest.mark.parametrize(
    ("stop", "target", "found"),
    [(97, 99, "passed"), (96, 97, "passed"), (96, 98, "taken")],
)
def test_f27_passed_is_of_the_entry_level(stop: int, target: int, found: str) -> None:
    bars = bars_from((NINE, [*flat(100, 1), FALL, *flat(96, 2)]))
    setups = long_at(bars, 0, stop=(stop, 0), target=(target, 0), entry=Limit(97))
    assert outcome(free(setups, bars, stop="level", target="level")) == [found]


def test_f28_limit_and_stop_in_the_entry_bar() -> None:
    """The worst price comes after a limit: the stop is hit for sure, the target is not."""
    bars = bars_from((NINE, [*flat(100, 1), (100, 103, 94, 96), *flat(96, 2)]))
    setups = long_at(bars, 0, entry=Limit(98))
    result = free(setups, bars, stop=3)
    assert ended(result) == (1, 95, "stop")
    assert not result.trades.ambiguous[0]
    assert both(setups, bars, stop=3, target=4) == (-3, 4)
    held = free(setups, bars, target=4)  # the high may have come before the fill
    assert held.trades.ambiguous[0]
    assert both(setups, bars, target=4) == (-2, 4)


def test_f28_a_close_beyond_the_target_is_sure() -> None:
    bars = bars_from((NINE, [*flat(100, 1), (100, 103, 97, 103), *flat(103, 2)]))
    result = free(long_at(bars, 0, entry=Limit(98)), bars, target=4)
    assert ended(result) == (1, 102, "target")
    assert not result.trades.ambiguous[0]


def test_f28_stop_entry_and_its_stop() -> None:
    """The low may have come before the fill of a stop order."""
    bars = bars_from((NINE, [*flat(100, 1), (100, 106, 98, 105), *flat(105, 2)]))
    setups = long_at(bars, 0, entry=Stop(102))
    assert both(setups, bars, stop=3) == (-3, 3)
    assert both(setups, bars, stop=3, target=4) == (-3, 4)
    sure = free(setups, bars, target=4)
    assert ended(sure) == (1, 106, "target")
    assert not sure.trades.ambiguous[0]
    fell = bars_from((NINE, [*flat(100, 1), (100, 106, 98, 99), *flat(99, 2)]))
    assert both(long_at(fell, 0, entry=Stop(102)), fell, stop=3) == (-3, -3)


def test_f28_excursions_of_the_entry_bar_are_the_sure_ones() -> None:
    bars = bars_from((NINE, [*flat(100, 1), (100, 109, 94, 99), *flat(98, 2)]))
    t = free(long_at(bars, 0, entry=Limit(97)), bars).trades
    assert (t.mfe[0], t.mae[0]) == (2, -3)
    t = free(long_at(bars, 0, entry=Stop(103)), bars).trades
    assert (t.mfe[0], t.mae[0]) == (6, -5)


@pytest.mark.covers("VA-080")
def test_f28_an_open_beyond_the_stop_fills_and_leaves_there() -> None:
    bars = bars_from((NINE, [*flat(100, 1), (90, 92, 89, 91), *flat(91, 2)]))
    result = played(long_at(bars, 0, stop=(95, 0), entry=Limit(97)), bars, stop="level")
    assert entered(result) == (1, 90)
    assert ended(result) == (1, 90, "stop")
    assert result.trades.net[0] == -1250 - 2 * 205  # limit in without slippage, stop out with


@pytest.mark.parametrize(("through", "found"), [(0, (2, 104)), (1, (2, 104)), (2, (3, 107))])
def test_f29_targets_wait_like_limits(through: int, found: tuple) -> None:
    prices = [*flat(100, 2), (100, 105, 100, 101), (107, 107, 107, 107), *flat(100, 2)]
    bars = bars_from((NINE, prices))
    result = free(long_at(bars, 0), bars, {"through": through}, target=4)
    assert ended(result) == (*found, "target")


@pytest.mark.parametrize(
    ("entry", "ticks"),
    [(Limit(97), 1 + 3), (Stop(99, 99), 2 + 3), (StopLimit((99, 99), (99, 99)), 1 + 3)],
)
def test_f30_slippage_is_of_the_order(entry: object, ticks: int) -> None:
    bars = bars_from((NINE, [*flat(98, 1), (98, 99, 97, 98), *flat(98, 3)]))
    costs = Costs.of({"commission": 0, "slippage": {"market": 3, "stop": 2, "limit": 1}})
    made = Exits()
    t = simulate(Table.of(bars, Rules(), costs, [made]), long_at(bars, 0, entry=entry), made).trades
    assert t.slippage[0] == ticks * 1250


def test_f30_a_limit_pays_the_makers_share() -> None:
    day = "2022-11-28 09:00"
    bars = bars_from((day, flat(1_600_000, 3)), symbol="BTCUSDT-PERP")
    fees = [
        int(played_as_quoted(long_at(bars, 0, entry=entry), bars).trades.fees[0])
        for entry in (Limit(1_600_000), Stop(1_600_000))
    ]
    value = 16_000_000
    assert fees == [-(-value * rate // 10_000) - (-value * 5 // 10_000) for rate in (2, 5)]


def played_as_quoted(setups: Setups, bars: Bars) -> Played:
    return simulate(Table.of(bars, Rules(), Costs(), [Exits()]), setups, Exits())


@pytest.mark.parametrize(("share", "found"), [("0.1", "taken"), ("0.09", "expired")])
def test_f56_a_share_of_the_volume(share: str, found: str) -> None:
    bars = bars_from((NINE, [*flat(100, 1), FALL, *flat(100, 2)]))  # 10 lots a bar
    rules = {"fill_share": share}
    assert outcome(free(long_at(bars, 0, entry=Limit(97)), bars, rules)) == [found]


def test_f56_targets_need_room_too() -> None:
    bars = bars_from((NINE, [*flat(100, 2), (100, 110, 100, 110), *flat(110, 2)]))
    result = free(long_at(bars, 0), bars, {"fill_share": "0.05"}, target=4)
    assert ended(result) == (4, 110, "data_end")


def test_orders_go_with_their_rows() -> None:
    bars = bars_from((NINE, [*flat(100, 1), FALL, *flat(110, 1), FALL, *flat(96, 2)]))
    level = np.array([97, 0, 99, 0, 0, 0])
    setups = long_at(bars, 0, 2, entry=Limit(Column(level, level > 0), bars=2))
    assert entered(free(setups.take(np.array([1])), bars)) == (3, 99)
    assert entered(free(setups.take(np.array([True, False])), bars)) == (1, 97)
    table = orders(setups)
    assert table["order"].to_list() == ["limit", "limit"]
    assert table["entry"].to_list() == [97, 99]
    assert table["expires"].to_list() == [2, 2]


def test_an_unknown_word_for_setups_is_named() -> None:
    bars = bars_from((NINE, flat(100, 2)))
    with pytest.raises(UnknownError, match="no word 'entri' for setups; did you mean 'entry'"):
        long_at(bars, 0, entri=Limit(100))
