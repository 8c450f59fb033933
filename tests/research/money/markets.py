"""A few symbols over a few sessions, random unit trades in them, and the same for the oracle."""

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import polars as pl

from engine.core.bars import MINUTE, Bars
from engine.core.calendars import calendar
from engine.core.contracts import instrument
from engine.core.frames import bars_of
from engine.core.instrument import Instrument
from engine.fills import Costs
from engine.research.money import Account, Lane, Money, Named
from engine.research.money.sizes import Dollars, Fixed, Kelly, Risk, Volatility
from engine.research.money.timeline import margin_on

START, STOP = "2022-11-14", "2022-12-02"  # a half-day and a holiday folded in
BOTH = Named("confidence", "mood")
COSTS = Costs.of({"commission": "2.05", "slippage": {"market": 1, "stop": 2, "limit": 0}})


def product(symbol: str) -> Instrument:
    """ES, NQ and RTY; and ODD, whose lot is a tenth and whose money unit is finer."""
    if symbol == "ODD":
        tenth = {"lot": Decimal("0.1"), "money_unit": Decimal("0.001")}
        return replace(instrument("ES"), symbol="ODD", **tenth)
    return replace(instrument(symbol), margins=instrument("NQ").margins)


def quiet_bars(symbol: str, noise: np.random.Generator, sessions: int, most: int = 9) -> Bars:
    """Some minutes of some sessions, often the last one, on a walk."""
    product_ = product(symbol)
    table = calendar(product_.calendar).sessions(START, STOP)
    chosen = np.sort(noise.choice(len(table), min(sessions, len(table)), replace=False))
    times = np.concatenate([minutes_of(table, int(k), noise, most) for k in chosen])
    close = 16_000 + np.cumsum(noise.integers(-40, 41, len(times)))
    first = close + noise.integers(-6, 7, len(times))
    frame = pl.DataFrame(
        {
            "ts": pl.Series(times).cast(pl.Datetime("ns", "UTC")),
            "open": first,
            "high": np.maximum(first, close) + noise.integers(0, 5, len(times)),
            "low": np.minimum(first, close) - noise.integers(0, 5, len(times)),
            "close": close,
            "volume": np.ones(len(times), np.int64),
        }
    )
    return bars_of(frame, product_)


def minutes_of(table, session: int, noise: np.random.Generator, most: int) -> np.ndarray:
    start, stop = int(table.rth_start[session]), int(table.stop[session])
    count = int(noise.integers(2, most + 1))
    rows = np.sort(noise.choice(30, count, replace=False))
    times = start + rows * MINUTE
    if noise.random() < 0.6:  # the session's own last minute
        times = np.append(times[:-1], stop - MINUTE)
    return times


def unit_trades(bars: Bars, noise: np.random.Generator, count: int) -> pl.DataFrame:
    """Random trades in the columns of the store that money reads; they may overlap."""
    entry = np.sort(noise.integers(1, len(bars), count))
    length = noise.integers(0, 12, count)
    exit_ = np.minimum(entry + length, len(bars) - 1)
    pick = noise.random(count)
    inside = np.where(pick < 0.5, bars.low[exit_], bars.high[exit_]).astype(np.int64)
    risk = noise.integers(1, 60, count)
    side = np.where(noise.random(count) < 0.5, 1, -1)
    entry_price = bars.open[entry].astype(np.int64)
    legs = np.where(noise.random(count) < 0.2, 2, 1)
    return pl.DataFrame(
        {
            "combination": np.zeros(count, np.int64),
            "setup": np.arange(count) // 2,
            "quantity": legs,
            "side": side,
            "gross": (inside - entry_price) * side * bars.instrument.tick_money * legs,
            "entry_bar": entry,
            "exit_bar": exit_,
            "entry": entry_price,
            "exit": inside,
            "risk": pl.Series(risk)
            .to_frame("v")
            .select(pl.when(pl.Series(noise.random(count) < 0.85)).then("v"))["v"],
            "r": pl.Series(noise.integers(-15_000, 20_000, count))
            .to_frame("v")
            .select(pl.when(pl.Series(noise.random(count) < 0.9)).then("v"))["v"],
            "slippage": noise.integers(0, 4, count) * bars.instrument.tick_money * legs,
            "fees": noise.integers(100, 900, count) * legs,
            "funding": noise.integers(-50, 50, count) * legs,
            "reason": np.where(pick < 0.1, "daily_loss", "target"),
            "confidence": np.where(noise.random(count) < 0.9, noise.random(count), np.nan),
            "mood": np.where(noise.random(count) < 0.9, 2 * noise.random(count), np.nan),
        }
    )


@cache
def lane(symbol: str, seed: int, sessions: int = 6, count: int = 12) -> Lane:
    noise = np.random.default_rng([seed, sum(map(ord, symbol))])
    bars = quiet_bars(symbol, noise, sessions)
    return Lane.of(bars, unit_trades(bars, noise, count), COSTS, BOTH)


