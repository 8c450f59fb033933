"""What a source of bars offers; another exchange is one more class of this shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from engine.core.instrument import Instrument


class Row(NamedTuple):
    """One closed bar as its source writes it: decimals stay text, so that nothing is rounded."""

    opens: int  # ms since 1970, UTC
    open: str
    high: str
    low: str
    close: str
    volume: str


class Span(NamedTuple):
    """Which bars are asked for: opens from one moment up to, not including, another, UTC ms."""

    since: int
    until: int
    minutes: int


class Source(Protocol):
    """Somewhere closed bars can be had from."""

    @property
    def name(self) -> str:
        """What the store calls it."""
        ...

    def symbols(self, known: Iterable[Instrument]) -> tuple[str, ...]:
        """Which of the known instruments it has."""
        ...

    def pages(self, instrument: Instrument, span: Span) -> Iterator[list[Row]]:
        """Closed bars in order of time, each once, some at a time; it ends where they end."""
        ...
