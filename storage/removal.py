"""Removed runs: put away in the store, and brought back when that was a mistake."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from engine.core.errors import StoreError, unknown
from storage.atomic import sync
from storage.folders import remove, waiting

REMOVED: Final = ".removed"


def put_away(place: Path) -> None:
    """Move the folder of a run aside; of two removed ones of a name the later is kept."""
    away = aside(place.parent) / place.name
    shutil.rmtree(waiting(place), ignore_errors=True)  # it would move in
    remove(away)
    moved(place, away)


def bring_back(runs: Path, name: str) -> Path:
    """Move a removed run to where it was."""
    known = sorted(path.parent.name for path in aside(runs).glob("*/manifest.json"))
    if name not in known:
        raise unknown("removed run", name, known)
    place = runs / name
    if place.exists():
        raise StoreError(f"run '{name}' is stored again since; the removed one is the same")
    moved(aside(runs) / name, place)
    return place


def aside(runs: Path) -> Path:
    """Where removed runs lie: beside the folder of those that are stored."""
    return runs.with_name(REMOVED)


def moved(place: Path, other: Path) -> None:
    """A folder under another name, on the disk when this returns."""
    other.parent.mkdir(parents=True, exist_ok=True)
    place.rename(other)
    for parent in (place.parent, other.parent):
        sync(parent)
