"""Planted edges: `engine.synth.leaning` against its oracle `tests.synth.ways`, and their size."""

from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bars import checked
from engine.core.contracts import instrument
from engine.core.errors import ParameterError, UnknownError
from engine.profile.sessions import prior_levels
from engine.synth import leaning
from engine.synth.edge import KINDS, Edge, edge_of, favour
from engine.synth.kernel import Plan, Walk
from engine.synth.market import OCTETS, synthesise
from engine.synth.memory import remembered
from tests.proof.sizes import TAPES, sized
from tests.synth import oracle
from tests.synth.ways import WAYS, Bar, Before

START = date(2020, 1, 2)
SESSIONS = sized(ci=60, full=1000, small=3)
NAMES = tuple(KINDS)
STRENGTHS = (0, 5, 20)
PRICES = ("open", "high", "low", "close")


@cache
def tape(name=None, strength=0, sessions=SESSIONS, symbol="ES"):
    edge = None if name is None else Edge(name, strength)
    return synthesise(instrument(symbol), START, sessions, 11, edge)


def sessions_of(bars):
    """Each session as plain bars, what the regular hours before left, its own as rows."""
    levels, before = prior_levels(bars), None
    val, vah = (column.dense()[0].tolist() for column in (levels.val, levels.vah))
    first = [*np.flatnonzero(np.diff(bars.session, prepend=-1)).tolist(), len(bars)]
    columns = [getattr(bars, name).tolist() for name in (*PRICES, "volume")]
    for low, high in pairwise(first):
        rows = [Bar(*values) for values in zip(*(c[low:high] for c in columns), strict=True)]
        regular = np.flatnonzero(bars.rth[low:high])
        hours = int(regular[0]), int(regular[-1]) + 1
        if before is not None:
            before = Before(val[low], vah[low], *before)
        yield rows, before, hours
        day = rows[slice(*hours)]
        before = min(r.low for r in day), max(r.high for r in day), day[-1].close


def earned(bars, name):
    """Ticks a session gives to whoever holds each bar that leans, from its open to its close."""
    sums = []
    for rows, before, hours in sessions_of(bars):
        ways = WAYS[name](rows, before, hours)
        pairs = zip(ways, rows, strict=True)
        sums.append(sum(way * (bar.close - bar.open) for way, bar in pairs))
    return np.array(sums, np.float64)


def t_statistic(sums):
    return sums.mean() / (sums.std(ddof=1) / np.sqrt(len(sums)))


bar_rows = st.builds(
    lambda a, b, up, down, v: Bar(a, max(a, b) + up, min(a, b) - down, b, v),
    *(st.integers(80, 120), st.integers(80, 120), st.integers(0, 6), st.integers(0, 6)),
    st.integers(1, 50),
)


def walk_of(rows):
    return Walk(*(np.array([getattr(r, name) for r in rows], np.int32) for name in PRICES))


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_every_edge_leans_as_its_definition_says(name, data):
    rows = data.draw(st.lists(bar_rows, min_size=1, max_size=70))
    low, high = sorted(data.draw(st.tuples(st.integers(85, 115), st.integers(85, 115))))
    val, vah = sorted(data.draw(st.tuples(st.integers(low, high), st.integers(low, high))))
    close, known = data.draw(st.integers(low, high)), data.draw(st.booleans())
    regular = sorted(data.draw(st.tuples(*[st.integers(0, len(rows))] * 2)))
    before = Before(val, vah, low, high, close)
    past = leaning.Past(known, *before)
    bounds = leaning.Bounds(*regular, 1, 10**6)
    planted = leaning.Planted(KINDS[name].code, np.zeros(1, np.uint8), past, bounds)
    tally, out = np.zeros(leaning.TALLIES, np.int64), walk_of(rows)
    volume = np.array([row.volume for row in rows])
    ours = [leaning.leaning(i, out, volume, planted, tally) for i in range(1, len(rows))]
    theirs = WAYS[name](rows, before if known else None, regular) if regular[0] < len(rows) else []
    if theirs:
        assert [0, *ours] == theirs


@given(
    octets=st.binary(min_size=40, max_size=40),
    favoured=st.binary(min_size=40, max_size=40),
    steps=st.lists(st.integers(0, 40), min_size=2, max_size=8),
)
def test_the_leaning_walk_is_the_walk_with_the_favoured_coins_turned(octets, favoured, steps):
    """A value area far above makes every bar but the first lean upward."""
    past = leaning.Past._make((True, 10_000, 10_001, 0, 0, 0))
    bounds = leaning.Bounds(0, 0, 1, 10**6)
    planted = leaning.Planted(leaning.VALUE_AREA, np.frombuffer(favoured, np.uint8), past, bounds)
    count = len(steps)
    columns = [np.array(values, np.int64) for values in (steps, [0] * count, [1] * count)]
    out = Walk(*(np.zeros(count, np.int32) for _ in range(4)))
    coins = np.frombuffer(octets, np.uint8).copy()
    end = leaning.leaning_walk(500, Plan(*columns), coins, OCTETS, out, planted)
    own = (steps[0] + 7) // 8  # bytes of the first bar, which nothing can lean
    turned = octets[:own] + bytes(a | b for a, b in zip(octets, favoured, strict=True))[own:]
    bars, last = oracle.walk(500, steps, [0] * count, turned)
    assert list(zip(*(column.tolist() for column in out), strict=True)) == bars
    assert end == last


