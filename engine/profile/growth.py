"""Levels after every bar, kept up to date instead of found anew (docs/profiles.md).

A block is the rows a rule takes at a time; `u(i)` is the smallest of blocks 1..i above the poc and
`d(j)` of blocks 1..j below. With ties up, block i above is taken before block j below exactly when
`u(i) >= d(j)`. So of an area two numbers say whether its order still holds: the smallest block on
either side, against the next block of the other. Lots only come: the smallest stays the smallest
until a bar touches that very block.
"""

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.jit import inlined, lean_kernel
from engine.profile.rules import LOWEST, MID, SYMMETRIC, Law, step_of
from engine.profile.spread import quotient

FIRST = np.iinfo(np.int64).max  # what stands for the smallest of no blocks
NONE, STALE = -5, -9  # no row: of a smallest block that there is not, or that has to be looked for
PAD = 3  # empty rows around the profile: blocks may reach over its edge


class Peak(NamedTuple):
    """The range so far and the poc in it; rows are places on the board."""

    low: int
    high: int
    poc: int
    most: int  # the volume of the poc
    tied: bool


class Side(NamedTuple):
    """How far an area reaches on one side; of its blocks there the smallest, and its first row."""

    edge: int
    least: int
    place: int


class Area(NamedTuple):
    """Both sides, and the volume of their blocks with the poc's."""

    up: Side
    down: Side
    inside: int


class Touched(NamedTuple):
    """The rows a bar touched, the largest of them now, and its lots in the area as it was."""

    first: int
    last: int
    most: int
    inside: int


@inlined
def add_even(board: Longs, first: int, last: int, volume: int, area: Area) -> Touched:
    """Spread a bar evenly over rows of one tick; `left` of them get one lot more."""
    ticks, val, vah = last - first + 1, area.down.edge, area.up.edge
    each = quotient(volume, ticks)
    left = volume - each * ticks
    start, most = first + ((ticks - left) >> 1), 0
    for k in range(first, last + 1):
        lots = board[np.uint64(k)] + each + (np.uint64(k - start) < np.uint64(left))
        board[np.uint64(k)] = lots
        most = max(most, lots)
    inside = each * max(0, min(last, vah) - max(first, val) + 1)
    inside += max(0, min(start + left - 1, vah) - max(start, val) + 1)
    return Touched(first, last, most, inside)


@inlined
def peak_after(board: Longs, touched: Touched, peak: Peak, tie: int) -> Peak:
    """The poc after some rows rose; the others are looked at only for ties."""
    low, high = min(peak.low, touched.first), max(peak.high, touched.last)
    same = low == peak.low and high == peak.high
    if touched.most < peak.most and (same or not peak.tied):
        return Peak(low, high, peak.poc, peak.most, peak.tied)
    most, first, last = peak.most, low, high
    if touched.most > peak.most:
        most, first, last = touched.most, touched.first, touched.last
    poc, least, many = -1, FIRST, 0
    for k in range(first, last + 1):
        if board[np.uint64(k)] == most:
            away = abs(2 * k - low - high) if tie == MID else (k if tie == LOWEST else -k)
            if away < least:
                poc, least = k, away
            many += 1
    return Peak(low, high, poc, most, tied=many > 1)


@inlined
def bare(poc: int, most: int) -> Area:
    """The area of a new poc: nothing but the poc."""
    return Area(Side(poc, FIRST, NONE), Side(poc, FIRST, NONE), most)


@inlined
def risen(area: Area, touched: Touched, step: int) -> Area:
    """The area around the same poc; the smallest block of a side is unknown once it rose."""
    (up, down, inside), reach = area, step - 1
    if touched.first <= up.place + reach and up.place <= touched.last:
        up = Side(up.edge, up.least, STALE)
    if touched.first <= down.place and down.place - reach <= touched.last:
        down = Side(down.edge, down.least, STALE)
    return Area(up, down, inside + touched.inside)


@inlined
def above(board: Longs, row: int, high: int, step: int) -> int:
    """The volume of the block from this row upwards, -1 past the highest row."""
    if row > high:
        return -1
    return int(board[np.uint64(row)] + board[np.uint64(row + 1)] * (step - 1))


