"""Folds that choose for each regime, against plain lists of trades; labels know no future."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Bars, Costs, Exits, Folds, Plan, Rules, sweep, tables
from engine.core.errors import RefusedError, StudyError, UnknownError
from engine.core.setups import Setups
from engine.features.hidden import hidden_state
from engine.features.regimes import LABELS, bar_regime
from engine.research import reduction
from engine.research.bench import How
from engine.research.evidence.null import score
from engine.research.evidence.records import stitched
from engine.research.evidence.weigh import of_walk
from engine.research.evidence.windows import walked
from engine.research.folds import REGIMES
from engine.research.grid import play_one
from engine.research.hunt import hunt
from engine.research.measures import Merged
from engine.research.measures.by_session import SESSION_OBJECTIVES
from engine.research.money import Lane, Money, account
from engine.research.money.lane import Named
from engine.research.regimes import TOLD_BY, Regimes, hidden, regimes_of, trend
from engine.research.search import Search
from engine.research.sweep import Swept
from engine.research.switching import walk_by
from tests.research.markets import FOLDS, Breakout, market, plan
from tests.research.spaces import space
from tests.research.test_walk_anew import study as patient_study

BY = replace(FOLDS, regime="weather", regime_trades=3)
SIZES = {"weather": (40, 20), "bar_regime": (40, 20), "hidden_state": (125, 122)}


def disturbed(bars: Bars, session: int) -> Bars:
    """The same bars before a session, and wild ones from it on."""
    late = bars.session >= session
    noise = np.random.default_rng(1).integers(-300, 300, len(bars)) * late
    raw = {name: getattr(bars, name) + noise for name in ("open", "high", "low", "close")}
    raw["high"] = raw["high"] + 500 * late
    columns = {name: values.astype(np.int32) for name, values in raw.items()}
    return replace(bars, arrays=bars.arrays._replace(**columns))


@pytest.mark.covers("QA-012", "QA-014")
@pytest.mark.parametrize("name", TOLD_BY)
def test_a_label_is_known_before_its_session(name: str) -> None:
    sessions, last = SIZES[name]
    bars = market(sessions)
    found, other = regimes_of(bars, name), regimes_of(disturbed(bars, last), name)
    assert len(found.of_session) == sessions
    assert len(set(found.of_session.tolist())) > 1
    assert 0 <= found.of_session.min() <= found.of_session.max() < len(found.names)
    assert np.array_equal(found.of_session[: last + 1], other.of_session[: last + 1])
    assert not np.array_equal(found.of_session, other.of_session) or name == "hidden_state"


class Tiered(Breakout):
    """Tells with each setup how much of the usual size the hidden state allows."""

    def setups(self, bars: Bars) -> Setups:
        calm = hidden_state(bars, sessions=60, refit=20).calm
        tiers = [calm >= 0.70, calm >= 0.55, calm <= 0.40, calm >= 0]
        size = np.select(tiers, [1.0, 0.7, 0.3, 0.5], default=np.nan)
        made = super().setups(bars)
        return replace(made, attributes={**made.attributes, "size": size[made.bar]})


@pytest.mark.covers("QA-014")
def test_sizes_follow_the_tiers_of_the_hidden_state() -> None:
    """Fitted on 60 sessions, anew every 20: of ten contracts ten, seven, five, three, or none."""
    bars, costs = market(125), Costs.of({"commission": "2.05"})
    rules = Folds(train=60, test=20, purge=1, min_trades=2)
    swept = sweep(bars, Plan([Tiered()], Exits.grid({"stop": [8]}), Rules.of({}), costs), rules)
    made = tables(swept)
    keys = ["combination", "setup"]
    rows = (
        made["trades"]
        .filter(scope="best")
        .join(made["setups"].select(*keys, "size"), on=keys, maintain_order="left")
    )
    lane = Lane.of(bars, rows, costs, Named(multiplier="size"))
    money = Money.of({"capital": 10_000_000, "size": {"fixed": 10}, "multiplier": "size"})
    found = account([lane], money)
    taken = found.trades["row"].to_numpy()
    calm = hidden_state(bars, sessions=60, refit=20).calm.floats(
        rows["entry_bar"].to_numpy()[taken] - 1
    )
    tier = [10 if p >= 0.7 else 7 if p >= 0.55 else 3 if 1 - p >= 0.6 else 5 for p in calm]
    assert found.trades["lots"].to_list() == tier
    assert len(set(tier)) > 1
    unknown = int(rows["size"].is_nan().sum())
    assert found.counts == {"no_multiplier": unknown}
    assert unknown + len(tier) == rows.height


def test_the_bar_before_a_session_names_it() -> None:
    bars = market()
    values, present = bar_regime(bars).dense()
    expected = [0]
    for session in range(1, 40):
        k = max(k for k in range(len(bars)) if bars.session[k] < session)
        expected.append(int(values[k]) if present[k] else 0)
    assert trend(bars).tolist() == expected
    assert len(LABELS) == 5
    assert set(hidden(bars).tolist()) == {0}  # so few sessions fit nothing


def trades_of(swept: Swept) -> list[list[tuple[int, int]]]:
    """Session and net of every trade of every combination, played alone over all sessions."""
    table = swept.table
    found = []
    for c in range(len(swept.plan)):
        one = swept.plan[c]
        played = play_one(table, one.strategy.setups(table.bars), one)[1].trades
        found.append(list(zip(played.session.tolist(), played.net.tolist(), strict=True)))
    return found


def worth(objective: str, trades: list[tuple[int, int]], sessions: list[int]) -> tuple[int, float]:
    """How many trades some sessions have, and the objective of them."""
    nets = [net for session, net in trades if session in set(sessions)]
    if objective in SESSION_OBJECTIVES:
        row = [sum(net for at, net in trades if at == session) for session in sessions]
        return len(nets), float(SESSION_OBJECTIVES[objective](np.array([row]), 252)[0])
    total = float(sum(nets))
    return len(nets), total if objective == "net" else total / len(nets) if nets else np.nan


def first_best(told: list[tuple[int, float]], floor: int) -> int | None:
    able = [c for c, (count, value) in enumerate(told) if count >= floor and not np.isnan(value)]
    return min(able, key=lambda c: (-told[c][1], c)) if able else None


def same(side: Merged, nets: list[int]) -> None:
    """What the ledger says of a side is what its trades say, one after the other."""
    path = np.concatenate(([0], np.cumsum(nets)))
    assert side.sum("n").tolist() == [len(nets)]
    assert side.sum("net").tolist() == [sum(nets)]
    assert side.sum("fall").tolist() == [int((np.maximum.accumulate(path) - path).max())]


@pytest.mark.covers("QA-012")
@pytest.mark.parametrize(
    "rules",
    [
        BY,
        replace(BY, objective="net", regime="bar_regime", window="anchored", regime_trades=6),
        replace(BY, objective="sortino", min_trades=1),
    ],
)
def test_every_regime_chooses_as_plain_lists_say(rules: Folds) -> None:
    """Oracle: train sessions of a label choose; who plays a test session is told by its label."""
    swept = sweep(market(), plan(), rules)
    trades, regimes = trades_of(swept), regimes_of(market(), rules.regime)
    label = dict(enumerate(regimes.of_session.tolist()))
    assert any(choice.own for choice in swept.choices)
    unseen: list[int] = []
    for choice in swept.choices:
        train, test = (list(range(*run)) for run in choice.fold.runs)
        usual = first_best([worth(rules.objective, t, train) for t in trades], rules.min_trades)
        own = {}
        for k, name in enumerate(regimes.names):
            there = [s for s in train if label[s] == k]
            one = first_best(
                [worth(rules.objective, t, there) for t in trades], rules.regime_trades
            )
            own |= {} if one is None else {name: one}
        assert (choice.combination, dict(choice.own)) == (usual, own)
        who = {s: own.get(regimes.names[label[s]], usual) for s in (*train, *test)}
        told = {s: part.combination for part in choice.played for s in range(*part[:2])}
        assert told == {s: who[s] for s in test}
        for side, sessions in ((choice.train, train), (choice.test, test)):
            same(side, [net for s in sessions for at, net in trades[who[s]] if at == s])
            assert side.sessions == len(sessions)
        unseen += [net for s in test for at, net in trades[who[s]] if at == s]
    assert stitched(swept).net.tolist() == unseen
    stored = tables(swept)
    assert stored["trades"].filter(scope="oos")["net"].to_list() == unseen
    assert score(swept).walk_net == sum(unseen)
    lines = {line.measure: line.value for line in of_walk(swept)}
    assert lines["regimes_own"] == sum(len(choice.own) for choice in swept.choices)
    texts = [", ".join(f"{name} {c}" for name, c in choice.own) for choice in swept.choices]
    assert stored["folds"]["regimes"].to_list() == texts


@pytest.mark.covers("QA-012")
def test_labels_and_bars_of_the_future_change_no_choice() -> None:
    swept, regimes = sweep(market(), plan(), BY), regimes_of(market(), "weather")
    for choice in swept.choices[::3]:
        stop = choice.fold.train_stop
        turned = regimes.of_session.copy()
        turned[stop:] = 2 - turned[stop:]
        edges = [k for k in Regimes(regimes.names, turned).changes if k in swept.cells.edges]
        assert edges  # turned labels change where the others do
        (other,) = walk_by(swept.book, [choice.fold], BY, Regimes(regimes.names, turned))
        assert (other.combination, other.own) == (choice.combination, choice.own)
        assert other.train.rows.tolist() == choice.train.rows.tolist()
        late = sweep(disturbed(market(), stop), plan(), BY).choices[swept.choices.index(choice)]
        assert (late.combination, late.own) == (choice.combination, choice.own)


@pytest.mark.covers("QA-013")
def test_without_trades_enough_for_a_regime_the_walk_is_the_plain_one() -> None:
    """Both walks have the same candidates and folds, and differ only in who plays which session."""
    plain = sweep(market(), plan(), FOLDS)
    none = sweep(market(), plan(), replace(BY, regime_trades=10**6))
    for one, other in zip(none.choices, plain.choices, strict=True):
        assert (one.combination, one.fold, one.own) == (other.combination, other.fold, ())
        assert one.train.rows.tolist() == other.train.rows.tolist()
        assert one.test.rows.tolist() == other.test.rows.tolist()
        assert one.worth == other.worth
    assert stitched(none).net.tolist() == stitched(plain).net.tolist()
    nobody = sweep(market(), plan(), replace(BY, min_trades=10**6))
    assert {(choice.combination, choice.played) for choice in nobody.choices} == {(None, ())}
    assert len(stitched(nobody).net) == 0


@pytest.mark.covers("T30")
def test_any_number_of_workers_chooses_the_same() -> None:
    one, many = sweep(market(), plan(), BY), sweep(market(), plan(), BY, workers=3)
    for left, right in zip(one.choices, many.choices, strict=True):
        assert (left.stretches, left.own, left.worth) == (right.stretches, right.own, right.worth)


def test_an_adaptive_search_chooses_by_regime_among_what_its_fold_tried() -> None:
    search = Search("coarse_to_fine", trials=24)
    found = hunt(market(), space(), search, BY, None, How())
    trades = trades_of(found)
    assert any(choice.own for choice in found.choices)
    for choice in found.choices:
        nets = [
            net for first, stop, c in choice.played for at, net in trades[c] if first <= at < stop
        ]
        assert choice.test.sum("net").tolist() == [sum(nets)]
        assert choice.team == (choice.combination,)


def test_a_plateau_may_choose_by_regime() -> None:
    grid = Plan(Breakout.grid(back=[3, 5, 8, 13, 20]), Exits.grid({"stop": [8, 12, 16]}))
    peaks, flat = (sweep(market(), grid, replace(BY, choose=how)) for how in ("best", "plateau"))
    assert [c.own for c in peaks.choices] != [c.own for c in flat.choices]
    assert all(c.own for c in flat.choices)


def test_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StudyError, match="it goes with top: 1"):
        replace(BY, top=2)
    with pytest.raises(
        StudyError, match=r"folds\.regime_trades is a whole number from 1 on, not 0"
    ):
        replace(BY, regime_trades=0)
    with pytest.raises(UnknownError, match="no regime 'wether' of folds; did you mean 'weather'"):
        replace(BY, regime="wether")
    assert tuple(TOLD_BY) == REGIMES
    waiting, _ = patient_study(0)
    with pytest.raises(RefusedError, match=r"leave folds\.regime out"):
        sweep(market(), waiting, BY)
    monkeypatch.setattr(reduction, "KEPT_BYTES", 0)
    monkeypatch.setattr(reduction, "MOST_BYTES", 0)
    with pytest.raises(RefusedError, match="keeps the ledger of all combinations"):
        sweep(market(), plan(), BY)


def test_windows_are_walked_without_regimes() -> None:
    (found,) = walked(sweep(market(), plan(), BY), [BY.cut(market())])
    plain = sweep(market(), plan(), FOLDS).choices
    assert [(one.combination, one.own) for one in found] == [(c.combination, ()) for c in plain]
