"""Which versions are at work."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Final

LIBRARIES: Final = ("tickgrid", "numpy", "numba", "polars", "duckdb", "pyarrow")


def version_of(name: str) -> str:
    """The version of an installed package; a checkout that was never installed has none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def versions() -> dict[str, str]:
    """Python's version and those of the libraries that could change a result."""
    return {"python": platform.python_version()} | {name: version_of(name) for name in LIBRARIES}
