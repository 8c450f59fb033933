"""Levels as a trader reads them: newest last, prices as prices, what was asked above them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import polars as pl

from app.console import notice, out, print_rows
from app.levels import Answer
from engine.profile.table import Question

SHOWN: Final = 40  # rows a person is shown; the store, --json and --out have all
PRICES: Final = ("poc", "vah", "val", "high", "low", "close")
SHORT: Final = {
    "open_rejection_reverse": "rejection",
    "open_auction_in_range": "auction in",
    "open_auction_out_of_range": "auction out",
    "normal_variation": "variation",
    "double_distribution": "double",
    "neutral_extreme": "neutral ext",
}
SPARE: Final = ("delta", "volume", "balance", "shape", "open", "low", "high", "close")
THOUSAND: Final = 10_000  # from here on amounts are shown in thousands
MADE_UP: Final = "made from a seed, without any edge; nothing here says anything about a market"
NO_LEVELS: Final = "sessions without levels: nothing traded in them; --measure time takes time"


def print_levels(answer: Answer, question: Question) -> None:
    """The last sessions, and under which rule their levels were found."""
    head(answer, question, "sessions")
    rows = [session_row(answer, row) for row in answer.table.tail(SHOWN).to_dicts()]
    print_rows(fitted(rows, out().width))
    kind = answer.table["delta_kind"][-1]
    out().print(f"delta is no count of trades at bid and ask but a {kind}", markup=False)
    empty = int(answer.table["poc"].null_count())
    if empty:
        notice(f"{empty} {NO_LEVELS}")


def print_developing(answer: Answer, question: Question) -> None:
    """The last session bar by bar, as far as there is room."""
    day = answer.table["trade_date"][-1]
    head(answer, question, "bars")
    last = answer.table.filter(pl.col("trade_date") == day).tail(SHOWN)
    print_rows([bar_row(answer, row) for row in last.to_dicts()], f"{day}, UTC")


def head(answer: Answer, question: Question, what: str) -> None:
    """What these rows are of, and how many there are."""
    made = "SYNTHETIC " if answer.bars.origin.synthetic else ""
    if made:
        notice(f"{made}{answer.bars.instrument.symbol}: {MADE_UP}")
    rule, model, table = question.rule, question.model, answer.table
    row = model.row or answer.bars.instrument.row
    plural = "" if row == 1 else "s"
    share = f"{(question.fraction * 100).normalize():f} % of {model.measure}"
    how = f"{rule.name} (tie {rule.tie}, poc tie {rule.poc_tie}), {share}, {model.spread}"
    first, last = (str(table["trade_date"][k]) for k in (0, -1))
    seen = f"the last {SHOWN} of {table.height:,}" if table.height > SHOWN else f"{table.height}"
    title = f"{made}{answer.series} {question.segment} from {first} to {last}, {seen} {what}"
    out().print(f"{title}\n{how}, rows of {row} tick{plural}", markup=False, soft_wrap=True)


def session_row(answer: Answer, row: dict[str, Any]) -> dict[str, Any]:
    """What a person wants of one session."""
    ends = [price(answer, row[name]) for name in ("ib_low", "ib_high")]
    return {
        "date": str(row["trade_date"]),
        **{name: price(answer, row[name]) for name in PRICES},
        "balance": None if None in ends else f"{ends[0]}-{ends[1]}",
        "shape": row["shape"],
        "day": words(row["day_type"]),
        "open": words(row["open_type"]),
        "volume": quantity(answer, row["volume"]),
        "delta": quantity(answer, row["delta"]),
    }


def fitted(rows: list[dict[str, Any]], room: int) -> list[dict[str, Any]]:
    """The rows, without the columns for which there is no room."""
    spare = iter(SPARE)
    while width(rows) > room and (least := next(spare, None)):
        rows = [{name: value for name, value in row.items() if name != least} for row in rows]
    return rows


def width(rows: list[dict[str, Any]]) -> int:
    """Columns of text a table of these rows takes."""
    names = rows[0]
    return sum(3 + max(len(name), *(len(str(row[name])) for row in rows)) for name in names)


def bar_row(answer: Answer, row: dict[str, Any]) -> dict[str, Any]:
    levels = {name: price(answer, row[name]) for name in ("close", "poc", "vah", "val")}
    return {"time": f"{row['ts']:%H:%M}", **levels}


def price(answer: Answer, ticks: int | None) -> Decimal | None:
    return None if ticks is None else answer.bars.instrument.price(ticks)


def quantity(answer: Answer, lots: int) -> Decimal | str:
    """Large amounts in thousands, quantities of coins as they are."""
    amount = lots * answer.bars.instrument.lot
    return f"{amount / 1000:,.0f}k" if abs(amount) >= THOUSAND else amount


def words(code: str | None) -> str | None:
    return code and SHORT.get(code, code.removeprefix("open_").replace("_", " "))


def records(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows for a program; the histogram stays in the store."""
    return table.drop("profile", strict=False).to_dicts()
