"""Synthetic bars: lawful, repeatable, and shaped like a market."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import blake2b

import numpy as np
import pytest

from engine.core.bars import MINUTE, checked
from engine.core.contracts import instrument
from engine.core.errors import CalendarError, ParameterError
from engine.synth.character import LIKE, character
from engine.synth.delivery import front, roll_date
from engine.synth.market import VERSION, synthesise
from storage.lake import Lake
from tests.proof.sizes import sized

START = date(2020, 1, 2)
LONG = sized(ci=500, full=1260, small=60)


@cache
def tape(symbol="ES", sessions=8, seed=7):
    return synthesise(instrument(symbol), START, sessions, seed)


def hashed(bars):
    digest = blake2b(digest_size=8)
    for column in bars.arrays[:-1]:
        digest.update(column.astype(column.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()


def by_session(bars, values, reduce):
    first = np.flatnonzero(np.diff(bars.session, prepend=-1))
    return reduce(values, first)


def ranges(bars):
    high = by_session(bars, bars.high, np.maximum.reduceat)
    return (high - by_session(bars, bars.low, np.minimum.reduceat)).astype(np.float64)


@pytest.mark.parametrize("symbol", ["ES", "ZN", "CL", "ETHUSDT-PERP"])
def test_bars_keep_every_rule_of_bars(symbol):
    bars = checked(tape(symbol, 2))
    assert bars.low.min() >= 1
    assert bars.volume.min() >= 1
    assert bars.origin.source == "synthetic"
    assert bars.origin.synthetic
    assert "SYNTHETIC" in repr(bars)


@pytest.mark.covers("QA-147")
def test_the_same_seed_makes_the_same_bytes_on_every_machine():
    """When this fails on purpose, raise VERSION: old fingerprints must not name new bars."""
    assert (VERSION, hashed(tape(sessions=3))) == (1, "608aee067fb9b3d4")


def test_another_seed_makes_another_tape():
    assert hashed(tape(sessions=3)) != hashed(tape(sessions=3, seed=8))
    prints = {tape(sessions=3, seed=seed).fingerprint for seed in (7, 8)}
    assert len(prints) == 2


def test_a_longer_tape_begins_with_the_shorter_one():
    short, long = tape(sessions=3), tape(sessions=8)
    for ours, theirs in zip(short.arrays, long.arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs[: len(short)])
    assert short.fingerprint != long.fingerprint


def test_every_open_minute_has_a_bar_and_no_other():
    bars = tape(sessions=8)
    rows = np.unique(bars.session)
    assert len(rows) == 8
    assert len(bars) == bars.sessions.minutes[rows].sum()
    assert (bars.labels.session == bars.session).all()
    assert (np.diff(bars.time) >= MINUTE).all()


def test_a_half_day_is_short_and_a_holiday_is_closed():
    bars = synthesise(instrument("ES"), date(2023, 11, 22), 3, 1)
    days = [bars.sessions.trade_date(row) for row in np.unique(bars.session)]
    assert days == [date(2023, 11, 22), date(2023, 11, 24), date(2023, 11, 27)]
    lengths = by_session(bars, np.ones(len(bars), np.int64), np.add.reduceat)
    assert lengths[0] > lengths[1] * 0.5
    assert lengths[1] != lengths[2]


def test_coins_trade_every_minute_of_every_day():
    bars = tape("ETHUSDT-PERP", 2)
    assert (np.diff(bars.time) == MINUTE).all()
    assert len(bars) == 2 * 1440
    assert bars.contract is None
    assert (bars.open[1:] - bars.close[:-1]).astype(bool).mean() < 0.5


def test_a_market_has_busy_hours():
    bars = tape(sessions=LONG)
    height = (bars.high - bars.low).astype(np.float64)
    assert height[bars.rth].mean() > 1.8 * height[~bars.rth].mean()
    assert bars.volume[bars.rth].mean() > 5 * bars.volume[~bars.rth].mean()
    assert np.corrcoef(height, bars.volume)[0, 1] > 0.5


def test_an_es_tape_is_of_the_size_of_es():
    bars = tape(sessions=LONG)
    assert 3 < (bars.high - bars.low).mean() < 8
    assert 120 < ranges(bars).mean() < 400


def test_restless_days_follow_restless_days():
    logs = np.log(ranges(tape(sessions=LONG)))
    assert np.corrcoef(logs[:-1], logs[1:])[0, 1] > 0.2


def test_a_market_that_was_shut_opens_away_from_its_close():
    bars = tape(sessions=LONG)
    gap = np.abs(bars.open[1:] - bars.close[:-1])
    opens = np.diff(bars.session) > 0
    shut = np.diff(bars.time)[opens]
    weekend = gap[opens][shut > 24 * 60 * MINUTE].mean()
    assert weekend > gap[opens][shut < 3 * 60 * MINUTE].mean() > gap[~opens].mean()


@pytest.mark.covers("B-002")
def test_a_made_market_is_shaped_like_one_and_is_called_made(tmp_path):
    bars = tape(sessions=LONG)
    height, minute = (bars.high - bars.low)[bars.rth], bars.labels.minute[bars.rth]
    place = minute - minute.min()
    edge, middle = (place < 30) | (place >= 360), (place > 150) & (place < 240)
    for what in (height, bars.volume[bars.rth]):
        assert what[edge].mean() > 1.2 * what[middle].mean()  # a U over the day
    moves = np.diff(bars.close).astype(np.float64)
    moves -= moves.mean()
    assert (moves**4).mean() / (moves**2).mean() ** 2 > 4  # jumps and moods: far tails
    size = np.abs(moves)
    assert np.corrcoef(size[1:], size[:-1])[0, 1] > 0.05  # restless minutes follow restless ones
    lake = Lake(tmp_path)
    lake.write_bars(tape(sessions=3))
    assert lake.listing().select("source", "synthetic").row(0) == ("synthetic", True)
    assert repr(lake.bars("ES")).startswith("Bars(SYNTHETIC ES")


def test_the_front_contract_changes_eight_days_before_the_third_friday():
    assert roll_date(2020, 3) == date(2020, 3, 12)
    es = instrument("ES")
    assert front(es, date(2020, 3, 11)) == "ESH20"
    assert front(es, date(2020, 3, 12)) == "ESM20"
    assert front(es, date(2020, 12, 31)) == "ESH21"
    assert front(instrument("CL"), date(2020, 1, 2)) == "CLF20"


def test_bars_carry_their_contract():
    bars = synthesise(instrument("ES"), date(2020, 3, 11), 2, 7)
    names = np.array(bars.origin.contracts)[bars.contract]
    days = bars.sessions.date[bars.session]
    assert bars.origin.contracts == ("ESH20", "ESM20")
    assert set(names[days == days[0]]) == {"ESH20"}
    assert set(names[days == days[-1]]) == {"ESM20"}


def test_a_price_of_a_few_ticks_stays_positive():
    coarse = replace(instrument("ES"), tick=Decimal(2000), point_value=Decimal(1))
    assert character(coarse).level == 2
    assert synthesise(coarse, START, 3, 1).low.min() >= 1


def test_a_market_nobody_described_is_like_its_kind():
    assert character(replace(instrument("ES"), symbol="OWN")) == LIKE["future"]


@pytest.mark.parametrize(("sessions", "seed"), [(0, 7), (5, -1)])
def test_what_cannot_be_made_is_refused(sessions, seed):
    with pytest.raises(ParameterError, match=rf"{sessions} sessions of seed {seed}"):
        synthesise(instrument("ES"), START, sessions, seed)


def test_a_tape_ends_with_its_calendar():
    with pytest.raises(ParameterError, match=r"ES: 900 sessions from 2030-01-02 on run beyond the"):
        synthesise(instrument("ES"), date(2030, 1, 2), 900, 7)
    with pytest.raises(CalendarError, match="known from 2010-01-01"):
        synthesise(instrument("ES"), date(1999, 1, 4), 5, 7)
