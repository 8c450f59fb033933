"""Many files that take their places together, whenever the process dies.

Files wait in a hidden folder that mirrors the store. Its renaming is the moment of the write; then
they move to their places one by one. After a kill the next writer or reader moves the rest.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from storage.atomic import ready, sync
from storage.locks import orphaned, owned

DRAFT: Final = ".draft-"
DONE: Final = ".done-"
NEW: Final = "new"


@contextmanager
def draft(root: Path) -> Iterator[Path]:
    """A scratch folder beside the store; it does not outlive whoever asked for it by much."""
    ready(root)
    sweep(root)
    folder = root / f"{DRAFT}{uuid4().hex}"
    with owned(root, folder.name):
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def sweep(root: Path) -> None:
    """Remove the drafts of processes that are no more."""
    for folder in root.glob(f"{DRAFT}*"):
        with orphaned(root, folder.name) as free:
            if free:
                shutil.rmtree(folder, ignore_errors=True)  # its owner may be removing it as well


def waiting_for(draft: Path, root: Path, place: Path) -> Path:
    """Where a file is written that is to take this place."""
    return draft / NEW / place.relative_to(root)


def publish(draft: Path, root: Path) -> list[Path]:
    """Let every waiting file take its place; their names in order."""
    new = draft / NEW
    if not new.exists():
        return []
    for folder in (new, *(path for path in new.rglob("*") if path.is_dir())):
        sync(folder)
    done = root / f"{DONE}{uuid4().hex}"
    new.rename(done)
    sync(root)
    places = sorted(root / path.relative_to(done) for path in files_in(done))
    finish(root, done)
    return places


def recover(root: Path) -> None:
    """Move what a killed writer had finished and not yet put in its place."""
    for done in root.glob(f"{DONE}*"):
        finish(root, done)


def finish(root: Path, done: Path) -> None:
    """Move the files of a finished write; whoever else does it at the same time does no harm."""
    for path in files_in(done):
        place = root / path.relative_to(done)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.replace(path, place)  # noqa: PTH105 - one atomic step
        except FileNotFoundError:
            continue  # another reader moved it
        sync(place.parent)
    shutil.rmtree(done, ignore_errors=True)  # empty folders; another reader may be quicker


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
