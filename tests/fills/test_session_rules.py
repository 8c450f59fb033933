"""Rules of the session: rows F47 to F55, worked by hand; and how they are read."""

from decimal import Decimal

import numpy as np
import pytest

from engine.core.columns import Column
from engine.core.entries import Limit
from engine.core.errors import ParameterError, UnknownError
from engine.core.follow import After
from engine.core.setups import Setups
from engine.fills import Rules
from tests.fills.hand import NINE, ended, entered, free, outcome, played
from tests.makers import bars_from, flat, long_at, mark, short_at

DOWN = (100, 100, 96, 100)  # stops a long 4 behind
UP = (100, 104, 100, 100)  # reaches a target 4 ahead


@pytest.mark.parametrize(("bars_off", "found"), [(0, "taken"), (1, "cooldown"), (2, "cooldown")])
def test_f47_cooldown(bars_off: int, found: str) -> None:
    bars = bars_from((NINE, [*flat(100, 1), DOWN, *flat(100, 4)]))
    result = free(long_at(bars, 0, 1, 3), bars, {"cooldown": bars_off}, stop=4)
    assert outcome(result)[:2] == ["taken", found]
    assert outcome(result)[2] == ("busy" if bars_off == 0 else "taken")


def test_f47_a_new_session_knows_no_exit() -> None:
    run = [*flat(100, 1), DOWN]
    bars = bars_from((NINE, run), ("2022-11-29 09:00", [*flat(100, 3)]))
    result = free(long_at(bars, 0, 2), bars, {"cooldown": 9}, stop=4)
    assert outcome(result) == ["taken", "taken"]


def test_f48_losses_in_a_row() -> None:
    run = [*flat(100, 1), DOWN, UP, DOWN, DOWN, *flat(100, 2)]
    bars = bars_from((NINE, run))
    result = free(long_at(bars, 0, 1, 2, 3, 4), bars, {"max_losses": 2}, stop=4, target=4)
    assert outcome(result) == ["taken"] * 4 + ["losses"]
    few = free(long_at(bars, 0, 1), bars, {"max_losses": 1}, stop=4, target=4)
    assert outcome(few) == ["taken", "losses"]


@pytest.mark.covers("VA-038")
@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"daily_loss": 100}, ["taken", "taken", "daily_loss"]),
        ({"daily_loss": "100.01"}, ["taken", "taken", "taken"]),
        ({"daily_profit": 50}, ["taken", "taken", "taken"]),
    ],
)
def test_f49_money_of_the_session(rules: dict, found: list) -> None:
    bars = bars_from((NINE, [*flat(100, 1), DOWN, DOWN, *flat(100, 3)]))
    assert outcome(free(long_at(bars, 0, 1, 2), bars, rules, stop=4, target=4)) == found


def test_f49_profit_and_a_new_session() -> None:
    run = [*flat(100, 1), UP, *flat(100, 2)]
    bars = bars_from((NINE, run), ("2022-11-29 09:00", run))
    result = free(long_at(bars, 0, 1, 4), bars, {"daily_profit": 50}, target=4)
    assert outcome(result) == ["taken", "daily_profit", "taken"]


@pytest.mark.covers("VA-039")
def test_f50_with_the_open_result() -> None:
    prices = [*flat(100, 2), (100, 100, 95, 96), (96, 97, 90, 95), *flat(95, 2)]
    bars = bars_from((NINE, prices))
    rules = {"daily_loss": 50, "with_open": True}
    result = free(long_at(bars, 0, 3), bars, rules)
    assert ended(result) == (3, 96, "daily_loss")
    assert outcome(result) == ["taken", "daily_loss"]
    gain = bars_from((NINE, [*flat(100, 2), (100, 105, 100, 104), *flat(104, 3)]))
    rules = {"daily_profit": 50, "with_open": True}
    assert ended(free(long_at(gain, 0), gain, rules)) == (3, 104, "daily_profit")


def test_f50_the_entry_has_been_paid() -> None:
    """Slippage 12.50 and a fee of 2.05 are lost at once: 2 ticks behind make 39.55."""
    bars = bars_from((NINE, [*flat(100, 2), (100, 100, 98, 98), *flat(98, 3)]))
    for limit, end in (("39.55", (3, 98, "daily_loss")), ("39.56", (5, 98, "data_end"))):
        rules = {"daily_loss": limit, "with_open": True}
        assert ended(played(long_at(bars, 0), bars, rules)) == end


