"""The page of a run: one HTML file that needs nothing else, not even a network."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any, Final, NamedTuple

from engine.core.bars import Bars
from reports.candles import candle_exhibits
from reports.equity import equity_exhibits
from reports.exhibit import Exhibit
from reports.findings import Report, verdict
from reports.grid import grid_exhibits
from reports.markup import figure, leaves, paragraph, tag
from reports.sections import evidence_table, facts_list, fold_table, score_table, tiles
from reports.trades import trade_exhibits, trade_table
from reports.walk import walk_exhibits

PACKED: Final = 6  # gzip level: a third of the size at a tenth of the time of the last step
NARROW: Final = frozenset(
    {"drawdown", "by-trade", "monthly", "weekday-hour", "rolling", "distribution", "streaks"}
    | {"excursions", "groups", "in-out", "folds"}
)


class Section(NamedTuple):
    """A part of the page: what it shows, and what stands below its figures."""

    key: str
    title: str
    says: str
    exhibits: Sequence[Exhibit] = ()
    below: str = ""

    def markup(self) -> str:
        head = tag("h2", escape(self.title), id=self.key) + paragraph(self.says)
        drawn = "".join(figure(one, half=one.key in NARROW) for one in self.exhibits)
        return tag("section", head + tag("div", drawn, class_="figures") + self.below)


def page_of(report: Report, bars: Bars | None = None) -> str:
    """The whole page; without the run's bars it cannot draw trades on candles, and says so."""
    tables = {"trades": trade_table(report), "folds": fold_table(report)}
    parts = sections(report, bars, tables)
    figures = {one.key: one.plain() for part in parts for one in part.exhibits}
    held = {"figures": figures, "tables": tables}
    links = "".join(tag("li", tag("a", escape(p.title), href=f"#{p.key}")) for p in parts)
    body = (
        tag("header", tag("div", top(report)))
        + tag("nav", tag("ul", links), aria_label="Sections")
        + tag("main", "".join(part.markup() for part in parts) + foot(report))
        + f'<script type="application/json" id="held">{safe(held)}</script>'
        + f'<script type="text/plain" id="plotly">{library() if figures else ""}</script>'
        + f"<script>{asset('page.js')}</script>"
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(report.name)}</title><style>{asset('page.css')}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def sections(report: Report, bars: Bars | None, tables: dict[str, Any]) -> list[Section]:
    """The parts of the page in order: what was not seen before comes before the search."""
    return [
        outside(report),
        Section(
            "evidence",
            "Evidence",
            "What is known of luck; a figure that is missing was not computed.",
            (),
            evidence_table(report),
        ),
        Section(
            "walk",
            "Walk-forward",
            "What each fold chose on its train sessions, and what the next sessions made of it.",
            walk_exhibits(report),
            leafed("folds", tables),
        ),
        Section(
            "grid",
            "The grid",
            "In sample: these figures describe the search and promise nothing.",
            grid_exhibits(report),
        ),
        Section(
            "trades",
            "Trades",
            tables["trades"]["says"],
            trade_exhibits(report),
            leafed("trades", tables),
        ),
        pictures(report, bars),
        Section("facts", "What was played", "All that decides the result.", (), facts_list(report)),
    ]


def outside(report: Report) -> Section:
    """What became of the choices in sessions they had not seen."""
    drawn = equity_exhibits(report)
    says = "Only trades in sessions that the chosen combination had not seen."
    if not drawn:
        says = "No fold traded in sessions it had not seen: there is nothing to draw."
    return Section("outside", "Out of sample", says, drawn, score_table(report))


def leafed(key: str, tables: dict[str, Any]) -> str:
    """A long table of the page; nothing when it has no rows."""
    found = tables[key]
    return leaves(key, found["columns"], key) if found["rows"] else ""


def pictures(report: Report, bars: Bars | None) -> Section:
    """Ten trades on their candles."""
    drawn = [] if bars is None else candle_exhibits(report, bars)
    says = "The three largest gains, the three largest losses and the latest trades."
    if bars is None:
        says = "The bars of this run are not in the store any more: no trade can be drawn."
    elif not drawn:
        says = "There is no out-of-sample trade to draw."
    return Section("pictures", "On the chart", says, drawn)


def top(report: Report) -> str:
    """Name, warning, verdict, and the figures to read first."""
    facts = report.facts
    under = (
        f"{facts['strategy']} on {facts['symbol']} {facts['timeframe']}, "
        f"{facts['sessions']:,} sessions, {facts['combinations']:,} combinations; {report.name}"
    )
    banner = ""
    if facts["synthetic"]:
        made = f"SYNTHETIC bars ({facts['source']}): made by a random walk, not traded by anyone."
        banner = paragraph(made, class_="banner")
    note = paragraph(str(facts["note"])) if facts["note"] else ""
    named = tag("h1", escape(str(facts["study"]))) + paragraph(under, class_="under")
    return named + banner + note + paragraph(verdict(report), class_="verdict") + tiles(report)


def foot(report: Report) -> str:
    said = (
        "Results of past or synthetic bars under written fill rules. Nothing on this page is a "
        "promise, and a backtest that looks good was most often chosen for looking good."
    )
    return tag("footer", paragraph(said) + paragraph(f"Data {report.facts['data']}"))


def safe(value: Any) -> str:
    """JSON that cannot end its script element."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def asset(name: str) -> str:
    return (files("reports") / "assets" / name).read_text("utf-8")


def library() -> str:
    """The drawing library, packed to a third of its size; the page unpacks it."""
    script = (files("plotly") / "package_data" / "plotly.min.js").read_bytes()
    return base64.b64encode(gzip.compress(script, PACKED, mtime=0)).decode()
