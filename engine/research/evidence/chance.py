"""Chance from a seed: raw words of a stream NumPy promises to keep, made into picks and orders."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs
from engine.core.columns import Bools

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
HALF = np.uint64(32)  # bits of half a word
SPARE = np.uint64(11)  # bits of a word beyond the 53 a float holds


def words(seed: int, use: str, *shape: int) -> Words:
    """64 random bits for each place; every use has a name, so that no two share a stream."""
    name = int.from_bytes(blake2b(use.encode(), digest_size=8).digest(), "little")
    stream = np.random.PCG64(np.random.SeedSequence([seed, name]))
    return np.asarray(stream.random_raw(int(np.prod(shape)))).reshape(shape)


def picks(raw: Words, count: int) -> Longs:
    """Rows below `count`, by the upper half of each word: uneven by less than count / 2**32."""
    return ((raw >> HALF) * np.uint64(count) >> HALF).astype(np.int64)


def once_in(raw: Words, times: int) -> Bools:
    """True once in so many times, by the lower half of each word."""
    low = raw & np.uint64((1 << 32) - 1)
    return np.asarray(low < np.uint64((1 << 32) // times))


def coins(raw: Words) -> Longs:
    """Fair signs: 1 or -1."""
    return np.where(raw & np.uint64(1), 1, -1).astype(np.int64)


def orders(raw: Words) -> Longs:
    """A random order of the places of each row."""
    return np.argsort(raw, axis=-1, kind="stable").astype(np.int64)


def uniforms(raw: Words) -> Floats:
    """Numbers from zero up to, but never reaching, one."""
    return np.asarray((raw >> SPARE) * 2.0**-53)


def bells(seed: int, use: str, count: int) -> Floats:
    """Standard normal numbers, two from each pair of uniforms."""
    one, two = uniforms(words(seed, use, 2, (count + 1) // 2))
    reach = np.sqrt(-2 * np.log(1 - one))
    return np.concatenate((reach * np.cos(2 * np.pi * two), reach * np.sin(2 * np.pi * two)))[
        :count
    ]
