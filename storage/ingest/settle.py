"""From stamps to bars: UTC opens, trade dates, one row a minute; what does not fit is kept out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.instrument import Instrument
from engine.core.session import Sessions
from engine.core.zone import MINUTE
from storage.ingest.batch import QUARANTINE
from storage.ingest.clocks import Clocks
from storage.ingest.moments import NAIVE
from storage.ingest.order import REFUSE
from storage.ingest.survey import FILE_SHIFT
from storage.ingest.walls import from_local, utc_of
from storage.judge.hours import known, session_of
from storage.judge.kinds import CODES, REASONS
from storage.judge.report import EXAMPLES, Found
from storage.judge.rows import first

Longs = npt.NDArray[np.int64]
PRICES: Final = ("open", "high", "low", "close")
VALUES: Final = (*PRICES, "volume")
AT_ONCE: Final = 100_000  # rows explained at a time


class Context(NamedTuple):
    """What the rows of an import are settled with."""

    instrument: Instrument
    sessions: Sessions
    clocks: Clocks
    zoned: tuple[bool, ...]  # by file
    contracts: tuple[str | None, ...]  # in order of their codes
    renamed: npt.NDArray[np.int16]  # from the codes of the files to those
    where: Callable[[int], str]
    ticks: bool = False  # whether a row is a trade


class Settled(NamedTuple):
    """Rows that stay, rows that are kept out, and why."""

    frame: pl.DataFrame
    out: pl.DataFrame
    reasons: npt.NDArray[np.uint8]  # of the rows kept out
    found: tuple[Found, ...]


def timed(frame: pl.DataFrame, context: Context) -> Settled:
    """Rows with the UTC open of their bar and its trade date."""
    time, skipped = opens(frame, context)
    code = np.zeros(len(time), np.uint8)
    first(code, "no_such_time", skipped)
    if not context.ticks:
        first(code, "off_minute", time % MINUTE != 0)
    first(code, "unknown_hours", ~known(context.sessions, time))
    session = sessions_of(context.sessions, time)
    first(code, "outside", session < 0)
    days = context.sessions.date.astype(np.int32)[np.maximum(session, 0)]
    contract = context.renamed[frame["contract"].to_numpy()]
    kept = [frame[name] for name in (*VALUES, "key")]
    made = {"ts": time, "day": days, "session": session, "contract": contract}
    full = pl.DataFrame([*kept, *(pl.Series(name, values) for name, values in made.items())])
    return parted(full, code, context)


def opens(frame: pl.DataFrame, context: Context) -> tuple[Longs, npt.NDArray[np.bool_]]:
    """When the bars of some rows open, in UTC ns, and which stamps no clock ever showed."""
    stamps = frame["stamp"].to_numpy()
    if not any(context.zoned):
        utc, skipped = from_local(stamps, context.clocks.zone)
    else:
        zoned = np.array(context.zoned)[frame["key"].to_numpy() >> FILE_SHIFT]
        east = np.where(zoned, 0, NAIVE).astype(np.int32)
        utc, skipped = utc_of(stamps, east, context.clocks.zone)
    return utc - context.clocks.late * MINUTE, skipped


def sessions_of(sessions: Sessions, time: Longs) -> npt.NDArray[np.int32]:
    """The session of each of some times in any order, at no cost for those in order."""
    if ascending(time):
        return session_of(sessions, time)
    order = np.argsort(time, kind="stable")
    session = np.empty(len(time), np.int32)
    session[order] = session_of(sessions, time[order])
    return session


def ascending(time: Longs) -> bool:
    return bool((time[1:] >= time[:-1]).all())


def parted(frame: pl.DataFrame, code: npt.NDArray[np.uint8], context: Context) -> Settled:
    """Cut off the rows that have a reason."""
    bad = code > 0
    if not bad.any():
        return Settled(frame, frame.clear(), code[:0], ())
    out = frame.filter(bad)
    reasons, keys = code[bad], out["key"].to_numpy()
    found = []
    for value in np.unique(reasons).tolist():
        rows = np.flatnonzero(reasons == value)
        places = tuple(context.where(int(k)) for k in keys[rows[:EXAMPLES]])
        found.append(Found(REASONS[value - 1], len(rows), len(rows), places))
    return Settled(frame.filter(~bad), out, reasons, tuple(found))


def quarantined(settled: Settled, context: Context) -> Iterator[pl.DataFrame]:
    """The rows kept out as the quarantine keeps them, so many at a time as memory may hold."""
    for low in range(0, len(settled.out), AT_ONCE):
        part = slice(low, low + AT_ONCE)
        yield explained(settled.out[part], settled.reasons[part], context)


def explained(out: pl.DataFrame, reasons: npt.NDArray[np.uint8], context: Context) -> pl.DataFrame:
    """Rows with file, row and reason, in prices and quantities."""
    it = context.instrument
    labels = [context.where(int(key)).rpartition(":") for key in out["key"]]
    names = [context.contracts[code] for code in out["contract"]]
    values = {name: decimals(out[name], it.tick) for name in PRICES}
    return pl.DataFrame(
        {
            "file": [label for label, _, _ in labels],
            "row": [int(row) for _, _, row in labels],
            "reason": [REASONS[code - 1] for code in reasons.tolist()],
            "column": pl.Series([None] * len(out), dtype=pl.String),
            "text": pl.Series([None] * len(out), dtype=pl.String),
            "ts": out["ts"].cast(pl.Datetime("ns", "UTC")),
            **values,
            "volume": decimals(out["volume"], it.lot),
            "contract": pl.Series(names, dtype=pl.String),
        },
        schema_overrides=QUARANTINE,
    )


def decimals(steps: pl.Series, step: Decimal) -> pl.Series:
    """Whole steps as the decimals they stand for."""
    up, down = step.as_integer_ratio()
    return (steps.cast(pl.Float64) * float(up)) / float(down)


def one_a_minute(frame: pl.DataFrame, context: Context, policy: str) -> Settled:
    """Rows of one contract in order of time, one for each minute, under the policy."""
    time = frame["ts"].to_numpy()
    if not ascending(time):
        frame = frame.sort("ts", maintain_order=True)
        time = frame["ts"].to_numpy()
    same = time[1:] == time[:-1]
    if not same.any():
        return Settled(frame, frame.clear(), np.zeros(0, np.uint8), ())
    group = np.cumsum(np.concatenate(([True], ~same))) - 1
    code = np.zeros(len(frame), np.uint8)
    twins = np.concatenate(([False], same))
    if policy == REFUSE:
        differing = contradicting(frame, twins, group)
        code[twins] = CODES["duplicate"]
        code[differing] = CODES["contradiction"]
    elif policy == "last":
        code[:-1][same] = CODES["duplicate"]
    else:
        code[twins] = CODES["duplicate"]
    if policy == "aggregate":
        frame = merged(frame, group)
    return parted(frame, code, context)


def contradicting(
    frame: pl.DataFrame, twins: npt.NDArray[np.bool_], group: Longs
) -> npt.NDArray[np.bool_]:
    """Rows of every group whose rows are not all alike."""
    rows = np.flatnonzero(twins)
    differ = np.zeros(len(rows), np.bool_)
    for name in VALUES:
        values = frame[name].to_numpy()
        differ |= values[rows] != values[rows - 1]
    return np.asarray(np.isin(group, np.unique(group[rows[differ]])))


def merged(frame: pl.DataFrame, group: Longs) -> pl.DataFrame:
    """Each first row of a group with the first open, the extremes, last close, whole volume."""
    over = "group"
    return (
        frame.with_columns(group=group)
        .with_columns(
            pl.col("high").max().over(over),
            pl.col("low").min().over(over),
            pl.col("close").last().over(over),
            pl.col("volume").sum().over(over),
        )
        .drop(over)
    )
