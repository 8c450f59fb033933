"""What must change nothing in an account: symbols that never trade, trades of no size."""

import pytest

from engine.research.money import Account, account
from tests.research.money.markets import by_hand, lots, money

DAYS = [[1_000, 1_000, 1_004, 990, 1_000, 1_000], [1_000, 1_010, 1_000, 1_000]]
TRADES = [
    {"entry_bar": 1, "exit_bar": 2, "risk": 20},
    {"entry_bar": 3, "exit_bar": 4, "risk": 10, "side": -1},
    {"entry_bar": 7, "exit_bar": 8, "risk": 30},
]
RULES = {"size": {"risk": "0.01"}, "limits": {"heat": "0.05", "positions": 1}}


def seen(found: Account) -> tuple[list, list]:
    """The equity at every close, and what was traded, whatever row it stood in."""
    rows = found.equity.select("ts", "equity", "open", "costs").rows()
    return rows, found.trades.drop("row").rows()


@pytest.mark.covers("T16")
def test_a_symbol_that_never_trades() -> None:
    alone = account([by_hand(DAYS, TRADES)], money(**RULES))
    idle = by_hand(DAYS, TRADES[:1], "NQ")
    silent = type(idle)(idle.bars, (), idle.costs)
    beside = account([silent, by_hand(DAYS, TRADES)], money(**RULES))
    assert seen(beside) == seen(alone)
    assert len(alone.trades) == 3


@pytest.mark.covers("T16")
def test_trades_of_no_size() -> None:
    """A multiplier of 0 leaves nothing of them; the others are as if they had not been there."""
    sized = [trade | {"mood": 1.0} for trade in TRADES]
    nothing = [{"entry_bar": k, "exit_bar": k + 1, "risk": 9, "mood": 0.0} for k in (1, 2, 3, 7)]
    rules = money(**RULES, multiplier="mood")
    alone = account([by_hand(DAYS, sized)], rules)
    among = account([by_hand(DAYS, [*sized, *nothing])], rules)
    assert seen(among) == seen(alone)
    assert among.counts == {"too_small": 4}


@pytest.mark.covers("QA-067")
def test_sizes_of_the_value_caps_the_breaker_and_the_days_loss_act_at_their_bars() -> None:
    """1 % at a stop of 250 would be four contracts; a quarter of the value is two of 12,500."""
    days = [
        [1_000, 1_000, 1_000, 1_000, 799, 700, 700, 700],
        [1_000, 1_000, 0, 0, 0],
        [1_000, 1_000, 1_000],
    ]
    trades = [{"entry_bar": k, "exit_bar": k + 1, "risk": 20} for k in (1, 6, 11, 14)]
    trades += [{"entry_bar": k, "exit_bar": k + 3, "risk": 20} for k in (3, 9)]
    rules = money(
        size={"risk": "0.01"},
        limits={"exposure": "0.25"},
        halts={"drawdown": "0.20", "daily_share": "0.05"},
    )
    found = account([by_hand(days, trades)], rules)
    assert found.trades.select("entry", "exit", "reason", "bound").rows() == [
        (1_000, 1_000, "target", "exposure"),
        (1_000, 700, "daily_loss", "exposure"),  # 5,025 lost at 799, out at the next open
        (1_000, 0, "daily_loss", "exposure"),  # 20 % below the highest at that close too
    ]
    assert lots(found) == [2, 2, 1]
    refused = found.refused.select("row", "reason").rows()
    assert sorted(refused) == [(1, "daily_loss"), (2, "margin_call"), (3, "drawdown")]
