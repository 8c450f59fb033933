"""The fast path makes the sums that the oracle's and the kernel's trades add up to.

Its kernels are engine.fills.chains, engine.fills.fast.codes, engine.fills.fast.reach and
engine.research.lanes.
"""

import dataclasses
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.entries import Limit
from engine.core.instrument import Fees, always
from engine.core.params import gate
from engine.core.setups import Setups
from engine.core.strategy import Strategy
from engine.fills import OUTCOMES, REASONS, Costs, Exits, Rules, Table
from engine.fills.fast.refusal import refusal
from engine.research.blocks import Part
from engine.research.desk import Desk
from engine.research.folds import Fold
from engine.research.grid import FIRST_DROP, Out, play_one, play_part
from engine.research.kernel import FIELDS
from engine.research.ledger import Cells, row_of
from engine.research.plan import Plan
from engine.research.tiles import tiled
from engine.research.watch import Watch
from tests.fills.programs import (
    CLOCKS,
    FOLLOWED,
    FURTHER,
    RISKS,
    SIMPLE,
    SPANS,
    WINDOWS,
    calendars,
    costs,
    plain_program,
    setups_on,
)
from tests.makers import bars_from, flat, long_at
from tests.oracle.bridge import plain_bars, plain_setups
from tests.oracle.fills import play
from tests.oracle.ledger import sums
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

CI = 60
SIZES = (None, "0.7", "2")  # gates, in the order of the strategies
NOTHING = {"stop": "none", "target": "none", "flatten": "none"}
SHARES = Fees(maker=Decimal("0.000021"), taker=Decimal("0.000046"))


@dataclass
class Game:
    """A tape, its setups, and a small plan on them."""

    bars: Bars
    setups: Setups
    plan: Plan
    programs: list[dict]  # of the exits, as the oracle reads them
    cells: Cells

    @property
    def table(self) -> Table:
        return Table.of(self.bars, self.plan.rules, self.plan.costs, self.plan.exits)


@st.composite
def games(draw: st.DrawFn, *, shares: bool = False) -> Game:
    """Several stops, targets and flatten times, three sets of gates, cells of any length.

    A third of the games send limit orders, have a cooldown, hold for a time, or leave at a flag.
    """
    bars = draw(tapes())
    if shares:
        dear = dataclasses.replace(bars.instrument, fees=always(SHARES))
        bars = Bars(dear, bars.sessions, bars.arrays)
    setups = draw(setups_on(bars, plain=True))
    rules = {
        "cooldown": draw(st.sampled_from((0, 0, 1, 3))),
        "max_per_session": draw(st.sampled_from((0, 1, 1, 2))),
        "entry_window": draw(st.sampled_from(WINDOWS)),
        "spare_entry_bar": draw(st.sampled_from((False, False, True))),
        "stop_first": draw(st.sampled_from((False, False, True))),
    } | draw(calendars())
    paid = draw(costs(simple=True)) | ({"commission": None} if shares else {})
    shared = {"rules": rules, "costs": paid}
    programs = [shared | {"exits": exits} for exits in draw(exits_of_plan())]
    exits = [Exits.grid(program["exits"])[0] for program in programs]
    plan = Plan(strategies_on(setups), exits, Rules.of(rules), Costs.of(paid))
    first, stop = int(bars.session[0]), int(bars.session[-1]) + 1
    edges = sorted(draw(st.lists(st.integers(0, stop - first), min_size=4, max_size=4)))
    return Game(bars, setups, plan, programs, Cells.cut(first, stop, [Fold(*edges)]))


@st.composite
def exits_of_plan(draw: st.DrawFn) -> list[dict]:
    """Exits as a study writes them, in no order and without doubles."""
    stops = (*SIMPLE, *FURTHER)
    axes = (stops, (*stops, *RISKS, *FOLLOWED), CLOCKS)
    times = {"hold": draw(st.sampled_from((*(None,) * 10, *SPANS)))}
    times["leave"] = draw(st.sampled_from((None, None, "leave")))
    timed = {name: value for name, value in times.items() if value is not None}
    some = [draw(st.lists(st.sampled_from(axis), min_size=1, max_size=2)) for axis in axes]
    rows = [
        {"stop": stop, "target": target, "flatten": flatten} | timed
        for stop, target, flatten in itertools.product(*some)
        if not (stop == "none" and isinstance(target, dict) and "r" in target)
    ]
    kept = {Exits.grid(row)[0]: row for row in rows or [NOTHING]}
    return draw(st.permutations(list(kept.values())))


