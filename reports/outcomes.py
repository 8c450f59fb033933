"""What trades made: in money, in risk, by side, and in the last twenty of them."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from engine.research.measures import measures
from engine.research.measures.rolling import rolling_trades
from reports.exhibit import (
    ACCENT,
    GAIN,
    LOSS,
    Exhibit,
    bars_of,
    line,
    menu,
    signed,
    thinned,
    titled,
)
from reports.findings import Report
from reports.numbers import basis_of, sessions_of, trades_of

BINS: Final = 60
MOST: Final = 2_000
WINDOW: Final = 20  # trades
ROLLED: Final = {"win_rate": "win rate", "expectancy": "a trade", "profit_factor": "profit factor"}
SIZES: Final = {
    "mean_win": ("mean win", GAIN, 0.9),
    "mean_loss": ("mean loss", LOSS, 0.9),
    "best_trade": ("best", GAIN, 0.35),
    "worst_trade": ("worst", LOSS, 0.35),
}


def outcome_exhibits(report: Report, trades: pl.DataFrame) -> list[Exhibit]:
    """Figures of what trades made; those in risk only where some trade had a stop."""
    if trades.is_empty():
        return []
    net, r = trades["net"], trades["r"].drop_nulls()
    found = [distribution(report, net)]
    if len(r):
        found.append(multiples(r, trades.height))
    found.append(sizes(report))
    return [*found, last_trades(report)] if trades.height > WINDOW else found


def counted(values: pl.Series) -> pl.DataFrame:
    """How many values lie in each of some equal bins."""
    many = min(BINS, max(1, int(np.sqrt(len(values)) * 2)))
    counts, edges = np.histogram(values.to_numpy(), bins=many)
    return pl.DataFrame({"from": edges[:-1], "to": edges[1:], "trades": counts})


def distribution(report: Report, net: pl.Series) -> Exhibit:
    """How often a trade made how much."""
    rows, unit = counted(net), report.facts["currency"]
    middle = (rows["from"] + rows["to"]) / 2
    traces = [bars_of("trades", middle, rows["trades"], signed(middle))]
    made = net.to_numpy()
    says = f"Mean {made.mean():,.2f}, median {np.median(made):,.2f} {unit}."
    layout = titled(f"net of a trade, {unit}", "trades", bargap=0.04)
    return Exhibit("distribution", "What a trade made", says, rows, traces, layout)


def multiples(r: pl.Series, trades: int) -> Exhibit:
    """How often a trade made how many times its risk."""
    rows = counted(r)
    middle = (rows["from"] + rows["to"]) / 2
    traces = [bars_of("trades", middle, rows["trades"], signed(middle))]
    times = r.to_numpy()
    rest = "" if len(r) == trades else f" {trades - len(r):,} trades had no stop, and so no R."
    says = (
        f"R is what was at risk at the first stop, with costs. Mean {times.mean():+.2f} R, "
        f"median {np.median(times):+.2f} R, {(times <= -1).mean():.0%} lost one R or more.{rest}"
    )
    layout = titled("net of a trade, R", "trades", bargap=0.04)
    return Exhibit("r-multiples", "In units of risk", says, rows, traces, layout)


def sizes(report: Report) -> Exhibit:
    """Mean and largest gain and loss, of all trades and by side."""
    trades, sessions, basis = trades_of(report), sessions_of(report), basis_of(report)
    named = trades.with_columns(
        way=pl.col("side").replace_strict({1: "long", -1: "short"}, return_dtype=pl.String)
    )
    whole = measures(trades, sessions, basis).select(pl.lit("all").alias("way"), *SIZES)
    sides = measures(named, sessions, basis, by=("way",)).select("way", *SIZES)
    rows = pl.concat([whole, sides]).with_columns(pl.col(pl.Float64).fill_nan(None))
    rows = rows.with_columns(mean_loss=-pl.col("mean_loss"))  # drawn downwards, as the worst is
    traces = [
        bars_of(title, rows["way"], rows[name], colour) | {"opacity": opacity}
        for name, (title, colour, opacity) in SIZES.items()
    ]
    payoff = rows["mean_win"][0], rows["mean_loss"][0]
    known = all(value is not None for value in payoff)
    said = f"The mean win is {payoff[0] / abs(payoff[1]):.2f} mean losses. " if known else ""
    says = f"{said}One trade that towers over the mean carries the result alone."
    layout = titled("", report.facts["currency"], barmode="group")
    return Exhibit("sizes", "Wins and losses", says, rows, traces, layout)


def last_trades(report: Report) -> Exhibit:
    """Measures of the last twenty trades, by the engine's definitions."""
    found = rolling_trades(trades_of(report), WINDOW, basis_of(report))
    rows = found.with_columns(trade=pl.int_range(pl.len()) + WINDOW)
    rows = rows.with_columns(pl.col(pl.Float64).fill_nan(None))
    shown = thinned(rows, "expectancy", MOST)
    traces = [
        line(title, shown["trade"], shown[name], ACCENT, visible=name == "win_rate")
        for name, title in ROLLED.items()
    ]
    says = (
        f"Over the last {WINDOW} trades: a win rate of so few swings by about twenty points "
        "either way on luck alone."
    )
    layout = titled("trade", "", showlegend=False, updatemenus=[menu(list(ROLLED.values()))])
    return Exhibit("last-trades", "Rolling trades", says, rows, traces, layout)
