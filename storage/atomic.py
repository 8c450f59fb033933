"""Files that are there whole or not at all, whenever the process or the machine dies.

A file is written under a hidden temporary name beside its place, synced, and renamed over it. A
leftover of a killed writer is hidden from readers; the next writer to that folder sweeps it away.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import polars as pl
from polars.exceptions import PolarsError

from engine.core.errors import StoreError

SUFFIX: Final = ".partial"
ABANDONED: Final = 3600.0  # seconds after which nobody is still writing a file
ROW_GROUP: Final = 131_072  # rows a reader can skip at a time
LEVEL: Final = 1  # of zstd: half the time of 3 for a tenth more bytes
OF_THE_SYSTEM: Final = re.compile(r"\(os error (\d+)\)")  # how Polars tells of a full disk


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Hand out a temporary path; what was written there takes the place of `path` at once."""
    temporary = path.with_name(f".{path.name}.{uuid4().hex}{SUFFIX}")
    ready(path.parent)
    try:
        yield temporary
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def ready(folder: Path) -> None:
    """Make the folder if need be, and clear it of what killed writers left."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
    except OSError as error:
        raise StoreError(f"cannot write in {folder}: {error.strerror}") from None


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove what killed writers left behind."""
    for path in folder.glob(f".*{SUFFIX}"):
        try:
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink()
        except FileNotFoundError:
            continue  # another writer finished or swept it meanwhile


def write_bytes(path: Path, content: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode("utf-8"))


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """What the system refuses Polars, told as the system tells it everybody else."""
    try:
        yield
    except PolarsError as error:
        number = OF_THE_SYSTEM.search(str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from None


def write_frame(
    path: Path,
    frame: pl.DataFrame,
    facts: Mapping[str, str] | None = None,
    row_group: int = ROW_GROUP,
) -> None:
    """A frame as Parquet, with facts about it in the file's own metadata."""
    with replacing(path) as temporary, on_disk(path):
        frame.write_parquet(
            temporary,
            compression="zstd",
            compression_level=LEVEL,
            row_group_size=row_group,
            metadata=dict(facts or {}),
        )


def append_line(path: Path, line: str) -> None:
    """Add one line that is on the disk when this returns; a torn last line is closed first."""
    if "\n" in line:
        raise StoreError(f"{path.name}: a log entry is one line, not {line!r}")
    ready(path.parent)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from None
    try:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, f"{chr(10) if torn else ''}{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    sync(path.parent)
