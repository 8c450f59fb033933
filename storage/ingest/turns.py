"""Work in two threads whose results come in the order of what it is done on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS: Final = 2
AHEAD: Final = 4  # items on their way at once: what memory must hold


def in_turn(
    work: Callable[[Item], Result], items: Iterable[Item], ahead: int = AHEAD
) -> Iterator[Result]:
    """The result for each item, a few of them made ahead."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
