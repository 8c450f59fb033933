"""Known answers: rows of the acceptance tables, worked by hand."""

from decimal import Decimal
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest

from engine.core.asof import higher
from engine.core.bars import MINUTE
from engine.core.errors import ParameterError, UnknownError
from engine.features.averages import sma
from engine.features.gaps import fill_curve, opening_gap
from engine.features.levels import prior_range
from engine.features.regimes import FIVE, LABELS, SEVEN, bar_regime, name, regime
from engine.features.sweeps import CONFIRMED, RECLAIMED, SWEPT, WAITING, move, quality, sweeps
from engine.features.swings import fractals
from engine.features.vwap import anchored_vwap, bands, rolling_vwap, timed_vwap, vwap
from engine.features.zones import fair_value_gaps
from engine.profile.spread import Bar
from tests.features.test_laws import market
from tests.makers import bars_from, flat

RISE = [(100 + 4 * k, 103 + 4 * k, 99 + 4 * k, 102 + 4 * k) for k in range(6)]


def values(column) -> list:
    dense, there = column.dense()
    return [v if t else None for v, t in zip(dense.tolist(), there.tolist(), strict=True)]


def brute(bars, first: int, last: int, of: str = "typical") -> tuple[float, float]:
    a = bars.arrays
    rows = [tuple(int(c[k]) for c in a[1:6]) for k in range(first, last + 1)]
    prices = [Fraction(h + low + c, 3) if of == "typical" else c for _, h, low, c, _ in rows]
    volume = sum(row[-1] for row in rows)
    mean = sum(p * row[-1] for p, row in zip(prices, rows, strict=True)) / volume
    square = sum(row[-1] * (p - mean) ** 2 for p, row in zip(prices, rows, strict=True)) / volume
    return float(mean), sqrt(square)


@pytest.mark.covers("A-037")
@pytest.mark.parametrize("of", ["typical", "close"])
def test_vwap_of_sessions_windows_and_hours(of):
    bars = market()
    row = int(np.flatnonzero(bars.session == 1)[400])
    first = int(np.flatnonzero(bars.session == 1)[0])
    hours = int(np.searchsorted(bars.time, bars.time[row] - 240 * MINUTE, side="right"))
    for found, begin in (
        (vwap(bars, of=of).mean, first),
        (rolling_vwap(bars, n=60, of=of).mean, row - 59),
        (timed_vwap(bars, minutes=240, of=of), hours),
    ):
        assert values(found)[row] == pytest.approx(brute(bars, begin, row, of)[0], rel=1e-12)


@pytest.mark.covers("VA-001")
@pytest.mark.parametrize(
    ("friday", "monday"), [("2024-03-08", "2024-03-11"), ("2024-11-01", "2024-11-04")]
)
def test_vwap_begins_at_18_in_new_york_on_both_sides_of_a_change_of_clocks(friday, monday):
    """The clocks change on the Sunday between; 18:00 in New York is 17:00 in Chicago."""
    bars = bars_from(
        (f"{friday} 15:58", RISE[:2]), (f"{monday} 15:58", RISE[:2]), (f"{monday} 17:00", RISE)
    )
    found = vwap(bars, reset="18:00")
    for row, first in ((1, 0), (3, 2), (4, 4), (9, 4)):
        mean, wide = brute(bars, first, row)
        assert values(found.mean)[row] == pytest.approx(mean, rel=1e-9)
        assert values(found.deviation)[row] == pytest.approx(wide, rel=1e-9)
    event = anchored_vwap(bars, moments=(int(bars.time[6]),))
    assert values(event.mean)[5] is None
    assert values(event.mean)[9] == pytest.approx(brute(bars, 6, 9)[0], rel=1e-9)


@pytest.mark.covers("VA-002")
def test_the_rolling_window_of_two_hundred_bars():
    bars = market()
    found = rolling_vwap(bars, n=200)
    for row in (199, 900, 3_000):
        mean, wide = brute(bars, row - 199, row)
        assert values(found.mean)[row] == pytest.approx(mean, rel=1e-12)
        assert values(found.deviation)[row] == pytest.approx(wide, rel=1e-10)


