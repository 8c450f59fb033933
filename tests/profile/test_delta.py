"""engine.profile.delta and engine.profile.ticks by hand, and against the oracle."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.contracts import instrument
from engine.core.errors import CalendarError, DataError, ParameterError, UnknownError
from engine.profile.delta import (
    PROXIES,
    cumulative,
    delta_profiles,
    proxy_delta,
    proxy_flow,
    true_flow,
    true_profiles,
)
from engine.profile.histogram import profiles
from engine.profile.ticks import trades_of
from tests.makers import at, bars_from, flat
from tests.oracle import delta as oracle
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

ES = instrument("ES")
MONDAY = "2022-11-28 08:30"
SHARES = [  # open, high, low, close, the close before; 100 lots: bought by each proxy
    ((10, 14, 10, 14, None), (100, 100, 80, 50)),  # all of it upward: 0.8
    ((14, 14, 10, 10, None), (0, 0, 20, 50)),  # all of it downward: 0.2
    ((10, 14, 10, 10, 10), (50, 0, 65, 50)),  # 0.65 * 4/4; no way, no move
    ((12, 14, 10, 13, 12), (100, 75, 61, 63)),  # (50*2 + 80*1 + 65*1) / 400 = 0.6125; 5/8
    ((12, 14, 10, 11, 12), (0, 25, 46, 38)),  # (65*2 + 20*1 + 35*1) / 400 = 0.4625; 3/8
    ((12, 14, 10, 12, 20), (0, 50, 50, 0)),  # (130 + 0 + 70) / 400; the move is over the range
    ((12, 14, 10, 12, 4), (100, 50, 50, 100)),
    ((10, 10, 10, 10, 9), (100, 100, 100, 100)),
    ((10, 10, 10, 10, 11), (0, 0, 0, 0)),
    ((10, 10, 10, 10, 10), (50, 50, 50, 50)),
    ((10, 10, 10, 10, None), (50, 50, 50, 50)),
    ((10, 13, 10, 11, 10), (100, 33, 70, 67)),  # 1/3; (0 + 80 + 130) / 300 = 0.7; 4/6
]
ORDER = ("up_down", "close_location", "seed_hlc", "seed_close")


def two(prices: tuple, volume: int) -> Bars:
    """The bar after one that closed where it says, or alone."""
    *bar, before = prices
    first = [] if before is None else [(before,) * 4]
    bars = bars_from((MONDAY, [*first, tuple(bar)]))
    lots = np.full(len(bars), volume, np.int64)
    return Bars(bars.instrument, bars.sessions, bars.arrays._replace(volume=lots))


@pytest.mark.covers("A-061")
@pytest.mark.parametrize(("prices", "expected"), SHARES)
def test_proxies_by_hand(prices, expected):
    found = [int(proxy_flow(two(prices, 100), name).buy[-1]) for name in ORDER]
    *bar, before = prices
    plain = [oracle.bought(oracle.Bar(*bar, 100, before), name) for name in ORDER]
    assert (tuple(found), tuple(plain)) == (expected, expected)


def plain_bars(bars: Bars) -> list[oracle.Bar]:
    a, rows = bars.arrays, []
    for i in range(len(bars)):
        follows = i > 0 and a.session[i] == a.session[i - 1]
        before = int(a.close[i - 1]) if follows else None
        rows.append(oracle.Bar(*(int(column[i]) for column in a[1:6]), before))
    return rows


@pytest.mark.covers("A-061")
@given(tapes(), st.sampled_from(sorted(PROXIES)), st.sampled_from((1, 10**13 + 7)))
@settings(max_examples=cases(ci=150, full=5_000))
def test_proxies_equal_the_oracle(bars, method, times):
    made = Bars(bars.instrument, bars.sessions, bars.arrays._replace(volume=bars.volume * times))
    flow = proxy_flow(made, method)
    assert flow.kind == f"proxy: {method}"
    assert flow.buy.tolist() == [oracle.bought(bar, method) for bar in plain_bars(made)]
    assert (flow.buy + flow.sell).tolist() == made.volume.tolist()


@pytest.mark.covers("A-061")
@given(tapes(most=40), st.sampled_from(("rth", "eth", "full")), st.integers(1, 5))
@settings(max_examples=cases(ci=100, full=2_000))
def test_cumulative_delta_equals_a_plain_sum(bars, segment, n):
    found, flow = proxy_delta(bars, segment=segment, n=n), proxy_flow(bars)
    inside, done = bars.labels.mask(segment), []
    for i in range(len(bars)):
        if i and bars.session[i] != bars.session[i - 1]:
            done = []
        expected = [None] * 4
        if inside[i]:
            done.append(int(flow.buy[i] - flow.sell[i]))
            sums = np.cumsum(done)
            rank = 100.0 * int((sums <= sums[-1]).sum()) / len(sums)
            rolling = sum(done[-n:]) if len(done) >= n else None
            expected = [done[-1], int(sums[-1]), rolling, rank]
        assert [c.values[i] if c.present[i] else None for c in found] == expected


@pytest.mark.covers("A-061")
@given(tapes(), st.sampled_from(("rth", "eth", "full")))
def test_a_delta_profile_adds_up_to_what_was_bought_and_sold(bars, segment):
    flow = proxy_flow(bars)
    made = delta_profiles(bars, flow, segment=segment)
    frame, inside = made.frame(), bars.labels.mask(segment)
    assert frame["buy"].sum() == flow.buy[inside].sum()
    assert frame["delta"].sum() == (flow.buy - flow.sell)[inside].sum()
    assert frame["kind"].unique().to_list() in ([], ["proxy: close_location"])
    whole = profiles(bars, segment=segment).frame()
    assert frame.select("session", "tick").equals(whole.select("session", "tick"))


def trades(*rows: tuple[str, int, int, int]) -> pl.DataFrame:
    frame = pl.DataFrame(
        [(at(clock), price, size, side) for clock, price, size, side in rows],
        ["ts", "price", "size", "side"],
        orient="row",
    )
    return frame.with_columns(pl.col("ts").cast(pl.Datetime("ns", "UTC")))


SIDED = trades(
    ("2022-11-28 08:29:59", 9, 50, 1),
    ("2022-11-28 08:30", 10, 3, 1),
    ("2022-11-28 08:30:59", 11, 2, -1),
    ("2022-11-28 08:31", 11, 5, -1),
    ("2022-11-28 08:31:30", 10, 4, 0),
    ("2022-11-28 08:33:10", 12, 1, 1),
)


@pytest.mark.covers("A-061")
def test_with_trades_delta_is_true():
    bars = bars_from((MONDAY, [(10, 11, 10, 11)] * 2), ("2022-11-28 08:33", flat(12, 1)))
    flow = true_flow(bars, trades_of(SIDED, ES))
    assert (flow.buy.tolist(), flow.sell.tolist()) == ([3, 0, 1], [2, 5, 0])
    assert flow.kind == "true"
    found = cumulative(bars, flow, "rth", n=2)
    assert found.session.values.tolist() == [1, -4, -3]
    assert found.rolling.values[1:].tolist() == [-4, -4]
    assert found.rolling.present.tolist() == [False, True, True]
    assert found.rank.values.tolist() == [100.0, 50.0, 200 / 3]


@pytest.mark.covers("A-061")
def test_a_true_delta_profile_has_each_trade_at_its_price():
    made = true_profiles(trades_of(SIDED, ES), segment="rth").frame()
    rows = made.select("tick", "buy", "sell", "delta", "kind").rows()
    assert rows == [(10, 3, 0, 3, "true"), (11, 0, 7, -7, "true"), (12, 1, 0, 1, "true")]


def test_trades_are_bars_of_one_price_for_every_profile():
    made = profiles(trades_of(SIDED.drop("side"), ES).bars, segment="rth")
    assert made.at(0)[0] == 10
    assert made.at(0)[1].tolist() == [7, 7, 1]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (SIDED.drop("size"), "trades lack size; they need ts, price, size"),
        (SIDED[::-1], "row 1 is earlier than the one before it"),
        (SIDED.with_columns(side=pl.lit(2)), "a trade's side is 1, -1 or 0; row 0 has 2"),
        (SIDED.with_columns(size=-pl.col("size")), "row 0 has a size below zero"),
        (SIDED.with_columns(price=pl.lit(None, pl.Int64)), "price has nulls"),
    ],
)
def test_trades_that_cannot_be_are_refused(frame, message):
    with pytest.raises(DataError, match=message):
        trades_of(frame, ES)


def test_trades_while_the_market_is_closed_are_refused():
    with pytest.raises((DataError, CalendarError), match="cme_equity sessions"):
        trades_of(trades(("2022-11-26 12:00", 10, 1, 1), ("2022-11-28 12:00", 10, 1, 1)), ES)


def test_what_does_not_exist_is_refused():
    bars = bars_from((MONDAY, flat(10, 2)))
    with pytest.raises(UnknownError, match="no delta proxy 'close'"):
        proxy_flow(bars, "close")
    with pytest.raises(ParameterError, match="at least one bar, not 0"):
        proxy_delta(bars, n=0)
