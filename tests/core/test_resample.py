"""The buckets of `engine.core.resample` against an oracle that tells them minute by minute."""

from collections import defaultdict
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bars import MINUTE, Origin, checked
from engine.core.calendars import calendar
from engine.core.contracts import instrument
from engine.core.errors import ParameterError, UnknownError
from engine.core.frames import bars_of
from engine.core.resample import coarser, resample
from engine.synth.market import synthesise
from tests.makers import at, bars_from, flat
from tests.tapes import tapes

WEEKS = calendar("cme_equity").sessions("2022-11-14", "2022-12-09")
SPANS = st.sampled_from([1, 2, 5, 7, 15, 30, 60, 240, 1440, "session", "week"])
SEGMENTS = st.sampled_from(["full", "rth", "eth"])


def stretch(sessions, time, segment):
    """Open minutes without a halt around a bar, cut at the regular hours unless all count."""
    k = next(k for k, stop in enumerate(sessions.span_stop) if time < stop)
    s = sessions.span_session[k]
    start, stop = int(sessions.span_start[k]), int(sessions.span_stop[k])
    low, high = int(sessions.rth_start[s]), int(sessions.rth_stop[s])
    if segment == "rth":
        return max(start, low), min(stop, high)
    if segment == "eth":
        return (start, min(stop, low)) if time < low else (max(start, high), stop)
    return start, stop


def bucket(bars, i, span, segment):
    """The oracle: where the coarse bar that holds bar `i` opens and closes."""
    sessions, time, s = bars.sessions, int(bars.time[i]), int(bars.session[i])
    if span == "week":
        monday = sessions.date[s] - (sessions.date[s] + 3) % 7
        near = [k for k, day in enumerate(WEEKS.date) if 0 <= day - monday < 7]
        return int(WEEKS.start[near[0]]), int(WEEKS.stop[near[-1]])
    if span == "session":
        if segment == "rth":
            return int(sessions.rth_start[s]), int(sessions.rth_stop[s])
        return int(sessions.start[s]), int(sessions.stop[s])
    start, stop = stretch(sessions, time, segment)
    length = span * MINUTE if span < 1440 else stop - start
    opened = start + (time - start) // length * length
    return opened, min(opened + length, stop)


def oracle(bars, span, segment):
    """Rows of (open, close of the bucket, four prices, volume, last row), told bar by bar."""
    kept = [i for i in range(len(bars)) if segment == "full" or bars.rth[i] == (segment == "rth")]
    groups = defaultdict(list)
    for i in kept:
        groups[bucket(bars, i, span, segment)].append(i)
    rows = []
    for (opened, closed), inside in sorted(groups.items()):
        prices = (
            bars.open[inside[0]],
            max(bars.high[i] for i in inside),
            min(bars.low[i] for i in inside),
            bars.close[inside[-1]],
        )
        volume = sum(int(bars.volume[i]) for i in inside)
        rows.append((opened, closed, *map(int, prices), volume))
    return rows


@given(tapes(), SPANS, SEGMENTS)
def test_every_bucket_is_the_oracle_bucket(bars, span, segment):
    coarse, found = coarser(bars, span, segment)
    a = coarse.arrays
    columns = (a.time, found.close, a.open, a.high, a.low, a.close, a.volume)
    assert list(zip(*(c.tolist() for c in columns), strict=True)) == oracle(bars, span, segment)
    checked(coarse)
    assert not a.close.flags.writeable


@pytest.mark.covers("A-019")
@given(tapes(), SPANS)
def test_volume_is_conserved_to_the_lot(bars, span):
    coarse = resample(bars, span)
    assert coarse.volume.sum() == bars.volume.sum()
    assert (coarse.high.max(), coarse.low.min()) == (bars.high.max(), bars.low.min())
    assert (coarse.open[0], coarse.close[-1]) == (bars.open[0], bars.close[-1])
    for segment in ("rth", "eth"):
        part = bars.volume[bars.labels.mask(segment)].sum()
        assert resample(bars, span, segment).volume.sum() == part


@given(tapes(), st.sampled_from([(5, 15), (10, 60), (5, 5), (15, "session"), ("session", "week")]))
def test_in_two_steps_it_is_the_same(bars, steps):
    fine, coarse = steps
    direct, staged = resample(bars, coarse), resample(resample(bars, fine), coarse)
    for ours, theirs in zip(direct.arrays, staged.arrays, strict=True):
        assert ours.tolist() == theirs.tolist()


def clocks(bars):
    stamps = pl.Series(bars.time).cast(pl.Datetime("ns", "UTC"))
    return stamps.dt.convert_time_zone("America/Chicago").dt.strftime("%d %H:%M").to_list()


@pytest.mark.covers("A-019")
def test_buckets_count_from_the_open_of_the_session_and_stop_at_its_halts():
    runs = [(f"2013-12-02 {clock}", flat(10, 1)) for clock in ("08:31", "15:14", "15:30", "16:14")]
    bars = bars_from(("2013-12-01 17:03", flat(10, 1)), *runs)
    assert clocks(resample(bars, 60)) == ["01 17:00", "02 08:00", "02 15:00", "02 15:30"]
    assert clocks(resample(bars, 240)) == ["01 17:00", "02 05:00", "02 13:00", "02 15:30"]
    hours = coarser(bars, 60)[1]
    ends = [at(f"2013-12-0{clock}") for clock in ("1 18:00", "2 09:00", "2 15:15", "2 16:15")]
    assert hours.close.tolist() == ends
    assert clocks(resample(bars, 60, "rth")) == ["02 08:30"]
    assert clocks(resample(bars, 240, "eth")) == ["01 17:00", "02 15:00", "02 15:30"]


