"""The tables of a run: drawn for somebody who decides with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.verdict import answers, verdict_row
from app.yaml_lines import dump
from reports.findings import (
    Report,
    amount,
    best_rows,
    fold_rows,
    out_of_sample,
    signals,
    summary,
    trade_rows,
    value_text,
    verdict,
)

FOLDS_SHOWN: Final = 12
TRADES_SHOWN: Final = 10
NUMBERS: Final = ("combination", "fold", "seed")  # names of things, to be typed back
PERCENT: Final = ("win_rate", "ambiguous")
SPARE: Final = (  # what a narrow terminal does without, in this order; the store has it all
    *("ambiguous", "sharpe", "combination", "max_drawdown", "test_first", "train_trades"),
    *("profit_factor", "net_best", "net_worst", "win_rate", "test_last", "fold"),
)
LESS: Final = ("question", "between")  # of the table of evidence
SIGNED: Final = ("net", "expectancy", "test_net", "test_expectancy", "test_sharpe")


def print_sweep(console: Console, report: Report) -> None:
    """A search: what was tried, what was best, what became of it out of sample."""
    console.print(header(report))
    title = f"Best in sample, by {report.objective} ({report.facts['currency']})"
    console.print(fitted(console, title, [spelt(report, row) for row in best_rows(report)]))
    console.print(walk_table(console, report))
    console.print(outside_line(report), soft_wrap=True)
    evidence = report.tables["evidence"]
    if rows := list(answers(evidence)):
        console.print(fitted(console, "Evidence", rows, LESS))
    title = f"verdict: {verdict_row(evidence).get('class', 'nothing was weighed')}"
    console.print(Panel(Text(verdict(report)), title=title, title_align="left"))
    console.print(f"stored as [bold]{escape(report.name)}[/bold]")


def print_run(console: Console, report: Report) -> None:
    """One combination: its measures and its last trades."""
    trades = report.tables["trades"].filter(pl.col("scope") == "best")
    console.print(header(report))
    console.print(f"[bold]played:[/bold] {escape(axes_text(report))}", soft_wrap=True)
    console.print(
        fitted(console, f"Measures ({report.facts['currency']})", [summary(report, trades)])
    )
    console.print(signals_line(report), soft_wrap=True)
    if trades.height:
        net = trades["net"].to_numpy()
        low, high = (amount(report, report.money(int(end))) for end in (net.min(), net.max()))
        console.print(f"largest loss {low}, largest win {high}")
        last = trades.tail(TRADES_SHOWN)
        console.print(
            rows_table(f"Last {last.height} of {trades.height} trades", trade_rows(report, last))
        )
    note = "One combination, chosen by hand: no test against chance has been made."
    console.print(Panel(Text(note), title="verdict", title_align="left"))
    console.print(f"stored as [bold]{escape(report.name)}[/bold]")


def signals_line(report: Report) -> str:
    """How many setups were seen, taken, and turned away by what."""
    found = signals(report)
    said = ", ".join(f"{count:,} {outcome.replace('_', ' ')}" for outcome, count in found.items())
    return f"[bold]setups:[/bold] {sum(found.values()):,} seen: {said}"


def header(report: Report) -> Panel:
    """What was played, on what."""
    facts = report.facts
    grid = Table.grid(padding=(0, 2))
    for name, value in described(facts):
        grid.add_row(Text(name, style="dim"), Text(value))
    parts: list[RenderableType] = (
        [synthetic_banner(str(facts["source"]))] if facts["synthetic"] else []
    )
    parts.append(grid)
    outer = Table.grid()
    for part in parts:
        outer.add_row(part)
    return Panel(outer, title=escape(str(facts["study"])), title_align="left")


def synthetic_banner(source: str) -> Text:
    """What no reader may miss, with the edge that was planted."""
    planted = source.partition("-")[2]
    edge = f"with a planted edge ({planted})" if planted else "without any edge"
    return Text(
        f" SYNTHETIC DATA: made from a seed, {edge}; nothing here says anything about a market ",
        style="bold black on yellow",
    )


def described(facts: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The header, line by line."""
    made = "SYNTHETIC " if facts["synthetic"] else ""
    yield "strategy", str(facts["strategy"])
    if facts["note"]:
        yield "note", str(facts["note"])
    span = f"{made}{facts['symbol']} {facts['timeframe']} from {facts['first']} to {facts['last']}"
    yield "data", f"{span}, source {facts['source']}, fingerprint {facts['data'][:12]}"
    yield "size", f"{facts['sessions']:,} sessions, {facts['bars']:,} bars"
    if facts["holdout"]:
        told = f"sessions from {facts['holdout']} on were not read"
        state = f"; opened {facts['openings']} times" if facts.get("openings") else ""
        others = facts.get("holdout_read_by")
        yield "hold-out", told + state + (f"; NOT UNSEEN: read by {others}" if others else "")
    plural = "" if facts["combinations"] == 1 else "s"
    ever = f"{facts['trials']:,} ever on exactly this data"
    yield "tried", f"{facts['combinations']:,} combination{plural}; {ever}"
    yield "costs", str(facts["costs"])


