"""Further rows of the acceptance tables about fills: order of evaluation, extremes, limits."""

import dataclasses

import numpy as np
import pytest

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.follow import After
from engine.core.params import gate, param
from engine.core.setups import Setups
from engine.core.strategy import Strategy
from engine.fills import OUTCOMES
from engine.research.measures import Basis
from engine.research.measures.face import measures, session_frame
from engine.research.measures.of_days import OF_DAYS
from engine.research.measures.of_trades import OF_TRADES
from engine.research.replay import Replay
from engine.research.trade_table import trade_frame
from tests.fills.hand import NINE, both, ended, free, outcome, played
from tests.makers import bars_from, flat, long_at, mark

EDGES = {"stop": (95, 105), "target": (109, 91)}  # longs aim at the value area's high, shorts low
SIZES = {"width": 8.0, "volatility": 3.0, "atr": 2.0}
EXTREMES = (-1_000_000, -100, 0, 999_999_900)


@pytest.mark.covers("A-058")
@pytest.mark.parametrize(
    ("stop", "target", "ends"),
    [
        ({"times": "0.5", "of": "width"}, "level", (96, 109)),
        ({"times": 2, "of": "volatility"}, {"r": 2}, (94, 112)),
        ({"times": "1.5", "of": "atr"}, {"times": 3, "of": "atr"}, (97, 106)),
    ],
)
def test_stops_and_targets_by_width_volatility_range_risk_and_the_other_edge(
    stop: object, target: object, ends: tuple[int, int]
) -> None:
    """The other side is the same upside down."""
    bars = bars_from((NINE, flat(100, 4)))
    rows = mark(bars, 0)
    for side, turn in (("long", 1), ("short", -1)):
        setups = Setups.where(bars, **{side: rows}, attributes=SIZES, **EDGES)
        t = free(setups, bars, stop=stop, target=target).trades
        assert (t.stop[0], t.target[0]) == tuple(100 + turn * (end - 100) for end in ends)


@pytest.mark.covers("VA-031")
def test_everything_is_due_at_one_open_and_the_first_of_docs_fills_counts() -> None:
    """All reasons stand; then the first of them is taken away, and so on to the stop itself."""
    prices = [*flat(100, 2), (100, 100, 99, 99), (94, 120, 80, 94), *flat(94, 3)]
    bars = bars_from((NINE, prices))
    up = np.arange(len(bars)) == 2
    setups = Setups.where(bars, long=mark(bars, 0), short=up, follow={"away": up})
    due = {
        "daily_loss": ("rules", {"daily_loss": 12, "with_open": True}),
        "signal": ("exits", {"leave": "away"}),
        "underwater": ("exits", {"underwater": {"bars": 1}}),
        "flatten": ("exits", {"flatten": "09:03"}),
        "hold": ("exits", {"hold": 2}),
        "reverse": ("rules", {"reverse": True}),
        "stop": ("exits", {"stop": 5}),
    }
    while due:
        parts = {"exits": {}, "rules": {}}
        for where, said in due.values():
            parts[where] |= said
        assert ended(free(setups, bars, parts["rules"], **parts["exits"])) == (
            3,
            94,
            next(iter(due)),
        )
        due.pop(next(iter(due)))


@pytest.mark.covers("VA-031")
def test_stop_and_target_in_a_bar_and_what_may_be_asked_of_their_order() -> None:
    """At the open, inside, at the end; `stop_first` and the reading turn the order round."""
    exits, first = {"stop": 5, "target": 5}, {"stop_first": True}
    gap = bars_from((NINE, [*flat(100, 2), (106, 107, 95, 100), *flat(100, 2)]))
    assert ended(free(long_at(gap, 0), gap, **exits)) == (2, 106, "target")
    assert ended(free(long_at(gap, 0), gap, first, **exits)) == (2, 95, "stop")
    wide = bars_from((NINE, [*flat(100, 2), (100, 107, 95, 100), *flat(100, 2)]))
    assert both(long_at(wide, 0), wide, **exits) == (-5, 5)
    still = bars_from(("2022-11-28 15:57", flat(100, 3)))
    assert ended(free(long_at(still, 0), still, **exits)) == (2, 100, "session")


class Steady(Strategy):
    """Knows nothing of what came of its setups."""

    every: int = param(default=3, low=1, high=9)
    least: int = gate("size", ">=", default=None, low="0", high="9", step="1")

    def setups(self, bars: Bars) -> Setups:
        rows = np.arange(len(bars)) % self.every == 0
        return Setups.where(bars, long=rows, attributes={"size": rows + 1.0})


