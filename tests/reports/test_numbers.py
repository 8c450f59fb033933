"""Figures of plateau, front, folds, groups and notes, each recounted from the stored tables."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from reports.evidence import band, evidence_exhibits
from reports.exhibit import menu
from reports.findings import verdict
from reports.groups import groups, side_hours
from reports.notes import FEW, notes
from reports.numbers import measured, sessions_of, trades_of
from reports.passes import passes, steadiness
from reports.plateau import front, neighbours_say, pareto, smooth_rows
from reports.scorecard import Target, scorecard, targets_of
from tests.reports.conftest import emptied, only, told


@pytest.fixture(scope="module")
def oos(made):
    return made["trades"].filter(pl.col("scope") == "oos")


@pytest.mark.covers("A-080")
def test_a_plateau_is_the_mean_over_combinations_one_step_apart(report, made):
    rows, names = smooth_rows(report), report.varied()
    table = {row["combination"]: row for row in made["combinations"].iter_rows(named=True)}
    order = {
        n: sorted({r[n] for r in table.values() if isinstance(r[n], int | float)}) for n in names
    }
    for row in rows.head(5).iter_rows(named=True):
        own = table[row["combination"]]
        near = [
            other["expectancy"]
            for other in table.values()
            if (apart := [n for n in names if other[n] != own[n]])
            and len(apart) == 1
            and one_step(order[apart[0]], own[apart[0]], other[apart[0]])
            and other["n"] >= report.facts["min_trades"]
        ]
        assert row["neighbours"] == len(near)
        assert row["smoothed"] == pytest.approx(np.mean([row["value"], *near]))


def one_step(ladder, mine, other):
    """Neighbouring numbers of one axis; words have no neighbour."""
    texts = [str(v) for v in (mine, other)]
    if not all(t.replace(".", "").isdigit() for t in texts):
        return False
    known = sorted({float(v) for v in ladder} | {float(t) for t in texts})
    return abs(known.index(float(texts[0])) - known.index(float(texts[1]))) == 1


def test_no_combination_beats_one_of_the_front(report):
    rows = pareto(report).rows
    for one in rows.filter("front").iter_rows(named=True):
        better = rows.filter((pl.col("net") >= one["net"]) & (pl.col("fall") <= one["fall"]))
        same = better.filter((pl.col("net") == one["net"]) & (pl.col("fall") == one["fall"]))
        assert better.height == same.height
    hand = pl.DataFrame({"net": [1.0, 3.0, 2.0, 3.0], "fall": [1.0, 2.0, 2.0, 5.0]})
    assert front(hand)["net"].to_list() == [1.0, 3.0]


def test_what_neighbours_keep_is_said_in_words():
    assert neighbours_say(None) == ""
    assert "nothing" in neighbours_say(-0.5)
    assert "80%" in neighbours_say(0.8)


@pytest.mark.covers("QA-128")
def test_folds_pass_what_the_stored_row_passes(report, made):
    found = passes(report)
    chosen = made["folds"].filter(pl.col("combination").is_not_null())
    assert found["above zero"].to_list() == [(v or 0) > 0 for v in chosen["test_net"]]
    for row, fold in zip(found.iter_rows(named=True), chosen.iter_rows(named=True), strict=True):
        train, test = fold["train_objective"], fold["test_objective"]
        held = train > 0 and test is not None and test >= train
        assert row["as in train"] is held
        assert row["kept half"] or not held
    for row in steadiness(report):
        assert row["parameter"] in report.varied()


def test_sides_and_hours_hold_every_trade(report, oos, bars):
    assert side_hours(report).rows["trades"].sum() == oos.height
    found = groups(report, bars).rows.filter(pl.col("by") == "regime at the signal")
    assert found["trades"].sum() == oos.height


def test_measures_are_those_of_the_engine(report, oos):
    found = measured(report)
    assert found["net"] == pytest.approx(oos["net"].sum() / 100)
    assert found["trades"] == oos.height
    assert found["sessions"] == sessions_of(report).height


def test_targets_are_limits_where_less_is_better(report):
    fall = measured(report)["max_drawdown"]
    wanted = [Target("max_drawdown", fall + 1), Target("max_drawdown", fall - 1)]
    assert scorecard(report, wanted)["met"].to_list() == [True, False]


def test_targets_of_the_reader_replace_those_of_the_house(made):
    own = told(made, targets=[("sqn", 2.0, 3.0)])
    assert targets_of(own) == (Target("sqn", 2.0, 3.0),)
    assert scorecard(own)["measure"].to_list() == ["sqn"]


def test_the_band_holds_the_middle_of_redrawn_histories(report):
    rows = band(report)
    assert rows.height == sessions_of(report).height
    assert (rows["low"] <= rows["high"]).all()
    assert rows["high"][-1] > 0


@pytest.fixture(scope="module")
def weighed(made):
    """A run with the tables that a search with evidence leaves."""
    splits = {"split": range(4), "combination": [0] * 4, "train": [0.1, 0.2, 0.1, 0.3]}
    splits |= {"test": [0.1, -0.1, 0.0, None], "logit": [1.0, -1.0, 0.0, -2.0]}
    surrogates = {"surrogate": range(3), "best": [1.0, None, 1e6], "walk_net": [100, None, -500]}
    evidence = (
        made["evidence"]
        .head(1)
        .with_columns(
            scope=pl.lit("verdict"), measure=pl.lit("not proven"), note=pl.lit("Luck would do.")
        )
    )
    tables = {"splits": pl.DataFrame(splits), "surrogates": pl.DataFrame(surrogates)}
    return told(made | tables | {"evidence": pl.concat([made["evidence"], evidence])})


def test_evidence_is_drawn_from_its_tables(weighed):
    shown = {one.key: one for one in evidence_exhibits(weighed)}
    assert shown["logits"].rows["splits"].sum() == 4
    assert "75%" in shown["logits"].says
    assert shown["degradation"].rows.height == 3
    assert shown["null-best"].rows["best"].to_list() == [1.0, 1e6]
    assert "1 of 2 reached" in shown["null-best"].says
    assert shown["null-walk"].rows["walk"].to_list() == [-5.0, 1.0]
    assert shown["redrawn"].rows["draws"].sum() == 1000
    assert verdict(weighed) == "Luck would do."


def test_evidence_that_was_not_made_is_not_drawn(report, made):
    keys = {one.key for one in evidence_exhibits(report)}
    assert not keys & {"logits", "degradation", "null-best", "null-walk"}
    assert evidence_exhibits(told(emptied(made))) == []
    assert "No test against chance" in verdict(report)


def test_a_menu_shows_one_trace_at_a_time():
    found = menu(["a", "b"], [{"x": 1}, {"x": 2}])["buttons"]
    assert [b["args"][0]["visible"] for b in found] == [[True, False], [False, True]]
    assert [b["args"][1] for b in found] == [{"x": 1}, {"x": 2}]


# Commentary: each rule once with trades that fulfil it, and once without.


def traded(made, count, **columns):
    """So many out-of-sample trades a day apart, with some columns replaced."""
    rows = made["trades"].filter(pl.col("scope") == "oos")
    many = pl.concat([rows] * (count // rows.height + 1)).head(count)
    day = pl.date_range(date(2020, 1, 1), date(2030, 1, 1), eager=True).head(count)
    moment = day.cast(pl.Datetime("ns")).dt.replace_time_zone("UTC")
    bar = pl.Series(np.arange(count), dtype=pl.UInt32)
    own = {n: pl.Series(v, dtype=many[n].dtype) for n, v in columns.items()}
    own |= {n: own["net"] for n in ("net_worst", "net_best") if "net" in own and n not in own}
    many = many.with_columns(
        trade_date=day, entry_ts=moment, exit_ts=moment, entry_bar=bar, exit_bar=bar, **own
    )
    daily = many.group_by("trade_date").agg(n=pl.len(), net=pl.col("net").sum()).sort("trade_date")
    equity = daily.with_columns(
        scope=pl.lit("oos"), equity=pl.col("net").cum_sum(), drawdown=pl.lit(0, pl.Int64)
    )
    return told(made | {"trades": many, "equity": equity.select(made["equity"].columns)})


def alternating(count, gain=100, loss=-90):
    return [gain if k % 2 else loss for k in range(count)]


CASES = {
    "fewer than": (10, {}),
    "turn a gain": (40, {"net": [-10] * 40, "gross": [5] * 40, "fees": [15] * 40}),
    "best trades are": (40, {"net": [5000] * 5 + alternating(35)}),
    "drift would look": (40, {"side": [1] * 40}),
    "only one side earns": (40, {"net": alternating(40), "side": alternating(40, 1, -1)}),
    "too coarse": (40, {"net": [1] * 40, "net_worst": [-1] * 40, "net_best": [2] * 40}),
    "are ambiguous": (40, {"net": [1] * 40, "ambiguous": [True] * 40}),
    "below its peak": (40, {"net": [500] + [-1] * 39}),
    "came in a row": (60, {"net": [10] * 30 + [-10] * 20 + [10] * 10}),
}


@pytest.mark.covers("QA-142")
@pytest.mark.parametrize("words", CASES)
def test_a_note_is_made_where_its_rule_holds(made, words):
    count, columns = CASES[words]
    assert any(words in note for note in notes(traded(made, count, **columns)))


def test_no_note_is_made_where_no_rule_holds(made):
    calm = {
        "net": alternating(80, 100, -50),
        "gross": alternating(80, 110, -40),
        "side": [1, 1, -1, -1] * 20,
        "ambiguous": [False] * 80,
    }
    found = [note for note in notes(traded(made, 80, **calm)) if "below its peak" not in note]
    assert found == []
    assert FEW == 30


def test_a_run_without_trades_says_so_once(made):
    assert len(notes(told(emptied(made)))) == 1
    assert "1 trades" in notes(told(only(made, 1)))[0]
    assert trades_of(told(only(made, 1))).height == 1
