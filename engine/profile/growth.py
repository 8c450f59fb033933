"""Levels after every bar, kept up to date instead of found anew (docs/profiles.md).

A block is the rows a rule takes at a time; `u(i)` is the smallest of blocks 1..i above the poc and
`d(j)` of blocks 1..j below. With ties up, block i above is taken before block j below exactly when
`u(i) >= d(j)`: so a state (blocks above, blocks below) can be checked, and repaired at its ends.

A board is one array and its state a few numbers, because each array met in a call costs a count.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.jit import kernel
from engine.profile.rules import LOWEST, MID, SYMMETRIC, Law, step_of
from engine.profile.spread import quotient

FIRST = np.iinfo(np.int64).max  # what stands before the first block
ROWS, UP, DOWN, SHARE = 0, 1, 2, 3  # of a board: volumes, smallest blocks each way, one bar

Board = npt.NDArray[np.int64]


class Peak(NamedTuple):
    """The range so far and the poc in it; rows are places on the board."""

    low: int
    high: int
    poc: int
    most: int  # the volume of the poc
    tied: bool


class Area(NamedTuple):
    """Blocks taken above and below the poc, and their volume with the poc's."""

    up: int
    down: int
    inside: int


class Within(NamedTuple):
    """The lowest and the highest row of an area."""

    val: int
    vah: int


class Touched(NamedTuple):
    """The rows a bar touched, the largest of them now, and its lots in the area as it was."""

    first: int
    last: int
    most: int
    inside: int


@kernel
def add_even(board: Board, first: int, last: int, volume: int, area: Within) -> Touched:
    """Spread a bar evenly over rows of one tick."""
    ticks = last - first + 1
    each = quotient(volume, ticks)
    left = volume - each * ticks
    start = first + ((ticks - left) >> 1)
    stop, most = start + left, 0
    for k in range(np.uint64(first), np.uint64(last + 1)):
        lots = board[ROWS, k] + each + (start <= np.int64(k) < stop)
        board[ROWS, k] = lots
        most = max(most, lots)
    inside = each * max(0, min(last, area.vah) - max(first, area.val) + 1)
    inside += max(0, min(stop - 1, area.vah) - max(start, area.val) + 1)
    return Touched(first, last, most, inside)


@kernel
def peak_after(board: Board, touched: Touched, peak: Peak, tie: int) -> Peak:
    """The poc after some rows rose; the others are looked at only for ties."""
    low, high = min(peak.low, touched.first), max(peak.high, touched.last)
    most = touched.most
    if most < peak.most:
        same = low == peak.low and high == peak.high
        if same or not peak.tied:
            return Peak(low, high, peak.poc, peak.most, peak.tied)
        most = peak.most
    elif most > peak.most:
        place = place_of(board, touched.first, most)
        if alone(board, place + 1, touched.last, most):
            return Peak(low, high, place, most, tied=False)
    poc = nearest(board, low, high, most, tie)
    tied = not alone(board, place_of(board, low, most) + 1, high, most)
    return Peak(low, high, poc, most, tied=tied)


@kernel
def place_of(board: Board, first: int, most: int) -> int:
    """The lowest row, from `first` on, that holds this volume."""
    place = first
    while board[ROWS, place] != most:
        place += 1
    return place


@kernel
def alone(board: Board, first: int, last: int, most: int) -> bool:
    """Whether none of these rows holds this volume."""
    many = 0
    for k in range(np.uint64(first), np.uint64(last + 1)):
        many += board[ROWS, k] == most
    return many == 0


@kernel
def nearest(board: Board, low: int, high: int, most: int, tie: int) -> int:
    """Of the rows that hold this volume the one the tie rule names."""
    best, least = -1, FIRST
    for k in range(low, high + 1):
        if board[ROWS, k] == most:
            away = abs(2 * k - low - high) if tie == MID else (k if tie == LOWEST else -k)
            if away < least:
                best, least = k, away
    return best


@kernel
def area_after(
    board: Board, touched: Touched, peak: Peak, area: Area, target: int, law: Law
) -> Area:
    """The area around the same poc after some rows rose."""
    area = Area(area.up, area.down, area.inside + touched.inside)
    if law.rule == SYMMETRIC:
        return settle_rings(board, peak, area, target)
    lower_up(board, touched, peak, area, step_of(law.rule))
    lower_down(board, touched, peak, area, step_of(law.rule))
    return settle(board, peak, area, target, law)


@kernel
def above(board: Board, peak: Peak, block: int, step: int) -> int:
    """The volume of a block above the poc, -1 past the highest row."""
    row = peak.poc + (block - 1) * step + 1
    if row > peak.high:
        return -1
    return int(board[ROWS, row] + (board[ROWS, row + 1] if step > 1 else 0))


