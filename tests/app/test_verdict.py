"""Evidence from study to terminal: what is stored, what is joined on reading, what is printed."""

import json
import math

import polars as pl
import pytest
from numba.core import event

from app.log import COMPILE, spent, stage, start
from app.resolve import experiment_of
from app.run import play, report_of
from app.settings import resolve
from app.timing import compiling_counted, times_text
from app.verdict import answers, evidence_json, figure, shown, verdict_row
from app.weigh import played
from app.yaml_lines import document_of
from engine.research.evidence.frames import ENDLESS, line_frame, lines_of
from engine.research.evidence.line import Line
from engine.research.evidence.verdict import CLASSES
from engine.research.watch import unseen
from tests.app.small import FOLDS, SMALL

QUICK = ("--days", "45", "--json")


@pytest.fixture(scope="module")
def lines(stored):
    return {(row["scope"], row["measure"]): row for row in rows_of(stored)}


def rows_of(run):
    return run.table("evidence").iter_rows(named=True)


def test_a_sweep_stores_all_that_the_page_of_evidence_promises(lines):
    promised = {
        "study": "trials groups pbo pbo_slope pbo_loss reality_check spa bonferroni holm "
        "false_discovery null_best null_walk",
        "best": "ratio skew kurtosis sessions trial_spread dsr min_backtest psr min_record sharpe "
        "chance_of_loss t_test hit_rate sign_flips power trades trades_needed",
        "oos": "net expectancy win_rate profit_factor sharpe max_drawdown psr min_record t_test "
        "hit_rate sign_flips power efficiency lost profitable_folds largest_fold",
    }
    for scope, names in promised.items():
        assert {(scope, name) for name in names.split()} <= set(lines)
    assert ("study", "verdict") not in lines
    assert lines["study", "trials"]["value"] == 16


def test_the_stored_evidence_is_of_this_run(stored, lines):
    trades = stored.table("trades").filter(pl.col("scope") == "oos")
    assert lines["oos", "trades"]["value"] == trades.height
    assert lines["oos", "net"]["value"] == pytest.approx(trades["net"].sum() / 100)
    tried = stored.table("combinations").filter(pl.col("n") >= 5)
    named = pl.col("combination") == lines["best", "dsr"]["combination"]
    assert tried.filter(named)["expectancy"][0] == tried["expectancy"].max()
    surrogates = stored.table("surrogates")
    below = (surrogates["walk_net"] < int(trades["net"].sum())).mean()
    assert surrogates.height == lines["study", "null_walk"]["draws"] == 2
    assert lines["study", "null_walk"]["value"] == pytest.approx(below)
    splits = stored.table("splits")
    assert splits.height == 12_870
    assert lines["study", "pbo"]["value"] == pytest.approx((splits["logit"] <= 0).mean())
    assert set(splits["combination"]) <= set(range(16))


def test_all_trials_are_joined_when_a_run_is_shown(stored):
    few, many = (report_of(stored, trials).tables["evidence"] for trials in (16, 10**6))
    told = [
        frame.filter((pl.col("scope") == "best") & (pl.col("measure") == "dsr"))["value"][0]
        for frame in (few, many)
    ]
    assert told[1] < told[0] == pytest.approx(stored_dsr(stored), rel=1e-12)
    assert "1,000,000 combinations were ever tried" in verdict_row(many)["text"]
    assert verdict_row(many)["class"] in CLASSES
    assert many.columns == stored.table("evidence").columns
    assert (many["run"] == stored.name).all()


def stored_dsr(run):
    return next(row["value"] for row in rows_of(run) if row["measure"] == "dsr")


def test_what_was_never_weighed_stays_as_it_was(stored):
    bare = stored.table("evidence").filter(pl.col("measure") == "trials")
    assert shown(bare, 99, "USD").equals(bare)
    assert verdict_row(bare) == {}
    assert list(answers(bare)) == []


