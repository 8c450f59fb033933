"""The `money` section: read as written, refused with a guess."""

from decimal import Decimal

import pytest

from engine.core.errors import TickgridError
from engine.core.instrument import Margin
from engine.research.money import Money
from engine.research.money.sizes import Dollars, Fixed, Kelly, Risk, Volatility
from engine.research.money.terms import (
    STANDARD_LIFT,
    STANDARD_SIZE,
    Confidence,
    Correlation,
    Halts,
    Limits,
    Recovery,
)

WHOLE = {
    "capital": 50_000,
    "size": {"kelly": "0.5", "trades": 60, "least": 20, "cap": "0.2", "shrink": 1},
    "least": 1,
    "limits": {
        "contracts": 40,
        "ceiling": 50,
        "dollars": 900_000,
        "exposure": 2.5,
        "max_loss": 400,
        "positions": 5,
        "heat": 0.06,
        "margin": 0.5,
    },
    "margins": {"day": 500, "initial": 13_200, "maintenance": 12_000},
    "confidence": {"attribute": "p", "floor": 0.2, "base": 0.5},
    "multiplier": "calm",
    "correlation": {"sessions": 90, "strength": 0.5, "floor": 0.3},
    "halts": {"drawdown": 0.2, "losses": 5, "rest": 3, "daily_loss": 1_000, "act_at": 0.8},
    "recovery": {"size": [[0.5, 0.5]], "lift": [[0.8, 0.3], [0.9, 0.6]]},
}


def test_everything_is_read() -> None:
    made = Money.of(WHOLE)
    assert made == Money(
        capital=Decimal(50_000),
        size=Kelly(5_000, 60, 20, 2_000, 10_000),
        least=Decimal(1),
        limits=Limits(Decimal(40), Decimal(900_000), 25_000, Decimal(400), 5, 600, 5_000),
        margins=Margin(Decimal(500), Decimal(13_200), Decimal(12_000)),
        confidence=Confidence("p", 2_000, 5_000),
        multiplier="calm",
        correlation=Correlation(90, 5_000, 3_000),
        halts=Halts(2_000, 5, 3, Decimal(1_000), None, 8_000),
        recovery=Recovery(((5_000, 5_000),), ((8_000, 3_000), (9_000, 6_000))),
    )
    assert hash(made) == hash(Money.of(WHOLE))


def test_what_is_not_said_is_the_default() -> None:
    made = Money.of({"capital": 1})
    assert made == Money(Decimal(1))
    assert (made.size, made.margins) == (Fixed(Decimal(1)), "instrument")
    assert Money.of({"capital": 1, "confidence": "none", "size": "none"}) == made
    assert Money.of({"capital": 1, "limits": {"heat": "none", "margin": "none"}}) == made
    assert Money.of({"capital": 1, "margins": "none"}).margins is None
    assert Money.of({"capital": 1, "confidence": {"floor": 0}}).confidence == Confidence(floor=0)
    assert Money.of({"capital": 1, "correlation": {}}).correlation == Correlation()
    daily = {"capital": 1, "halts": {"daily_share": "0.02"}, "recovery": "standard"}
    assert Money.of(daily).recovery == Recovery(STANDARD_SIZE, STANDARD_LIFT)


@pytest.mark.parametrize(
    ("size", "made"),
    [
        ({"fixed": 3}, Fixed(Decimal(3))),
        ({"risk": 0.012}, Risk(120)),
        ({"dollars": 250}, Dollars(Decimal(250))),
        ({"volatility": 0.1}, Volatility(1_000, 60)),
        ({"volatility": 0.1, "sessions": 20}, Volatility(1_000, 20)),
        ({"kelly": 0.25}, Kelly(2_500, 100, 30, 2_500, 0)),
        ({"kelly": 1, "trades": 10}, Kelly(10_000, 10, 10, 2_500, 0)),
    ],
)
def test_sizes(size: dict, made: object) -> None:
    assert Money.of({"capital": 1, "size": size}).size == made


@pytest.mark.covers("VA-041")
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"limits": {"contracts": 26}}, "contracts is 26, above the ceiling of 25; if you mean it"),
        ({"captal": 1}, "no key 'captal' in money; did you mean 'capital'?"),
        ({"capital": 0}, "money.capital must be above 0, not 0"),
        ({"capital": None}, "None is not a number"),
        ({"size": 3}, "money.size is a section with fixed, risk, dollars, volatility, kelly"),
        ({"size": {}}, "money.size names one rule of fixed, risk, dollars, volatility, kelly"),
        ({"size": {"fixed": 1, "risk": 0.1}}, "money.size names one rule of"),
        ({"size": {"rsk": 0.1}}, "no key 'rsk' in money.size; did you mean 'risk'?"),
        ({"size": {"risk": 0.1, "cap": 1}}, "no key 'cap' of money.size.risk"),
        ({"size": {"volatility": 1, "cap": 1}}, "no key 'cap' of money.size.volatility"),
        ({"size": {"risk": 1.5}}, "money.size.risk is a share above 0 and up to 1, not 1.5"),
        ({"size": {"kelly": 0.5, "shrink": -1}}, "money.size.shrink must not be negative"),
        ({"size": {"kelly": 1, "least": 101}}, "asks for 101 trades, but only the latest"),
        ({"size": {"volatility": 1, "sessions": 1}}, "sessions is a whole number from 2 on, not 1"),
        ({"limits": {"heta": 1}}, "no key 'heta' in money.limits; did you mean 'heat'?"),
        ({"limits": {"positions": 1.5}}, "money.limits.positions is a whole number from 1 on"),
        ({"margins": {"day": 1}}, "money.margins needs day, initial and maintenance"),
        ({"margins": "no"}, "money.margins is a section with day, initial, maintenance, not no"),
        ({"halts": {"losses": 0}}, "money.halts.losses is a whole number from 1 on, not 0"),
        ({"halts": {"daily_loss": 9, "daily_share": 0.1}}, "daily_loss or daily_share, not both"),
        ({"recovery": "standard"}, "money.recovery needs money.halts.daily_loss or daily_share"),
        (
            {"recovery": {"size": [0.5]}, "halts": {"daily_loss": 1}},
            "money.recovery.size is a list of pairs such as [0.8, 0.5], not [0.5]",
        ),
        ({"recovery": {"size": [[0.9, 0.5], [0.8, 0.4]]}}, "the first numbers must rise"),
    ],
)
def test_what_is_refused(values: dict, said: str) -> None:
    with pytest.raises(TickgridError) as caught:
        Money.of({"capital": 1} | values)
    assert said in str(caught.value)


def test_capital_is_asked_for() -> None:
    with pytest.raises(TickgridError, match=r"money\.capital is missing"):
        Money.of({})
