"""Rows of the acceptance tables about fills, each on a few bars worked by hand."""

import numpy as np
import pytest

from engine.fills import Costs, Exits, Rules, Table, simulate
from engine.fills.simulate import best_net
from engine.research.replay import Replay
from engine.research.trade_table import setup_frame, trade_frame
from tests.fills.hand import DAY, NINE, ended, free, outcome, played
from tests.makers import bars_from, flat, long_at, short_at

RISE, FALL = (100, 104, 100, 104), (100, 100, 96, 96)


@pytest.mark.covers("QA-022")
def test_a_trade_says_how_far_it_went_how_long_it_took_and_what_was_known() -> None:
    """Ten bars: in at 101, 5 ahead, 3 behind, out at the stop at 97."""
    prices = [
        *((100, 101, 99, 100), (100, 100, 99, 100), (101, 102, 100, 102), (102, 106, 101, 104)),
        *((104, 104, 98, 99), (99, 100, 98, 99), (99, 99, 96, 97), *flat(97, 3)),
    ]
    bars = bars_from((NINE, prices))
    setups = long_at(bars, 1, attributes={"regime": 2.0, "confidence": 0.75})
    exits = Exits.grid({"stop": 4})[0]
    table = Table.of(bars, Rules(), Costs.of({"commission": "2.05"}), [exits])
    trades = simulate(table, setups, exits).trades
    best = best_net(table, setups, exits, trades)
    found = Replay(0, setups, np.array(["taken"], object), trades, best)
    row = trade_frame(bars, found, np.ones(1, np.bool_)).row(0, named=True)
    said = {name: row[name] for name in ("entry", "exit", "mfe", "mae", "bars_held", "reason")}
    hand = {"entry": 101, "exit": 97, "mfe": 5, "mae": -4, "bars_held": 5, "reason": "stop"}
    assert said == hand
    assert (row["gross"], row["slippage"], row["fees"]) == (-5_000, 2_500, 410)
    assert row["net"] == -7_910
    known = setup_frame(bars, found).row(row["setup"], named=True)
    assert (known["regime"], known["confidence"], known["outcome"]) == (2.0, 0.75, "taken")


@pytest.mark.covers("A-071")
@pytest.mark.parametrize(
    ("start", "count", "exits", "end"),
    [
        ("09:00", 6, {"hold": {"bars": 2}}, (3, "hold")),
        ("09:00", 6, {"hold": {"minutes": 3}}, (4, "hold")),
        ("15:56", 4, {}, (3, "session")),
        ("09:00", 3, {}, (2, "data_end")),
        ("15:56", 4, {"flatten": "15:58"}, (2, "flatten")),
    ],
)
def test_exits_at_any_price(start: str, count: int, exits: dict, end: tuple) -> None:
    bars = bars_from((f"{DAY} {start}", flat(100, count)))
    assert ended(free(long_at(bars, 0), bars, **exits)) == (end[0], 100, end[1])


@pytest.mark.covers("B-041", "VA-013")
@pytest.mark.parametrize(
    ("stop", "target", "ends"),
    [
        ({"times": 2, "of": "atr"}, {"times": 3, "of": "atr"}, (96, 106)),
        ({"times": "1.5", "of": "atr"}, "level", (97, 109)),
        ({"of": "level", "offset": 2}, {"r": 2}, (93, 114)),  # two ticks beyond the extreme, 95
    ],
)
def test_stops_and_targets_by_range_by_level_and_beyond_an_extreme(
    stop: object, target: object, ends: tuple[int, int]
) -> None:
    """An ATR of 2 ticks; the other side is the same upside down."""
    bars = bars_from((NINE, flat(100, 4)))
    known = {"attributes": {"atr": 2.0}, "stop": (95, 105), "target": (109, 91)}
    t = free(long_at(bars, 0, **known), bars, stop=stop, target=target).trades
    assert (t.stop[0], t.target[0]) == ends
    t = free(short_at(bars, 0, **known), bars, stop=stop, target=target).trades
    assert (t.stop[0], t.target[0]) == (200 - ends[0], 200 - ends[1])


