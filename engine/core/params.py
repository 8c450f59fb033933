"""param(), choice() and gate(): one line declares a parameter everywhere it will be met."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, Self, dataclass_transform

from engine.core.axis import Axis, Gate, Kind, Number, Op, Range, Value, decimal_of, plain
from engine.core.errors import ParameterError, unknown

CLASS_WIDE = "ClassVar"  # how an annotation says that a value is no field


def param(
    *, default: Any, low: Any, high: Any, step: Any = 1, when: Any = None, doc: str = ""
) -> Any:
    """Declare a number: an int, or a decimal written as a string; a step "x2" multiplies."""
    kind: Kind = "int" if isinstance(default, int) else "decimal"
    reach = ranged(kind, low, high, step)
    return declared(Axis(kind, default, reach, when=conditions(when), doc=doc))


def choice(
    *, default: Value, among: Sequence[Value] = (False, True), when: Any = None, doc: str = ""
) -> Any:
    """Declare a choice among named values; without `among` it is a switch."""
    return declared(Axis("choice", default, choices=tuple(among), when=conditions(when), doc=doc))


def gate(attribute: str, op: Op, *, default: Any, low: Any, high: Any, step: Any) -> Any:
    """Declare a threshold on an attribute of the setups; `None` leaves the gate open."""
    reach = ranged("decimal", low, high, step)
    doc = f"keep setups whose {attribute} {op} this"
    return declared(Axis("decimal", default, reach, gate=Gate(attribute, op), doc=doc))


def ranged(kind: Kind, low: Any, high: Any, step: Any) -> Range:
    """Bounds of the parameter's own kind; a factor may be a decimal between whole numbers."""
    if isinstance(step, str) and step.startswith("x"):
        factor = plain(decimal_of(step[1:]))
        return Range(number(kind, low), number(kind, high), factor, factor=True)
    return Range(number(kind, low), number(kind, high), number(kind, step))


def number(kind: Kind, written: Any) -> Number:
    value = plain(decimal_of(written))
    if kind == "decimal":
        return value
    if value != int(value):
        raise ParameterError(f"{written} bounds a whole-number parameter; write its default as '1'")
    return int(value)


def conditions(when: Mapping[str, Any] | None) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """`when={"trend": True}` or `when={"mode": ("fast", "slow")}` as something hashable."""
    return tuple((name, listed(values)) for name, values in (when or {}).items())


def listed(values: Any) -> tuple[Any, ...]:
    """One value or several; a text is one."""
    several = isinstance(values, Iterable) and not isinstance(values, str)
    return tuple(values) if several else (values,)


def declared(axis: Axis) -> Any:
    """A dataclass field that carries its axis; a default outside it is refused on the spot."""
    if axis.range is None and len(set(axis.choices)) < max(2, len(axis.choices)):
        raise ParameterError(f"a choice is among two values or more, all different: {axis.choices}")
    default = axis.check("default", axis.default)
    axis = dataclasses.replace(axis, default=default)
    return dataclasses.field(default=default, metadata={"axis": axis})


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(param, choice, gate)
)
class Tunable:
    """A frozen value whose fields are its parameters; subclassing is all it takes."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        inherited = getattr(super(cls, cls), "__dataclass_fields__", {})
        for name, annotation in inspect.get_annotations(cls).items():
            if CLASS_WIDE in str(annotation):
                continue
            if not isinstance(vars(cls).get(name), dataclasses.Field):
                raise TypeError(f"declare {cls.__name__}.{name} by param(), choice() or gate()")
            if hasattr(super(cls, cls), name) and name not in inherited:
                raise ParameterError(f"{cls.__name__}.{name} would hide a method; rename it")
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        cls.refuse_conditions()
        made = cls.__init__

        @wraps(made)
        def checked(self: Any, **values: Any) -> None:
            cls.known(values)
            made(self, **values)

        cls.__init__ = checked  # type: ignore[method-assign] # names the near miss, then goes on

    def __post_init__(self) -> None:
        counting: dict[str, Value | None] = {}
        for name, axis in self.space().items():
            value = axis.check(name, getattr(self, name))
            if axis.active(counting):
                counting[name] = value
            else:
                value = axis.default  # a parameter that does not count is not another row
            object.__setattr__(self, name, value)

    @classmethod
    def space(cls) -> dict[str, Axis]:
        """Every declared parameter by name, in order of declaration."""
        fields = dataclasses.fields(cls)  # type: ignore[arg-type] # each subclass is a dataclass
        return {f.name: f.metadata["axis"] for f in fields}

    @classmethod
    def refuse_conditions(cls) -> None:
        """A condition is on values that a parameter declared further up can have."""
        above: dict[str, Axis] = {}
        for name, axis in cls.space().items():
            for other, allowed in axis.when:
                if other not in above:
                    where = f" above {cls.__name__}.{name}, which counts when it holds"
                    raise unknown("parameter", other, above, where=where)
                for value in allowed:
                    if (meant := above[other].check(other, value)) != value:
                        raise ParameterError(f"{name}: write {other} as {meant!r}, not {value!r}")
            above[name] = axis

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
        lists = {name: listed(values) for name, values in axes.items()}
        for name, values in lists.items():
            if not values:
                raise ParameterError(f"{name}: no values to walk; leave it out to keep its default")
        rows = itertools.product(*lists.values())
        return list(dict.fromkeys(cls(**dict(zip(axes, row, strict=True))) for row in rows))

    @classmethod
    def gates(cls) -> dict[str, Gate]:
        """The gates by the name of their parameter."""
        return {name: axis.gate for name, axis in cls.space().items() if axis.gate is not None}

    def values(self) -> Iterator[tuple[str, Value | None]]:
        """Name and value of every parameter: a row of the combination table."""
        return ((name, getattr(self, name)) for name in self.space())