@pytest.mark.covers("VA-003")
@pytest.mark.parametrize("multiples", [(2.5, 2.1, 3.7), (1.0, 2.0), (Decimal("0.5"),)])
def test_bands_of_any_multiple(multiples):
    found, row = vwap(market()), 777
    mean, wide = values(found.mean)[row], values(found.deviation)[row]
    for k, (upper, lower) in zip(multiples, bands(found, *multiples), strict=True):
        assert values(upper)[row] == mean + float(k) * wide
        assert values(lower)[row] == mean - float(k) * wide


@pytest.mark.covers("VA-019")
def test_each_of_the_seven_regimes_is_reached_and_named_among_five():
    named = {SEVEN[name(level, e, 0.6)] for level in (-1, 0, 1) for e in (0.5, 0.7)}
    named.add(SEVEN[name(0, np.nan, 0.6)])
    assert named == set(SEVEN)
    assert name(1, np.nan, 0.6) == -1
    assert list(FIVE) == [0, 0, 0, 1, 2, 3, 4]
    found = regime(market(), n=20)
    assert set(found.seven.values[found.seven.present].tolist()) >= {1, 2, 3, 4, 5, 6}


@pytest.mark.covers("QA-011")
def test_each_of_the_five_labels_is_reached():
    found = bar_regime(market(), wild=Decimal("1.2")).values
    assert {LABELS[label] for label in set(found.tolist())} == set(LABELS)
    assert not bar_regime(market()).values[:50].any()


GAP = [(100, 101, 99, 100), (101, 108, 101, 107), (107, 110, 105, 109)]  # zone 101 to 105


@pytest.mark.covers("QA-043", "QA-046")
def test_a_gap_is_filled_bar_by_bar_and_retested_once():
    after = [(109, 110, 106, 107), (107, 107, 104, 106), (106, 107, 102, 105)]
    found = fair_value_gaps(bars_from(("2022-11-28 09:00", GAP + after)), least=4)
    assert values(found.bull_top) == [None, None, 105, 105, 105, 105]
    assert values(found.bull_fill) == [None, None, 0, 0, 0.25, 0.75]  # 30 to 70 %: a comparison
    assert values(found.retest) == [0, 0, 0, 0, 1, 0]


@pytest.mark.covers("QA-044")
def test_a_gap_closed_through_flips_and_is_touched_first_from_the_other_side():
    after = [(109, 109, 99, 100), (100, 100, 98, 99), (99, 102, 98, 100), (100, 103, 99, 100)]
    bars = bars_from(("2022-11-28 09:00", GAP + after))
    plain = fair_value_gaps(bars, least=4)
    inverted = fair_value_gaps(bars, kind="inverted", least=4)
    assert values(plain.bull_top)[2:4] == [105, None]
    assert values(inverted.bear_bottom)[2:] == [None, 101, 101, 101, 101]
    assert values(inverted.retest) == [0, 0, 0, 0, 0, -1, 0]


@pytest.mark.covers("QA-045")
def test_a_gap_of_a_higher_timeframe_is_known_when_its_third_bar_is_over():
    coarse = [price for price in GAP for _ in range(5)]
    bars = bars_from(("2022-11-28 09:00", coarse + flat(109, 3)))
    found = higher(bars, fair_value_gaps, 5, least=4)
    assert values(found.bull_top) == [None] * 14 + [105] * 4  # the 15th minute ends the third bar


@pytest.mark.covers("QA-047")
def test_a_sweep_needs_its_ticks_and_a_close_back_inside():
    calm = [(100, 102, 98, 100)] * 25
    for low, close, swept in ((96, 99, True), (97, 99, True), (96, 98, False), (98, 99, False)):
        bars = bars_from(("2022-11-28 09:00", [*calm, (100, 101, low, close)]))
        found = sweeps(bars, n=10, tolerance=1)
        assert (values(found.depth)[-1] is not None) == swept
        assert values(found.side)[-1] == int(swept)
        assert values(found.level)[-1] == (98 if swept else None)
        assert values(sweeps(bars, n=10, tolerance=3).depth)[-1] is None


