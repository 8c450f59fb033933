"""The walk beside the market: buying and holding over the same sessions, and the regimes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.core.resample import resample
from engine.features.regimes import SEVEN, regime
from engine.research.measures import measures
from engine.research.measures.catalogue import in_currency
from engine.research.measures.days import day_measures
from engine.research.measures.face import month_numbers
from reports.exhibit import ACCENT, QUIET, Exhibit, Trace, line, thinned, titled, values
from reports.findings import Report
from reports.markup import paragraph, table, tag
from reports.numbers import CAPITAL, basis_of, sessions_of, trades_of
from reports.sections import in_unit
from reports.session import segment_of

MOST: Final = 2_000
DAY: Final = 24 * 60  # minutes
UNKNOWN: Final = "not known yet"
LOUD: Final = {"low": -1, "normal": 0, "high": 1}  # first word of a regime: its volatility
SHADES: Final = [
    [0, "@gain"],
    [1 / 3, "@gain"],
    [1 / 3, "@rule"],
    [2 / 3, "@rule"],
    [2 / 3, "@loss"],
    [1, "@loss"],
]
BOTH: Final = ("net", "sharpe", "sortino", "max_drawdown", "positive_sessions", "worst_session")
AGAINST: Final = ("beta", "alpha", "benchmark_correlation", "information_ratio")


def held(bars: Bars) -> pl.DataFrame:
    """What one contract made from close to close, in money units, and the session's regime.

    Where the contract changed since the last close, the session counts from its own open.
    """
    first = np.flatnonzero(np.diff(bars.session, prepend=bars.session[0] - 1))
    last = np.append(first[1:], len(bars)) - 1
    before = np.roll(bars.close[last].astype(np.int64), 1)
    fresh = np.arange(len(last)) == 0
    if bars.contract is not None:
        fresh |= bars.contract[last] != np.roll(bars.contract[last], 1)
    start = np.where(fresh, bars.open[first].astype(np.int64), before)
    moved = (bars.close[last].astype(np.int64) - start) * bars.instrument.tick_money
    rows = pl.DataFrame({"trade_date": dated(bars, last), "market": moved})
    return rows.join(regimes(bars), on="trade_date", how="left", maintain_order="left")


def dated(bars: Bars, rows: Longs) -> pl.Series:
    """The trade dates of some bars."""
    return pl.Series(bars.sessions.date[bars.session[rows]]).cast(pl.Date)


def regimes(bars: Bars) -> pl.DataFrame:
    """The regime of each session by bars of whole sessions: the clock has no part in it."""
    daily = bars if bars.minutes >= DAY else resample(bars, "session", segment_of(bars))
    code, there = regime(daily).seven.at(np.arange(len(daily)))
    named = [SEVEN[k] if known else UNKNOWN for k, known in zip(code, there, strict=True)]
    return pl.DataFrame({"trade_date": dated(daily, np.arange(len(daily))), "regime": named})


def together(report: Report, bars: Bars) -> pl.DataFrame:
    """Net of every tested session in money units, the walk's and the market's."""
    rows = sessions_of(report).join(held(bars), on="trade_date", how="left", maintain_order="left")
    return rows.with_columns(pl.col("market").fill_null(0), pl.col("regime").fill_null(UNKNOWN))


def holding_exhibit(report: Report, money: pl.DataFrame) -> Exhibit:
    """Both running results over a strip of regimes; `money` is `together`."""
    rows = money.select(
        "trade_date",
        "regime",
        walked=report.moneys(money["net"].cum_sum()),
        held=report.moneys(money["market"].cum_sum()),
    )
    shown = thinned(rows, "held", MOST)
    x = shown["trade_date"]
    traces = [
        line("one contract, bought and held", x, shown["held"], QUIET),
        line("walked forward", x, shown["walked"], ACCENT),
        strip(shown),
    ]
    says = (
        "Both over the tested sessions, holding without costs: a walk that only rises with the "
        "market has no edge of its own. The strip is the regime of each session: green is low "
        "volatility, red is high, grey is normal."
    )
    layout = titled("", report.facts["currency"])
    layout["yaxis"] |= {"domain": [0.1, 1]}
    layout["xaxis"] |= {"anchor": "free", "position": 0}
    layout["yaxis2"] = {"domain": [0, 0.06], "visible": False, "fixedrange": True}
    return Exhibit("holding", "Beside the market", says, rows, traces, layout)


def strip(rows: pl.DataFrame) -> Trace:
    """One cell a session, coloured by volatility, named in full."""
    loud: list[int | None] = [LOUD.get(name.split("_")[0]) for name in rows["regime"]]
    words = [name.replace("_", " ") for name in rows["regime"]]
    drawn: dict[str, Any] = {
        "type": "heatmap",
        "name": "regime",
        "x": values(rows["trade_date"]),
        "y": [""],
        "z": [loud],
        "text": [words],
        "yaxis": "y2",
        "hovertemplate": "%{x}: %{text}<extra></extra>",
    }
    return drawn | {"colorscale": SHADES, "zmin": -1, "zmax": 1, "showscale": False}


def against(report: Report, money: pl.DataFrame) -> pl.DataFrame:
    """Measures of both, and those of one against the other; undefined ones are null."""
    sessions, market = money.select("trade_date", "net"), money["market"].to_numpy()
    basis = basis_of(report)
    mine = measures(trades_of(report), sessions, basis, benchmark=market).row(0, named=True)
    theirs = figures(market, sessions, report)
    theirs |= {"net": theirs["total_return"] * basis.capital}
    lines = [{"measure": name, "walk": mine[name], "market": theirs[name]} for name in BOTH]
    lines += [{"measure": name, "walk": mine[name], "market": None} for name in AGAINST]
    kinds = {"measure": pl.String, "walk": pl.Float64, "market": pl.Float64}
    return pl.DataFrame(lines, schema=kinds).with_columns(pl.col(pl.Float64).fill_nan(None))


def against_table(report: Report, money: pl.DataFrame) -> str:
    """The same as a table of the page."""
    unit = str(report.facts["currency"])
    rows = [
        {
            "measure": row["measure"].replace("_", " ").replace("benchmark", "market"),
            "walk": in_unit(row["measure"], row["walk"], unit),
            "market": in_unit(row["measure"], row["market"], unit) * (row["measure"] in BOTH),
        }
        for row in against(report, money).iter_rows(named=True)
    ]
    said = (
        "One contract held over the same sessions, without costs; beta and alpha are those of "
        f"session results, as shares of {CAPITAL:,.0f} {unit}."
    )
    return tag("h3", "Against buying and holding") + paragraph(said) + table(rows, "the market")


def figures(net: Longs, sessions: pl.DataFrame, report: Report) -> dict[str, float]:
    """The engine's measures of sessions, of a series that has no trades."""
    basis = basis_of(report)
    found = in_currency(day_measures(net[None], month_numbers(sessions), basis), basis)
    return {name: float(values_[0]) for name, values_ in found.items()}
