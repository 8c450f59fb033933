"""The rules of docs/money.md one by one, on tapes a reader can follow.

An ES tick is 12.50: 4 ticks are 50 a contract.
"""

from dataclasses import replace

import pytest

from engine.core.bars import Bars
from engine.core.errors import RefusedError
from engine.research.money import account
from tests.research.money.markets import FLAT, STOP_20, by_hand, lots, money, product


@pytest.mark.covers("A-069", "VA-067")
def test_margin_at_the_entry_and_forced_liquidation() -> None:
    """10,000 a contract within the day; the account may use half of it."""
    tied = {"day": 10_000, "initial": 20_000, "maintenance": 15_000}
    trade = {"entry_bar": 1, "exit_bar": 5}
    entry = account(
        [by_hand(FLAT, [trade])],
        money(size={"fixed": 9}, margins=tied, limits={"margin": "0.5"}),
    )
    assert (lots(entry), entry.trades["bound"].to_list()) == ([5], ["margin"])


@pytest.mark.covers("T20")
@pytest.mark.parametrize(("fall", "forced"), [(1599, False), (1600, False), (1601, True)])
def test_liquidation_exactly_below_the_requirement(fall: int, forced: bool) -> None:  # noqa: FBT001 - a row of a table
    """Four contracts tie up 20,000; at 80,000 of loss, 1,600 ticks, exactly that is left."""
    tied = {"day": 5_000, "initial": 5_000, "maintenance": 5_000}
    closes = [[9_000, 9_000, 9_000, 9_000 - fall, 9_000, 9_000, 9_000]]
    lane_ = by_hand(closes, [{"entry_bar": 1, "exit_bar": 5}])
    found = account([lane_], money(size={"fixed": 4}, margins=tied))
    assert found.trades["reason"].to_list() == ["margin" if forced else "target"]
    if forced:  # seen at the close of the third bar, closed at the open of the fourth
        assert found.trades["exit"].to_list() == [9_000]
        assert found.equity["positions"].to_list() == [0, 1, 1, 1, 0, 0, 0]


@pytest.mark.covers("T20", "A-069")
def test_the_days_margin_becomes_the_nights_at_the_close() -> None:
    """Enough for the day, not to open it overnight: closed at the session's last close."""
    tied = {"day": 1_000, "initial": 30_000, "maintenance": 20_000}
    closes = [[100, 100, 100, 102], [100, 100, 100, 100], [100, 100, 100]]
    lane_ = by_hand(closes, [{"entry_bar": 1, "exit_bar": 9}])
    small = account([lane_], money(size={"fixed": 4}, margins=tied))
    assert small.trades.select("reason", "exit").row(0) == ("margin", 102)
    assert small.equity["positions"].to_list()[:5] == [0, 1, 1, 0, 0]
    large = account([lane_], money(size={"fixed": 3}, margins=tied))
    assert large.trades["reason"].to_list() == ["target"]
    # Three contracts opened overnight need 90,000, to keep them 60,000 is enough.
    drop = [[100, 100, 100, 100], [100, 100, 100, -820], [100, 100, 100]]
    kept = account(
        [by_hand(drop, [{"entry_bar": 1, "exit_bar": 9}])], money(size={"fixed": 3}, margins=tied)
    )
    assert kept.trades["reason"].to_list() == ["target"]


