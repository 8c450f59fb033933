"""Random setups and random programs for tapes of bars."""

import numpy as np
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.setups import Setups
from engine.fills import Costs, Exits, Rules, Table
from tests.oracle.bridge import plain_distance
from tests.oracle.fills import Program

CLOCKS = ("none", "none", "08:33", "08:40", "14:59", "15:45")
WINDOWS = (None, None, ("08:30", "14:30"), ("00:00", "08:30"), ("17:00", "24:00"))
STOPS = ("none", 1, 2, 5, "level", {"times": "0.5", "of": "size"}, {"times": "1.25", "of": "size"})
TARGETS = (*STOPS, {"r": "1"}, {"r": "2.5"}, {"r": "0.3333"})


@st.composite
def setups_on(draw: st.DrawFn, bars: Bars) -> Setups:
    """Setups at some of the bars, of either side, with levels near the price and some absent."""
    count = len(bars)
    marks = np.array(draw(st.lists(st.integers(0, 7), min_size=count, max_size=count)))
    near = np.array(draw(st.lists(st.integers(-4, 4), min_size=count, max_size=count)))
    sizes = np.array(
        draw(
            st.lists(st.sampled_from((np.nan, 0.0, 0.7, 2.0, 7.3)), min_size=count, max_size=count)
        )
    )
    close = bars.close.astype(np.int64)
    above, below = Column(close + near, near != 3), Column(close - near, near != -3)
    return Setups.where(
        bars,
        long=np.isin(marks, (1, 2)),
        short=np.isin(marks, (2, 3)),
        stop=(below, above),
        target=(above, below),
        attributes={"size": sizes},
    )


@st.composite
def programs(draw: st.DrawFn) -> dict:
    """Exits, rules and costs as a study would write them."""
    stop = draw(st.sampled_from(STOPS))
    targets = TARGETS if stop != "none" else STOPS
    slips = st.integers(0, 2)
    return {
        "exits": {
            "stop": stop,
            "target": draw(st.sampled_from(targets)),
            "flatten": draw(st.sampled_from(CLOCKS)),
        },
        "max_per_session": draw(st.sampled_from((0, 1, 1, 2))),
        "entry_window": draw(st.sampled_from(WINDOWS)),
        "slippage": {"market": draw(slips), "stop": draw(slips), "limit": draw(slips)},
    }


def table_for(bars: Bars, program: dict) -> tuple[Table, Exits]:
    exits = Exits.grid(program["exits"])[0]
    rules = Rules.of({k: program[k] for k in ("max_per_session", "entry_window")})
    costs = Costs.of({"commission": "2.05", "slippage": program["slippage"]})
    return Table.of(bars, rules, costs, [exits]), exits


def plain_program(program: dict) -> Program:
    exits = program["exits"]
    return Program(
        stop=plain_distance(exits["stop"]),
        target=plain_distance(exits["target"]),
        flatten=plain_distance(exits["flatten"]),
        max_per_session=program["max_per_session"],
        entry_window=program["entry_window"],
        slippage=program["slippage"],
    )
