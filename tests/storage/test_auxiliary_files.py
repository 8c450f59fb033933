"""Files of auxiliary series from the command line, joined only once they were published."""

import json

import numpy as np
import polars as pl
import pytest

from app import cli
from engine.core.asof import closes
from engine.core.errors import DataError, ParameterError
from engine.core.zone import MINUTE
from storage.auxiliary import Clock, beside, lag_of, load_series, store_series
from storage.auxiliary_files import read_series
from tests.storage.made import tape

CSV = "Date,Open,Close\n2020-12-29,22.0,23.1\n2020-12-30,23.0,.\n2020-12-31,22.5,22.7\n"
CLOCK = Clock("15:15", "America/Chicago")


@pytest.fixture
def run(tmp_path, capsys):
    (tmp_path / "VIX.csv").write_text(CSV)

    def command(*words):
        capsys.readouterr()
        place = ("--root", str(tmp_path / "data"))
        return cli.main(["data", "aux", *words, *place]), *capsys.readouterr()

    return command


def test_a_series_is_brought_in_with_its_lag_and_listed(run, tmp_path):
    file = str(tmp_path / "VIX.csv")
    assert "no auxiliary series is stored yet" in run()[1]
    zone = ("--at", "15:15", "--tz", "America/Chicago", "--lag", "30")
    code, _, err = run(file, "--name", "vix", *zone)
    assert code == 0
    assert "1 rows, first 2020-12-30T21:15:00Z: close is missing" in err
    (row,) = json.loads(run("--json")[1])
    assert row == {
        "name": "vix",
        "columns": "open, close",
        "rows": 3,
        "lag": 30,
        "first": "2020-12-29T21:15:00Z",
        "last": "2020-12-31T21:15:00Z",
    }


def test_dates_alone_need_the_time_they_are_about(run, tmp_path):
    code, _, err = run(str(tmp_path / "VIX.csv"))
    assert (code, "--at 15:15 --tz America/Chicago" in err) == (2, True)


@pytest.mark.parametrize("lag", [0, 30])
def test_a_bar_sees_a_value_from_its_publication_on(tmp_path, lag):
    (tmp_path / "VIX.csv").write_text(CSV)
    store_series(tmp_path, read_series(tmp_path / "VIX.csv", "vix", CLOCK), lag)
    bars, series = tape(), load_series(tmp_path, "vix")
    values, present = beside(tmp_path, bars, "vix", "open").dense()
    ends, published = closes(bars), series.time + lag * MINUTE
    for k, end in enumerate(ends[::7].tolist()):
        known = [v for v, at in zip(series.values["open"], published, strict=True) if at <= end]
        assert present[7 * k] == bool(known)
        assert not known or values[7 * k] == known[-1]
    first = int(np.argmax(present))
    assert ends[first] - published[0] < MINUTE


def test_parquet_with_moments_needs_no_clock(tmp_path):
    stamps = pl.Series("TS", [10**18, 2 * 10**18]).cast(pl.Datetime("ns", "UTC"))
    pl.DataFrame([stamps, pl.Series("value", [1, 2])]).write_parquet(tmp_path / "x.parquet")
    series = read_series(tmp_path / "x.parquet", "x", None)
    assert series.time.tolist() == [10**18, 2 * 10**18]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (b"PAR1junk", "cannot be read"),
        (b"a,b\n1,2\n", "needs a column ts"),
    ],
)
def test_what_is_no_series_is_refused_by_name(tmp_path, content, said):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_series(tmp_path / "x.csv", "x", None)
    with pytest.raises(DataError, match="nowhere"):
        read_series(tmp_path / "nowhere.csv", "x", None)


def test_nothing_is_published_before_it_is_so(tmp_path):
    (tmp_path / "VIX.csv").write_text(CSV)
    series = read_series(tmp_path / "VIX.csv", "vix", CLOCK)
    with pytest.raises(ParameterError, match="30 minutes before"):
        store_series(tmp_path, series, -30)
    store_series(tmp_path, series)
    assert lag_of(tmp_path, "vix") == 0
