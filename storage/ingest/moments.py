"""Reading moments out of bytes: dates in any order, clock times, zones, epochs of any unit."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.jit import kernel, lean_kernel
from storage.ingest.numbers import DIGITS, MINUS, PLUS, SPACE, TENS, Bytes, digits, is_digit

NAIVE: Final = -10_000  # minutes east of Greenwich where the text says nothing
YMD: Final = 0
MDY: Final = 1
DMY: Final = 2
EPOCH: Final = 3

SECOND: Final = 1_000_000_000
POINT: Final = 46
COMMA: Final = 44
COLON: Final = 58
LETTER_A: Final = 97
LETTER_M: Final = 109
LETTER_P: Final = 112
LETTER_T: Final = 116
LETTER_Z: Final = 122
LAST_YEAR: Final = 2200  # the first year no bar is of
NINJATRADER: Final = 7  # digits of a second behind a blank
MONTHS: Final = (  # the first day of each month of those years, and of the one behind
    np.arange(np.datetime64("1970-01"), np.datetime64(f"{LAST_YEAR}-02"))
    .astype("datetime64[D]")
    .astype(np.int64)
)


@kernel
def lower(byte: int) -> int:
    return byte + 32 if 65 <= byte <= 90 else byte


@kernel
def epoch_day(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01, or -1 where there is no such day."""
    if not (1970 <= year < LAST_YEAR and 1 <= month <= 12):
        return -1
    at = (year - 1970) * 12 + month - 1
    return int(MONTHS[at]) + day - 1 if 1 <= day <= MONTHS[at + 1] - MONTHS[at] else -1


@kernel
def ordered(a: int, b: int, c: int, order: int) -> int:
    """The day that three numbers say in one of the orders."""
    if order == YMD:
        year, month, day = a, b, c
    elif order == MDY:
        year, month, day = c, a, b
    else:
        year, month, day = c, b, a
    return epoch_day(year, month, day)


