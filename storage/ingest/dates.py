"""The order of the parts of a date, told by the values themselves or refused as ambiguous."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.core.errors import DataError
from storage.ingest.moments import DMY, EPOCH, MDY, YMD, moment
from storage.ingest.numbers import plain
from storage.ingest.order import DATES

EPOCHAL: Final = re.compile(r"\d{9,11}(\.\d+)?|\d{13}|\d{16}|\d{19}")
YEAR_FIRST: Final = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d).*|\d{8}(\D.*)?")
YEAR_LAST: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)(?!\d).*")
WORDS: Final = {
    EPOCH: "times are seconds (or parts of them) since 1970, UTC",
    YMD: "dates are written year, month, day",
    MDY: "dates are written month, day, year",
    DMY: "dates are written day, month, year",
}


def order_of(values: Sequence[str], label: str, row: int, given: str | None) -> tuple[int, str]:
    """The order of the parts, and why; `row` is that of the first value."""
    for pattern, order in ((EPOCHAL, EPOCH), (YEAR_FIRST, YMD)):
        fitting = sum(bool(pattern.fullmatch(value)) for value in values)
        if fitting * 2 > len(values):
            return order, f"{WORDS[order]}: '{values[0]}'"
    parts = [YEAR_LAST.fullmatch(value) for value in values]
    numbers = [(int(m[1]), int(m[2])) for m in parts if m]
    if len(numbers) * 2 <= len(values):
        raise unsettled(values, label, row)
    if given is not None:
        return DATES[given], f"{WORDS[DATES[given]]}, as --dates says"
    return told(values, numbers, label, row)


def told(
    values: Sequence[str], numbers: list[tuple[int, int]], label: str, row: int
) -> tuple[int, str]:
    """Which of day and month comes first: what is above 12 is a day, and time runs one way."""
    days_first, days_second = (any(pair[k] > 12 for pair in numbers) for k in (0, 1))
    if days_first and days_second:
        raise mixed(values, numbers, label, row)
    if days_first or days_second:
        order = DMY if days_first else MDY
        clear = next(v for v, pair in zip(values, numbers, strict=False) if max(pair) > 12)
        return order, f"{WORDS[order]}: '{clear}'"
    steady = [order for order in (MDY, DMY) if runs_one_way(values, order)]
    if len(steady) == 1:
        return steady[0], f"{WORDS[steady[0]]}: only so the times of the first rows run one way"
    raise DataError(
        f"{label}: row {row} has the time '{values[0]}', which could be day or month first; "
        "say --dates mdy or --dates dmy"
    )


def mixed(values: Sequence[str], numbers: list[tuple[int, int]], label: str, row: int) -> DataError:
    first = next(n for n, pair in enumerate(numbers) if max(pair) > 12)
    side = numbers[first][0] > 12
    other = next(n for n, pair in enumerate(numbers) if max(pair) > 12 and (pair[0] > 12) != side)
    return two_formats(values, (first, other), label, row)


def two_formats(values: Sequence[str], rows: tuple[int, int], label: str, row: int) -> DataError:
    one, two = rows
    return DataError(
        f"{label}: row {row + one} has the time '{values[one]}' and row {row + two} "
        f"'{values[two]}': two date formats are mixed"
    )


def unsettled(values: Sequence[str], label: str, row: int) -> DataError:
    """Why most of some times are of no one form: of several, or of none that is known."""
    firsts: dict[re.Pattern[str], int] = {}
    for at, value in enumerate(values):
        for form in (EPOCHAL, YEAR_FIRST, YEAR_LAST):
            if form.fullmatch(value):
                firsts.setdefault(form, at)
    if len(firsts) > 1:
        one, two, *_ = sorted(firsts.values())
        return two_formats(values, (one, two), label, row)
    at = next(n for n, value in enumerate(values) if not YEAR_LAST.fullmatch(value))
    return DataError(
        f"{label}: row {row + at} has the time '{values[at]}'; write 2024-03-28 09:30:00, "
        "20240328 093000, 03/28/2024 09:30, or seconds since 1970"
    )


def runs_one_way(values: Sequence[str], order: int) -> bool:
    found = np.array([stamp(value, order) for value in values])
    step = np.diff(found[found >= 0])
    close = np.abs(step).max(initial=0) <= 10 * 86_400 * 10**9
    return bool(
        ((step >= 0).all() or (step <= 0).all()) and close and len(set(found // 86_400)) > 1
    )


def stamp(value: str, order: int) -> int:
    """Wall-clock ns of a text, -1 if it is none of this order."""
    text = plain(value)
    return int(moment(text, 0, len(text), order)[0])


def another_order(value: str, order: int) -> bool:
    """Whether a text that cannot be read in one order can be in another: formats are mixed."""
    clear = value.strip().strip('"')
    if EPOCHAL.fullmatch(clear):
        return order != EPOCH
    if YEAR_FIRST.fullmatch(clear):
        return order != YMD and stamp(clear, YMD) >= 0
    return any(stamp(clear, other) >= 0 for other in (MDY, DMY) if other != order)
