"""Lines of text into columns of whole numbers, in one pass over the bytes."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.jit import kernel
from storage.ingest import swift
from storage.ingest.moments import EPOCH, NAIVE, SECOND, clock, epoch, moment, zone
from storage.ingest.numbers import (
    GOOD,
    MISSING,
    QUOTE,
    SPACE,
    TENS,
    UNREADABLE,
    ZERO,
    Bytes,
    absent,
    digits,
    number,
    trimmed,
)

Longs = npt.NDArray[np.int64]
NEWLINE: Final = 10
RETURN: Final = 13
FIELDS: Final = 4  # a state beside those of a number: another count of fields than the file has
UNUSUAL: Final = 255  # not read yet
NUMBERS: Final = 5  # open, high, low, close, volume: roles 0 to 4
MOMENT: Final = 5
DAY: Final = 6
CLOCK: Final = 7
NAME: Final = 8
KIND: Final = 9  # of a row: a trade or a quote
OTHER: Final = 10
POINT: Final = 5
ORDER: Final = 6
DELIMITER: Final = 7
BASIS: Final = -3_750_763_034_362_895_579  # FNV-1a of 64 bits, as a signed whole number
PRIME: Final = 1_099_511_628_211
LOW_BITS: Final = 2**63 - 1


class Layout(NamedTuple):
    """How a line is cut, and which field is what."""

    roles: Longs  # of every field
    form: Longs  # decimals kept of each number; then what POINT, ORDER and DELIMITER name


class Columns(NamedTuple):
    """What lines say; a row whose state is not GOOD has a field that cannot be used."""

    at: Longs  # byte at which the line begins
    line: Longs  # number of the line, from 0 on
    wall: Longs  # ns since 1970 as the text has them, not above 0 where it cannot be read
    east: npt.NDArray[np.int32]  # minutes east of Greenwich, or NAIVE
    numbers: Longs  # five rows: prices and volume, in units of their places
    contract: Longs  # a hash of the field
    kind: Longs  # the same of what says whether it is a trade
    state: npt.NDArray[np.uint8]
    field: npt.NDArray[np.int16]  # the first field that cannot be used


def columns(lines: int, east: int) -> Columns:
    """Room for so many lines, of which the usual ones are in this zone."""
    return Columns(
        np.empty(lines, np.int64),
        np.empty(lines, np.int64),
        np.zeros(lines, np.int64),
        np.full(lines, east, np.int32),
        np.zeros((NUMBERS, lines), np.int64),
        np.zeros(lines, np.int64),
        np.zeros(lines, np.int64),
        np.zeros(lines, np.uint8),
        np.zeros(lines, np.int16),
    )


@kernel
def hashed(text: Bytes, low: int, high: int) -> int:
    """FNV-1a of a field, so that names need not be read row by row."""
    low, high = trimmed(text, low, high)
    value = BASIS
    for i in range(low, high):
        # cut to 63 bits, which wrapped and unbounded products have in common
        value = ((value ^ int(np.int64(text[i]))) * PRIME) & LOW_BITS
    return value


@kernel
def field_end(text: Bytes, at: int, delimiter: int) -> int:
    """Where a field without quotes ends."""
    while text[at] != delimiter and text[at] != NEWLINE:
        at += 1
    return at


@kernel
def several(
    text: Bytes, at: int, f: int, roles: Longs, form: Longs, into: Longs
) -> tuple[int, int]:
    """Read numbers side by side, a call for all of them; the field behind, and where it begins."""
    last, point = len(roles) - 1, form[POINT]
    while f <= last and roles[f] < NUMBERS:
        first, value, mark = at, 0, at
        while True:
            digit = int(text[at]) - ZERO
            if 0 <= digit <= 9:
                value = value * 10 + digit
            elif text[at] == point and mark == first and at > first:
                mark = at
            else:
                break
            at += 1
        places, decimals = form[roles[f]], at - mark - 1 if mark > first else 0
        if not swift.fits(at - first, decimals, places):
            return f, swift.NOT
        into[roles[f]] = value * TENS[places - decimals]
        at = behind(text, at, NEWLINE if f == last else form[DELIMITER])
        if at < 0:
            return f, swift.NOT
        f += 1
    return f, at


@kernel
def behind(text: Bytes, at: int, mark: int) -> int:
    """Where the next field begins, or NOT if this one does not end here."""
    if mark == NEWLINE and text[at] == RETURN:
        at += 1
    return at + 1 if text[at] == mark else swift.NOT


@kernel
def quick(text: Bytes, at: int, roles: Longs, form: Longs, into: Longs) -> int:
    """Read a line of the usual form; where the next one begins, or NOT if it is another."""
    last, f = len(roles) - 1, 0
    into[MOMENT] = 0
    while f <= last and at >= 0:
        role, stop = roles[f], at
        if role < NUMBERS:
            f, at = several(text, at, f, roles, form, into)
            continue
        if role < NAME:
            part, stop = quick_time(text, at, role, form[ORDER])
            into[MOMENT] += part
        else:
            stop = field_end(text, at, form[DELIMITER])
            if role < OTHER:
                into[role] = hashed(text, at, stop)
        mark = NEWLINE if f == last else form[DELIMITER]
        at = behind(text, stop, mark) if stop >= 0 else swift.NOT
        f += 1
    return at


@kernel
def quick_time(text: Bytes, at: int, role: int, order: int) -> tuple[int, int]:
    """Nanoseconds of a moment, a day or a clock time of the usual form, and where it ends."""
    if order == EPOCH:
        stop = digits(text, at, at + swift.PAD)[1]
        value = epoch(text, at, stop)
        return value, (stop if value >= 0 else swift.NOT)
    if role == MOMENT:
        seconds, stop = swift.moment(text, at, order)
    elif role == DAY:
        days, stop = swift.day(text, at, order)
        seconds = days * 86_400
    else:
        seconds, stop = swift.clock(text, at)
    return seconds * SECOND, (stop if seconds >= 0 else swift.NOT)


@kernel
def cut(text: Bytes, at: int, high: int, delimiter: int, edges: Longs) -> int:
    """Find where the fields of a line begin; -1 if a quote stays open or stands astray."""
    count, quoted, i = 1, False, at
    edges[0] = at
    while i < high:
        byte = text[i]
        if byte == QUOTE:
            opens = i == edges[min(count, len(edges)) - 1]
            closes = i + 1 == high or text[i + 1] == delimiter or text[i + 1] == RETURN
            if quoted != closes or (not quoted and not opens):
                return -1
            quoted = not quoted
        elif byte == delimiter and not quoted:
            if count < len(edges):
                edges[count] = i + 1
            count += 1
        i += 1
    return -1 if quoted else count


@kernel
def careful_time(text: Bytes, low: int, high: int, role: int, order: int) -> tuple[int, int, int]:
    """Nanoseconds of a field, minutes east of Greenwich, and how the reading went."""
    low, high = trimmed(text, low, high)
    if absent(text, low, high):
        return 0, NAIVE, MISSING
    if role != CLOCK:
        wall, east = moment(text, low, high, order)
        return wall, east, GOOD if wall >= 0 else UNREADABLE
    since, stop = clock(text, low, high)
    east, fits = zone(text, stop, high)
    return since, east, GOOD if fits and since >= 0 else UNREADABLE


@kernel
def careful(text: Bytes, edges: Longs, layout: Layout, out: Columns, row: int) -> int:
    """Read any line; answer with the state of the first field that cannot be used."""
    wall, east, found = 0, NAIVE, GOOD
    for f in range(len(layout.roles)):
        role, low, high, state = layout.roles[f], edges[f], edges[f + 1] - 1, GOOD
        if role < NUMBERS:
            value, state = number(text, low, high, layout.form[role], layout.form[POINT])
            out.numbers[role, row] = value
        elif role < NAME:
            part, zoned, state = careful_time(text, low, high, role, layout.form[ORDER])
            wall, east = (wall + part if state == GOOD and wall >= 0 else -1), max(east, zoned)
        elif role == NAME:
            out.contract[row] = hashed(text, low, high)
        elif role == KIND:
            out.kind[row] = hashed(text, low, high)
        if state != GOOD and found == GOOD:
            out.field[row], found = f, state
    out.wall[row], out.east[row] = wall, east
    return found


@kernel
def blank(text: Bytes, at: int, high: int) -> bool:
    while at < high and text[at] <= SPACE:
        at += 1
    return at == high


@kernel
def keep(into: Longs, out: Columns, row: int) -> None:
    """Put a line that was read quickly into its row."""
    for k in range(NUMBERS):
        out.numbers[k, row] = into[k]
    out.wall[row], out.contract[row], out.state[row] = into[MOMENT], into[NAME], GOOD
    out.kind[row] = into[KIND]


@kernel
def quickly(text: Bytes, at: int, size: int, layout: Layout, out: Columns) -> int:
    """Read the usual lines of a padded text, mark the others; say how many are not blank."""
    row, line = 0, 0
    into = np.zeros(OTHER, np.int64)
    while at < size:
        out.at[row], out.line[row] = at, line
        stop = quick(text, at, layout.roles, layout.form, into)
        if stop >= 0:
            keep(into, out, row)
            row += 1
        else:
            high = field_end(text, at, NEWLINE)
            stop = high + 1
            out.state[row] = UNUSUAL
            row += not blank(text, at, high)
        line, at = line + 1, stop
    return row


@kernel
def carefully(text: Bytes, rows: Longs, layout: Layout, out: Columns) -> None:
    """Read the marked lines field by field."""
    width = len(layout.roles)
    edges = np.zeros(width + 1, np.int64)
    for row in rows:
        at = out.at[row]
        high = field_end(text, at, NEWLINE)
        whole = cut(text, at, high, layout.form[DELIMITER], edges) == width
        edges[width] = high + 1
        out.state[row] = careful(text, edges, layout, out, row) if whole else FIELDS


def scan(text: Bytes, size: int, layout: Layout, out: Columns) -> int:
    """Read all lines of a padded text, each ended by a newline; say how many are not blank."""
    count = int(quickly(text, 0, size, layout, out))
    if count < len(out.state):
        out.state[count:] = GOOD
    unusual = np.flatnonzero(out.state[:count] == UNUSUAL)
    if len(unusual):  # compiled only where it is needed
        carefully(text, unusual, layout, out)
    return count
