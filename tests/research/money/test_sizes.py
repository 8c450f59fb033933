"""Sizes and refusals of single trades, on tapes a reader can follow.

An ES tick is 12.50: 4 ticks are 50 a contract.
"""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from engine.core.errors import DataError
from engine.research.money import account
from engine.research.money.sizes import Case, Fixed, Kelly, Risk, edge, size_of
from tests.research.money.markets import COSTS, FLAT, STOP_20, by_hand, lots, money


@pytest.mark.covers("VA-015", "A-068", "B-036")
def test_risk_of_the_equity_rounds_down_and_stays_within() -> None:
    """1.2 % of 100,000 is 1,200: four contracts of 250, never five."""
    found = account([by_hand(FLAT, [STOP_20])], money(size={"risk": "0.012"}))
    assert lots(found) == [4]
    assert found.trades["stake"].to_list() == [100_000]  # cents; within 120,000
    capped = account(
        [by_hand(FLAT, [STOP_20])],
        money(size={"risk": "0.012"}, limits={"contracts": 3}),
    )
    assert (lots(capped), capped.trades["bound"].to_list()) == ([3], ["contracts"])
    dollars = account([by_hand(FLAT, [STOP_20])], money(size={"dollars": 600}))
    assert lots(dollars) == [2]
    least = account([by_hand(FLAT, [STOP_20])], money(size={"dollars": 100}, least=1))
    assert lots(least) == [1]
    lossy = account([by_hand(FLAT, [STOP_20])], money(size={"fixed": 9}, limits={"max_loss": 800}))
    assert (lots(lossy), lossy.trades["bound"].to_list()) == ([3], ["max_loss"])


@pytest.mark.parametrize(
    ("trade", "values", "reason"),
    [
        ({"risk": None}, {"size": {"risk": "0.01"}}, "no_stop"),
        ({}, {"size": {"dollars": 100}}, "too_small"),
        ({}, {"limits": {"max_loss": 100}}, "max_loss"),
        ({"risk": None}, {"limits": {"max_loss": 100}}, "no_stop"),
        ({"risk": None}, {"limits": {"heat": "0.5"}}, "no_stop"),
        ({}, {"limits": {"heat": "0.001"}}, "heat"),
        ({}, {"limits": {"dollars": 1_000}}, "dollars"),
        ({}, {"limits": {"exposure": "0.01"}}, "exposure"),
        ({}, {"multiplier": "mood"}, "no_multiplier"),
        ({}, {"size": {"volatility": "0.1"}}, "no_history"),
        ({}, {"size": {"kelly": "0.5"}}, "no_history"),
        ({"confidence": float("nan")}, {"confidence": {}}, "no_confidence"),
        ({"confidence": 0.3}, {"confidence": {"base": "0.4"}}, "confidence"),
        ({}, {"margins": {"day": 200_000, "initial": 1, "maintenance": 1}}, "margin"),
    ],
)
def test_refusals_are_named_and_counted(trade: dict, values: dict, reason: str) -> None:
    found = account([by_hand(FLAT, [STOP_20 | trade])], money(**values))
    assert found.counts == {reason: 1}
    assert found.refused["reason"].to_list() == [reason]
    assert found.refused["row"].to_list() == [0]
    assert len(found.trades) == 0
    assert (found.equity["equity"] == 10_000_000).all()


@pytest.mark.covers("VA-016", "B-038")
def test_confidence_scales_and_never_the_wrong_way() -> None:
    """0.2 + 0.8 x confidence of 25 contracts."""
    sure = (0.0, 0.25, 0.5, 1.0)
    found = [
        lots(
            account(
                [by_hand(FLAT, [STOP_20 | {"confidence": c}])],
                money(size={"fixed": 25}, confidence={"floor": "0.2"}),
            )
        )[0]
        for c in sure
    ]
    assert found == [int(25 * (0.2 + 0.8 * c)) for c in sure] == [5, 10, 15, 25]


def test_money_at_risk_counts_the_costs_of_a_stopped_trade() -> None:
    """20 ticks, two fees of 2.05, a tick of slippage at the entry and two at the stop."""
    one = by_hand(FLAT, [STOP_20], costs=COSTS)
    assert one.units[0].stake == 20 * 1_250 + 2 * 205 + 3 * 1_250
    assert lots(account([one], money(size={"dollars": "291.60"}))) == [1]
    assert account([one], money(size={"dollars": "291.59"})).counts == {"too_small": 1}


