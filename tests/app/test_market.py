"""Which bars a study plays: real before synthetic, never a mixture, never silently less."""

from dataclasses import replace
from datetime import date

import pytest

from app.market import bars_of, lacks, make, open_days
from app.study import Study
from engine.core.aside import aside
from engine.core.asof import auxiliary
from engine.core.bars import Bars, Origin
from engine.core.calendars import calendar
from engine.core.errors import StudyError, TickgridError, UnknownError
from storage.auxiliary import store_series
from storage.lake import Lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Synthetic ES of thirty sessions, and ten sessions of NQ that came from a vendor."""
    found = Lake(tmp_path_factory.mktemp("lake"))
    make(found, "ES", date(2024, 1, 2), 30, 7)
    made = make(Lake(found.root / "aside"), "NQ", date(2024, 1, 2), 10, 7)
    found.write_bars(replace(made, origin=Origin("vendor", contracts=made.origin.contracts)))
    return found


def study(symbol="ES", holdout=None, **data):
    values = {"study": "x", "strategy": "opening_drive", "data": {"symbol": symbol, **data}}
    return Study.model_validate(values | ({"holdout": {"from": holdout}} if holdout else {}))


def ends(bars: Bars) -> tuple[str, str]:
    return tuple(str(bars.sessions.trade_date(int(bars.session[k]))) for k in (0, -1))


def test_without_dates_everything_stored_is_read(lake):
    assert ends(bars_of(lake, study(), None)) == ("2024-01-02", "2024-02-13")


def test_dates_are_inclusive_and_need_be_no_trade_dates(lake):
    asked = study(**{"from": date(2024, 1, 1), "to": date(2024, 1, 15)})
    assert ends(bars_of(lake, asked, None)) == ("2024-01-02", "2024-01-12")


def test_days_are_the_last_sessions_of_what_was_asked(lake):
    assert ends(bars_of(lake, study(), 3)) == ("2024-02-09", "2024-02-13")
    asked = study(to=date(2024, 1, 12))
    bars = bars_of(lake, asked, 2)
    assert ends(bars) == ("2024-01-11", "2024-01-12")
    same = bars_of(lake, study(**{"from": date(2024, 1, 11), "to": date(2024, 1, 12)}), None)
    assert bars.fingerprint == same.fingerprint


def test_from_the_holdout_on_nothing_is_read(lake):
    assert ends(bars_of(lake, study(holdout=date(2024, 1, 17)), None))[1] == "2024-01-16"
    early = study(holdout=date(2024, 1, 17), to=date(2024, 1, 5))
    assert ends(bars_of(lake, early, None))[1] == "2024-01-05"
    with pytest.raises(
        StudyError, match=r"no session of ES 1m .* lies from its start to 2024-01-01"
    ):
        bars_of(lake, study(holdout=date(2024, 1, 2)), None)


@pytest.mark.parametrize(
    "data",
    [
        {"from": date(2023, 12, 1)},
        {"to": date(2024, 3, 1)},
        {"from": date(2009, 1, 1)},
        {"to": date(2040, 1, 1)},
        {"from": date(2025, 1, 6), "to": date(2025, 2, 3)},
    ],
)
def test_dates_beyond_what_is_stored_are_refused(lake, data):
    said = "is stored from 2024-01-02 to 2024-02-13; change data.from and data.to, or store more"
    with pytest.raises(StudyError, match=said):
        bars_of(lake, study(**data), None)


def test_dates_without_a_session_are_refused(lake):
    asked = study(**{"from": date(2024, 1, 13), "to": date(2024, 1, 14)})
    with pytest.raises(StudyError, match=r"no session of ES 1m .* lies from 2024-01-13 to 2024-01"):
        bars_of(lake, asked, None)


def test_only_the_default_market_is_made_unasked(lake, tmp_path):
    empty = Lake(tmp_path)
    assert not lacks(lake, study().data)
    assert lacks(empty, study().data)
    assert lacks(empty, study(source="synthetic").data)
    assert lacks(empty, study(timeframe="5m").data)  # folded from the minutes that are made
    for other in (study("NQ"), study(source="vendor")):
        with pytest.raises(TickgridError, match="no bars of"):
            lacks(empty, other.data)
    with pytest.raises(TickgridError, match="no instrument 'XY'"):
        lacks(empty, study("XY").data)


def test_real_bars_are_never_shadowed(lake):
    assert not bars_of(lake, study("NQ"), None).origin.synthetic
    make(lake, "NQ", date(2024, 1, 2), 5, 7)
    assert bars_of(lake, study("NQ"), None).origin.source == "vendor"
    assert bars_of(lake, study("NQ", source="synthetic"), None).origin.synthetic


def test_whether_a_market_was_open_between_two_dates():
    hours = calendar("cme_equity")
    assert open_days(hours, date(2024, 1, 2), date(2024, 1, 3))
    assert not open_days(hours, date(2024, 1, 6), date(2024, 1, 7))
    assert not open_days(hours, date(2024, 1, 3), date(2024, 1, 2))
    assert open_days(hours, date(1990, 1, 3), date(1990, 1, 4))


def test_series_beside_bars_come_from_the_store_under_the_names_a_study_gives(lake):
    bars, root = bars_of(lake, study(), 2), lake.root
    fear = auxiliary("dvol_es", bars.time[:1], {"close": [50.0], "open": [40.0]})
    store_series(root, fear, lag=60)
    asked = study(beside={"dvol": {"series": "dvol_es", "column": "open"}})
    read = bars_of(lake, asked, 2)
    values, known = aside(read, "dvol").dense()
    assert known.tolist() == [k >= 59 for k in range(len(bars))]
    assert set(values[known]) == {40.0}
    assert not aside(read, "gamma").present.any()
    assert read.fingerprint != bars.fingerprint
    with pytest.raises(UnknownError, match="did you mean 'dvol_es'"):
        bars_of(lake, study(beside={"dvol": {"series": "dvol_se"}}), 2)