@inlined
def below(board: Longs, row: int, low: int, step: int) -> int:
    """The volume of the block from this row downwards, -1 past the lowest row."""
    if row < low:
        return -1
    return int(board[np.uint64(row)] + board[np.uint64(row - 1)] * (step - 1))


@inlined
def earlier(up: int, down: int, law: Law) -> bool:
    """Whether the side above goes first."""
    return up > down or (up == down and law.tie_up)


@inlined
def settle(board: Longs, peak: Peak, area: Area, target: int, law: Law) -> Area:
    """Give up what is out of order or not needed, then take what is missing."""
    if law.rule == SYMMETRIC:
        return rings(board, peak, area, target)
    area = less(board, peak, area, target, law)
    while min(area.up.place, area.down.place) == STALE:
        area = looked(board, peak, area, step_of(law.rule))
        area = less(board, peak, area, target, law)
    return area if area.inside >= target else more(board, peak, area, target, law)


@lean_kernel
def looked(board: Longs, peak: Peak, area: Area, step: int) -> Area:
    """The smallest block of each side that has lost it; of equals the one nearest the poc."""
    up, down, inside = area
    if up.place == STALE:
        up, row = Side(up.edge, FIRST, NONE), peak.poc + 1
        while row <= up.edge:
            lots = above(board, row, peak.high, step)
            if lots < up.least:
                up = Side(up.edge, lots, row)
            row += step
    if down.place == STALE:
        down, row = Side(down.edge, FIRST, NONE), peak.poc - 1
        while row >= down.edge:
            lots = below(board, row, peak.low, step)
            if lots < down.least:
                down = Side(down.edge, lots, row)
            row -= step
    return Area(up, down, inside)


@inlined
def less(board: Longs, peak: Peak, area: Area, target: int, law: Law) -> Area:
    """Give up last blocks that now come after one not taken, or are not needed any more.

    Stops where the smallest block of a side went with them. The last block lies on the side
    whose smallest goes later.
    """
    step, (up, down, inside) = step_of(law.rule), area
    while min(up.place, down.place) > STALE:
        if earlier(up.least, down.least, law):
            last = above(board, down.edge, peak.high, step)
            rival = above(board, up.edge + 1, peak.high, step)
            if inside - last < target and not earlier(rival, down.least, law):
                break
            edge = down.edge + step
            down = Side(edge, down.least, down.place if down.place >= edge else STALE)
        else:
            last = below(board, up.edge, peak.low, step)
            rival = below(board, down.edge - 1, peak.low, step)
            if inside - last < target and earlier(up.least, rival, law):
                break
            edge = up.edge - step
            up = Side(edge, up.least, up.place if up.place <= edge else STALE)
        inside -= last
    return Area(up, down, inside)


@lean_kernel
def more(board: Longs, peak: Peak, area: Area, target: int, law: Law) -> Area:
    """Take the better of the next blocks until the target is reached."""
    step, (up, down, inside) = step_of(law.rule), area
    while inside < target:
        top = above(board, up.edge + 1, peak.high, step)
        bottom = below(board, down.edge - 1, peak.low, step)
        if earlier(top, bottom, law):
            inside += top
            smallest = (top, up.edge + 1) if top < up.least else (up.least, up.place)
            up = Side(up.edge + step, smallest[0], smallest[1])
        else:
            inside += bottom
            smallest = (bottom, down.edge - 1) if bottom < down.least else (down.least, down.place)
            down = Side(down.edge - step, smallest[0], smallest[1])
    return Area(up, down, inside)


@lean_kernel
def rings(board: Longs, peak: Peak, area: Area, target: int) -> Area:
    """The same for the symmetric rule, where a block is a row above and a row below."""
    reach, inside = area.up.edge - peak.poc, area.inside
    while reach > 0 and inside - ring(board, peak, reach) >= target:
        inside -= ring(board, peak, reach)
        reach -= 1
    while inside < target:
        reach += 1
        inside += ring(board, peak, reach)
    up, down = Side(peak.poc + reach, FIRST, NONE), Side(peak.poc - reach, FIRST, NONE)
    return Area(up, down, inside)


@inlined
def ring(board: Longs, peak: Peak, away: int) -> int:
    """The volume of the two rows so far from the poc, where there are any."""
    top, bottom = peak.poc + away, peak.poc - away
    return max(0, above(board, top, peak.high, 1)) + max(0, below(board, bottom, peak.low, 1))
