"""The one way a feature states what it is: formula, unit, warm-up, absence, parameters.

`folded` makes a feature of a fold, `told` of a plain function of bars. Both check what they are
asked, remember what they gave, and carry a `Declared` that help, docs and laws read.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

from engine.core.bars import Bars
from engine.core.errors import ParameterError, unknown
from engine.core.memo import feature
from engine.features.fold import Fold, batch

P = ParamSpec("P")
R = TypeVar("R")
Count = int | Callable[..., int]

SESSION: Final = "session"
NEVER: Final = "never"


@dataclass(frozen=True)
class Takes:
    """What one parameter may be; `trial` is what short tapes are tried with."""

    doc: str
    low: Any = None
    high: Any = None
    choices: tuple[str, ...] = ()
    trial: Any = None

    def check(self, owner: str, name: str, value: Any) -> None:
        if self.choices:
            if value not in self.choices:
                raise unknown(name, str(value), self.choices, where=f" of {owner}")
        elif (self.low is not None and not value >= self.low) or (
            self.high is not None and not value <= self.high
        ):
            raise ParameterError(f"{owner}: {name} is {self.doc}, {self.reach()}, not {value}")

    def reach(self) -> str:
        if self.choices:
            return " | ".join(self.choices)
        low = "" if self.low is None else f"at least {self.low}"
        high = "" if self.high is None else f"at most {self.high}"
        return ", ".join(part for part in (low, high) if part)


@dataclass(frozen=True, kw_only=True)
class Says:
    """What a feature says of itself.

    `warmup` counts the bars without a value at the start, as a number or of the parameters.
    `settles` counts the bars after which a later start says the same: to the bit, or for what
    forgets slowly to 1e-9; SESSION: from the next session on; NEVER: it goes on counting.
    """

    formula: str
    unit: str
    warmup: Count = 0
    settles: Count | str = 0
    absent: str = "never after the warm-up"
    per: str = "bar"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A feature's facts, gathered from its declaration and its signature."""

    name: str
    module: str
    doc: str
    says: Says
    takes: dict[str, Takes] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    plan: Callable[..., Fold[Any]] | None = None

    def settled(self, **given: Any) -> dict[str, Any]:
        """Every parameter, checked."""
        params = {**self.defaults, **given}
        for name, takes in self.takes.items():
            takes.check(self.name, name, params[name])
        return params

    @property
    def trial(self) -> dict[str, Any]:
        """Parameters short enough for a tape of a few bars."""
        return {name: t.trial for name, t in self.takes.items() if t.trial is not None}

    def warmup(self, **given: Any) -> int:
        return int(self.counted(self.says.warmup, given))

    def settles(self, **given: Any) -> int | str:
        return self.counted(self.says.settles, given)

    def counted(self, count: Count | str, given: dict[str, Any]) -> int | str:
        """A count of bars, or what it makes of the parameters it names."""
        if not callable(count):
            return count
        params = self.settled(**given)
        return count(**{name: params[name] for name in inspect.signature(count).parameters})


def declared(function: Callable[..., Any]) -> Declared | None:
    """What a feature declares; `None` of one that only wears the mark."""
    return cast(Declared | None, getattr(function, "__dict__", {}).get("declared"))


def folded(
    says: Says, **takes: Takes
) -> Callable[[Callable[P, Fold[R]]], Callable[Concatenate[Bars, P], R]]:
    """Make a feature of a function from parameters to a fold."""

    def wrap(plan: Callable[P, Fold[R]]) -> Callable[Concatenate[Bars, P], R]:
        facts = facts_of(plan, says, takes, plan)

        def compute(bars: Bars, /, *args: P.args, **kwargs: P.kwargs) -> R:
            del args  # parameters are named, as the plan's signature says
            made: Callable[..., Fold[R]] = plan
            return batch(bars, made(**facts.settled(**kwargs)))

        given = inspect.signature(plan)
        bars = inspect.Parameter("bars", inspect.Parameter.POSITIONAL_ONLY)
        return marked(compute, plan, facts, [bars, *given.parameters.values()])

    return wrap


def told(
    says: Says, **takes: Takes
) -> Callable[[Callable[Concatenate[Bars, P], R]], Callable[Concatenate[Bars, P], R]]:
    """Make a feature of a plain function of bars and parameters."""

    def wrap(function: Callable[Concatenate[Bars, P], R]) -> Callable[Concatenate[Bars, P], R]:
        facts = facts_of(function, says, takes, None)

        def compute(bars: Bars, /, *args: P.args, **kwargs: P.kwargs) -> R:
            facts.settled(**kwargs)
            return function(bars, *args, **kwargs)

        return marked(compute, function, facts, [*inspect.signature(function).parameters.values()])

    return wrap


def facts_of(
    function: Callable[..., Any], says: Says, takes: dict[str, Takes], plan: Any
) -> Declared:
    """A declaration that names other parameters than the function has is a slip: refuse it."""
    asked = inspect.signature(function).parameters
    defaults = {
        name: p.default for name, p in asked.items() if p.kind is inspect.Parameter.KEYWORD_ONLY
    }
    if set(defaults) != set(takes):
        raise TypeError(
            f"{function.__qualname__} has parameters {list(defaults)} and declares {list(takes)}"
        )
    return Declared(
        name=function.__name__,
        module=function.__module__,
        doc=inspect.getdoc(function) or "",
        says=says,
        takes=takes,
        defaults=defaults,
        plan=plan,
    )


def marked(
    compute: Callable[Concatenate[Bars, P], R],
    source: Callable[..., Any],
    facts: Declared,
    parameters: list[inspect.Parameter],
) -> Callable[Concatenate[Bars, P], R]:
    """Give the computing function the face of its source, and make it a feature."""
    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(compute, name, getattr(source, name))
    gives = inspect.signature(source).return_annotation
    compute.__dict__["__signature__"] = inspect.Signature(parameters, return_annotation=gives)
    made = feature(compute)
    made.__dict__["declared"] = facts
    return made


def bars_in(doc: str, low: int = 1, *, trial: int) -> Takes:
    """A count of bars."""
    return Takes(doc, low=low, trial=trial)


def factor(doc: str, *, low: str = "0") -> Takes:
    """A positive multiple."""
    return Takes(doc, low=Decimal(low))
