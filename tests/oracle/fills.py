"""The rule table of docs/fills.md in plain Python: slow, obvious, and written from the table alone.

A setup is a dict with `bar`, `side`, `stop`, `target` (a price or None), `attributes`, the `order`
it sends and what that waits for; a program is the dict a study would hold. Comments name the rows.
"""

import math
from fractions import Fraction

from tests.oracle.book import (
    HALF,
    Bar,
    Program,
    ahead,
    carried,
    flattened,
    inside_window,
    lucky,
    mark_still,
    multiple,
    roomy,
    sent_at,
    sizes_of,
    stopped,
    toll,
)
from tests.oracle.holding import Case, hold, last_bar

__all__ = ["Bar", "Program", "best", "play"]

NO_WAIT = {"order": "market", "level": None, "limit": None, "bars": None, "until": None}
ALONE = {"parent": None, "waits": False, "after": "ended", "columns": {}}


def until_bar(bars: list[Bar], setup: dict) -> int:
    """F23: the last bar in which the order may fill."""
    last = last_bar(bars, setup["bar"])
    if setup["until"] is not None:
        last = max((j for j, b in enumerate(bars) if b.trade_date <= setup["until"]), default=-1)
    return last if setup["bars"] is None else min(last, setup["bar"] + setup["bars"])


def drop(bars: list[Bar], setups: list[dict], k: int, program: Program) -> str | None:
    """F02 to F08, F27 and F51, in the order of the outcomes: why a setup cannot be an order."""
    setup = setups[k]
    i, side, waits = setup["bar"], setup["side"], setup["order"] != "market"
    sent = sent_at(bars, setup)
    setup["sizes"] = sizes = sizes_of(setup, sent, program)
    first = ahead(bars, i)
    if first > until_bar(bars, setup):
        return "no_bar"  # F02, F23
    if any(s["bar"] == i and s["side"] != side for s in setups):
        return "both"  # F03
    lacks = found_lacking(sizes)
    if "no_distance" in lacks:
        return "no_distance"
    unnamed = setup["level"] is None or (setup["order"] == "stop_limit" and setup["limit"] is None)
    if "no_level" in lacks or (waits and unnamed):
        return "no_level"  # F05, F27
    if "passed" in lacks:
        return "passed"  # F06, F27
    if not waits and flattened(bars[first], program):
        return "late"  # F07
    if not waits and not inside_window(bars[first], program):
        return "window"  # F08
    return "reward" if poor(sizes, sent, side, program) else None


def found_lacking(value: object) -> set[str]:
    """Every reason anywhere among the sizes."""
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, dict) else value
    if not isinstance(parts, (list, tuple, type({}.values()))):
        return set()
    return set().union(*(found_lacking(part) for part in parts))


def away(sized: tuple, sent: int, side: int, bar: int, risk: int | None) -> int:
    """Ticks from where the order is sent."""
    if sized[0] == "nearest":
        return min(away(part, sent, side, bar, risk) for part in sized[1])
    if sized[0] == "r":
        return multiple(sized[1], risk)
    price = sized[1][bar] if sized[0] == "follow" else sized[1]
    return sized[1] if sized[0] == "distance" else (price - sent) * side


def poor(sizes: dict, sent: int, side: int, program: Program) -> bool:
    """F51."""
    if program.min_reward is None:
        return False
    stop, target, bar = sizes["stop"], sizes["target"], sizes["bar"]
    if stop is None or target is None:
        return True
    risk = away(stop, sent, -side, bar, None)
    return away(target, sent, side, bar, risk) < program.min_reward * risk


def wait(bars: list[Bar], setup: dict, program: Program) -> dict | None:
    """F22 to F26: where the order fills, if it does before it expires."""
    i, side, order = ahead(bars, setup["bar"]), setup["side"], setup["order"]
    if order == "market":
        return {"bar": i, "price": bars[i].open, "inside": None}  # F01
    level, limit = setup["level"], setup["limit"]
    for j in range(i, until_bar(bars, setup) + 1):
        bar = bars[j]
        if bar.still or not inside_window(bar, program) or flattened(bar, program):
            continue
        touched = (side > 0 and bar.high >= level) or (side < 0 and bar.low <= level)
        found = filled(bar, {**setup, "order": order, "level": level}, program, touched)
        if found:
            return {"bar": j, "price": found[0], "inside": found[1]}
        if order == "stop_limit" and touched:
            order, level = "limit", limit
    return None


