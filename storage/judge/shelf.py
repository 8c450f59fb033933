"""What is judged: the stored rows of each contract, and those that imports kept out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import polars as pl

from engine.core.errors import StoreError
from storage.judge.report import Aside
from storage.parts import holds_ticks, parts_of
from storage.stored import Stored


def frames(series: Stored) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows of each contract, in the order in which they are stored."""
    parts = sorted(parts_of(series.folder).items(), key=lambda item: item[0].contract)
    for contract, group in groupby(parts, key=lambda item: item[0].contract):
        paths = [path for _, path in group]
        for path in paths:
            if not holds_ticks(path):
                raise StoreError(
                    f"{path} holds decimal prices where the store keeps ticks; take it out and "
                    f"run: tickgrid data import {path.name} --symbol {series.symbol}"
                )
        read = [pl.read_parquet(path, glob=False, hive_partitioning=False) for path in paths]
        yield contract, pl.concat(read, how="diagonal")


def named(frame: pl.DataFrame) -> list[str]:
    """The contracts that rows name, in the order in which they come."""
    if "contract" not in frame.columns:
        return []
    return [name for name in frame["contract"].unique(maintain_order=True) if name]


def kept_out(root: Path, series: Stored) -> list[Aside]:
    """Rows that imports into this series kept out, by reason, the commonest first."""
    folder = root / "quarantine" / series.folder.relative_to(root / "bars")
    files = [pl.scan_parquet(path, glob=False) for path in sorted(folder.glob("*.parquet"))]
    if not files:
        return []
    label = pl.format("{}:{}", "file", "row").first()
    found = (
        pl.concat(files)
        .group_by("reason", maintain_order=True)
        .agg(rows=pl.len().cast(pl.Int64), where=label)
        .sort("rows", "reason", descending=[True, False])
        .collect()
    )
    return [Aside(*row) for row in found.iter_rows()]
