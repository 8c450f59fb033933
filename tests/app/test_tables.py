"""What a run says: figures that add up, tables one can read, and never an endorsement."""

import dataclasses
import io
import json

import polars as pl
import pytest
from rich.console import Console

from app.console import cell, plain, print_json, print_rows
from app.tables import figure, print_preview, print_run, print_sweep
from reports.findings import (
    best_rows,
    chosen_text,
    everything,
    fold_rows,
    out_of_sample,
    signals,
    single_run,
    verdict,
)


def drawn(draw, *args, width=160):
    console = Console(file=io.StringIO(), width=width)
    draw(console, *args)
    return console.file.getvalue()


def without_trades(report):
    """The same run, had it never traded."""
    count = pl.lit(0, pl.Int64)
    tables = dict(report.tables)
    tables["combinations"] = tables["combinations"].with_columns(n=count)
    tables["folds"] = tables["folds"].with_columns(
        pl.lit(None).alias(name) for name in ("combination", "test_n", "test_net", "test_objective")
    )
    tables["trades"] = tables["trades"].clear()
    return dataclasses.replace(report, tables=tables)


def test_the_best_are_admissible_and_in_order(report):
    rows = best_rows(report)
    assert len(rows) == min(10, report.combinations.filter(pl.col("n") >= 5).height)
    values = [row["expectancy"] for row in rows]
    assert values == sorted(values, reverse=True)
    assert all(row["trades"] >= 5 for row in rows)
    best = report.combinations.filter(pl.col("combination") == rows[0]["combination"])
    assert rows[0]["net"] == pytest.approx(best["net"][0] / 100)


def test_only_what_varies_names_a_combination(report):
    assert report.axes() == ["minutes", "beyond", "widest", "stop", "target", "flatten"]
    assert report.varied() == ["minutes", "widest", "stop", "target"]
    assert chosen_text(report, 0) == "15 / open / 16 / 32"
    assert chosen_text(report, None) == "none had enough trades"


def test_out_of_sample_is_the_sum_of_the_folds(report):
    seen, folds = out_of_sample(report), fold_rows(report)
    assert seen["folds"] == len(folds) == 5
    assert seen["trades"] == sum(row["test_trades"] for row in folds)
    assert seen["net"] == pytest.approx(sum(row["test_net"] for row in folds))
    assert seen["folds_positive"] == sum(row["test_net"] > 0 for row in folds)
    assert seen["net_worst"] <= seen["net"] <= seen["net_best"]


def unweighed(report):
    """The same run, had nothing been weighed."""
    rows = report.tables["evidence"]
    tables = {**report.tables, "evidence": rows.filter(pl.col("measure") == "trials")}
    return dataclasses.replace(report, tables=tables)


def test_facts_endorse_nothing_where_nothing_was_weighed(report):
    said = verdict(unweighed(report))
    assert said.startswith("16 combinations were tried. The best in sample made ")
    assert "being the best of 16 flatters it" in said
    assert "Walked forward, what each fold chose made" in said
    assert "No test against chance has been made yet" in said
    endorsed = {"profitable", "robust", "good", "promising", "significant"}
    assert not endorsed & set(said.split())
    assert not endorsed & set(verdict(report).split())
    text = drawn(print_sweep, unweighed(report))
    assert "verdict: nothing was weighed" in text
    assert "Would no edge have shown it?" not in text


def test_a_run_without_trades_says_so(report):
    said = verdict(unweighed(without_trades(report)))
    assert "None made the 5 trades this study asks for." in said
    assert "Walked forward, no fold traded in sessions it had not seen." in said
    text = drawn(print_sweep, without_trades(report))
    assert "Out of sample: no trade" in text
    assert "Best in sample, by expectancy (USD): none" in text


