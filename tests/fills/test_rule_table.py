"""One test a row of docs/fills.md; the name of a test begins with the row's id."""

import re
from pathlib import Path

import numpy as np
import pytest

from engine.core.setups import Setups
from engine.fills import Costs, Exits, Rules, Table, simulate
from engine.fills.simulate import best_net
from tests.fills.hand import DAY, ended, outcome, played
from tests.makers import bars_from, flat, long_at, mark, short_at

TABLE = Path(__file__).resolve().parents[2] / "docs" / "fills.md"


def test_every_row_has_a_test() -> None:
    rows = re.findall(r"^\| (F\d\d) ", TABLE.read_text(), re.MULTILINE)
    texts = [path.read_text() for path in Path(__file__).parent.glob("test_*.py")]
    tests = re.findall(r"^def test_(f\d\d)_", "\n".join(texts), re.MULTILINE)
    assert len(rows) >= 56
    assert set(rows) == {name.upper() for name in tests}


def test_f01_next_open() -> None:
    bars = bars_from((f"{DAY} 09:00", [(100, 101, 99, 100), (105, 106, 104, 105), *flat(105, 3)]))
    t = played(long_at(bars, 0), bars).trades
    assert (t.entry_bar[0], t.entry[0]) == (1, 105)


def test_f02_no_bar() -> None:
    bars = bars_from((f"{DAY} 15:58", flat(100, 2)), (f"{DAY} 17:00", flat(100, 2)))
    assert outcome(played(long_at(bars, 1, 3), bars)) == ["no_bar", "no_bar"]


def test_f03_both_sides() -> None:
    bars = bars_from((f"{DAY} 09:00", flat(100, 4)))
    setups = Setups.where(bars, long=mark(bars, 0, 2), short=mark(bars, 0))
    assert outcome(played(setups, bars)) == ["both", "both", "taken"]


def test_f04_no_distance() -> None:
    bars = bars_from((f"{DAY} 09:00", flat(100, 4)))
    setups = long_at(bars, 0, attributes={"atr": np.array([np.nan, 1.0, 1.0, 1.0])})
    result = played(setups, bars, stop={"times": 2, "of": "atr"})
    assert outcome(result) == ["no_distance"]


def test_f05_no_level() -> None:
    bars = bars_from((f"{DAY} 09:00", flat(100, 4)))
    assert outcome(played(long_at(bars, 0), bars, stop="level")) == ["no_level"]


@pytest.mark.parametrize(("stop", "target"), [(100, 110), (101, 110), (90, 100), (90, 99)])
def test_f06_passed(stop: int, target: int) -> None:
    bars = bars_from((f"{DAY} 09:00", flat(100, 4)))
    setups = long_at(bars, 0, stop=(stop, 0), target=(target, 0))
    assert outcome(played(setups, bars, stop="level", target="level")) == ["passed"]


def test_f07_late() -> None:
    bars = bars_from((f"{DAY} 15:43", flat(100, 5)))
    assert outcome(played(long_at(bars, 0, 1), bars, flatten="15:45")) == ["taken", "late"]


def test_f08_window_is_of_the_fill() -> None:
    bars = bars_from((f"{DAY} 08:28", flat(100, 6)))
    rules = {"entry_window": ["08:30", "08:32"]}
    result = played(long_at(bars, 0, 1, 3), bars, rules, stop=1, target=1, flatten="08:31")
    assert outcome(result) == ["window", "taken", "late"]
    assert outcome(played(long_at(bars, 0, 1, 3), bars, rules)) == ["window", "taken", "window"]


def test_f09_busy_until_the_close_of_the_exit_bar() -> None:
    prices = [*flat(100, 2), (100, 104, 100, 104), *flat(104, 3)]
    bars = bars_from((f"{DAY} 09:00", prices))
    result = played(long_at(bars, 0, 1, 2, 3), bars, target=4)
    assert outcome(result) == ["taken", "busy", "taken", "busy"]


def test_f10_max_counts_fills_of_a_session() -> None:
    run = [*flat(100, 1), (100, 102, 100, 100)] * 3
    bars = bars_from((f"{DAY} 09:00", run), ("2022-11-29 09:00", run))
    setups = long_at(bars, 0, 2, 4, 6)
    result = played(setups, bars, {"max_per_session": 2}, target=1)
    assert outcome(result) == ["taken", "taken", "max", "taken"]