def test_a_half_day_and_a_folded_holiday():
    eve = bars_from(("2022-11-25 12:00", flat(5, 15)))  # the day after Thanksgiving ends at 12:15
    assert coarser(eve, 60)[1].close.tolist() == [at("2022-11-25 12:15")]
    fold = bars_from(
        ("2022-11-23 17:00", flat(5, 1)),  # Thanksgiving counts for Friday
        ("2022-11-24 11:59", flat(6, 1)),
        ("2022-11-24 17:00", flat(7, 1)),
    )
    assert clocks(resample(fold, 240)) == ["23 17:00", "24 09:00", "24 17:00"]
    day = resample(fold, "session")
    assert clocks(day) == ["23 17:00"]
    assert coarser(fold, "session")[1].close.tolist() == [at("2022-11-25 12:15")]
    assert (day.minutes, day.close.tolist(), day.volume.tolist()) == (1440, [7], [30])


def test_clocks_that_change_move_no_bucket():
    for start in ("2024-03-08", "2024-11-01"):  # the Friday before and the Monday after
        friday = date.fromisoformat(start)
        bars = synthesise(instrument("ES"), friday, 2, 3)
        hours = clocks(resample(bars, 60))
        assert {text[3:] for text in hours} == {f"{h:02d}:00" for h in range(24) if h != 16}
        assert len(hours) == 46


def test_four_hours_of_a_coin_are_utc_hours():
    highs = np.random.default_rng(5).integers(60_000, 61_000, 3 * 1440).tolist()
    prices = [(high - 1, high, high - 2, high - 1) for high in highs]
    bars = bars_from(("2024-02-29 18:00", prices), symbol="BTCUSDT")  # midnight in UTC
    found = resample(bars, 240)
    frame = pl.DataFrame({"ts": bars.time, "high": bars.high, "volume": bars.volume})
    plain = frame.group_by(pl.col("ts") // (240 * MINUTE), maintain_order=True).agg(
        pl.col("high").max(), pl.col("volume").sum()
    )
    assert found.time.tolist() == (plain["ts"] * (240 * MINUTE)).to_list()
    assert found.high.tolist() == plain["high"].to_list()
    assert found.volume.tolist() == plain["volume"].to_list()


def test_a_week_runs_from_its_first_session_to_its_last():
    bars = synthesise(instrument("ES"), date(2024, 1, 10), 8, 3)  # a Wednesday; the 15th is folded
    found = resample(bars, "week")
    assert clocks(found) == ["07 17:00", "14 17:00", "21 17:00"]
    assert found.minutes == 7 * 1440
    checked(found)
    assert resample(resample(bars, "session"), "week").close.tolist() == found.close.tolist()


def test_a_coarse_bar_has_the_contract_of_its_last_bar_and_a_name_of_its_own():
    bars = synthesise(instrument("ES"), date(2024, 3, 5), 4, 3)  # the roll is on the 7th
    week = resample(bars, "week")
    assert [bars.origin.contracts[c] for c in week.contract] == ["ESM24"]
    hours = resample(bars, 60)
    names = {b.fingerprint for b in (bars, week, hours, resample(bars, 60, "eth"))}
    assert len(names) == 4
    assert hours.fingerprint == resample(bars, 60).fingerprint
    own = resample(bars_from(("2022-11-28 09:00", flat(5, 9))), 5)
    assert own.origin == Origin()
    assert len(own.fingerprint) == 32


def test_no_bars_make_no_bars():
    bars = bars_from(("2022-11-28 09:00", flat(5, 9)))
    for span in (5, "session", "week"):
        assert len(resample(bars[:0], span)) == 0
    assert len(resample(bars, 5, "eth")) == 0


@pytest.mark.parametrize("span", [0, -5, 1441, "day"])
def test_what_is_no_length_is_refused(span):
    bars = bars_from(("2022-11-28 09:00", flat(5, 9)))
    with pytest.raises(ParameterError, match="cannot be made; ask for 1 to 1440 minutes"):
        resample(bars, span)


def test_bars_fill_coarser_ones_exactly_or_not_at_all():
    bars = resample(bars_from(("2022-11-28 09:00", flat(5, 30))), 10)
    assert resample(bars, 10).time.tolist() == bars.time.tolist()
    with pytest.raises(ParameterError, match="bars of 10 minutes do not fill bars of 15"):
        resample(bars, 15)
    with pytest.raises(UnknownError, match="no segment 'day'"):
        resample(bars, 20, "day")


def test_real_minutes_of_every_kind(shared_data):
    frame = pl.read_parquet(shared_data / "es_1m_lean_percontract_2013_2020.parquet")
    front = frame.filter(pl.col("symbol") == "201312").drop("symbol")
    bars = bars_of(front, instrument("ES"))
    for span in (5, 15, 60, 240, "session", "week"):
        assert resample(bars, span).volume.sum() == int(front["volume"].sum())
    assert np.diff(resample(bars, "session").session).min() > 0
