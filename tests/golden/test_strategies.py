"""The first trades of every strategy, each with the bars that its setup was made from.

Played is the first combination of the strategy's own study: a change that moves a tick of a setup,
of a level or a fill, or an attribute, shows here and says for which trade. The certificate of a
trade names the shortest history, in whole sessions, that makes the same setup, and the bytes of its
bars: when only those change, the market has moved and not the strategy.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from adapters import names
from app.resolve import Experiment, experiment_of, single
from app.yaml_lines import read
from engine import Bars, Setups, Strategy, bars_of, resample
from engine.core.bars import Origin
from engine.core.contracts import instrument
from engine.core.session import moment_text
from engine.fills import REASONS, Table
from engine.research.grid import play_one
from engine.synth.market import synthesise

TRADES = 3
HISTORIES = (0, 1, 40)  # whole sessions before that of the setup
SESSIONS = 16
STUDIES = Path(__file__).parents[2] / "experiments"


def study(name: str) -> Experiment:
    """The first combination of a strategy's own study."""
    document = read(STUDIES / f"{name}.yaml")
    single(document)
    return experiment_of(document)


@cache
def synthetic(minutes: int) -> Bars:
    if minutes > 1:
        return resample(synthetic(1), minutes)
    return synthesise(instrument("ES"), date(2020, 1, 2), SESSIONS, 7)


@cache
def es_2013(folder: Path) -> Bars:
    frame = pl.read_parquet(folder / "es_1m_lean_percontract_2013_2020.parquet")
    front = (pl.col("symbol").cast(pl.String) == "201312") & (pl.col("ts").dt.year() == 2013)
    return bars_of(frame.filter(front).drop("symbol"), instrument("ES"), origin=Origin("lean"))


@cache
def bitcoin(folder: Path, minutes: int) -> Bars:
    """Two weeks of a perpetual by the quarter of an hour, or ten of spot by the hour."""
    spot = minutes == 60
    name = "btc_spot_1h_binance_2017_2024" if spot else "btc_perp_1m_binance_202505"
    frame = pl.read_parquet(folder / f"{name}.parquet")[: 24 * 70 if spot else 1440 * 14]
    kind = instrument("BTCUSDT" if spot else "BTCUSDT-PERP")
    bars = bars_of(frame, kind, minutes=60 if spot else 1, origin=Origin("binance"))
    return bars if spot else resample(bars, minutes)


def minutes_of(experiment: Experiment) -> int:
    return {"1m": 1, "15m": 15, "1h": 60}[experiment.study.data.timeframe]


def born(bars: Bars, strategy: Strategy, setups: Setups, row: int) -> dict[str, Any]:
    """The shortest history that makes the setup: its first and last bar, and its bytes."""
    bar = int(setups.bar[row])
    begins = np.flatnonzero(np.diff(bars.session[: bar + 1], prepend=-1))
    for before in HISTORIES:
        first = int(begins[max(len(begins) - 1 - before, 0)])
        part = bars[first : bar + 1]
        if same(setups, row, strategy.setups(part), first):
            return {"first": clock(bars, first), "last": clock(bars, bar), "data": part.fingerprint}
    raise AssertionError(f"the last {HISTORIES[-1]} sessions do not make the setup of bar {bar}")


def same(setups: Setups, row: int, again: Setups, first: int) -> bool:
    """Whether shorter bars end with the same setup: its bar, side and levels."""
    found = np.flatnonzero(
        (again.bar + first == setups.bar[row]) & (again.side == setups.side[row])
    )
    if len(found) != 1:
        return False
    pairs = ((setups.stop, again.stop), (setups.target, again.target))
    return all(price(one, row) == price(two, int(found[0])) for one, two in pairs)


def price(level: Any, row: int) -> int | None:
    return int(level.values[row]) if level.present[row] else None


def clock(bars: Bars, bar: int) -> str:
    return moment_text(int(bars.time[bar]))


def told(value: float) -> str | None:
    """An attribute to nine places: the last bits of a logarithm differ from machine to machine."""
    return None if np.isnan(value) else f"{value:.9g}"


def first_trades(experiment: Experiment, bars: Bars) -> list[dict[str, Any]]:
    """What is pinned of the first trades."""
    one, plan = experiment.plan[0], experiment.plan
    setups = one.strategy.setups(bars)
    table = Table.of(bars, plan.rules, plan.costs, [one.exits])
    kept, played = play_one(table, setups, one)
    trades, found = played.trades, []
    for k in range(min(TRADES, len(trades.setup))):
        row = int(kept[trades.setup[k]])
        attributes = {name: told(setups.attributes[name][row]) for name in setups.attributes}
        found.append(
            {
                "born": born(bars, one.strategy, setups, row),
                "side": int(setups.side[row]),
                "stop": price(setups.stop, row),
                "target": price(setups.target, row),
                "entry": [clock(bars, int(trades.entry_bar[k])), int(trades.entry[k])],
                "exit": [clock(bars, int(trades.exit_bar[k])), int(trades.exit[k])],
                "reason": REASONS[trades.reason[k]],
                "net": int(trades.net[k]),
                "attributes": attributes,
            }
        )
    return found


def pinned(golden: Callable[..., None], name: str, market: str, bars: Bars) -> None:
    experiment = study(name)
    trades = first_trades(experiment, bars)
    assert trades, f"{name} does not trade on {market}"
    played = dict(experiment.plan[0].row())
    figures = {"played": {k: str(v) for k, v in played.items()}, "trades": trades}
    why = f"the first trades of the first combination of experiments/{name}.yaml on {market}"
    golden(f"{name}/{market}", figures, why=why, data=bars.fingerprint)


@pytest.mark.parametrize("name", names())
def test_on_a_made_market(name: str, golden: Any) -> None:
    pinned(golden, name, "synthetic", synthetic(minutes_of(study(name))))


@pytest.mark.parametrize("name", names())
def test_on_a_real_market(name: str, golden: Any, shared_data: Path) -> None:
    minutes = minutes_of(study(name))
    bars = es_2013(shared_data) if minutes == 1 else bitcoin(shared_data, minutes)
    pinned(golden, name, "es_2013" if minutes == 1 else "bitcoin", bars)
