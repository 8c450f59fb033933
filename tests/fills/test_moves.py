"""What moves or ends a position while it is held: rows F35 to F41, worked by hand."""

import numpy as np
import pytest

from engine.core.errors import ParameterError, UnknownError
from engine.fills import Exits
from tests.fills.hand import NINE, ended, free
from tests.makers import bars_from, flat, long_at, short_at

UP = (100, 104, 100, 104)
CALM = (104, 104, 103, 104)


@pytest.mark.covers("VA-022")
@pytest.mark.parametrize(
    ("even", "end"),
    [
        ({"after": 4}, (5, 100, "breakeven")),
        ({"after": 4, "offset": 1}, (5, 101, "breakeven")),
        ({"after": {"r": "0.5"}, "offset": -2}, (5, 98, "breakeven")),
        ({"after": {"times": 2, "of": "atr"}}, (5, 100, "breakeven")),
        ({"after": 4, "offset": {"percent": 2}}, (5, 102, "breakeven")),
        (5, (6, 92, "stop")),
    ],
)
def test_f35_breakeven(even: object, end: tuple) -> None:
    prices = [*flat(100, 2), UP, CALM, CALM, (104, 104, 95, 95), (95, 95, 80, 80)]
    bars = bars_from((NINE, prices))
    setups = long_at(bars, 0, attributes={"atr": np.full(len(bars), 2.0)})
    assert ended(free(setups, bars, stop=8, breakeven=even)) == end


def test_f35_it_acts_from_the_next_bar_on() -> None:
    bars = bars_from((NINE, [*flat(100, 2), (100, 106, 97, 101), (101, 101, 99, 99), *flat(99, 2)]))
    assert ended(free(long_at(bars, 0), bars, stop=8, breakeven=4)) == (3, 100, "breakeven")


def test_f35_a_close_behind_the_new_stop_leaves_at_the_next_open() -> None:
    bars = bars_from((NINE, [*flat(100, 2), (100, 106, 97, 98), *flat(98, 3)]))
    assert ended(free(long_at(bars, 0), bars, stop=8, breakeven=4)) == (3, 98, "breakeven")


@pytest.mark.covers("VA-023")
@pytest.mark.parametrize(
    ("trail", "end"),
    [
        (3, (3, 104, "trail")),  # from the fill on: 97, then 107 - 3
        ({"by": 3, "after": 7}, (3, 104, "trail")),
        ({"by": 3, "after": 8}, (5, 80, "data_end")),
        ({"by": 5, "after": {"r": "0.15"}}, (3, 102, "trail")),
        ({"by": {"times": 2, "of": "atr"}}, (3, 103, "trail")),
        ({"by": 3, "after": 2, "needs_breakeven": True}, (3, 104, "trail")),
    ],
)
def test_f36_trail(trail: object, end: tuple) -> None:
    prices = [
        *flat(100, 2),
        (100, 107, 100, 106),
        (106, 106, 99, 99),
        (99, 99, 80, 80),
        *flat(80, 1),
    ]
    bars = bars_from((NINE, prices))
    setups = long_at(bars, 0, attributes={"atr": np.full(len(bars), 2.0)})
    exits = {"stop": 40, "trail": trail}
    if isinstance(trail, dict) and "needs_breakeven" in trail:
        exits["breakeven"] = {"after": 6, "offset": -30}
    assert ended(free(setups, bars, **exits)) == end


def test_f36_it_never_goes_back_and_mirrors() -> None:
    prices = [*flat(100, 2), (100, 100, 92, 92), (92, 94, 92, 94), (94, 96, 93, 95), *flat(95, 1)]
    bars = bars_from((NINE, prices))
    assert ended(free(short_at(bars, 0), bars, trail=3)) == (4, 95, "trail")


def test_f36_a_trail_that_waits_for_breakeven_waits() -> None:
    prices = [*flat(100, 2), (100, 107, 100, 106), (106, 106, 99, 99), *flat(99, 2)]
    bars = bars_from((NINE, prices))
    exits = {"breakeven": {"after": 8, "offset": 1}, "trail": {"by": 3, "needs_breakeven": True}}
    assert ended(free(long_at(bars, 0), bars, stop=40, **exits)) == (5, 99, "data_end")
    exits["trail"] = {"by": 3, "after": 2}
    assert ended(free(long_at(bars, 0), bars, stop=40, **exits)) == (3, 104, "trail")


@pytest.mark.covers("QA-019")
@pytest.mark.parametrize(("step", "stop"), [(1, 104), (2, 103), (3, 102), (5, 104), (9, 99)])
def test_f37_steps(step: int, stop: int) -> None:
    """Ahead by 7, 5 beyond the start: 5, 4, 3, 5 or 0 of them by whole steps, less 3."""
    prices = [*flat(100, 2), (100, 107, 100, 106), (106, 106, 90, 90), *flat(90, 2)]
    bars = bars_from((NINE, prices))
    trail = {"by": 3, "after": 2, "step": step}
    assert ended(free(long_at(bars, 0), bars, trail=trail)) == (3, stop, "trail")


