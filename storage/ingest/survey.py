"""The first pass over the files: rows are set aside by month, and what betrays a clock is noted."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.errors import DataError
from engine.core.zone import MINUTE
from storage.ingest.aside import Aside
from storage.ingest.batch import Batch, rejected
from storage.ingest.lost import Lost
from storage.ingest.moments import NAIVE
from storage.ingest.spool import Spool
from storage.judge.clock import Edges, edges_of
from storage.judge.disorder import misplaced
from storage.judge.kinds import KINDS, REASONS
from storage.judge.pulse import Pulse
from storage.judge.report import EXAMPLES, Found

Longs = npt.NDArray[np.int64]

FILE_SHIFT: Final = 40  # a row of a file as one number: file, then row
SHOWN: Final = 12  # steps between bars looked at when their length is guessed
STEPS_KEPT: Final = 2_000_000
LOOKED: Final = 7  # rows of a long batch of which one is held against the hours
LONG: Final = 10_000
ENOUGH: Final = 100_000  # of those: a file that long has pauses
UNKNOWN: Final = 0


class Survey:
    """All rows of an import that can be read, and what was seen on the way."""

    def __init__(self, scratch: Path) -> None:
        self.spool = Spool(scratch, "raw")
        self.labels: list[str] = []
        self.zoned: list[bool | None] = []
        self.rows = 0
        self.ticks = False  # whether a row is a trade
        self.earliest = 0  # stamp
        self.names: dict[int, str] = {}
        self.aside = Aside(scratch)
        self.found: list[Found] = []
        self.steps: Counter[int] = Counter()
        self.edges: list[tuple[int, Edges]] = []
        self.kept_steps = 0
        self.some: list[tuple[int, Longs]] = []  # stamps, by file
        self.looked = 0
        self.pulse = Pulse()
        self.last: dict[int, int] = {}  # the latest stamp of each contract
        self.end: int | None = None  # the last stamp of all
        self.newest_first = False
        self.lost: list[Lost] = []  # when the rows kept out would have been, by file

    def begin(self, label: str, *, ticks: bool = False) -> None:
        """A new file: its clock and its order are its own."""
        if self.labels and ticks != self.ticks:
            raise DataError(
                f"{label} holds {'trades' if ticks else 'bars'} and {self.labels[0]} does not; "
                "import them apart"
            )
        self.ticks = ticks
        self.labels.append(label)
        self.zoned.append(None)
        self.lost.append(Lost())
        self.last, self.end = {}, None
        self.newest_first = False

    def where(self, key: int) -> str:
        """File and row of a row's number."""
        return f"{self.labels[key >> FILE_SHIFT]}:{key & ((1 << FILE_SHIFT) - 1)}"

    @property
    def minutes(self) -> int:
        """The commonest step between two bars, in minutes; 0 if there is none."""
        if self.ticks:
            return 1
        whole = Counter({s // MINUTE: n for s, n in self.steps.items() if s % MINUTE == 0})
        return whole.most_common(1)[0][0] if whole else UNKNOWN

    def add(self, batch: Batch) -> None:
        """Take in a batch: bad rows aside with their reasons, good ones into the spool."""
        self.rows += len(batch.row)
        bad = batch.code > 0
        if bad.any():
            self.aside.add(rejected(batch, self.labels[-1], REASONS))
            self.found += reasons(batch, bad, self.labels[-1])
            if not self.ticks:
                self.lost[-1].add(walls(batch, bad & (batch.wall > 0)))
            batch = only(batch, ~bad)
        if not len(batch.row):
            return
        key = batch.row + ((len(self.labels) - 1) << FILE_SHIFT)
        stamp = self.stamps(batch)
        contract = self.contracts(batch)
        self.watch(stamp, batch.volume, contract, key)
        prices = batch.prices.astype(np.int32)
        columns = dict(zip(("open", "high", "low", "close"), prices, strict=True))
        frame = pl.DataFrame({"stamp": stamp, **columns, "volume": batch.volume})
        frame = frame.with_columns(contract=contract, key=key)
        low = int(stamp.min())
        self.earliest = min(self.earliest or low, low)
        set_aside(self.spool, stamp, frame, "D" if self.ticks else "M")

    def stamps(self, batch: Batch) -> Longs:
        """Stamps as they stand, or UTC where they name their zone; a file does one or the other."""
        east = batch.east
        naive = east == NAIVE
        zoned = self.zoned[-1]
        if zoned is None:
            self.zoned[-1] = zoned = not naive[0]
        wrong = np.flatnonzero(naive == zoned)
        if len(wrong):
            row = int(batch.row[wrong[0]])
            raise DataError(
                f"{self.labels[-1]}: row {row}: times with and without a zone are mixed"
            )
        wall: Longs = batch.wall
        return wall - east.astype(np.int64) * MINUTE if zoned else wall

    def contracts(self, batch: Batch) -> npt.NDArray[np.int16]:
        """Small codes for the contracts of the rows, names noted at first sight."""
        hashes = batch.contract
        if not hashes.any():
            self.names.setdefault(0, "")
        if len(self.names) == 1 and (hashes == next(iter(self.names))).all():
            return np.zeros(len(hashes), np.int16)
        values, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        for value, at in zip(values.tolist(), first.tolist(), strict=True):
            if value not in self.names:
                self.names[value] = batch.name(at) if value else ""
        known = list(self.names)
        codes = np.array([known.index(value) for value in values.tolist()], np.int16)
        return codes[inverse]

    def watch(self, stamp: Longs, volume: Longs, contract: Any, key: Longs) -> None:
        """What a batch tells of the clock, of the length of bars and of their order."""
        some = first_of_minutes(stamp) if self.ticks else slice(None)
        self.pace(stamp[some], key[some])
        self.look(stamp[:: LOOKED if len(stamp) > LONG else 1])
        self.pulse.add(stamp, volume)
        self.disorder(stamp, contract, key)
        self.holes(stamp[some], key[some])

    def look(self, stamp: Longs) -> None:
        """Keep some of the stamps of a short file."""
        if self.looked < ENOUGH:
            self.some.append((len(self.labels) - 1, stamp))
            self.looked += len(stamp)

    def pace(self, stamp: Longs, key: Longs) -> None:
        """Steps between rows, and whether they run from the newest to the oldest."""
        if len(self.steps) >= SHOWN:
            return
        step = np.diff(stamp)
        others, first = step[step != 0], int(step[0]) if len(step) else 0
        if first > 0:  # counted apart: most steps are alike, and sorting them takes long
            others = others[others != first]
            self.steps[first] += int(np.count_nonzero(step == first))
        values, counts = np.unique(np.abs(others), return_counts=True)
        order = np.argsort(-counts)[:SHOWN]
        self.steps.update(dict(zip(values[order].tolist(), counts[order].tolist(), strict=True)))
        self.newest_first = bool(len(step) and (step < 0).mean() > 0.5)
        if self.newest_first:
            place = (self.where(int(key[0])),)
            self.found.append(Found("newest_first", 1, len(stamp), place))

    def holes(self, stamp: Longs, key: Longs) -> None:
        """Keep every step of another length than a bar, joined to the batch before."""
        if self.newest_first:
            stamp, key = stamp[::-1], key[::-1]
        elif self.end is not None:
            stamp = np.concatenate(([self.end], stamp))
            key = np.concatenate((key[:1] - 1, key))
        self.end = int(stamp[-1])
        found = edges_of(stamp, key, max(self.minutes, 1))
        if self.kept_steps + len(found.row) <= STEPS_KEPT:
            self.edges.append((len(self.labels) - 1, found))
            self.kept_steps += len(found.row)

    def disorder(self, stamp: Longs, contract: Any, key: Longs) -> None:
        """Rows behind later ones of their contract; they are stored in their place."""
        sign = -1 if self.newest_first else 1
        if len(self.names) == 1:
            self.note_order(0, sign * stamp if self.newest_first else stamp, key)
            return
        for code in np.unique(contract).tolist():
            mine = contract == code
            self.note_order(code, sign * stamp[mine], key[mine])

    def note_order(self, code: int, stamp: Longs, key: Longs) -> None:
        before = self.last.get(code)
        if before is not None and stamp[0] < before:
            late = np.flatnonzero(stamp < before)
            rest = np.flatnonzero(stamp >= before)
            rows = np.sort(np.concatenate((late, rest[misplaced(stamp[rest])])))
        else:
            rows = misplaced(stamp)
        self.last[code] = max(int(stamp.max()), before if before is not None else int(stamp[0]))
        if len(rows):
            places = tuple(self.where(int(k)) for k in key[rows[:EXAMPLES]])
            self.found.append(Found("out_of_order", len(rows), len(rows), places))


def reasons(batch: Batch, bad: npt.NDArray[np.bool_], label: str) -> list[Found]:
    """Why the bad rows of a batch are kept out, each reason with its first places."""
    found = []
    for code in np.unique(batch.code[bad]).tolist():
        rows = np.flatnonzero(batch.code == code)
        places = []
        for row in rows[:EXAMPLES].tolist():
            field = int(batch.field[row])
            column = f" ({batch.columns[field]})" if field >= 0 else ""
            places.append(f"{label}:{batch.row[row]}{column}")
        kind = KINDS[REASONS[code - 1]].name
        fits = batch.fits() if kind == "off_tick" else None
        detail = f"all prices would lie on a grid of {fits:f}" if fits else ""
        found.append(Found(kind, len(rows), len(rows), tuple(places), detail))
    return found


def only(batch: Batch, good: npt.NDArray[np.bool_]) -> Batch:
    """The rows of a batch that can be used."""
    rows = np.flatnonzero(good)
    return batch._replace(
        row=batch.row[good],
        wall=batch.wall[good],
        east=batch.east[good],
        prices=batch.prices[:, good],
        volume=batch.volume[good],
        contract=batch.contract[good],
        name=lambda row: batch.name(int(rows[row])),
    )


def walls(batch: Batch, some: npt.NDArray[np.bool_]) -> Longs:
    """The stamps of some rows, in UTC where they name their zone."""
    east = batch.east[some]
    return batch.wall[some] - np.where(east == NAIVE, 0, east).astype(np.int64) * MINUTE


def set_aside(spool: Spool, stamp: Longs, frame: pl.DataFrame, unit: str) -> None:
    """Rows of bars by month, those of trades by day: more of them is too much at once."""
    period = f"datetime64[{unit}]"
    ends = (int(stamp.min()), int(stamp.max()))
    low, high = (int(np.datetime64(at, "ns").astype(period).astype(np.int64)) for at in ends)
    starts = np.arange(low + 1, high + 1).astype(period).astype("datetime64[ns]").astype(np.int64)
    if (stamp[1:] >= stamp[:-1]).all():
        cuts = [0, *np.searchsorted(stamp, starts).tolist(), len(stamp)]
        for key, (first, stop) in enumerate(pairwise(cuts), low):
            spool.add(key, frame[first:stop])
        return
    place = np.searchsorted(starts, stamp, side="right")
    for at in np.unique(place).tolist():
        spool.add(low + at, frame.filter(place == at))


def first_of_minutes(stamp: Longs) -> npt.NDArray[np.intp]:
    """The rows at which another minute begins."""
    return np.flatnonzero(np.diff(stamp // MINUTE, prepend=stamp[:1] // MINUTE - 1))


def year_of(stamp: int) -> int:
    return int(np.datetime64(stamp, "ns").astype("datetime64[Y]").astype(np.int64)) + 1970