def filled(bar: Bar, setup: dict, program: Program, touched: object) -> tuple | None:
    """F24 to F26: price and place of a waiting order's fill in one bar."""
    side, level, limit = setup["side"], setup["level"], setup["limit"]
    opened = (bar.open - level) * side >= 0
    if setup["order"] == "limit":
        return limit_fill(bar, side, level, program)
    if setup["order"] == "stop":
        return ((bar.open, None) if opened else (level, "stop")) if touched else None  # F25
    if opened:
        return limit_fill(bar, side, limit, program)  # F26
    near = touched and (limit - level) * side >= program.through
    return (level, "stop") if near else None


def limit_fill(bar: Bar, side: int, level: int, program: Program) -> tuple | None:
    """F24, F55, F56: price and place of a limit order's fill in a bar."""

    def filled(price: int) -> bool:
        beyond = (level - price) * side - program.through
        return beyond > 0 or (beyond == 0 and lucky(program, bar, side))

    if not roomy(program, bar) or not filled(bar.low if side > 0 else bar.high):
        return None
    better = min(level * side, bar.open * side) * side
    return better, (None if filled(bar.open) else "limit")


def play(bars: list[Bar], setups: list[dict], program: Program) -> list:
    """Outcome of every setup: a name, or the trade as a dict."""
    mark_still(bars, program)
    setups[:] = [{**NO_WAIT, **ALONE, **setup} for setup in setups]
    outcomes: list = [None] * len(setups)
    fates: list[dict] = []  # of every order: until when it holds its slot, and its trade
    reasons = [drop(bars, setups, k, program) for k in range(len(setups))]
    for k, setup in enumerate(setups):
        reason = reasons[k] or refused(bars, setup, program, fates, outcomes)
        if reason:
            outcomes[k] = reason
            continue
        fill = wait(bars, setup, program)
        if fill is None:
            outcomes[k] = "expired"
            fates.append({"until": until_bar(bars, setup), "trade": None, "side": setup["side"]})
            continue
        case = Case(bars, program, setup)
        case.reverse = opposite(bars, setups, reasons, k, fill["bar"]) if program.reverse else None
        case.made = session_money(bars, fates, setup["bar"], bars[fill["bar"]].session)
        entered = entry_costs(setup["order"], program, bars[fill["bar"]])
        case.made -= sum(program.lots) * sum(entered)
        trade = priced(hold(case, fill), program, bars)
        trade["case"], trade["fill"] = case, fill
        outcomes[k] = trade
        fates.append({"until": trade["exit_bar"], "trade": trade, "side": setup["side"]})
    return outcomes


def best(trade: dict) -> int:
    """Net of one trade alone under the best reading; never less than under the worst."""
    case = trade["case"]
    kindest = Case(case.bars, case.program, case.setup, "best", case.reverse, case.made)
    return max(trade["net"], priced(hold(kindest, trade["fill"]), case.program, case.bars)["net"])


def opposite(bars: list[Bar], setups: list, reasons: list, k: int, first: int) -> int | None:
    """F53: the bar after the first setup of the other side while the position may be open."""
    last = last_bar(bars, first)
    for setup, reason in zip(setups[k + 1 :], reasons[k + 1 :], strict=True):
        other = not reason and setup["side"] != setups[k]["side"]
        if other and first <= setup["bar"] < last:
            return setup["bar"] + 1
    return None


def ended(bars: list[Bar], fates: list[dict], i: int, session: int) -> list[dict]:
    """Trades of a session that were closed by the close of bar i, in the order they were."""
    trades = [f["trade"] for f in fates if f["trade"] and f["until"] <= i]
    trades = [t for t in trades if bars[t["exit_bar"]].session == session]
    return sorted(trades, key=lambda t: t["exit_bar"])


