"""Every form of a run holds the same figures."""

import json
import re

import polars as pl
import pytest

from app.console import plain
from reports import exports
from reports.numbers import measured
from tests.reports.conftest import emptied, told


@pytest.fixture(scope="module")
def forms(report):
    whole = json.loads(json.dumps(plain(exports.whole(report)), allow_nan=False))
    return exports.markdown(report), exports.text(report), whole, exports.frames(report)


@pytest.mark.covers("A-130", "VA-082", "QA-143", "B-060")
def test_all_forms_say_the_same(forms, report):
    markdown, text, whole, frames = forms
    table = dict(frames["measures"].select("measure", "value").iter_rows())
    for name, value in measured(report).items():
        assert whole["measures"][name] == table[name] == value
        said = exports.written(value)
        assert f"| {name} | {said} |" in markdown
        assert re.search(rf"^{name} +{re.escape(said)}(?!\S)", text, re.MULTILINE)


def test_every_trade_and_day_is_in_every_form(forms, report):
    markdown, text, whole, frames = forms
    oos = report.tables["trades"].filter(pl.col("scope") == "oos")
    assert len(whole["trades"]) == oos.height
    assert sum(t["net"] for t in whole["trades"]) == pytest.approx(oos["net"].sum() / 100)
    assert frames["trades"].equals(report.tables["trades"])
    assert markdown.count("| long |") + markdown.count("| short |") == oos.height
    assert len(whole["days"]) == oos["trade_date"].n_unique()
    assert text.index("Verdict") < text.index("Measures") < text.index("Trades")


def test_a_run_of_nothing_is_still_written(made):
    report = told(emptied(made))
    assert "| net | 0.0 |" in exports.markdown(report)
    assert "No trade was made" in exports.text(report)
    assert exports.whole(report)["trades"] == []


def test_cells_are_plain():
    assert exports.written(None) == "-"
    assert exports.written(value=True) == "true"
    assert exports.written(0.1 + 0.2) == "0.30000000000000004"
