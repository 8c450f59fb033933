"""The page of a run: one HTML file that needs nothing else, not even a network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final, NamedTuple

from engine.core.bars import Bars
from reports.browser import chosen, session_exhibits
from reports.candles import candle_exhibits
from reports.equity import equity_exhibits, traded
from reports.evidence import evidence_exhibits, stored
from reports.exhibit import Exhibit
from reports.findings import Report, verdict
from reports.grid import grid_exhibits
from reports.holding import against_table, holding_exhibit, together
from reports.market import market_exhibit
from reports.markup import browser, figure, leaves, paragraph, tag
from reports.migration import value_exhibits
from reports.passes import pass_exhibits
from reports.plateau import plateau_exhibits
from reports.sections import (
    evidence_table,
    facts_list,
    fold_table,
    measure_list,
    score_table,
    steady_table,
    tiles,
)
from reports.shell import whole
from reports.standing import standing, state
from reports.trades import trade_exhibits, trade_table
from reports.walk import walk_exhibits

NARROW: Final = frozenset(
    {"drawdown", "by-trade", "monthly", "weekday-hour", "rolling", "distribution", "streaks"}
    | {"r-multiples", "sizes", "last-trades", "windows"}
    | {"excursions", "in-out", "side-hour", "plateau", "pareto"}
    | {"logits", "degradation", "null-best", "null-walk", "redrawn", "flipped", "gaps", "fills"}
)
GONE: Final = "The bars of this run are not in the store any more: nothing can be drawn on them."
LACKING: Final = {
    "surrogates": "No markets without an edge were searched for this run.",
    "splits": "The search was not cross-validated.",
}


class Section(NamedTuple):
    """A part of the page: what it shows, and what stands below its figures."""

    key: str
    title: str
    says: str
    exhibits: Sequence[Exhibit] = ()
    below: str = ""
    browsed: Sequence[Exhibit] = ()  # two a session, of which the reader sees one session

    def markup(self) -> str:
        head = tag("h2", escape(self.title), id=self.key) + paragraph(self.says)
        drawn = "".join(figure(one, half=one.key in NARROW) for one in self.exhibits)
        figures = tag("div", drawn, class_="figures") + browser(self.browsed)
        return tag("section", head + figures + self.below)


def page_of(report: Report, bars: Bars | None = None) -> str:
    """The whole page; without the run's bars it cannot draw trades on candles, and says so."""
    tables = {"trades": trade_table(report), "folds": fold_table(report)}
    parts = sections(report, bars, tables)
    drawn = [one for part in parts for one in (*part.exhibits, *part.browsed)]
    held: dict[str, Any] = {
        "figures": {one.key: one.plain() for one in drawn},
        "says": {one.key: one.says for part in parts for one in part.browsed},
        "tables": tables,
    }
    links = "".join(tag("li", tag("a", escape(p.title), href=f"#{p.key}")) for p in parts)
    body = (
        tag("header", tag("div", top(report, bars)), data_state=state(report))
        + tag("nav", tag("ul", links), aria_label="Sections")
        + tag("main", "".join(part.markup() for part in parts) + foot(report))
    )
    return whole(report.name, body, held)


def exhibits_of(report: Report, bars: Bars | None = None) -> dict[str, Exhibit]:
    """Every figure of the page by its name."""
    tables = {"trades": {"says": "", "rows": []}, "folds": {"rows": []}}
    parts = sections(report, bars, tables)
    return {one.key: one for part in parts for one in (*part.exhibits, *part.browsed)}


def sections(report: Report, bars: Bars | None, tables: dict[str, Any]) -> list[Section]:
    """The parts of the page in order: what was not seen before comes before the search."""
    return [
        outside(report, bars),
        evidence(report),
        Section(
            "walk",
            "Walk-forward",
            "What each fold chose on its train sessions, and what the next sessions made of it.",
            [*walk_exhibits(report), *pass_exhibits(report)],
            steady_table(report) + leafed("folds", tables),
        ),
        Section(
            "grid",
            "The grid",
            "In sample: these figures describe the search and promise nothing.",
            [*grid_exhibits(report), *plateau_exhibits(report)],
        ),
        Section(
            "trades",
            "Trades",
            tables["trades"]["says"],
            trade_exhibits(report, bars),
            leafed("trades", tables),
        ),
        pictures(report, bars),
        profile_section(report, bars),
        Section("facts", "What was played", "All that decides the result.", (), facts_list(report)),
    ]


def evidence(report: Report) -> Section:
    """What is known of luck: pictures first, every figure below them."""
    drawn = evidence_exhibits(report)
    lacks = [name for name in ("surrogates", "splits") if stored(report, name).is_empty()]
    says = "What is known of luck; a figure that is missing was not computed."
    if lacks:
        says += " " + " ".join(LACKING[name] for name in lacks)
    return Section("evidence", "Evidence", says, drawn, evidence_table(report))


def profile_section(report: Report, bars: Bars | None) -> Section:
    """Value from session to session, and a browser of single sessions."""
    if bars is None:
        return Section("profiles", "Profiles", GONE)
    says = "Volume at price of the last sessions and of those with the trades above."
    shown = session_exhibits(report, bars)
    return Section("profiles", "Profiles", says, value_exhibits(bars), browsed=shown)


def outside(report: Report, bars: Bars | None) -> Section:
    """What became of the choices in sessions they had not seen."""
    drawn, below = equity_exhibits(report), score_table(report)
    says = "Only trades in sessions that the chosen combination had not seen."
    if not drawn:
        says = "No fold traded in sessions it had not seen: there is nothing to draw."
    elif bars is not None:
        beside = together(report, bars)
        drawn.insert(1, holding_exhibit(report, beside))
        below += against_table(report, beside)
    return Section("outside", "Out of sample", says, drawn, below + measure_list(report))


def leafed(key: str, tables: dict[str, Any]) -> str:
    """A long table of the page; nothing when it has no rows."""
    found = tables[key]
    return leaves(key, found["columns"], key) if found["rows"] else ""


def pictures(report: Report, bars: Bars | None) -> Section:
    """The market, and ten trades on their candles."""
    if bars is None:
        return Section("pictures", "On the chart", GONE)
    market = market_exhibit(report, bars, chosen(report, bars), traded(report))
    drawn = candle_exhibits(report, bars)
    says = "The three largest gains, the three largest losses and the latest trades."
    if not drawn:
        says = "There is no out-of-sample trade to draw."
    return Section("pictures", "On the chart", says, [market, *drawn])


def top(report: Report, bars: Bars | None) -> str:
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
    said = paragraph(verdict(report), class_="verdict")
    return named + banner + note + said + tiles(report) + standing(report, bars)


def foot(report: Report) -> str:
    said = (
        "Results of past or synthetic bars under written fill rules. Nothing on this page is a "
        "promise, and a backtest that looks good was most often chosen for looking good."
    )
    return tag("footer", paragraph(said) + paragraph(f"Data {report.facts['data']}"))
