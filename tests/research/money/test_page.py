"""docs/money.md knows every key, every reason, and its Python runs."""

import re
from typing import Any

import numpy as np

from engine.fills import Costs
from engine.research.money.terms import KEYS, LIMITS, Halts
from tests.house.files import ROOT
from tests.research.money.markets import lane, unit_trades

PAGE = (ROOT / "docs" / "money.md").read_text(encoding="utf-8")
REASONS = (
    *("no_stop", "too_small", "contracts", "dollars", "exposure", "max_loss", "positions", "heat"),
    *("margin", "no_history", "no_edge", "no_confidence", "confidence", "no_multiplier"),
    *("margin_call", "daily_loss", "drawdown", "losses", "ruined"),
)


def test_every_key_and_every_reason_is_explained() -> None:
    table, rules = PAGE.split("## The rules")
    for name in KEYS:
        assert f"`{name}" in table, name
    for name in LIMITS:
        assert f"`limits.{name}`" in table, name
    for name in Halts.__dataclass_fields__:
        assert f"`halts.{name}`" in table, name
    for name in REASONS:
        assert f"`{name}`" in rules, name


def test_the_python_of_the_page_runs() -> None:

    bars = lane("ES", 1).bars
    here: dict[str, Any] = {
        "bars": bars,
        "trades": unit_trades(bars, np.random.default_rng(1), 5),
        "costs": Costs(),
    }
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, here)  # noqa: S102 - what the page shows is what is run
    assert len(here["found"].equity) == len(bars)
