"""engine.profile.table, structure and statistics: one row a session, against the oracles."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import fsum, isclose, log2, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import MINUTE, Bars
from engine.core.contracts import instrument
from engine.profile.days import DAY_TYPES
from engine.profile.delta import proxy_flow
from engine.profile.histogram import profiles
from engine.profile.model import Model, Rule
from engine.profile.nodes import READINGS, SHAPES
from engine.profile.statistics import statistics
from engine.profile.structure import prior_structure
from engine.profile.table import Question, session_table
from engine.synth.market import synthesise
from tests.makers import bars_from, flat
from tests.oracle import day as day_oracle
from tests.oracle import levels as levels_oracle
from tests.oracle import profile as oracle
from tests.oracle import shape as shape_oracle
from tests.oracle import tpo as tpo_oracle
from tests.profile.test_sessions import said, with_volume
from tests.profile.test_spread import plain_bars
from tests.profile.test_tpo import plain_bars as marked_bars
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

SEGMENTS = st.sampled_from(("rth", "eth", "full"))


def plain_rows(bars: Bars, segment: str, rule: str) -> list[dict]:
    """What the oracles say of each session, row by row."""
    inside, rows, ranges, before = bars.labels.mask(segment), [], [], None
    for session in np.unique(bars.session[inside]):
        own = plain_bars(bars, segment, session)
        floor, volume = oracle.profile(own)
        area = levels_oracle.levels(volume, Fraction("0.70"), rule)
        levels = [None if area is None else floor + k for k in area or (None,) * 3]
        base, letters = tpo_oracle.letters(marked_bars(bars, segment, session))
        marks = levels_oracle.levels([len(row) for row in letters], Fraction("0.70"), rule)
        ends = tpo_oracle.ends(letters)
        close = own[-1].close - floor
        low, high = min(b.low for b in own), max(b.high for b in own)
        row = {
            "trade_date": bars.sessions.trade_date(int(session)),
            **dict(zip(("poc", "val", "vah"), levels, strict=True)),
            **{f"tpo_{n}": base + getattr(marks, n) for n in ("poc", "val", "vah")},
            "volume": sum(volume),
            "open": own[0].open,
            "high": high,
            "low": low,
            "close": own[-1].close,
            "tail_high": ends.high,
            "tail_low": ends.low,
            **{n: getattr(ends, n) for n in ("singles", "poor_high", "poor_low")},
            "shape": shape_oracle.shape(volume) if area else None,
            "reading": shape_oracle.reading(volume, close) if area else None,
            **dict.fromkeys(("ib_low", "ib_high", "open_type", "day_type")),
        }
        if segment == "rth":
            row |= morning(bars, session, (own, ends.split), ranges, before)
        pairs = levels_oracle.levels(volume, Fraction("0.70"))
        before = {"high": high, "low": low, "poc": None, "vah": None, "val": None}
        if pairs:
            before |= {n: floor + getattr(pairs, n) for n in ("poc", "vah", "val")}
        rows.append(row)
    return rows


def morning(bars: Bars, session: int, day: tuple, ranges: list[int], before: dict | None) -> dict:
    """Initial balance, kind of day and of open; `ranges` are of the days up to this one."""
    (own, split), row = day, {}
    low, high = min(b.low for b in own), max(b.high for b in own)
    if first := early(bars, session, 60):
        ib = min(b[2] for b in first), max(b[1] for b in first)
        seen = day_oracle.Day(high, low, own[-1].close, ib[1], ib[0], split)
        row |= {"ib_low": ib[0], "ib_high": ib[1]}
        row["day_type"] = day_oracle.day_type(seen, ranges)
        ranges.append(high - low)
    if window := early(bars, session, 30):
        row["open_type"] = day_oracle.open_type(window, before)
    return row


def early(bars: Bars, session: int, minutes: int) -> list[tuple[int, ...]]:
    """The bars of the first minutes of a regular session."""
    over = bars.sessions.rth_start[session] + minutes * MINUTE
    rows = np.flatnonzero(bars.rth & (bars.session == session) & (bars.time < over))
    a = bars.arrays
    return [tuple(int(p[k]) for p in (a.open, a.high, a.low, a.close)) for k in rows]


@pytest.mark.covers("A-031")
@given(tapes(most=50), SEGMENTS, st.sampled_from(("pairs", "single", "seed_greedy")))
@settings(max_examples=cases(ci=150, full=5_000))
def test_every_row_is_what_the_oracles_say(bars, segment, rule):
    table = session_table(bars, Question(segment, Rule(rule)))
    expected = plain_rows(bars, segment, rule)
    assert table.height == len(expected)
    for found, row in zip(table.to_dicts(), expected, strict=True):
        assert {name: found[name] for name in row} == row


@pytest.mark.covers("A-031")
def test_one_row_has_everything_that_was_asked_and_found():
    prices = [(100, 103, 100, 102), (102, 104, 101, 104)]
    bars = bars_from(("2022-11-28 08:30", prices))
    row = session_table(bars).to_dicts()[0]
    assert (row["symbol"], row["timeframe"]) == ("ES", "1m")
    assert (row["rule"], row["ties"], row["fraction"], row["row"]) == (
        "pairs",
        "up, poc mid",
        7000,
        1,
    )
    # the first bar leaves 2, 3, 3, 2 lots on 100..103, the second 2, 3, 3, 2 on 101..104
    assert row["profile"] == [2, 5, 6, 5, 2]
    assert (row["poc"], row["val"], row["vah"]) == (102, 100, 104)
    assert (row["share"], row["poc_share"]) == (1.0, 0.3)
    typical = ((103 + 100 + 102) + (104 + 101 + 104)) / 6
    assert (row["typical"], row["average"]) == (typical, typical)
    assert row["contract"] is None
    assert row["delta_kind"] == "proxy: close_location"
    assert row["delta"] == int((proxy_flow(bars).buy - proxy_flow(bars).sell).sum())


def test_typical_prices_are_averaged_from_session_to_session():
    days = [("2022-11-28 08:30", flat(400, 1)), ("2022-11-29 08:30", flat(800, 1))]
    table = session_table(bars_from(*days))
    assert table["typical"].to_list() == [400.0, 800.0]
    assert table["average"].to_list() == pytest.approx([400.0, 0.95 * 400 + 0.05 * 800])


def test_a_contract_is_named_where_it_is_known():
    bars = synthesise(instrument("ES"), date(2024, 3, 5), 4, 7)
    table = session_table(bars)
    assert table["contract"].to_list() == ["ESH24", "ESH24", "ESM24", "ESM24"]
    one = replace(bars, origin=replace(bars.origin, contracts=("", "ESM24")))
    assert session_table(one)["contract"].to_list() == [None, None, "ESM24", "ESM24"]


def test_a_session_in_which_nothing_traded_has_a_row_without_levels():
    bars = with_volume(bars_from(("2022-11-28 08:30", flat(10, 2))), [0, 0])
    row = session_table(bars).to_dicts()[0]
    nothing = (
        "poc",
        "vah",
        "val",
        "share",
        "poc_share",
        "entropy",
        "deviation",
        "shape",
        "reading",
    )
    assert {row[name] for name in nothing} == {None}
    assert (row["tpo_poc"], row["high"], row["volume"], row["delta"]) == (10, 10, 0, 0)
    timed = session_table(bars, Question(model=Model(measure="time"))).to_dicts()[0]
    assert (timed["poc"], timed["volume"]) == (10, 0)


def test_no_session_no_row():
    night = bars_from(("2022-11-28 20:00", flat(10, 2)))
    empty = session_table(night)
    assert empty.is_empty()
    assert empty.columns == session_table(night, Question("full")).columns


@pytest.mark.covers("A-036")
@given(tapes(), SEGMENTS, st.sampled_from((1, 3)))
def test_concentration_equals_a_plain_reading(bars, segment, row):
    made = profiles(bars, segment=segment, model=Model(row=row))
    levels = made.levels()
    found = statistics(made.arrays, levels, made.row)
    for e in range(len(made)):
        volume = made.at(e)[1].tolist()
        total = sum(volume)
        if total == 0:
            assert [column[e] for column in found] == [0, 0, 0, 0]
            continue
        area = levels_oracle.levels(volume, Fraction("0.70"))
        assert found.peak[e] == max(volume) == volume[area.poc]
        assert found.inside[e] == sum(volume[area.val : area.vah + 1])
        shares = [v / total for v in volume if v]
        mean = total / len(volume)
        spread = sqrt(fsum((v - mean) ** 2 for v in volume) / len(volume))
        assert isclose(found.entropy[e], -fsum(s * log2(s) for s in shares), abs_tol=1e-12)
        assert isclose(found.deviation[e], spread, rel_tol=1e-12, abs_tol=1e-12)


@given(tapes(most=50))
@settings(max_examples=cases(ci=60, full=2_000))
def test_the_prior_structure_is_the_row_of_the_last_earlier_session(bars):
    prior, table = prior_structure(bars), session_table(bars)
    sessions = np.unique(bars.session[bars.rth])
    names = {"shape": SHAPES, "reading": READINGS, "day_type": DAY_TYPES}
    for session in np.unique(bars.session):
        earlier = np.flatnonzero(sessions < session)
        for name, column in zip(prior._fields, prior, strict=True):
            expected = table[name][int(earlier[-1])] if len(earlier) else None
            if name in names and expected is not None:
                expected = names[name].index(expected)
            assert said(column, session) == (None if expected is None else int(expected))
