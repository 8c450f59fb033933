"""engine.profile.migration by hand, and against the oracle."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from engine.core.errors import ParameterError, UnknownError
from engine.profile.migration import (
    OPENS,
    RELATIONS,
    migrations,
    open_against_value,
    overlaps,
    trends,
    value_migration,
)
from engine.profile.sessions import prior_levels
from engine.profile.table import session_table
from tests.makers import bars_from, flat
from tests.oracle import slices as oracle
from tests.profile.test_sessions import said
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

AREAS = [  # (val, vah) of a session, of the one before; covered in 1/10^4; how it lies
    ((10, 19), (10, 19), 10_000, "unchanged"),
    ((20, 29), (10, 19), 0, "higher"),
    ((0, 9), (10, 19), 0, "lower"),
    ((19, 29), (10, 19), 1_000, "overlapping_higher"),
    ((0, 10), (10, 19), 1_000, "overlapping_lower"),
    ((12, 17), (10, 19), 6_000, "inside"),
    ((10, 17), (10, 19), 8_000, "inside"),
    ((12, 19), (10, 19), 8_000, "inside"),
    ((5, 25), (10, 19), 10_000, "outside"),
    ((10, 25), (10, 19), 10_000, "outside"),
    ((5, 19), (10, 19), 10_000, "outside"),
    ((-5, -5), (-7, -5), 3_333, "inside"),
    ((12, 21), (10, 16), 7_142, "overlapping_higher"),
]


@pytest.mark.covers("A-038")
@pytest.mark.parametrize(("new", "old", "covered", "lies"), AREAS)
def test_value_areas_by_hand(new, old, covered, lies):
    val, vah = (np.array(edge) for edge in zip(old, new, strict=True))
    share, relation = overlaps(vah, val)
    assert (share[1], RELATIONS[relation[1]]) == (covered, lies)
    assert oracle.overlap(new, old) == (covered, lies)


@pytest.mark.covers("A-038")
@given(tapes())
@settings(max_examples=cases(ci=100, full=5_000))
def test_migration_is_of_the_last_two_earlier_sessions_with_levels(bars):
    found, table = value_migration(bars), session_table(bars)
    held = table.filter(pl.col("poc").is_not_null())
    for session in np.unique(bars.session):
        day = bars.sessions.trade_date(int(session))
        two = held.filter(pl.col("trade_date") < day).tail(2).to_dicts()
        expected: list = [None] * 3
        if len(two) == 2:
            old, new = two
            areas = [(row["val"], row["vah"]) for row in (new, old)]
            covered, lies = oracle.overlap(*areas)
            expected = [new["poc"] - old["poc"], covered, RELATIONS.index(lies)]
        assert [said(column, session) for column in found] == expected


@given(tapes())
@settings(max_examples=cases(ci=100, full=5_000))
def test_the_open_is_compared_with_the_session_before(bars):
    found, prior = open_against_value(bars), prior_levels(bars)
    for i in range(len(bars)):
        session = bars.session[i]
        own = np.flatnonzero(bars.rth & (bars.session == session))
        levels = {name: said(getattr(prior, name), session) for name in prior._fields}
        expected = None
        if len(own) and i >= own[0] and levels["poc"] is not None:
            expected = oracle.opened(int(bars.open[own[0]]), levels)
        assert (OPENS[found.values[i]] if found.present[i] else None) == expected


@pytest.mark.parametrize(
    ("price", "where"),
    [
        *((99, "below_range"), (100, "below_value"), (102, "below_value"), (103, "in_value")),
        *((105, "in_value"), (107, "in_value"), (108, "above_value"), (110, "above_value")),
        *((111, "above_range"), (500, "above_range"), (-3, "below_range")),
    ],
)
def test_opens_by_hand(price, where):
    lots = [1, 1, 10, 10, 10, 20, 10, 10, 10, 1, 1]  # value from 103 to 107
    days = [("2022-11-28 08:30", [(p, p, p, p) for p in range(100, 111)])]
    bars = bars_from(*days, ("2022-11-29 08:30", flat(price, 2)))
    volume = np.array([*lots, 1, 1], np.int64)
    bars = type(bars)(bars.instrument, bars.sessions, bars.arrays._replace(volume=volume))
    found = open_against_value(bars)
    assert found.present.tolist() == [False] * 11 + [True] * 2
    assert OPENS[found.values[-1]] == where


def table(*pocs: float | None, average: float = 1_000.0) -> pl.DataFrame:
    days = [date(2024, 3, 1 + k) for k in range(len(pocs))]
    columns = {"trade_date": days, "poc": list(pocs), "average": [average] * len(pocs)}
    return pl.DataFrame(columns, strict=False)


@pytest.mark.covers("A-038")
@pytest.mark.parametrize(
    ("by", "least", "pocs", "directions"),
    [
        ("ticks", 4, (100, 104, 101, 101, 97), [0, 1, 0, 0, -1]),
        ("ticks", 1, (100, 101, 101, 100), [0, 1, 0, -1]),
        ("percent", 0.4, (998, 1002, 1005, 999), [0, 1, 0, -1]),  # 4 of 1,000; 3 of 1,003.5
        ("average", 0.4, (998, 1002, 1005, 1002), [0, 1, 0, 0]),
        ("average", 0.3, (998, 1002, 1005, 1002), [0, 1, 1, -1]),
        ("ticks", 4, (100, None, 104), [0, 1]),
    ],
)
def test_migrations_by_hand(by, least, pocs, directions):
    assert migrations(table(*pocs), by=by, least=least)["direction"].to_list() == directions


def test_a_migration_says_how_far_in_ticks_and_percent():
    found = migrations(table(990, 1010))
    assert found["move"].to_list() == [None, 20]
    assert found["percent"].to_list() == [None, 2.0]


@pytest.mark.covers("A-039")
def test_runs_of_migrations_are_trends():
    """Three runs with the dates, counts and changes that S1 lists; prices in points."""
    runs = [
        (["10", "13", "14", "15"], [4700.0, 4680.0, 4650.0, 4622.0]),
        (["16", "17", "20"], [4640.0, 4610.0, 4550.0]),
        (["21", "22", "23", "27", "28"], [4600.0, 4650.0, 4700.0, 4750.0, 4788.0]),
    ]
    rows = [
        (date(2021, 12, int(d)), p) for days, pocs in runs for d, p in zip(days, pocs, strict=True)
    ]
    later = [(3, 4788.5), (4, 4789.0), (5, 4750.0), (6, 4700.0), (7, 4650.0), (10, 4573.5)]
    rows += [(date(2022, 1, d), p) for d, p in later]
    frame = pl.DataFrame(rows, ["trade_date", "poc"], orient="row").with_columns(average=4_700.0)
    found = trends(migrations(frame, least=1.0)).drop("poc_start", "poc_end").rows()
    assert found == [
        (date(2021, 12, 10), date(2021, 12, 15), -1, 3, -78.0),
        (date(2021, 12, 20), date(2021, 12, 28), 1, 5, 238.0),
        (date(2022, 1, 4), date(2022, 1, 10), -1, 4, -215.5),
    ]


def test_a_session_that_stays_ends_a_run():
    found = trends(migrations(table(0, 10, 20, 21, 31, 41)), least=2)
    assert found["count"].to_list() == [2, 2]
    assert found["change"].to_list() == [20, 20]
    assert trends(migrations(table(0, 10, 20))).is_empty()


def test_what_does_not_exist_is_refused():
    with pytest.raises(UnknownError, match="no measure of a migration 'points'"):
        migrations(table(1, 2), by="points")
    with pytest.raises(ParameterError, match="a move of more than nothing, not 0"):
        migrations(table(1, 2), least=0)