def test_a_sweep_is_drawn(report):
    text = drawn(print_sweep, report)
    for part in (
        "SYNTHETIC DATA: made from a seed",
        "a small one",
        "SYNTHETIC ES 1m from 2024-01-02 to",
        "90 sessions",
        "16 combinations; 16 ever on exactly this data",
        "2.05 USD a side; slippage in ticks: market 1, stop 1, limit 0",
        "Best in sample, by expectancy (USD)",
        "chosen: minutes / widest / stop / target",
        "of the trades are ambiguous",
        "Would no edge have shown it?",
        "walk-forward's place among markets without edge",
        "on 2 markets without edge did as well or better",
        f"stored as {report.name}",
    ):
        assert part in " ".join(text.split()), part


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_no_figure_is_cut_on_a_narrow_terminal(report, width):
    assert "\N{HORIZONTAL ELLIPSIS}" not in drawn(print_sweep, report, width=width)


def test_real_data_carries_no_banner_and_a_holdout_is_named(report):
    facts = {**report.facts, "synthetic": False, "note": "", "holdout": "2024-04-01"}
    text = drawn(print_sweep, dataclasses.replace(report, facts=facts))
    assert "SYNTHETIC" not in text
    assert "sessions from 2024-04-01 on were not read" in text


def test_more_folds_than_fit_are_counted(report):
    folds = pl.concat([report.tables["folds"]] * 4)
    many = dataclasses.replace(report, tables={**report.tables, "folds": folds})
    assert "the last 12 of 20 folds (all are in the table folds)" in drawn(print_sweep, many)


@pytest.mark.covers("VA-083")
def test_one_combination_tells_its_signals_and_extremes(report):
    first = report.combinations["combination"][0]
    own = report.tables["setups"].filter(pl.col("combination") == first)["outcome"]
    taken = int((own == "taken").sum())
    text = drawn(print_run, report)
    assert f"setups: {len(own):,} seen: {taken:,} taken" in text
    assert sum(signals(report).values()) == len(own)
    net = report.tables["trades"].filter(pl.col("scope") == "best")["net"]
    for end in (net.min(), net.max()):
        assert f"{end / 100:,.2f} USD" in text
    assert "largest loss" not in drawn(print_run, without_trades(report))


def test_one_combination_is_drawn_with_its_trades(report):
    text = drawn(print_run, report)
    assert "minutes 15, beyond 2, widest open" in text
    assert "Measures (USD)" in text
    assert "Last 10 of" in text
    assert "no test against chance has been made" in text
    assert "Measures (USD)" in drawn(print_run, without_trades(report))


def test_everything_is_json(report, capsys):
    print_json(everything(report))
    found = json.loads(capsys.readouterr().out)
    assert found["run"] == report.name
    assert found["synthetic"] is True
    assert len(found["best"]) == 10
    print_json(single_run(report))
    found = json.loads(capsys.readouterr().out)
    assert found["played"]["minutes"] == 15
    assert found["measures"]["trades"] == len(found["trades"])


def test_a_preview_is_drawn():
    found = {
        "study": {"study": "a", "data": {"symbol": "ES"}},
        "settings": {"workers": {"value": 2, "from": "flag"}},
        "combinations": 8,
    }
    text = drawn(print_preview, found)
    assert "study: a\ndata: {symbol: ES}" in text
    assert "flag" in text


def test_cells():
    assert [cell(v) for v in (None, float("nan"), True, False, 1234.5, "[x]", 3)] == [
        *("-", "-", "yes", "no", "1,234.50", "\\[x]", "3")
    ]
    assert plain({"a": [float("nan"), (1, None)]}) == {"a": [None, [1, None]]}


def test_rows_are_drawn_even_if_there_are_none(capsys):
    print_rows([])
    print_rows([{"a": 1, "b": "x"}], title="Here")
    assert "Here" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "text"), [("combination", "2970"), ("trades", "2,970")])
def test_a_number_that_is_a_name_can_be_typed_back(name, text):
    assert str(figure(name, 2970)) == text
