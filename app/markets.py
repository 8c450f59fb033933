"""The markets of a study: symbols and timeframes it names as lists, and what cannot share one."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final

from app.study import Study
from app.yaml_lines import Document
from engine.core.errors import StudyError
from engine.core.instrument import Instrument
from engine.research.across import RANK, SCORE
from engine.research.search import Search
from storage.families import ACROSS

AXES: Final = ("symbol", "timeframe")
IN_MONEY: Final = (("costs", "commission"), ("rules", "daily_loss"), ("rules", "daily_profit"))


def markets_of(document: Document) -> list[Document]:
    """The study once for each of its markets, symbol by symbol."""
    data = document.value.get("data")
    if not isinstance(data, dict) or not any(isinstance(data.get(name), list) for name in AXES):
        return [document]
    symbols, timeframes = (several(document, name) for name in AXES)
    return [alone(document, (s, t)) for s in symbols for t in timeframes]


def several(document: Document, name: str) -> list[Any]:
    """The values of one key; what is no list is a list of one."""
    written, place = document.value["data"].get(name), document.place(("data", name))
    if not isinstance(written, list):
        return [written]
    if not written:
        raise StudyError(f"{place}: data.{name} is an empty list")
    for k, value in enumerate(written):
        if value in written[:k]:
            raise StudyError(f"{place}: data.{name} names {value} twice")
    return written


def alone(document: Document, market: tuple[Any, Any]) -> Document:
    """The study of one market, every key where it was written."""
    made = deepcopy(document)
    for name, value in zip(AXES, market, strict=True):
        if value is not None:
            made.put(("data", name), value, document.place(("data", name)))
    return made


def refuse_unlike(study: Study, search: Search, instruments: Sequence[Instrument]) -> None:
    """What means another thing in each market, or cannot be set side by side."""
    if search.adaptive:
        raise StudyError(
            f"search.method: a {search.method} search tries other combinations in each market, "
            "and none could be set beside another; search by grid, random or sobol, or play each "
            "market alone"
        )
    if study.money is not None:
        raise StudyError("money: an account trades one market; play each market alone")
    taken = sorted({*study.params, *study.gates} & {*ACROSS.columns, RANK, SCORE})
    if taken:
        raise StudyError(f"{taken} name columns of the table over all markets; play each alone")
    refuse_money(study, sorted({one.currency for one in instruments}))


def refuse_money(study: Study, currencies: Sequence[str]) -> None:
    """An amount is of one currency."""
    for section, name in IN_MONEY:
        if len(currencies) > 1 and getattr(getattr(study, section), name) is not None:
            raise StudyError(
                f"{section}.{name} is an amount of money, and these markets count in "
                f"{' and '.join(currencies)}; leave it out or play each market alone"
            )
