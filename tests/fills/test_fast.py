"""The fast path makes the sums that the oracle's and the kernel's trades add up to.

Its kernels are engine.fills.fast.chains, engine.fills.fast.codes, engine.fills.fast.reach and
engine.research.lanes.
"""

import dataclasses
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.instrument import Fees, always
from engine.core.params import gate
from engine.core.setups import Setups
from engine.core.strategy import Strategy
from engine.fills import Costs, Exits, Rules, Table
from engine.fills.fast.chains import LAST, Chain, met
from engine.fills.fast.codes import MONEY_LIMIT, end_bar, end_code, end_net
from engine.fills.simulate import R_SCALE
from engine.research.blocks import Part
from engine.research.desk import Desk
from engine.research.folds import Fold
from engine.research.grid import FIRST_DROP, Out, play_one, play_part
from engine.research.kernel import FIELDS
from engine.research.lanes import in_r
from engine.research.ledger import Cells, row_of
from engine.research.plan import Plan
from engine.research.tiles import tiled
from engine.research.watch import Watch
from tests.fills.programs import (
    CLOCKS,
    FURTHER,
    RISKS,
    SIMPLE,
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
    """Several stops, targets and flatten times, three sets of gates, cells of any length."""
    bars = draw(tapes())
    if shares:
        dear = dataclasses.replace(bars.instrument, fees=always(SHARES))
        bars = Bars(dear, bars.sessions, bars.arrays)
    drawn = draw(setups_on(bars))
    setups = dataclasses.replace(drawn, entries=None, parents=None)
    rules = {
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
    axes = (stops, (*stops, *RISKS), CLOCKS)
    some = [draw(st.lists(st.sampled_from(axis), min_size=1, max_size=2)) for axis in axes]
    rows = [
        {"stop": stop, "target": target, "flatten": flatten}
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
    shape = len(game.plan), len(game.cells), len(FIELDS)
    out = Out(np.full(shape, -7, np.int64), np.full((len(game.plan), 3), -7, np.int64))
    reasons = [None] * len(game.plan.exits)
    (tile,) = tiled(game.plan.exits, reasons, len(game.plan))
    assert desk.reasons(tile) == (None,) * len(tile)
    play_part(desk, game.plan, Part(range(len(SIZES)), tile), out, Watch(len(game.plan)))
    return out


def against_the_kernel(game: Game) -> Counter:
    """Rows and counts of every combination, by the trades of the scanning kernel."""
    out, met_on_it = fast(game), Counter()
    for c in range(len(game.plan)):
        rows, played = play_one(game.table, game.setups, game.plan[c])
        assert np.array_equal(out.ledger[c], row_of(played.trades, game.cells)), game.plan[c]
        dropped = int((played.outcome >= FIRST_DROP).sum())
        total = len(game.setups)
        assert out.counts[c].tolist() == [total, total - len(rows), dropped]
        met_on_it += {
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


@pytest.mark.covers("T10")
def test_fast_path_equals_oracle_and_kernel(sized: Callable[..., int]) -> None:
    spoke: Counter = Counter()

    @settings(max_examples=sized("T10", ci=CI, full=10_000))
    @given(games())
    def other_tapes_each_time(game: Game) -> None:
        spoke.update(against_the_kernel(game))
        against_the_oracle(game)

    other_tapes_each_time()
    if spoke["trades"] > 10_000:
        assert min(spoke[name] for name in ("ambiguous", "dropped", "gated")) > 0


def test_a_bar_with_stop_and_target_is_in_doubt_and_one_that_gaps_is_not() -> None:
    prices = [(100, 100, 100, 100), (100, 103, 97, 100), (100, 100, 100, 100), (96, 104, 96, 99)]
    bars = bars_from(("2022-11-28 09:00", [*prices, *flat(99, 3)]))
    setups = long_at(bars, 0, 1, attributes={"size": 1.0})
    plan = Plan(strategies_on(setups), Exits.grid({"stop": [2, 3], "target": [2, 3]}))
    session = int(bars.session[0])
    cells = Cells.cut(session, session + 1, [])
    found = against_the_kernel(Game(bars, setups, plan, [], cells))
    assert found == {"trades": 16, "ambiguous": 8, "gated": 8}


@settings(max_examples=cases(ci=30, full=1000, small=5))
@given(games(shares=True))
def test_fees_that_are_shares_of_the_value(game: Game) -> None:
    against_the_kernel(game)


@given(st.data())
def test_chains_lead_to_the_first_bar_that_goes_so_far(data: st.DataObject) -> None:
    """Links are found by other paths or by this one; the oracle looks at every bar."""
    bars = data.draw(tapes(most=12))
    up = data.draw(st.booleans())
    towards, extreme = (1, bars.high) if up else (-1, bars.low)
    chain = Chain(towards, extreme, np.zeros(len(bars), np.int32))
    for _ in range(data.draw(st.integers(1, 9))):
        start, far = data.draw(st.integers(0, len(bars) - 1)), data.draw(st.integers(-3, 9))
        last = int(np.flatnonzero(bars.session == bars.session[start])[-1])
        price = int(bars.open[start])
        hits = [b for b in range(start, last + 1) if towards * (int(extreme[b]) - price) >= far]
        assert met(chain, (start, last), price, far) == (hits[0] if hits else LAST)


@given(st.integers(0, 2**28 - 1), st.integers(0, 5), st.integers(-MONEY_LIMIT, MONEY_LIMIT - 1))
def test_an_end_is_read_back_from_its_code(bar: int, moment: int, net: int) -> None:
    code = end_code(bar, moment, net)
    assert (end_bar(code), end_net(code)) == (bar, net)
    assert 0 <= code < 2**63


@given(
    net=st.integers(1 - MONEY_LIMIT, MONEY_LIMIT - 1),
    staked=st.integers(1, 2**45),
    near=st.booleans(),
)
def test_r_is_rounded_like_the_exact_fraction(*, net: int, staked: int, near: bool) -> None:
    """`near` looks where rounding turns: the stakes that make this net a half of 1/10,000."""
    if near and net:
        staked = max(1, abs(2 * net * R_SCALE) // (2 * (staked % 10_000) + 1))
    exact = floor(Fraction(net * R_SCALE, staked) + Fraction(1, 2))
    assert in_r(net, R_SCALE / staked) == exact


@pytest.mark.parametrize("staked", [1, 2, 3, 7, 2_910, 19_999, 20_000, 2**31 - 1])
def test_halves_of_r_go_up(staked: int) -> None:
    for net in range(-40, 41):
        exact = floor(Fraction(net * R_SCALE, staked) + Fraction(1, 2))
        assert in_r(net, R_SCALE / staked) == exact
