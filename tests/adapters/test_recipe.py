"""The recipe for a new strategy, followed word for word into one new file."""

import re
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import adapters
from engine.core.contracts import instrument
from engine.core.law import breaches, said_by_setups
from engine.synth.market import synthesise
from tests.adapters.reading import rows


@pytest.fixture
def recipe(tmp_path):
    (text,) = re.findall(r"```python\n(.*?)```", Path("docs/strategies.md").read_text(), re.DOTALL)
    path = tmp_path / "band_break.py"
    path.write_text(text)
    return adapters.load_file(path)


def said(strategy, bars):
    return said_by_setups(strategy.setups(bars))


def test_the_recipe_obeys_the_law_and_speaks(recipe):
    bars = synthesise(instrument("ES"), date(2024, 1, 2), 1, 5)[:600]
    for strategy in (recipe(), recipe(**recipe.preset("quick").values())):
        assert {side for _, side in rows(strategy.setups(bars))} == {1, -1}
        for cut in (150, 400, 599):
            assert not breaches(bars, cut, partial(said, strategy), seed=cut)