@pytest.mark.parametrize(("size", "ticks"), [(0.0, 1), (0.9, 1), (1.0, 2), (3.5, 5), (3.4, 5)])
def test_f11_distances_round_half_up(size: float, ticks: int) -> None:
    bars = bars_from((f"{DAY} 09:00", flat(100, 4)))
    setups = long_at(bars, 0, attributes={"atr": np.full(4, size)})
    t = played(setups, bars, stop={"times": "1.5", "of": "atr"}, target={"r": "0.5"}).trades
    assert t.risk[0] == ticks
    assert t.target[0] == 100 + max(1, (ticks + 1) // 2)


@pytest.mark.parametrize(("first", "reason"), [(90, "stop"), (96, "stop"), (104, "target")])
def test_f12_gaps_fill_at_the_open(first: int, reason: str) -> None:
    gap = (first, 120, 80, first)
    bars = bars_from((f"{DAY} 09:00", [*flat(100, 2), gap, *flat(100, 2)]))
    result = played(long_at(bars, 0), bars, stop=4, target=4)
    assert ended(result) == (2, first, reason)
    assert not result.trades.ambiguous[0]


def test_f12_the_entry_bar_too() -> None:
    bars = bars_from((f"{DAY} 09:00", [(100, 100, 100, 100), (88, 89, 87, 88), *flat(88, 2)]))
    result = played(long_at(bars, 0, stop=(95, 0)), bars, stop="level")
    assert ended(result) == (1, 88, "stop")
    assert result.trades.risk[0] == 0  # the fill was beyond the stop: no distance was at risk
    assert result.trades.net[0] == -2 * 1250 - 2 * 205
    assert result.trades.r[0] == -10_000


def test_f13_touch_of_the_stop() -> None:
    bars = bars_from((f"{DAY} 09:00", [*flat(100, 2), (100, 100, 96, 99), *flat(99, 2)]))
    assert ended(played(long_at(bars, 0), bars, stop=4)) == (2, 96, "stop")
    assert ended(played(long_at(bars, 0), bars, stop=5)) == (4, 99, "data_end")


def test_f14_touch_of_the_target() -> None:
    bars = bars_from((f"{DAY} 09:00", [*flat(100, 2), (100, 100, 96, 99), *flat(99, 2)]))
    assert ended(played(short_at(bars, 0), bars, target=4)) == (2, 96, "target")
    assert ended(played(short_at(bars, 0), bars, target=5)) == (4, 99, "data_end")


def test_f14_a_target_level_stands_where_the_setup_says() -> None:
    bars = bars_from((f"{DAY} 09:00", [*flat(100, 2), (100, 105, 99, 100), *flat(100, 2)]))
    setups = long_at(bars, 0, target=(103, 0))
    assert ended(played(setups, bars, target="level")) == (2, 103, "target")


def test_f15_stop_and_target_in_one_bar() -> None:
    bars = bars_from((f"{DAY} 09:00", [*flat(100, 2), (100, 104, 96, 100), *flat(100, 2)]))
    setups, exits = long_at(bars, 0), Exits.grid({"stop": 4, "target": 4})[0]
    table = Table.of(bars, Rules(), Costs.of({"commission": 0}), [exits])
    result = simulate(table, setups, exits)
    assert ended(result) == (2, 96, "stop")
    assert result.trades.ambiguous[0]
    assert result.trades.net[0] == (-4 - 2) * 1250
    assert best_net(table, setups, exits, result.trades)[0] == (4 - 1) * 1250


def test_f16_flatten_before_anything_else() -> None:
    wild = (97, 120, 80, 100)
    bars = bars_from((f"{DAY} 15:42", [*flat(100, 3), wild, *flat(100, 2)]))
    result = played(long_at(bars, 0), bars, stop=2, target=30, flatten="15:45")
    assert ended(result) == (3, 97, "flatten")


def test_f17_session_end() -> None:
    bars = bars_from((f"{DAY} 15:56", flat(100, 3)), (f"{DAY} 17:00", flat(90, 2)))
    assert ended(played(long_at(bars, 0), bars)) == (2, 100, "session")
    whole = bars_from((f"{DAY} 15:57", flat(100, 3)))
    assert ended(played(long_at(whole, 0), whole)) == (2, 100, "session")


def test_f18_data_end() -> None:
    bars = bars_from((f"{DAY} 09:00", flat(100, 3)))
    assert ended(played(long_at(bars, 0), bars)) == (2, 100, "data_end")


@pytest.mark.parametrize(("exits", "ticks"), [({"stop": 4}, 3 + 2), ({"flatten": "09:02"}, 3 + 3)])
def test_f19_slippage_is_charged_not_priced(exits: dict, ticks: int) -> None:
    bars = bars_from((f"{DAY} 09:00", [*flat(100, 2), (100, 100, 96, 99), *flat(99, 2)]))
    made = Exits.grid(exits)[0]
    costs = Costs.of({"commission": 0, "slippage": {"market": 3, "stop": 2, "limit": 1}})
    t = simulate(Table.of(bars, Rules(), costs, [made]), long_at(bars, 0), made).trades
    assert t.entry[0] == 100
    assert t.slippage[0] == ticks * 1250


def test_f20_a_target_slips_like_a_limit_order() -> None:
    bars = bars_from((f"{DAY} 09:00", [*flat(100, 2), (100, 110, 100, 110), *flat(99, 2)]))
    made = Exits.grid({"target": 4})[0]
    costs = Costs.of({"commission": 0, "slippage": {"market": 3, "stop": 2, "limit": 1}})
    t = simulate(Table.of(bars, Rules(), costs, [made]), long_at(bars, 0), made).trades
    assert (t.exit[0], t.slippage[0]) == (104, 4 * 1250)


def test_f21_fees_of_both_sides() -> None:
    bars = bars_from((f"{DAY} 09:00", flat(100, 4)))
    t = played(long_at(bars, 0), bars).trades
    assert (t.fees[0], t.gross[0]) == (2 * 205, 0)
    assert t.net[0] == -2 * 205 - 2 * 1250
