"""How often this data was asked: an append-only log that removing runs does not shorten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from engine.core.errors import StoreError
from storage.atomic import append_line

FILE: Final = "trials.jsonl"
SWEEP: Final = "sweep"
HOLDOUT: Final = "holdout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One look at some data: how many combinations a run tried on it, or a hold-out opened."""

    fingerprint: str
    run: str
    combinations: int
    time: str  # an ISO text
    kind: str = SWEEP
    symbol: str = ""  # and where it is from, and the trade dates that were read, as ISO texts
    source: str = ""
    first: str = ""
    last: str = ""
    held: str = ""  # the first date of the hold-out, which was not read


def append_trial(root: Path, trial: Trial) -> None:
    append_line(root / FILE, json.dumps(asdict(trial)))


def trials(root: Path, fingerprint: str) -> int:
    """Combinations ever tried on this data; a run repeated under its name tries nothing new."""
    tried: dict[str, int] = {}
    for trial in entries(root):
        if (trial.fingerprint, trial.kind) == (fingerprint, SWEEP):
            tried[trial.run] = max(trial.combinations, tried.get(trial.run, 0))
    return sum(tried.values())


def entries(root: Path) -> Iterator[Trial]:
    """Every entry ever written; the torn line of a write that was killed is none."""
    path = root / FILE
    if not path.exists():
        return
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from None
    for line in lines:
        try:
            said: Any = json.loads(line)
            yield Trial(**said)
        except (ValueError, TypeError):
            continue
