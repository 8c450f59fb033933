"""Sobol points: each new one lies where the earlier ones left the most room.

Primitive polynomials and first direction numbers of Joe and Kuo (2008), "Constructing Sobol
sequences with better two-dimensional projections", criterion D6, dimensions 2 to 21; a seed shifts
all points by the same random bits, which keeps their balance.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.errors import StudyError

Words = npt.NDArray[np.uint64]

BITS: Final = 32
SCALE: Final = 2.0**-BITS
POLYNOMIALS: Final = (  # degree, inner coefficients, first direction numbers
    *((1, 0, (1,)), (2, 1, (1, 3)), (3, 1, (1, 3, 1)), (3, 2, (1, 1, 1))),
    *((4, 1, (1, 1, 3, 3)), (4, 4, (1, 3, 5, 13)), (5, 2, (1, 1, 5, 5, 17))),
    *((5, 4, (1, 1, 5, 5, 5)), (5, 7, (1, 1, 7, 11, 19)), (5, 11, (1, 1, 5, 1, 1))),
    *((5, 13, (1, 1, 1, 3, 11)), (5, 14, (1, 3, 5, 5, 31)), (6, 1, (1, 3, 3, 9, 7, 49))),
    *((6, 13, (1, 1, 1, 15, 21, 21)), (6, 16, (1, 3, 1, 13, 27, 49))),
    *((6, 19, (1, 1, 1, 15, 7, 5)), (6, 22, (1, 3, 1, 15, 13, 25))),
    *((6, 25, (1, 1, 5, 5, 19, 61)), (7, 1, (1, 3, 7, 11, 23, 15, 103))),
    (7, 4, (1, 3, 7, 13, 13, 15, 69)),
)
MOST_AXES: Final = 1 + len(POLYNOMIALS)


def directions(axes: int) -> Words:
    """Direction numbers, `[axis, bit]`, the first bit the highest."""
    if not 1 <= axes <= MOST_AXES:
        raise StudyError(
            f"sobol searches up to {MOST_AXES} axes with more than one value, not {axes}; "
            "search: {method: random} has no such limit"
        )
    found = np.zeros((axes, BITS), np.uint64)
    found[0] = [1 << (BITS - 1 - k) for k in range(BITS)]
    for axis, polynomial in enumerate(POLYNOMIALS[: axes - 1], start=1):
        found[axis] = numbers(*polynomial)
    return found


def numbers(degree: int, inner: int, first: tuple[int, ...]) -> list[int]:
    """Direction numbers of one axis, by the recurrence of its polynomial."""
    v = [m << (BITS - 1 - k) for k, m in enumerate(first)]
    for k in range(degree, BITS):
        made = v[k - degree] ^ (v[k - degree] >> degree)
        for j in range(1, degree):
            if inner >> (degree - 1 - j) & 1:
                made ^= v[k - j]
        v.append(made)
    return v


def points(axes: int, first: int, count: int, seed: int | None) -> npt.NDArray[np.float64]:
    """Points `first` and following, each coordinate from 0 up to but not including 1."""
    numbers_of = directions(axes)
    index = np.arange(first, first + count, dtype=np.uint64)
    gray = index ^ (index >> np.uint64(1))
    found = np.zeros((count, axes), np.uint64)
    for bit in range(BITS):
        on = (gray >> np.uint64(bit)) & np.uint64(1)
        found ^= on[:, None] * numbers_of[None, :, bit]
    if seed is not None:
        found ^= np.random.default_rng(seed).integers(0, 2**BITS, axes, dtype=np.uint64)
    return np.asarray(found * SCALE, np.float64)
