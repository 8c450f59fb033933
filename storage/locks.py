"""One writer of a symbol at a time: a lock that ends with the process that holds it."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from engine.core.errors import StoreError
from storage.atomic import ready
from storage.names import plain

FOLDER: Final = ".locks"
PATIENCE: Final = 60.0  # seconds for which a second writer waits
PAUSE: Final = 0.02


@contextmanager
def writing(root: Path, symbol: str, patience: float = PATIENCE) -> Iterator[None]:
    """The only writer of a symbol; a second one waits, and is told so when it took too long."""
    with lock_file(root, f"symbol={plain(symbol)}") as lock:
        end = time.monotonic() + patience
        while not taken(lock):
            if time.monotonic() >= end:
                raise StoreError(
                    f"another process has been writing {symbol} to {root} for {patience:g} s; "
                    "wait until it is done and try again"
                )
            time.sleep(PAUSE)
        yield


@contextmanager
def owned(root: Path, name: str) -> Iterator[None]:
    """A name that is ours for as long as we live."""
    with lock_file(root, name) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            Path(lock.name).unlink(missing_ok=True)


@contextmanager
def orphaned(root: Path, name: str) -> Iterator[bool]:
    """Whether nobody alive owns a name; if so it is ours while we look after what is left."""
    with lock_file(root, name) as lock:
        free = taken(lock)
        yield free
        if free:
            Path(lock.name).unlink(missing_ok=True)


@contextmanager
def lock_file(root: Path, name: str) -> Iterator[IO[bytes]]:
    """The file a lock hangs on; it holds nothing."""
    ready(root / FOLDER)
    path = root / FOLDER / name
    try:
        with path.open("ab") as file:
            yield file
    except PermissionError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from None


def taken(lock: IO[bytes]) -> bool:
    """Take the lock if nobody has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
