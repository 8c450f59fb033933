"""The clock detective: pauses in a file held against the pauses of its calendar.

A market that shuts leaves a hole of a known length at a known hour. The shift that lays most holes
of a file upon those of the calendar is how far its stamps are off, and where another shift begins
to hold is where the clock was changed. Stamps of a right clock never lie inside a pause, so one
shift cannot pass for another; a market that never shuts tells nothing, and neither does a short
file.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.session import Sessions
from engine.core.zone import MINUTE

Longs = npt.NDArray[np.int64]

SHORTEST: Final = 30  # minutes of a pause that tells the hour
FARTHEST: Final = 20 * 60  # minutes: Sydney and Los Angeles, in their summers and winters
ENOUGH: Final = 4  # pauses that must agree
SHARE: Final = 0.2  # of the calendar's pauses that must be found in the file
STATES: Final = 16  # shifts considered at once
CLOSE: Final = 10  # minutes of bars that may be missing beside a jump
CHANGE: Final = 1.5  # pauses a change of the clock must explain, each way
SPLIT: Final = 0.5  # the same where a pause begins by one clock and ends by the other


class Edges(NamedTuple):
    """Steps in a file, in its own order: the bar ahead, the one behind, and its row."""

    before: Longs  # ns of the bar's stamp
    after: Longs
    row: Longs


class Stretch(NamedTuple):
    """Rows from one on whose stamps are so many minutes late."""

    row: int
    minutes: int


class Verdict(NamedTuple):
    """What the pauses say: nothing, or by how much the stamps are late from which row on."""

    tells: bool
    stretches: tuple[Stretch, ...]
    matched: int  # pauses of the file that lie on pauses of the calendar
    pauses: int  # pauses of the calendar in the time of the file

    @property
    def fits(self) -> bool:
        return self.tells and all(stretch.minutes == 0 for stretch in self.stretches)


class Course(NamedTuple):
    """The shifts considered, which holes each of them fits, and the one that holds at each."""

    states: list[int]
    fit: npt.NDArray[np.bool_]
    path: npt.NDArray[np.intp]


class Pauses(NamedTuple):
    """When the market shuts and opens again."""

    shut: Longs
    opens: Longs


def edges_of(time: Longs, row: Longs, minutes: int) -> Edges:
    """Every step of another length than a bar, of stamps in file order."""
    step = np.diff(time)
    at = np.flatnonzero((step != minutes * MINUTE) & (step != 0))
    return Edges(time[at], time[at + 1], row[at + 1])


def pauses_of(sessions: Sessions) -> Pauses:
    """Every pause of a calendar that is long enough to tell the hour."""
    shut, opens = sessions.span_stop[:-1], sessions.span_start[1:]
    long = opens - shut >= SHORTEST * MINUTE
    return Pauses(shut[long], opens[long])


def regular_pauses(sessions: Sessions) -> Pauses:
    """The nights between the regular hours, for files that hold nothing else."""
    held = sessions.rth_stop > sessions.rth_start
    return Pauses(sessions.rth_stop[held][:-1], sessions.rth_start[held][1:])


def judge_clock(edges: Edges, sessions: Sessions, minutes: int) -> Verdict:
    """Hold the holes against the pauses, or against the nights between regular hours."""
    full = laid(edges, pauses_of(sessions), minutes)
    if full.tells:
        return full
    regular = laid(edges, regular_pauses(sessions), minutes)
    return regular if regular.tells else full


def laid(steps: Edges, pauses: Pauses, minutes: int) -> Verdict:
    """The verdict of the holes among the steps of a file."""
    long = steps.after - steps.before >= SHORTEST * MINUTE
    edges = Edges(*(column[long] for column in steps))
    if len(edges.row) == 0 or len(pauses.shut) == 0:
        return Verdict(tells=False, stretches=(), matched=0, pauses=0)
    shifts, which = matches(edges, pauses, minutes)
    states = likely(shifts)
    fit = np.zeros((len(states), len(edges.row)), np.bool_)
    for state, shift in enumerate(states):
        fit[state, which[shifts == shift]] = True
    some = np.asarray(fit.any(axis=0))
    inside, matched = pauses_beside(edges, some, pauses), int(some.sum())
    if matched < max(ENOUGH, SHARE * inside):
        return Verdict(tells=False, stretches=(), matched=matched, pauses=inside)
    path = cheapest(fit, splits(edges, pauses, states, minutes))
    best = int(fit[path, np.arange(len(path))].sum())
    course = Course(states, fit, path)
    found = stretches((steps, np.flatnonzero(long)), pauses, course, minutes)
    enough = best >= max(ENOUGH, SHARE * inside)
    return Verdict(tells=enough, stretches=found, matched=best, pauses=inside)


def pauses_beside(edges: Edges, some: npt.NDArray[np.bool_], pauses: Pauses) -> int:
    """Pauses of the calendar from the first to the last hole that fits one."""
    if not some.any():
        return 0
    first, last = edges.before[some].min(), edges.after[some].max()
    around = FARTHEST * MINUTE
    return int(np.sum((pauses.shut >= first - around) & (pauses.opens <= last + around)))


def matches(edges: Edges, pauses: Pauses, minutes: int) -> tuple[Longs, Longs]:
    """Every shift that lays a hole on a pause of its length, and the hole."""
    ends = edges.before + minutes * MINUTE
    far = FARTHEST * MINUTE
    low = np.searchsorted(pauses.shut, ends - far)
    high = np.searchsorted(pauses.shut, ends + far, side="right")
    counts = high - low
    hole = np.repeat(np.arange(len(ends)), counts)
    pause = np.arange(len(hole)) - np.repeat(np.cumsum(counts) - counts - low, counts)
    shift = ends[hole] - pauses.shut[pause]
    same = (shift == edges.after[hole] - pauses.opens[pause]) & (shift % MINUTE == 0)
    return shift[same] // MINUTE, hole[same]


def likely(shifts: Longs) -> list[int]:
    """The shifts that most holes agree on; of two alike the smaller."""
    values, counts = np.unique(shifts, return_counts=True)
    order = sorted(range(len(values)), key=lambda k: (-counts[k], abs(values[k]), values[k]))
    return [int(values[k]) for k in order[:STATES] if counts[k] >= 2]


def splits(
    edges: Edges, pauses: Pauses, states: list[int], minutes: int
) -> dict[int, list[tuple[int, int]]]:
    """Holes that begin by one shift and end by another: the pause in which a clock was changed."""
    shifts = np.array(states, np.int64)[:, None] * MINUTE
    begins = at_pause(pauses.shut, edges.before + minutes * MINUTE - shifts)
    ends = at_pause(pauses.opens, edges.after - shifts)
    far = np.abs(shifts - shifts.T) >= SHORTEST * MINUTE
    both = (begins[:, None] == ends[None]) & (begins >= 0)[:, None] & far[..., None]
    found: dict[int, list[tuple[int, int]]] = {}
    for old, new, hole in zip(*(axis.tolist() for axis in both.nonzero()), strict=True):
        found.setdefault(hole, []).append((old, new))
    return found


def at_pause(ordered: Longs, values: Longs) -> Longs:
    """Which pause begins or ends at a moment, -1: none."""
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(np.where(ordered[at] == values, at, -1))


def cheapest(
    fit: npt.NDArray[np.bool_], split: dict[int, list[tuple[int, int]]]
) -> npt.NDArray[np.intp]:
    """The shift that holds at each hole: few misfits, few changes (Viterbi)."""
    states, holes = fit.shape
    cost, came = np.where(fit[:, 0], 0.0, 1.0), np.zeros((states, holes), np.intp)
    for hole in range(1, holes):
        best = int(np.argmin(cost))
        change = cost[best] + CHANGE < cost
        came[:, hole] = np.where(change, best, np.arange(states))
        ahead, cost = cost, np.where(change, cost[best] + CHANGE, cost) + ~fit[:, hole]
        for old, new in split.get(hole, ()):
            if ahead[old] + SPLIT < cost[new]:
                cost[new], came[new, hole] = ahead[old] + SPLIT, old
    path = np.zeros(holes, np.intp)
    path[-1] = int(np.argmin(cost))
    for hole in range(holes - 1, 0, -1):
        path[hole - 1] = came[path[hole], hole]
    return path


def stretches(
    edges: tuple[Edges, npt.NDArray[np.intp]], pauses: Pauses, course: Course, minutes: int
) -> tuple[Stretch, ...]:
    """Where each shift begins to hold, to the row where the file shows it."""
    steps, long = edges
    states, fit, path = course
    found = [Stretch(0, states[path[0]])]
    for turn in (np.flatnonzero(np.diff(path)) + 1).tolist():
        old, new = path[turn - 1], path[turn]
        last = np.flatnonzero(fit[old, :turn])[-1:]  # the last hole that surely is of the old one
        first = turn + int(np.argmax(fit[new, turn:]))
        start, stop = long[last[0] if len(last) else 0], long[first]
        near = Edges(*(column[start : stop + 1] for column in steps))
        change = states[old], states[new]
        found.append(Stretch(turning(near, pauses, change, minutes), states[new]))
    return tuple(found)


def turning(near: Edges, pauses: Pauses, change: tuple[int, int], minutes: int) -> int:
    """The row at which one shift gives way to another: a pause, or a jump by their difference."""
    (old, new), before = change, near.before + minutes * MINUTE
    left, right = before - old * MINUTE, near.after - new * MINUTE
    begins, ends = at_pause(pauses.shut, left), at_pause(pauses.opens, right)
    regular = (begins >= 0) & (at_pause(pauses.opens, near.after - old * MINUTE) == begins)
    over = np.abs(near.after - before - (new - old) * MINUTE)
    exact, close = over == 0, (over <= CLOSE * MINUTE) & (abs(new - old) >= SHORTEST)
    about = (nearby(pauses.shut, left, -1) == nearby(pauses.opens, right, 1)) & ~regular
    gone = vanished(near, pauses, change, minutes)
    for told in ((begins >= 0) & (begins == ends), exact & ~regular, close & ~regular):
        if told.any():
            return int(near.row[np.argmax(told)])
    if gone is not None:
        return gone
    return int(near.row[np.argmax(about)]) if about.any() else int(near.row[-1])


def nearby(ordered: Longs, values: Longs, way: int) -> Longs:
    """The pause some missing bars behind (-1) or ahead of (1) a moment; or a sign of none."""
    ahead = np.searchsorted(ordered, values, side="right") - 1
    at = ahead if way > 0 else np.searchsorted(ordered, values)
    at = np.clip(at, 0, len(ordered) - 1)
    far = (values - ordered[at]) * way
    return np.asarray(np.where((far >= 0) & (far <= CLOSE * MINUTE), at, way - 2))


def vanished(near: Edges, pauses: Pauses, change: tuple[int, int], minutes: int) -> int | None:
    """The row where a pause should begin by the old clock, and a new one as much early hides it."""
    old, new = change
    hidden = pauses.opens - pauses.shut == (old - new) * MINUTE
    shut = pauses.shut[hidden] + old * MINUTE
    for after, row, last in zip(near.after, near.row, near.before[1:], strict=False):
        inside = shut[(shut > after) & (shut <= last)]
        if len(inside):
            return int(row + (inside[0] - after) // (minutes * MINUTE))
    return None
