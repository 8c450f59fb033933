"""What a chart is handed: the same figures, in prices, row by row."""

import numpy as np
import polars as pl
from hypothesis import given

from engine.profile.developing import developing_levels
from engine.profile.drawing import developing_steps, histogram_bars, level_lines
from engine.profile.histogram import profiles
from engine.profile.model import Model
from tests.makers import at, bars_from, flat
from tests.profile.test_sessions import with_volume
from tests.tapes import tapes

PRICES = [(100, 103, 100, 102), (102, 104, 101, 104)]


def test_a_histogram_by_hand():
    bars = bars_from(("2022-11-28 08:30", PRICES), ("2022-11-29 08:30", flat(90, 1)))
    made = profiles(with_volume(bars, [10, 10, 0]), segment="rth")
    found = histogram_bars(bars, made, made.levels(fraction="0.50"))
    assert found["low"].to_list() == [25.0, 25.25, 25.5, 25.75, 26.0]
    assert found["volume"].to_list() == [2, 5, 6, 5, 2]
    assert found["length"].to_list() == [2 / 6, 5 / 6, 1.0, 5 / 6, 2 / 6]
    assert found["part"].to_list() == ["outside", "outside", "poc", "value", "value"]
    assert found["begin"].dt.epoch("ns").unique().to_list() == [at("2022-11-27 17:00")]
    assert found["end"].dt.epoch("ns").unique().to_list() == [at("2022-11-28 16:00")]


@given(tapes())
def test_parts_agree_with_the_levels(bars):
    made = profiles(bars, model=Model(row=2))
    levels = made.levels()
    found, lines = histogram_bars(bars, made, levels), level_lines(bars, made, levels)
    assert found["volume"].sum() == bars.volume.sum()
    assert lines.height == 3 * int(levels.present.sum())
    for e in np.flatnonzero(levels.present):
        own = found.filter(pl.col("session") == made.session[e])
        poc = own.filter(pl.col("part") == "poc").row(0, named=True)
        assert poc["low"] <= levels.poc[e] * 0.25 <= poc["high"]
        inside = own.filter(pl.col("part") != "outside")
        assert inside["low"].min() >= levels.val[e] * 0.25
        assert inside["high"].max() <= levels.vah[e] * 0.25
        named = lines.filter(pl.col("session") == made.session[e])
        said = {"poc": levels.poc[e], "vah": levels.vah[e], "val": levels.val[e]}
        assert dict(named.select("level", "price").rows()) == {n: x * 0.25 for n, x in said.items()}


@given(tapes())
def test_steps_are_the_whole_developing_line(bars):
    found = developing_levels(bars)
    steps = developing_steps(bars, found)
    stamps = pl.DataFrame({"ts": bars.time}).with_columns(
        pl.col("ts").cast(pl.Datetime("ns", "UTC"))
    )
    for name in ("poc", "vah", "val"):
        own = steps.filter(pl.col("level") == name)
        drawn = stamps.join_asof(own, on="ts")["price"]
        level = getattr(found, name)
        expected = [
            value * 0.25 if there else None
            for value, there in zip(level.values, level.present, strict=True)
        ]
        assert drawn.to_list() == expected


def test_nothing_to_draw():
    night = bars_from(("2022-11-28 20:00", flat(10, 2)))
    made = profiles(night, segment="rth")
    assert histogram_bars(night, made, made.levels()).is_empty()
    assert level_lines(night, made, made.levels()).is_empty()
    assert developing_steps(night, developing_levels(night)).is_empty()
    assert developing_steps(night[:0], developing_levels(night[:0])).is_empty()
