"""The hold-out law: a strategy is a function of the bars it is given, and reads nothing else.

Bars are cut before the hold-out begins, so only what opens a file, a store or a connection of its
own can see it. Its source is read for such words, and what it opens while it speaks is watched.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.lawcheck.laws import said
from engine.core.bars import Bars
from engine.core.strategy import Strategy

REACHING: Final = frozenset(
    {"app", "storage", "learn", "live", "reports", "os", "io", "pathlib", "shutil", "tempfile"}
    | {"duckdb", "sqlite3", "pyarrow", "pickle", "shelve", "importlib", "subprocess", "socket"}
    | {"urllib", "http", "ftplib", "requests", "httpx", "aiohttp", "yfinance", "ccxt"}
)
CALLS: Final = frozenset(
    {"open", "eval", "exec", "__import__", "load", "loadtxt", "genfromtxt", "fromfile", "memmap"}
    | {"read_text", "read_bytes", "connect"}
)
READERS: Final = ("read_", "scan_")
EVENTS: Final = ("open", "socket.connect", "subprocess.Popen", "sqlite3.connect")
OWN: Final = (".py", ".so", ".pyd", ".nbi", ".nbc", "zoneinfo", "tzdata")  # code and its caches
OPENED: list[str] = []
WATCHING: list[bool] = []


def outside(kind: type[Strategy], path: Path, bars: Bars) -> Iterator[str]:
    """What a strategy reads besides its bars."""
    yield from written(path)
    for event in watched(kind(), bars):
        yield f"while it spoke it did {event}"


def written(path: Path) -> Iterator[str]:
    """The lines of a file that could read more than bars."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for what in reaching(node):
            line = getattr(node, "lineno", 0)
            yield f"{path.name} line {line}: {what}; setups are a function of bars alone"


def reaching(node: ast.AST) -> Iterator[str]:
    """An import, or a call, that leads out of the strategy."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
        yield from (f"imports {name}" for name in names if name.split(".")[0] in REACHING)
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in REACHING:
        yield f"imports from {node.module}"
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in CALLS or name.startswith(READERS):
            yield f"calls {name}()"


def watched(strategy: Strategy, bars: Bars) -> list[str]:
    """What was opened while a strategy spoke, code and its caches apart."""
    said(strategy, bars)  # whatever is compiled or imported late comes before
    hooked()
    OPENED.clear()
    WATCHING.append(True)
    try:
        said(strategy, bars)
    finally:
        WATCHING.clear()
    return sorted(set(OPENED))


@cache
def hooked() -> None:
    """One hook a process: Python has no way to take one out again."""
    sys.addaudithook(heard)


def heard(event: str, arguments: tuple[Any, ...]) -> None:
    """Keep what is opened while somebody listens."""
    if WATCHING and event in EVENTS:
        target = str(arguments[0])
        if not any(part in target for part in OWN):
            OPENED.append(f"{event} {target}")
