"""Exits read from plain YAML values, and what they refuse."""

from decimal import Decimal

import pytest

from engine.core.errors import ParameterError, UnknownError
from engine.fills import Exits
from engine.fills.exits import Level, Risk, Ticks, Times


def test_every_form_is_read() -> None:
    axes = {
        "stop": [16, {"times": "1.5", "of": "atr"}],
        "target": ["none", "level", {"r": 2}],
        "flatten": ["15:45", 930, "none"],
    }
    grid = Exits.grid(axes)
    assert len(grid) == 2 * 3 * 3
    assert grid[0] == Exits(Ticks(16), None, 945)
    assert grid[-1] == Exits(Times(Decimal("1.5"), "atr"), Risk(Decimal(2)), None)
    assert Exits(Ticks(16), Level(), 930) in grid


def test_the_same_exit_twice_is_one() -> None:
    assert len(Exits.grid({"stop": [16, 16, "16"]})) == 1


def test_texts_are_what_tables_show() -> None:
    exits = Exits.grid({"stop": {"times": "1.50", "of": "atr"}, "target": {"r": 2}})[0]
    assert exits.texts() == {"stop": "1.5 x atr", "target": "2 r", "flatten": "none"}
    other = Exits.grid({"stop": "level", "target": 8, "flatten": "08:05"})[0]
    assert other.texts() == {"stop": "level", "target": "8", "flatten": "08:05"}


@pytest.mark.parametrize(
    ("axes", "kind", "message"),
    [
        ({"stpo": 8}, UnknownError, "no exit 'stpo'; did you mean 'stop'?"),
        ({"stop": 0}, ParameterError, "a distance is a whole number of ticks from 1 on, not 0"),
        ({"stop": "1.5"}, ParameterError, "a whole number of ticks from 1 on, not 1.5"),
        ({"stop": "wide"}, ParameterError, "'wide' is not a number"),
        ({"stop": {"r": 1}}, ParameterError, "a stop cannot be a multiple of the risk"),
        ({"target": {"r": 1}}, ParameterError, "a target in r needs a stop"),
        ({"stop": {"times": -1, "of": "atr"}}, ParameterError, "must be above 0, not -1"),
        ({"stop": {"time": 1, "of": "atr"}}, ParameterError, "not one of: time, of"),
        ({"stop": 10**9 + 1}, ParameterError, "a distance is at most 1,000,000,000 ticks, not 100"),
        (
            {"stop": {"percent": 100_001}},
            ParameterError,
            "a multiple is at most 100,000, not 100001",
        ),
        (
            {"stop": 8, "decay": {"bars": [30, 20], "by": [0.1, 0.2]}},
            ParameterError,
            "decay: times must ascend, each once, not [30, 20]",
        ),
        ({"flatten": "25:00"}, ParameterError, "'25:00' is no time of day"),
        ({"flatten": 1441}, ParameterError, "1441 is no minute of the day"),
    ],
)
def test_what_is_refused(axes: dict, kind: type, message: str) -> None:
    with pytest.raises(kind) as caught:
        Exits.grid(axes)
    assert message in str(caught.value)
