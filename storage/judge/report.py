"""The quality report: every row read is stored or quarantined, and every defect is located."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import polars as pl

from storage.judge.kinds import KINDS, NOTE, SEVERITIES

EXAMPLES: Final = 3
FRAME: Final = {
    "defect": pl.String,
    "severity": pl.String,
    "quarantined": pl.Boolean,
    "found": pl.Int64,
    "rows": pl.Int64,
    "where": pl.String,
    "sentence": pl.String,
}


class Found(NamedTuple):
    """One or more defects of one kind: how many, how many rows they touch, the first places."""

    kind: str
    found: int
    rows: int
    where: tuple[str, ...]
    detail: str = ""
    most: int = 0  # bars of the longest, where length matters
    most_at: str = ""


class Aside(NamedTuple):
    """Rows that imports kept out of a series for one reason, and the first of them."""

    reason: str
    rows: int
    where: str


@dataclass
class Report:
    """What an import or a check found; `counts` say where every row went."""

    subject: str
    counts: dict[str, int] = field(default_factory=dict)
    guesses: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    defects: dict[str, Found] = field(default_factory=dict)
    figures: dict[str, float | None] = field(default_factory=dict)
    aside: list[Aside] = field(default_factory=list)
    places: int = EXAMPLES  # rows named of each kind

    def add(self, found: Iterable[Found]) -> None:
        """Take in defects; those of one kind are counted together."""
        for new in found:
            old = self.defects.get(new.kind)
            if old is None:
                self.defects[new.kind] = new._replace(where=new.where[: self.places])
            else:
                longest = max(old, new, key=lambda found: found.most)
                self.defects[new.kind] = longest._replace(
                    found=old.found + new.found,
                    rows=old.rows + new.rows,
                    where=(*old.where, *new.where)[: self.places],
                    detail=old.detail or new.detail,
                )

    @property
    def quarantined(self) -> int:
        return sum(f.rows for f in self.defects.values() if KINDS[f.kind].kept_out)

    @property
    def clean(self) -> bool:
        """Whether there is nothing but notes."""
        return all(KINDS[kind].severity == NOTE for kind in self.defects)

    @property
    def balanced(self) -> bool:
        """Whether every row read is accounted for."""
        return self.counts.get("read", 0) == self.counts.get("stored", 0) + self.quarantined

    def frame(self) -> pl.DataFrame:
        """One row a kind of defect, the worst first."""
        order = sorted(
            self.defects.values(), key=lambda f: (SEVERITIES.index(KINDS[f.kind].severity), f.kind)
        )
        return pl.DataFrame([row(found) for found in order], schema=FRAME, orient="row")

    def plain(self) -> dict[str, Any]:
        """Everything, as plain values for JSON."""
        return {
            "subject": self.subject,
            **self.facts,
            "rows": self.counts | {"quarantined": self.quarantined},
            "guesses": self.guesses,
            "defects": self.frame().to_dicts(),
            "kept_out": [aside._asdict() for aside in self.aside],
            "figures": self.figures,
        }


def row(found: Found) -> tuple[Any, ...]:
    kind = KINDS[found.kind]
    said = f"{kind.sentence}; {found.detail}" if found.detail else kind.sentence
    if found.most:
        said += f"; the longest has {found.most} bars, at {found.most_at}"
    shown = found.where[:EXAMPLES]
    where = ", ".join(shown) + (" ..." if shown and found.found > len(shown) else "")
    return (kind.name, kind.severity, kind.kept_out, found.found, found.rows, where, said)
