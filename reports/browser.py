"""The session browser: one session at a time, with everything its volume and its clock say."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from engine.core.bars import Bars
from reports.candles import candle_trace, reach, ten
from reports.exhibit import ACCENT, GAIN, INK, LOSS, QUIET, SECOND, Exhibit, Trace, signed, values
from reports.findings import Report
from reports.numbers import trades_of
from reports.session import Day, day_of

LAST: Final = 6  # sessions at the end of the bars
TRADED: Final = 10  # further ones with trades: those drawn on candles, then the latest
DASH: Final = {"poc": "solid", "vah": "dot", "val": "dot"}
COLOURS: Final = {"poc": ACCENT, "value": SECOND, "outside": QUIET}


def session_exhibits(report: Report, bars: Bars) -> list[Exhibit]:
    """Two figures a session: candles beside their volume, letters beside their delta."""
    trades = trades_of(report)
    found = []
    for session in chosen(report, bars):
        own = trades.filter(pl.col("trade_date") == bars.sessions.trade_date(session))
        day = day_of(bars, session, own)
        found += [chart(day, float(bars.instrument.tick)), marks(day)]
    return found


def chosen(report: Report, bars: Bars) -> list[int]:
    """The last sessions, those of the ten trades, and the latest with a trade; by time."""
    first, last = int(bars.session[0]), int(bars.session[-1])
    picked = set(range(max(first, last - LAST + 1), last + 1))
    dates = [*ten(report)["trade_date"]]
    dates += list(trades_of(report)["trade_date"].unique().sort(descending=True).head(TRADED))
    traded = [bars.sessions.index_of(day) for day in dict.fromkeys(dates)]
    picked |= {session for session in traded[:TRADED] if first <= session <= last}
    there = set(bars.session[bars.session >= first].tolist())
    return sorted(picked & there)


def chart(day: Day, tick: float) -> Exhibit:
    """Candles with developing and fixed levels; volume at price on the right, price upwards."""
    traces = [candle_trace(day.candles.rename({"ts": "clock"}))]
    traces += [developing(day, name) for name in DASH]
    traces += [level(day, row) for row in day.levels.iter_rows(named=True)]
    traces += [volume(day, part) for part in COLOURS] + [low_nodes(day)]
    traces += [trade(row, tick) for row in day.trades.iter_rows(named=True)]
    says = (
        f"{'Regular hours' if day.segment == 'rth' else 'The whole session'}; developing lines "
        "are what was known at the time, the session's own levels are known only after it."
    )
    layout = {
        "xaxis": {"rangeslider": {"visible": False}, "domain": [0, 0.8]},
        "xaxis2": {"domain": [0.82, 1], "showticklabels": False, "showgrid": False},
        "yaxis": {"range": reach(day.candles, [])},
        "barmode": "overlay",
        "height": 560,
    }
    return Exhibit(
        f"session-{day.trade_date}", str(day.trade_date), says, day.candles, traces, layout
    )


def developing(day: Day, name: str) -> Trace:
    rows = day.developing.filter(pl.col("level") == name)
    end = day.candles["ts"].tail(1)
    look = {"color": SECOND, "width": 1.3, "dash": DASH[name], "shape": "hv"}
    drawn: Trace = {"type": "scatter", "mode": "lines", "name": f"developing {name.upper()}"}
    x, y = values(rows["ts"]) + values(end), values(rows["price"]) + values(rows["price"].tail(1))
    return drawn | {"x": x[: len(y)], "y": y, "line": look, "hoverinfo": "name+y"}


def level(day: Day, row: dict[str, Any]) -> Trace:
    """A level over the whole width; those of others than this session are hidden at first."""
    ends = values(day.candles["ts"].gather([0, day.candles.height - 1]))
    name = row["level"]
    label = name.replace("poc", "POC").replace("vah", "VAH").replace("val", "VAL")
    if name.startswith("naked"):
        label += f" at {row['price']:,g}, {row['age']} sessions old"
    dash = "solid" if name.endswith("poc") else "dot"
    look = {"color": QUIET if row["age"] else ACCENT, "width": 1.2, "dash": dash}
    if name.startswith("naked"):
        look |= {"color": INK, "dash": "longdash"}
    drawn = {"type": "scatter", "mode": "lines", "name": label, "x": ends, "y": [row["price"]] * 2}
    return drawn | {"line": look, "hoverinfo": "name+y"}


def volume(day: Day, part: str) -> Trace:
    """Rows of the volume histogram that are the poc, in value, or outside."""
    rows = day.volume.filter(pl.col("part") == part)
    drawn: Trace = {"type": "bar", "orientation": "h", "name": f"volume, {part}", "xaxis": "x2"}
    middle = (rows["low"] + rows["high"]) / 2
    look = {"color": COLOURS[part], "opacity": 0.55, "line": {"width": 0}}
    drawn |= {"x": values(rows["volume"]), "y": values(middle), "marker": look}
    return drawn | {"showlegend": False}


def low_nodes(day: Day) -> Trace:
    """Where little was traded between two heaps of volume."""
    rows = day.nodes.filter(pl.col("node") == "lvn")
    drawn = {"type": "scatter", "mode": "markers", "name": "low-volume node", "xaxis": "x2"}
    look = {"symbol": "line-ew-open", "size": 14, "color": LOSS, "line": {"width": 2}}
    return drawn | {"x": [0] * rows.height, "y": values(rows["price"]), "marker": look}


def trade(row: dict[str, Any], tick: float) -> Trace:
    """A stored trade from its entry to its exit."""
    up = row["side"] > 0
    look = {
        "size": 10,
        "color": GAIN if row["net"] > 0 else LOSS,
        "line": {"color": INK, "width": 1},
    }
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": f"{'long' if up else 'short'}, {row['reason']}",
        "x": [f"{row[name]:%Y-%m-%dT%H:%M}" for name in ("entry_ts", "exit_ts")],
        "y": [row["entry"] * tick, row["exit"] * tick],
        "line": {"color": INK, "width": 1.4},
        "marker": look | {"symbol": ["triangle-up" if up else "triangle-down", "x"]},
    }


def marks(day: Day) -> Exhibit:
    """Letters of half hours by price, and beside them what was bought less what was sold."""
    rows = day.letters.join(day.delta, on="price", how="full", coalesce=True).sort("price")
    letters: Trace = {
        "type": "scatter",
        "mode": "text",
        "name": "letters",
        "x": [0] * day.letters.height,
        "y": values(day.letters["price"]),
        "text": values(day.letters["letters"]),
        "textposition": "middle right",
        "textfont": {"family": "ui-monospace, monospace", "size": 11},
        "hoverinfo": "y+text",
        "showlegend": False,
    }
    delta = {"type": "bar", "orientation": "h", "name": "delta", "xaxis": "x2", "showlegend": False}
    colours = {"color": signed(day.delta["delta"]), "line": {"width": 0}}
    drawn = delta | {"x": values(day.delta["delta"]), "y": values(day.delta["price"])}
    kind = day.delta["kind"][0] if day.delta.height else "none"
    says = f"A letter is half an hour at a price; delta is lots bought less lots sold ({kind})."
    layout = {
        "xaxis": {"domain": [0, 0.42], "visible": False, "range": [0, 1], "fixedrange": True},
        "xaxis2": {"domain": [0.46, 1], "title": {"text": "delta"}},
        "height": 560,
    }
    title = f"{day.trade_date}, letters and delta"
    return Exhibit(
        f"marks-{day.trade_date}", title, says, rows, [letters, drawn | {"marker": colours}], layout
    )
