"""High- and low-volume nodes, the shape of a profile, and what its weight says of the close."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.axis import decimal_of, scaled
from engine.core.bars import Longs
from engine.core.columns import Bools, frozen
from engine.core.errors import ParameterError
from engine.core.jit import kernel
from engine.profile.histogram import Profiles
from engine.profile.kernel import Histograms
from engine.profile.rules import MID, most_of, poc_row, target_of, total_of

SHAPES: Final = ("D", "P", "b", "B", "thin")
BALANCED, TOP, BOTTOM, DOUBLE, THIN = range(len(SHAPES))
READINGS: Final = ("balance", "accumulation", "distribution")
BALANCE, ACCUMULATION, DISTRIBUTION = range(len(READINGS))

WIDTH: Final = 5  # rows that are smoothed together
PROMINENCE: Final = "0.20"  # of the highest smoothed row
PARTED = 5_000  # prominence that makes two peaks two distributions, in 1/10^4
FEW = 3  # rows a profile needs to have a shape
HEAVY = 6_000  # of the volume, in 1/10^4, that weighs on one half of the range
LOW: Final = "0.15"  # of the mean volume of a row: below it a zone is one of low volume


class Character(NamedTuple):
    """Shape and reading of each profile, as places in `SHAPES` and `READINGS`; high nodes."""

    shape: Longs
    reading: Longs
    nodes: Longs


def nodes(made: Profiles, *, width: int = WIDTH, prominence: Any = PROMINENCE) -> pl.DataFrame:
    """One line a node: session, `hvn` or `lvn`, its tick, its smoothed volume, its prominence."""
    if width < 1 or width % 2 == 0:
        raise ParameterError(f"smoothing takes an odd number of rows, not {width}")
    share, lines = scaled(share_of(prominence, "a prominence")), []
    for e in range(len(made)):
        floor, rows = made.at(e)
        even = smooth(rows, width)
        for k, kind, height in zip(*found_nodes(even, share), strict=True):
            tick = (floor + int(k)) * made.row + (made.row - 1) // 2
            line = (
                int(made.session[e]),
                ("lvn", "hvn")[int(kind)],
                tick,
                int(even[k]),
                int(height),
            )
            lines.append(line)
    columns = ("session", "node", "tick", "smoothed", "prominence")
    kinds = (pl.Int64, pl.String, pl.Int64, pl.Int64, pl.Int64)
    return pl.DataFrame(lines, dict(zip(columns, kinds, strict=True)), orient="row")


def low_zones(made: Profiles, *, share: Any = LOW) -> pl.DataFrame:
    """One line a zone of neighbouring rows below a share of the mean volume of a row."""
    part, lines = scaled(share_of(share, "a share")), []
    for e in range(len(made)):
        floor, rows = made.at(e)
        mean = rows.sum() / len(rows)
        for first, stop in zip(*zones(rows, part), strict=True):
            lots = rows[first:stop].mean()
            low, high = (floor + int(first)) * made.row, (floor + int(stop)) * made.row - 1
            about = (float(lots), float(100 * lots / mean), high - low + 1)
            lines.append((int(made.session[e]), low, high, *about))
    columns = ("session", "low", "high", "mean_volume", "percent_of_mean", "width")
    kinds = (pl.Int64, pl.Int64, pl.Int64, pl.Float64, pl.Float64, pl.Int64)
    return pl.DataFrame(lines, dict(zip(columns, kinds, strict=True)), orient="row")


def share_of(value: Any, name: str) -> Any:
    """A decimal above 0 and at most 1."""
    share = decimal_of(value)
    if not 0 < share <= 1:
        raise ParameterError(f"{name} lies above 0 and at most at 1, not {share}")
    return share


def characters(made: Histograms, row: int, close: Longs) -> Character:
    """Shape and reading of every profile in which something was traded; zero where not."""
    out = Character(*np.zeros((3, len(made.floor)), np.int64))
    character_all(made, row, close, out)
    for array in out:
        frozen(array)
    return out


def found_nodes(even: Longs, share: int) -> tuple[Longs, Bools, Longs]:
    """Rows of the nodes from the bottom up, which of them are high, and their prominence."""
    row, height = peaks(even, share)
    valley = valleys(even, row)
    depth = np.minimum(even[row[:-1]], even[row[1:]]) - even[valley] if len(row) else valley
    order = np.argsort(np.concatenate((row, valley)), kind="stable")
    high = np.arange(len(order)) < len(row)
    return (
        np.concatenate((row, valley))[order],
        high[order],
        np.concatenate((height, depth))[order],
    )


@kernel
def smooth(rows: Longs, width: int) -> Longs:
    """Sums of `width` neighbours, nothing beyond the edges."""
    out, half = np.zeros(len(rows), np.int64), width // 2
    inside = total_of(rows[: half + 1])
    for k in range(len(rows)):
        out[k] = inside
        if k + half + 1 < len(rows):
            inside += rows[k + half + 1]
        if k >= half:
            inside -= rows[k - half]
    return out


@kernel
def peaks(even: Longs, share: int) -> tuple[Longs, Longs]:
    """Rows higher than their surroundings by a share of the highest, and by how much they are.

    A run of equal rows is one peak at its middle, the lower of two.
    """
    row, height = np.empty(len(even), np.int64), np.empty(len(even), np.int64)
    many, first, least = 0, 0, target_of(most_of(even), share)
    for k in range(len(even)):
        if k > 0 and even[k] != even[k - 1]:
            first = k
        ends = k == len(even) - 1 or even[k + 1] < even[k]
        rises = first == 0 or even[first - 1] < even[k]
        if ends and rises and even[k] > 0:
            above = even[k] - base_of(even, first, k)
            if above >= least:
                row[many], height[many] = (first + k) // 2, above
                many += 1
    return row[:many].copy(), height[:many].copy()


@kernel
def base_of(even: Longs, first: int, last: int) -> int:
    """The higher of the two lowest rows on the ways to higher ground; of equals the lower wins."""
    top, left, right = even[first], even[first], even[last]
    k = first - 1
    while k >= 0 and even[k] < top:
        left = min(left, even[k])
        k -= 1
    left = left if k >= 0 else 0
    k = last + 1
    while k < len(even) and even[k] <= top:
        right = min(right, even[k])
        k += 1
    return int(max(left, right if k < len(even) else 0))


@kernel
def valleys(even: Longs, row: Longs) -> Longs:
    """The lowest row between each two peaks, nearest the middle between them, then lower."""
    out = np.empty(max(len(row) - 1, 0), np.int64)
    for j in range(len(out)):
        best = row[j] + 1
        for k in range(row[j] + 1, row[j + 1]):
            nearer = abs(2 * k - row[j] - row[j + 1]) < abs(2 * best - row[j] - row[j + 1])
            if even[k] < even[best] or (even[k] == even[best] and nearer):
                best = k
        out[j] = best
    return out


@kernel
def zones(rows: Longs, share: int) -> tuple[Longs, Longs]:
    """Where runs of rows below a share of the mean begin and end."""
    first, stop = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    many, inside = 0, False
    least = -(-target_of(total_of(rows), share) // len(rows))  # the first volume that is not below
    for k in range(len(rows)):
        low = rows[k] < least
        if low and not inside:
            first[many] = k
            many += 1
        if low:
            stop[many - 1] = k + 1
        inside = low
    return first[:many].copy(), stop[:many].copy()


@kernel
def character_all(made: Histograms, row: int, close: Longs, out: Character) -> None:
    """Shape and reading of every profile that holds anything."""
    for e in range(len(made.floor)):
        rows = made.volume[made.offset[e] : made.offset[e + 1]]
        if total_of(rows) > 0:
            even = smooth(rows, (len(rows) // 10) | 1)
            out.nodes[e] = len(peaks(even, PARTED)[0])
            out.shape[e] = shape_of(rows, even, out.nodes[e])
            out.reading[e] = reading_of(rows, close[e] // row - made.floor[e])


@kernel
def shape_of(rows: Longs, even: Longs, many: int) -> int:
    """Thin, two distributions, or where in its range the poc lies."""
    count, width = len(rows), (len(rows) // 10) | 1
    if count < FEW:
        return BALANCED
    poc = 2 * poc_row(rows, MID) + 1  # twice the middle of the row
    total = total_of(rows)
    mean, rest = total // (2 * count), total % (2 * count)
    if most_of(even) <= 3 * width * mean + 3 * width * rest // (2 * count):
        return THIN
    if many > 1:
        return DOUBLE
    if 3 * poc >= 4 * count:
        return TOP
    return BOTTOM if 3 * poc <= 2 * count else BALANCED


@kernel
def reading_of(rows: Longs, close: int) -> int:
    """Six tenths of the volume in the half that the close has left, or in balance."""
    count, total = len(rows), total_of(rows)
    below, above = total_of(rows[: count // 2]), total_of(rows[(count + 1) // 2 :])
    heavy = target_of(total, HEAVY)
    if below >= heavy and 2 * close + 1 >= count:
        return ACCUMULATION
    if above >= heavy and 2 * close + 1 <= count:
        return DISTRIBUTION
    return BALANCE
