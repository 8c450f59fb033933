"""The rule table of docs/fills.md in plain Python: slow, obvious, and written from the table alone.

A setup is a dict with `bar`, `side`, `stop`, `target` (a price or None) and `attributes`; a
program is the dict a study would hold. Comments name the rows.
"""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

CHICAGO = ZoneInfo("America/Chicago")
HALF = Fraction(1, 2)


@dataclass
class Bar:
    """One bar, and where the calendar puts it."""

    time: int
    open: int
    high: int
    low: int
    close: int
    session: int
    session_stop: int
    trade_date: str


@dataclass
class Program:
    """Exits, rules and costs of one combination."""

    stop: object = None
    target: object = None
    flatten: str | None = None
    max_per_session: int = 0
    entry_window: tuple[str, str] | None = None
    slippage: dict = field(default_factory=lambda: {"market": 1, "stop": 1, "limit": 0})
    fee: int = 205
    tick_money: int = 1250


def clock(bar: Bar) -> tuple[str, str]:
    """Local date and time of a bar's open."""
    moment = datetime.fromtimestamp(bar.time / 1e9, UTC).astimezone(CHICAGO)
    return str(moment.date()), moment.strftime("%H:%M")


def flattened(bar: Bar, program: Program) -> bool:
    """Whether a bar opens at or after the flatten time of its trade date."""
    return program.flatten is not None and clock(bar) >= (bar.trade_date, program.flatten)


def multiple(times: Fraction | float, base: float) -> int:
    return max(1, math.floor(times * base + (HALF if isinstance(times, Fraction) else 0.5)))  # F11


def size(wanted: object, setup: dict, which: str) -> tuple[str, float] | str | None:
    """('distance', ticks), ('level', price), ('r', times), None, or why there is none."""
    if wanted is None:
        return None
    if isinstance(wanted, int):
        return "distance", wanted
    if wanted == "level":
        price = setup[which]
        return "no_level" if price is None else ("level", price)  # F05
    if "r" in wanted:
        return "r", wanted["r"]
    value = setup["attributes"][wanted["of"]]
    if math.isnan(value):
        return "no_distance"  # F04
    return "distance", multiple(wanted["times"], value)


def drop(bars: list[Bar], setups: list[dict], k: int, program: Program) -> str | None:
    """F02 to F08, in the order of the outcomes: why a setup cannot become an order."""
    setup = setups[k]
    i, side = setup["bar"], setup["side"]
    if i + 1 >= len(bars) or bars[i + 1].session != bars[i].session:
        return "no_bar"  # F02
    if any(s["bar"] == i and s["side"] != side for s in setups):
        return "both"  # F03
    sizes = [size(program.stop, setup, "stop"), size(program.target, setup, "target")]
    for reason in ("no_distance", "no_level"):
        if reason in sizes:
            return reason
    for sized, towards in zip(sizes, (-side, side), strict=True):
        if sized and sized[0] == "level" and towards * (bars[i].close - sized[1]) >= 0:
            return "passed"  # F06
    if flattened(bars[i + 1], program):
        return "late"  # F07
    window = program.entry_window
    if window and not window[0] <= clock(bars[i + 1])[1] < window[1]:
        return "window"  # F08
    return None


def play(bars: list[Bar], setups: list[dict], program: Program, reading: str = "worst") -> list:
    """Outcome of every setup: a name, or the trade as a dict."""
    outcomes: list = [None] * len(setups)
    free_at, fills = -1, {}
    for k, setup in enumerate(setups):
        reason = drop(bars, setups, k, program)
        session = bars[setup["bar"]].session
        if reason:
            outcomes[k] = reason
        elif setup["bar"] < free_at:
            outcomes[k] = "busy"  # F09
        elif program.max_per_session and fills.get(session, 0) >= program.max_per_session:
            outcomes[k] = "max"  # F10
        else:
            fills[session] = fills.get(session, 0) + 1
            outcomes[k] = priced(hold(bars, setup, program, reading), program)
            free_at = outcomes[k]["exit_bar"]
    return outcomes


def hold(bars: list[Bar], setup: dict, program: Program, reading: str) -> dict:
    """From the fill to the end of one position."""
    i, side = setup["bar"] + 1, setup["side"]
    entry = bars[i].open  # F01
    stop = level(size(program.stop, setup, "stop"), entry, -side, 0)
    risk = None if stop is None else max(0, (entry - stop) * side)
    target = level(size(program.target, setup, "target"), entry, side, risk)
    trade = {"entry_bar": i, "entry": entry, "side": side, "stop": stop, "target": target}
    trade |= {"risk": risk, "ambiguous": False}
    seen = [entry]
    while True:
        bar = bars[i]
        end = leave(bar, trade, program, reading)
        if end:
            seen += [bar.open, end[1]]
            break
        seen += [bar.high, bar.low]
        if i + 1 == len(bars) or bars[i + 1].session != bar.session:
            over = i + 1 < len(bars) or bar.time + 60_000_000_000 >= bar.session_stop
            end = ("session" if over else "data_end", bar.close)  # F17, F18
            break
        i += 1
    moves = [(price - entry) * side for price in seen]
    return (
        trade
        | {"exit_bar": i, "reason": end[0], "exit": end[1]}
        | {"mfe": max(moves), "mae": min(moves)}
    )


def level(sized: tuple | None, entry: int, towards: int, risk: int | None) -> int | None:
    if sized is None:
        return None
    kind, number = sized
    if kind == "level":
        return number
    ticks = multiple(number, risk) if kind == "r" else number  # F11
    return entry + towards * ticks


def leave(bar: Bar, trade: dict, program: Program, reading: str) -> tuple[str, int] | None:
    """F12 to F16: why and where the position ends in this bar, if it does."""
    side, stop, target = trade["side"], trade["stop"], trade["target"]
    if flattened(bar, program):
        return "flatten", bar.open  # F16
    if stop is not None and (bar.open - stop) * side <= 0:
        return "stop", bar.open  # F12
    if target is not None and (bar.open - target) * side >= 0:
        return "target", bar.open  # F12
    worst, best = (bar.low, bar.high) if side > 0 else (bar.high, bar.low)
    stopped = stop is not None and (worst - stop) * side <= 0  # F13
    reached = target is not None and (best - target) * side >= 0  # F14
    if stopped and reached:
        trade["ambiguous"] = True  # F15
        return ("stop", stop) if reading == "worst" else ("target", target)
    if stopped:
        return "stop", stop
    return ("target", target) if reached else None


def priced(trade: dict, program: Program) -> dict:
    """F19 to F21: whole money units, each cost once."""
    slip = program.slippage
    gross = (trade["exit"] - trade["entry"]) * trade["side"] * program.tick_money
    out = slip[{"stop": "stop", "target": "limit"}.get(trade["reason"], "market")]
    slippage = (slip["market"] + out) * program.tick_money
    fees = 2 * program.fee
    net = gross - slippage - fees
    trade |= {"gross": gross, "slippage": slippage, "fees": fees, "net": net}
    if trade["stop"] is not None:
        costs = (slip["market"] + slip["stop"]) * program.tick_money + fees
        staked = trade["risk"] * program.tick_money + costs
        trade["r"] = math.floor(Fraction(net * 10_000, staked) + HALF) if staked else 0
    return trade
