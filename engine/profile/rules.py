"""The levels of one profile: each rule a function of its rows (docs/profiles.md)."""

from typing import NamedTuple

from engine.core.bars import Longs
from engine.core.falling import falling
from engine.core.jit import kernel

PAIRS, SINGLE, SYMMETRIC, GREEDY, SMOOTHED, CLUSTERED, PADDED = 0, 1, 2, 3, 4, 5, 6
MID, LOWEST, HIGHEST = 0, 1, 2
WHOLE = 10_000  # the scale of fractions
CLUSTER = 3  # rows a cluster has at least


class Law(NamedTuple):
    """A rule as a kernel reads it; the fraction in 1/10^4."""

    rule: int
    fraction: int
    tie_up: bool
    poc_tie: int


class Rows(NamedTuple):
    """Levels as rows of their profile, counted from its lowest."""

    poc: int
    val: int
    vah: int


@kernel
def levels(rows: Longs, law: Law, spare: Longs | None) -> Rows:
    """poc, val and vah of a profile in which something traded; GREEDY and later want spare rows."""
    if spare is None:
        return near_levels(rows, law)
    if law.rule >= SMOOTHED:
        return smoothed_levels(rows, law, spare[: len(rows)])
    return greedy_levels(rows, law) if law.rule == GREEDY else near_levels(rows, law)


@kernel
def near_levels(rows: Longs, law: Law) -> Rows:
    """Those of rules that count outward from the poc."""
    poc = poc_row(rows, law.poc_tie)
    target = target_of(total_of(rows), law.fraction)
    if law.rule == SYMMETRIC:
        val, vah = symmetric(rows, poc, target)
    else:
        val, vah = grown(rows, poc, target, step_of(law.rule), law.tie_up)
    return Rows(poc, val, vah)


@kernel
def total_of(rows: Longs) -> int:
    """The lots of some rows."""
    total = 0
    for lots in rows:
        total += lots
    return total


@kernel
def most_of(rows: Longs) -> int:
    """The lots of the row that has most."""
    most = rows[0]
    for lots in rows:
        most = max(most, lots)
    return int(most)


@kernel
def step_of(rule: int) -> int:
    """Rows taken at a time."""
    return 2 if rule == PAIRS else 1


@kernel
def target_of(total: int, fraction: int) -> int:
    """The least whole volume that is at least the fraction, with no product that could wrap."""
    many, rest = total // WHOLE, total % WHOLE
    return fraction * many + (fraction * rest + WHOLE - 1) // WHOLE


@kernel
def poc_row(rows: Longs, tie: int) -> int:
    """The row with the most volume."""
    most = most_of(rows)
    last = len(rows) - 1
    best, nearest = -1, 2 * last + 1
    for k in range(last + 1):
        if rows[k] == most:
            away = abs(2 * k - last) if tie == MID else (k if tie == LOWEST else last - k)
            if away < nearest:
                best, nearest = k, away
    return best


@kernel
def grown(rows: Longs, poc: int, target: int, step: int, tie_up: bool) -> tuple[int, int]:  # noqa: FBT001 - kernels take no keywords
    """From the poc outward, the better `step` rows at a time."""
    val = vah = poc
    inside, last = rows[poc], len(rows) - 1
    while inside < target:
        top, bottom = min(vah + step, last), max(val - step, 0)
        above = total_of(rows[vah + 1 : top + 1]) if top > vah else -1
        below = total_of(rows[bottom:val]) if bottom < val else -1
        if above > below or (above == below and tie_up):
            vah, inside = top, inside + above
        else:
            val, inside = bottom, inside + below
    return val, vah


@kernel
def symmetric(rows: Longs, poc: int, target: int) -> tuple[int, int]:
    """One row on each side together."""
    val = vah = poc
    inside, last = rows[poc], len(rows) - 1
    while inside < target:
        if vah < last:
            vah += 1
            inside += rows[vah]
        if val > 0:
            val -= 1
            inside += rows[val]
    return val, vah


@kernel
def greedy_levels(rows: Longs, law: Law) -> Rows:
    """The largest rows wherever they are; the ends of what was taken."""
    target = target_of(total_of(rows), law.fraction)
    order = falling(rows)
    val = vah = int(order[0])
    inside, k = rows[val], 1
    while inside < target:
        row = int(order[k])
        val, vah, inside, k = min(val, row), max(vah, row), inside + rows[row], k + 1
    return Rows(poc_row(rows, law.poc_tie), val, vah)


@kernel
def smoothed_levels(rows: Longs, law: Law, even: Longs) -> Rows:
    """S1's levels of the smoothed profile, held three times as large to stay whole."""
    smooth(rows, law.rule == PADDED, even)
    poc = poc_row(even, LOWEST)
    val, vah = grown(even, poc, target_of(total_of(even), law.fraction), 1, law.tie_up)
    return Rows(poc if law.rule == SMOOTHED else cluster_row(even, poc), val, vah)


@kernel
def smooth(rows: Longs, padded: bool, out: Longs) -> None:  # noqa: FBT001 - kernels take no keywords
    """Sums of three neighbours; the edges three times the raw volume, or with zero beyond."""
    last = len(rows) - 1
    for k in range(last + 1):
        out[k] = 3 * rows[k]
        inner = 0 < k < last
        if inner or padded:
            below = rows[k - 1] if k > 0 else 0
            above = rows[k + 1] if k < last else 0
            out[k] = below + rows[k] + above


@kernel
def cluster_row(even: Longs, poc: int) -> int:
    """The weighted centre of the rows from the 95th percentile up; `poc` where they are few."""
    last = len(even) - 1
    order = falling(even)
    at, part = 95 * last // 100, 95 * last % 100
    after = even[order[max(last - at - 1, 0)]]
    threshold = even[order[last - at]] * (100 - part) + after * part
    many = moment = volume = 0
    for k in range(len(even)):
        if even[k] * 100 >= threshold:
            many, moment, volume = many + 1, moment + k * even[k], volume + even[k]
    if many < CLUSTER:
        return poc
    return -((volume - 2 * moment) // (2 * volume))  # halves go down
