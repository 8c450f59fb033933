"""A shelf of blocks: what a run has played so far, each block whole or not there."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.core.errors import StoreError
from storage.atomic import write_bytes
from storage.names import plain

BLOCK: Final = ".npz"


@dataclass(frozen=True)
class BlockShelf:
    """Arrays by name in one folder; a kill leaves those that were finished."""

    folder: Path

    def get(self, name: str) -> Mapping[str, Any] | None:
        """The arrays under a name, or nothing where none were put."""
        path = self.place(name)
        if not path.exists():
            return None
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
                return {key: held[key] for key in held.files}
        except (OSError, ValueError, zipfile.BadZipFile):
            raise StoreError(f"{path} cannot be read; delete it and it is played again") from None

    def put(self, name: str, pack: Mapping[str, Any]) -> None:
        """Keep arrays; they are on the disk when this returns."""
        content = io.BytesIO()
        np.savez(content, **pack)
        write_bytes(self.place(name), content.getvalue())

    def place(self, name: str) -> Path:
        return self.folder / f"{plain(name)}{BLOCK}"

    @property
    def begun(self) -> bool:
        """Whether anything is kept, if only how the study is cut."""
        return any(self.folder.glob(f"*{BLOCK}"))

    def __len__(self) -> int:
        """Parts that were played; they are numbered, and what else is kept is not."""
        return sum(1 for _ in self.folder.glob(f"*-*{BLOCK}"))

    def clear(self) -> None:
        """The run is stored: nothing of this is needed any more."""
        shutil.rmtree(self.folder, ignore_errors=True)
