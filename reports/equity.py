"""Out of sample first: equity, drawdown and results by day, month and hour."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.zone import local_ns
from engine.research.measures import calendar
from engine.research.measures.rolling import rolling_sessions
from reports.chance import chance, chance_traces
from reports.evidence import band
from reports.exhibit import (
    ACCENT,
    FALL,
    GAIN,
    INK,
    LOSS,
    QUIET,
    SECOND,
    Exhibit,
    area,
    bars_of,
    between,
    heat,
    line,
    menu,
    thinned,
    titled,
)
from reports.findings import Report
from reports.numbers import basis_of, sessions_of, trades_of
from reports.outcomes import outcome_exhibits

MOST: Final = 2_000  # points of one line: more than a screen has pixels
ROLLING: Final = 60  # sessions
ROLLED: Final = {
    "sharpe": "Sharpe",
    "net": "net",
    "drawdown": "drawdown",
    "volatility": "volatility, a year",
    "positive_sessions": "share of positive sessions",
}
CHANCE: Final = ", the grey one where walks over markets without an edge stood at the end of folds"
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def equity_exhibits(report: Report) -> list[Exhibit]:
    """Every figure of the out-of-sample result; none where nothing was traded."""
    daily, trades = days(report), traded(report)
    if not trades.height:
        return []
    return [
        equity_curve(report, daily, trades),
        drawdown(report, daily),
        by_trade(report, trades),
        monthly(report),
        weekday_hours(report),
        rolling(report),
        *outcome_exhibits(report, trades),
        streaks(trades),
    ]


def days(report: Report, scope: str = "oos") -> pl.DataFrame:
    """Net, equity and drawdown of each session in currency, idle sessions too."""
    rows = report.tables["equity"].filter(pl.col("scope") == scope)
    money = [report.moneys(rows[name]).alias(name) for name in ("net", "equity", "drawdown")]
    return rows.select("trade_date", "n").with_columns(money)


def traded(report: Report, scope: str = "oos") -> pl.DataFrame:
    """The trades of a scope in order of their exit, money in currency, times of the exchange."""
    rows = report.tables["trades"].filter(pl.col("scope") == scope)
    names = ("gross", "slippage", "fees", "funding", "net", "net_worst", "net_best")
    money = [report.moneys(rows[name]).alias(name) for name in names]
    clocks = [local(rows[name], str(report.facts["zone"])) for name in ("entry_ts", "exit_ts")]
    told = rows.with_columns(*money, *clocks, pl.col("r") / 10_000)
    return told.sort("exit_ts", maintain_order=True)


def local(moments: pl.Series, zone: str) -> pl.Series:
    """Clock times of an exchange."""
    clock = local_ns(moments.to_physical().to_numpy(), zone)
    return pl.Series(moments.name, clock).cast(pl.Datetime("ns"))


def equity_curve(report: Report, daily: pl.DataFrame, trades: pl.DataFrame) -> Exhibit:
    """Daily equity, the best reading of ambiguous bars, and the line of the best in sample."""
    gain = pl.col("net_best") - pl.col("net_worst")
    doubt = trades.group_by("trade_date").agg(gain.sum().alias("doubt"))
    hindsight = days(report, "best").select("trade_date", in_sample="net")
    rows = (
        daily.join(doubt, on="trade_date", how="left")
        .join(hindsight, on="trade_date", how="left")
        .join(band(report), on="trade_date", how="left")
        .join(chance(report), on="trade_date", how="left")
        .with_columns(pl.col("doubt", "in_sample").fill_null(0.0).cum_sum())
        .with_columns(best_reading=pl.col("equity") + pl.col("doubt"))
        .drop("doubt")
    )
    shown, unit = thinned(rows, "equity", MOST), report.facts["currency"]
    x = shown["trade_date"]
    dotted = {"color": QUIET, "width": 1.2, "dash": "dot"}
    traces = [
        *chance_traces(report),
        *between("redrawn histories, 5 to 95 %", x, shown["low"], shown["high"]),
        line("best in sample, in hindsight", x, shown["in_sample"], QUIET) | {"line": dotted},
        line("best reading of ambiguous bars", x, shown["best_reading"], SECOND),
        line("walked forward", x, shown["equity"], ACCENT),
    ]
    says = (
        "What the walk-forward earned in sessions it had not seen, against what hindsight would "
        "have picked: the gap between the lines is the price of searching. The blue band is where "
        "nine in ten histories redrawn from these sessions run"
        f"{CHANCE if rows['chance_low'].count() else ''}."
    )
    layout = titled("", unit, **markers(report, x[0], x[-1]))
    return Exhibit("equity", "Equity", says, rows, traces, layout)


def markers(report: Report, first: date, last: date) -> dict[str, Any]:
    """Upright lines where the change log of the store has an entry."""
    kept = [(day, what) for day, what in report.facts.get("changes", ()) if first <= day <= last]
    look = {"color": SECOND, "width": 1, "dash": "dash"}
    upright = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": look}
    words = {"yref": "paper", "y": 1, "showarrow": False, "textangle": -90, "xanchor": "right"}
    return {
        "shapes": [upright | {"x0": str(day), "x1": str(day)} for day, _ in kept],
        "annotations": [
            words | {"x": str(day), "text": what, "yanchor": "top"} for day, what in kept
        ],
    }


def drawdown(report: Report, daily: pl.DataFrame) -> Exhibit:
    """How far equity stands below its highest so far."""
    rows = daily.select("trade_date", below=-pl.col("drawdown"))
    shown = thinned(rows, "below", MOST)
    says = "Daily closes only; inside a session it may have been worse."
    traces = [area("drawdown", shown["trade_date"], shown["below"], LOSS, FALL)]
    return Exhibit("drawdown", "Drawdown", says, rows, traces, titled("", report.facts["currency"]))


def by_trade(report: Report, trades: pl.DataFrame) -> Exhibit:
    """Equity after each trade, net and before costs."""
    rows = trades.select(
        trade=pl.int_range(1, pl.len() + 1),
        net=pl.col("net").cum_sum(),
        gross=pl.col("gross").cum_sum(),
    )
    shown = thinned(rows, "net", MOST)
    traces = [
        line("before costs", shown["trade"], shown["gross"], QUIET),
        line("net", shown["trade"], shown["net"], ACCENT),
    ]
    says = "The distance between the lines is what trading cost."
    layout = titled("trade", report.facts["currency"])
    return Exhibit("by-trade", "Trade by trade", says, rows, traces, layout)


def table_of(rows: pl.DataFrame, x: str, y: str, size: tuple[int, int]) -> Any:
    """Rows of (x, y, net) as a matrix; what never happened is no number."""
    cells = np.full(size, np.nan)
    cells[rows[y].to_numpy(), rows[x].to_numpy()] = rows["net"].to_numpy()
    return cells


def monthly(report: Report) -> Exhibit:
    """Net by calendar month."""
    rows = calendar.monthly(trades_of(report), sessions_of(report), basis_of(report))
    years = sorted(set(rows["year"]))
    placed = rows.with_columns(x=pl.col("month") - 1, y=pl.col("year") - years[0])
    cells = table_of(placed, "x", "y", (years[-1] - years[0] + 1, 12))
    labels = [str(year) for year in range(years[0], years[-1] + 1)]
    traces = [heat(MONTHS, labels, cells, report.facts["currency"])]
    says = "Net of each month by trade date; a month without a test session is blank."
    layout = {"yaxis": {"autorange": "reversed", "type": "category"}}
    return Exhibit("monthly", "Months", says, rows, traces, layout)


def weekday_hours(report: Report) -> Exhibit:
    """Net by weekday of the trade date and hour of entry."""
    zone = str(report.facts["zone"])
    rows = calendar.weekday_hours(trades_of(report), basis_of(report), zone)
    rows = rows.with_columns(pl.col("weekday").cast(pl.String))
    seen = rows["hour"].to_list()
    first, last = min(seen), max(seen)
    names = [day for day in WEEKDAYS if day in set(rows["weekday"])]
    days_ = pl.col("weekday").replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    placed = rows.with_columns(x=pl.col("hour") - first, y=days_)
    cells = table_of(placed, "x", "y", (len(names), last - first + 1))
    hours = [f"{hour:02d}:00" for hour in range(first, last + 1)]
    traces = [heat(hours, names, cells, report.facts["currency"])]
    says = f"By the clock of {zone} at the entry; few trades make loud colours."
    layout = {"yaxis": {"autorange": "reversed"}, "xaxis": {"type": "category"}}
    return Exhibit("weekday-hour", "Weekday and hour", says, rows, traces, layout)


def rolling(report: Report) -> Exhibit:
    """Measures of the last sixty sessions, by the engine's definitions."""
    daily = sessions_of(report)
    span = min(ROLLING, max(2, daily.height // 4))
    found = rolling_sessions(daily, span, basis_of(report))
    rows = daily.select("trade_date").join(found, on="trade_date", how="left")
    rows = rows.with_columns(pl.col(pl.Float64).fill_nan(None))
    shown, traces = thinned(rows, "sharpe", MOST), []
    for name, title in ROLLED.items():
        drawn = line(title, shown["trade_date"], shown[name], ACCENT, visible=name == "sharpe")
        traces.append(drawn)
    says = (
        f"Over the last {span} sessions, idle ones included: a Sharpe ratio of so few swings "
        "by about two either way on luck alone."
    )
    layout = titled("", "", showlegend=False, updatemenus=[menu(list(ROLLED.values()))])
    return Exhibit("rolling", "Rolling measures", says, rows, traces, layout)


def streaks(trades: pl.DataFrame) -> Exhibit:
    """How long runs of winners and losers were."""
    won = trades["net"].to_numpy() > 0
    starts = np.flatnonzero(np.r_[True, won[1:] != won[:-1]])
    lengths, wins = np.diff(np.r_[starts, len(won)]), won[starts]
    rows = (
        pl.DataFrame({"length": lengths, "won": wins})
        .group_by("won", "length")
        .agg(streaks=pl.len())
        .sort("won", "length")
    )
    traces = []
    for label, kept, colour in (("wins", True, GAIN), ("losses", False, LOSS)):
        some = rows.filter(pl.col("won") == kept)
        traces.append(bars_of(label, some["length"], some["streaks"], colour))
    longest = {kept: int(lengths[wins == kept].max(initial=0)) for kept in (True, False)}
    says = f"Longest run: {longest[True]} wins, {longest[False]} trades without a win."
    layout = titled("trades in a row", "times", barmode="group", colorway=[INK])
    return Exhibit("streaks", "Streaks", says, rows, traces, layout)