@kernel
def below(board: Board, peak: Peak, block: int, step: int) -> int:
    """The volume of a block below the poc, -1 past the lowest row."""
    row = peak.poc - (block - 1) * step - 1
    if row < peak.low:
        return -1
    return int(board[ROWS, row] + (board[ROWS, row - 1] if step > 1 else 0))


@kernel
def block_of(away: int, step: int) -> int:
    """The block, counted from 1, that holds the row so far from the poc; steps are 1 or 2."""
    return ((away - 1) >> (step - 1)) + 1


@kernel
def lower_up(board: Board, touched: Touched, peak: Peak, area: Area, step: int) -> None:
    """The smallest blocks above where rows rose, and on until they are what they were."""
    near, far = max(touched.first - peak.poc, 1), touched.last - peak.poc
    start, changed = block_of(near, step), block_of(far, step)
    if far < near or start > area.up:
        return
    least = board[UP, start - 1]
    for block in range(start, area.up + 1):
        least = min(least, above(board, peak, block, step))
        if block > changed and least == board[UP, block]:
            return
        board[UP, block] = least


@kernel
def lower_down(board: Board, touched: Touched, peak: Peak, area: Area, step: int) -> None:
    """The same below."""
    near, far = max(peak.poc - touched.last, 1), peak.poc - touched.first
    start, changed = block_of(near, step), block_of(far, step)
    if far < near or start > area.down:
        return
    least = board[DOWN, start - 1]
    for block in range(start, area.down + 1):
        least = min(least, below(board, peak, block, step))
        if block > changed and least == board[DOWN, block]:
            return
        board[DOWN, block] = least


@kernel
def settle(board: Board, peak: Peak, area: Area, target: int, law: Law) -> Area:
    """Give up what is out of order, then what is not needed, then take what is missing."""
    area = in_order(board, peak, area, law)
    while area.up + area.down > 0:
        less = without_last(board, peak, area, law)
        if less.inside < target:
            break
        area = less
    while area.inside < target:
        area = with_next(board, peak, area, law)
    return area


@kernel
def earlier(up: int, down: int, law: Law) -> bool:
    """Whether the side above goes first."""
    return up > down or (up == down and law.tie_up)


@kernel
def in_order(board: Board, peak: Peak, area: Area, law: Law) -> Area:
    """Give up blocks that now come after one not taken on the other side."""
    step, (up, down, inside) = step_of(law.rule), area
    head = min(board[DOWN, down], below(board, peak, down + 1, step))
    while up > 0 and not earlier(board[UP, up], head, law):
        inside -= above(board, peak, up, step)
        up -= 1
    head = min(board[UP, up], above(board, peak, up + 1, step))
    while down > 0 and earlier(head, board[DOWN, down], law):
        inside -= below(board, peak, down, step)
        down -= 1
    return Area(up, down, inside)


@kernel
def without_last(board: Board, peak: Peak, area: Area, law: Law) -> Area:
    """The area before its last block was taken."""
    step = step_of(law.rule)
    if earlier(board[UP, area.up], board[DOWN, area.down], law):
        less = below(board, peak, area.down, step)
        return Area(area.up, area.down - 1, area.inside - less)
    less = above(board, peak, area.up, step)
    return Area(area.up - 1, area.down, area.inside - less)


@kernel
def with_next(board: Board, peak: Peak, area: Area, law: Law) -> Area:
    """The area with the better of the next blocks."""
    step, (up, down, inside) = step_of(law.rule), area
    top = above(board, peak, up + 1, step)
    bottom = below(board, peak, down + 1, step)
    if earlier(top, bottom, law):
        board[UP, up + 1] = min(board[UP, up], top)
        return Area(up + 1, down, inside + top)
    board[DOWN, down + 1] = min(board[DOWN, down], bottom)
    return Area(up, down + 1, inside + bottom)


@kernel
def settle_rings(board: Board, peak: Peak, area: Area, target: int) -> Area:
    """The same for the symmetric rule, where a block is a row above and a row below."""
    reach, inside = area.up, area.inside
    while reach > 0 and inside - ring(board, peak, reach) >= target:
        inside -= ring(board, peak, reach)
        reach -= 1
    while inside < target:
        reach += 1
        inside += ring(board, peak, reach)
    return Area(reach, reach, inside)


@kernel
def ring(board: Board, peak: Peak, away: int) -> int:
    """The volume of the two rows so far from the poc, where there are any."""
    top, bottom = peak.poc + away, peak.poc - away
    above_it = board[ROWS, top] if top <= peak.high else 0
    return above_it + (board[ROWS, bottom] if bottom >= peak.low else 0)
