"""Tests on request against plain lists: StepM, purged paths, regimes, windows, entries."""

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from engine import Folds, sweep
from engine.core.errors import StudyError, UnknownError
from engine.core.setups import Setups
from engine.research.evidence.adaptive import Adapted, adapted, best_of, improvement
from engine.research.evidence.asked import Bench, further_lines
from engine.research.evidence.crossed import crossed, histories, sharpest
from engine.research.evidence.entries import fillable, random_entries
from engine.research.evidence.forward import Record, passes
from engine.research.evidence.further import TESTS, Further
from engine.research.evidence.line import Line
from engine.research.evidence.permute import entered_at_random
from engine.research.evidence.records import every_row
from engine.research.evidence.resample import Resample
from engine.research.evidence.snooping import stepwise
from engine.research.evidence.weigh import of_teams
from engine.research.evidence.windows import walked, window_lines
from engine.research.folds import Fold
from engine.research.regimes import NORMAL, QUIET, WILD, weather
from engine.research.splits import Gaps
from engine.research.sweep import Swept
from engine.synth.mirror import Source, permute
from tests.research.evidence.noise import noise
from tests.research.markets import FOLDS, market, plan, swept
from tests.research.test_walk_anew import study as patient_study

HOW = Resample(draws=50, seed=2)
WINDOWS = {"train": (8, 12), "test": (3, 4)}


def told(*also: str, found: Swept | None = None, **more: object) -> dict[str, Line]:
    asked = Further.of({"also": list(also), **more})
    one = found or swept()
    bench = Bench(one, every_row(one), HOW)
    return {line.measure: line for line in further_lines(bench, asked)}


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"also": ["stepn"]}, UnknownError, "no test 'stepn' in evidence.also; did you mean"),
        ({"groups": 3, "tested": 3}, StudyError, "3 of 3 groups tested"),
        ({"embargo": -1}, StudyError, "an embargo is 0 or more"),
        ({"also": ["windows"]}, StudyError, "need each other"),
        ({"windows": {"train": [5]}}, StudyError, "need each other"),
        ({"also": ["windows"], "windows": {"trian": [5]}}, UnknownError, "did you mean 'train'"),
        ({"also": ["windows"], "windows": {"train": []}}, StudyError, "lengths of 1 or more"),
    ],
)
def test_what_cannot_be_asked_for(values: dict, kind: type, message: str) -> None:
    with pytest.raises(kind, match=message):
        Further.of(values)


def test_every_test_says_one_sentence() -> None:
    lines = told(*TESTS, windows=WINDOWS)
    assert {"stepm", "random_entries", "kfold", "cpcv", "cpcv_loss", "regimes_gain"} <= {*lines}
    assert all(line.note for line in lines.values())
    assert lines["stepm"].value == stepwise(every_row(swept()), HOW).sum()
    assert lines["regimes_net"].scope == lines["random_entries"].scope == "oos"


