"""py-market-profile, where it is installed: equal on closes and single rows, where it is right."""

from datetime import date

import numpy as np
import pytest

from engine.core.contracts import instrument
from engine.profile.histogram import profiles
from engine.profile.model import Model
from engine.synth.market import synthesise
from tests.makers import bars_from
from tests.profile.test_sessions import with_volume


def theirs(bars, row: int = 1):
    pandas = pytest.importorskip("pandas", reason="the second witness is a test-only library")
    library = pytest.importorskip("market_profile", reason="as above")
    columns = {name.title(): getattr(bars, name) for name in ("high", "low", "close", "volume")}
    frame = pandas.DataFrame(columns, index=pandas.to_datetime(bars.time))
    return library.MarketProfile(frame, tick_size=row)[frame.index[0] : frame.index[-1]]


def ours(bars, row: int = 1):
    made = profiles(bars, model=Model("close", row=row))
    floor, lots = made.at(0)
    found = made.levels(rule="single")
    return floor, lots, int(found.poc[0]), int(found.val[0]), int(found.vah[0])


@pytest.mark.parametrize("seed", range(12))
def test_the_same_histogram_poc_and_value_area(seed):
    """Every row traded, no two equal, the target not met exactly: there it is right."""
    draw = np.random.default_rng(seed)
    volume = draw.permutation(np.arange(3, 63) * 7) + draw.integers(0, 3, 60)
    steps = [(p, p, p, p) for p in range(1_000, 1_060)]
    bars = with_volume(bars_from(("2022-11-28 08:30", steps)), volume.tolist())
    floor, lots, poc, val, vah = ours(bars)
    found = theirs(bars)
    assert (floor + np.flatnonzero(lots)).tolist() == found.profile.index.tolist()
    assert lots.tolist() == found.profile.to_numpy().tolist()
    assert (poc, val, vah) == (found.poc_price, *found.value_area)


def test_the_same_histogram_of_a_market():
    bars = synthesise(instrument("ES"), date(2022, 11, 21), 1, 7)
    floor, lots, *_ = ours(bars)
    found = theirs(bars).profile
    kept = found[found > 0]
    assert (floor + np.flatnonzero(lots)).tolist() == kept.index.tolist()
    assert lots[lots > 0].tolist() == kept.to_numpy().tolist()


def priced(*volumes: int):
    steps = [(p, p, p, p) for p in range(100, 100 + len(volumes))]
    return with_volume(bars_from(("2022-11-28 08:30", steps)), list(volumes))


def test_its_known_defects_are_where_they_are_said_to_be():
    """One row too many where the target is met exactly; prices rounded up to a row."""
    exact = priced(10, 70, 20)  # 70 of 100 lie at the poc alone
    assert ours(exact)[3:] == (101, 101)
    assert theirs(exact).value_area == (101, 102)
    coarse = priced(1, 2, 4, 8)  # 100 to 103, rows of two ticks
    assert ours(coarse, row=2)[1].tolist() == [3, 12]
    assert theirs(coarse, row=2).profile.to_dict() == {100.0: 1, 102.0: 6, 104.0: 8}
