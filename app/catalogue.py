"""What exists, read from the code itself: strategies, instruments, sessions."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adapters
from app.yaml_lines import dump
from engine.core.axis import Axis, written
from engine.core.calendars import calendar
from engine.core.contracts import INSTRUMENTS
from engine.core.instrument import Instrument
from engine.core.session import moment_text
from engine.core.strategy import Preset, Strategy
from storage.instruments import instruments_at
from storage.lake import Lake

Row = dict[str, Any]


def strategies() -> list[Row]:
    """One row a strategy."""
    found = {name: adapters.load(name) for name in adapters.names()}
    return [
        {
            "strategy": name,
            "what": first_line(cls),
            "parameters": ", ".join(n for n in cls.space() if n not in cls.gates()),
            "gates": ", ".join(cls.gates()),
        }
        for name, cls in found.items()
    ]


def strategy(name: str) -> Row:
    """Everything one strategy declares, from its own lines."""
    cls = adapters.load_file(Path(name)) if name.endswith(adapters.FILES) else adapters.load(name)
    return {
        "name": Path(name).stem,
        "class": cls.__name__,
        "doc": inspect.getdoc(cls) or "",
        "parameters": [
            parameter(section, *item)
            for section, wanted in (("params", False), ("gates", True))
            for item in cls.space().items()
            if (item[1].gate is not None) == wanted
        ],
        "presets": [
            {"preset": preset.name, "doc": preset.doc, "values": entries(preset)}
            for preset in cls.presets
        ],
    }


def entries(preset: Preset) -> dict[str, Row]:
    """What a preset says, as a study would."""
    return {section: dict(said) for section, said in preset.sections().items() if said}


def lines(values: Row) -> str:
    """The values of a preset in YAML, ready to be copied into a study."""
    return dump(values).strip()


def first_line(cls: type[Strategy]) -> str:
    return (inspect.getdoc(cls) or "").split("\n", maxsplit=1)[0]


def parameter(section: str, name: str, axis: Axis) -> Row:
    if axis.range is None:
        reach = " | ".join(written(choice) for choice in axis.choices)
    else:
        reach = str(axis.range)
    needs = [f"{other} is {' or '.join(map(str, allowed))}" for other, allowed in axis.when]
    return {
        "under": section,
        "name": name,
        "type": axis.kind,
        "range": reach,
        "default": "open" if axis.default is None else str(axis.default),
        "doc": "; ".join([axis.doc, *(f"counts where {need}" for need in needs)]).strip("; "),
    }


def instruments(lake: Lake) -> list[Row]:
    """One row an instrument."""
    return [
        {
            "symbol": known.symbol,
            "name": known.name,
            "exchange": known.exchange,
            "kind": known.kind,
            "tick": f"{known.tick:f}",
            "tick_value": f"{known.tick_value:f}",
            "currency": known.currency,
            "calendar": known.calendar,
        }
        for known in {**INSTRUMENTS, **instruments_at(lake.root)}.values()
    ]


def instrument(lake: Lake, symbol: str) -> list[Row]:
    """Every fact of one instrument, dated ones row by row."""
    return [
        {"fact": fact, "since": since, "value": value}
        for fact, since, value in facts(lake.instrument(symbol))
    ]


def facts(known: Instrument) -> Iterator[tuple[str, str, str]]:
    plain = ("symbol", "name", "exchange", "kind", "currency", "calendar", "months", "row")
    decimals = ("tick", "point_value", "tick_value", "lot", "money_unit")
    for name in plain:
        yield name, "", str(getattr(known, name))
    for name in decimals:
        yield name, "", f"{getattr(known, name):f}"
    for name in ("fees", "margins"):
        for since, values in getattr(known, name).rows:
            for part, value in values._asdict().items():
                yield f"{name}.{part}", str(since), f"{value:f}"


def sessions(known: Instrument, first: str, last: str) -> list[Row]:
    """One row a session, in UTC."""
    hours = calendar(known.calendar)
    table = hours.sessions(first, last)
    return [
        {
            "trade_date": (day := table.trade_date(k)),
            "weekday": f"{day:%a}",
            "start": moment_text(int(table.start[k])),
            "rth_start": moment_text(int(table.rth_start[k])),
            "rth_stop": moment_text(int(table.rth_stop[k])),
            "stop": moment_text(int(table.stop[k])),
            "minutes": int(table.minutes[k]),
            "note": hours.reason(day),
        }
        for k in range(len(table))
    ]
