"""Rules of the session and of filling, as one value of a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final

from engine.core.axis import decimal_of, plain
from engine.core.errors import ParameterError, unknown
from engine.core.zone import clock_minute

CALENDAR: Final = ("friday_window", "days", "friday_flatten", "before_close", "price_limit")
COMPATIBLE: Final = ("spare_entry_bar", "stop_first")  # rules of others, for comparisons
SIMPLE: Final = ("max_per_session", "entry_window", "min_reward", *CALENDAR)
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Rules:
    """How many trades a session may have and when, what stops it, and what fills a limit order."""

    max_per_session: int = 0  # 0: no limit
    entry_window: tuple[int, int] | None = None  # minutes of the exchange's day
    friday_window: tuple[int, int] | None = None  # in place of the other, on Fridays
    days: tuple[int, ...] | None = None  # of the week on which entries are filled, 0 a Monday
    friday_flatten: int | None = None  # minute of the exchange's day
    before_close: int = 0  # minutes from which on positions are closed; 0: to the close
    price_limit: Decimal | None = None  # percent of the last session's close
    cooldown: int = 0  # bars from an exit to the next setup
    max_losses: int = 0  # in a row
    daily_loss: Decimal | None = None  # currency, of one unit
    daily_profit: Decimal | None = None
    with_open: bool = False  # whether the open result counts, and closes the position
    min_reward: Decimal | None = None  # target over stop
    positions: int = 1
    reverse: bool = False  # whether a setup of the other side closes a position
    through: int = 0  # ticks beyond a limit that fill it
    fill_probability: Decimal = Decimal(1)  # of a limit that is only touched
    fill_seed: int = 0
    fill_share: Decimal | None = None  # of a bar's volume that a limit may take
    spare_entry_bar: bool = False  # whether no stop and no target is met in the bar of the fill
    stop_first: bool = False  # whether a stop comes before a target that the open is beyond

    def __post_init__(self) -> None:
        if self.positions > 1 and (self.reverse or self.with_open):
            raise ParameterError("reverse and with_open need positions: 1")
        if self.with_open and self.daily_loss is None and self.daily_profit is None:
            raise ParameterError("with_open needs daily_loss or daily_profit")

    @property
    def simple(self) -> bool:
        """Whether nothing is asked that the sparse path cannot decide."""
        plain_ones = Rules()
        further = [f.name for f in fields(self) if f.name not in SIMPLE]
        return all(getattr(self, name) == getattr(plain_ones, name) for name in further)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Rules:
        """Read the `rules` of a study."""
        for name in values:
            if name not in READERS:
                raise unknown("rule", name, READERS)
        written = {name: value for name, value in values.items() if value is not None}
        return cls(**{name: READERS[name](name, value) for name, value in written.items()})


def window(name: str, span: Any) -> tuple[int, int]:
    if not isinstance(span, (list, tuple)) or len(span) != 2:
        raise ParameterError(f'{name} is two clock times such as ["08:30", "14:30"], not {span}')
    start, stop = clock_minute(span[0]), clock_minute(span[1])
    if start == stop:
        raise ParameterError(f"{name} from {span[0]} to {span[1]} is empty")
    return start, stop


def weekdays(name: str, value: Any) -> tuple[int, ...]:
    """Read `[mon, tue]`."""
    several = value if isinstance(value, (list, tuple)) else (value,)
    for day in several:
        if day not in DAYS:
            raise unknown("day", str(day), DAYS, where=f" in {name}")
    if not several:
        raise ParameterError(f"{name} names no day; then nothing is traded")
    return tuple(k for k, day in enumerate(DAYS) if day in several)


def minute(_name: str, value: Any) -> int:
    return clock_minute(str(value))


def count(name: str, value: Any) -> int:
    """0 is read as no limit, as it is stored."""
    if type(value) is not int or value < 0:
        raise ParameterError(f"{name} is a whole number from 1 on, not {value}")
    return value


def some(name: str, value: Any) -> int:
    found = count(name, value)
    if found < 1:
        raise ParameterError(f"{name} is a whole number from 1 on, not {value}")
    return found


def above_zero(name: str, value: Any) -> Decimal:
    number = decimal_of(value)
    if number <= 0:
        raise ParameterError(f"{name} must be above 0, not {value}")
    return plain(number)


def part(name: str, value: Any) -> Decimal:
    number = decimal_of(value)
    if not 0 < number <= 1:
        raise ParameterError(f"{name} is a share above 0 and up to 1, not {value}")
    return plain(number)


def switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ParameterError(f"{name} is true or false, not {value}")
    return value


READERS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "max_per_session": count,
    "entry_window": window,
    "friday_window": window,
    "days": weekdays,
    "friday_flatten": minute,
    "before_close": count,
    "price_limit": above_zero,
    "cooldown": count,
    "max_losses": count,
    "daily_loss": above_zero,
    "daily_profit": above_zero,
    "with_open": switch,
    "min_reward": above_zero,
    "positions": some,
    "reverse": switch,
    "through": count,
    "fill_probability": part,
    "fill_seed": count,
    "fill_share": part,
    "spare_entry_bar": switch,
    "stop_first": switch,
}