def test_a_single_run_is_no_search(tickgrid):
    found = json.loads(tickgrid("run", "quickstart", *FOLDS, *QUICK)[1])
    assert "evidence" not in found
    code, out, _ = tickgrid("run", "quickstart", *FOLDS, "--days", "45")
    assert code == 0
    assert "no test against chance has been made" in out


def test_surrogates_are_asked_for_by_a_flag(tickgrid):
    arguments = ("sweep", "quickstart", *FOLDS, *QUICK)
    code, out, err = tickgrid(*arguments, "--surrogates", "2")
    assert code == 0
    found = json.loads(out)
    told = {(row["scope"], row["measure"]): row for row in found["evidence"]}
    assert told["study", "null_walk"]["draws"] == 2
    assert found["class"] in CLASSES
    assert "time: set-up" in err
    for name in ("compile", "play", "evidence", "null", "page"):
        assert f", {name} " in err
    none = json.loads(tickgrid(*arguments, "--surrogates", "0")[1])
    assert not [row for row in none["evidence"] if row["measure"].startswith("null")]
    assert none["run"] != found["run"]
    assert tickgrid(*arguments, "--surrogates", "-1")[0] == 2


def test_nothing_is_weighed_without_draws(bars, tmp_path):
    text = SMALL.replace("surrogates: 2, bootstrap: 100", "bootstrap: 0")
    made = experiment_of(document_of(text, "small.yaml"))
    assert played(made, bars) == 16
    run = play(made, bars, resolve({"workers": "2"}, {}, tmp_path), unseen)
    assert run.table("evidence")["measure"].to_list() == ["trials"]
    assert run.table("splits").is_empty()


def test_progress_counts_the_surrogates(bars, experiment, tmp_path):
    seen = []
    assert played(experiment, bars) == 48
    play(experiment, bars, resolve({"workers": "1"}, {}, tmp_path), lambda *told: seen.append(told))
    assert seen == [(done, 48) for done in range(1, 49)]


def test_lines_come_back_from_their_table():
    told = [
        Line("oos", "psr", 0.5, "a", 0.1, math.nan, 0.2, 9),
        Line("best", "min_record", math.inf, "b"),
    ]
    frame = line_frame(told, 7)
    assert frame["combination"].to_list() == [None, 7]
    assert frame["value"].to_list() == [0.5, None]
    assert frame["note"].to_list() == ["a", f"b; {ENDLESS}"]
    first, second = lines_of(frame)
    assert first[:2] == ("oos", "psr")
    assert (first.low, first.p_value, first.draws) == (0.1, 0.2, 9)
    assert math.isnan(first.high)
    assert math.isnan(second.value)


def test_figures_are_read_as_they_are_meant():
    assert figure("pbo", [0.256]) == "25.6 %"
    assert figure("groups", [1234.0]) == "1,234"
    assert figure("expectancy", [-1.5, 2.0]) == "-1.50 to 2.00"
    assert figure("null_walk", [0.9]) == "90.0 %"
    assert figure("null_walk", [-10.0, 20.0]) == "-10.00 to 20.00"
    assert figure("psr", [None]) == ""


def test_json_holds_every_line(report):
    found = evidence_json(report.tables["evidence"])
    assert found["class"] == verdict_row(report.tables["evidence"])["class"]
    assert len(found["evidence"]) == report.tables["evidence"].height - 1


def test_time_is_counted_by_stage_and_compiling_apart():
    start("warning")
    with compiling_counted(), stage("play"), event.trigger_event("numba:compile"):
        with event.trigger_event("numba:compile"):  # a kernel that the first one calls
            pass
        assert COMPILE not in spent()
    told = spent()
    assert set(told) == {"play", COMPILE}
    assert min(told.values()) >= 0
    assert times_text({"read bars": 1.0, COMPILE: 2.0, "play": 3.0, "store": 0.5}) == (
        "set-up 1.0 s, compile 2.0 s, play 3.5 s, evidence 0.0 s, null 0.0 s, page 0.0 s"
    )
