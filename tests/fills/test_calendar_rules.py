"""What the calendar and the exchange forbid: rows F57 to F63, worked by hand."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from engine.core.bars import Bars
from engine.core.entries import Limit
from engine.core.errors import ParameterError, UnknownError
from engine.core.setups import Setups
from engine.fills import Rules
from tests.fills.hand import DAY, NINE, ended, entered, free, outcome
from tests.makers import bars_from, flat, long_at, mark, short_at

FALL = (100, 100, 94, 95)
FALLS = [FALL, *flat(95, 2)]
FRIDAY, HALF = "2022-12-02", "2022-11-25"  # the day after Thanksgiving ends at 12:15


def untraded(bars: Bars, *rows: int) -> Bars:
    """The same bars, but nothing changed hands in some of them."""
    volume = bars.volume.copy()
    volume[list(rows)] = 0
    return dataclasses.replace(bars, arrays=bars.arrays._replace(volume=volume))


@pytest.mark.parametrize("further", [{}, {"trail": 4}])  # the simple kernel, and the other one
def test_f57_a_bar_without_volume_fills_nothing(further: dict) -> None:
    """The market order waits for the bar after; the stop that was touched is hit at an open."""
    prices = [*flat(100, 1), (98, 98, 98, 98), *flat(100, 2), FALL, (94, 99, 94, 98), *flat(98, 2)]
    bars = untraded(bars_from((NINE, prices)), 1, 4)
    result = free(long_at(bars, 0), bars, stop=4, **further)
    assert entered(result) == (2, 100)
    assert ended(result)[:2] == (5, 94)
    assert result.trades.mae[0] == -6
    assert ended(free(long_at(bars, 0), bars, flatten="09:04", **further)) == (5, 94, "flatten")


def test_f57_a_stop_that_a_close_moved_waits_for_the_next_trade() -> None:
    prices = [*flat(100, 2), (100, 110, 100, 102), *flat(102, 2), (103, 104, 103, 103)]
    bars = untraded(bars_from((NINE, prices)), 3, 4)
    result = free(long_at(bars, 0), bars, trail={"by": 4, "after": 8})
    assert ended(result) == (5, 103, "trail")  # it stands at 106 from the third close on
    assert ended(free(long_at(bars, 0), bars, hold=2)) == (5, 103, "hold")


def test_f57_orders_wait_and_expire_by_the_bars_there_are() -> None:
    bars = untraded(bars_from((NINE, [*flat(100, 1), FALL, *flat(95, 3)])), 1)
    assert entered(free(long_at(bars, 0, entry=Limit(97, bars=2)), bars)) == (2, 95)
    assert outcome(free(long_at(bars, 0, entry=Limit(97, bars=1)), bars)) == ["no_bar"]


@pytest.mark.parametrize("further", [{}, {"trail": 40}])
def test_f57_the_last_bar_of_a_session_ends_positions_all_the_same(further: dict) -> None:
    bars = bars_from((f"{DAY} 15:56", [*flat(100, 2), FALL, FALL]), ("2022-11-29 09:00", FALLS))
    still = untraded(bars, 2, 3)
    result = free(long_at(still, 0, 1), still, stop=3, **further)
    assert ended(result) == (3, 95, "session")
    assert outcome(result) == ["taken", "no_bar"]
    assert (result.trades.mfe[0], result.trades.mae[0]) == (0, -5)
    assert outcome(free(long_at(still, 1), still)) == ["no_bar"]


@pytest.mark.parametrize(
    ("exits", "traded", "quiet"),
    [
        ({"target": {"follow": "line"}}, (4, 104, "target"), (6, 100, "data_end")),
        ({"leave": "up"}, (4, 100, "signal"), (6, 100, "data_end")),
        ({"stop": 9, "tighten": {"when": "up", "to": 1}}, (4, 99, "tighten"), (6, 100, "data_end")),
    ],
)
def test_f57_what_a_close_says_at_which_nothing_traded_is_not_heard(
    exits: dict, traded: tuple, quiet: tuple
) -> None:
    """A flag is up, and a followed level near, at the third bar alone; the other side is heard."""
    bars = bars_from((NINE, [*flat(100, 4), (100, 105, 98, 100), *flat(100, 2)]))
    third = np.arange(len(bars)) == 3
    line = np.where(third, 104, 110)
    setups = long_at(bars, 0, follow={"line": line, "up": third})
    assert ended(free(setups, bars, **exits)) == traded
    still = untraded(bars, 3)
    assert ended(free(setups, still, **exits)) == quiet
    sides = Setups.where(still, long=mark(still, 0), short=third)
    assert ended(free(sides, still, {"reverse": True})) == (4, 100, "reverse")


def test_f57_data_without_any_volume_says_nothing_of_it() -> None:
    bars = bars_from((NINE, flat(100, 3)))
    nothing = untraded(bars, 0, 1, 2)
    assert outcome(free(long_at(nothing, 0), nothing)) == ["taken"]


def test_f58_a_market_locked_at_its_limit_fills_nothing() -> None:
    """The day before closed at 1,000: 7 percent below, 930, nobody sells to a buyer any more."""
    lock = flat(930, 2)
    today = [*flat(1_000, 2), *lock, (930, 932, 929, 931), *flat(931, 2)]
    bars = bars_from((NINE, flat(1_000, 3)), ("2022-11-29 09:00", today))
    rules = {"price_limit": 7}
    assert ended(free(long_at(bars, 3), bars, rules, stop=20)) == (7, 930, "stop")
    assert ended(free(long_at(bars, 3), bars, {"price_limit": "7.1"}, stop=20)) == (5, 930, "stop")
    assert entered(free(long_at(bars, 5), bars, rules)) == (7, 930)
    assert entered(free(short_at(bars, 5), bars, rules)) == (7, 930)
    first = bars_from((NINE, [*flat(1_000, 2), *lock]))  # no day before: no limit is known
    assert entered(free(long_at(first, 1), first, rules)) == (2, 930)


@pytest.mark.covers("VA-033")
def test_f59_flat_before_the_session_ends_on_half_days_too() -> None:
    """A flatten time alone would come three hours after a half-day is over."""
    short = bars_from((f"{HALF} 12:08", flat(100, 7)))
    rules = {"before_close": 5}
    assert ended(free(long_at(short, 0), short, flatten="15:45")) == (6, 100, "session")
    assert ended(free(long_at(short, 0), short, rules, flatten="15:45")) == (2, 100, "flatten")
    assert outcome(free(long_at(short, 1, 3), short, rules)) == ["late", "late"]
    whole = bars_from((f"{DAY} 15:40", flat(100, 20)))
    assert ended(free(long_at(whole, 0), whole, rules)) == (15, 100, "flatten")
    assert ended(free(long_at(whole, 0), whole, rules, flatten="15:45")) == (5, 100, "flatten")


@pytest.mark.covers("VA-034")
def test_f60_fridays_have_hours_of_their_own() -> None:
    rules = {"friday_window": ["17:00", "14:00"], "friday_flatten": "14:30"}
    friday = bars_from((f"{FRIDAY} 13:58", flat(100, 40)))
    result = free(long_at(friday, 0, 1), friday, rules)
    assert (outcome(result), ended(result)) == (["taken", "window"], (32, 100, "flatten"))
    evening = bars_from(("2022-12-01 17:00", flat(100, 3)))  # Thursday evening is Friday's session
    assert outcome(free(long_at(evening, 0), evening, rules)) == ["taken"]
    other = bars_from((f"{DAY} 14:10", flat(100, 40)))
    assert ended(free(long_at(other, 0), other, rules)) == (39, 100, "data_end")
    assert ended(free(long_at(friday, 0), friday, rules, flatten="14:10")) == (12, 100, "flatten")


@pytest.mark.covers("VA-032")
def test_f08_a_window_may_run_over_midnight_and_is_half_open() -> None:
    rules = {"entry_window": ["17:00", "15:00"]}
    evening = bars_from((f"{DAY} 17:00", flat(100, 3)))
    assert outcome(free(long_at(evening, 0), evening, rules)) == ["taken"]
    day = bars_from((f"{DAY} 14:57", flat(100, 6)))
    assert outcome(free(long_at(day, 1), day, rules)) == ["taken"]
    assert outcome(free(long_at(day, 2), day, rules)) == ["window"]
    assert outcome(free(long_at(day, 2, entry=Limit(100)), day, rules)) == ["expired"]


def test_f61_days_of_the_week() -> None:
    rules = {"days": ["mon", "wed"]}
    for day, found in ((DAY, "taken"), ("2022-11-29", "window"), ("2022-11-30", "taken")):
        bars = bars_from((f"{day} 09:00", flat(100, 3)))
        assert outcome(free(long_at(bars, 0), bars, rules)) == [found]


def test_f62_a_halt_fills_nothing_until_it_is_over() -> None:
    """Until 2021 the index futures stood still from 15:15 to 15:30."""
    before, after = flat(100, 2), [(92, 93, 92, 93), *flat(93, 3)]
    bars = bars_from(("2020-12-01 15:13", before), ("2020-12-01 15:30", after))
    assert bars.session[1] == bars.session[2]
    assert entered(free(long_at(bars, 1), bars)) == (2, 92)
    assert ended(free(long_at(bars, 0), bars, stop=4)) == (2, 92, "stop")
    assert entered(free(long_at(bars, 0, entry=Limit(96)), bars)) == (2, 92)
    assert ended(free(long_at(bars, 0), bars, hold={"minutes": 5})) == (2, 92, "hold")
    assert ended(free(long_at(bars, 0), bars, hold=3)) == (4, 93, "hold")


def test_f63_nothing_is_held_over_a_weekend_and_an_order_may_wait_over_one() -> None:
    bars = bars_from((f"{FRIDAY} 15:57", flat(100, 3)), ("2022-12-04 17:00", FALLS))
    assert ended(free(long_at(bars, 0), bars)) == (2, 100, "session")
    order = Limit(97, until=dt.date(2022, 12, 5))
    assert entered(free(long_at(bars, 0, entry=order), bars)) == (3, 97)


def test_the_rules_of_the_calendar_are_read_and_refused() -> None:
    read = Rules.of({"days": ["fri", "mon"], "friday_flatten": "14:00", "price_limit": 7})
    assert (read.days, read.friday_flatten, read.simple) == ((0, 4), 840, True)
    assert Rules.of({"days": "mon"}).days == (0,)
    with pytest.raises(UnknownError, match="no day 'monday' in days; did you mean 'mon'"):
        Rules.of({"days": ["monday"]})
    for values in ({"days": []}, {"before_close": -1}, {"price_limit": 0}, {"friday_flatten": 9}):
        with pytest.raises(ParameterError):
            Rules.of(values)
