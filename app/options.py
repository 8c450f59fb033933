"""Options in groups: a command takes a dataclass, the command line shows its fields one by one."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Spread every dataclass among a command's parameters into options of their own."""
    asked = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {
        name: kind for name, kind in asked.items() if dataclasses.is_dataclass(kind)
    }
    flat = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in groups:
            flat += spread(groups[name])
        else:
            flat.append(parameter.replace(annotation=asked[name]))

    @wraps(command)
    def called(**values: Any) -> None:
        packed = {
            name: kind(**{f.name: values.pop(f.name) for f in dataclasses.fields(kind)})
            for name, kind in groups.items()
        }
        command(**values, **packed)

    called.__dict__.pop("__wrapped__")  # or its signature would be taken for ours
    called.__dict__["__signature__"] = inspect.Signature(flat)
    called.__annotations__ = {p.name: p.annotation for p in flat}
    return called


def spread(kind: Any) -> list[inspect.Parameter]:
    hints, needed = get_type_hints(kind, include_extras=True), inspect.Parameter.empty
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=needed if field.default is dataclasses.MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in dataclasses.fields(kind)
    ]


Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
StudyName = Annotated[
    str, typer.Argument(metavar="STUDY", help="A file, or the stem of one in experiments/.")
]


@dataclass(frozen=True)
class Place:
    """Where the store is, and how much is said."""

    root: Annotated[
        Path | None, typer.Option(help="The store's folder.", show_default="./data")
    ] = None
    environment: Annotated[str | None, typer.Option(help="An environment of tickgrid.yaml.")] = None
    log_level: Annotated[
        str | None, typer.Option(help="debug, info, warning or error.", show_default="warning")
    ] = None

    def flags(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Machine(Place):
    """Where the store is, and what computes."""

    workers: Annotated[
        str | None, typer.Option(metavar="N", help="Threads.", show_default="all cores")
    ] = None
    device: Annotated[
        str | None, typer.Option(help="cpu; others are refused, and why.", show_default="cpu")
    ] = None


@dataclass(frozen=True)
class Changes:
    """What a command line changes in a study."""

    symbol: Annotated[str | None, typer.Option(help="In place of data.symbol.")] = None
    days: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the last N sessions.")
    ] = None
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a key: folds.train=60."),
    ] = None


@dataclass(frozen=True)
class Course:
    """How a sweep is gone about; of it only the surrogates are part of the study."""

    surrogates: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Markets without edge to search as well; 0 for none.",
            show_default="19",
        ),
    ] = None
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and stop.")
    ] = False
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a stopped run, or say that there is none.")
    ] = False


@dataclass(frozen=True)
class Moves:
    """What is moved beside the parameters of a stored run, one at a time."""

    number: Annotated[
        int | None, typer.Option("--combination", min=0, help="Another than the best in sample.")
    ] = None
    by: Annotated[str, typer.Option(metavar="AXIS", help="Down a table of two parameters.")] = ""
    other: Annotated[str, typer.Option("--and", metavar="AXIS", help="Across that table.")] = ""
    scenarios: Annotated[
        bool, typer.Option("--scenarios", help="Play it on seven kinds of weather too.")
    ] = False

    @property
    def pair(self) -> tuple[str, str] | None:
        """Both parameters of the table, where one was asked for."""
        if bool(self.by) != bool(self.other):
            raise typer.BadParameter("two parameters are asked for by --by and --and together")
        return (self.by, self.other) if self.by else None
