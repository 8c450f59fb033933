"""Reading plain YAML values of the `money` section: names with a guess, numbers with a range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from engine.core.axis import decimal_of, scaled
from engine.core.errors import ParameterError, unknown

ONE = Decimal(1)


def section(values: Any, known: Iterable[str], where: str) -> dict[str, Any]:
    """A mapping that holds known keys only."""
    names = tuple(known)
    if not isinstance(values, Mapping):
        raise ParameterError(f"{where} is a section with {', '.join(names)}, not {values}")
    for name in values:
        if name not in names:
            raise unknown("key", str(name), names, where=f" in {where}")
    return dict(values)


def amount(where: str, value: Any) -> Decimal:
    """A sum of money above 0."""
    number = decimal_of(value)
    if number <= 0:
        raise ParameterError(f"{where} must be above 0, not {value}")
    return number


def share(where: str, value: Any, most: Decimal = ONE) -> int:
    """A share as a whole number of ten-thousandths, above 0."""
    number = decimal_of(value)
    if not 0 < number <= most:
        raise ParameterError(f"{where} is a share above 0 and up to {most}, not {value}")
    return scaled(number)


def whole(where: str, value: Any, least: int = 1) -> int:
    if type(value) is not int or value < least:
        raise ParameterError(f"{where} is a whole number from {least} on, not {value}")
    return value


def optional(values: Mapping[str, Any], name: str) -> Any:
    """A value, or `None` where the study leaves it out or writes `none`."""
    value = values.get(name)
    return None if value == "none" else value
