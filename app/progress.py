"""A progress bar for long work: on a terminal only, beside the result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from app.console import err
from engine.research.watch import Progress as Told
from engine.research.watch import unseen


class Rate(ProgressColumn):
    """How much is done in a second."""

    def __init__(self, unit: str = "combinations") -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} {self.unit}/s" if task.speed else "")


@contextmanager
def bar(label: str, total: int, unit: str = "combinations") -> Iterator[Told]:
    """A function to be told how far the work is; it keeps quiet where nobody watches."""
    console = err()
    if not console.is_terminal:
        yield unseen
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(label, total=total)
        yield lambda done, total: shown.update(task, completed=done, total=total)
