"""Every feature beside its oracle on a tape that is long enough for all of them to speak.

The short tapes of the laws turn every corner, but end before twenty sessions are over: published
rules of migration, thirds of the past and slow averages have nothing to say there.
"""

from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest

from engine.core.bars import Bars
from engine.core.contracts import instrument
from engine.core.frames import bars_of
from engine.features.declare import declared
from tests.features.declared import FEATURES, said_of
from tests.features.test_laws import FITTED, ORACLES, same
from tests.makers import at
from tests.oracle.features.rows import rows_of

SESSIONS = 60
CLOCKS = ("20:00", "02:30", "08:30", "08:31", "09:40")


@cache
def tape() -> Bars:
    """Sessions of five bars: drift that lasts, quiet and wild weeks, and a flat bar a day."""
    rng, days = np.random.default_rng(11), [date(2023, 1, 9) + timedelta(k) for k in range(84)]
    days = [day for day in days if day.weekday() < 5][:SESSIONS]
    rows, price = [], 16_000
    for k, day in enumerate(days):
        drift, wild = 12 * (1 if k % 40 < 28 else -1), 2 if k // 10 % 2 else 9
        for clock in CLOCKS:
            eve = day - timedelta(1) if clock == "20:00" else day
            path = price + np.concatenate(([0], np.cumsum(rng.integers(-wild, wild + 1, 6))))
            path = path * 0 + price if clock == "08:31" else path
            volume = int(rng.integers(1, 500))
            prices = (path[0], path.max(), path.min(), path[-1])
            rows.append((at(f"{eve} {clock}"), *(int(p) for p in prices), volume))
            price = int(path[-1]) + int(rng.integers(-2, 3))
        price += drift
    times, *columns = zip(*rows, strict=True)
    names = ("open", "high", "low", "close", "volume")
    stamps = pl.Series("ts", times, dtype=pl.Int64).cast(pl.Datetime("ns", "UTC"))
    named = dict(zip(names, columns, strict=True))
    return bars_of(pl.DataFrame({"ts": stamps, **named}), instrument("ES"))


ROWS = (  # whose whole check is that values equal their definitions, on every machine
    *("A-041", "A-042", "A-043", "A-044", "A-045", "A-046", "A-047", "A-048", "A-049"),
    *("B-007", "B-008", "B-010", "B-011", "B-012", "B-013"),
    *("QA-042", "QA-052", "QA-054", "QA-063", "QA-064"),
)
MODES = {  # other readings of a rule that a row names
    "atr": {"mean": "simple"},
    "vwap": {"reset": "never"},
    "poc_momentum": {"lag": 1},
    "poc_validation": {"rule": "relaxed"},
    "poc_confidence": {"rule": "graded"},
}
OF_ONE_VALUE = {"anchor", "gamma_regime"}  # one moment, and no series of gamma


@pytest.mark.covers(*ROWS)
@pytest.mark.parametrize("name", [name for name in FEATURES if name not in FITTED])
def test_it_equals_its_oracle_and_has_something_to_say(name):
    bars, rows = tape(), rows_of(tape())
    facts, least = declared(FEATURES[name]), 1 if name in OF_ONE_VALUE else 2
    heard = [set() for _ in said_of(FEATURES[name](bars), bars)[0]]
    for given in ({}, MODES.get(name), facts.trial):
        if given is None or (given == facts.trial and enough(heard, least)):
            continue
        params = facts.settled(**given)
        found = said_of(FEATURES[name](bars, **params), bars)
        for k, (one, other) in enumerate(zip(found, ORACLES[name](rows, **params), strict=True)):
            parts = other if isinstance(other, tuple) else (other,)
            assert all(map(same, one, parts)), (name, params, k, one, other)
        for column, values in zip(heard, zip(*found, strict=True), strict=True):
            column.update(value for value in values if value is not None)
    assert enough(heard, least), heard


def enough(heard, least: int) -> bool:
    """Whether every column has said so many different things."""
    return all(len(column) >= least for column in heard)
