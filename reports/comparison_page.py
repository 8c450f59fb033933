"""The page that sets runs beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from reports.comparison import common, compared, words
from reports.equity import days, markers, traded
from reports.exhibit import (
    ACCENT,
    GAIN,
    INK,
    LOSS,
    SECOND,
    Exhibit,
    bars_of,
    line,
    signed,
    thinned,
    titled,
)
from reports.findings import Report
from reports.markup import figure, paragraph, table, tag
from reports.shell import whole

MOST: Final = 2_000
BINS: Final = 40
COLOURS: Final = (ACCENT, SECOND, INK, GAIN, LOSS)


def comparison_page(reports: Sequence[Report]) -> str:
    """One HTML file like that of a run."""
    rows, dates = compared(reports), common(reports)
    drawn = comparison_exhibits(reports)
    names = " and ".join(report.name for report in reports)
    banner = ""
    if any(report.facts["synthetic"] for report in reports):
        banner = paragraph("SYNTHETIC bars: not traded by anyone.", class_="banner")
    said = paragraph(words(rows, len(dates)), class_="verdict")
    top = tag("h1", "Runs compared") + paragraph(names, class_="under") + banner + said
    shown = "".join(figure(one) for one in drawn)
    parts = (
        tag("section", tag("h2", "Differences") + table(differences(rows), "differences")),
        tag("section", tag("h2", "Pictures") + tag("div", shown, class_="figures")),
        tag(
            "section", tag("h2", "What differs in what was played") + table(facts(reports), "facts")
        ),
    )
    body = tag("header", tag("div", top)) + tag("main", "".join(parts))
    held = {"figures": {one.key: one.plain() for one in drawn}, "says": {}, "tables": {}}
    return whole(f"Compared: {names}", body, held)


def differences(rows: pl.DataFrame) -> list[dict[str, str]]:
    """The table as text."""
    return [
        {
            "measure": row["measure"].replace("_", " "),
            "variant": row["variant_run"],
            "baseline's": text(row["baseline"]),
            "variant's": text(row["variant"]),
            "difference": text(row["difference"]),
            "%": text(row["percent"]),
            "95 % of redrawn": between(row["low"], row["high"]),
            "p": "" if row["p_value"] is None else f"{row['p_value']:.3f}",
        }
        for row in rows.iter_rows(named=True)
    ]


def text(value: float | None) -> str:
    return (
        "not defined" if value is None else f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
    )


def between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{text(low)} to {text(high)}"


def facts(reports: Sequence[Report]) -> list[dict[str, str]]:
    """What is not the same in all of them."""
    names = [n for n in reports[0].facts if n not in ("changes", "targets")]
    apart = [n for n in names if len({str(r.facts.get(n)) for r in reports}) > 1]
    rows = [{"fact": n} | {r.name: str(r.facts.get(n)) for r in reports} for n in apart]
    return rows or [{"fact": "nothing but the name"} | {r.name: "" for r in reports}]


def comparison_exhibits(reports: Sequence[Report]) -> list[Exhibit]:
    """Equity of all, the running difference, months, and what trades made."""
    traded_ = [report for report in reports if traded(report).height]
    if not traded_:
        return []
    return [curves(traded_), apart(reports), months(reports), histograms(traded_)]


def curves(reports: Sequence[Report]) -> Exhibit:
    """Out-of-sample equity of every run, with the marks of the change log."""
    parts, traces = [], []
    for k, report in enumerate(reports):
        rows = days(report).select("trade_date", "equity", run=pl.lit(report.name))
        parts.append(rows)
        shown = thinned(rows, "equity", MOST)
        colour = COLOURS[k % len(COLOURS)]
        traces.append(line(report.name, shown["trade_date"], shown["equity"], colour))
    table_ = pl.concat(parts)
    dates = table_["trade_date"].sort()
    layout = titled("", reports[0].facts["currency"], **markers(reports[0], dates[0], dates[-1]))
    says = "Each run over the sessions it tested, from zero; dashed lines are the change log's."
    return Exhibit("curves", "Equity of each", says, table_, traces, layout)


def joined(reports: Sequence[Report]) -> pl.DataFrame:
    """Net of every run by trade date, the ones all of them tested."""
    rows = common(reports).to_frame()
    for report in reports:
        own = days(report).select("trade_date", pl.col("net").alias(report.name))
        rows = rows.join(own, on="trade_date", how="left", maintain_order="left")
    return rows


def apart(reports: Sequence[Report]) -> Exhibit:
    """The running sum of variant less baseline."""
    rows, base = joined(reports), reports[0].name
    names = [report.name for report in reports[1:]]
    table_ = rows.select("trade_date", *((pl.col(n) - pl.col(base)).cum_sum() for n in names))
    traces: list[dict[str, Any]] = []
    for k, name in enumerate(names):
        shown = thinned(table_.select("trade_date", name), name, MOST)
        colour = COLOURS[(k + 1) % len(COLOURS)]
        traces.append(line(f"{name} less {base}", shown["trade_date"], shown[name], colour))
    says = "A difference that is real rises steadily; one that comes from a few days is luck."
    layout = titled("", reports[0].facts["currency"])
    return Exhibit("apart", "Difference, running", says, table_, traces, layout)


def months(reports: Sequence[Report]) -> Exhibit:
    """Difference of the first variant by month."""
    rows, base, name = joined(reports), reports[0].name, reports[1].name
    month = pl.col("trade_date").dt.strftime("%Y-%m")
    table_ = (
        rows.group_by(month=month).agg(difference=(pl.col(name) - pl.col(base)).sum()).sort("month")
    )
    drawn = bars_of(
        "difference", table_["month"], table_["difference"], signed(table_["difference"])
    )
    won = table_.filter(pl.col("difference") > 0).height
    says = f"{name} was ahead in {won} of {table_.height} months."
    layout = titled("", reports[0].facts["currency"], showlegend=False)
    return Exhibit("month-differences", "Difference by month", says, table_, [drawn], layout)


def histograms(reports: Sequence[Report]) -> Exhibit:
    """What trades made, on the same bins."""
    nets = [traded(report)["net"].to_numpy() for report in reports]
    edges = np.histogram_bin_edges(np.concatenate(nets), bins=BINS)
    middle = pl.Series("net", (edges[:-1] + edges[1:]) / 2)
    table_, traces = middle.to_frame(), []
    for k, (report, net) in enumerate(zip(reports, nets, strict=True)):
        share = pl.Series(report.name, np.histogram(net, bins=edges)[0] / len(net))
        table_ = table_.with_columns(share)
        drawn = bars_of(report.name, middle, share, COLOURS[k % len(COLOURS)])
        traces.append(drawn | {"opacity": 0.6})
    says = "Share of the trades of each run by what they made."
    layout = titled(f"net, {reports[0].facts['currency']}", "share", barmode="overlay")
    return Exhibit("what-trades-made", "What trades made", says, table_, traces, layout)
