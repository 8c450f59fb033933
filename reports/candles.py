"""Trades drawn on their candles, with the value they were taken in."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.zone import local_ns
from engine.profile.developing import developing_levels
from engine.profile.histogram import profiles
from engine.profile.sessions import prior_levels
from reports.clock import zone_of
from reports.exhibit import ACCENT, GAIN, INK, LOSS, QUIET, SECOND, Exhibit, Trace, values
from reports.findings import Report

EXTREMES, TEN = 3, 10  # largest gains and losses; the latest fill up the ten
BEFORE, AFTER = 60, 30  # bars drawn around a trade
MOST: Final = 1_500  # bars of one picture
ROOM: Final = 0.12  # of the span of prices, left above and below
PRIOR: Final = (
    ("vah", "prior VAH", "dot"),
    ("poc", "prior POC", "solid"),
    ("val", "prior VAL", "dot"),
)


class Place(NamedTuple):
    """The bars of one picture, and the trade in it."""

    bars: Bars
    first: int
    stop: int
    trade: dict[str, Any]

    @property
    def ended(self) -> bool:
        """Whether the exit lies in the picture."""
        return bool(self.trade["exit_bar"] < self.stop)

    def price(self, ticks: Any) -> Any:
        return ticks * float(self.bars.instrument.tick)

    def clock(self, row: int) -> str:
        return str(self.clocks()[row - self.first])

    def clocks(self) -> list[str]:
        time = local_ns(self.bars.time[self.first : self.stop], zone_of(self.bars))
        return pl.Series(time).cast(pl.Datetime("ns")).dt.strftime("%Y-%m-%dT%H:%M").to_list()


def ten(report: Report) -> pl.DataFrame:
    """The largest gains, the largest losses, and the latest trades; each once, by time."""
    rows = report.tables["trades"].filter(pl.col("scope") == "oos").with_row_index("row")
    ordered = rows.sort("net", "row")
    picked = [*ordered["row"].head(EXTREMES), *ordered["row"].tail(EXTREMES)]
    latest = rows.filter(~pl.col("row").is_in(picked)).sort("exit_ts", "row")["row"]
    picked += list(latest.tail(TEN - len(set(picked))))
    return rows.filter(pl.col("row").is_in(picked)).sort("entry_ts", "row")


def candle_exhibits(report: Report, bars: Bars) -> list[Exhibit]:
    """One picture a trade."""
    return [picture(report, place(bars, trade)) for trade in ten(report).iter_rows(named=True)]


def place(bars: Bars, trade: dict[str, Any]) -> Place:
    """Some bars before the entry and after the exit, inside the sessions of both."""
    begin, end = (bars.session[trade[name]] for name in ("entry_bar", "exit_bar"))
    low = int(np.searchsorted(bars.session, begin, side="left"))
    high = int(np.searchsorted(bars.session, end, side="right"))
    first = max(low, trade["entry_bar"] - BEFORE)
    stop = min(high, trade["exit_bar"] + AFTER, first + MOST)
    return Place(bars, first, stop, trade)


def picture(report: Report, at: Place) -> Exhibit:
    """Candles, levels, volume at price until the entry, and the trade itself."""
    trade, rows = at.trade, candles(at)
    side = "long" if trade["side"] > 0 else "short"
    net = report.money(trade["net"])
    title = (
        f"{trade['trade_date']} {side}, {trade['reason']}: {net:,.2f} {report.facts['currency']}"
    )
    traces = [candle_trace(rows), *developing_lines(at, rows), *prior_lines(at, rows)]
    histogram = volume_so_far(at)
    if histogram is not None:
        traces.append(histogram)
    traces += [path(at), *limits(at)]
    says = (
        f"Setup {trade['setup']} of combination {trade['combination']}, {trade['bars_held']} bars, "
        f"fees {report.money(trade['fees']):,.2f}, slippage {report.money(trade['slippage']):,.2f}."
        f"{'' if at.ended else f' The exit lies beyond these {MOST:,} bars.'}"
    )
    layout = {
        "xaxis": {"rangeslider": {"visible": False}, "domain": [0, 0.86]},
        "xaxis2": {"domain": [0.87, 1], "showticklabels": False, "showgrid": False},
        "yaxis": {"range": reach(rows, prices_of(at))},
        "height": 420,
    }
    return Exhibit(f"trade-{trade['row']}", title, says, rows, traces, layout)


def prices_of(at: Place) -> list[float]:
    """The prices of the trade itself."""
    names = ("entry", "stop", "target") + ("exit",) * at.ended
    return [at.price(float(at.trade[name])) for name in names if at.trade[name] is not None]


def reach(rows: pl.DataFrame, further: list[float]) -> list[float]:
    """The prices to be seen at first: a level far away does not flatten the candles."""
    low, high = (np.array([*rows[name], *further]) for name in ("low", "high"))
    room = ROOM * float(high.max() - low.min())
    return [float(low.min()) - room, float(high.max()) + room]


def candles(at: Place) -> pl.DataFrame:
    """The bars of the picture in prices."""
    part = slice(at.first, at.stop)
    names = ("open", "high", "low", "close")
    prices = {name: at.price(getattr(at.bars, name)[part].astype(np.float64)) for name in names}
    return pl.DataFrame({"clock": at.clocks(), **prices, "volume": at.bars.volume[part]})


def candle_trace(rows: pl.DataFrame) -> Trace:
    drawn: Trace = {"type": "candlestick", "name": "bars", "x": values(rows["clock"])}
    for name in ("open", "high", "low", "close"):
        drawn[name] = rows[name].to_list()
    up, down = ({"line": {"color": colour, "width": 1}} for colour in (GAIN, LOSS))
    return drawn | {"increasing": up, "decreasing": down, "showlegend": False}


def level_line(at: Place, rows: pl.DataFrame, level: Column, style: tuple[str, str, str]) -> Trace:
    """One level over the bars of the picture, broken where it is absent."""
    name, colour, dash = style
    values, present = level.at(np.arange(at.first, at.stop))
    prices = [at.price(float(v)) if p else None for v, p in zip(values, present, strict=True)]
    look = {"color": colour, "width": 1.3, "dash": dash, "shape": "hv"}
    drawn = {"type": "scatter", "mode": "lines", "name": name, "x": rows["clock"].to_list()}
    return drawn | {"y": prices, "line": look, "hoverinfo": "name+y"}


def prior_lines(at: Place, rows: pl.DataFrame) -> list[Trace]:
    found = prior_levels(at.bars)
    return [
        level_line(at, rows, getattr(found, name), (title, SECOND, dash))
        for name, title, dash in PRIOR
    ]


def developing_lines(at: Place, rows: pl.DataFrame) -> list[Trace]:
    """The value of the session so far; computed on this session alone."""
    session = at.bars.session[at.first]
    low = int(np.searchsorted(at.bars.session, session, side="left"))
    part = at.bars[low : at.stop]
    found = developing_levels(part)
    inside = at._replace(bars=part, first=at.first - low, stop=at.stop - low)
    styles = {
        "vah": ("developing VAH", QUIET, "dot"),
        "poc": ("developing POC", QUIET, "solid"),
        "val": ("developing VAL", QUIET, "dot"),
    }
    return [level_line(inside, rows, getattr(found, name), styles[name]) for name in styles]


def volume_so_far(at: Place) -> Trace | None:
    """Volume at price from the start of the session to the bar of the setup."""
    low = int(np.searchsorted(at.bars.session, at.bars.session[at.first], side="left"))
    made = profiles(at.bars[low : at.trade["entry_bar"]])
    if not len(made):
        return None
    rows = made.frame()
    drawn = {"type": "bar", "orientation": "h", "name": "volume until the entry", "xaxis": "x2"}
    prices = [at.price(float(tick)) for tick in rows["tick"]]
    look = {"color": ACCENT, "opacity": 0.45, "line": {"width": 0}}
    return drawn | {"x": rows["volume"].to_list(), "y": prices, "marker": look, "showlegend": False}


def path(at: Place) -> Trace:
    """From the entry to the exit."""
    trade, ends = at.trade, ("entry", "exit") if at.ended else ("entry",)
    symbols = ["triangle-up" if trade["side"] > 0 else "triangle-down", "x"]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "trade",
        "x": [at.clock(trade[f"{name}_bar"]) for name in ends],
        "y": [at.price(float(trade[name])) for name in ends],
        "line": {"color": INK, "width": 1.4},
        "marker": {
            "symbol": symbols,
            "size": 11,
            "color": ACCENT,
            "line": {"color": INK, "width": 1},
        },
    }


def limits(at: Place) -> list[Trace]:
    """Stop and target while the trade was on."""
    trade, found = at.trade, []
    ends = [at.clock(trade["entry_bar"]), at.clock(min(trade["exit_bar"], at.stop - 1))]
    for name, colour in (("stop", LOSS), ("target", GAIN)):
        if trade[name] is not None:
            y = [at.price(float(trade[name]))] * 2
            look = {"color": colour, "width": 1.2, "dash": "dash"}
            drawn = {"type": "scatter", "mode": "lines", "name": name, "x": ends, "y": y}
            found.append(drawn | {"line": look})
    return found
