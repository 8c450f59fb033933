"""What was measured, as lines of JSON: every table and curve of this process, and the machine."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pairs import interleaved

PACKAGES = (
    *("numpy", "numba", "polars", "duckdb", "pyarrow"),
    *("arch", "backtesting", "empyrical-reloaded", "MarketProfile", "pandas"),
    *("polars-talib", "quantstats", "TA-Lib"),
)
COPIED = 1 << 27  # bytes: far beyond the caches


def versions() -> dict[str, str]:
    """Of the libraries that took part, as installed here."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def processor() -> str:
    """Its name where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def bandwidth(repetitions: int) -> float:
    """GB a second that a copy of a large array reads and writes."""
    source = np.ones(COPIED // 8)
    target = np.empty_like(source)
    (timing,) = interleaved({"copy": lambda: np.copyto(target, source)}, repetitions)
    return 2 * COPIED / timing.median / 1e9


def machine(repetitions: int) -> dict[str, Any]:
    """Where and with what: a figure without it says nothing."""
    return {
        "kind": "machine",
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "bandwidth": round(bandwidth(repetitions), 2),
        "versions": versions(),
    }


def crowded(where: dict[str, Any]) -> str:
    """A warning where others wanted the cores when it began; nothing on a machine of one's own."""
    if where["load"] <= where["cores"]:
        return ""
    return (
        f"load {where['load']} on {where['cores']} cores: other work stretches long tasks "
        "more than short ones, and these ratios with them; measure again on a quiet machine"
    )


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    """One object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
