"""Weighing a sweep: its records are those of plain play, and every line is the figure it names."""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from engine import Exits, Folds, Plan, sweep
from engine.core.errors import StudyError
from engine.research.daily import SAMPLED, sample, whom
from engine.research.evidence.bands import bands
from engine.research.evidence.line import Line, Weighing
from engine.research.evidence.means import power, t_test, t_tests, trades_needed
from engine.research.evidence.overfit import Blocks, overfit
from engine.research.evidence.records import (
    Taken,
    daily_rows,
    every_row,
    recorded,
    session_rows,
    stitched,
    taken,
)
from engine.research.evidence.resample import Resample
from engine.research.evidence.sharpe import deflated, moments
from engine.research.evidence.snooping import snooped
from engine.research.evidence.weigh import FAMILIES, of_families, of_power, of_walk, ratios, weigh
from engine.research.measures.tails import below
from engine.research.reduction import study_of
from engine.research.replay import replay
from engine.research.sweep import play
from engine.research.tables import tables
from tests.research.markets import FOLDS, Breakout, market, plan, swept

HOW = Resample(draws=60, seed=1)


@cache
def lines(trials: int = 12, most: int = 500) -> dict[tuple[str, str], Line]:
    asked = Weighing(trials, HOW, most)
    return {(line.scope, line.measure): line for line in weigh(swept(), asked).lines}


def test_session_rows_add_up_to_the_ledger() -> None:
    rows = session_rows(swept(), range(12))
    assert rows.shape == (12, 40)
    assert rows.sum(axis=1).tolist() == swept().whole.sum("net").tolist()
    assert (rows * rows).sum(axis=1).tolist() == swept().whole.sum("squares").tolist()
    assert session_rows(swept(), []).shape == (0, 40)


def test_the_stitched_record_is_the_test_sessions_of_what_was_chosen() -> None:
    found = stitched(swept())
    folds = [choice.fold for choice in swept().choices]
    assert found.sessions == sum(fold.test_stop - fold.test_start for fold in folds)
    assert found.net.sum() == sum(int(c.test.sum("net")[0]) for c in swept().choices)
    assert all(a <= b for a, b in pairwise(found.session.tolist()))
    daily = [session_rows(swept(), [c.combination])[0, slice(*c.fold[2:])] for c in swept().choices]
    assert found.days.net.tolist() == np.concatenate(daily).tolist()


def test_a_record_is_the_trades_of_a_replay() -> None:
    found = taken(swept(), 3)
    assert found.net.tolist() == replay(swept(), 3).trades.net.tolist()
    assert found.session.min() >= 0
    assert found.days.trades.sum() == len(found.net)


def test_ratios_come_from_sums() -> None:
    told = [moments(row).sharpe for row in session_rows(swept(), range(12))]
    assert ratios(swept().whole) == pytest.approx(told, rel=1e-9)


