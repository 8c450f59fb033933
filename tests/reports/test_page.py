"""The page: whole in itself, known to the drawing library, right when there is little to draw."""

import base64
import gzip
import json
import re

import numpy as np
import polars as pl
import pytest

from reports.browser import session_exhibits
from reports.candles import candle_exhibits
from reports.equity import equity_exhibits
from reports.evidence import evidence_exhibits
from reports.grid import grid_exhibits
from reports.migration import value_exhibits
from reports.page import page_of, sections
from reports.passes import pass_exhibits
from reports.plateau import plateau_exhibits
from reports.trades import trade_exhibits, trade_table
from reports.walk import walk_exhibits
from tests.reports.conftest import emptied, only, told

LARGEST = 5_000_000


@pytest.fixture(scope="module")
def page(report, bars):
    return page_of(report, bars)


def held(page):
    found = re.search(r'<script type="text/plain" id="held">(.*?)</script>', page, re.DOTALL)
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


def placed(page):
    """The figures that have a place of their own; those of sessions share two."""
    return [key for key in held(page)["figures"] if key not in held(page)["says"]]


def reading(page):
    """What a person reads: the markup without scripts and styles."""
    return re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)


@pytest.mark.covers("A-129")
def test_one_file_that_asks_nobody_for_anything(page):
    assert len(page.encode()) < LARGEST
    markup = reading(page)
    assert not re.findall(r"(?:src|href)=\"(?!#)", markup)
    assert "url(" not in page.split("</style>")[0]
    assert "http" not in page.split("</style>")[0]


def test_every_figure_has_a_place_and_every_place_a_figure(page):
    places = re.findall(r'data-figure="([^"]+)"', page)
    assert sorted(places) == sorted(placed(page))
    assert len(set(places)) == len(places)
    links = re.findall(r'href="#([^"]+)"', page)
    assert links
    assert all(f'id="{link}"' in page for link in links)


@pytest.mark.covers("QA-142")
def test_the_top_says_what_matters_before_any_picture(page, report):
    text = reading(page)
    assert "SYNTHETIC" in text
    assert text.index("combinations were tried") < text.index("data-figure")
    assert text.index("Out of sample") < text.index("The grid")
    assert f"{report.facts['trials']} ever on this data" in text
    assert "none was set aside" in text
    assert "fingerprint feedbeef; " in text


def test_real_bars_carry_no_warning(made):
    assert "SYNTHETIC bars" not in page_of(told(made, synthetic=False, source="file"))


def test_text_from_outside_stays_text(made):
    evil = "</script><script>alert(1)</script><b>&"
    rows = made["evidence"].with_columns(note=pl.lit(evil))
    page = page_of(told(made | {"evidence": rows}, note=evil, study=evil))
    assert evil not in page
    assert "&lt;b&gt;&amp;" in page


def test_the_same_run_makes_the_same_bytes(report, bars, page):
    assert page_of(report, bars) == page


def test_the_drawing_library_knows_every_word_of_the_figures(report, bars):
    drawing = pytest.importorskip("plotly.graph_objects")
    exhibits = equity_exhibits(report) + grid_exhibits(report) + walk_exhibits(report)
    exhibits += plateau_exhibits(report) + pass_exhibits(report) + value_exhibits(bars)
    exhibits += trade_exhibits(report, bars) + candle_exhibits(report, bars)
    exhibits += evidence_exhibits(report) + session_exhibits(report, bars)[-2:]
    for one in exhibits:
        text = json.dumps(one.plain())
        figure = json.loads(re.sub(r'"@[a-z]+"', '"#123456"', text))
        drawing.Figure(figure["traces"], figure["layout"])


