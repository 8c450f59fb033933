"""Whole folders put in the place of others, so that a kill leaves the one or the other.

No system call swaps two folders everywhere. So a finished folder first takes a hidden name that
says it is finished; if a kill comes after the old one has moved away, the next reader moves it in.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Final
from uuid import uuid4

from storage.atomic import ABANDONED, SUFFIX, sync

NEW: Final = ".new"
OLD: Final = ".old"


def building(place: Path) -> Path:
    """A hidden folder to build in, beside its place; abandoned ones are swept on the way."""
    for path in place.parent.glob(f".*{SUFFIX}"):
        if path.is_dir() and time.time() - path.stat().st_mtime > ABANDONED:
            shutil.rmtree(path, ignore_errors=True)
    return place.with_name(f".{place.name}.{uuid4().hex}{SUFFIX}")


def install(built: Path, place: Path) -> None:
    """Put a finished folder in its place, whatever stood there before."""
    finished = waiting(place)
    shutil.rmtree(finished, ignore_errors=True)  # of a writer killed before it took its place
    built.rename(finished)
    remove(place)
    recover(place.parent)
    sync(place.parent)


def recover(parent: Path) -> None:
    """Move in what was finished before a kill, where nothing stands in its place."""
    for finished in parent.glob(f".*{NEW}"):
        place = finished.with_name(finished.name.removeprefix(".").removesuffix(NEW))
        if not place.exists():
            try:
                finished.rename(place)
            except FileNotFoundError:
                continue  # another reader was quicker


def remove(place: Path) -> None:
    """Take a folder away at once, then delete it and what an earlier kill left undeleted."""
    if place.exists():
        place.rename(place.with_name(f".{place.name}.{uuid4().hex}{OLD}"))
        sync(place.parent)
    for old in place.parent.glob(f".{place.name}.*{OLD}"):
        shutil.rmtree(old, ignore_errors=True)


def waiting(place: Path) -> Path:
    return place.with_name(f".{place.name}{NEW}")