def test_lines_are_the_figures_they_name() -> None:
    found, rows = lines(), session_rows(swept(), range(12))
    best = taken(swept(), swept().best)
    assert found["study", "trials"].value == 12
    assert found["study", "pbo"].value == overfit(Blocks.of(rows)).pbo
    test = snooped(rows, HOW)
    assert found["study", "spa"].p_value == test.consistent
    assert found["study", "reality_check"].p_value == test.reality
    told = deflated(moments(best.days.net), 12, ratios(swept().whole))
    assert found["best", "dsr"].value == pytest.approx(told)
    band = bands(stitched(swept()).days, HOW)["expectancy"]
    line = found["oos", "expectancy"]
    assert (line.low, line.value, line.high) == pytest.approx(tuple(x / 100 for x in band[:3]))
    assert found["oos", "win_rate"].value == found["oos", "hit_rate"].value
    assert found["oos", "t_test"].value == pytest.approx(found["oos", "expectancy"].value)
    assert found["oos", "profitable_folds"].note == f"share of {len(swept().choices)} folds"
    moved = [c.combination // 4 for c in swept().choices]  # four of one `back` in a row
    told = np.mean([a != b for a, b in pairwise(moved)])
    assert found["oos", "drift_back"].value == pytest.approx(told)
    assert ("oos", "drift_flatten") not in found
    assert {line.scope for line in found.values()} == {"study", "best", "oos"}


def test_more_trials_lower_the_deflated_ratio() -> None:
    assert lines(trials=10_000)["best", "dsr"].value < lines()["best", "dsr"].value


def test_a_large_search_is_sampled_and_says_so() -> None:
    assert lines(most=5)["study", "groups"].note.startswith("5 of 12 combinations")


def test_a_search_without_a_choice_still_says_what_it_is() -> None:
    none = sweep(market(), plan(), Folds(train=10, test=4, purge=1, min_trades=9999))
    found = {(line.scope, line.measure): line for line in weigh(none, Weighing(12, HOW)).lines}
    assert not [scope for scope, _ in found if scope == "best"]
    assert math.isnan(found["oos", "expectancy"].value)
    assert math.isnan(found["oos", "efficiency"].value)
    assert found["oos", "profitable_folds"].note == "share of 0 folds"


def test_too_few_sessions_for_blocks_have_no_pbo() -> None:
    small = Plan(plan().strategies[:2], plan().exits)
    short = sweep(market(15), small, Folds(train=8, test=4, purge=0, min_trades=1))
    measures = {line.measure for line in weigh(short, Weighing(4, HOW)).lines}
    assert "pbo" not in measures
    assert "spa" in measures
    assert FOLDS.objective == short.folds.objective


def test_what_is_refused() -> None:
    for wrong in ({"trials": 0}, {"trials": 1, "most": 0}):
        with pytest.raises(StudyError, match="both are 1 or more"):
            Weighing(**wrong)


def test_every_row_is_what_plain_play_makes() -> None:
    every = session_rows(swept(), range(12))
    assert every_row(swept()).tolist() == every.tolist()
    seen: list = []
    assert every_row(swept(), 3, lambda *told: seen.append(told)).tolist() == every.tolist()
    assert seen[-1] == (12, 12)
    some = np.array([1, 4, 5, 11])
    assert daily_rows(swept(), some, 2).tolist() == every[some].tolist()


@pytest.mark.parametrize("rules", [{}, {"cooldown": 2, "daily_loss": 100}])
def test_session_rows_kept_in_play_are_those_of_playing_again(rules: dict) -> None:
    study = study_of(market(), plan(**rules), FOLDS)
    kept, again = (play(one, workers=2) for one in (study.read, study))
    assert again.daily is None
    assert kept.daily is not None
    assert kept.daily.nets.tolist() == every_row(again).tolist()
    assert daily_rows(kept, np.arange(12)) is kept.daily.nets
    assert np.array_equal(kept.whole.rows, again.whole.rows)
    lines = [weigh(one, Weighing(12, HOW)).lines for one in (kept, again)]
    assert str(lines[0]) == str(lines[1])
    few = weigh(kept, Weighing(12, HOW, most=5))  # other combinations than were kept
    assert few.rows.tolist() == kept.daily.nets[few.sampled].tolist()


def test_a_grid_too_large_to_be_read_whole_keeps_a_part() -> None:
    study, every = study_of(market(), plan(), FOLDS), every_row(swept())
    part = play(study._replace(daily=whom(12, 40, 5))).daily
    assert part is not None
    assert part.rows.tolist() == [0, 2, 4, 7, 9]
    assert part.nets.tolist() == every[part.rows].tolist()


def test_whom_the_evidence_reads() -> None:
    assert whom(12, 40).tolist() == list(range(12))
    assert len(whom(10_001, 40)) == SAMPLED  # more than are ever read whole
    assert len(whom(9_000, 1_260)) == 9_000
    assert len(whom(9_000, 5_000)) == SAMPLED  # the rows of all would be larger than is held
    assert sample(10, 4).tolist() == [0, 2, 5, 7]
    assert sample(10, 99).tolist() == list(range(10))
    assert sample(0, 4).tolist() == []


@pytest.mark.parametrize("scope", ["best", "oos"])
def test_records_of_a_stored_table_are_those_of_play(scope: str) -> None:
    played = {"best": taken(swept(), swept().best), "oos": stitched(swept())}[scope]
    told = recorded(swept(), tables(swept())["trades"], scope)
    assert told.net.tolist() == played.net.tolist()
    assert told.session.tolist() == played.session.tolist()
    assert told.sessions == played.sessions
    assert told.days.net.tolist() == played.days.net.tolist()


def test_records_that_are_handed_in_are_read() -> None:
    oos = Taken(np.full(30, 500, np.int64), np.arange(30), 30)
    found = weigh(swept(), Weighing(12, HOW), {"oos": oos}).lines
    told = {(line.scope, line.measure): line for line in found}
    assert told["oos", "net"].value == 150
    assert told["oos", "trades"].value == 30
    assert told["best", "net"].value == lines()["best", "net"].value


def test_families_count_every_combination() -> None:
    whole = swept().whole
    p = np.array([t_test(row).p_above for row in session_rows(swept(), range(12))])
    assert t_tests(ratios(whole), whole.sessions) == pytest.approx(
        [
            below(-r * math.sqrt(40)) if r * math.sqrt(40) <= 1.6 else q
            for r, q in zip(ratios(whole), p, strict=True)
        ],
        rel=1e-9,
    )
    for name, adjust in FAMILIES.items():
        line = lines()["study", name]
        assert line.value == (adjust(p) <= 0.05).sum()
    assert "of 12 combinations that traded" in lines()["study", "holm"].note
    silent = whole._replace(rows=np.zeros_like(whole.rows))
    assert [line.value for line in of_families(silent)] == [0, 0, 0]
    assert all(math.isnan(line.p_value) for line in of_families(silent))


def test_power_is_that_of_the_trades_seen() -> None:
    net = stitched(swept()).net
    effect = net.mean() / net.std(ddof=1)
    assert lines()["oos", "power"].value == pytest.approx(power(effect, len(net)))
    assert lines()["oos", "trades_needed"].value == trades_needed(effect)
    none = {line.measure: line for line in of_power("oos", math.nan, 0)}
    assert math.isnan(none["power"].value)
    assert math.isnan(none["trades_needed"].value)


def test_an_open_gate_is_called_open() -> None:
    """Nothing is as flat as the other threshold asks, so that every fold leaves the gate open."""
    grid = Plan(Breakout.grid(back=[3, 8], tallest=[None, "0"]), Exits.grid({"stop": [8]}))
    told = {line.measure: line.note for line in of_walk(sweep(market(), grid, FOLDS))}
    assert told["drift_tallest"] == "share of folds that changed tallest; 100% chose open"
