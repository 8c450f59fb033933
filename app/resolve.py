"""From a study to the values the engine plays, with every default filled in."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel

import adapters
from app.own_objective import is_own, load_objective
from app.study import Study, blamed, study_of
from app.yaml_lines import Document, Where, dump
from engine.core.axis import Axis
from engine.core.bars import Bars
from engine.core.errors import StudyError, TickgridError, unknown
from engine.core.strategy import Strategy
from engine.fills import Costs, Exits, Rules
from engine.research import Folds, Plan
from engine.research.constraints import Constraint, Constraints
from engine.research.evidence.further import CHOOSING, FURTHER, Further
from engine.research.money import Money
from engine.research.objectives import Own
from engine.research.search import Search, planned
from engine.research.space import Admits, Space, anything

T = TypeVar("T")

VARIABLE: Final = "TICKGRID_SET"
OTHER: Final = {"params": "gates", "gates": "params"}
CHECKED: Final = 100_000  # exits of a study; of more of them each is checked when it is played


@dataclass(frozen=True)
class Experiment:
    """A study that can be played: what was written, and what it means."""

    study: Study
    plan: Plan  # of an adaptive search, which makes its own, the first place of the space
    folds: Folds
    source: str  # of the strategy
    sections: Mapping[str, Any]  # the study with every default, in plain values
    search: Search
    space: Space
    further: Further
    money: Money | None = None
    folder: str = ""  # of the study; a strategy file is named from there

    def resolved(self, bars: Bars) -> str:
        """The study as it is stored: the dates are those of the sessions that were played."""
        first, last = (bars.sessions.trade_date(int(bars.session[k])) for k in (0, -1))
        data = {**self.sections["data"], "from": first, "to": last, "source": bars.origin.source}
        return dump({**self.sections, "data": data})


def change(document: Document, environ: Mapping[str, str], flags: Iterable[str]) -> None:
    """Lay environment and flags over a file: the later one wins."""
    for assignment in environ.get(VARIABLE, "").replace("\n", ";").split(";"):
        if assignment.strip():
            document.set(assignment.strip(), VARIABLE)
    for assignment in flags:
        document.set(assignment, "--set")


def experiment_of(document: Document) -> Experiment:
    """Check everything that can be checked before a bar is read."""
    study = study_of(document)
    strategy = strategy_of(study, document)
    if study.preset is not None:
        lay(strategy, study.preset, document)
        study = study_of(document)
    axes = {section: axes_of(strategy, section, document) for section in OTHER}
    ends = exits_of(study, document)
    rules = engine_value(Rules, study.rules, document, "rules")
    costs = engine_value(Costs, study.costs, document, "costs")
    own, worth = objective_of(study, document)
    folds = guarded(partial(Folds.of, written(study.folds), own), document, ("folds",))
    search = engine_value(Search, study.search, document, "search")
    sections = study.model_dump(by_alias=True) | axes
    sections |= {
        "exits": ends,
        "rules": filled(Rules.of({}), sections["rules"]),
        "costs": filled(Costs.of({}), sections["costs"]),
        "folds": filled(Folds.of({}), sections["folds"]) | {"unit": study.folds.unit},
        "evidence": sections["evidence"] | filled(Further.of({}), sections["evidence"]),
        "search": filled(Search.of({}), sections["search"]),
    }
    params = axes["params"] | axes["gates"]
    admits = admitted(study, [*params, *ends], document)
    space = Space(strategy, params, ends, rules, costs, admits)
    plan = plan_of(space, search, document)
    source = adapters.source_of(strategy) + worth
    money = money_of(study, document)
    further = further_of(study, search, document)
    folder = str(Path(document.name).parent.resolve())
    parts = study, plan, folds, source, sections, search, space, further, money
    return Experiment(*parts, folder)


def plan_of(space: Space, search: Search, document: Document) -> Plan:
    """What is played; what is wrong with it is wrong with the study as a whole."""
    try:
        return planned(space, search)
    except TickgridError as error:
        raise StudyError(f"{document.name}: {error}") from error


def admitted(study: Study, names: Iterable[str], document: Document) -> Admits:
    """The constraints of a study as one question about a combination."""
    if not study.constraints:
        return anything
    every = [
        guarded(partial(Constraint.of, text, [*names]), document, ("constraints", k))
        for k, text in enumerate(study.constraints)
    ]
    return Constraints(tuple(every))


def lay(strategy: type[Strategy], name: str, document: Document) -> None:
    """Fill in what a preset says and the study does not.

    A preset that was asked for by a flag comes after the file: the file's parameters and gates
    give way to it, and its exits and rules where the preset has some; other flags stand.
    """
    try:
        preset = strategy.preset(name)
    except TickgridError as error:
        raise StudyError(f"{document.place(('preset',))}: {error}") from error
    flagged = not from_file(("preset",), document)
    for section, values in preset.sections().items():
        for key in list(document.value.get(section) or {}):
            given_way = section in OTHER or key in values
            if flagged and given_way and from_file((section, key), document):
                del document.value[section][key]
        for key, value in values.items():
            if key not in (document.value.get(section) or {}):
                document.put((section, key), value, f"preset {name}")


def from_file(where: Where, document: Document) -> bool:
    return document.place(where).startswith(document.name)


def money_of(study: Study, document: Document) -> Money | None:
    """The account, if the study has one."""
    if study.money is None:
        return None
    return guarded(partial(Money.of, study.money), document, ("money",))


def strategy_of(study: Study, document: Document) -> type[Strategy]:
    """By name, or by a path beside the study."""
    try:
        if study.strategy.endswith(adapters.FILES):
            return adapters.load_file(Path(document.name).parent / study.strategy)
        return adapters.load(study.strategy)
    except TickgridError as error:
        raise StudyError(f"{document.place(('strategy',))}: {error}") from error


def axes_of(strategy: type[Strategy], section: str, document: Document) -> dict[str, list[Any]]:
    """The values of every parameter, or of every gate; those not named keep their default."""
    space = {
        name: axis
        for name, axis in strategy.space().items()
        if (axis.gate is None) == (section == "params")
    }
    written = document.value.get(section, {})
    for name in written:
        refuse_stranger(strategy, space, (section, name), document)
    return {
        name: values(axis, written[name], (section, name), document)
        if name in written
        else [axis.default]
        for name, axis in space.items()
    }


def refuse_stranger(
    strategy: type[Strategy], space: Mapping[str, Axis], where: tuple[str, str], document: Document
) -> None:
    section, name = where
    if name in space:
        return
    place, kind = document.place(where), "gate" if section == "gates" else "parameter"
    if name in strategy.space():
        raise StudyError(f"{place}: '{name}' is no {kind}; write it under {OTHER[section]}")
    raise StudyError(f"{place}: {unknown(kind, name, space, where=f' of {strategy.__name__}')}")


def values(axis: Axis, written: Any, where: tuple[str, str], document: Document) -> list[Any]:
    """Each value checked by the axis it belongs to."""
    several = written if isinstance(written, list) else [written]
    refuse_empty(several, where, document)
    found = []
    for k, value in enumerate(several):
        try:
            found.append(axis.check(where[1], value))
        except TickgridError as error:
            place = document.place((*where, k) if isinstance(written, list) else where)
            raise StudyError(f"{place}: {'.'.join(where)}: {error}") from error
    return list(dict.fromkeys(found))


def refuse_empty(values: list[Any], where: tuple[str, ...], document: Document) -> None:
    if not values:
        raise StudyError(f"{document.place(where)}: {'.'.join(where)} is an empty list")


def exits_of(study: Study, document: Document) -> dict[str, list[Any]]:
    """The axes of the exits as lists; what is not named is `none`."""
    axes: dict[str, list[Any]] = {}
    for name in (field.name for field in dataclasses.fields(Exits)):
        written = getattr(study.exits, name)
        several = written if isinstance(written, list) else [written]
        refuse_empty(several, ("exits", name), document)
        axes[name] = ["none" if value is None else value for value in several]
        for k, value in enumerate(axes[name]):
            alone = {"stop": 1, "breakeven": 1, name: value}  # what others may need beside them
            guarded(partial(Exits.grid, alone), document, ("exits", name, k))
    if math.prod(map(len, axes.values())) <= CHECKED:
        guarded(partial(Exits.grid, axes), document, ("exits",))
    return axes


def guarded(make: Callable[[], T], document: Document, section: Where) -> T:
    """What the engine makes of a section, or its refusal with the line it is about."""
    try:
        return make()
    except TickgridError as error:
        raise blamed(error, document, section) from error


def engine_value(kind: Any, section: BaseModel, document: Document, name: str) -> Any:
    """Only what was written goes to the engine: its defaults are its own."""
    return guarded(partial(kind.of, written(section)), document, (name,))


def written(section: BaseModel) -> dict[str, Any]:
    """A section without what nobody said."""
    return section.model_dump(exclude_unset=True, exclude_none=True)


def objective_of(study: Study, document: Document) -> tuple[Own | None, str]:
    """An objective of one's own and its source, if the folds choose by one."""
    asked = study.folds.objective
    if asked is None or not is_own(asked):
        return None, ""
    try:
        return load_objective(asked, Path(document.name).parent)
    except TickgridError as error:
        raise StudyError(f"{document.place(('folds', 'objective'))}: {error}") from error


