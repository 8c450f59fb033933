"""Levels from the command line: printed, stored, written out, or refused in one line."""

import json
import sys
from types import SimpleNamespace

import polars as pl
import pytest

from engine.profile.developing import developing_levels
from engine.profile.histogram import profiles
from engine.profile.kernel import Levels

MARCH = ("--from", "2020-03-02", "--to", "2020-03-06")


def test_levels_are_printed_newest_last_and_stored(tickgrid, root):
    code, out, err = tickgrid("profile", "ES", *MARCH)
    assert code == 0
    assert "SYNTHETIC" in err
    assert "SYNTHETIC ES 1m (synthetic) rth from 2020-03-02 to 2020-03-06, 5 sessions" in out
    assert "pairs (tie up, poc tie mid), 70 % of volume, uniform, rows of 1 tick" in out
    days = [line.split()[0] for line in out.splitlines() if line.startswith("  2020-")]
    assert days == sorted(days)
    assert len(days) == 5
    assert "proxy: close_location" in out
    assert len(list((root / "levels").rglob("rth-pairs-*.parquet"))) == 1


def test_json_has_every_column_but_the_histogram(tickgrid):
    rows = json.loads(tickgrid("profile", "ES", *MARCH, "--json")[1])
    assert [row["trade_date"] for row in rows] == [f"2020-03-0{k}" for k in range(2, 7)]
    assert {"poc", "tpo_poc", "ib_low", "shape", "day_type", "delta_kind"} <= set(rows[0])
    assert "profile" not in rows[0]
    assert rows[0]["poc"] % 0.25 == 0


def test_a_file_of_prices_is_written_beside_the_store(tickgrid, tmp_path):
    path = tmp_path / "levels.parquet"
    assert tickgrid("profile", *MARCH, "--segment", "full", "--out", str(path))[0] == 0
    frame = pl.read_parquet(path)
    assert frame.height == 5
    assert set(frame["segment"]) == {"full"}
    assert (frame["high"] - frame["low"]).max() < 1_000


def test_developing_levels_are_those_of_the_last_session(tickgrid):
    code, out, _ = tickgrid("profile", "ES", *MARCH, "--developing")
    assert code == 0
    assert "the last 40 of 1,950 bars" in out
    assert "2020-03-06, UTC" in out
    rows = json.loads(tickgrid("profile", "ES", *MARCH, "--developing", "--json")[1])
    last = json.loads(tickgrid("profile", "ES", *MARCH, "--json")[1])[-1]
    assert {rows[-1][name] == last[name] for name in ("poc", "vah", "val")} == {True}


def test_a_narrow_terminal_does_without_some_columns(tickgrid, monkeypatch):
    monkeypatch.setattr("app.console.WIDE", 70)
    out = tickgrid("profile", "ES", *MARCH)[1]
    assert "delta " not in out.splitlines()[3]
    assert max(map(len, out.splitlines()[3:-2])) <= 70


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("NQ",), "no bars of NQ 1m"),
        (("EX",), "no instrument 'EX'"),
        (("ES", "--fraction", "70"), "a fraction above 0 and at most 1, not 70"),
        (("ES", "--rule", "pair"), "did you mean 'pairs'?"),
        (("ES", "--segment", "rht"), "did you mean 'rth'?"),
        (("ES", "--delta", "close"), "no delta proxy 'close'"),
        (("ES", "--row", "0"), "at least one tick, not 0"),
        (("ES", "--from", "2031-01-01"), "stored from 2020-01-02 to"),
        (("ES", "--from", "2020-03-07", "--to", "2020-03-08"), "no rth session from 2020-03-07"),
        (("ES", "--timeframe", "5m"), "no bars of ES 5m"),
        (("--timeframe", "5m"), "no 5m bars in"),
        (("ES", "--device", "gpu"), "no device 'gpu'"),
        (("ES", "--out", "levels.txt"), "levels are written as .parquet"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_line(tickgrid, arguments, said):
    code, _, err = tickgrid("profile", *arguments)
    assert code == 2
    assert said in err.splitlines()[-1]


BARS = ("--device", "cuda", *MARCH)


def test_without_pytorch_a_device_is_refused_with_the_way_to_get_it(tickgrid, monkeypatch):
    for name in ("torch", "engine.profile.torch"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delattr("engine.profile.torch", raising=False)
    code, _, err = tickgrid("profile", "ES", *BARS)
    assert (code, "cuda: PyTorch is not installed; `make torch` adds it" in err) == (2, True)


def test_a_device_that_cannot_serve_the_model_says_which_it_could(tickgrid):
    code, _, err = tickgrid("profile", "ES", *BARS, "--row", "4")
    assert (code, "rows of one tick; take --spread uniform" in err) == (2, True)


@pytest.fixture
def card(monkeypatch):
    """A machine with a card, whose tensor programs are played by the kernels."""

    def session_levels(bars, *, segment, fraction, rule, device):
        asked.append(device)
        return profiles(bars, segment=segment).levels(fraction=fraction, rule=rule)

    def developing(bars, *, segment, fraction, rule, device):
        asked.append(device)
        found = developing_levels(bars, segment=segment, fraction=fraction, rule=rule)
        poc, vah, val = (column.values for column in found)
        return Levels(poc, val, vah, poc, found.poc.present)

    asked: list[str] = []
    program = SimpleNamespace(session_levels=session_levels, developing_levels=developing)
    monkeypatch.setitem(sys.modules, "engine.profile.torch", program)
    monkeypatch.setattr("engine.profile.torch", program, raising=False)
    return asked


@pytest.mark.parametrize("what", [(), ("--developing",)])
def test_a_device_gives_the_same_table(tickgrid, card, what):
    ours = tickgrid("profile", "ES", *MARCH, *what, "--json")
    theirs = tickgrid("profile", "ES", *BARS, *what, "--json")
    assert (theirs[:2], card) == (ours[:2], ["cuda"])