@pytest.mark.covers("VA-027")
@pytest.mark.parametrize(
    ("hold", "bar"),
    [(1, 2), (3, 4), ({"minutes": 3}, 4), ({"minutes": {"times": 2, "of": "wait"}}, 3)],
)
def test_f38_hold(hold: object, bar: int) -> None:
    bars = bars_from((NINE, flat(100, 8)))
    setups = long_at(bars, 0, attributes={"wait": np.ones(8)})
    assert ended(free(setups, bars, hold=hold)) == (bar, 100, "hold")


def test_f38_minutes_run_over_missing_bars() -> None:
    bars = bars_from((NINE, flat(100, 3)), ("2022-11-28 09:30", flat(101, 3)))
    assert ended(free(long_at(bars, 0), bars, hold={"minutes": 5})) == (3, 101, "hold")
    assert ended(free(long_at(bars, 0), bars, hold={"bars": 9})) == (5, 101, "data_end")
    first = free(long_at(bars, 0), bars, hold={"minutes": 29}, flatten="09:30")
    assert ended(first) == (3, 101, "flatten")


@pytest.mark.covers("VA-025")
@pytest.mark.parametrize(
    ("decay", "end"),
    [
        ({"bars": [2], "by": ["0.5"]}, (3, 95, "decay")),
        ({"bars": [3], "by": ["0.5"]}, (4, 94, "decay")),
        ({"minutes": [1, 2], "by": ["0.1", "0.7"]}, (3, 97, "decay")),
        ({"bars": [1, 2, 3], "by": ["0.1", "0.2", "0.3"], "in_profit": True}, (4, 90, "stop")),
    ],
)
def test_f39_decay(decay: dict, end: tuple) -> None:
    prices = [*flat(100, 3), (100, 100, 94, 99), (94, 94, 80, 80), *flat(80, 1)]
    bars = bars_from((NINE, prices))
    assert ended(free(long_at(bars, 0), bars, stop=10, decay=decay)) == end


def test_f39_steps_wait_for_profit() -> None:
    prices = [*flat(100, 4), (100, 101, 100, 101), (101, 101, 92, 92), *flat(92, 2)]
    bars = bars_from((NINE, prices))
    decay = {"bars": [1, 2, 9], "by": ["0.2", "0.3", "1"], "in_profit": True}
    assert ended(free(long_at(bars, 0), bars, stop=10, decay=decay)) == (5, 93, "decay")
    at_once = decay | {"in_profit": False, "by": ["0.2", "0.9", "1"]}
    assert ended(free(long_at(bars, 0), bars, stop=10, decay=at_once))[1:] == (99, "decay")


def test_f39_four_steps_and_no_more() -> None:
    prices = [*flat(100, 6), (100, 100, 90, 90), *flat(90, 2)]
    bars = bars_from((NINE, prices))
    decay = {"bars": [1, 2, 3, 4], "by": ["0.1", "0.2", "0.3", "0.4"]}
    assert ended(free(long_at(bars, 0), bars, stop=10, decay=decay)) == (6, 94, "decay")


@pytest.mark.parametrize(
    ("quiet", "end"),
    [
        ({"bars": 3, "range": 3}, (4, 100, "sideways")),
        ({"bars": 3, "range": 2}, (7, 100, "data_end")),
        ({"minutes": 5, "range": 3}, (6, 100, "sideways")),
    ],
)
def test_f40_sideways(quiet: dict, end: tuple) -> None:
    prices = [*flat(100, 2), (100, 101, 99, 100), *flat(100, 5)]
    bars = bars_from((NINE, prices))
    assert ended(free(long_at(bars, 0), bars, sideways=quiet)) == end


def test_f40_a_loss_or_a_trail_is_not_sideways() -> None:
    bars = bars_from((NINE, [*flat(100, 2), *flat(99, 4)]))
    quiet = {"bars": 2, "range": 9}
    assert ended(free(long_at(bars, 0), bars, sideways=quiet)) == (5, 99, "data_end")
    rise = bars_from((NINE, [*flat(100, 2), *flat(101, 4)]))
    trail = {"by": 20, "after": 1}
    assert ended(free(long_at(rise, 0), rise, sideways=quiet)) == (3, 101, "sideways")
    assert ended(free(long_at(rise, 0), rise, sideways=quiet, trail=trail)) == (5, 101, "data_end")


