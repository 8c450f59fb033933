"""What features exist and what they say of themselves, for the command line and the docs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import engine.features
import engine.profile
from adapters import execute
from engine.core.errors import StudyError, unknown
from engine.features.declare import Declared, declared
from engine.features.validation import relaxed, strict
from engine.features.walks import Line, driftless, statistics

Row = dict[str, Any]
MARK = "<!-- from here on written by: tickgrid features --page docs/features.md -->"
WALKS, POINTS, LONG_WALKS, LONG = 2_000, 20, 500, 835


def modules() -> Iterator[ModuleType]:
    for package in (engine.features, engine.profile):
        for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            if not found.name.endswith(".torch"):
                yield importlib.import_module(found.name)


def features_in(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Features a module defines; those it imports belong to another."""
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value)
        and "feature" in getattr(value, "__dict__", {})
        and value.__module__ == module.__name__
    }


def features(file: Path | None = None) -> dict[str, Callable[..., Any]]:
    """Every feature by its name: the engine's, or those of one's own file."""
    if file is not None:
        found = features_in(loaded(file))
        if not found:
            raise StudyError(f"{file.name} holds no feature; mark one with @feature")
        return found
    return {
        name: function for module in modules() for name, function in features_in(module).items()
    }


def loaded(file: Path) -> ModuleType:
    """A file of one's own, imported under a name of ours."""
    if not file.is_file():
        raise StudyError(f"no feature file {file}")
    called = f"features_{file.stem}"
    execute(called, file)
    return importlib.import_module(called)


def one(name: str, file: Path | None = None) -> Callable[..., Any]:
    found = features(file)
    if name not in found:
        raise unknown("feature", name, found)
    return found[name]


def row(function: Callable[..., Any]) -> Row:
    """Everything one feature says of itself; what it does not declare is empty."""
    facts = declared(function)
    said = facts.says if facts else None
    return {
        "name": function.__name__,
        "theme": function.__module__.rsplit(".", 1)[-1],
        "what": (inspect.getdoc(function) or "").split("\n", maxsplit=1)[0],
        "formula": said.formula if said else "",
        "per": said.per if said else "",
        "unit": said.unit if said else "",
        "warmup": facts.warmup() if facts else None,
        "settles": facts.settles() if facts else None,
        "absent": said.absent if said else "",
        "gives": ", ".join(gives(function)),
        "parameters": [*parameters(function, facts)],
    }


def gives(function: Callable[..., Any]) -> list[str]:
    """Names of the columns, where there are several."""
    plan = declared(function)
    source = plan.plan if plan and plan.plan else function
    hint = str(inspect.signature(source).return_annotation)
    kind = hint.removeprefix("Fold[").removesuffix("]")
    made = getattr(importlib.import_module(function.__module__), kind, None)
    return list(getattr(made, "_fields", ()))


def parameters(function: Callable[..., Any], facts: Declared | None) -> Iterator[Row]:
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        takes = facts.takes.get(name) if facts else None
        yield {
            "parameter": name,
            "default": str(parameter.default),
            "range": takes.reach() if takes else "",
            "what": takes.doc if takes else "",
        }


def index() -> list[Row]:
    keep = ("name", "theme", "per", "unit", "what")
    return [{key: row(function)[key] for key in keep} for function in features().values()]


def calibration() -> list[Row]:
    """How often each test of migration passes where nothing migrates."""
    tables = [statistics(walk, POINTS, POINTS) for walk in driftless(WALKS, POINTS)]
    last = Line(*(tables_row(tables, k) for k in range(len(Line._fields))))
    long = [statistics(walk, LONG, LONG).r2[-1] > 0.6 for walk in driftless(LONG_WALKS, LONG)]
    passes = {
        "least squares, p < 0.05": last.p < 0.05,
        "runs test, p < 0.05": last.runs_p < 0.05,
        "p < 0.1 and R2 > 0.2": (last.p < 0.1) & (last.r2 > 0.2),
        "strict rule": strict(last)[2] == 1,
        "relaxed rule": relaxed(last)[2] == 1,
        "R2 > 0.6 over 835 points": long,
    }
    return [
        {"test": name, "passes": sum(map(bool, passed)) / len(passed)}
        for name, passed in passes.items()
    ]


def tables_row(tables: list[Line], k: int) -> Any:
    import numpy as np  # noqa: PLC0415 - only this page needs it

    return np.array([table[k][-1] for table in tables])


def page(before: str) -> str:
    """The documentation page: a head written by hand, then what the features say."""
    parts = [before.split(MARK, maxsplit=1)[0].rstrip(), "", MARK, "", "## What chance passes", ""]
    parts += [
        f"Of {WALKS:,} driftless random walks of {POINTS} points ({LONG_WALKS} of {LONG}):",
        "",
    ]
    parts += ["| test | share that passes |", "|---|---|"]
    parts += [f"| {r['test']} | {r['passes']:.1%} |" for r in calibration()]
    theme = ""
    for said in map(row, features().values()):
        if not said["formula"]:
            continue
        if said["theme"] != theme:
            theme = said["theme"]
            parts += ["", f"## {theme}"]
        parts += ["", *entry(said)]
    return "\n".join(parts) + "\n"


def entry(said: Row) -> Iterator[str]:
    yield f"### {said['name']}"
    yield ""
    yield said["what"]
    yield ""
    if said["formula"]:
        yield f"- formula: {said['formula']}"
        yield f"- one value a {said['per']}; unit: {said['unit']}"
        settles = {"session": "in the next session", "never": "never: it goes on counting"}
        after = settles.get(str(said["settles"]), f"after {said['settles']} bars")
        yield f"- warm-up {said['warmup']} bars; settles {after}; absent: {said['absent']}"
    if said["gives"]:
        yield f"- gives: {said['gives']}"
    for p in said["parameters"]:
        bounds = f" ({p['range']})" if p["range"] else ""
        what = f": {p['what']}{bounds}" if p["what"] else ""
        yield f"- `{p['parameter']} = {p['default']}`{what}"
