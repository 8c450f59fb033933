"""What is stored is judged by the same rules, whoever stored it."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from engine.core.bars import MINUTE, Origin
from engine.core.contracts import instrument
from engine.core.errors import StoreError
from engine.synth.market import synthesise
from storage.judge.check import check
from storage.judge.plausible import implausible, price_range
from storage.judge.rows import grid_of, grid_of_floats
from storage.lake import Lake

BARS = synthesise(instrument("ES"), date(2024, 4, 1), 8, 5)
PRICES = ("open", "high", "low", "close")


def stored(root, **columns):
    """Ticks as another program would write them into the store's folders."""
    known = {name: getattr(BARS, name) for name in (*PRICES, "volume")} | columns
    time = pl.Series(columns.pop("ts", BARS.time)).cast(pl.Datetime("ns", "UTC"))
    known.pop("ts", None)
    folder = root / "bars" / "source=other" / "symbol=ES" / "timeframe=1m" / "year=2024"
    folder.mkdir(parents=True)
    pl.DataFrame({"ts": time, **known}).write_parquet(folder / "part.parquet")
    return Lake(root)


def found(lake):
    (report,) = check(lake, "ES")
    assert report.balanced
    return {kind: one.found for kind, one in report.defects.items()}


def test_good_bars_have_no_defect(tmp_path):
    Lake(tmp_path).write_bars(
        replace(BARS, origin=Origin("vendor", contracts=BARS.origin.contracts))
    )
    (report,) = check(Lake(tmp_path), "ES")
    assert report.defects == {}
    assert report.counts == {"read": len(BARS), "stored": len(BARS), "kept out by imports": 0}
    assert report.facts["source"] == "vendor"
    assert report.clean


def test_every_source_has_its_report(tmp_path):
    Lake(tmp_path).write_bars(
        replace(BARS, origin=Origin("vendor", contracts=BARS.origin.contracts))
    )
    Lake(tmp_path).write_bars(BARS)
    reports = check(Lake(tmp_path), "ES")
    assert [report.subject for report in reports] == ["ES 1m (synthetic)", "ES 1m (vendor)"]


def test_rows_that_break_a_rule_are_told_by_their_time(tmp_path):
    high, volume, time = (np.array(getattr(BARS, n)) for n in ("high", "volume", "time"))
    high[5] = 1
    volume[9] = -4
    time[20] = time[19]
    time[30], time[31] = time[31], time[30]
    lake = stored(tmp_path, high=high, volume=volume, ts=time)
    said = found(lake)
    kept_out = {"order": 1, "negative_volume": 1, "duplicate": 1, "out_of_order": 1}
    assert kept_out.items() <= said.items()
    assert check(lake, "ES")[0].defects["order"].where == ("2024-03-31T22:05:00Z",)


def test_bars_outside_the_sessions_and_the_years_known_are_found(tmp_path):
    time = BARS.time + 3 * 60 * MINUTE
    time[-1] = 2_000_000_040 * 10**9
    said = found(stored(tmp_path, ts=time))
    assert said["outside"] > 300
    assert said["unknown_hours"] == 1
    assert said["clock"] == 1


def test_another_scale_is_found(tmp_path):
    lake = stored(tmp_path, **{name: getattr(BARS, name) // 100 for name in PRICES})
    assert found(lake)["scale"] == 1


def test_a_part_behind_its_clock_is_named_by_its_time(tmp_path):
    time = np.array(BARS.time)
    time[7000:] -= 60 * MINUTE
    (report,) = check(stored(tmp_path, ts=time), "ES")
    one = report.defects["clock"]
    assert "-60 minutes late from" in one.detail
    assert one.where == (str(np.datetime64(int(time[7000]), "ns").astype("M8[s]")) + "Z",)
    assert not report.clean


def test_decimals_of_another_program_wait_for_their_import(tmp_path):
    lake = stored(tmp_path, **{name: getattr(BARS, name) * 0.25 for name in PRICES})
    with pytest.raises(StoreError, match=r"run: tickgrid data import part.parquet --symbol ES"):
        check(lake, "ES")


def test_a_symbol_that_is_not_stored_is_named(tmp_path):
    with pytest.raises(StoreError, match="no bars of NQ 1m"):
        check(Lake(tmp_path), "NQ")


@pytest.mark.parametrize(
    ("symbol", "middle", "said"),
    [
        ("ES", 5000, ""),
        ("ES", 50, "--scale 100 would fit"),
        ("ES", 20_000, "--scale 0.1 would fit"),
        ("ES", 3, "--scale 1000 would fit"),
        ("CL", -20, ""),
        ("SI", 10**7, "perhaps another --symbol"),
    ],
)
def test_prices_of_another_scale_or_symbol_do_not_pass(symbol, middle, said):
    known = instrument(symbol)
    closes = np.full(9, int(middle / float(known.tick)))
    assert said in implausible(known, closes)
    assert bool(said) == bool(implausible(known, closes))


def test_nothing_is_said_about_an_unknown_market_or_no_prices():
    own = replace(instrument("ES"), symbol="XX")
    assert price_range(own) is None
    assert implausible(own, np.array([1])) == ""
    assert implausible(instrument("ES"), np.zeros(0, np.int64)) == ""


def test_the_grid_that_would_fit_is_the_largest_common_step():
    assert str(grid_of(np.array([450_010, 450_025]), 2)) == "0.05"
    assert grid_of(np.zeros(3, np.int64), 2) is None
    assert grid_of(np.zeros(0, np.int64), 2) is None
    assert str(grid_of_floats(np.array([4500.1, 4500.3, np.nan, 1e300]))) == "0.1"
