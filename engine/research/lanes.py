"""Play on ends known beforehand: who is taken, and what the cells of the ledger add up to."""

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.core.jit import kernel
from engine.core.setups import Floats
from engine.fills.fast.codes import DROPPED, end_bar, end_net, in_doubt, waited_to
from engine.fills.kernel import Bytes

SLIVER = 2.5e-5  # of a money unit: lifts exact halves over the rounding of the product, never more


class Rows(NamedTuple):
    """The setups of a structure as lanes read them."""

    bar: Longs
    side: Bytes
    session: Longs


class Lane(NamedTuple):
    """The setups that pass a set of gates and can be filled, in order, cut by session and cell."""

    row: Longs  # of the setups
    bar: Longs  # of the fill
    first: Longs  # by session that has any, and one more: its first of them
    day: Longs  # by session that has any: its place among those played
    session: Longs  # by cell, and one more: its first of those sessions
    most: int  # fills a session; 0: no limit
    cooldown: int  # bars from an exit to the next setup


class Kept(NamedTuple):
    """How far a lane was filled."""

    setups: int
    sessions: int


class Until(NamedTuple):
    """By setup: where it ends unless a target comes first, and a money unit in 1/10,000 R."""

    code: Longs
    worth: Floats


class Fall(NamedTuple):
    """The drawdown of the running net inside a cell, as three numbers that merge."""

    peak: int
    trough: int
    fall: int


@kernel
def gather(rows: Rows, passed: Bools, usable: Bools, lane: Lane) -> Kept:
    """Fill a lane with what can be filled of the setups that pass; `session` is left by setup."""
    kept, k = Kept(0, 0), 0
    while k < len(rows.bar):
        stop, mixed = side_by_side(rows, passed, k)
        for j in range(k, stop):
            if passed[j] and usable[j] and not mixed:
                kept = put(rows, j, lane, kept)
        k = stop
    lane.first[kept.sessions] = kept.setups
    return kept


@kernel
def side_by_side(rows: Rows, passed: Bools, k: int) -> tuple[int, bool]:
    """F03: the end of the rows that share a bar, and whether both sides are among those kept."""
    stop, longs, shorts = k, False, False
    while stop < len(rows.bar) and rows.bar[stop] == rows.bar[k]:
        longs |= passed[stop] and rows.side[stop] > 0
        shorts |= passed[stop] and rows.side[stop] < 0
        stop += 1
    return stop, longs and shorts


@kernel
def put(rows: Rows, k: int, lane: Lane, kept: Kept) -> Kept:
    """Append one setup, and its session when it is the first of it."""
    setups, sessions = kept
    if sessions == 0 or lane.session[sessions - 1] != rows.session[k]:
        lane.first[sessions], lane.session[sessions] = setups, rows.session[k]
        sessions += 1
    lane.row[setups], lane.bar[setups] = k, rows.bar[k] + 1
    return Kept(setups + 1, sessions)


@kernel
def lacking(lane: Lane, until: Until, target: Longs) -> int:
    """How many setups of a lane lack their stop or this target."""
    count = 0
    for row in lane.row:
        count += min(until.code[row], target[row]) == DROPPED
    return count


@kernel
def play_lane(
    lane: Lane, until: Until, targets: Longs, pairs: Longs, ledger: Longs, days: Longs
) -> None:
    """Play one stop against targets: each pair is a row of targets and one of the ledger."""
    for p in range(len(pairs)):
        target, row = targets[pairs[p, 0]], pairs[p, 1]
        play_cells(lane, until, target, ledger[row], days[row])


@kernel
def play_cells(lane: Lane, until: Until, target: Longs, cells: Longs, days: Longs) -> None:
    """F09, F10, F47: one combination's setups in order; its sums stay in registers, cell by cell.

    `days` takes the net of each session, unless it has no room for any.
    """
    for cell in range(len(cells)):
        n = doubts = wins = losses = gained = net = sum_r = traded = squares = 0
        fall = Fall(0, 0, 0)
        for session in range(lane.session[cell], lane.session[cell + 1]):
            trades, earned, free = n, net, -1
            for k in range(lane.first[session], lane.first[session + 1]):
                if lane.bar[k] <= free:
                    continue
                row = lane.row[k]
                end, reached = until.code[row], target[row]
                code = min(end, reached)
                if code < 0:
                    free = waited_to(code, free)
                    continue
                free, money = end_bar(code) + lane.cooldown, end_net(code)
                n, net = n + 1, net + money
                doubts += in_doubt(end, reached)
                wins, losses = wins + (money > 0), losses + (money < 0)
                gained += max(money, 0)
                sum_r += in_r(money, until.worth[row])
                fall = fallen(fall, net)
                if n - trades == lane.most:
                    break
            traded += n > trades
            squares += (net - earned) ** 2
            if len(days):
                days[lane.day[session]] = net - earned
        write(cells[cell], (n, doubts, wins, losses, gained, net, sum_r, traded, squares), fall)


@kernel
def fallen(fall: Fall, net: int) -> Fall:
    """The running net's highest, its lowest, and its deepest fall from the highest."""
    peak = max(fall.peak, net)
    return Fall(peak, min(fall.trough, net), max(fall.fall, peak - net))


@kernel
def in_r(net: int, worth: float) -> int:
    """`floor(net * R_SCALE / staked + 1/2)` exactly, of `worth = R_SCALE / staked`."""
    return int(np.floor((net + SLIVER) * worth + 0.5))


@kernel
def write(row: Longs, sums: tuple[int, ...], fall: Fall) -> None:
    """A row of the ledger, in the order of its fields."""
    n, doubts, wins, losses, gained, net, sum_r, traded, squares = sums
    row[0], row[1], row[2], row[3] = n, doubts, wins, losses
    row[4], row[5], row[6] = gained, gained - net, net
    row[7], row[8], row[9] = sum_r, traded, squares
    row[10], row[11], row[12] = fall.peak, fall.trough, fall.fall
