"""Names of columns as programs and vendors give them."""

import pytest

from engine.core.errors import DataError
from storage.ingest.aliases import by_name
from storage.ingest.lines import CLOCK, DAY, KIND, MOMENT, NAME, OTHER

BAR = (0, 1, 2, 3, 4)


@pytest.mark.covers("A-002")
@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("timestamp,Open,High,Low,Close,Volume,contract", (MOMENT, *BAR, NAME)),
        ("TIMESTAMP,OPEN,HIGH,LOW,CLOSE,VOLUME,Session", (MOMENT, *BAR, OTHER)),
        ("Date,Time,Open,High,Low,Close,Volume", (DAY, CLOCK, *BAR)),
        ("DATE,OPEN,HIGH,LOW,CLOSE,VOLUME,BAR_RANGE,VIX", (MOMENT, *BAR, OTHER, OTHER)),
        ("timestamp,date,open,high,low,close,volume,Volatility", (MOMENT, OTHER, *BAR, OTHER)),
        ("time,open,high,low,close,tick_volume,spread,expiry", (MOMENT, *BAR, OTHER, NAME)),
        ("ts_event,symbol,open,high,low,close,volume", (MOMENT, NAME, *BAR)),
        ("time,o,h,l,last", (MOMENT, *BAR[:4])),
    ],
)
def test_headers_of_vendors_are_understood(header, roles):
    found = by_name(header.split(","), "x.csv")
    assert (found.roles, found.ticks) == (roles, False)


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("timestamp,price,size", (MOMENT, 3, 4)),
        ("Time (UTC),Last,Bid,Ask,Volume", (MOMENT, 3, OTHER, OTHER, 4)),
        ("date,time,price,qty,side,symbol", (DAY, CLOCK, 3, 4, OTHER, NAME)),
        ("ts,Type,Price,Quantity", (MOMENT, KIND, 3, 4)),
        ("ts,price", (MOMENT, 3)),
    ],
)
def test_headers_of_trades_are_told_from_those_of_bars(header, roles):
    found = by_name(header.split(","), "x.csv")
    assert (found.roles, found.ticks) == (roles, True)


def test_what_makes_neither_a_bar_nor_a_trade_is_refused():
    with pytest.raises(DataError, match="row 1 has no column for open, high, low, time"):
        by_name(["price", "size"], "x.csv")