@pytest.mark.covers("VA-037")
def test_a_new_session_at_18_00_new_york_counts_anew() -> None:
    """Two losses in the afternoon; the evening's first setup is taken again, once."""
    day = bars_from(
        ("2022-11-28 15:50", [*flat(100, 1), FALL, FALL, *flat(96, 2)]),
        ("2022-11-28 17:00", [*flat(100, 1), FALL, *flat(96, 3)]),
    )
    setups = long_at(day, 0, 1, 3, 5, 7)
    for rules, why in (
        ({"max_per_session": 1}, ["max", "max", "max"]),
        ({"max_losses": 1}, ["losses", "losses", "losses"]),
        ({"daily_loss": 40}, ["daily_loss", "daily_loss", "daily_loss"]),
    ):
        found = outcome(free(setups, day, rules, stop=4))
        assert found == ["taken", *why[:2], "taken", why[2]]


@pytest.mark.covers("VA-079", "A-067")
@pytest.mark.parametrize(
    "exits", [{"stop": 4}, {"target": 4}, {"hold": 2}, {"stop": 4, "trail": 9}]
)
def test_every_fill_costs_what_the_instrument_says_and_costs_it_once(exits: dict) -> None:
    """ES: 0.65 commission and 1.40 exchange and clearing a side, and a tick for crossing."""
    bars = bars_from((NINE, [*flat(100, 2), RISE, (104, 104, 95, 96), *flat(96, 3)]))
    made = Exits.grid(exits)[0]
    t = simulate(Table.of(bars, Rules(), Costs(), [made]), long_at(bars, 0), made).trades
    crossings = 1 if "target" in exits else 2
    assert t.fees[0] == 2 * (65 + 140)
    assert t.slippage[0] == crossings * 1_250
    assert t.net[0] == (t.exit[0] - t.entry[0]) * 1_250 - t.fees[0] - t.slippage[0]


@pytest.mark.covers("QA-018")
def test_two_targets_breakeven_and_a_trail_in_ranges() -> None:
    """Half out at one R; the rest at the entry plus one, or where the trail of two ranges was."""
    legs = {"at": [{"r": 1}], "lots": [1, 1]}
    exits = {"stop": 4, "target": {"r": 3}, "legs": legs}
    exits |= {"breakeven": {"after": {"r": 1}, "offset": 1}}
    exits |= {"trail": {"by": {"times": 2, "of": "atr"}, "after": {"r": 2}}}
    ways = {
        "target": ([*flat(100, 2), (100, 104, 100, 104), (104, 112, 104, 112)], (112, 104)),
        "breakeven": ([*flat(100, 2), (100, 104, 100, 104), (104, 105, 100, 100)], (101, 104)),
        "trail": ([*flat(100, 2), (100, 109, 100, 108), (108, 108, 104, 104)], (106, 104)),
        "stop": ([*flat(100, 2), (100, 103, 96, 96), *flat(96, 1)], (96, 0)),
    }
    for reason, (prices, (end, leg)) in ways.items():
        bars = bars_from((NINE, [*prices, *flat(prices[-1][3], 2)]))
        setups = long_at(bars, 0, attributes={"atr": 1.5})
        result = free(setups, bars, **exits)
        assert (ended(result)[1:], result.trades.leg[0, 0]) == ((end, reason), leg)
        made = (end - 100) + ((leg or end) - 100)
        assert result.trades.gross[0] == made * 1_250


@pytest.mark.covers("B-046")
def test_futures_pay_by_the_contract_and_coins_by_their_value() -> None:
    future = bars_from((NINE, flat(16_000, 4)))
    coin = bars_from((NINE, flat(1_600_000, 4)), symbol="BTCUSDT-PERP")
    for bars, fee in ((future, 65 + 140), (coin, 1_600_000 * 10 * 5 // 10_000)):
        made = Exits()
        t = simulate(Table.of(bars, Rules(), Costs(), [made]), long_at(bars, 0), made).trades
        assert t.fees[0] == 2 * fee
    own = played(long_at(future, 0), future).trades
    assert own.fees[0] == 2 * 205
