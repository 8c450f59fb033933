"""The modules a strategy file imports from its own folder: they decide its setups as it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HASHED: Final = "engine"  # by its own name in every run


def helpers(path: Path) -> list[Path]:
    """Every file in the folder of a strategy that it imports, and that those import, in order."""
    folder, found, waiting = path.resolve().parent, set[Path](), [path.resolve()]
    while waiting:
        file = waiting.pop()
        for other in imported(file, folder):
            if other not in found and other != path.resolve():
                found.add(other)
                waiting.append(other)
    return sorted(found)


def imported(file: Path, folder: Path) -> Iterator[Path]:
    """The files below a folder that one file names in an import, wherever it stands."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from files_of(alias.name, [folder, *folder.parents], folder)
        elif isinstance(node, ast.ImportFrom):
            roots = [folder, *folder.parents]
            if node.level:
                roots = [file.parents[node.level - 1]]
            for alias in node.names:
                name = ".".join(filter(None, (node.module, alias.name)))
                yield from files_of(name, roots, folder)


def files_of(name: str, roots: list[Path], folder: Path) -> Iterator[Path]:
    """A module, the packages around it, and what stands in its place where a name is no module."""
    parts = name.split(".")
    if parts[0] == HASHED:
        return
    for root in roots:
        for length in range(1, len(parts) + 1):
            place = root.joinpath(*parts[:length])
            for file in (place.with_suffix(".py"), place / "__init__.py"):
                if file.is_file() and file.is_relative_to(folder):
                    yield file
