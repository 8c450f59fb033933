"""Tests on request, objectives of one's own, and bars inside bars: from the YAML to the store."""

import pytest

from app.resolve import experiment_of
from app.run import play, report_of
from app.searching import searched
from app.settings import resolve
from app.study import find
from app.verdict import answers
from app.weigh import benchmark, markets, played, surrogates
from app.yaml_lines import document_of
from engine.core.errors import StudyError, TickgridError
from engine.research.bench import How
from engine.research.evidence.further import TESTS
from engine.research.evidence.line import Line, Weighing
from engine.research.evidence.resample import Resample
from engine.research.evidence.verdict import verdict_of
from engine.research.evidence.weigh import weigh
from engine.research.watch import unseen
from reports.findings import best_rows, fold_rows
from tests.app.small import SMALL

ALSO = "evidence: {surrogates: 2, bootstrap: 50, also: [%s], windows: {train: [20], test: [8]}}"
OWN = '''\
"""Steady sessions."""


def steady(row):
    return row.sum() - 2 * row.max()


def text(row):
    return "a"


def broken(row):
    return row.nothing()
'''


def study(old: str, new: str):
    return experiment_of(document_of(SMALL.replace(old, new), "small.yaml"))


@pytest.fixture(scope="module")
def asked(bars, tmp_path_factory):
    made = study("evidence: {surrogates: 2, bootstrap: 100}", ALSO % ", ".join(TESTS))
    assert markets(made) == {"mirror": 2, "permutation": 2}
    assert played(made, bars) == 16 * 5
    seen = []
    settings = resolve({"workers": "1"}, {}, tmp_path_factory.mktemp("asked"))
    run = play(made, bars, settings, lambda *told: seen.append(told))
    assert seen == [(done, 80) for done in range(1, 81)]
    return run


@pytest.mark.covers("A-076")
def test_every_test_that_was_asked_for_is_stored_and_shown(asked):
    told = {row["measure"]: row for row in asked.table("evidence").iter_rows(named=True)}
    wanted = {"stepm", "random_entries", "kfold", "cpcv", "regimes_gain", "windows"}
    assert wanted | {"permutation_best", "permutation_walk", "null_walk"} <= set(told)
    assert told["permutation_walk"]["draws"] == 2
    assert "exchanged" in told["permutation_walk"]["note"]
    assert asked.table("surrogates").height == 2
    found = list(answers(report_of(asked, 16).tables["evidence"]))
    assert "combinations that beat nothing (StepM)" in {row["figure"] for row in found}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bootstrap: 100", "bootstrap: 9, also: [stempm]", "did you mean 'stepm'"),
        ("bootstrap: 100", "bootstrap: 9, also: [windows]", "need each other"),
        ("min_trades: 5", "min_trades: 5, for_timeframe: 4h", "needs unit: bars"),
        ("min_trades: 5", "objective: nothing.py:worth", "no file nothing.py"),
        ("min_trades: 5", "objective: sortina", "did you mean 'sortino'"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(old, new, said):
    with pytest.raises(StudyError, match=said) as caught:
        study(old, new)
    assert "small.yaml line" in str(caught.value)


@pytest.mark.parametrize("name", ["kfold", "cpcv", "regimes", "windows"])
def test_a_choice_made_again_among_what_a_search_has_picked_is_refused(name):
    windows = ", windows: {train: [20]}" if name == "windows" else ""
    asked = f"bootstrap: 9, also: [stepm, {name}]{windows}"
    picked = (
        SMALL.replace("bootstrap: 100", asked) + "search: {method: coarse_to_fine, trials: 8}\n"
    )
    with pytest.raises(StudyError, match=f"{name}.*coarse_to_fine") as caught:
        experiment_of(document_of(picked, "small.yaml"))
    assert "small.yaml line" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("steddy", "no function 'steddy' in own.py; did you mean 'steady'"),
        ("text", "returned 'a': it returns one number|cannot be compiled"),
        ("broken", "cannot be compiled|has no attribute 'nothing'"),
    ],
)
def test_an_objective_that_is_none_says_why(name, said, tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "small.yaml").write_text(
        SMALL.replace("min_trades: 5", f"min_trades: 5, objective: own.py:{name}")
    )
    with pytest.raises(TickgridError, match=said):
        experiment_of(find(str(tmp_path / "small.yaml"), tmp_path))