@pytest.mark.parametrize(("price", "val", "moved"), [(60, 500, 0), (59, 500, 8), (40, 0, 0)])
def test_no_edge_drives_prices_beyond_its_bounds(price, val, moved):
    """As many heads as tails stay where they are, unless an edge turns them all."""
    past = leaning.Past._make((True, val, val + 1, 0, 0, 0))
    bounds = leaning.Bounds(0, 0, 40, 60)
    planted = leaning.Planted(leaning.VALUE_AREA, np.full(2, 255, np.uint8), past, bounds)
    columns = [np.array(values, np.int64) for values in ([8, 8], [0, 0], [1, 1])]
    out, coins = Walk(*(np.zeros(2, np.int32) for _ in range(4))), np.full(2, 0x55, np.uint8)
    assert leaning.leaning_walk(price, Plan(*columns), coins, OCTETS, out, planted) == price + moved


@pytest.mark.parametrize("strength", [0, 1, 20, 250, 500])
def test_twice_the_strength_of_all_coins_is_turned(strength):
    bits = np.unpackbits(favour(np.random.PCG64(3), 50_000, strength))
    assert abs(bits.mean() - 2 * strength / 1000) < 5 * np.sqrt(0.25 / len(bits)) + 2e-5
    assert bits.any() == (strength > 0)


@pytest.mark.parametrize("name", NAMES)
def test_strength_0_is_the_tape_without_an_edge(name):
    ours, plain = tape(name, 0), tape()
    for column, theirs in zip(ours.arrays, plain.arrays, strict=True):
        np.testing.assert_array_equal(column, theirs)
    assert ours.fingerprint != plain.fingerprint


@pytest.mark.parametrize("name", NAMES)
def test_an_edge_changes_prices_and_nothing_else(name):
    ours, plain = checked(tape(name, 40)), tape()
    for what in ("time", "volume", "session"):
        np.testing.assert_array_equal(getattr(ours, what), getattr(plain, what))
    np.testing.assert_array_equal(ours.contract, plain.contract)
    assert (ours.close != plain.close).any()
    assert ours.origin.source == f"synthetic-{name}-40"
    assert ours.origin.synthetic
    assert "SYNTHETIC" in repr(ours)
    again = synthesise(instrument("ES"), START, 2, 11, Edge(name, 40))
    np.testing.assert_array_equal(again.close, ours.close[: len(again)])


@pytest.mark.parametrize("name", NAMES)
def test_bars_that_do_not_lean_have_the_shape_they_have_without_the_edge(name):
    ours, plain, row = tape(name, 40), tape(), 0
    for rows, before, hours in sessions_of(ours):
        for way, bar in zip(WAYS[name](rows, before, hours), rows, strict=True):
            if not way:
                theirs = [int(getattr(plain, p)[row]) - int(plain.open[row]) for p in PRICES]
                assert [price - bar.open for price in bar[:4]] == theirs
            row += 1


@pytest.mark.parametrize("name", NAMES)
def test_a_stronger_edge_earns_more_and_none_earns_nothing(name):
    found = [t_statistic(earned(tape(name, strength), name)) for strength in STRENGTHS]
    assert abs(found[0]) < 3.5
    if SESSIONS >= 60:
        assert found[0] + 2 < found[1]
        assert found[1] + 2 < found[2]


def test_an_edge_of_one_kind_is_not_earned_where_it_does_not_hold():
    quiet = earned(tape("gap_fill", 40), "momentum")
    loud = earned(tape("momentum", 40), "momentum")
    assert SESSIONS < 60 or abs(t_statistic(quiet)) < t_statistic(loud) / 2


def test_a_session_without_regular_hours_leaves_what_was_known_before():
    bars, old = tape(), leaning.Past._make((True, 1, 2, 3, 4, 5))
    walked = Walk(*(getattr(bars, name)[:9] for name in PRICES))
    assert remembered(old, walked, bars.volume[:9], (4, 4)) == old
    assert remembered(old, walked, bars.volume[:9], (0, 9)).close == bars.close[8]


@pytest.mark.skipif(TAPES == "small", reason="24 million steps a session, coin by coin")
def test_coins_can_have_an_edge_too():
    bars = synthesise(instrument("ETHUSDT-PERP"), START, 1, 3, Edge("momentum", 20))
    assert checked(bars).origin.source == "synthetic-momentum-20"


def test_an_edge_is_read_and_written_as_one_types_it():
    assert str(edge_of("momentum:20")) == "momentum:20"
    with pytest.raises(UnknownError, match="did you mean 'gap_fill'"):
        edge_of("gap_fil:3")
    for text in ("momentum", "momentum:-3", "momentum:2.5", "momentum:501"):
        with pytest.raises(ParameterError, match=r"momentum:20|501 cannot be"):
            edge_of(text)
