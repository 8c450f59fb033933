"""Places in sorted values: NumPy's search costs a kernel that calls it a second of compiling."""

from engine.core.bars import Longs
from engine.core.jit import lean_kernel


@lean_kernel
def first_at(values: Longs, low: int, high: int, least: int) -> int:
    """The first place from low to high whose value is at least so much, else `high`."""
    while low < high:
        middle = (low + high) // 2
        if values[middle] < least:
            low = middle + 1
        else:
            high = middle
    return low
