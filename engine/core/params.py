"""param(), choice() and gate(): one line declares a parameter everywhere it will be met."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Self, dataclass_transform

from engine.core.axis import Axis, Gate, Number, Op, Range, Value, decimal_of
from engine.core.errors import ParameterError, unknown


def param(
    *, default: Any, low: Any, high: Any, step: Any = 1, when: Any = None, doc: str = ""
) -> Any:
    """Declare a number: an int, or a decimal written as a string; a step "x2" multiplies."""
    kind: Literal["int", "decimal"] = "int" if isinstance(default, int) else "decimal"
    axis = Axis(kind, number(default), ranged(low, high, step), when=conditions(when), doc=doc)
    return declared(axis)


def choice(
    *, default: Value, among: Sequence[Value] = (False, True), when: Any = None, doc: str = ""
) -> Any:
    """Declare a choice among named values; without `among` it is a switch."""
    return declared(Axis("choice", default, choices=tuple(among), when=conditions(when), doc=doc))


def gate(attribute: str, op: Op, *, default: Any, low: Any, high: Any, step: Any) -> Any:
    """Declare a threshold on an attribute of the setups; `None` leaves the gate open."""
    threshold = None if default is None else decimal_of(default)
    reach = ranged(str(low), str(high), str(step))
    doc = f"keep setups whose {attribute} {op} this"
    return declared(Axis("decimal", threshold, reach, gate=Gate(attribute, op), doc=doc))


def number(written: Any) -> Number:
    return written if isinstance(written, int) else decimal_of(written)


def ranged(low: Any, high: Any, step: Any) -> Range:
    if isinstance(step, str) and step.startswith("x"):
        return Range(number(low), number(high), decimal_of(step[1:]), factor=True)
    return Range(number(low), number(high), number(step))


def conditions(when: Mapping[str, Any] | None) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """`when={"trend": True}` or `when={"mode": ("fast", "slow")}` as something hashable."""
    pairs = (when or {}).items()
    return tuple((name, v if isinstance(v, tuple) else (v,)) for name, v in pairs)


def declared(axis: Axis) -> Any:
    """A dataclass field that carries its axis; a default outside it is refused on the spot."""
    if axis.range is None and len(axis.choices) < 2:
        raise ParameterError(f"a choice needs two values or more, not {axis.choices}")
    default = axis.check("default", axis.default)
    return dataclasses.field(default=default, metadata={"axis": axis})


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(param, choice, gate)
)
class Tunable:
    """A frozen value whose fields are its parameters; subclassing is all it takes."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in inspect.get_annotations(cls):
            if not isinstance(vars(cls).get(name), dataclasses.Field):
                raise TypeError(f"declare {cls.__name__}.{name} by param(), choice() or gate()")
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        made = cls.__init__

        def checked(self: Any, **values: Any) -> None:
            cls.known(values)
            made(self, **values)

        cls.__init__ = checked  # type: ignore[method-assign] # names the near miss, then goes on

    def __post_init__(self) -> None:
        for name, axis in self.space().items():
            object.__setattr__(self, name, axis.check(name, getattr(self, name)))
        for name, axis in self.space().items():
            if not axis.active(vars(self)):  # a parameter that does not count is not another row
                object.__setattr__(self, name, axis.default)

    @classmethod
    def space(cls) -> dict[str, Axis]:
        """Every declared parameter by name, in order of declaration."""
        fields = dataclasses.fields(cls)  # type: ignore[arg-type] # each subclass is a dataclass
        return {f.name: f.metadata["axis"] for f in fields}

    @classmethod
    def known(cls, names: Iterable[str]) -> None:
        """Refuse a parameter that does not exist, with the nearest one that does."""
        for name in names:
            if name not in cls.space():
                raise unknown("parameter", name, cls.space(), where=f" of {cls.__name__}")

    @classmethod
    def grid(cls, **axes: Iterable[Any]) -> list[Self]:
        """Every combination of the named values, the rest at their defaults, without duplicates."""
        cls.known(axes)
        rows = itertools.product(*(tuple(values) for values in axes.values()))
        return list(dict.fromkeys(cls(**dict(zip(axes, row, strict=True))) for row in rows))

    @classmethod
    def gates(cls) -> dict[str, Gate]:
        """The gates by the name of their parameter."""
        return {name: axis.gate for name, axis in cls.space().items() if axis.gate is not None}

    def values(self) -> Iterator[tuple[str, Value | None]]:
        """Name and value of every parameter: a row of the combination table."""
        return ((name, getattr(self, name)) for name in self.space())
