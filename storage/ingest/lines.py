"""Lines of text into columns of whole numbers, in one pass over the bytes."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.jit import inlined, kernel, lean_kernel
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


@lean_kernel
def hashed(text: Bytes, low: int, high: int) -> int:
    """FNV-1a of a field, so that names need not be read row by row."""
    low, high = trimmed(text, low, high)
    value = BASIS
    for i in range(low, high):
        # cut to 63 bits, which wrapped and unbounded products have in common
        value = ((value ^ int(np.int64(text[i]))) * PRIME) & LOW_BITS
    return value


@inlined
def field_end(text: Bytes, at: int, delimiter: int) -> int:
    """Where a field without quotes ends."""
    while text[at] != delimiter and text[at] != NEWLINE:
        at += 1
    return at


@inlined
def decimal(text: Bytes, at: int, point: int, places: int) -> tuple[int, int]:
    """A number of the usual form in units of 10^-places, and where it ends; NOT: another form."""
    first, mark, value = at, at, 0
    digit = int(text[at]) - ZERO
    while 0 <= digit <= 9:
        value, at = value * 10 + digit, at + 1
        digit = int(text[at]) - ZERO
    if text[at] == point and at > first:
        mark, at = at, at + 1
        digit = int(text[at]) - ZERO
        while 0 <= digit <= 9:
            value, at = value * 10 + digit, at + 1
            digit = int(text[at]) - ZERO
    decimals = at - mark - 1 if mark > first else 0
    usual = swift.fits(at - first, decimals, places)
    return (value * TENS[places - decimals] if usual else 0), (at if usual else swift.NOT)


@inlined
def behind(text: Bytes, at: int, mark: int) -> int:
    """Where the next field begins, or NOT if this one does not end here."""
    if mark == NEWLINE and text[at] == RETURN:
        at += 1
    return at + 1 if text[at] == mark else swift.NOT


@inlined
def quick_time(text: Bytes, at: int, role: int, order: int) -> tuple[int, int]:
    """Nanoseconds of a moment, a day or a clock time of the usual form, and where it ends."""
    if order == EPOCH:
        stop, unit = digits(text, at, at + swift.PAD)[1], 1
        value = epoch(text, at, stop)
    elif role == MOMENT:
        value, stop = swift.moment(text, at, order)
        unit = SECOND
    elif role == DAY:
        value, stop = swift.day(text, at, order)
        unit = 86_400 * SECOND
    else:
        value, stop = swift.clock(text, at)
        unit = SECOND
    return value * unit, (stop if value >= 0 else swift.NOT)


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


@lean_kernel
def word(text: Bytes, at: int, delimiter: int, role: int, out: Columns, row: int) -> int:
    """Keep the hash of a field that names a contract or a kind of row; where it ends."""
    stop = field_end(text, at, delimiter)
    if role == NAME:
        out.contract[row] = hashed(text, at, stop)
    elif role == KIND:
        out.kind[row] = hashed(text, at, stop)
    return stop


@lean_kernel
def quickly(text: Bytes, size: int, layout: Layout, out: Columns) -> int:
    """Read the usual lines of a padded text, mark the others; say how many are not blank.

    One body for the whole of a line, and helpers that end in one place: handing arrays from call
    to call, and counting who holds them, takes as long as reading.
    """
    roles, form, numbers, walls = layout.roles, layout.form, out.numbers, out.wall
    point, order, delimiter = form[POINT], form[ORDER], form[DELIMITER]
    last, row, line, at = len(roles) - 1, 0, 0, 0
    while at < size:
        out.at[row], out.line[row] = at, line
        begin, wall, f = at, 0, 0
        while f <= last and at >= 0:
            role, stop = roles[f], at
            if role < NUMBERS:
                numbers[role, row], stop = decimal(text, at, point, form[role])
            elif role < NAME:
                part, stop = quick_time(text, at, role, order)
                wall += part
            else:
                stop = word(text, at, delimiter, role, out, row)
            mark = NEWLINE if f == last else delimiter
            at = behind(text, stop, mark) if stop >= 0 else swift.NOT
            f += 1
        if at >= 0:
            walls[row], out.state[row] = wall, GOOD
            row += 1
        else:
            high = field_end(text, begin, NEWLINE)
            out.state[row], at = UNUSUAL, high + 1
            row += not blank(text, begin, high)
        line += 1
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
    count = int(quickly(text, size, layout, out))
    if count < len(out.state):
        out.state[count:] = GOOD
    unusual = np.flatnonzero(out.state[:count] == UNUSUAL)
    if len(unusual):  # compiled only where it is needed
        carefully(text, unusual, layout, out)
    return count
