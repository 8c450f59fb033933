"""Axis: one declared parameter - its kind, its lattice, and the condition under which it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from engine.core.errors import ParameterError, unknown

Kind = Literal["int", "decimal", "choice"]
Op = Literal[">=", "<=", ">", "<"]
Number = int | Decimal
Value = int | Decimal | str | bool

SCALE = 10_000  # decimals are held exactly as integers of this scale


def decimal_of(value: Any) -> Decimal:
    """Read a decimal as it was written: `0.55` in YAML is 0.55, not its nearest binary float."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ParameterError(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise ParameterError(f"{value!r} is not a number")
    if number * SCALE != int(number * SCALE):
        raise ParameterError(f"{number} has more than four decimals; fractions are 1/{SCALE}ths")
    return number


def scaled(value: Decimal) -> int:
    """The integer a kernel works with."""
    return int(value * SCALE)


def plain(value: Decimal) -> Decimal:
    """The one spelling of a number: 0.7 and 0.70 give the same row, text and name."""
    return Decimal(scaled(value)) / SCALE


@dataclass(frozen=True, slots=True)
class Gate:
    """A threshold on an attribute: it drops setups and never recomputes anything."""

    attribute: str
    op: Op

    def __post_init__(self) -> None:
        if self.op not in get_args(Op):
            raise ParameterError(
                f"a gate on {self.attribute} compares by {' '.join(get_args(Op))}, not by {self.op}"
            )


@dataclass(frozen=True, slots=True)
class Range:
    """A lattice of numbers from low to high, by adding the step or multiplying by the factor."""

    low: Number
    high: Number
    step: Number
    factor: bool = False

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ParameterError(f"{self} is no range: low must not be above high")
        if self.factor and (self.step <= 1 or self.low <= 0):
            raise ParameterError(f"{self} is no range: it multiplies, from above 0 by above 1")
        if self.step <= 0:
            raise ParameterError(f"{self} is no range: the step must be above 0")

    def __str__(self) -> str:
        return f"{self.low}..{self.high} step {'x' if self.factor else ''}{self.step}"

    def values(self) -> tuple[Number, ...]:
        if not self.factor:
            count = int((self.high - self.low) // self.step) + 1
            return tuple(spelt(self.low + k * self.step) for k in range(count))
        found, value = [], Decimal(self.low)
        while value <= self.high:
            found.append(round(value) if isinstance(self.low, int) else plain(round(value, 4)))
            value *= self.step
        return tuple(dict.fromkeys(found))


def spelt(value: Number) -> Number:
    return value if isinstance(value, int) else plain(value)


def written(value: Value) -> str:
    """A choice as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Axis:
    """What one line of a strategy declares: grid axis, search range, YAML key, column and help."""

    kind: Kind
    default: Value | None
    range: Range | None = None
    choices: tuple[Value, ...] = ()
    when: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    gate: Gate | None = None
    doc: str = ""

    def check(self, name: str, value: Any) -> Value | None:
        """The value in its declared type, or why it is refused."""
        if value is None and self.gate is not None:
            return None  # an open gate lets everything through
        if self.range is None:
            return self.chosen(name, value)
        return self.within(name, value, self.range)

    def chosen(self, name: str, value: Any) -> Value:
        for choice in self.choices:
            if type(choice) is type(value) and choice == value:
                return choice
        known = [written(choice) for choice in self.choices]
        raise unknown("value", written(value), known, where=f" for '{name}'")

    def within(self, name: str, value: Any, allowed: Range) -> Number:
        try:
            number = decimal_of(value)
        except ParameterError as error:
            raise ParameterError(f"{name}: {error}") from None
        if self.kind == "int" and number != int(number):
            raise ParameterError(f"{name}={value} must be a whole number")
        if not allowed.low <= number <= allowed.high:
            raise ParameterError(f"{name}={value} is outside {allowed.low}..{allowed.high}")
        return int(number) if self.kind == "int" else plain(number)

    def active(self, values: Mapping[str, Any]) -> bool:
        """Whether this parameter counts beside the values of those that do."""
        return all(name in values and values[name] in allowed for name, allowed in self.when)

    def values(self) -> tuple[Value, ...]:
        """The lattice a grid walks when no values are named."""
        return self.choices if self.range is None else self.range.values()

    def at(self, unit: float) -> Value:
        """The lattice value `unit` of the way along, 0 <= unit < 1: how samplers draw."""
        lattice = self.values()
        return lattice[min(int(unit * len(lattice)), len(lattice) - 1)]