@kernel
def compact(value: int) -> int:
    """The day of 20240328."""
    return epoch_day(value // 10_000, value // 100 % 100, value % 100)


@kernel
def date(text: Bytes, at: int, high: int, order: int) -> tuple[int, int]:
    """The day a date says, or -1, and where it ends; a last year of two digits is of 2000 on."""
    a, i = digits(text, at, high)
    if i - at == 8:
        return compact(a), i
    mark = text[i] if i < high else 0
    if i == at or i + 1 >= high or mark not in (45, 46, 47):
        return -1, i
    b, j = digits(text, i + 1, high)
    if j == i + 1 or j + 1 >= high or text[j] != mark:
        return -1, j
    c, k = digits(text, j + 1, high)
    years = i - at if order == YMD else k - j - 1
    if k == j + 1 or not (years == 4 or (years == 2 and order != YMD)):
        return -1, k
    return ordered(a, b, c + 2000 if years == 2 else c, order), k


@kernel
def fraction(text: Bytes, at: int, high: int) -> tuple[int, int]:
    """Nanoseconds behind the point that may stand here, and where they end; -1: no digits.

    A blank ahead of seven digits is a point too: 20240304 093000 1234567.
    """
    if at >= high or text[at] not in (POINT, COMMA, SPACE):
        return 0, at
    value, stop = digits(text, at + 1, high)
    length = stop - at - 1
    if text[at] == SPACE and length != NINJATRADER:
        return 0, at
    if length == 0 or length > DIGITS or value < 0:
        return -1, stop
    return value * TENS[9 - length] if length <= 9 else value // TENS[length - 9], stop


@kernel
def joined(value: int, length: int) -> int:
    """Seconds of 093000, 93000, 0930 or 930; -1 if they are none."""
    if length <= 2:
        return -1
    if length <= 4:
        value *= 100
    hours, minutes, seconds = value // 10_000, value // 100 % 100, value % 100
    return of_day(hours, minutes, seconds)


@kernel
def of_day(hours: int, minutes: int, seconds: int) -> int:
    """Seconds since midnight; 24:00:00 is the end of the day."""
    total = hours * 3600 + minutes * 60 + seconds
    fits = 0 <= minutes < 60 and 0 <= seconds < 60 and 0 <= total <= 86_400
    return total if fits else -1


@kernel
def spelled(text: Bytes, at: int, high: int) -> tuple[int, int]:
    """Seconds of 9:30, 09:30:00 or 093000, and where they end."""
    hours, i = digits(text, at, high)
    if i == at or i - at > 6:
        return -1, i
    if i >= high or text[i] != COLON:
        whole = text[at] != 48 or (i - at) % 2 == 0
        return joined(hours, i - at) if whole else -1, i
    minutes, j = digits(text, i + 1, high)
    if i - at > 2 or j != i + 3:
        return -1, j
    if j >= high or text[j] != COLON:
        return of_day(hours, minutes, 0), j
    seconds, k = digits(text, j + 1, high)
    return of_day(hours, minutes, seconds) if k == j + 3 else -1, k


@kernel
def halved(text: Bytes, at: int, high: int, seconds: int) -> tuple[int, int]:
    """Seconds put right by AM or PM, if one of them follows."""
    i = at
    while i < high and text[i] == SPACE:
        i += 1
    if i + 2 > high or lower(text[i + 1]) != LETTER_M:
        return seconds, at
    half = lower(text[i])
    if half not in (LETTER_A, LETTER_P) or not 3600 <= seconds < 46_800:
        return -1, at
    return seconds % 43_200 + (43_200 if half == LETTER_P else 0), i + 2


@kernel
def clock(text: Bytes, at: int, high: int) -> tuple[int, int]:
    """Nanoseconds since midnight, or -1, and where the clock time ends."""
    seconds, i = spelled(text, at, high)
    if seconds < 0:
        return -1, i
    part, i = fraction(text, i, high) if i - at >= 6 else (0, i)
    seconds, i = halved(text, i, high, seconds)
    if part < 0 or seconds < 0:
        return -1, i
    return seconds * SECOND + part, i


@kernel
def zone(text: Bytes, at: int, high: int) -> tuple[int, bool]:
    """Minutes east of Greenwich that the rest of a field says, and whether it can be read."""
    while at < high and text[at] == SPACE:
        at += 1
    if at == high:
        return NAIVE, True
    if text[at] not in (PLUS, MINUS):
        return 0, named_zone(text, at, high)
    hours, i = digits(text, at + 1, high)
    minutes, length = 0, i - at - 1
    if length == 4:
        hours, minutes = hours // 100, hours % 100
    elif length == 2 and i < high and text[i] == COLON and i + 3 == high:
        minutes, i = digits(text, i + 1, high)
    east = hours * 60 + minutes
    fits = i == high and length in (2, 4) and east <= 900 and 0 <= minutes < 60
    return (-east if text[at] == MINUS else east), fits


@kernel
def named_zone(text: Bytes, at: int, high: int) -> bool:
    """Whether this says Z, UTC or GMT."""
    word = 0
    for i in range(at, min(high, at + 4)):
        word = word * 256 + lower(int(text[i]))
    return word in (122, 7_697_507, 6_778_228)


@lean_kernel
def epoch(text: Bytes, at: int, high: int) -> int:
    """UTC ns of seconds, milli-, micro- or nanoseconds since 1970, told apart by size; -1: none."""
    value, i = digits(text, at, high)
    if i == at or value < 0:
        return -1
    part, i = fraction(text, i, high)
    if i != high or part < 0 or value < 100_000_000:
        return -1
    unit = SECOND
    for bound in (10**11, 10**14, 10**17):
        if value >= bound:
            unit //= 1000
    return value * unit + (part if unit == SECOND else 0)


@kernel
def between(text: Bytes, at: int, high: int) -> int:
    """Where the clock time begins behind a date: after a T or blanks."""
    if at < high and lower(text[at]) == LETTER_T:
        return at + 1
    while at < high and text[at] == SPACE:
        at += 1
    return at


@kernel
def moment(text: Bytes, low: int, high: int, order: int) -> tuple[int, int]:
    """Wall-clock ns of one field, or -1, and the zone it names."""
    if order == EPOCH:
        return epoch(text, low, high), 0
    day, i = date(text, low, high, order)
    if day < 0:
        return -1, NAIVE
    if i == high:
        return day * 86_400 * SECOND, NAIVE
    start = between(text, i, high)
    since, stop = clock(text, start, high)
    east, fits = zone(text, stop, high)
    if since < 0 or not fits or start == i or not is_digit(text[start]):
        return -1, NAIVE
    return day * 86_400 * SECOND + since, east
