"""Logging: the console at the level asked for, and `run.log` with everything, for each run."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

NAME: Final = "tickgrid"
COMPILE: Final = "compile"
LINE: Final = "%(asctime)s.%(msecs)03dZ %(levelname)-7s %(message)s"


class Lines(logging.Handler):
    """Keeps every line in memory, until the run that they belong to is stored."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.spent: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


def logger() -> logging.Logger:
    return logging.getLogger(NAME)


def start(level: str) -> Lines:
    """Log to standard error from `level` on, and keep everything for the run."""
    log, kept = logger(), Lines()
    log.handlers.clear()
    log.propagate = False
    log.setLevel(logging.DEBUG)
    shown = logging.StreamHandler(sys.stderr)
    shown.setLevel(level.upper())
    form = logging.Formatter(LINE, "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    for handler in (shown, kept):
        handler.setFormatter(form)
        log.addHandler(handler)
    return kept


def spent() -> dict[str, float]:
    """Seconds of every stage of this command; what was compiled in them is a stage of its own."""
    kept = [handler.spent for handler in logger().handlers if isinstance(handler, Lines)]
    return kept[0] if kept else {}


def anew() -> None:
    """What is logged from here on belongs to another run."""
    for handler in logger().handlers:
        if isinstance(handler, Lines):
            handler.lines.clear()


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Log how long a stage took."""
    told, began = spent(), time.perf_counter()
    compiled = told.get(COMPILE, 0.0)
    yield
    took = time.perf_counter() - began
    told[name] = told.get(name, 0.0) + took - (told.get(COMPILE, 0.0) - compiled)
    logger().info("%s: %.3f s", name, took)


def crashed(error: BaseException) -> Path:
    """Write what happened where it can be found again, and say where that is."""
    logger().debug("unexpected error", exc_info=error)
    kept = [h.text() for h in logger().handlers if isinstance(h, Lines)]
    trace = "".join(traceback.format_exception(error))
    handle, name = tempfile.mkstemp(prefix="tickgrid-crash-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("".join(kept) or trace)
    return Path(name)
