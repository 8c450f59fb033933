"""The account of engine.research.money against its oracle, and the laws it must obey."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.research.money import Lane, Money, account
from tests.oracle import money as oracle
from tests.proof.sizes import sized as cases
from tests.research.money.markets import lane, plain_lane, plain_rules

SYMBOLS = ("ES", "NQ", "ODD", "RTY")


SIZES = (
    {"fixed": 1},
    {"fixed": 7},
    {"risk": "0.01"},
    {"risk": "0.1"},
    {"dollars": 2500},
    {"volatility": "0.5", "sessions": 2},
    {"volatility": 2, "sessions": 3},
    {"kelly": "0.5", "trades": 6, "least": 2},
    {"kelly": 1, "trades": 4, "least": 1, "cap": 1, "shrink": "0.25"},
)
LIMITS = {
    "contracts": (3, 20),
    "dollars": (150_000, 900_000),
    "exposure": ("0.5", 6),
    "max_loss": (400, 3_000),
    "positions": (1, 2),
    "heat": ("0.03", "0.2"),
    "margin": ("0.5", "0.9"),
}
HALTS = {
    "drawdown": ("0.02", "0.1", "0.5"),
    "losses": (2, 3),
    "rest": (1, 2),
    "act_at": ("0.8", "0.5"),
}
DAILY = ({}, {"daily_loss": 900}, {"daily_share": "0.02"})
REST = {
    "least": (1,),
    "multiplier": ("mood",),
    "confidence": ({"floor": "0.2"}, {"floor": 0, "base": "0.4"}),
    "correlation": ({"sessions": 3}, {"sessions": 4, "strength": 1, "floor": "0.1"}),
    "margins": ("none", {"day": 500, "initial": 13_000, "maintenance": 12_000}),
}
RECOVERY = {"recovery": ("standard", {"size": [["0.3", "0.5"]]})}


@st.composite
def programs(draw: st.DrawFn) -> Money:
    """A `money` section that says something of everything."""

    def some(choices: dict) -> dict:
        drawn = {name: draw(st.sampled_from((None, *of))) for name, of in choices.items()}
        return {name: value for name, value in drawn.items() if value is not None}

    daily = draw(st.sampled_from(DAILY))
    return Money.of(
        {
            "capital": draw(st.sampled_from((9_000, 30_000, 150_000, 2_000_000))),
            "size": draw(st.sampled_from(SIZES)),
            "limits": some(LIMITS),
            "halts": some(HALTS) | daily,
            **some(REST),
            **(some(RECOVERY) if daily else {}),
        }
    )


@st.composite
def books(draw: st.DrawFn) -> list[tuple[str, int]]:
    symbols = draw(st.sets(st.sampled_from(SYMBOLS), min_size=1, max_size=3))
    return [(symbol, draw(st.integers(0, 40))) for symbol in sorted(symbols)]


def unit_of(lanes: list[Lane]) -> Decimal:
    return min(x.bars.instrument.money_unit for x in lanes)


@pytest.mark.covers("T17", "T20", "B-047")
@settings(max_examples=cases(ci=60, full=10_000, small=15))
@given(books(), programs())
def test_the_account_equals_the_oracle(book: list[tuple[str, int]], money: Money) -> None:
    """Sizes, refusals, forced ends and the equity of every bar, to the money unit."""
    lanes = [lane(*named) for named in book]
    found, unit = account(lanes, money), unit_of(lanes)
    plain = oracle.Account([plain_lane(x, money, unit) for x in lanes], plain_rules(money, unit))
    rows = plain.play()
    names = ("gross", "costs", "open", "equity")
    assert found.equity.select(names).rows() == rows
    legs = found.legs.select("symbol", "row", "lots", "exit", "reason", "net").rows()
    assert sorted(legs) == sorted(row[:6] for row in plain.taken)
    of = {(x.symbol, unit.row): (x.symbol, unit.trade) for x in lanes for unit in x.units}
    taken = {of[row[:2]] for row in plain.taken}
    left = {
        (*of[row[:2]], ("leg_" if of[row[:2]] in taken else "") + row[2]) for row in plain.refused
    }
    assert sorted(found.refused.select("symbol", "row", "reason").rows()) == sorted(left)
    assert sum(found.counts.values()) == len(left)
    assert sorted(found.trades.select("symbol", "row").rows()) == sorted(taken)
    assert taken | {row[:2] for row in left} == set(of.values())
    for name in ("lots", "gross", "slippage", "fees", "net"):
        assert found.trades[name].sum() == found.legs[name].sum()


@settings(max_examples=cases(ci=20, full=2_000, small=5))
@given(books(), programs())
def test_laws(book: list[tuple[str, int]], money: Money) -> None:
    """Costs once, no size outside its limits, and the order of the symbols changes nothing."""
    lanes = [lane(*named) for named in book]
    found = account(lanes, money)
    equity, trades = found.equity, found.trades
    start = int(money.capital / unit_of(lanes))
    parts = start + equity["gross"] + equity["open"] - equity["costs"]
    assert (equity["equity"] == parts).all()
    assert equity["equity"].last() == start + trades["net"].sum()
    assert equity["costs"].last() == trades["slippage"].sum() + trades["fees"].sum()
    assert equity["open"].last() == 0
    assert (trades["lots"] > 0).all()
    lot = {x.symbol: x.bars.instrument.lot for x in lanes}
    held = zip(trades["symbol"], trades["lots"], strict=True)
    assert all(lots * lot[symbol] <= money.limits.contracts for symbol, lots in held)
    if money.limits.max_loss is not None:
        assert (trades["stake"] <= int(money.limits.max_loss / unit_of(lanes))).all()
    again = account(lanes[::-1], money)
    assert all(one.equals(other) for one, other in zip(found[:4], again[:4], strict=True))
    assert found.counts == again.counts
    assert len(equity) == len({t for x in lanes for t in x.bars.time.tolist()})