@pytest.mark.covers("VA-017")
@pytest.mark.parametrize(
    ("exits", "found"),
    [
        ({"stop": 4, "target": 8}, "taken"),
        ({"stop": 4, "target": 7}, "reward"),
        ({"stop": 4, "target": {"r": 2}}, "taken"),
        ({"stop": "level", "target": "level"}, "taken"),  # 5 behind, 10 ahead
        ({"stop": {"of": "level", "offset": 1}, "target": "level"}, "reward"),
        ({"stop": {"nearest": [4, "level"]}, "target": 8}, "taken"),
        ({"stop": 4, "target": {"follow": "vwap"}}, "reward"),
        ({"stop": 4}, "reward"),
    ],
)
def test_f51_reward(exits: dict, found: str) -> None:
    bars = bars_from((NINE, flat(100, 3)))
    setups = long_at(
        bars, 0, stop=(95, 0), target=(110, 0), follow={"vwap": np.array([106, 106, 106])}
    )
    assert outcome(free(setups, bars, {"min_reward": 2}, **exits)) == [found]


def test_f51_of_a_waiting_order_from_its_level() -> None:
    bars = bars_from((NINE, [*flat(100, 1), (100, 100, 97, 100), *flat(100, 2)]))
    setups = long_at(bars, 0, stop=(95, 0), target=(101, 0), entry=Limit(97))
    exits = {"stop": "level", "target": "level"}
    assert outcome(free(setups, bars, {"min_reward": 2}, **exits)) == ["taken"]
    assert outcome(free(setups, bars, {"min_reward": "2.01"}, **exits)) == ["reward"]


def test_f52_positions() -> None:
    bars = bars_from((NINE, flat(100, 8)))
    result = free(long_at(bars, 0, 1, 2), bars, {"positions": 2})
    assert outcome(result) == ["taken", "taken", "busy"]
    late = free(long_at(bars, 0, 1, 2, 3, 4), bars, {"positions": 2}, hold=2)
    assert outcome(late) == ["taken", "taken", "busy", "taken", "taken"]


def test_f52_two_that_end_in_one_bar_make_room_for_two() -> None:
    bars = bars_from((NINE, [*flat(100, 3), DOWN, *flat(100, 4)]))
    result = free(long_at(bars, 0, 1, 2, 3, 4, 5), bars, {"positions": 2}, stop=4)
    assert outcome(result) == ["taken", "taken", "busy", "taken", "taken", "busy"]


def test_f52_a_working_order_counts_until_it_expires() -> None:
    bars = bars_from((NINE, flat(100, 8)))
    setups = long_at(bars, 0, 1, 4, entry=Limit(90, bars=3))
    rules = {"positions": 2, "max_per_session": 1}
    assert outcome(free(setups, bars, rules)) == ["expired", "max", "expired"]


@pytest.mark.covers("A-070")
def test_f53_reverse() -> None:
    prices = [*flat(100, 2), *flat(103, 3), *flat(99, 2)]
    bars = bars_from((NINE, prices))
    setups = Setups.where(bars, long=mark(bars, 0, 1), short=mark(bars, 3))
    result = free(setups, bars, {"reverse": True})
    assert outcome(result) == ["taken", "busy", "taken"]
    assert ended(result) == (4, 103, "reverse")
    assert ended(result, 1) == (6, 99, "data_end")
    assert result.trades.entry.tolist() == [100, 103]
    assert outcome(free(setups, bars)) == ["taken", "busy", "busy"]


def test_f53_it_closes_even_where_the_session_has_had_its_trades() -> None:
    bars = bars_from((NINE, flat(100, 7)))
    setups = Setups.where(bars, long=mark(bars, 0), short=mark(bars, 3))
    result = free(setups, bars, {"reverse": True, "max_per_session": 1})
    assert outcome(result) == ["taken", "max"]
    assert ended(result) == (4, 100, "reverse")


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("stop", "taken"),
        ("loss", "taken"),
        ("ended", "taken"),
        ("win", "parent"),
        ("target", "parent"),
    ],
)
def test_f54_a_setup_that_waits_for_anothers_end(after: str, found: str) -> None:
    """The second is a try again after the first was stopped."""
    bars = bars_from((NINE, [*flat(100, 1), DOWN, *flat(100, 5)]))
    parent = Column(np.zeros(7, np.int64), np.arange(7) > 0)
    setups = long_at(bars, 0, 3, after=After(parent, after))
    assert outcome(free(setups, bars, stop=4)) == ["taken", found]


