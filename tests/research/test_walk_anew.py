"""Orders that outlive their sessions: every fold is played anew, as on a market of its own."""

import numpy as np
import polars as pl
import pytest

from engine import Bars, Costs, Exits, Folds, Plan, Rules, Strategy, sweep
from engine.core.entries import Limit
from engine.core.errors import RefusedError
from engine.core.params import gate, param
from engine.core.setups import Setups, became
from engine.fills import Table, simulate
from engine.research.anew import crosses
from engine.research.bench import How
from engine.research.evidence.line import Weighing
from engine.research.evidence.records import recorded, stitched
from engine.research.evidence.resample import Resample
from engine.research.evidence.weigh import weigh
from engine.research.hunt import hunt
from engine.research.search import Search
from engine.research.space import Space, anything
from engine.research.sweep import Swept
from engine.research.tables import tables
from tests.proof.sizes import sized as cases
from tests.research.markets import market
from tests.research.test_walk_exact import best, same

STUDIES = cases(ci=4, full=50, small=2)


class Patient(Strategy):
    """Wait some ticks below a rise, or above a fall, for some days."""

    away: int = param(default=8, low=2, high=60)
    days: int = param(default=2, low=0, high=9)
    tallest: int = gate("height", "<=", default=None, low="0", high="40", step="1")

    def setups(self, bars: Bars) -> Setups:
        before = np.roll(bars.close, 4)
        before[:4] = bars.close[:4]
        today = bars.sessions.date[bars.session].astype(np.int64)
        return Setups.where(
            bars,
            long=became(bars.close > before + 9),
            short=became(bars.close < before - 9),
            entry=Limit(bars.close - self.away, bars.close + self.away, until=today + self.days),
            attributes={"height": (bars.high - bars.low).astype(np.float64)},
        )


def study(seed: int) -> tuple[Plan, Folds]:
    """A few combinations whose orders work for days, cut one way or another."""
    chance = np.random.default_rng(seed)
    plan = Plan(
        Patient.grid(
            away=[int(chance.integers(4, 20)), 30], days=[int(chance.integers(1, 5))], tallest=[9]
        ),
        Exits.grid({"stop": [int(chance.integers(5, 12)), 14], "target": ["none", {"r": 2}]}),
        Rules.of({"max_per_session": int(chance.integers(0, 3))}),
        Costs.of({"commission": "2.05"}),
    )
    folds = Folds.of(
        {
            "train": int(chance.integers(5, 12)),
            "test": int(chance.integers(2, 5)),
            "purge": int(chance.integers(0, 3)),
            "objective": str(chance.choice(["expectancy", "net"])),
            "min_trades": int(chance.integers(2, 9)),
            "ladder": [1],
            "window": str(chance.choice(["rolling", "anchored"])),
            "top": int(chance.integers(1, 3)),
        }
    )
    return plan, folds


def alone(plan: Plan, combination: int, run: tuple[int, int]) -> np.ndarray:
    """Net of each trade on a market that has the sessions of the run and no others."""
    bars, one = market(), plan[combination]
    setups = one.strategy.setups(bars)
    first, stop = np.searchsorted(bars.session, [*run])
    there = (setups.bar >= first) & (setups.bar < stop)
    there &= (bars.high - bars.low)[setups.bar] <= 9
    part, cut = bars[int(first) : int(stop)], setups.take(np.flatnonzero(there))
    moved = Setups(
        cut.bar - first, cut.side, cut.stop, cut.target, cut.attributes, cut.entries, cut.follow
    )
    table = Table.of(part, plan.rules, plan.costs, plan.exits)
    return simulate(table, moved, one.exits).trades.net


@pytest.mark.parametrize("seed", range(STUDIES))
def test_every_fold_is_what_a_market_of_its_own_makes(seed: int) -> None:
    plan, folds = study(seed)
    walked = sweep(market(), plan, folds)
    assert walked.anew == len(plan)
    for choice in walked.choices:
        train, test = ([alone(plan, c, r) for c in range(len(plan))] for r in choice.fold.runs)
        team, floor = best(train, folds)
        assert (list(choice.team), choice.floor) == (team, floor)
        same(choice, team, train, test)


def swept(**more: object) -> Swept:
    plan, _ = study(3)
    return sweep(market(), plan, Folds(train=9, test=3, min_trades=2, **more))


def test_cells_alone_would_have_said_something_else() -> None:
    """Else nothing above shows anything: some fold's sums differ from those of one long play."""
    found = swept()
    assert found.book is not None
    assert found.book.apart is not None
    long = found.book._replace(apart=None)
    assert any(
        (found.book.between(*run).rows != long.between(*run).rows).any()
        for choice in found.choices
        for run in choice.fold.runs
    )
    assert (found.book.whole.rows == long.whole.rows).all()


def test_tables_and_records_say_what_the_folds_say() -> None:
    found = swept(top=2)
    made = tables(found)
    by_fold = (
        made["trades"].filter(scope="oos").group_by("fold").agg(n=pl.len(), net=pl.col("net").sum())
    )
    told = {row["fold"]: (row["n"], row["net"]) for row in by_fold.iter_rows(named=True)}
    for k, choice in enumerate(found.choices):
        if choice.combination is not None:
            n, net = (int(choice.test.sum(name)[0]) for name in ("n", "net"))
            assert told.get(k, (0, 0)) == (n, net)
    record = stitched(found)
    assert sorted(record.net) == sorted(recorded(found, made["trades"], "oos").net)
    lines = weigh(found, Weighing(len(found.plan), Resample(draws=20))).lines
    (line,) = [line for line in lines if line.measure == "played_anew"]
    assert line.value == len(found.plan)
    assert "anew" in line.note


def test_a_plateau_and_an_adaptive_search_read_the_same_folds() -> None:
    plan, _ = study(3)
    folds = Folds(train=9, test=3, min_trades=2, choose="plateau")
    flat = sweep(market(), plan, folds)
    plain = sweep(market(), plan, Folds(train=9, test=3, min_trades=2))
    for one, other in zip(flat.choices, plain.choices, strict=True):
        if one.combination == other.combination and one.combination is not None:
            assert (one.test.rows == other.test.rows).all()
    axes = {"away": [plan.strategies[0].away, 30], "days": [plan.strategies[0].days]}
    ends = {"stop": [14], "target": ["none"]}
    space = Space(Patient, axes, ends, plan.rules, plan.costs, anything)
    folds = Folds(train=9, test=3, min_trades=1)
    search = Search(method="coarse_to_fine", trials=4)
    hunted = hunt(market(), space, search, folds, None, How())
    whole = sweep(market(), space.grid(), folds)
    assert hunted.anew == whole.anew == 2
    for one, other in zip(hunted.choices, whole.choices, strict=True):
        assert np.array_equal(one.worth, other.worth, equal_nan=True)
        assert (one.test.rows == other.test.rows).all()


def test_an_objective_of_sessions_is_refused_and_plain_orders_need_nothing() -> None:
    with pytest.raises(RefusedError, match="sortino reads sessions of one long play"):
        swept(objective="sortino")
    plan, _ = study(3)
    assert crosses(plan[0].strategy.setups(market()))
    never = Patient(away=8, days=2).setups(market())
    assert not crosses(Setups(never.bar, never.side, never.stop, never.target, {}))