@pytest.mark.covers("B-039")
def test_heat_and_places_are_shared() -> None:
    """6 % of 100,000 at risk at most: 24 contracts of 250; two symbols share what is left."""
    trades = [STOP_20 | {"entry_bar": k, "exit_bar": 9} for k in (1, 3, 5)]
    found = account([by_hand(FLAT, trades)], money(size={"fixed": 10}, limits={"heat": "0.06"}))
    assert lots(found) == [10, 10, 4]
    two = [by_hand(FLAT, [STOP_20 | {"exit_bar": 9}], symbol) for symbol in ("ES", "RTY")]
    ticks = {x.symbol: x.bars.instrument.tick_money * 20 for x in two}
    shared = account(two, money(size={"fixed": 20}, limits={"heat": "0.06"}))
    total = 20 * sum(ticks.values())
    assert lots(shared) == [20 * 600_000 // total] * 2
    seats = account([by_hand(FLAT, trades)], money(limits={"positions": 2}))
    assert seats.counts == {"positions": 1}
    legs = [STOP_20 | {"setup": 0, "exit_bar": b} for b in (3, 5)]
    made = account([by_hand(FLAT, legs)], money(size={"fixed": 4}))
    assert (lots(made), made.legs["lots"].to_list()) == ([4], [2, 2])


@pytest.mark.covers("B-040")
def test_correlation_looks_at_all_that_is_held_whatever_the_order() -> None:
    """Two symbols that move as one: 1 - 0.5 x 1 of the size for both, neither comes first."""
    days = [[100, 100 + 8 * (k % 3)] for k in range(6)]
    trade = STOP_20 | {"entry_bar": 9, "exit_bar": 11}
    two = [by_hand(days, [trade], symbol) for symbol in ("NQ", "ES")]
    rule = money(size={"fixed": 10}, correlation={"sessions": 3})
    assert lots(account(two, rule)) == lots(account(two[::-1], rule)) == [5, 5]
    floor = money(size={"fixed": 10}, correlation={"sessions": 3, "strength": 1, "floor": "0.3"})
    assert lots(account(two, floor)) == [3, 3]
    unknown = money(size={"fixed": 10}, correlation={"sessions": 60})
    assert lots(account(two, unknown)) == [5, 5]  # unknown counts as alike
    assert lots(account(two[:1], rule)) == [10]
    still = [by_hand([[100, 100]] * 6, [trade], symbol) for symbol in ("NQ", "ES")]
    assert lots(account(still, rule)) == [5, 5]  # nothing moves: nothing is known


LOSING = [[100, 100, 60, 60, 60, 60, 60, 60]]


@pytest.mark.covers("VA-040", "A-073", "QA-035")
def test_a_drawdown_halts_until_the_rest_is_over() -> None:
    """40 ticks of 10 contracts are 5,000 or 5 % of 100,000."""
    first = {"entry_bar": 1, "exit_bar": 2}
    days = [LOSING[0], [60] * 4, [60] * 4, [60] * 4]
    later = [{"entry_bar": k, "exit_bar": k + 1} for k in (4, 9, 13, 17)]
    lane_ = by_hand(days, [first, *later])
    ever = account([lane_], money(size={"fixed": 10}, halts={"drawdown": "0.05"}))
    assert ever.counts == {"drawdown": 4}
    above = account([lane_], money(size={"fixed": 10}, halts={"drawdown": "0.0501"}))
    assert above.counts == {}
    rested = account([lane_], money(size={"fixed": 10}, halts={"drawdown": "0.05", "rest": 2}))
    assert rested.refused["row"].to_list() == [1, 2, 3]
    assert rested.trades["row"].to_list() == [0, 4]  # and no new halt: it counts from 95,000


@pytest.mark.covers("A-073", "QA-035")
def test_losses_in_a_row_halt_and_are_forgotten_after_the_rest() -> None:
    days = [[100, 100, 99, 98, 97, 97, 97], [97, 97, 96, 95, 95], [95, 95, 95, 95]]
    trades = [{"entry_bar": k, "exit_bar": k + 1} for k in (1, 2, 4, 8, 9, 13)]
    found = account([by_hand(days, trades)], money(halts={"losses": 2, "rest": 1}))
    assert found.trades["row"].to_list() == [0, 1, 5]
    assert found.counts == {"losses": 3}


@pytest.mark.covers("VA-039", "A-073")
def test_the_days_loss_closes_positions_at_its_share_and_ends_the_day() -> None:
    """A limit of 1,000 acted on at 80 %: 64 ticks of one contract, open money included."""
    days = [[1000, 1000, 937, 936, 990, 990, 990], [990, 990, 990]]
    trades = [{"entry_bar": 1, "exit_bar": 5}, *({"entry_bar": k, "exit_bar": k} for k in (5, 8))]
    for halt in ({"daily_loss": 1_000}, {"daily_share": "0.01"}):
        rule = money(halts=halt | {"act_at": "0.8"})
        found = account([by_hand(days, trades)], rule)
        assert found.trades.select("row", "reason", "exit").rows() == [
            (0, "daily_loss", 990),  # seen at 936, closed at the next open
            (2, "target", 990),
        ]
        assert found.counts == {"daily_loss": 1}


@pytest.mark.covers("VA-018")
def test_recovery_trades_less_and_asks_for_more() -> None:
    """After a loss of 60 % of the day's limit 90 % of the size; at 80 % half way to certainty."""
    for lost, size, need in (
        (59, 20, 0.5),
        (60, 18, 0.5),
        (70, 16, 0.5),
        (80, 13, 0.65),
        (90, 8, 0.80),
        (95, 4, 0.925),
        (98, 4, 0.975),
    ):
        closes = [[1000, 1000, 1000 - lost, 1000, 1000, 1000]]
        first = {"entry_bar": 1, "exit_bar": 2}
        for sure, taken in ((need, True), (need - 0.001, False)):
            trades = [first, {"entry_bar": 3, "exit_bar": 4, "confidence": sure}]
            rule = money(
                size={"fixed": 20},
                halts={"daily_loss": 25_000},  # 100 ticks of 20 contracts
                recovery="standard",
                confidence={"floor": 1, "base": "0.5"},
            )
            found = account([by_hand(closes, trades)], rule)
            assert lots(found)[1:] == ([size] if taken else [])
            assert found.counts == ({} if taken else {"confidence": 1})


def test_an_account_with_nothing_left_takes_no_trade() -> None:
    days = [[9000, 9000, 800, 800, 800, 800]]
    trades = [{"entry_bar": 1, "exit_bar": 2}, {"entry_bar": 4, "exit_bar": 5}]
    found = account([by_hand(days, trades)], money())
    assert found.counts == {"ruined": 1}
    assert found.equity["equity"].last() == 10_000_000 - 8_200 * 1_250


def test_open_money_is_marked_at_every_bar() -> None:
    lane_ = by_hand([[100, 101, 105, 90, 102]], [{"entry_bar": 1, "exit_bar": 4}])
    found = account([lane_], money(size={"fixed": 2}))
    assert found.equity["open"].to_list() == [0, 0, 2 * 4 * 1250, -2 * 11 * 1250, 0]
    assert found.equity["gross"].to_list() == [0, 0, 0, 0, 2 * 1250]
    assert found.trades["net"].to_list() == [2500]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: replace(p, currency="EUR", symbol="EUR"), "one currency, not ES USD, EUR EUR"),
        (lambda p: p, "each symbol once: ES, ES"),
    ],
)
def test_lanes_that_do_not_go_together_are_refused(change, said: str) -> None:
    one = by_hand(FLAT, [STOP_20])
    bars = one.bars
    two = Bars(change(bars.instrument), bars.sessions, bars.arrays, 1)
    with pytest.raises(RefusedError, match=said):
        account([one, replace(one, bars=two)], money())


def test_other_refusals() -> None:
    one = by_hand(FLAT, [STOP_20])
    with pytest.raises(RefusedError, match="at least one symbol"):
        account([], money())
    five = Bars(product("NQ"), one.bars.sessions, one.bars.arrays, 5)
    with pytest.raises(RefusedError, match="one length of bar, not ES 1m, NQ 5m"):
        account([one, replace(one, bars=five)], money())
    bare = Bars(
        replace(product("ES"), margins=product("ES").margins.__class__()),
        one.bars.sessions,
        one.bars.arrays,
        1,
    )
    with pytest.raises(RefusedError, match=r"ES has no margins; give money\.margins"):
        account([replace(one, bars=bare)], money(margins="instrument"))