def rows_table(title: str, rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Rows with figures to the right, losses in red."""
    if not rows:
        return Text(f"{title}: none")
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for name in rows[0]:
        right = all(number(row[name]) for row in rows)
        table.add_column(
            name.replace("_", "\n"), justify="right" if right else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(figure(name, value) for name, value in row.items()))
    return table


def fitted(
    console: Console,
    title: str,
    rows: Sequence[Mapping[str, Any]],
    without: Sequence[str] = SPARE,
) -> RenderableType:
    """The table, without the columns for which there is no room."""
    spare = iter(without)
    while width(rows) > console.width and (least := next(spare, None)):
        rows = [{name: v for name, v in row.items() if name != least} for row in rows]
    return rows_table(title, rows)


def width(rows: Sequence[Mapping[str, Any]]) -> int:
    """Columns of text a table of these rows takes, its rules and spaces included."""
    names = rows[0] if rows else ()
    texts = {
        name: [*name.split("_"), *(str(figure(name, r[name])) for r in rows)] for name in names
    }
    return sum(max(map(len, found)) + 3 for found in texts.values()) + 1


def number(value: Any) -> bool:
    """Whether a cell stands to the right: figures, and text that is one."""
    text = str(value).replace(".", "", 1)
    return (
        value is None
        or isinstance(value, (int, float, Decimal))
        or text.isdecimal()
        or text == "open"
    )


def figure(name: str, value: Any) -> Text:
    """One cell."""
    if value is None:
        return Text("-", style="dim")
    if name in PERCENT:
        return Text(f"{100 * value:.1f} %")
    if isinstance(value, Decimal):
        return Text(f"{value:,f}")
    if isinstance(value, float):
        style = ("green" if value > 0 else "red") if name in SIGNED and value else ""
        return Text(f"{value:,.2f}", style=style)
    grouped = isinstance(value, int) and name not in NUMBERS
    return Text(f"{value:,}" if grouped else str(value))


def walk_table(console: Console, report: Report) -> RenderableType:
    """The latest folds; the rest stands in the store."""
    rows = [{k: v for k, v in row.items() if k != "combination"} for row in fold_rows(report)]
    shown = rows[-FOLDS_SHOWN:]
    all_or_last = f"{len(rows)} folds"
    if len(shown) < len(rows):
        all_or_last = f"the last {len(shown)} of {len(rows)} folds (all are in the table folds)"
    title = f"Walked forward, {all_or_last}; chosen: {' / '.join(report.varied())}"
    return fitted(console, title, shown)


def spelt(report: Report, row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the grid as they were written, an open gate as such."""
    axes = report.axes()
    return {name: value_text(value) if name in axes else value for name, value in row.items()}


def outside_line(report: Report) -> str:
    """All out-of-sample trades in one line."""
    seen = out_of_sample(report)
    if not seen["trades"]:
        return "[bold]Out of sample:[/bold] no trade"
    colour = "green" if seen["net"] > 0 else "red"
    return (
        f"[bold]Out of sample:[/bold] {seen['trades']:,} trades, net "
        f"[{colour}]{amount(report, seen['net'])}[/{colour}], "
        f"{amount(report, seen['expectancy'])} a trade, {percent(seen['win_rate'])} wins, "
        f"{seen['folds_positive']} of {seen['folds']} folds above zero; "
        f"{percent(seen['ambiguous'])} of the trades are ambiguous, their worst reading makes "
        f"{amount(report, seen['net_worst'])}, their best {amount(report, seen['net_best'])}"
    )


def percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def axes_text(report: Report) -> str:
    row = report.combinations.row(0, named=True)
    return ", ".join(f"{name} {value_text(row[name])}" for name in report.axes())


def print_preview(console: Console, found: Mapping[str, Any]) -> None:
    """What a sweep would do: the resolved study, the settings and where they came from."""
    console.print(dump(found["study"]), markup=False, soft_wrap=True)
    settings = [{"setting": name, **said} for name, said in found["settings"].items()]
    console.print(rows_table("Settings", settings))
    rest = [
        {"what": name.replace("_", " "), "value": str(value)}
        for name, value in found.items()
        if name not in ("study", "settings")
    ]
    console.print(rows_table("A sweep would play", rest))