def further_of(study: Study, search: Search, document: Document) -> Further:
    """The tests a study asks for beside those of every sweep.

    Those that choose again would choose among what a search picked by looking at their tests.
    """
    asked = {name: value for name, value in written(study.evidence).items() if name in FURTHER}
    found = guarded(partial(Further.of, asked), document, ("evidence",))
    again = [name for name in found.also if name in CHOOSING]
    if search.adaptive and again:
        raise StudyError(
            f"{document.place(('evidence',))}: {again[0]} chooses again among all that a "
            f"{search.method} search tried, which looked at sessions it would test on; leave it "
            "out, or search by grid, random or sobol"
        )
    return found


def filled(value: Any, written: Mapping[str, Any]) -> dict[str, Any]:
    """A section as it was written, and the engine's own defaults where it says nothing."""
    found: dict[str, Any] = {}
    for name in (field.name for field in dataclasses.fields(value) if field.name != "own"):
        default, said = getattr(value, name), written.get(name)
        if dataclasses.is_dataclass(default):
            found[name] = filled(default, said or {})
        else:
            found[name] = default if said is None else said
    return found


def single(document: Document) -> None:
    """Keep the first value of every list of the grid: one combination, nothing to search."""
    if "search" in document.value:
        document.put(("search",), {}, document.place(("search",)))
    for section in ("params", "gates", "exits"):
        for name, written in dict(document.value.get(section) or {}).items():
            if isinstance(written, list) and written:
                where = (section, name)
                document.put(where, written[0], document.place(where))
    document.put(("evidence",), {"surrogates": 0, "bootstrap": 0}, "a single run")
