"""Contract facts: tick, point value, lot, money unit, fees, margins, dated where they changed."""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final, Generic, NamedTuple, TypeVar

from engine.core.calendars import calendar
from engine.core.errors import DataError, ParameterError, unknown
from engine.core.zone import day_date, epoch_day

T = TypeVar("T")
Price = Decimal | float | str
Reader = Callable[[str, object, Any], Any]  # what is read, its value, what the base holds

KINDS: Final = ("future", "spot", "perpetual")
RATE_SCALE: Final = 1_000_000_000


class Fees(NamedTuple):
    """One side of one contract: money for futures, shares of the traded value for coins."""

    commission: Decimal = Decimal(0)
    exchange: Decimal = Decimal(0)  # exchange, clearing and regulator together
    maker: Decimal = Decimal(0)
    taker: Decimal = Decimal(0)


class Margin(NamedTuple):
    """Money a contract ties up: within the day, to open it overnight, to keep it."""

    day: Decimal
    initial: Decimal
    maintenance: Decimal


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value that changed: what holds on a day is the last row that begins by then."""

    rows: tuple[tuple[date, T], ...] = ()

    def __post_init__(self) -> None:
        days = [day for day, _ in self.rows]
        if days != sorted(set(days)):
            raise ParameterError(f"dates must ascend, each once: {', '.join(map(str, days))}")

    def on(self, day: date) -> T:
        value = next((value for since, value in reversed(self.rows) if since <= day), None)
        if value is None:
            since = f"from {self.rows[0][0]} on" if self.rows else "for no day"
            raise ParameterError(f"nothing is known on {day}, only {since}")
        return value


ALWAYS: Final = date(1970, 1, 1)


def always(value: T) -> Dated[T]:
    return Dated(((ALWAYS, value),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What one unit is and costs; bars, fills and money know prices only through it."""

    symbol: str
    name: str
    exchange: str
    kind: str
    currency: str
    tick: Decimal  # the finest price step bars are stored in
    point_value: Decimal  # money of one whole price point for one contract or coin
    lot: Decimal = Decimal(1)  # smallest quantity; volumes are whole lots
    money_unit: Decimal = Decimal("0.01")  # P&L is a whole number of these
    fees: Dated[Fees] = Dated(())
    margins: Dated[Margin] = Dated(())
    steps: Dated[int] = Dated(((ALWAYS, 1),))  # ticks between two prices one could quote
    calendar: str
    months: str = ""  # letters of the delivery months
    row: int = 1  # ticks a profile row spans unless asked otherwise

    def __post_init__(self) -> None:
        positive = {
            "tick": self.tick,
            "point_value": self.point_value,
            "lot": self.lot,
            "money_unit": self.money_unit,
            "row": Decimal(self.row),
        }
        for what, value in positive.items():
            if not (value.is_finite() and value > 0):
                raise ParameterError(f"{self.symbol}: {what} must be above 0, not {value}")
        if self.kind not in KINDS:
            raise ParameterError(f"{self.symbol}: kind is one of {', '.join(KINDS)}")
        if self.tick_value % self.money_unit:
            raise ParameterError(
                f"{self.symbol}: a tick is {self.tick_value:f} {self.currency}, no whole number "
                f"of money units of {self.money_unit:f}; a money_unit of "
                f"{fitting_unit(self.tick_value, self.money_unit):f} would do",
            )
        calendar(self.calendar)

    @property
    def tick_value(self) -> Decimal:
        return self.tick * self.point_value

    @property
    def tick_money(self) -> int:
        """Money units a price step is worth, for one contract or coin."""
        return int(self.tick_value / self.money_unit)

    def ticks(self, price: Price) -> int:
        """The price as a whole number of ticks; one off the grid is an error, never rounded."""
        exact = _decimal(price, self.symbol)
        steps = Fraction(exact) / Fraction(self.tick)
        if steps.denominator != 1:
            nearest = self.price(math.floor(steps + Fraction(1, 2)))
            raise DataError(
                f"{self.symbol}: {price} lies between two prices of the {self.tick:f} grid; "
                f"the nearest is {nearest:f}",
            )
        return int(steps)

    def price(self, ticks: int) -> Decimal:
        return int(ticks) * self.tick

    def fee_money(self, day: date) -> int:
        """Money units one side of one contract costs on a day, rounded up against the trader."""
        fees = self.fees.on(day)
        return math.ceil((fees.commission + fees.exchange) / self.money_unit)

    def fee_rates(self, day: date) -> tuple[int, int]:
        """Maker and taker share of the traded value, times 10^9, rounded up."""
        fees = self.fees.on(day)
        return math.ceil(fees.maker * RATE_SCALE), math.ceil(fees.taker * RATE_SCALE)