def strategies_on(setups: Setups) -> list[Strategy]:
    """The same setups under three gates, the first of them open."""

    class Given(Strategy):
        """Says what it was given."""

        smallest: object = gate("size", ">=", default=None, low="0", high="9", step="0.1")

        def setups(self, bars: Bars) -> Setups:
            assert len(bars)
            return setups

    return [Given(smallest=size) for size in SIZES]


def fast(game: Game) -> Out:
    """The whole plan on the fast path; nothing of it may be refused."""
    desk = Desk(game.table, game.cells, game.setups)
    out = Out.room(len(game.plan), len(game.cells), game.cells.edges[-1])
    out.ledger[:] = out.counts[:] = -7  # whatever was there is written over
    reasons = [None] * len(game.plan.exits)
    (tile,) = tiled(game.plan.exits, reasons, len(game.plan))
    assert desk.reasons(tile) == (None,) * len(tile)
    asked = {refusal(game.table, game.setups, exits) for exits in game.plan.exits}
    assert asked == {None}
    play_part(desk, game.plan, Part(range(len(SIZES)), tile), out, Watch(len(game.plan)))
    return out


def against_the_kernel(game: Game) -> Counter:
    """Rows and counts of every combination, by the trades of the scanning kernel."""
    out, met_on_it = fast(game), Counter()
    for c in range(len(game.plan)):
        rows, played = play_one(game.table, game.setups, game.plan[c])
        assert np.array_equal(out.ledger[c], row_of(played.trades, game.cells)), game.plan[c]
        days = np.zeros(game.cells.edges[-1], np.int64)
        np.add.at(days, played.trades.session - game.cells.first, played.trades.net)
        assert np.array_equal(out.days[c], days), game.plan[c]
        dropped = int((played.outcome >= FIRST_DROP).sum())
        total = len(game.setups)
        assert out.counts[c].tolist() == [total, total - len(rows), dropped]
        outcomes = Counter(np.array(OUTCOMES)[played.outcome].tolist())
        reasons = Counter(np.array(REASONS)[played.trades.reason].tolist())
        met_on_it += {
            **{name: outcomes[name] for name in ("cooldown", "expired")},
            **{name: reasons[name] for name in ("hold", "signal")},
            "trades": len(played.trades.net),
            "ambiguous": int(played.trades.ambiguous.sum()),
            "dropped": dropped,
            "gated": total - len(rows),
        }
    return met_on_it


def against_the_oracle(game: Game) -> None:
    """The combinations without gates, by the oracle's trades and plain sums."""
    out, bars, setups = fast(game), plain_bars(game.bars), plain_setups(game.setups)
    for e, program in enumerate(game.programs):
        rows = play(bars, setups, plain_program(program))
        trades = [row for row in rows if isinstance(row, dict)]
        figures = [
            (bars[t["entry_bar"]].session, t["net"], t.get("r", 0), t["ambiguous"]) for t in trades
        ]
        for cell, (low, high) in enumerate(itertools.pairwise(game.cells.edges)):
            inside = [row for row in figures if low <= row[0] - game.cells.first < high]
            found = dict(zip(FIELDS, out.ledger[e, cell].tolist(), strict=True))
            assert found == sums(inside)


@pytest.mark.covers("T10", "T11")
def test_fast_path_equals_oracle_and_kernel(sized: Callable[..., int]) -> None:
    """T11 is asked of the two ways to play: the same cells and counts, to the money unit."""
    spoke: Counter = Counter()
    games_played = [sized(name, ci=CI, full=10_000) for name in ("T10", "T11")]

    @settings(max_examples=max(games_played))
    @given(games())
    def other_tapes_each_time(game: Game) -> None:
        spoke.update(against_the_kernel(game))
        against_the_oracle(game)

    other_tapes_each_time()
    if spoke["trades"] > 10_000:
        met_on_them = ("ambiguous", "dropped", "gated", "cooldown", "expired", "hold", "signal")
        assert min(spoke[name] for name in met_on_them) > 0


