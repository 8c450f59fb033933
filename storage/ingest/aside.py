"""Rows that are kept out, on their way to the quarantine: in memory while few, on disk beyond."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow.parquet

from storage.atomic import LEVEL, ROW_GROUP, on_disk, replacing
from storage.ingest.batch import QUARANTINE

LIMIT: Final = 200_000  # rows held in memory


class Aside:
    """The rows an import keeps out, in the order in which they are found."""

    def __init__(self, scratch: Path, limit: int = LIMIT) -> None:
        self.scratch = scratch
        self.limit = limit
        self.held: list[pl.DataFrame] = []
        self.files: list[Path] = []
        self.rows = 0  # held in memory

    def add(self, frame: pl.DataFrame) -> None:
        """Keep some more of them."""
        self.held.append(frame)
        self.rows += len(frame)
        if self.rows > self.limit:
            path = self.scratch / f"aside-{len(self.files)}.arrow"
            with on_disk(path):
                pl.concat(self.held).write_ipc(path)
            self.files.append(path)
            self.held, self.rows = [], 0

    def parts(self) -> Iterator[pl.DataFrame]:
        """All of them, as many at a time as a reader can skip."""
        rest = pl.DataFrame(schema=QUARANTINE)
        for frame in chain(map(pl.read_ipc, self.files), self.held):
            rest = pl.concat([rest, frame])
            while len(rest) >= ROW_GROUP:
                yield rest[:ROW_GROUP]
                rest = rest[ROW_GROUP:]
        if len(rest):
            yield rest

    @property
    def name(self) -> str:
        """A name by what is kept: the same rows have the same; empty where there are none."""
        digest, header = blake2b(digest_size=10), True
        for part in self.parts():
            digest.update(part.write_csv(include_header=header).encode())
            header = False
        return "" if header else digest.hexdigest()

    def write(self, path: Path) -> None:
        """All of them as one Parquet file."""
        schema = pl.DataFrame(schema=QUARANTINE).to_arrow().schema
        with (
            replacing(path) as temporary,
            pyarrow.parquet.ParquetWriter(
                temporary, schema, compression="zstd", compression_level=LEVEL
            ) as writer,
        ):
            for part in self.parts():
                writer.write_table(part.to_arrow())