def plain_path(rows: np.ndarray, groups: int, tested: int, purge: int, embargo: int) -> np.ndarray:
    """Each group's results on each path, from lists."""
    sessions = rows.shape[1]
    cut = [g * sessions // groups for g in range(groups + 1)]
    results: list[list] = [[] for _ in range(groups)]
    for chosen in combinations(range(groups), tested):
        out = {s for g in chosen for s in range(cut[g] - purge, cut[g + 1] + purge + embargo)}
        train = [s for s in range(sessions) if s not in out]
        part = rows[:, train]
        spread = part.std(axis=1, ddof=1)
        value = np.where(spread > 0, part.mean(axis=1) / np.where(spread > 0, spread, 1), -np.inf)
        best = int(value.argmax())
        for g in chosen:
            results[g].append(rows[best, cut[g] : cut[g + 1]])
    return np.array([np.concatenate(part) for part in zip(*results, strict=True)])


@pytest.mark.covers("QA-028")
@pytest.mark.parametrize(("groups", "tested"), [(6, 2), (5, 1), (7, 3)])
def test_paths_are_what_every_split_chose(groups: int, tested: int) -> None:
    """S4's six groups with two tested, k-fold, and a third: every path a whole unseen history."""
    rows = noise(9, 61, 4, edge=0.1)
    made = histories(rows, groups, tested, Gaps(2, 1))
    assert made.shape == (math.comb(groups - 1, tested - 1), 61)
    assert (made == plain_path(rows, groups, tested, 2, 1)).all()
    found, net = crossed(rows, groups, tested, Gaps(2, 1), 252)
    assert net.tolist() == made.sum(axis=1).tolist()
    assert found == pytest.approx(made.mean(1) / made.std(1, ddof=1) * math.sqrt(252))


def test_a_search_that_never_trades_has_no_paths() -> None:
    idle = np.zeros((3, 30), np.int64)
    assert sharpest(idle, np.ones(30, np.bool_)) is None
    assert (histories(idle, 5, 2, Gaps()) == 0).all()
    bench = Bench(swept(), idle, HOW)
    (line,) = further_lines(bench, Further.of({"also": ["cpcv"]}))
    assert math.isnan(line.value)
    assert "no combination traded" in line.note


def test_too_few_sessions_are_told() -> None:
    (line,) = told("cpcv", groups=99, tested=2).values()
    assert math.isnan(line.value)
    assert line.note == "40 sessions cannot be cut into 99 groups"


def test_weather_is_known_before_the_session() -> None:
    bars = market()
    whole = weather(bars)
    last = int(np.searchsorted(bars.session, 30))
    assert (weather(bars[:last]) == whole[:30]).all()
    assert (whole[:6] == NORMAL).all()
    late = np.isin(bars.session, [20, 21, 22])
    high = (bars.high + 400 * late).astype(np.int32)
    loud = weather(replace(bars, arrays=bars.arrays._replace(high=high)))
    assert (loud[:21] == whole[:21]).all()
    assert (loud[21:25] == WILD).all()
    assert QUIET in loud[28:]
    first = (bars.high + 400 * (bars.session == 0)).astype(np.int32)
    calmer = weather(replace(bars, arrays=bars.arrays._replace(high=first)))
    assert (calmer[:6] == NORMAL).all()
    assert calmer[6] == QUIET  # told as soon as five sessions follow one


def test_a_regime_chooses_for_itself_where_it_can() -> None:
    """Combination 0 earns in wild sessions and 1 in quiet ones; 2 earns a little in both."""
    regime = np.tile([QUIET, WILD], 40)
    base = noise(3, 80, 6) // 50
    base[0] += np.where(regime == WILD, 500, -500)
    base[1] += np.where(regime == QUIET, 500, -500)
    base[2] += 60
    folds = [Fold(0, 40, 41, 60), Fold(20, 60, 61, 80)]
    found = adapted(base, folds, regime)
    tests = np.r_[41:60, 61:80]
    assert found.plain.tolist() == base[2, tests].tolist()
    assert found.adapted.tolist() == base[np.where(regime[tests] == WILD, 0, 1), tests].tolist()
    assert found.own == 4
    gain = (found.adapted.sum() - found.plain.sum()) / abs(found.plain.sum())
    assert float(improvement(found)) == pytest.approx(gain)
    assert best_of(base, regime == NORMAL) is None
    assert best_of(base, np.arange(80) < 3) is None
    none = adapted(np.zeros((2, 80), np.int64), folds, regime)
    assert none.adapted.tolist() == none.plain.tolist() == [0] * 38
    assert math.isnan(float(improvement(Adapted(none.plain, none.adapted, 0))))


def test_windows_are_walks_of_their_own() -> None:
    lines = told("windows", windows={**WINDOWS, "test": (3, 4, 99)})
    assert math.isnan(lines["windows_8_99"].value)
    assert "needs 108 sessions" in lines["windows_8_99"].note
    for train in WINDOWS["train"]:
        for test in WINDOWS["test"]:
            alone = sweep(market(), plan(), replace(FOLDS, train=train, test=test))
            five = passes(Record.of(alone.choices))[:4]
            line = lines[f"windows_{train}_{test}"]
            assert line.value == sum(one.passed for one in five) / 4
            assert f"{len(alone.choices)} folds" in line.note
            (found,) = walked(swept(), [alone.folds.cut(market())])
            assert [c.combination for c in found] == [c.combination for c in alone.choices]
            assert all(
                (a.test.rows == b.test.rows).all()
                for a, b in zip(found, alone.choices, strict=True)
            )


def test_windows_take_what_they_leave_out_from_the_folds() -> None:
    lines = {line.measure: line for line in window_lines(swept(), {"test": [4]}, 1e7)}
    assert [*lines] == ["windows_10_4", "windows"]
    assert "deepest_fall" in lines["windows_10_4"].note
    none = {line.measure: line for line in window_lines(swept(), {"test": [99]}, math.nan)}
    assert none["windows"].value == 0
    daily = sweep(market(), plan(), replace(FOLDS, objective="sortino"))
    (found,) = walked(daily, [daily.folds.cut(market())])
    told_of = [np.array([c.worth for c in choices]) for choices in (found, daily.choices)]
    assert np.array_equal(*told_of, equal_nan=True)


def test_random_entries_keep_sessions_sides_and_distances() -> None:
    found, bars = swept(), market()
    one = found.plan[0]
    setups, inside = one.strategy.setups(bars), fillable(found.table, one)
    moved = entered_at_random(bars, setups, 3, inside)
    assert len(moved) == len(setups)
    assert inside[moved.bar].all()
    assert sorted(bars.session[moved.bar]) == sorted(bars.session[setups.bar])
    assert np.bincount(moved.side + 1).tolist() == np.bincount(setups.side + 1).tolist()
    assert (np.diff(moved.bar) >= 0).all()
    none = entered_at_random(bars, setups, 3, np.zeros(len(bars), np.bool_))
    assert isinstance(none, Setups)
    assert len(none) == 0


def test_random_entries_place_the_real_ones() -> None:
    line = random_entries(swept(), draws=19, seed=1)
    net, trades = (sum(int(c.test.sum(n)[0]) for c in swept().choices) for n in ("net", "n"))
    assert line.value == pytest.approx(net / trades * 0.01)
    assert line.low < line.high
    assert line.p_value in [k / 20 for k in range(1, 21)]
    assert random_entries(swept(), draws=19, seed=1) == line


def test_entries_that_cannot_be_moved_or_never_trade() -> None:
    waiting, _ = patient_study(3)
    found = sweep(market(), waiting, Folds(train=9, test=3, min_trades=2))
    assert "only market orders" in random_entries(found, draws=2).note
    nobody = sweep(market(), plan(), replace(FOLDS, min_trades=999))
    line = random_entries(nobody, draws=2)
    assert math.isnan(line.value)
    assert "do not trade" in line.note


@pytest.mark.covers("QA-030")
def test_bars_are_exchanged_for_others_of_their_minute() -> None:
    bars = market()
    made = permute(bars, Source(4, 1))
    assert made.origin.synthetic
    assert made.fingerprint != bars.fingerprint
    minute = bars.labels.minute
    for k in np.unique(minute)[:5]:
        there = minute == k
        assert sorted(made.volume[there]) == sorted(bars.volume[there])
        heights = [(b.high - b.low)[there] for b in (made, bars)]
        assert sorted(heights[0]) == sorted(heights[1])
    assert int(made.close[-1]) == int(bars.close[-1]), "drift stays"
    assert (made.close != bars.close).mean() > 0.9


def test_a_team_has_equal_shares() -> None:
    found = sweep(market(), plan(), replace(FOLDS, top=3))
    rows, total = every_row(found), 0.0
    for choice in found.choices:
        start, stop = choice.fold.runs[1]
        if choice.team:
            total += rows[list(choice.team), start:stop].sum() / len(choice.team)
    assert of_teams(found, 0.01).value == pytest.approx(total * 0.01)