@pytest.mark.covers("A-059")
def test_an_attribute_multiplies_the_size() -> None:
    """Half the size where volatility is high, one and a half where it is low."""
    for mood, taken in ((0.5, 5), (1.0, 10), (1.5, 15), (0.0, None), (float("nan"), None)):
        found = account(
            [by_hand(FLAT, [STOP_20 | {"mood": mood}])],
            money(size={"fixed": 10}, multiplier="mood"),
        )
        assert lots(found) == ([taken] if taken else [])
    for wrong in (-0.5, float("inf")):
        with pytest.raises(DataError, match=f"mood is {wrong:g} at a trade"):
            by_hand(FLAT, [STOP_20 | {"mood": wrong}])


@pytest.mark.covers("VA-041")
def test_contracts_have_a_ceiling() -> None:
    found = account([by_hand(FLAT, [STOP_20])], money(size={"fixed": 90}))
    assert lots(found) == [25]


@pytest.mark.covers("B-037")
def test_kelly_knows_only_trades_closed_before() -> None:
    """Three wins of 2 R and one loss of 1 R: 0.75 - 0.25 / 2, half of it, a quarter at most."""
    assert edge((20_000, -10_000, 20_000, 20_000), 0) == Fraction(5, 8)
    assert edge((20_000, 20_000), 0) == 1
    assert edge((-20_000, 0), 0) == 0
    assert edge((20_000, -10_000), 10_000) < edge((20_000, -10_000), 0)
    case = Case(10**7, Fraction(25_000), None, (20_000, -10_000, 20_000, 20_000), *UNITS)
    half = Kelly(5_000, 100, 4, 2_500, 0)
    assert half.wanted(case).lots == int(10**7 * 0.25 * 0.5 / 25_000)
    assert half.wanted(case._replace(closed=(-1, -1, -1, 1))).refused == "no_edge"
    assert half.wanted(case._replace(stake=None)).refused == "no_stop"
    trades = [
        STOP_20 | {"entry_bar": k, "exit_bar": k + 1, "r": r}
        for k, r in ((1, 20_000), (3, -10_000), (5, 20_000), (6, -50_000), (7, 20_000))
    ]
    rule = money(size={"kelly": "0.5", "trades": 3, "least": 3})
    found = account([by_hand(FLAT, trades)], rule)
    # The trade of bar 6 ends at 7: at 7 it does not count yet, so three trades are known there.
    assert found.refused["row"].to_list() == [0, 1, 2, 3]
    assert found.trades["row"].to_list() == [4]


UNITS = (Decimal("0.01"), Decimal(1))


@pytest.mark.covers("B-038")
def test_volatility_holds_a_share_of_a_years_swing() -> None:
    """Daily changes of 8, -8, 8 ticks: a deviation of 100 x 9.2376 ticks a session."""
    days = [[100], [100, 108], [108, 100], [100, 108], [108, 108, 108, 108]]
    trade = {"entry_bar": 8, "exit_bar": 9}
    found = account(
        [by_hand(days[1:], [trade | {"entry_bar": 7, "exit_bar": 8}])],
        money(size={"volatility": "0.2", "sessions": 2}),
    )
    deviation = np.std([-8, 8], ddof=1) * 1_250 * 252**0.5
    assert lots(found) == [int(0.2 * 10_000_000 / deviation)]
    early = account(
        [by_hand(days[1:], [trade | {"entry_bar": 5, "exit_bar": 6}])],
        money(size={"volatility": "0.2", "sessions": 2}),
    )
    assert early.counts == {"no_history": 1}


def test_legs_stand_in_rows_of_their_own() -> None:
    with pytest.raises(DataError, match="trade 0 did not make its gross between its entry"):
        by_hand(FLAT, [STOP_20 | {"gross": 1_250}])


@pytest.mark.parametrize("sure", [-0.1, 1.01])
def test_a_confidence_is_a_share(sure: float) -> None:
    with pytest.raises(DataError, match=f"confidence is {sure:g} at a trade, but lies from 0 to 1"):
        by_hand(FLAT, [STOP_20 | {"confidence": sure}])


def test_a_coin_is_sized_in_its_lots() -> None:
    found = account([by_hand(FLAT, [STOP_20], "ODD")], money(size={"fixed": "2.5"}))
    assert lots(found) == [25]
    assert (
        Fixed(Decimal("0.05")).wanted(Case(1, None, None, (), Decimal(1), Decimal("0.1"))).lots == 0
    )
    assert isinstance(size_of({"risk": 1}), Risk)