def test_f54_parents_that_never_ended() -> None:
    bars = bars_from((NINE, flat(100, 4)), ("2022-11-29 09:00", flat(100, 4)))
    there = np.arange(8) > 1
    for parent in (0, 1, 7):  # closed in another session, no setup, one that comes later
        setups = long_at(bars, 0, 5, after=After(Column(np.full(8, parent), there)))
        assert outcome(free(setups, bars)) == ["taken", "parent"]
    setups = long_at(bars, 0, 2, after=After(Column(np.zeros(8, np.int64), there)))
    assert outcome(free(setups, bars, {"positions": 2})) == ["taken", "parent"]  # still open


def test_f54_a_parent_that_a_gate_took_away_was_never_traded() -> None:
    bars = bars_from((NINE, [*flat(100, 1), DOWN, *flat(100, 5)]))
    parent = Column(np.zeros(7, np.int64), np.arange(7) > 0)
    setups = long_at(bars, 0, 3, 4, after=After(parent))
    assert outcome(free(setups.take(np.array([1, 2])), bars, stop=4)) == ["parent", "parent"]
    assert outcome(free(setups.take(np.array([0, 2])), bars, stop=4)) == ["taken", "taken"]


def test_f54_an_end_nobody_knows_is_named() -> None:
    with pytest.raises(UnknownError, match="no end 'stopped' to wait for; did you mean 'stop'"):
        After(0, "stopped")


@pytest.mark.covers("A-072")
def test_f55_a_touch_fills_with_a_chance() -> None:
    """One bar in four touches and goes no further; the draws are those of the seed."""
    prices = [p for _ in range(400) for p in (*flat(100, 3), (100, 100, 97, 100))]
    bars = bars_from(("2022-11-28 09:00", prices[:400]), ("2022-11-29 08:30", prices[:400]))
    rows = range(2, 796, 4)
    setups = long_at(bars, *rows, entry=Limit(97, bars=1))

    def filled(**rules: object) -> list[str]:
        return outcome(free(setups, bars, rules, hold=1))

    half = filled(fill_probability="0.5", fill_seed=3)
    assert half == filled(fill_probability="0.5", fill_seed=3)
    assert half != filled(fill_probability="0.5", fill_seed=4)
    assert 70 < half.count("taken") < 130
    assert filled(fill_probability="0.999").count("taken") > 190
    assert filled().count("taken") == len(rows)
    few = filled(fill_probability="0.2", fill_seed=3)
    assert all(a == "taken" for a, b in zip(half, few, strict=True) if b == "taken")


def test_f55_a_price_that_went_through_always_fills() -> None:
    bars = bars_from((NINE, [*flat(100, 1), (100, 100, 96, 100), *flat(100, 2)]))
    rules = {"fill_probability": "0.0001"}
    assert entered(free(long_at(bars, 0, entry=Limit(97)), bars, rules)) == (1, 97)
    assert outcome(free(short_at(bars, 0, entry=Limit(None, 100)), bars, rules)) == ["expired"]


def test_rules_are_read() -> None:
    read = Rules.of({"daily_loss": "400.50", "positions": 2, "fill_share": 0.1, "cooldown": None})
    assert read == Rules(daily_loss=Decimal("400.5"), positions=2, fill_share=Decimal("0.1"))
    assert Rules.of({"entry_window": ["08:30", "09:30"], "min_reward": 2}).simple
    assert not read.simple


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"positions": 0}, "positions is a whole number from 1 on, not 0"),
        ({"cooldown": -1}, "cooldown is a whole number from 1 on, not -1"),
        ({"cooldown": True}, "cooldown is a whole number from 1 on, not True"),
        ({"daily_loss": -5}, "daily_loss must be above 0, not -5"),
        ({"fill_probability": 2}, "fill_probability is a share above 0 and up to 1, not 2"),
        ({"reverse": 1}, "reverse is true or false, not 1"),
        ({"reverse": True, "positions": 2}, "reverse and with_open need positions: 1"),
        ({"with_open": True}, "with_open needs daily_loss or daily_profit"),
    ],
)
def test_rules_refuse(values: dict, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Rules.of(values)
    assert message in str(caught.value)
