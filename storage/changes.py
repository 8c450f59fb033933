"""What the user keeps in the root of a store beside the runs: a log of changes, and targets."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from engine.core.errors import StoreError

CHANGES: Final = "changes.yaml"
TARGETS: Final = "targets.yaml"


def said(path: Path) -> Any:
    """What a file of the user's says; nothing where there is none."""
    try:
        return yaml.safe_load(path.read_text("utf-8")) if path.exists() else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise StoreError(f"{path} cannot be read: {reason}") from None


def changes(root: Path) -> list[tuple[date, str]]:
    """The log of changes by date: `2024-03-01: what was changed`, a line each."""
    path = root / CHANGES
    found = said(path) or {}
    lines = found.items() if isinstance(found, dict) else [(None, None)]
    for day, what in lines:
        if not isinstance(day, date) or not isinstance(what, str):
            raise StoreError(f"{path} must hold lines such as '2024-03-01: stop moved to 16 ticks'")
    return sorted(lines)


def targets(root: Path) -> list[tuple[str, float, float]] | None:
    """Targets as measure, what is wanted, and weight; nothing where none are set.

    `sharpe: 1.5` weighs 1, `sharpe: {wanted: 1.5, weight: 2}` as it says.
    """
    path = root / TARGETS
    found = said(path)
    if found is None:
        return None
    if not isinstance(found, dict):
        raise StoreError(f"{path} must hold lines such as 'sharpe: 1.5'")
    return [target(path, name, value) for name, value in found.items()]


def target(path: Path, name: Any, value: Any) -> tuple[str, float, float]:
    """One line of the targets."""
    given = value if isinstance(value, dict) else {"wanted": value}
    known = set(given) <= {"wanted", "weight"} and "wanted" in given
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in given.values())
    if not (known and numbers and float(given.get("weight", 1)) >= 0):
        raise StoreError(
            f"{path}: {name} must be a number, or {{wanted: 1.5, weight: 2}}, weight 0 or more"
        )
    return str(name), float(given["wanted"]), float(given.get("weight", 1))
