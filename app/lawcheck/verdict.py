"""A whole check: every law over every sample, and the notes on the last of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import adapters
from app.lawcheck.laws import LAWS, Finding, findings
from app.lawcheck.notes import notes
from app.lawcheck.outside import outside
from app.lawcheck.samples import Subject, samples, subject
from engine.core.bars import Bars
from engine.core.errors import TickgridError
from storage.lake import Lake

HOLDOUT = "hold-out"
ON_REAL = ("prefix", "determinism")  # what real bars may say otherwise


def verdict(asked: str, symbol: str | None, lake: Lake, experiments: Path) -> dict[str, Any]:
    """Laws, findings and notes of one strategy, in plain values."""
    chosen = subject(asked, symbol, experiments)
    bars = samples(chosen, lake)
    try:
        broken = found(chosen, bars)
        played = list(bars)[-1]
        told = {} if broken else {"on": played, **notes(chosen.experiment, bars[played])}
    except TickgridError:
        raise
    except Exception as error:
        raise adapters.broken(chosen.path, error) from error
    return {
        "strategy": asked,
        "bars": [{"sample": name, **size(tape)} for name, tape in bars.items()],
        "laws": [{"law": law, "kept": law not in {f.law for f in broken}} for law in laws()],
        "findings": [finding._asdict() for finding in broken],
        "played": chosen.experiment.plan[0].exits.texts(),
        "notes": told,
    }


def laws() -> list[str]:
    return [*LAWS, HOLDOUT]


def size(bars: Bars) -> dict[str, int]:
    return {"sessions": int(bars.session[-1] - bars.session[0]) + 1, "bars": len(bars)}


def found(chosen: Subject, bars: Mapping[str, Bars]) -> list[Finding]:
    """Every law over the made market; what real bars may say otherwise, over them too."""
    (_, made), *real = bars.items()
    broken = findings(chosen.kind, made, tuple(LAWS))
    for name, tape in real:
        heard = findings(chosen.kind, tape, ON_REAL)
        broken += [Finding(law, f"on {name}: {what}") for law, what in heard]
    reads = outside(chosen.kind, chosen.path, made)
    return broken + [Finding(HOLDOUT, what) for what in reads]
