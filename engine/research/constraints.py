"""Constraints between parameters, such as `fast < slow`: read as syntax, never run as code."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import Any, Final

from engine.core.errors import StudyError, unknown
from engine.research.plan import Combination

COMPARED: Final[Mapping[type, Callable[[Any, Any], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
JOINED: Final[Mapping[type, Callable[[Iterable[Any]], bool]]] = {ast.And: all, ast.Or: any}
COUNTED: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: Decimal(left) / Decimal(right),
}
TURNED: Final[Mapping[type, Callable[[Any], Any]]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
}
LONGEST: Final = 500  # characters of one constraint


@dataclass(frozen=True)
class Constraint:
    """One condition; where a name it uses holds no value or no number, it does not apply."""

    text: str
    tree: ast.expr
    names: frozenset[str]

    @classmethod
    def of(cls, text: Any, known: Iterable[str]) -> Constraint:
        """Read a condition on names that exist."""
        if not isinstance(text, str) or len(text) > LONGEST:
            raise StudyError(f"a constraint is a text such as 'fast < slow', not {text!r}")
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            raise StudyError(f"'{text}' is no condition; write one such as 'fast < slow'") from None
        names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        for name in sorted(names):
            if name not in known:
                raise unknown("parameter", name, known, where=f" for the constraint '{text}'")
        if not names or not isinstance(tree, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
            raise StudyError(f"'{text}' compares no parameter; write one such as 'fast < slow'")
        return cls(text, tree, names)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether a combination's values keep the condition."""
        if any(values.get(name) is None for name in self.names):
            return True
        try:
            return bool(self.value(self.tree, values))
        except (TypeError, DivisionByZero, InvalidOperation):
            said = ", ".join(f"{name}={values[name]}" for name in sorted(self.names))
            raise StudyError(f"the constraint '{self.text}' cannot be told for {said}") from None

    def value(self, node: ast.expr, values: Mapping[str, Any]) -> Any:
        """What a part of the condition amounts to."""
        match node:
            case ast.Name(id=name):
                return values[name]
            case ast.Constant(value=plain):
                return self.constant(node, plain)
        return self.joined(node, [self.value(part, values) for part in parts(node)])

    def constant(self, node: ast.Constant, plain: Any) -> Any:
        """Decimals stay as they are written."""
        if isinstance(plain, float):
            return Decimal(str(ast.get_source_segment(self.text.strip(), node)))
        return plain

    def joined(self, node: ast.expr, sides: list[Any]) -> Any:
        """What the values of a part's parts amount to together."""
        match node:
            case ast.BinOp(op=op) if type(op) in COUNTED:
                return COUNTED[type(op)](*sides)
            case ast.BoolOp(op=op):
                return JOINED[type(op)](sides)
            case ast.UnaryOp(op=op) if type(op) in TURNED:
                return TURNED[type(op)](*sides)
            case ast.Compare(ops=ops) if all(type(op) in COMPARED for op in ops):
                pairs = zip(ops, sides, sides[1:], strict=False)
                return all(COMPARED[type(op)](one, other) for op, one, other in pairs)
        raise StudyError(
            f"'{self.text}': a constraint compares by < <= > >= == !=, counts by + - * / and "
            "joins by and, or, not"
        )


def parts(node: ast.expr) -> list[ast.expr]:
    """The expressions a part is made of, left to right."""
    return [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]


@dataclass(frozen=True)
class Constraints:
    """All conditions of a study at once."""

    every: tuple[Constraint, ...]

    def __call__(self, one: Combination) -> bool:
        """Whether a combination keeps them all."""
        values = dict(one.strategy.values()) | {n: told(t) for n, t in one.exits.texts().items()}
        return all(constraint.holds(values) for constraint in self.every)


def told(text: str) -> Decimal | None:
    """An exit as a number of ticks, where it is one."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