@pytest.mark.covers("QA-048")
def test_each_part_of_the_score_weighs_what_it_says():
    assert quality(1.0, -1, -1, 0.0) == 0.40
    assert quality(0.0, 1, -1, 0.0) == 0.25
    assert quality(0.0, 0, -1, 0.0) == 0.05
    assert quality(0.0, -1, 1, 0.0) == 0.20
    assert quality(0.0, -1, -1, 1.0) == 0.15
    assert quality(7.0, 1, 1, 1.0) == pytest.approx(1.0)


STEPS = [  # state before, prices -> state after, for a low at 100
    (WAITING, (103, 104, 100, 103), WAITING),
    (WAITING, (103, 104, 99, 99), SWEPT),
    (WAITING, (103, 104, 98, 101), RECLAIMED),
    (WAITING, (100, 104, 98, 103), CONFIRMED),
    (SWEPT, (99, 100, 97, 98), SWEPT),
    (SWEPT, (99, 100, 97, 100), SWEPT),
    (SWEPT, (102, 102, 98, 101), RECLAIMED),
    (SWEPT, (99, 103, 98, 102), CONFIRMED),
    (RECLAIMED, (101, 102, 98, 99), SWEPT),
    (RECLAIMED, (102, 103, 101, 101), RECLAIMED),
    (RECLAIMED, (101, 104, 101, 103), CONFIRMED),
    (CONFIRMED, (103, 104, 95, 96), CONFIRMED),
]


@pytest.mark.covers("QA-049")
@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("before", "price", "after"), STEPS)
def test_the_table_of_transitions(before, price, after, side):
    opened, high, low, close = price
    if side < 0:
        opened, high, low, close = 200 - opened, 200 - low, 200 - high, 200 - close
    box = np.array([before, 2, 1, 100])
    move(box, Bar(opened, high, low, close, 10), 3, side, (1, 0.15, 5))
    assert box[0] == after


def test_patience_runs_out():
    box = np.array([SWEPT, 2, 1, 100])
    move(box, Bar(99, 99, 98, 98, 10), 9, 1, (1, 0.15, 5))
    assert box[0] == WAITING


@pytest.mark.covers("QA-051")
def test_yesterday_is_a_day_of_new_york_also_when_its_clocks_change():
    """March 10th 2024 has 23 hours; the day ends at 23:00 in Chicago all the same."""
    bars = bars_from(
        ("2024-03-08 09:00", flat(100, 1)),
        ("2024-03-10 22:59", flat(120, 1)),
        ("2024-03-10 23:00", flat(130, 1)),
    )
    assert values(prior_range(bars, reset="00:00").high) == [None, 100, 120]


@pytest.mark.covers("QA-056")
def test_a_fractal_is_confirmed_two_bars_later():
    highs = [100, 101, 105, 103, 102, 101]
    found = fractals(bars_from(("2022-11-28 09:00", [(99, h, 98, 99) for h in highs])))
    assert values(found.high) == [None] * 4 + [105, 105]
    assert values(found.high_age) == [None] * 4 + [2, 3]


@pytest.mark.covers("A-060")
def test_gaps_go_from_regular_close_to_regular_open_and_fill_by_the_minute():
    bars = bars_from(
        ("2022-11-28 14:58", flat(100, 2)),
        ("2022-11-28 17:00", flat(50, 2)),  # the night does not count
        ("2022-11-29 08:30", [(110, 110, 108, 109), (109, 109, 105, 106), (106, 107, 99, 101)]),
        ("2022-11-30 08:30", [(95, 96, 94, 95), (95, 97, 95, 96)]),
    )
    found = opening_gap(bars)
    assert values(found.ticks) == [None] * 4 + [10] * 3 + [-6] * 2
    assert values(found.fill) == [None] * 4 + [0.2, 0.5, 1.0, 1 / 6, 1 / 3]
    assert values(found.minute) == [None] * 6 + [2, None, None]
    assert fill_curve(bars, least=4, minutes=(1, 3)).tolist() == [0.0, 0.5]
    assert np.isnan(fill_curve(bars, least=40, minutes=(1,))).all()


def test_parameters_outside_their_range_are_refused():
    with pytest.raises(ParameterError, match="sma: n is bars in the mean, at least 1, not 0"):
        sma(market(), n=0)
    with pytest.raises(UnknownError, match="did you mean 'close'"):
        sma(market(), of="closed")
    with pytest.raises(ParameterError, match="in order"):
        anchored_vwap(market(), moments=(5, 3))
