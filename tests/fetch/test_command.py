"""`tickgrid data fetch`, as a user runs it."""

import json

import pytest

from app import cli
from tests.fetch.exchange import Exchange, status


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Exit code and what was printed."""
    monkeypatch.setenv("no_proxy", "*")

    def fetch(*words):
        code = cli.main(["data", "fetch", *words, "--root", str(tmp_path / "data")])
        return code, *capsys.readouterr()

    return fetch


def test_a_download_prints_its_report_and_the_second_finds_nothing_new(run):
    with Exchange(1440) as server:
        words = ("BTCUSDT", "--from", "2024-03-01", "--to", "2024-03-01", "--url", server.base)
        server.date = "Sun, 03 Mar 2024 12:00:00 GMT"
        code, out, err = run(*words)
        assert (code, err) == (0, "")
        assert "BTCUSDT 1m from binance" in out
        assert "1,440 new" in out
        code, _, err = run(*words)
        assert (code, "nothing new" in err) == (0, True)
        code, out, _ = run(*words, "--again", "--json")
        assert json.loads(out)["rows"]["already stored"] == 1440


def test_what_cannot_be_is_one_clear_line(run):
    for words, said in (
        (("ES", "--from", "2024-03-01"), "no instrument 'ES' at binance"),
        (("BTCUSDT", "--from", "2024-03-01", "--source", "binanse"), "did you mean 'binance'?"),
        (("BTCUSDT", "--from", "yesterday"), "'yesterday' is no date"),
        (("BTCUSDT", "--from", "2024-03-01", "--timeframe", "7m"), "it has 1m, 3m"),
        (("BTCUSDT",), "Missing option '--from'"),
    ):
        code, out, err = run(*words)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert said in err


def test_a_refusal_of_the_exchange_is_exit_2(run):
    with Exchange(1) as server:
        server.faults = [status(451, b'{"msg": "Service unavailable from a restricted location"}')]
        code, _, err = run("BTCUSDT", "--from", "2024-03-01", "--url", server.base)
    assert code == 2
    assert "binance refuses (451): Service unavailable from a restricted location" in err
