"""Reading numbers out of bytes: exact decimals as whole numbers, and how the reading went."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.jit import kernel, lean_kernel

Bytes = npt.NDArray[np.uint8]

GOOD: Final = 0
MISSING: Final = 1
UNREADABLE: Final = 2
TOO_LARGE: Final = 3

DIGITS: Final = 18  # what an int64 surely holds
TENS: Final = np.array([10**n for n in range(DIGITS + 1)], np.int64)
TENS.setflags(write=False)
TOP: Final = 9 * 10**18
SPACE: Final = 32
QUOTE: Final = 34
PLUS: Final = 43
MINUS: Final = 45
ZERO: Final = 48
LOWER: Final = 32  # what makes a capital letter small
LETTER_E: Final = 101
# nan, null, none, n/a, na, -: letters in lower case, as one whole number
WORDS: Final = tuple(
    int.from_bytes(w.encode(), "big") for w in ("nan", "null", "none", "n/a", "na", "-")
)


@kernel
def is_digit(byte: int) -> bool:
    return 48 <= byte <= 57


@lean_kernel
def trimmed(text: Bytes, low: int, high: int) -> tuple[int, int]:
    """The field without blanks, and without the quotes around it."""
    while low < high and (text[low] <= SPACE or text[low] == QUOTE):
        low += 1
    while low < high and (text[high - 1] <= SPACE or text[high - 1] == QUOTE):
        high -= 1
    return low, high


@kernel
def absent(text: Bytes, low: int, high: int) -> bool:
    """Whether a trimmed field says that there is no value."""
    if high - low > 4:
        return False
    word = 0
    for i in range(low, high):
        byte = int(text[i])
        capital = 65 <= byte <= 90
        word = word * 256 + byte + (LOWER if capital else 0)
    for known in WORDS:
        if word == known:
            return True
    return high == low


@lean_kernel
def digits(text: Bytes, at: int, high: int) -> tuple[int, int]:
    """The whole number that begins here, and where it ends; -1 if it is too long."""
    value, i = 0, at
    while i < high and is_digit(text[i]):
        value = value * 10 + (int(text[i]) - ZERO) if i - at < DIGITS + 1 else -1
        i += 1
        if value < 0:
            break
    return value, i


@kernel
def exponent(text: Bytes, at: int, high: int) -> tuple[int, bool]:
    """The power of ten behind an `e`, and whether it is one."""
    if at == high:
        return 0, True
    sign = -1 if at + 1 < high and text[at + 1] == MINUS else 1
    first = at + 2 if at + 1 < high and text[at + 1] in (MINUS, PLUS) else at + 1
    value, stop = digits(text, first, high)
    marked = int(text[at]) | LOWER == LETTER_E
    return sign * value, marked and stop == high and 0 < stop - first <= 4


@kernel
def scaled(value: int, shift: int) -> tuple[int, int]:
    """Times a power of ten, rounded half away from zero where digits fall off."""
    if value == 0:
        return 0, GOOD
    if shift > DIGITS or (shift > 0 and value > TOP // TENS[shift]):
        return 0, TOO_LARGE
    if shift >= 0:
        return value * TENS[shift], GOOD
    if shift < -DIGITS:
        return 0, GOOD
    unit = TENS[-shift]
    return (value + unit // 2) // unit, GOOD


@kernel
def mantissa(text: Bytes, at: int, high: int, point: int) -> tuple[int, int, int, bool]:
    """Digits with a point among them: their value, decimals kept, where they end; -1: none.

    Last: whether decimals fell off because no more digits fit.
    """
    value, kept, decimals, seen, i, fell = 0, 0, -1, 0, at, False
    while i < high and (is_digit(text[i]) or (text[i] == point and decimals < 0)):
        if text[i] == point:
            decimals = 0
        elif kept < DIGITS:
            value = value * 10 + int(text[i]) - ZERO
            kept += value > 0
            decimals += decimals >= 0
            seen += 1
        elif decimals < 0:
            return 0, -1, high, True  # more digits than fit, ahead of the point
        else:
            fell = True
        i += 1
    return (value if seen else -1), max(decimals, 0), i, fell


@kernel
def number(text: Bytes, low: int, high: int, places: int, point: int) -> tuple[int, int]:
    """A decimal in units of 10^-places, and how the reading went."""
    low, high = trimmed(text, low, high)
    if absent(text, low, high):
        return 0, MISSING
    signed = text[low] in (MINUS, PLUS)
    value, decimals, stop, fell = mantissa(text, low + signed, high, point)
    if fell and decimals <= places:
        return 0, TOO_LARGE
    power, fits = exponent(text, stop, high)
    if value < 0 or not fits:
        return 0, UNREADABLE
    size, state = scaled(value, places - decimals + power)
    return (-size if text[low] == MINUS else size), state


def plain(text: str) -> Any:
    """Bytes as the kernels take them."""
    return np.frombuffer(text.encode(), np.uint8)
