"""A shelf: where what was played is kept by name, so that a killed search is not played again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.core.columns import Array

Pack = Mapping[str, Array]


class Shelf(Protocol):
    """Keeps arrays by name; what it hands out is what was put, whole, or nothing."""

    def get(self, name: str) -> Pack | None:
        """What was put under a name."""

    def put(self, name: str, pack: Pack) -> None:
        """Keep arrays under a name."""


class Nowhere:
    """Keeps nothing."""

    def get(self, _: str) -> None:
        return None

    def put(self, _: str, __: Pack) -> None:
        pass


NOWHERE = Nowhere()
