"""Mirrors keep sizes and lose direction, and earn nothing; shuffles keep what they say."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from engine import Bars, Costs, Exits, Rules, Setups
from engine.core.contracts import instrument
from engine.core.errors import ParameterError, RefusedError, UnknownError
from engine.fills import Table, simulate
from engine.synth.market import synthesise
from engine.synth.mirror import (
    CLOSE,
    GAP,
    HIGH,
    LOW,
    Source,
    by_ticks,
    joined,
    mirror,
    moves,
    shuffle,
    ticks,
    turn_over,
)
from tests.makers import bars_from, flat
from tests.oracle import evidence as oracle
from tests.proof.sizes import sized as cases
from tests.research.markets import market


def plainly(bars: Bars, unit: str) -> list[tuple]:
    """What of each bar a mirror may not change: its gap and its moves without their signs."""
    found, before = [], None
    for start, top, low, last, lots in zip(*(c.tolist() for c in bars.arrays[1:6]), strict=True):
        gap = 0 if before is None else abs(start - before)
        of = 1 if unit == "ticks" else start
        sides = tuple(sorted(((top - start) / of, (start - low) / of)))
        found.append((gap, abs(last - start) / of, (top - low) / of, sides, lots))
        before = last
    return found


@pytest.mark.parametrize("symbol", ["ES", "CL"])
def test_turning_over_equals_the_oracle(symbol: str) -> None:
    """`engine.synth.mirror` in one pass, in its parts, and one price at a time."""
    chance = np.random.default_rng(6)
    opened = chance.integers(-50, 50, 60)
    body = chance.integers(-20, 21, 60)
    high = np.maximum(body, 0) + chance.integers(0, 9, 60)
    low = np.minimum(body, 0) - chance.integers(0, 9, 60)
    prices = np.stack((opened, opened + high, opened + low, opened + body)).T.tolist()
    bars = bars_from(("2023-01-03 09:00", [tuple(bar) for bar in prices]), symbol=symbol)
    coins = chance.integers(0, 4, 60)
    told = oracle.mirrored(prices, coins.tolist())
    assert by_ticks(bars, coins).T.tolist() == [list(bar) for bar in told]
    parts = turn_over(moves(bars), coins % 2 == 1, coins >= 2)
    assert joined(bars, parts).T.tolist() == [list(bar) for bar in told]


@pytest.mark.covers("QA-030")
def test_a_mirror_in_ticks_keeps_every_size() -> None:
    bars = market()
    found = mirror(bars, Source(7))
    assert plainly(found, "ticks") == plainly(bars, "ticks")
    assert (found.time == bars.time).all()
    assert (found.session == bars.session).all()
    before, after = moves(bars), moves(found)
    moved = before[CLOSE] != 0
    turned = (before[CLOSE] != after[CLOSE])[moved].mean()
    assert turned == pytest.approx(0.5, abs=2 / np.sqrt(moved.sum()))
    assert abs(np.corrcoef(before[CLOSE], after[CLOSE])[0, 1]) < 4 / np.sqrt(len(bars))
    up = np.where(before[CLOSE] == after[CLOSE], 0, before[CLOSE] != 0)
    assert ((after[HIGH] == -before[LOW]) | ~(up > 0)).all()


def test_gaps_turn_by_coins_of_their_own() -> None:
    steps = [(100 + 5 * k, 102 + 5 * k, 100 + 5 * k, 101 + 5 * k) for k in range(390)]
    found = moves(mirror(bars_from(("2023-01-03 08:30", steps)), Source(3)))[:, 1:]
    near = 4 * 0.5 / np.sqrt(389)
    assert set(found[GAP].tolist()) == {4, -4}
    assert (found[GAP] > 0).mean() == pytest.approx(0.5, abs=near)
    assert ((found[GAP] > 0) == (found[CLOSE] > 0)).mean() == pytest.approx(0.5, abs=near)


def coin() -> Bars:
    """Ether from about 2,000 dollars on, with gaps; a tick is a cent."""
    chance, price, prices = np.random.default_rng(4), 200_000, []
    for _ in range(300):
        price += int(chance.integers(-40, 41))
        close = price + int(chance.integers(-900, 901))
        reach = chance.integers(0, 300, 2).tolist()
        prices.append((price, max(price, close) + reach[0], min(price, close) - reach[1], close))
        price = close
    return bars_from(("2023-01-03 08:30", prices), symbol="ETHUSDT")


def test_a_mirror_by_share_keeps_ratios_and_stays_positive() -> None:
    bars = coin()
    found = mirror(bars, Source(2))
    assert found.low.min() >= 1
    near = 3 / found.low.min()
    for (_, body, reach, sides, volume), (_, own, height, parts, traded) in zip(
        plainly(found, "share"), plainly(bars, "share"), strict=True
    ):
        assert body == pytest.approx(own, abs=near)
        assert reach == pytest.approx(height, abs=near)
        assert sides == pytest.approx(parts, abs=near)
        assert volume == traded
    assert plainly(mirror(bars, Source(2), "ticks"), "ticks") == plainly(bars, "ticks")


def test_a_bar_that_doubles_is_left_out_either_way() -> None:
    wild = [(100, 250, 90, 240), (240, 241, 239, 240), (20, 21, 19, 20), (60, 60, 60, 60)]
    for seed in range(8):
        found = mirror(bars_from(("2023-01-03 08:30", wild)), Source(seed), "share")
        assert (found.open[0], found.high[0], found.low[0], found.close[0]) == (100,) * 4
        assert found.open[3] == found.close[2]  # a gap of twice the price
        assert found.low.min() >= 1


def test_a_mirror_that_would_sink_is_lifted_as_a_whole() -> None:
    low = [(k % 5 + 1, k % 5 + 4, 1, k % 5 + 2) for k in range(200)]
    bars = bars_from(("2023-01-03 08:30", low))
    found = [mirror(bars, Source(seed)) for seed in range(10)]
    assert all(one.low.min() >= 1 for one in found)
    assert any(one.low.min() == 1 and one.open[0] > bars.open[0] for one in found)
    assert all(plainly(one, "ticks") == plainly(bars, "ticks") for one in found)
    below = bars_from(("2023-01-03 08:30", [tuple(p - 9 for p in bar) for bar in low]))
    assert all(mirror(below, Source(seed)).open[0] == below.open[0] for seed in range(5))
    with pytest.raises(RefusedError, match="by share needs prices above zero"):
        mirror(below, Source(1), "share")


def test_a_mirror_beyond_all_prices_is_refused() -> None:
    far = [(-900_000_000, 900_000_000, -900_000_000, 900_000_000 * (-1) ** k) for k in range(60)]
    bars = bars_from(("2023-01-03 08:30", far))
    with pytest.raises(RefusedError, match="wanders beyond any price"):
        [mirror(bars, Source(seed)) for seed in range(10)]
    with pytest.raises(RefusedError, match="wanders beyond any price"):
        ticks(np.array([0, -(2**31)]))


def test_a_surrogate_says_what_it_is() -> None:
    bars = market()
    found = mirror(bars, Source(1, 4))
    assert repr(found).startswith("Bars(SYNTHETIC ES")
    assert found.origin.source == "mirror"
    again = mirror(bars, Source(1, 4))
    assert again.fingerprint == found.fingerprint
    assert (again.close == found.close).all()
    others = [mirror(bars, Source(1, 5)), mirror(bars, Source(2, 4)), shuffle(bars, Source(1, 4))]
    assert len({found.fingerprint, bars.fingerprint, *(o.fingerprint for o in others)}) == 5
    assert not (others[0].close == found.close).all()


def test_what_is_refused() -> None:
    with pytest.raises(UnknownError, match="no unit 'tick' of a mirror; did you mean 'ticks'"):
        mirror(market(), Source(0), "tick")
    for source in (Source(-1), Source(0, -1)):
        with pytest.raises(ParameterError, match="both are 0 or more"):
            mirror(market(), source)
    with pytest.raises(ParameterError, match="a stretch of -5 minutes"):
        shuffle(market(), Source(0), -5)
    alone = bars_from(("2023-01-03 08:30", flat(100, 5)), ("2023-01-04 08:30", flat(100, 4)))
    with pytest.raises(RefusedError, match="no two stretches of these bars"):
        shuffle(alone, Source(0))


@pytest.mark.parametrize(("minutes", "length"), [(0, 78), (30, 6)])
def test_a_shuffle_exchanges_whole_stretches(minutes: int, length: int) -> None:
    bars = market()
    one, other = cut(shuffle(bars, Source(3), minutes), length), cut(bars, length)
    assert one != other
    for phase in range(78 // length):  # each stretch stays at its hour
        assert sorted(one[phase :: 78 // length]) == sorted(other[phase :: 78 // length])


def cut(bars: Bars, length: int) -> list[list]:
    """Moves and volumes of each stretch; the gap before its first bar goes with it."""
    rows = np.stack((*moves(bars), bars.volume)).T.tolist()
    return [rows[k : k + length] for k in range(0, len(rows), length)]


@cache
def trending() -> Bars:
    """Real paths, three bars of five turned upwards: longs earn."""
    bars = synthesise(instrument("ES"), date(2020, 1, 2), cases(ci=60, full=600, small=12), 3)
    down = bars.close < bars.open
    turned = down & (np.random.default_rng(1).random(len(bars)) < 0.2)
    opened, high, low, close = joined(bars, turn_over(moves(bars), turned, turned & False))
    prices = {"open": opened, "high": high, "low": low, "close": close}
    named = {name: column.astype(np.int32) for name, column in prices.items()}
    return replace(bars, arrays=bars.arrays._replace(**named))


def earned(bars: Bars, exits: dict, seed: int) -> float:
    """The t of the gross result of random entries, longs and shorts alike, by session."""
    chance = np.random.default_rng(seed)
    coin = chance.random(len(bars))
    setups = Setups.where(bars, long=coin < 0.02)
    plan = Exits.grid(exits)
    table = Table.of(bars, Rules(), Costs.of({"commission": 0}), plan)
    trades = simulate(table, setups, plan[0]).trades
    by_day = np.bincount(trades.session, weights=trades.gross)
    days = by_day[np.unique(bars.session)[: len(by_day)]]
    return float(days.mean() / (days.std(ddof=1) / np.sqrt(len(days))))


@pytest.mark.covers("A-076")
@pytest.mark.parametrize("exits", [{"target": 20}, {"stop": 20}, {"stop": 12, "target": 24}])
def test_random_entries_earn_on_the_trend_and_nothing_on_its_mirror(exits: dict) -> None:
    bars = trending()
    assert earned(bars, exits, 1) > 4
    t = [earned(mirror(bars, Source(seed)), exits, seed) for seed in range(4)]
    assert abs(np.sum(t) / 2) < 3.5
