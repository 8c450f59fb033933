"""Out of sample first: equity, drawdown and results by day, month and hour."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.zone import local_ns
from reports.exhibit import (
    ACCENT,
    GAIN,
    INK,
    LOSS,
    QUIET,
    SECOND,
    Exhibit,
    area,
    bars,
    heat,
    line,
    signed,
    thinned,
    titled,
)
from reports.findings import Report

MOST: Final = 2_000  # points of one line: more than a screen has pixels
ROLLING: Final = 60  # sessions
BINS: Final = 60
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
        monthly(report, daily),
        weekday_hours(report, trades),
        rolling(report, daily),
        distribution(report, trades),
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
        .with_columns(pl.col("doubt", "in_sample").fill_null(0.0).cum_sum())
        .with_columns(best_reading=pl.col("equity") + pl.col("doubt"))
        .drop("doubt")
    )
    shown, unit = thinned(rows, "equity", MOST), report.facts["currency"]
    x = shown["trade_date"]
    dotted = {"color": QUIET, "width": 1.2, "dash": "dot"}
    traces = [
        line("best in sample, in hindsight", x, shown["in_sample"], QUIET) | {"line": dotted},
        line("best reading of ambiguous bars", x, shown["best_reading"], SECOND),
        line("walked forward", x, shown["equity"], ACCENT),
    ]
    says = (
        "What the walk-forward earned in sessions it had not seen, against what hindsight would "
        "have picked: the gap between the lines is the price of searching."
    )
    return Exhibit("equity", "Equity", says, rows, traces, titled("", unit))


def drawdown(report: Report, daily: pl.DataFrame) -> Exhibit:
    """How far equity stands below its highest so far."""
    rows = daily.select("trade_date", below=-pl.col("drawdown"))
    shown = thinned(rows, "below", MOST)
    says = "Daily closes only; inside a session it may have been worse."
    traces = [area("drawdown", shown["trade_date"], shown["below"], LOSS)]
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


def monthly(report: Report, daily: pl.DataFrame) -> Exhibit:
    """Net by calendar month."""
    day = pl.col("trade_date")
    rows = daily.group_by(year=day.dt.year(), month=day.dt.month()).agg(net=pl.col("net").sum())
    rows = rows.sort("year", "month")
    years = sorted(set(rows["year"]))
    placed = rows.with_columns(x=pl.col("month") - 1, y=pl.col("year") - years[0])
    cells = table_of(placed, "x", "y", (years[-1] - years[0] + 1, 12))
    labels = [str(year) for year in range(years[0], years[-1] + 1)]
    traces = [heat(MONTHS, labels, cells, report.facts["currency"])]
    says = "Net of each month by trade date; a month without a test session is blank."
    layout = {"yaxis": {"autorange": "reversed", "type": "category"}}
    return Exhibit("monthly", "Months", says, rows, traces, layout)


def weekday_hours(report: Report, trades: pl.DataFrame) -> Exhibit:
    """Net by weekday and hour of entry."""
    at = pl.col("entry_ts")
    rows = (
        trades.group_by(weekday=at.dt.weekday(), hour=at.dt.hour())
        .agg(n=pl.len(), net=pl.col("net").sum())
        .sort("weekday", "hour")
    )
    seen = rows["hour"].to_list()
    first, last = min(seen), max(seen)
    placed = rows.with_columns(x=pl.col("hour") - first, y=pl.col("weekday") - 1)
    cells = table_of(placed, "x", "y", (7, last - first + 1))
    used = ~np.isnan(cells).all(axis=1)
    names = [day for day, there in zip(WEEKDAYS, used, strict=True) if there]
    hours = [f"{hour:02d}:00" for hour in range(first, last + 1)]
    traces = [heat(hours, names, cells[used], report.facts["currency"])]
    says = f"By the clock of {report.facts['zone']} at the entry; few trades make loud colours."
    layout = {"yaxis": {"autorange": "reversed"}, "xaxis": {"type": "category"}}
    return Exhibit("weekday-hour", "Weekday and hour", says, rows, traces, layout)


def rolling(report: Report, daily: pl.DataFrame) -> Exhibit:
    """Sharpe over the last sixty sessions."""
    span = min(ROLLING, max(2, daily.height // 4))
    mean = pl.col("net").rolling_mean(span)
    spread = pl.col("net").rolling_std(span)
    yearly = mean / spread * np.sqrt(report.facts["periods"])
    rows = daily.select("trade_date", sharpe=pl.when(spread > 0).then(yearly))
    shown = thinned(rows, "sharpe", MOST)
    traces = [line("Sharpe", shown["trade_date"], shown["sharpe"], ACCENT)]
    says = (
        f"Yearly Sharpe over the last {span} sessions, idle ones included: over so few it swings "
        "by about two either way on luck alone."
    )
    return Exhibit("rolling", "Rolling Sharpe", says, rows, traces, titled("", "Sharpe"))


def distribution(report: Report, trades: pl.DataFrame) -> Exhibit:
    """How often a trade made how much."""
    net = trades["net"].to_numpy()
    counts, edges = np.histogram(net, bins=min(BINS, max(1, int(np.sqrt(len(net)) * 2))))
    rows = pl.DataFrame({"from": edges[:-1], "to": edges[1:], "trades": counts})
    middle = (rows["from"] + rows["to"]) / 2
    traces = [bars("trades", middle, rows["trades"], signed(middle))]
    says = f"Mean {net.mean():,.2f}, median {np.median(net):,.2f} {report.facts['currency']}."
    layout = titled(f"net of a trade, {report.facts['currency']}", "trades", bargap=0.04)
    return Exhibit("distribution", "What a trade made", says, rows, traces, layout)


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
        traces.append(bars(label, some["length"], some["streaks"], colour))
    longest = {kept: int(lengths[wins == kept].max(initial=0)) for kept in (True, False)}
    says = f"Longest run: {longest[True]} wins, {longest[False]} trades without a win."
    layout = titled("trades in a row", "times", barmode="group", colorway=[INK])
    return Exhibit("streaks", "Streaks", says, rows, traces, layout)
