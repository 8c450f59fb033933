"""Downloads from an exchange that misbehaves end as every closed bar in the store, each once."""

import threading
from datetime import date

import numpy as np
import pytest

from engine.core.errors import DataError, ParameterError, UnknownError
from engine.research.watch import unseen
from storage.fetch import fetching
from storage.fetch.binance import MARKETS, Binance
from storage.fetch.fetching import Asked, fetch
from storage.fetch.http import LONGEST_WAIT, TRIES
from storage.lake import Lake
from tests.fetch import exchange
from tests.fetch.exchange import MINUTE, START, Exchange, kline, saying, status
from tests.ingest.files import snapshot

NOW = START / 1000 + 86_370.0  # half a minute before midnight: one minute is not over


@pytest.fixture(autouse=True)
def direct(monkeypatch):
    """No proxy stands between a test and its own machine."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def naps():
    """How long the client slept, which takes no time."""
    return []


def bring(root, server, naps, *, told=unseen, timeout=20.0, now=NOW, **asked):
    source = Binance(server.base, naps.append, lambda: now, timeout)
    wanted = {"symbol": "BTCUSDT", "first": date(2024, 3, 1), **asked}
    return fetch(Lake(root), source, Asked(**wanted), told, lambda: now)


def opens(root, symbol="BTCUSDT", **how):
    return (Lake(root).bars(symbol, **how).time // 1_000_000).tolist()


def every(count, minutes=1):
    return [START + n * minutes * MINUTE for n in range(count)]


@pytest.mark.covers("QA-101")
def test_pages_of_a_thousand_become_bars_and_the_open_one_waits(tmp_path, naps):
    shown = []
    with Exchange(1440) as server:
        done = bring(tmp_path, server, naps, told=lambda *said: shown.append(said))
        assert opens(tmp_path) == every(1439)  # the last minute of the day is not over
        assert [int(query["limit"]) for _, query in server.asked] == [1000, 1000]
        assert [int(query["startTime"]) for _, query in server.asked][1] == START + 1000 * MINUTE
    assert done.report.counts == {"read": 1439, "stored": 1439, "new": 1439, "already stored": 0}
    assert shown == [(1000, 1439), (1439, 1439)]
    assert naps == []


def test_prices_and_volumes_are_exact(tmp_path, naps):
    with Exchange(3) as server:
        bring(tmp_path, server, naps)
    bars = Lake(tmp_path).bars("BTCUSDT")
    price = (60_000 + np.array(every(3)) // MINUTE % 1_000) * 100
    assert bars.open.tolist() == price.tolist()
    assert bars.high.tolist() == (price + 110).tolist()
    assert bars.close.tolist() == (price + 10).tolist()
    assert bars.volume.tolist() == [1_234_567] * 3
    assert bars.origin.source == "binance"


@pytest.mark.covers("QA-101")
def test_a_second_fetch_asks_only_for_what_came_since(tmp_path, naps):
    with Exchange(1440) as server:
        bring(tmp_path, server, naps, now=START / 1000 + 600 * 60)
        server.asked.clear()
        done = bring(tmp_path, server, naps)
        assert int(server.asked[0][1]["startTime"]) == START + 600 * MINUTE
        assert done.report.counts["new"] == 839
        assert opens(tmp_path) == every(1439)
        before = snapshot(tmp_path)
        again = bring(tmp_path, server, naps)
        assert again.report.counts["read"] == 0
        assert again.written == ()
        assert snapshot(tmp_path) == before


def test_stored_bars_are_asked_for_again_on_demand_and_fill_holes(tmp_path, naps):
    with Exchange(50, missing=range(10, 20)) as server:
        done = bring(tmp_path, server, naps)
        assert done.report.defects["gap"].rows == 10
        server.klines = Exchange(50).klines
        assert bring(tmp_path, server, naps).report.counts["read"] == 0
        filled = bring(tmp_path, server, naps, again=True)
        assert filled.report.counts["new"] == 10
        assert opens(tmp_path) == every(50)


def test_bars_before_the_stored_ones_are_fetched_too(tmp_path, naps):
    with Exchange(2880) as server:
        server.date = "Sun, 03 Mar 2024 12:00:00 GMT"
        later = START / 1000 + 2 * 86_400
        bring(tmp_path, server, naps, now=later, first=date(2024, 3, 2))
        bring(tmp_path, server, naps, now=later)
        assert opens(tmp_path) == every(2880)


GATE = threading.Event()
FAULTS = {
    "an error of the server": status(500),
    "a gateway that is down": status(503, b"<html>down</html>", Retry_After="2"),
    "too many requests": status(429, b'{"code":-1003}', Retry_After="7"),
    "a ban": status(418, Retry_After="11"),
    "too many requests, no word on how long": status(429),
    "too many requests until a moment": status(429, Retry_After="Fri, 01 Mar 2024 23:59:50 GMT"),
    "too many requests until nonsense": status(429, Retry_After="soon"),
    "json cut short": exchange.truncated,
    "a connection cut short": exchange.cut,
    "a connection closed": exchange.closed,
    "html": saying(b"<html><body>Welcome</body></html>"),
    "bytes of no text": saying(b"\xff\xfe\x00"),
    "an object": saying({"code": 0, "msg": "hello"}),
    "an empty page": saying([]),
    "a page of the past": saying([kline(START - 60 * MINUTE)]),
    "klines out of order": saying([kline(START + MINUTE), kline(START)]),
    "a kline of three fields": saying([[START, "1", "2"]]),
    "a price that is none": saying([[START, "NaN", "1", "1", "1", "1", START + MINUTE - 1]]),
    "a price as a number": saying([[START, 1.5, "1", "1", "1", "1", START + MINUTE - 1]]),
    "a slow page": exchange.slow(GATE),
}


@pytest.mark.covers("QA-101")
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_waited_out_and_nothing_is_lost_or_doubled(tmp_path, naps, name):
    GATE.clear()
    with Exchange(30) as server:
        server.faults = [FAULTS[name]]
        done = bring(tmp_path, server, naps, timeout=0.3 if "slow" in name else 20.0)
        GATE.set()
        assert opens(tmp_path) == every(30)
    assert done.report.counts["new"] == 30
    waited = {"a ban": [11], "too many requests": [7], "a gateway that is down": [2]}
    waited |= {"too many requests until a moment": [20], "an empty page": []}
    assert naps == waited.get(name, [0.5])


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_between_two_pages_is_waited_out_too(tmp_path, naps, name):
    GATE.clear()
    with Exchange(1100) as server:
        server.faults = [None, FAULTS[name]]
        bring(tmp_path, server, naps, timeout=0.3 if "slow" in name else 20.0)
        GATE.set()
        assert opens(tmp_path) == every(1100)


@pytest.mark.covers("QA-101")
def test_tries_are_bounded_and_pauses_grow(tmp_path, naps):
    with Exchange(1100) as server:
        server.faults = [None, *[status(500)] * TRIES]
        with pytest.raises(DataError, match=f"binance gave no answer in {TRIES} tries.*status 500"):
            bring(tmp_path, server, naps)
        assert naps == [0.5, 1.0, 2.0, 4.0, 8.0]
        assert opens(tmp_path) == every(1000)  # what came before is stored
        bring(tmp_path, server, naps)
        assert opens(tmp_path) == every(1100)


def test_a_page_that_is_repeated_for_ever_ends_in_one_line(tmp_path, naps):
    with Exchange(1100) as server:
        server.faults = [None, *[saying([kline(START)])] * TRIES]
        with pytest.raises(DataError, match="a page that was there before"):
            bring(tmp_path, server, naps)
        assert opens(tmp_path) == every(1000)


def test_a_server_that_wants_to_be_left_alone_for_long_is(tmp_path, naps):
    with Exchange(3) as server:
        server.faults = [status(418, Retry_After=int(LONGEST_WAIT) + 1)]
        with pytest.raises(DataError, match=r"left alone for 301 s \(status 418"):
            bring(tmp_path, server, naps)
    assert naps == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code":-1121,"msg":"Invalid symbol."}', "Invalid symbol."),
        (b"<html>no</html>", "<html>no</html>"),
        (b"", "Bad Request"),
    ],
)
def test_what_the_server_refuses_is_not_tried_again(tmp_path, naps, body, said):
    with Exchange(3) as server:
        server.faults = [status(400, body)]
        with pytest.raises(DataError, match=r"binance refuses \(400\): ") as caught:
            bring(tmp_path, server, naps)
        assert said in str(caught.value)
        assert len(server.asked) == 1
    assert not (tmp_path / "bars").exists()


def test_no_server_at_all_is_one_line(tmp_path, naps):
    with Exchange(0) as server:
        pass
    with pytest.raises(DataError, match="gave no answer in 6 tries"):
        bring(tmp_path, server, naps)


def test_without_the_time_of_the_server_our_own_clock_tells_what_is_closed(tmp_path, naps):
    with Exchange(1440) as server:
        server.date = "whenever"
        bring(tmp_path, server, naps, now=START / 1000 + 10.5 * 60)
    assert opens(tmp_path) == every(10)


def test_a_slow_clock_here_and_a_page_of_open_bars_store_nothing_open(tmp_path, naps):
    with Exchange(5) as server:
        server.date = "Fri, 01 Mar 2024 00:00:30 GMT"
        assert bring(tmp_path, server, naps).report.counts["read"] == 0
        assert not (tmp_path / "bars").exists()


@pytest.mark.parametrize("minutes", [60, 1440])
def test_longer_bars_are_stored_as_what_they_are(tmp_path, naps, minutes):
    with Exchange(1, minutes) as server:
        server.date = "Sun, 03 Mar 2024 12:00:00 GMT"
        bring(tmp_path, server, naps, minutes=minutes, now=START / 1000 + 2 * 86_400)
        assert server.asked[0][1]["interval"] == {60: "1h", 1440: "1d"}[minutes]
    assert opens(tmp_path, timeframe=f"{minutes}m") == every(1)


def test_perpetuals_are_another_market(tmp_path, naps):
    with Exchange(3) as server:
        server.klines = [[*row[:5], "1.234", *row[6:]] for row in server.klines]
        bring(tmp_path, server, naps, symbol="BTCUSDT-PERP")
        path, query = server.asked[0]
    assert (path, query["symbol"]) == (MARKETS["perpetual"].path, "BTCUSDT")
    assert opens(tmp_path, "BTCUSDT-PERP") == every(3)


def test_an_instrument_of_ones_own_is_fetched_too(tmp_path, naps):
    own = "{symbol: SOLUSDT, name: Sol, exchange: binance, kind: spot, currency: USDT, tick: 0.1,"
    more = " lot: 0.000001, point_value: 1, money_unit: 0.0001, calendar: crypto}"
    (tmp_path / "instruments.yaml").write_text(f"SOLUSDT: {own}{more}")
    with Exchange(3) as server:
        bring(tmp_path, server, naps, symbol="SOLUSDT")
    assert opens(tmp_path, "SOLUSDT") == every(3)


def test_what_makes_no_sense_is_refused_before_anything_is_asked(tmp_path, naps):
    with Exchange(3) as server:
        with pytest.raises(UnknownError, match="no instrument 'ES' at binance"):
            bring(tmp_path, server, naps, symbol="ES")
        with pytest.raises(ParameterError, match="no bars of 7 minutes; it has 1m, 3m"):
            bring(tmp_path, server, naps, minutes=7)
        with pytest.raises(ParameterError, match="--to 2024-02-01 is before --from"):
            bring(tmp_path, server, naps, last=date(2024, 2, 1))
        with pytest.raises(ParameterError, match="known from 2010-01-01 to 2040-12-31 only"):
            bring(tmp_path, server, naps, first=date(2050, 1, 1))
        assert server.asked == []
    with pytest.raises(ParameterError, match="no address of a server"):
        fetch(
            Lake(tmp_path),
            Binance("file:///etc"),
            Asked(symbol="BTCUSDT", first=date(2024, 3, 1)),
            unseen,
        )


def test_the_last_date_asked_for_is_the_last_fetched(tmp_path, naps):
    with Exchange(2880) as server:
        server.date = "Sun, 03 Mar 2024 12:00:00 GMT"
        bring(tmp_path, server, naps, last=date(2024, 3, 1), now=START / 1000 + 3 * 86_400)
    assert opens(tmp_path) == every(1440)


def test_long_downloads_are_stored_a_stretch_at_a_time(tmp_path, naps, monkeypatch):
    monkeypatch.setattr(fetching, "STRETCH", 1000)
    with Exchange(2500) as server:
        server.date = "Sun, 03 Mar 2024 12:00:00 GMT"
        server.faults = [None, None, *[status(500)] * TRIES]
        with pytest.raises(DataError, match="no answer"):
            bring(tmp_path, server, naps, now=START / 1000 + 3 * 86_400)
        assert opens(tmp_path) == every(2000)
        done = bring(tmp_path, server, naps, now=START / 1000 + 3 * 86_400)
        assert done.report.counts["new"] == 500
    assert opens(tmp_path) == every(2500)