@pytest.mark.covers("QA-005")
def test_folds_choose_by_a_function_of_ones_own(bars, tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    text = SMALL.replace("min_trades: 5", "min_trades: 5, objective: own.py:steady")
    (tmp_path / "small.yaml").write_text(text.replace("bootstrap: 100", "bootstrap: 0"))
    document = find(str(tmp_path / "small.yaml"), tmp_path)
    made = experiment_of(document)
    assert made.folds.own is not None
    assert "own" not in made.sections["folds"]
    run = play(made, bars, resolve({"workers": "1"}, {}, tmp_path / "store"), unseen)
    folds, combinations = run.table("folds"), run.table("combinations")
    assert folds["objective"].unique().to_list() == ["own.py:steady"]
    assert folds["train_objective"].null_count() == 0
    report = report_of(run, 16)
    best = best_rows(report)[0]
    assert combinations["objective"].max() == pytest.approx(
        report.combinations.filter(combination=best["combination"])["own.py:steady"][0]
    )
    assert "own.py:steady" not in report.axes()
    assert fold_rows(report)[0]["train_own.py:steady"] == folds["train_objective"][0]
    (tmp_path / "own.py").write_text(OWN.replace("2 * ", ""))
    again = experiment_of(find(str(tmp_path / "small.yaml"), tmp_path))
    assert again.source != made.source, "another function is another run"


def test_bars_inside_bars_have_no_market_without_edge(bars):
    """A bar turned over has no finer bars that add up to it: the null and the verdict say so."""
    made = study("data: {symbol: ES}", "data: {symbol: ES, timeframe: 5m, inside: 1m}")
    assert surrogates(made) == 0
    assert markets(made) == {}
    assert surrogates(study("", "")) == 2
    lines, scores = benchmark(searched(made, bars, How()), made, How())
    assert scores == []
    (line,) = lines
    assert (line.measure, line.draws) == ("null_walk", 0)
    assert "no finer bars" in line.note
    told = [
        Line("study", "trials", 16, ""),
        Line("oos", "trades", 90, ""),
        Line("oos", "net", 5.0, "", 1.0, 9.0),
        Line("oos", "t_test", 5.0, "", p_value=0.01),
    ]
    said = verdict_of([*told, line], "USD")
    assert said.name == "chance"
    assert "No market without edge was searched: bars turned over" in said.text
    assert "the null benchmark's p is undefined" in said.text
    assert "No market" not in verdict_of(told, "USD").text


WALKED = """\
study: walked
data: {symbol: ES}
strategy: vwap_bounce
params: {band: [1.0, 2.0]}
exits: {stop: [16], target: [24, {r: 2}], flatten: "15:45"}
folds: {train: 30, test: 7, purge: 0, objective: sharpe, min_trades: 2}
"""


@pytest.mark.covers("VA-085")
def test_a_grid_of_bands_is_walked_by_each_of_the_bots_metrics(bars):
    """Thirty sessions train, seven test, by Sharpe ratio, profit factor or money; jobs beside."""
    for objective in ("sharpe", "profit_factor", "net"):
        text = WALKED.replace("objective: sharpe", f"objective: {objective}")
        made = experiment_of(document_of(text, "walked.yaml"))
        one, two = (searched(made, bars, How(workers)) for workers in (1, 2))
        assert len(one.choices) == (90 - 30) // 7
        assert [c.combination for c in one.choices] == [c.combination for c in two.choices]
        assert one.whole.rows.tolist() == two.whole.rows.tolist()
        assert any(choice.combination is not None for choice in one.choices)


@pytest.mark.covers("A-078")
@pytest.mark.parametrize("method", ["grid", "optuna, trials: 6, seed: 1"])
def test_months_are_walked_by_a_grid_and_by_optuna_and_drift_is_told(method, bars):
    text = SMALL.replace(
        "train: 30, test: 10, purge: 1", "train: 1, test: 1, purge: 2, unit: months"
    )
    text += f"search: {{method: {method}}}\n"
    made = experiment_of(document_of(text, "small.yaml"))
    found = searched(made, bars, How())
    for choice in found.choices:
        (first, stop), (begin, end) = choice.fold.runs
        dates = [bars.sessions.trade_date(found.first + k) for k in (first, stop, begin, end - 1)]
        assert dates[2].month == dates[3].month == dates[0].month % 12 + 1
        assert begin - stop == 2
    lines = weigh(found, Weighing(16, Resample(draws=20))).lines
    told = {line.measure for line in lines if line.scope == "oos"}
    varied = {"drift_minutes", "drift_widest", "drift_stop", "drift_target"}
    assert varied <= told if method == "grid" else varied & told