def session_money(bars: list[Bar], fates: list[dict], i: int, session: int) -> int:
    return sum(t["net"] for t in ended(bars, fates, i, session))


def refused(
    bars: list[Bar], setup: dict, program: Program, fates: list[dict], outcomes: list
) -> str | None:
    """F09, F10, F47 to F49, F52 to F54: why a setup is not taken."""
    i, session = setup["bar"], bars[setup["bar"]].session
    live = [f for f in fates if f["until"] > i]
    leaving = [
        f
        for f in live
        if f["trade"] and f["trade"]["reason"] == "reverse" and f["until"] == ahead(bars, i)
    ]
    if len(live) - len(leaving) >= program.positions:
        return "busy"
    over = ended(bars, fates, i, session)
    counted = [
        f
        for f in live
        if not f["trade"]
        or f["trade"]["entry_bar"] > i
        or bars[f["trade"]["entry_bar"]].session == session
    ]
    if program.max_per_session and len(over) + len(counted) >= program.max_per_session:
        return "max"
    if over and i - over[-1]["exit_bar"] < program.cooldown:
        return "cooldown"
    losing = 0
    for trade in over:
        losing = losing + 1 if trade["net"] < 0 else 0
    if program.max_losses and losing >= program.max_losses:
        return "losses"
    made = session_money(bars, fates, i, session)
    if program.daily_loss and made <= -program.daily_loss:
        return "daily_loss"
    if program.daily_profit and made >= program.daily_profit:
        return "daily_profit"
    return None if not setup["waits"] or freed(bars, setup, outcomes) else "parent"


def freed(bars: list[Bar], setup: dict, outcomes: list) -> bool:
    """F54."""
    trade = None if setup["parent"] is None else outcomes[setup["parent"]]
    if not isinstance(trade, dict) or trade["exit_bar"] > setup["bar"]:
        return False
    if bars[trade["exit_bar"]].session != bars[setup["bar"]].session:
        return False
    stops = ("stop", "breakeven", "trail", "decay", "tighten")
    return {
        "ended": True,
        "stop": trade["reason"] in stops,
        "target": trade["reason"] == "target",
        "loss": trade["net"] < 0,
        "win": trade["net"] > 0,
    }[setup["after"]]


def entry_costs(order: str, program: Program, bar: Bar) -> tuple[int, int]:
    """F30: slippage and fee of one contract's entry."""
    return toll(program, {"stop_limit": "limit"}.get(order, order), bar), program.fee


def priced(trade: dict, program: Program, bars: list[Bar]) -> dict:
    """F19 to F21, F30, F45, F64 to F66: whole money units, each cost once."""
    tick, lots, first = program.tick_money, sum(program.lots), trade["entry_bar"]
    stops = dict.fromkeys(("stop", "breakeven", "trail", "decay", "tighten"), "stop")
    out = {**stops, "target": "limit"}.get(trade["reason"], "market")
    parts = [(leg["price"], leg["lots"], "limit", leg["bar"]) for leg in trade["legs"]]
    left = lots - sum(part[1] for part in parts)
    parts.append((trade["exit"], left, out, trade["exit_bar"]))
    gross = sum((price - trade["entry"]) * trade["side"] * n for price, n, *_ in parts) * tick
    slippage = lots * entry_costs(trade["order"], program, bars[first])[0]
    slippage += sum(n * toll(program, kind, bars[i]) for _, n, kind, i in parts)
    funding = sum(n * carried(bars, program, trade["side"], (first, i)) for _, n, _, i in parts)
    fees = 2 * program.fee * lots
    net = gross - slippage - fees - funding
    trade |= {"gross": gross, "slippage": slippage, "fees": fees, "net": net, "lots": lots}
    trade["funding"] = funding
    if trade["stop"] is not None:
        staked = lots * (trade["risk"] * tick + stopped(program))
        trade["r"] = math.floor(Fraction(net * 10_000, staked) + HALF) if staked else 0
    return trade
