"""From the command line: one session in depth, naked levels, sessions without volume."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from app.session_page import of_contract
from engine.core.errors import UnknownError

DAY = "2020-03-04"
WEEK = ("--from", "2020-03-02", "--to", "2020-03-06")


@pytest.mark.covers("A-062")
def test_a_session_in_depth_has_profile_nodes_and_delta(tickgrid):
    day = ("--from", DAY, "--to", DAY)
    row = json.loads(tickgrid("profile", "ES", *day, "--json")[1])[0]
    found = json.loads(tickgrid("profile", "ES", "--on", DAY, "--json")[1])[0]
    assert found["levels"] == row
    rows = found["rows"]
    assert sum(line["volume"] for line in rows) == row["volume"]
    assert sum(line["delta"] for line in rows) == row["delta"]
    best = max(line["volume"] for line in rows)
    assert best == next(line["volume"] for line in rows if line["price"] == row["poc"])
    assert {node["node"] for node in found["nodes"]} >= {"hvn"}
    assert all(row["low"] <= zone["low"] <= zone["high"] <= row["high"] for zone in found["zones"])


@pytest.mark.covers("A-062")
def test_a_session_in_depth_is_printed_from_the_top_down(tickgrid):
    code, out, _ = tickgrid("profile", "ES", "--on", DAY)
    assert code == 0
    assert f"rth {DAY}" in out
    assert "####" in out
    for word in ("poc", "vah", "val", "hvn", "nodes", "proxy: close_location"):
        assert word in out
    histogram = [line for line in out.splitlines() if "#" in line]
    prices = [float(line.split()[0]) for line in histogram]
    assert prices == sorted(prices, reverse=True)
    assert len(prices) <= 40


@pytest.mark.covers("A-062")
def test_one_contract_of_a_date(bars):
    code = np.where(np.arange(len(bars)) < 100, 1, 2).astype(np.int32)
    named = replace(
        bars, contract=code, origin=replace(bars.origin, contracts=("", "ESH24", "ESM24"))
    )
    assert len(of_contract(named, "ESH24")) == 100
    assert len(of_contract(named, None)) == len(bars)
    with pytest.raises(UnknownError, match="no contract 'ESU24'"):
        of_contract(named, "ESU24")
    with pytest.raises(UnknownError, match="no contract 'ESH24'"):
        of_contract(replace(bars, contract=None), "ESH24")


def test_naked_levels_are_those_no_later_bar_came_back_to(tickgrid):
    rows = json.loads(tickgrid("profile", "ES", "--naked", "--json")[1])
    assert rows
    assert [row["date"] for row in rows] == sorted((row["date"] for row in rows), reverse=True)
    table = pl.DataFrame(json.loads(tickgrid("profile", "ES", "--json")[1]))
    for row in rows:
        day = table.filter(pl.col("trade_date") == row["date"])
        assert row["price"] == day[row["level"]][0]
        later = table.filter(pl.col("trade_date") > row["date"])
        assert row["age"] == later.height
        touched = later.filter((pl.col("low") <= row["price"]) & (row["price"] <= pl.col("high")))
        assert touched.is_empty()
    out = tickgrid("profile", "ES", "--naked")[1]
    assert f"{len(rows)} naked levels after" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--on", "2020-03-07"), "has no session on 2020-03-07"),
        (("--on", "2031-03-07"), "stored from 2020-01-02"),
        (("--on", DAY, "--contract", "ESZ29"), "no contract 'ESZ29'"),
        ((*WEEK, "--untraded", "tpos"), "did you mean 'tpo'?"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_line(tickgrid, arguments, said):
    code, _, err = tickgrid("profile", "ES", *arguments)
    assert code == 2
    assert said in err.splitlines()[-1]


def test_sessions_that_traded_need_no_stand_in(tickgrid):
    one, other = (
        tickgrid("profile", "ES", *WEEK, "--json", *more)[1] for more in ((), ("--untraded", "tpo"))
    )
    assert one == other
