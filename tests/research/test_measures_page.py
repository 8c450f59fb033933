"""docs/measures.md says what the code computes."""

import math

import pytest

from engine.core.errors import UnknownError
from engine.research.measures import DEFINITIONS, definition
from engine.research.measures.definition import HIGHER, LOWER, NEITHER, NEVER
from engine.research.measures.page import page
from tests.house.files import ROOT


def test_the_page_is_current() -> None:
    written = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    assert written == page()


def test_every_row_says_what_a_reader_needs() -> None:
    for row in DEFINITIONS.values():
        assert all((row.name, row.formula, row.unit, row.undefined))
        assert row.better in (HIGHER, LOWER, NEITHER)
        assert row.name == row.name.lower()
    assert len(DEFINITIONS) > 100


def test_what_is_undefined_is_said_as_undefined() -> None:
    assert definition("profit_factor").said(math.nan) == "undefined: no losing trade"
    assert definition("profit_factor").said(1.2345678) == "1.235"
    assert definition("trades").said(12_345.0) == "12,345"
    assert definition("net").undefined == NEVER


def test_a_misspelt_measure_is_named() -> None:
    with pytest.raises(UnknownError, match="did you mean 'sortino'"):
        definition("sortno")