def plain_lane(lane: Lane, money: Money, unit: Decimal) -> dict:
    """What the oracle knows of a lane."""
    bars, product_ = lane.bars, lane.bars.instrument
    a, sessions = bars.arrays, bars.sessions
    rows = zip(a.time, a.open, a.close, a.session, strict=True)
    used = sorted(set(a.session.tolist()))

    def tied(session: int) -> list[int]:
        if money.margins is None:
            return [0, 0, 0]
        asked = margin_on(lane, session) if money.margins == "instrument" else money.margins
        return [math.ceil(part / unit) for part in asked]

    return {
        "symbol": lane.symbol,
        "bars": [tuple(map(int, row)) for row in rows],
        "dates": {k: int(sessions.date[k]) for k in used},
        "stops": {k: int(sessions.stop[k]) for k in used},
        "step": bars.minutes * MINUTE,
        "tick": product_.tick_money,
        "lot": Fraction(product_.lot),
        "scale": Fraction(product_.money_unit) / Fraction(unit),
        "tied": {k: tied(k) for k in used},
        "cross": lambda _session, _price: (product_.tick_money, commission(product_)),
        "year": 252,
        "trades": [unit._asdict() for unit in lane.units],
    }


def commission(product_: Instrument) -> int:
    return int(Decimal("2.05") / product_.money_unit)


def plain_rules(money: Money, unit: Decimal) -> dict:
    """The rules as the oracle reads them, in the account's money units."""

    def units(amount: Decimal | None) -> int:
        return 0 if amount is None else int(amount / unit)

    limits, halts, sure, alike = money.limits, money.halts, money.confidence, money.correlation
    return {
        "start": units(money.capital),
        "size": plain_size(money.size, unit),
        "least": Fraction(money.least),
        "contracts": Fraction(limits.contracts),
        "dollars": units(limits.dollars),
        "exposure": limits.exposure,
        "max_loss": units(limits.max_loss),
        "positions": limits.positions,
        "heat": limits.heat,
        "margin": limits.margin,
        "multiplier": money.multiplier,
        "confidence": sure and (sure.floor, sure.base),
        "correlation": alike and (alike.sessions, alike.strength, alike.floor),
        "drawdown": halts.drawdown,
        "losses": halts.losses,
        "rest": halts.rest,
        "daily_loss": units(halts.daily_loss),
        "daily_share": halts.daily_share,
        "act_at": halts.act_at,
        "shrinking": money.recovery.size if money.recovery else (),
        "lift": money.recovery.lift if money.recovery else (),
    }


def plain_size(size: object, unit: Decimal) -> tuple:
    match size:
        case Fixed(contracts):
            return "fixed", Fraction(contracts)
        case Risk(share):
            return "risk", share
        case Dollars(amount):
            return "dollars", int(amount / unit)
        case Volatility(share, sessions):
            return "volatility", share, sessions
        case Kelly(fraction, window, least, cap, shrink):
            return "kelly", fraction, window, least, cap, shrink
    raise TypeError(size)


TRADE = {
    "combination": 0,
    "setup": 0,
    "quantity": 1,
    "side": 1,
    "risk": None,
    "r": None,
    "slippage": 0,
    "fees": 0,
    "funding": 0,
    "reason": "target",
}
FREE = Costs.of({"commission": 0, "slippage": {"market": 0, "stop": 0, "limit": 0}})
FLAT = [[100] * 12]
STOP_20 = {"entry_bar": 1, "exit_bar": 2, "risk": 20}  # 250 a contract at the stop


def by_hand(
    closes: list[list[int]], trades: list[dict], symbol: str = "ES", costs: Costs = FREE
) -> Lane:
    """Sessions of one-minute bars that open where they close, the last one the session's last.

    Trades name `entry_bar` and `exit_bar` and fill at those closes, without costs.
    """
    product_ = product(symbol)
    table = calendar(product_.calendar).sessions(START, STOP)
    times = []
    for k, day in enumerate(closes):
        start, stop = int(table.rth_start[k]), int(table.stop[k])
        times += [start + n * MINUTE for n in range(len(day) - 1)] + [stop - MINUTE]
    flat = [price for day in closes for price in day]
    names = ("open", "high", "low", "close")
    columns = dict.fromkeys(names, flat) | {"volume": [1] * len(flat)}
    stamps = pl.Series("ts", times).cast(pl.Datetime("ns", "UTC"))
    bars = bars_of(pl.DataFrame({"ts": stamps, **columns}), product_)
    named = Named(*(n if any(n in trade for trade in trades) else None for n in BOTH))
    sure = {name: 1.0 for name in named if name}
    rows = []
    for k, trade in enumerate(trades):
        row = TRADE | {"setup": k} | sure | trade
        row.setdefault("entry", flat[row["entry_bar"]])
        row.setdefault("exit", flat[row["exit_bar"]])
        ticks = (row["exit"] - row["entry"]) * row["side"]
        row.setdefault("gross", ticks * product_.tick_money)
        rows.append(row)
    return Lane.of(bars, pl.DataFrame(rows, infer_schema_length=None), costs, named)


def money(**values: object) -> Money:
    """An account of 100,000 that ties nothing up, unless told otherwise."""
    return Money.of({"capital": 100_000, "margins": "none"} | values)


def lots(found: Account) -> list[int]:
    """Sizes in order of the ends of trades."""
    return found.trades["lots"].to_list()
