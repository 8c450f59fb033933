"""What a path is: text, Parquet, Feather, or an archive of them; everything else is refused."""

from __future__ import annotations

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from engine.core.errors import DataError

TEXT: Final = "text"
PARQUET: Final = "parquet"
FEATHER: Final = "feather"
SUFFIXES: Final = (".txt", ".csv", ".tsv", ".gz", ".zip", ".parquet", ".feather", ".arrow")
LOOK: Final = 65_536
UTF16: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
ENDS: Final = {b"PAR1": PARQUET, b"ARROW1": FEATHER}
CONTROL: Final = bytes(set(range(32)) - {9, 10, 12, 13})


class Opened(NamedTuple):
    """A file that can be read, what it is called, and what it is."""

    path: Path
    label: str
    kind: str


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files asked for; a folder stands for the data files in it."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
            if not inside:
                known = ", ".join(SUFFIXES)
                raise DataError(f"{path} is a folder without data files ({known}); name a file")
            found += inside
        else:
            found.append(path)
    twice = {path for path in found if found.count(path) > 1}
    if twice:
        raise DataError(f"{min(twice)} is named twice; name each file once")
    return found


def opened(path: Path, scratch: Path) -> Iterator[Opened]:
    """A file as one or, out of a zip archive, more files that can be read."""
    try:
        with path.open("rb") as file:
            head = file.read(LOOK)
        if head[:4] == b"PK\x03\x04":
            yield from unzipped(path, scratch)
        elif head[:2] == b"\x1f\x8b":
            yield plain(gunzipped(path, scratch), path.name, scratch)
        else:
            yield plain(path, path.name, scratch)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, RuntimeError) as error:
        raise DataError(f"{path} is damaged or locked, and cannot be unpacked: {error}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None


def gunzipped(path: Path, scratch: Path) -> Path:
    target = scratch / f"{path.name}.plain"
    with gzip.open(path, "rb") as packed:
        copied(packed, target)
    return target


def unzipped(path: Path, scratch: Path) -> Iterator[Opened]:
    """Every file of an archive, one at a time."""
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if not members:
            raise DataError(f"{path} is an archive without files")
        for number, member in enumerate(members):
            target = scratch / f"{number}.plain"
            with archive.open(member) as packed:
                copied(packed, target)
            label = f"{path.name}/{Path(member.filename).name}"
            yield plain(target, label, scratch)


def copied(packed: Any, target: Path) -> None:
    with target.open("wb") as plain_file:
        shutil.copyfileobj(packed, plain_file, 1 << 20)


def plain(path: Path, label: str, scratch: Path) -> Opened:
    """A file that is packed no more: what it is by its first and last bytes."""
    size = path.stat().st_size
    if size == 0:
        raise DataError(f"{label} is empty: there is nothing to import")
    with path.open("rb") as file:
        head = file.read(LOOK)
        file.seek(max(0, size - 8))
        tail = file.read()
    for magic, kind in ENDS.items():
        if head.startswith(magic):
            if size < 12 or not tail.endswith(magic):
                raise DataError(f"{label} is a {kind} file cut short: its last bytes are missing")
            return Opened(path, label, kind)
    if head[:2] in UTF16:
        return Opened(transcoded(path, UTF16[head[:2]], scratch), label, TEXT)
    if b"\r" in head and b"\n" not in head:
        return Opened(transcoded(path, "utf-8", scratch), label, TEXT)
    refuse_binary(head, label)
    return Opened(path, label, TEXT)


def refuse_binary(head: bytes, label: str) -> None:
    strange = len(head) - len(head.translate(None, CONTROL))
    if strange:
        at = next(i for i, byte in enumerate(head) if byte in CONTROL)
        row = head[:at].count(b"\n") + 1
        raise DataError(
            f"{label}: row {row} holds the byte {head[at]}, which no text has; text (CSV), "
            "Parquet, Feather, gz and zip can be imported"
        )


def transcoded(path: Path, encoding: str, scratch: Path) -> Path:
    """A text of two bytes a letter or of other line ends, rewritten as usual."""
    target = scratch / f"{path.name}.utf8"
    with (
        path.open(encoding=encoding, errors="replace", newline=None) as source,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        shutil.copyfileobj(source, copy, 1 << 20)
    return target
