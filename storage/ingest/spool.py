"""Rows set aside by a number: in memory while they are few, in scratch files beyond."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import polars as pl

from storage.atomic import on_disk

LIMIT: Final = 3_000_000  # rows held in memory


class Spool:
    """Frames by a number, in the order in which they came."""

    def __init__(self, scratch: Path, name: str, limit: int = LIMIT) -> None:
        self.scratch = scratch
        self.name = name
        self.limit = limit
        self.held: dict[int, list[pl.DataFrame]] = {}
        self.files: dict[int, list[Path]] = {}
        self.rows = 0
        self.counts: Counter[int] = Counter()

    def add(self, key: int, frame: pl.DataFrame) -> None:
        """Set some rows aside."""
        if frame.is_empty():
            return
        self.held.setdefault(key, []).append(frame)
        self.rows += len(frame)
        self.counts[key] += len(frame)
        if self.rows > self.limit:
            self.spill()

    def spill(self) -> None:
        """Move what is held to the disk."""
        for key, frames in self.held.items():
            known = self.files.setdefault(key, [])
            path = self.scratch / f"{self.name}-{key}-{len(known)}.arrow"
            with on_disk(path):
                pl.concat(frames).write_ipc(path)
            known.append(path)
        self.held, self.rows = {}, 0

    def count(self, key: int) -> int:
        """How many rows of a key were added."""
        return self.counts[key]

    def periods(self) -> list[int]:
        return sorted(self.held.keys() | self.files.keys())

    def take(self, key: int, *, whole: bool = True) -> pl.DataFrame:
        """All rows of a key, which are forgotten here; in one piece, or as they came."""
        paths = self.files.pop(key, [])
        frames = [pl.read_ipc(path) for path in paths]
        for path in paths:
            path.unlink()
        held = self.held.pop(key, [])
        self.rows -= sum(map(len, held))
        return pl.concat([*frames, *held], rechunk=whole)