def fitting_unit(tick_value: Decimal, unit: Decimal) -> Decimal:
    """The largest decimal power that divides both what a tick is worth and the unit asked for."""
    exponent = min(_exponent(tick_value), _exponent(unit))
    return Decimal((0, (1,), exponent))


def _exponent(value: Decimal) -> int:
    return int(value.normalize().as_tuple().exponent)


def _decimal(price: Price, symbol: str) -> Decimal:
    try:
        exact = Decimal(str(price))
    except InvalidOperation:
        raise DataError(f"{symbol}: '{price}' is no price") from None
    if not exact.is_finite():
        raise DataError(f"{symbol}: {price} is no price")
    return exact


def instrument_from(
    given: Mapping[str, object],
    base: Instrument | None = None,
) -> Instrument:
    """An instrument from plain values as YAML has them; what is not given stays as in the base.

    `fees`, `margins` and `steps` take one value, which then holds always, or a list of rows, each
    with a `from` date. One value is laid over the latest of the base: `fees: {commission: 1}`.
    """
    for key in given:
        if key not in READ:
            raise unknown("instrument key", str(key), READ)
    held = {what: getattr(base, what, None) for what in READ}
    values: dict[str, Any] = {key: READ[key](key, given[key], held[key]) for key in given}
    if base is not None:
        return replace(base, **values)
    needed = {f.name for f in fields(Instrument) if f.default is MISSING}
    missing = sorted(needed - set(values))
    if missing:
        raise ParameterError(f"a new instrument needs {', '.join(missing)} too")
    return Instrument(**values)


def _text(_what: str, value: object, _held: object) -> str:
    return str(value)


def _number(what: str, value: object, _held: object = None) -> Decimal:
    """A decimal from 0.25, "0.25" or "1/64"; a fraction without an end is refused."""
    try:
        exact = Fraction(str(value))
        number = Decimal(exact.numerator) / Decimal(exact.denominator)
    except (ValueError, ZeroDivisionError):
        raise ParameterError(f"{what}: '{value}' is no number") from None
    if Fraction(number) != exact:
        raise ParameterError(f"{what}: {value} has no exact decimal")
    return number


def _whole(what: str, value: object, _held: object = None) -> int:
    number = _number(what, value)
    if number != int(number):
        raise ParameterError(f"{what}: {value} is no whole number")
    return int(number)


def _day(what: str, value: object) -> date:
    if not isinstance(value, (date, str)):
        raise ParameterError(f"{what}: '{value}' is no date")
    return day_date(epoch_day(value))


def _parts(what: str, value: object, names: tuple[str, ...]) -> dict[str, Decimal]:
    if not isinstance(value, Mapping):
        raise ParameterError(f"{what} has the keys {', '.join(names)}, not just {value}")
    for key in value:
        if key not in names:
            raise unknown(f"key of {what}", str(key), names)
    return {key: _number(f"{what}.{key}", number) for key, number in value.items()}


def _fees(what: str, value: object, held: Fees | None) -> Fees:
    return (held or Fees())._replace(**_parts(what, value, Fees._fields))


def _margin(what: str, value: object, held: Margin | None) -> Margin:
    parts = (held._asdict() if held else {}) | _parts(what, value, Margin._fields)
    missing = sorted({"initial", "maintenance"} - set(parts))
    if missing:
        raise ParameterError(f"{what} needs {', '.join(missing)} too")
    return Margin(**({"day": parts["initial"]} | parts))


def _step(what: str, value: object, _held: object) -> int:
    return _whole(what, value["ticks"] if isinstance(value, Mapping) else value)


def _dated(what: str, value: object, held: Dated[Any] | None) -> Dated[Any]:
    """One value for all time, laid over the latest held, or rows, each laid over the one before."""
    readers: dict[str, Reader] = {"fees": _fees, "margins": _margin, "steps": _step}
    read = readers[what]
    if not isinstance(value, list):
        return always(read(what, value, held.rows[-1][1] if held and held.rows else None))
    rows: list[tuple[date, Any]] = []
    for row in value:
        if not isinstance(row, Mapping) or "from" not in row:
            raise ParameterError(f"{what}: every row of the list needs a from date, not {row}")
        parts = {key: part for key, part in row.items() if key != "from"}
        rows.append((_day(what, row["from"]), read(what, parts, rows[-1][1] if rows else None)))
    return Dated(tuple(rows))


READ: Final[dict[str, Reader]] = {
    **dict.fromkeys(
        ("symbol", "name", "exchange", "kind", "currency", "calendar", "months"), _text
    ),
    **dict.fromkeys(("tick", "point_value", "lot", "money_unit"), _number),
    "row": _whole,
    **dict.fromkeys(("fees", "margins", "steps"), _dated),
}
