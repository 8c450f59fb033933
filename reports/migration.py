"""Value from session to session: its migration with its regression, gaps and how they fill."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.bars import Bars
from engine.features.gaps import fill_curve, gaps_of
from engine.features.migration import poc_trend
from engine.profile.drawing import prices
from engine.profile.histogram import profiles
from engine.profile.migration import migrations
from reports.exhibit import (
    ACCENT,
    GAIN,
    INK,
    LOSS,
    Exhibit,
    bars_of,
    between,
    dots,
    line,
    titled,
)

SHOWN: Final = 250  # gaps: about a year
DRAWN: Final = 125  # sessions of value: more of them, and the area is thinner than its line
TREND: Final = 20  # sessions of the regression
MOVE: Final = 4  # ticks that make a migration, or a gap
FILLED: Final = (5, 15, 30, 60, 120, 240, 405)  # minutes of the session


def value_exhibits(bars: Bars) -> list[Exhibit]:
    """Figures over the last sessions of some bars; none where no session has levels."""
    made = (migration(bars), gaps(bars), fills(bars))
    return [one for one in made if one is not None]


def value_rows(bars: Bars) -> pl.DataFrame:
    """poc, vah and val of every session that has them, in ticks."""
    made = profiles(bars, segment="rth")
    found = made.levels()
    dates = bars.sessions.date[made.session]
    rows = {"trade_date": pl.Series(dates).cast(pl.Date), "session": made.session}
    levels = {name: getattr(found, name) for name in ("poc", "vah", "val")}
    return pl.DataFrame(rows | levels).filter(pl.Series(found.present))


def migration(bars: Bars) -> Exhibit | None:
    """The poc in its value area, moves of it, and the line through the last of them."""
    rows = value_rows(bars)
    if rows.is_empty():
        return None
    moved = migrations(rows, least=MOVE).select("trade_date", "move", "direction")
    rows = rows.join(moved, on="trade_date", how="left").tail(DRAWN)
    priced = {name: prices(bars, rows[name].to_numpy()) for name in ("poc", "vah", "val")}
    rows = rows.with_columns(**priced)
    x = rows["trade_date"]
    traces = [*between("value area", x, rows["val"], rows["vah"]), line("POC", x, rows["poc"], INK)]
    for name, way, colour in (("up", 1, GAIN), ("down", -1, LOSS)):
        some = rows.filter(pl.col("direction") == way)
        look = {"symbol": f"triangle-{name}", "size": 6, "color": colour}
        drawn = dots(f"moved {name}", some["trade_date"], some["poc"], colour)
        traces.append(drawn | {"marker": look})
    fitted, said = regression(bars, rows)
    says = (
        f"Point of control and value area of regular hours; triangles are moves of {MOVE} ticks or "
        f"more. {said}"
    )
    layout = titled("", "", height=420)
    return Exhibit("migration", "Migration of value", says, rows, [*traces, *fitted], layout)


def regression(bars: Bars, rows: pl.DataFrame) -> tuple[list[dict[str, Any]], str]:
    """The line the engine fits to the pocs before the last session, and what it is worth."""
    before = rows.filter(pl.col("session") < int(bars.session[-1])).tail(TREND)
    trend, at = poc_trend(bars, sessions=TREND), np.array([len(bars) - 1])
    slope, there = trend.slope.at(at)
    if before.height < TREND or not there[0]:
        return [], f"Fewer than {TREND} sessions: no line is fitted."
    poc, place = before["poc"].to_numpy(), np.arange(TREND)
    step = float(slope[0]) * float(bars.instrument.tick)
    fitted = poc.mean() + step * (place - place.mean())
    drawn = line(f"line through {TREND}", before["trade_date"], pl.Series(fitted), ACCENT)
    r2, chance = float(trend.r2.at(at)[0][0]), float(trend.walk_p.at(at)[0][0])
    said = (
        f"The line through the {TREND} sessions before the last moves {float(slope[0]):+.2f} ticks "
        f"a session, R2 {r2:.2f}; {chance:.0%} of driftless walks fit a line as well."
    )
    return [drawn | {"line": {"color": ACCENT, "width": 2.4}}], said


def gap_rows(bars: Bars) -> pl.DataFrame:
    """Gap at the open of each session in ticks, and the share of it filled by the close."""
    size, fill = gaps_of(bars, FILLED[-1], "rth")
    known = np.flatnonzero(np.isfinite(size))
    dates = pl.Series(bars.sessions.date[known]).cast(pl.Date)
    rows = pl.DataFrame({"trade_date": dates, "gap": size[known], "filled": fill[known]})
    return rows.filter(pl.col("gap") != 0)


def gaps(bars: Bars) -> Exhibit | None:
    """Every gap of the last sessions: filled by the close, or not."""
    rows = gap_rows(bars).tail(SHOWN)
    if rows.is_empty():
        return None
    whole = pl.col("filled") >= 1
    traces = []
    for name, kept, colour in (("filled", whole, GAIN), ("left open", ~whole, LOSS)):
        some = rows.filter(kept)
        traces.append(bars_of(name, some["trade_date"], some["gap"], colour))
    share = rows.select(whole.mean()).item()
    says = f"{share:.0%} of {rows.height} gaps were filled before the regular close."
    layout = titled("", "ticks")
    return Exhibit("gaps", "Gaps at the open", says, rows, traces, layout)


def fills(bars: Bars) -> Exhibit | None:
    """How soon gaps fill."""
    shares = fill_curve(bars, least=MOVE, minutes=FILLED)
    if np.isnan(shares).any():
        return None
    rows = pl.DataFrame({"minutes": FILLED, "filled": shares})
    drawn = line("filled", rows["minutes"], rows["filled"], ACCENT, mode="lines+markers")
    says = f"Share of all gaps of {MOVE} ticks or more filled so many minutes after the open."
    layout = titled("minutes after the open", "share", showlegend=False)
    layout["yaxis"] |= {"range": [0, 1], "tickformat": ".0%"}
    return Exhibit("fills", "How soon gaps fill", says, rows, [drawn], layout)
