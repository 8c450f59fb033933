"""Manifest: what a stored run is, what it was made from, and when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import polars as pl

from engine.core.errors import StoreError
from storage.atomic import write_text

FILE: Final = "manifest.json"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The facts of one run; times are ISO texts, and nothing else differs when it is run again."""

    name: str
    study: str
    strategy: str
    symbol: str
    timeframe: str
    source: str
    synthetic: bool
    data: str  # fingerprint of the bars
    engine: str  # hash of the engine's sources
    code: str  # hash of the sources of the strategy, its features and models
    seed: int
    bars: int
    sessions: int
    combinations: int
    currency: str
    tick: str  # decimals as text: what stored prices, quantities and money count
    lot: str
    money_unit: str
    zone: str = "UTC"  # of the exchange
    periods: int = 252  # sessions a year
    folder: str = ""  # where the study lay, from which it names a strategy file
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    started: str = ""
    finished: str = ""
    state: str = "complete"

    @property
    def run(self) -> str:
        """The name, as every table of a run calls it."""
        return self.name

    def write(self, folder: Path) -> None:
        write_text(folder / FILE, json.dumps(asdict(self), indent=2) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run; what a newer version wrote beside the known facts is passed over."""
    path = folder / FILE
    try:
        said = json.loads(path.read_text("utf-8"))
        known = {f.name for f in fields(Manifest)}
        return Manifest(**{key: value for key, value in said.items() if key in known})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{path} cannot be read ({error}); a run without it can only be removed"
        ) from None


LISTING: Final = {
    "run": pl.String,
    "study": pl.String,
    "strategy": pl.String,
    "symbol": pl.String,
    "timeframe": pl.String,
    "source": pl.String,
    "synthetic": pl.Boolean,
    "data": pl.String,
    "engine": pl.String,
    "code": pl.String,
    "seed": pl.Int64,
    "bars": pl.Int64,
    "sessions": pl.Int64,
    "combinations": pl.Int64,
    "currency": pl.String,
    "tick": pl.String,
    "lot": pl.String,
    "money_unit": pl.String,
    "started": pl.String,
    "finished": pl.String,
    "state": pl.String,
}


def listed(manifests: Iterable[Manifest]) -> pl.DataFrame:
    """One row a run, the oldest first."""
    ordered = sorted(manifests, key=lambda manifest: (manifest.finished, manifest.name))
    rows = [tuple(getattr(manifest, name) for name in LISTING) for manifest in ordered]
    return pl.DataFrame(rows, schema=LISTING, orient="row")