def test_a_bar_with_stop_and_target_is_in_doubt_and_one_that_gaps_is_not() -> None:
    prices = [(100, 100, 100, 100), (100, 103, 97, 100), (100, 100, 100, 100), (96, 104, 96, 99)]
    bars = bars_from(("2022-11-28 09:00", [*prices, *flat(99, 3)]))
    setups = long_at(bars, 0, 1, attributes={"size": 1.0})
    plan = Plan(strategies_on(setups), Exits.grid({"stop": [2, 3], "target": [2, 3]}))
    session = int(bars.session[0])
    cells = Cells.cut(session, session + 1, [])
    found = against_the_kernel(Game(bars, setups, plan, [], cells))
    assert +Counter(found) == {"trades": 16, "ambiguous": 8, "gated": 8}


def walk_on(seed: int, *, quiet: bool) -> Bars:
    """Two sessions of 60 minutes on a walk; of a quiet one some minutes are without a trade."""
    noise, days = np.random.default_rng(seed), []
    for day in ("2022-11-28 09:00", "2022-11-29 09:00"):
        close = 100 + np.cumsum(noise.integers(-2, 3, 60))
        first = close + noise.integers(-2, 3, 60)
        high = np.maximum(first, close) + noise.integers(0, 3, 60)
        low = np.minimum(first, close) - noise.integers(0, 3, 60)
        prices = zip(*(c.tolist() for c in (first, high, low, close)), strict=True)
        days.append((day, list(prices)))
    bars = bars_from(*days)
    volume = np.where(quiet & (noise.random(len(bars)) < 0.1), 0, bars.volume)
    return Bars(bars.instrument, bars.sessions, bars.arrays._replace(volume=volume))


def sown_on(bars: Bars, seed: int, *, limit: bool) -> Setups:
    """Setups of both sides at a third of the bars, at limits near by or at once."""
    noise = np.random.default_rng(seed)
    mark, near = noise.integers(0, 6, len(bars)), noise.integers(-1, 5, len(bars))
    close, there = bars.close.astype(np.int64), noise.random(len(bars)) < 0.8
    more = {"entry": Limit(Column(close - near, there), close + near, bars=2)} if limit else {}
    return Setups.where(
        bars,
        long=mark == 1,
        short=mark == 2,
        attributes={"size": np.where(there, 2.0, np.nan)},
        follow={"mean": Column(close + noise.integers(-4, 5, len(bars)), there), "leave": mark > 4},
        **more,
    )


@pytest.mark.parametrize("limit", [False, True])
@pytest.mark.parametrize("spared", [False, True])
@pytest.mark.parametrize(
    ("exits", "rules", "told"),
    [
        ({"stop": 3, "target": {"follow": "mean"}}, {}, "trades"),
        ({"target": 4, "hold": {"bars": 3}}, {}, "hold"),
        ({"stop": 9, "hold": {"minutes": {"times": 2, "of": "size"}}}, {}, "hold"),
        ({"stop": 9, "leave": "leave", "flatten": "09:30"}, {}, "signal"),
        ({"stop": 2, "target": 3}, {"cooldown": 3}, "cooldown"),
        ({"stop": 2, "target": 3}, {"entry_window": ["09:10", "09:40"]}, "trades"),
    ],
)
def test_each_rule_of_the_fast_path_is_met(
    *, exits: dict, rules: dict, told: str, limit: bool, spared: bool
) -> None:
    bars = walk_on(seed=3, quiet=not spared)
    setups, rules = sown_on(bars, seed=4, limit=limit), {**rules, "spare_entry_bar": spared}
    plan = Plan(strategies_on(setups), Exits.grid(exits), Rules.of(rules))
    session = int(bars.session[0])
    found = against_the_kernel(Game(bars, setups, plan, [], Cells.cut(session, session + 2, [])))
    assert found[told] > 0
    assert (found["expired"] > 0) == limit


@settings(max_examples=cases(ci=30, full=1000, small=5))
@given(games(shares=True))
def test_fees_that_are_shares_of_the_value(game: Game) -> None:
    against_the_kernel(game)