@pytest.mark.covers("A-123", "A-124")
def test_a_trade_is_drawn_on_its_own_bars(report, bars):
    for one in candle_exhibits(report, bars):
        row = int(one.key.removeprefix("trade-"))
        trade = report.tables["trades"].filter(pl.col("scope") == "oos").row(row, named=True)
        drawn = {trace["name"]: trace for trace in one.traces}
        entry, exit_ = drawn["trade"]["y"]
        assert (entry, exit_) == (trade["entry"] / 4, trade["exit"] / 4)
        clock = bars.time[trade["entry_bar"]]
        local = pl.Series([clock]).cast(pl.Datetime("ns", "UTC"))
        local = local.dt.convert_time_zone("America/Chicago").dt.strftime("%Y-%m-%dT%H:%M")
        assert drawn["trade"]["x"][0] == local[0]
        inside = one.rows.filter(pl.col("clock") == local[0])
        assert inside["open"][0] == bars.open[trade["entry_bar"]] / 4
        assert {"prior POC", "developing VAH"} <= set(drawn)


def alone(made):
    """The same tables as if only the first combination had been tried."""
    folds = made["folds"].with_columns(combination=pl.lit(0, pl.UInt32))
    return made | {"combinations": made["combinations"].head(1), "folds": folds}


def without_numbers(made):
    """The same tables where every measure is undefined (null, as stored), and every attribute."""
    axes = pl.selectors.by_name(*told(made).axes(), require_all=False)
    floats = pl.selectors.float() - axes
    wild = {name: made[name].with_columns(floats * None) for name in MEASURED}
    wild["setups"] = made["setups"].with_columns(floats * float("nan"))
    bare = [pl.lit(None).cast(made["trades"][name].dtype).alias(name) for name in ("r", "risk")]
    return made | wild | {"trades": made["trades"].with_columns(bare)}


MEASURED = ("combinations", "folds", "evidence")


def test_a_page_of_one_session_is_still_a_page(made, bars):
    one = bars[: int(np.searchsorted(bars.session, bars.session[0], side="right"))]
    page = page_of(told(emptied(made), sessions=1), one)
    assert set(re.findall(r'data-figure="([^"]+)"', page)) == set(placed(page))
    assert "0 of them without a bar" in page
    days = {key for key in held(page)["figures"] if key.startswith("session-")}
    assert days == {f"session-{bars.sessions.trade_date(int(bars.session[0]))}"}


@pytest.mark.parametrize("what", ["none", "one", "two", "no bars", "one combination", "no number"])
def test_a_page_of_hardly_anything_is_still_a_page(made, bars, what):
    made = {
        "none": emptied(made),
        "one": only(made, 1),
        "two": only(made, 2),
        "one combination": alone(made),
        "no number": without_numbers(made),
    }.get(what, made)
    report = told(made)
    page = page_of(report, None if what == "no bars" else bars)
    assert set(re.findall(r'data-figure="([^"]+)"', page)) == set(placed(page))
    if what == "no number":
        assert "NaN" not in json.dumps(held(page))
        assert "NaN" not in reading(page)
        assert not re.search(r"\bnan\b", reading(page))
    if what == "none":
        assert "there is nothing to draw" in page
    if what == "no bars":
        assert "not in the store any more" in page


def test_nothing_that_is_no_number_reaches_the_page(made, bars):
    wild = made["combinations"].with_columns(expectancy=pl.lit(None, pl.Float64))
    parts = sections(told(made | {"combinations": wild}), bars, tables(told(made)))
    assert "grid" in [part.key for part in parts]
    json.dumps([one.plain() for part in parts for one in part.exhibits], allow_nan=False)


def tables(report):
    return {"trades": trade_table(report), "folds": {"columns": [], "rows": []}}


def test_a_hundred_thousand_trades_still_fit(made):
    oos = made["trades"].filter(pl.col("scope") == "oos")
    many = pl.concat([oos] * (100_000 // oos.height + 1), rechunk=True).head(100_000)
    page = page_of(told(made | {"trades": many}))
    assert len(page.encode()) < LARGEST
    assert "of 100,000 out-of-sample trades" in page
