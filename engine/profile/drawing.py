"""What a profile chart draws, as small frames: bars of the histogram, level lines, steps."""

from __future__ import annotations

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.profile.developing import Developing
from engine.profile.histogram import Profiles
from engine.profile.kernel import Levels

LINES = ("poc", "vah", "val")


def histogram_bars(bars: Bars, made: Profiles, found: Levels) -> pl.DataFrame:
    """One line a row that holds anything: its prices, lots, length beside the longest, its part.

    The part is `poc`, `value` or `outside`; `begin` and `end` are the session's, for its place
    beside the candles.
    """
    frame = made.frame()
    owner = np.repeat(np.arange(len(made)), np.diff(made.arrays.offset))
    tick, there = frame["tick"].to_numpy(), found.present[owner]
    top = tick + made.row - 1
    inside = there & (tick >= found.val[owner]) & (top <= found.vah[owner])
    middle = there & (tick <= found.poc[owner]) & (found.poc[owner] <= top)
    longest = pl.col("volume").max().over("session").clip(lower_bound=1)
    part = np.select([middle, inside], ["poc", "value"], "outside")
    return (
        frame.with_columns(
            *moments(bars, made.session[owner]),
            low=prices(bars, tick),
            high=prices(bars, top),
            part=pl.Series(part),
            length=pl.col("volume") / longest,
        )
        .filter(pl.col("volume") > 0)
        .select("session", "begin", "end", "low", "high", "volume", "length", "part")
    )


def level_lines(bars: Bars, made: Profiles, found: Levels) -> pl.DataFrame:
    """One line a level of a session: its name, its price, and from when to when it is drawn."""
    kept = np.flatnonzero(found.present)
    frames = [
        pl.DataFrame({"session": made.session[kept]}).with_columns(
            *moments(bars, made.session[kept]),
            level=pl.lit(name),
            price=prices(bars, getattr(found, name)[kept]),
        )
        for name in LINES
    ]
    return pl.concat(frames).sort("session", maintain_order=True)


def developing_steps(bars: Bars, found: Developing) -> pl.DataFrame:
    """One line where a developing level appears, moves or ends: the bar's open, level, price.

    Drawn as steps this is the whole line; a null price is where it ends.
    """
    frames = []
    for name, level in zip(LINES, found, strict=True):
        values, there = level.dense()
        moved = np.diff(values, prepend=0) != 0
        changed = (np.diff(there, prepend=False) | (there & moved)) if len(there) else there
        rows = np.flatnonzero(changed)
        price = pl.select(pl.when(pl.Series(there[rows])).then(prices(bars, values[rows])))
        frames.append(
            pl.DataFrame({"ts": stamps(bars.time[rows])}).with_columns(
                level=pl.lit(name), price=price.to_series()
            )
        )
    return pl.concat(frames)


def prices(bars: Bars, ticks: Longs) -> pl.Series:
    """Ticks as the numbers nearest to their prices."""
    up, down = bars.instrument.tick.as_integer_ratio()
    return pl.Series("price", ticks * up / down)


def moments(bars: Bars, session: Longs) -> tuple[pl.Series, pl.Series]:
    """When sessions begin and end."""
    table = bars.sessions
    return stamps(table.start[session], "begin"), stamps(table.stop[session], "end")


def stamps(time: Longs, name: str = "ts") -> pl.Series:
    return pl.Series(name, time).cast(pl.Datetime("ns", "UTC"))
