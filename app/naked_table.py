"""Naked levels of a stored series: what earlier sessions left and no bar has come back to."""

from __future__ import annotations

from typing import Any

import polars as pl

from app.console import out, print_rows
from app.level_tables import SHOWN, price
from app.levels import Answer
from engine.core.bars import Bars
from engine.profile.naked_list import naked_list
from engine.profile.table import Question
from storage.stored import Stored


def naked(bars: Bars, series: Stored, question: Question) -> Answer:
    """Levels of these bars that no later one has touched, newest first."""
    table = naked_list(bars, segment=question.segment, rule=question.rule)
    left = table.filter(pl.col("touched").is_null() & (pl.col("age") > 0)).drop("touched")
    return Answer(series, bars, left.reverse())


def lines(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "date": str(row["trade_date"]),
            "level": row["level"],
            "price": price(answer, row["tick"]),
            "age": row["age"],
        }
        for row in answer.table.to_dicts()
    ]


def print_naked(answer: Answer, question: Question) -> None:
    """The newest of them, and how far from the last close each lies."""
    last = answer.bars.sessions.trade_date(int(answer.bars.session[-1]))
    rows = lines(answer)
    close = price(answer, int(answer.bars.close[-1]))
    title = f"{answer.series} {question.segment}: {len(rows)} naked levels after {last}, at {close}"
    out().print(title, markup=False, soft_wrap=True)
    if rows:
        print_rows(rows[:SHOWN])
