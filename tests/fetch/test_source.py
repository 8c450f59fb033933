"""A source is a name, the instruments it has, and pages of closed bars."""

from datetime import date

import pytest

from engine.research.watch import unseen
from storage.fetch.fetching import Asked, fetch
from storage.fetch.source import Row
from storage.lake import Lake
from tests.fetch.exchange import MINUTE


class Vendor:
    """A source of one's own: an instrument and an interval that Binance does not have."""

    name = "vendor"

    def symbols(self, known):
        return tuple(it.symbol for it in known if it.symbol == "ES")

    def pages(self, instrument, span):
        assert instrument.symbol == "ES"
        opens = range(span.since, span.since + 10 * span.minutes * MINUTE, span.minutes * MINUTE)
        rows = [Row(at, "5000.25", "5001", "4999.75", "5000", "12") for at in opens]
        yield rows[:6]
        yield rows[6:]


@pytest.mark.covers("B-001")
def test_another_source_is_one_class_and_says_where_bars_are_from(tmp_path):
    asked = Asked(symbol="ES", first=date(2024, 3, 4), last=date(2024, 3, 8), minutes=5)
    done = fetch(Lake(tmp_path), Vendor(), asked, unseen)
    assert done.report.facts["source"] == "vendor"
    assert done.report.facts["timeframe"] == "5m"
    bars = Lake(tmp_path).bars("ES", timeframe="5m")
    assert (bars.origin.source, bars.minutes, len(bars)) == ("vendor", 5, 10)
    listing = Lake(tmp_path).listing().to_dicts()
    assert [(row["source"], row["timeframe"]) for row in listing] == [("vendor", "5m")]