@pytest.mark.parametrize(
    ("under", "end"),
    [({"bars": 2}, (4, 99, "underwater")), ({"minutes": 2, "below": 1}, (3, 100, "underwater"))],
)
def test_f41_underwater(under: dict, end: tuple) -> None:
    bars = bars_from((NINE, [*flat(100, 3), (100, 100, 99, 99), *flat(99, 3)]))
    assert ended(free(long_at(bars, 0), bars, underwater=under)) == end


def test_the_reason_names_what_had_moved_the_stop_nearest() -> None:
    prices = [*flat(100, 2), (100, 106, 100, 106), (106, 106, 90, 90), *flat(90, 2)]
    bars = bars_from((NINE, prices))
    exits = {"stop": 8, "breakeven": {"after": 2, "offset": 1}}
    assert ended(free(long_at(bars, 0), bars, **exits, trail=9)) == (3, 101, "breakeven")
    assert ended(free(long_at(bars, 0), bars, **exits, trail=2)) == (3, 104, "trail")


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ({"breakeven": {"offset": 1}}, "breakeven lacks 'after'"),
        ({"breakeven": {"after": "level"}}, "breakeven is ticks, {times: 2, of: atr}, {r: 1}"),
        ({"breakeven": {"after": 1, "offset": {"r": 1}}}, "breakeven.offset is ticks or"),
        ({"breakeven": {"after": {"r": 1}}}, "multiples of the risk need a stop"),
        ({"trail": {"by": 8, "step": {"r": 1}}}, "multiples of the risk need a stop"),
        ({"trail": {"by": 8, "needs_breakeven": True}}, "a trail that needs breakeven needs one"),
        ({"trail": {"by": 8, "needs_breakeven": 1}}, "trail.needs_breakeven is true or false"),
        ({"sideways": 10}, "sideways is {minutes: 10, range: 5}, not 10"),
        ({"sideways": {"minutes": 10}}, "sideways is {minutes: 10, range: 5}"),
        ({"underwater": {"below": 1}}, "a time is {bars: 20} or {minutes: 30}"),
        ({"decay": 3}, "decay is {bars: [10, 20], by: [0.1, 0.2]}, not 3"),
        ({"decay": {"bars": [1, 2], "by": ["0.1"]}}, "decay has 1 to 4 times and as many shares"),
        ({"decay": {"bars": 1, "by": "0.1"}}, "multiples of the risk need a stop"),
        ({"decay": {"bars": 1, "by": 2}}, "decay.by is a share above 0 and up to 1, not 2"),
        ({"legs": 3}, "legs are {at: [{r: 1}], lots: [1, 1]}, not 3"),
        ({"legs": {"at": [1, 2], "lots": [1, 1]}}, "one more number of lots, for the target"),
        ({"tighten": {"when": "x"}}, "tighten is {when: flag, to: 8}"),
        ({"tighten": {"when": "x", "by": "0.5"}}, "multiples of the risk need a stop"),
        ({"tighten": {"when": "x", "to": {"r": 1}}}, "multiples of the risk need a stop"),
    ],
)
def test_what_is_refused(axes: dict, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Exits.grid(axes)
    assert message in str(caught.value)


def test_a_misspelt_key_is_named() -> None:
    with pytest.raises(UnknownError, match="no key 'ofset' in breakeven; did you mean 'offset'"):
        Exits.grid({"breakeven": {"after": 1, "ofset": 2}})


def test_moves_are_shown_as_text() -> None:
    exits = Exits.grid(
        {
            "stop": 8,
            "breakeven": {"after": {"r": 1}, "offset": 1},
            "trail": {"by": 8, "after": 4, "step": 2, "needs_breakeven": True},
            "hold": {"minutes": 30},
            "sideways": {"minutes": 10, "range": 5},
            "decay": {"bars": [3, 6], "by": ["0.1", "0.2"], "in_profit": True},
            "legs": {"at": [{"r": 2}], "lots": [5, 3]},
            "leave": "stretched",
            "tighten": [{"when": "regime", "to": 4}],
        }
    )[0]
    assert exits.texts() == {
        "stop": "8",
        "target": "none",
        "flatten": "none",
        "breakeven": "1 from the fill after 1 r",
        "trail": "8 after 4 in steps of 2 and breakeven",
        "hold": "30 minutes",
        "sideways": "10 minutes, 5 ticks",
        "decay": "0.1 at 3 bars, 0.2 at 6 bars in profit",
        "legs": "5 at 2 r, 3 at target",
        "leave": "stretched",
        "tighten": "to 4 on regime",
    }
    shrunk = Exits.grid({"stop": 8, "tighten": {"when": "x", "by": "0.30"}})[0]
    assert shrunk.texts()["tighten"] == "by 0.3 on x"
    none = dict.fromkeys(("breakeven", "trail", "sideways", "underwater"), "none")
    none |= dict.fromkeys(("decay", "legs", "leave", "tighten", "hold"), "none")
    assert Exits.grid(none) == [Exits()]