class Again(Steady):
    """Tries once more only after its first try was stopped."""

    def setups(self, bars: Bars) -> Setups:
        count = np.arange(len(bars))
        first = Column(np.zeros(len(bars), np.int64), count > 0)
        return Setups.where(
            bars, long=count % self.every == 0, after=After(first, "stop"), attributes={"size": 1.0}
        )


@pytest.mark.covers("QA-015")
def test_strategies_with_and_without_a_past_are_one_kind_of_thing() -> None:
    """The same fields, the same call, the same play; what was before is a condition in a table."""
    fall = bars_from((NINE, [*flat(100, 2), (100, 100, 90, 100), *flat(100, 8)]))
    rise = bars_from((NINE, [*flat(100, 2), (100, 110, 100, 100), *flat(100, 8)]))
    for kind in (Steady, Again):
        assert (set(kind.space()), set(kind.gates())) == ({"every", "least"}, {"least"})
        result = free(kind(every=3).setups(fall), fall, stop=4, target=4)
        assert outcome(result) == ["taken", "taken", "busy", "busy"]
    after_a_win = free(Again(every=3).setups(rise), rise, stop=4, target=4)
    assert outcome(after_a_win) == ["taken", "parent", "parent", "parent"]


@pytest.mark.covers("QA-067")
def test_the_longest_hold_and_the_pause_act_at_their_bars() -> None:
    """In at bar 1, out at the open of bar 101, and nothing again before bar 105 is over."""
    bars = bars_from((NINE, flat(100, 120)))
    setups = long_at(bars, 0, *range(100, 110))
    result = free(setups, bars, {"cooldown": 4}, hold={"bars": 100})
    assert ended(result) == (101, 100, "hold")
    why = dict(zip(setups.bar.tolist(), outcome(result), strict=True))
    assert [why[bar] for bar in range(100, 107)] == ["busy", *["cooldown"] * 4, "taken", "busy"]


def shifted(ticks: int) -> Bars:
    """A rise, a fall through all stops, and wicks, so many ticks from 100."""
    prices = [*flat(0, 1), (0, 3, 0, 3), (3, 9, 2, 8), (8, 8, -9, -9), (-9, -5, -12, -6)]
    moved = [tuple(ticks + p for p in bar) for bar in [*prices, *flat(-6, 4)]]
    return bars_from((NINE, moved))


@pytest.mark.covers("T19")
@pytest.mark.parametrize("exits", [{"stop": 4, "target": {"r": 2}}, {"stop": 4, "trail": 3}])
def test_prices_below_0_at_0_and_huge_ones_make_the_same_trades(exits: dict) -> None:
    """And so do bars that all say a volume of 0, which say nothing of volume."""
    figures = []
    for ticks in EXTREMES:
        bars = shifted(ticks)
        silent = dataclasses.replace(bars, arrays=bars.arrays._replace(volume=bars.volume * 0))
        for tape in (bars, silent):
            t = played(long_at(tape, 0, 3, 5), tape, **exits).trades
            assert len(t.net) > 1
            figures.append((t.net.tolist(), t.r.tolist(), (t.exit - ticks).tolist()))
    assert all(found == figures[0] for found in figures)


@pytest.mark.covers("T19")
def test_sessions_of_one_bar_and_runs_without_a_trade_say_what_is_undefined() -> None:
    """Every figure that is no number has words for why; all the others are numbers."""
    days = [(f"2022-11-{day} 09:00", flat(100, 1)) for day in (28, 29, 30)]
    bars = bars_from(*days)
    setups = long_at(bars, 0, 1, 2)
    for exits in ({"stop": 4}, {"stop": 4, "trail": 3}):
        result = played(setups, bars, **exits)
        assert outcome(result) == ["no_bar"] * 3
        names = np.array(OUTCOMES, object)[result.outcome]
        found = Replay(0, setups, names, result.trades, result.trades.net)
        trades = trade_frame(bars, found, np.ones(0, np.bool_))
        row = measures(trades, session_frame(bars), Basis(10_000)).row(0, named=True)
        for definition in (*OF_TRADES, *OF_DAYS):
            undefined = row[definition.name] is None or row[definition.name] != row[definition.name]
            assert not undefined or definition.undefined not in ("", "never"), definition.name
        assert (row["trades"], row["net"]) == (0, 0)
