"""What the fast path does not know takes the scanning kernel, with a reason that names it."""

from datetime import date

import numpy as np
import pytest

from engine import Bars, Costs, Exits, Rules, Setups
from engine.core.columns import Column
from engine.core.entries import Limit, Stop, StopLimit
from engine.core.follow import After
from engine.fills import Table
from engine.fills.fast import refusal as known
from engine.fills.fast.refusal import refusal
from engine.fills.fast.refusal import unknown_parts as unknown
from tests.fills.programs import FOLLOWED, FURTHER, RISKS, SIMPLE
from tests.makers import bars_from, flat, long_at, mark

PLAIN = {"stop": 8, "target": {"r": 2}}


def bars() -> Bars:
    return bars_from(("2022-11-28 09:00", flat(100, 9)))


def why(
    exits: dict | None = None, rules: dict | None = None, costs: dict | None = None, **more: object
) -> str | None:
    """The reason for a single combination."""
    tape, (one,) = bars(), Exits.grid({**PLAIN, **(exits or {})})
    table = Table.of(tape, Rules.of(rules or {}), Costs.of(costs or {}), [one])
    return refusal(table, long_at(tape, 2, attributes={"size": 3.0}, **more), one)


@pytest.mark.parametrize("stop", [*SIMPLE[1:], *FURTHER])
def test_every_distance_of_the_table_is_known(stop: object) -> None:
    rules = {"max_per_session": 1, "entry_window": ["08:30", "14:30"]}
    rules |= {"spare_entry_bar": True, "stop_first": True, "cooldown": 3}
    costs = {"commission": "2.05", "slippage": {"market": 2, "stop": 3, "limit": 1}}
    further = {"hold": {"minutes": {"times": 2, "of": "size"}}, "leave": "gone"}
    columns = {"mean": 100, "gone": mark(bars(), 4)}
    for target in ("none", *SIMPLE, *FURTHER, *FOLLOWED, *RISKS):
        exits = {"stop": stop, "target": target, "flatten": "14:00", **further}
        assert why(exits, rules, costs, follow=columns) is None


@pytest.mark.parametrize(
    ("exits", "said"),
    [
        ({"stop": {"nearest": [3, "level"]}}, "exits.stop: nearest of 3, level"),
        ({"sideways": {"bars": 3, "range": 4}}, "exits.sideways"),
        ({"legs": {"at": [3], "lots": [1, 1]}}, "exits.legs"),
        ({"breakeven": {"after": 4, "offset": 1}}, "exits.breakeven"),
        ({"trail": {"by": 4}}, "exits.trail"),
    ],
)
def test_further_exits_are_refused_by_name(exits: dict, said: str) -> None:
    assert why(exits) == f"{said} takes the scanning kernel"


@pytest.mark.parametrize(
    ("rules", "said"),
    [({"max_losses": 3}, "rules.max_losses"), ({"positions": 2}, "rules.positions")],
)
def test_further_rules_are_refused_by_name(rules: dict, said: str) -> None:
    assert why(rules=rules) == f"{said} takes the scanning kernel"


def test_a_limit_of_one_session_is_known_and_other_orders_that_wait_are_refused() -> None:
    tape = bars()
    closes = Column.of(tape.close.astype(np.int64))
    assert why(entry=Limit(closes, closes, bars=3)) is None
    crossing = {"stop": Stop(closes, closes), "stop_limit": StopLimit((closes,) * 2, (closes,) * 2)}
    for name, order in crossing.items():
        assert why(entry=order) == f"setups.entries: {name} takes the scanning kernel"
    outlives = Limit(closes, closes, until=date(2022, 11, 29))
    assert why(entry=outlives) == "setups.entries.until takes the scanning kernel"


def test_setups_that_wait_for_another_are_refused() -> None:
    tape = bars()
    rows = Column.of(np.zeros(len(tape), np.int64))
    assert why(after=After(rows, "ended")) == "setups.parents takes the scanning kernel"


def test_a_field_nobody_named_refuses_as_soon_as_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields are read off the value: one that is new is unknown, whoever forgot to say so."""
    for owner, name in ((Exits, "flatten"), (Rules, "entry_window"), (Costs, "commission")):
        monkeypatch.setitem(known.KNOWN, owner, known.KNOWN[owner] - {name})
    assert why() is None
    assert why({"flatten": "14:00"}) == "exits.flatten takes the scanning kernel"
    assert why(rules={"entry_window": ["08:30", "09:30"]}) == (
        "rules.entry_window takes the scanning kernel"
    )
    assert why(costs={"commission": 0}) == "costs.commission takes the scanning kernel"


def test_a_column_of_setups_nobody_named(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = known.KNOWN[Setups] - {"target", "attributes", "side"}
    monkeypatch.setitem(known.KNOWN, Setups, fewer)
    tape = bars()
    one = long_at(tape, 2)
    assert list(unknown("setups", one)) == ["setups.side"]
    two = long_at(tape, 2, target=(110, 90), attributes={"size": 1.0})
    assert list(unknown("setups", two)) == ["setups.side", "setups.target", "setups.attributes"]
    assert list(unknown("setups", long_at(tape))) == []


def test_results_beyond_32_bits_and_too_many_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    dear = why(costs={"commission": 20_000_000})
    assert dear is not None
    assert dear.startswith("a trade could make or lose 4.0e+09 money units: the fast path holds")
    monkeypatch.setattr(known, "MOST_BARS", 9)
    assert why() == "9 bars: the fast path numbers fewer than 9"
