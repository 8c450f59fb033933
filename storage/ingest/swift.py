"""The usual line, read in one pass; whatever is unusual is left to the careful reading."""

from __future__ import annotations

from typing import Final

from engine.core.jit import inlined
from storage.ingest.moments import DMY, LETTER_T, MDY, YMD, epoch_day, lower
from storage.ingest.numbers import DIGITS, SPACE, ZERO, Bytes

PAD: Final = 32  # bytes behind the text that may be looked at
NOT: Final = -1
LONGEST: Final = 17  # digits that surely fit
SEPARATORS: Final = (45, 46, 47)
COLON: Final = 58
FAR: Final = -(10**9)


@inlined
def fits(length: int, decimals: int, places: int) -> bool:
    """Whether a number of so many characters can be held in units of 10^-places."""
    return 0 < length <= LONGEST and decimals <= places and length - decimals + places <= DIGITS


@inlined
def two(first: int, second: int) -> int:
    """Two digits; far below zero where they are none."""
    tens, ones = int(first) - ZERO, int(second) - ZERO
    return tens * 10 + ones if 0 <= tens <= 9 and 0 <= ones <= 9 else FAR


@inlined
def year(text: Bytes, at: int) -> int:
    """Four digits."""
    return two(text[at], text[at + 1]) * 100 + two(text[at + 2], text[at + 3])


@inlined
def day(text: Bytes, at: int, order: int) -> tuple[int, int]:
    """The day of 2024-03-28, 20240328 or 28/03/2024, and where it ends; NOT: another form."""
    if order == YMD and text[at + 4] in SEPARATORS and text[at + 4] == text[at + 7]:
        month, of_month = two(text[at + 5], text[at + 6]), two(text[at + 8], text[at + 9])
        return epoch_day(year(text, at), month, of_month), at + 10
    if order == YMD:
        month, of_month = two(text[at + 4], text[at + 5]), two(text[at + 6], text[at + 7])
        return epoch_day(year(text, at), month, of_month), at + 8
    if text[at + 2] in SEPARATORS and text[at + 2] == text[at + 5] and order in (MDY, DMY):
        first, second = two(text[at], text[at + 1]), two(text[at + 3], text[at + 4])
        month, of_month = (first, second) if order == MDY else (second, first)
        return epoch_day(year(text, at + 6), month, of_month), at + 10
    return NOT, at


@inlined
def clock(text: Bytes, at: int) -> tuple[int, int]:
    """Seconds of 09:30:00, 09:30 or 093000, and where they end; NOT: another form."""
    stop = at + 6
    minute, second = two(text[at + 2], text[at + 3]), two(text[at + 4], text[at + 5])
    if text[at + 2] == COLON:
        minute, second, stop = two(text[at + 3], text[at + 4]), 0, at + 5
        if text[at + 5] == COLON:
            second, stop = two(text[at + 6], text[at + 7]), at + 8
    hour = two(text[at], text[at + 1])
    fits = 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60
    return (hour * 3600 + minute * 60 + second if fits else NOT), stop


@inlined
def moment(text: Bytes, at: int, order: int) -> tuple[int, int]:
    """Seconds since 1970 of a day and a clock time, and where they end; NOT: another form."""
    found, i = day(text, at, order)
    since, stop = NOT, i
    if found >= 0 and (text[i] == SPACE or lower(text[i]) == LETTER_T):
        since, stop = clock(text, i + 1)
    return (found * 86_400 + since if since >= 0 else NOT), stop
