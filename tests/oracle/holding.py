"""One position from its fill to its end, in plain Python: F12 to F18 and F28 to F46, F50, F55, F56.

`trade` is the dict the outcome becomes; `case` says what was decided before: the program, the
bars, the reading, the bar at which a setup of the other side ends it, and the money made so far.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.book import Bar, Program, flattened, lucky, minutes_of, multiple, roomy

MINUTE = 60_000_000_000


@dataclass
class Case:
    """What holding one position depends on."""

    bars: list[Bar]
    program: Program
    setup: dict
    reading: str = "worst"
    reverse: int | None = None  # bar at whose open a setup of the other side ends it
    made: int = 0  # money of the session before, this entry's costs taken off


def in_ticks(wanted: object, risk: int | None) -> int | None:
    """A distance that `size` found, as ticks from the fill."""
    if wanted is None:
        return None
    kind, number = wanted
    return multiple(number, risk) if kind == "r" else number  # F11


def last_bar(bars: list[Bar], i: int) -> int:
    while i + 1 < len(bars) and bars[i + 1].session == bars[i].session:
        i += 1
    return i


def over(case: Case, span: tuple | None, first: int, i: int, at: str) -> bool:
    """Whether so many bars or minutes since the fill are over at the open or the close of bar i."""
    if span is None:
        return False
    unit, count = span
    if unit == "bars":
        return i - first + (at == "close") >= count
    length = minutes_of(case.program) * MINUTE if at == "close" else 0
    return case.bars[i].time + length - case.bars[first].time >= count * MINUTE


def hold(case: Case, fill: dict) -> dict:
    """From the fill to the end of one position."""
    bars, program, side = case.bars, case.program, case.setup["side"]
    i, entry = fill["bar"], fill["price"]
    sizes = case.setup["sizes"]
    stop = opening_stop(sizes["stop"], entry, side)
    risk = None if stop is None else max(0, (entry - stop) * side)
    target = opening_target(case, sizes["target"], fill, risk)
    trade = {"entry_bar": i, "entry": entry, "side": side, "stop": stop, "target": target}
    trade |= {"risk": risk, "ambiguous": False, "order": case.setup["order"], "legs": []}
    now = {"stop": stop, "name": "stop", "target": target, "pending": None, "done": 0}
    now |= {"best": 0, "worst": 0, "risk": risk, "fill": fill, "trailing": False, "decayed": 0}
    now["legs"] = [
        {"at": entry + side * in_ticks(at, risk), "lots": lots}
        for at, lots in zip(sizes["legs"], program.lots, strict=False)
    ]
    begin_trail(case, now, entry)
    last = last_bar(bars, i)
    while True:
        end = bar_end(case, trade, now, i)
        bar = bars[i]
        seen(trade, now, [leg["price"] for leg in trade["legs"]])
        if end:
            opens = [] if i == fill["bar"] and fill["inside"] else [bar.open]
            seen(trade, now, [*opens, end[1]])
            break
        seen(trade, now, sure_prices(bar, side, fill if i == fill["bar"] else None, entry))
        if i == last:
            closed = (
                i + 1 < len(bars) or bar.time + minutes_of(program) * MINUTE >= bar.session_stop
            )
            end = ("session" if closed else "data_end", bar.close)  # F17, F18
            break
        at_close(case, trade, now, i)
        i += 1
    trade |= {"exit_bar": i, "reason": end[0], "exit": end[1]}
    return trade | {"mfe": now["best"], "mae": now["worst"]}


def opening_stop(sized: tuple | None, entry: int, side: int) -> int | None:
    if sized is None:
        return None
    if sized[0] == "nearest":
        return max(opening_stop(s, entry, side) * side for s in sized[1]) * side  # F34
    return sized[1] if sized[0] == "level" else entry - side * sized[1]


def opening_target(case: Case, sized: tuple | None, fill: dict, risk: int | None) -> int | None:
    if sized is None:
        return None
    if sized[0] == "follow":
        return stood(sized[1], fill["bar"] - 1)  # F42
    if sized[0] == "level":
        return sized[1]
    return fill["price"] + case.setup["side"] * in_ticks(sized, risk)


def stood(column: list, i: int) -> int:
    """The last known value of a followed column."""
    return next(column[j] for j in range(i, -1, -1) if column[j] is not None)


def begin_trail(case: Case, now: dict, entry: int) -> None:
    """F36: a trail that waits for nothing stands from the fill on."""
    trail = case.setup["sizes"]["trail"]
    if trail and trail["after"] is None:
        better(case, now, entry - case.setup["side"] * in_ticks(trail["by"], now["risk"]), "trail")


def better(case: Case, now: dict, price: int, name: str) -> None:
    """The stop only ever comes nearer."""
    if now["stop"] is None or (price - now["stop"]) * case.setup["side"] > 0:
        now["stop"], now["name"] = price, name


def seen(trade: dict, now: dict, prices: list[int]) -> None:
    moves = [(price - trade["entry"]) * trade["side"] for price in prices]
    now["best"], now["worst"] = max([now["best"], *moves]), min([now["worst"], *moves])


def sure_prices(bar: Bar, side: int, fill: dict | None, entry: int) -> list[int]:
    """F28: prices that follow the fill for sure."""
    if fill is None or not fill["inside"]:
        return [bar.high, bar.low]
    best, worst = (bar.high, bar.low) if side > 0 else (bar.low, bar.high)
    return [entry, bar.close, worst if fill["inside"] == "limit" else best]


def sells(program: Program, bar: Bar, side: int, level: int, price: int) -> bool:
    """F14, F24, F29, F55, F56: whether an order of `side` at a level is filled at a price."""
    beyond = (level - price) * side - program.through
    touched = beyond == 0 and lucky(program, bar, side)
    return roomy(program, bar) and (beyond > 0 or touched)


def bar_end(case: Case, trade: dict, now: dict, i: int) -> tuple[str, int] | None:
    """Why and where the position ends in this bar, if it does; sells legs on the way."""
    bar, program, side = case.bars[i], case.program, trade["side"]
    inside = now["fill"]["inside"] if i == now["fill"]["bar"] else None
    first = trade["entry"] if inside else bar.open
    if now["pending"]:
        return now["pending"], first
    leaves = (
        ("flatten", flattened(bar, program)),  # F16
        ("hold", over(case, case.setup["sizes"]["hold"], now["fill"]["bar"], i, "open")),  # F38
        ("reverse", case.reverse is not None and i >= case.reverse),  # F53
    )
    for name, leave in leaves:
        if leave:
            return name, first
    if now["stop"] is not None and (first - now["stop"]) * side <= 0:
        return now["name"], first  # F12
    sell_legs(case, trade, now, i, first, first)
    target = now["target"]
    if target is not None and sells(program, bar, -side, target, first):
        return "target", first  # F12
    return inside_bar(case, trade, now, i, (first, inside))


def inside_bar(case: Case, trade: dict, now: dict, i: int, at: tuple) -> tuple[str, int] | None:
    """F13 to F15, F28, F46: what the prices inside a bar decide."""
    (first, inside), bar, program = at, case.bars[i], case.program
    side, target, stop = trade["side"], now["target"], now["stop"]
    worst, best = (bar.low, bar.high) if side > 0 else (bar.high, bar.low)
    sure_best = best if inside != "limit" else max(trade["entry"] * side, bar.close * side) * side
    sure_worst = worst if inside != "stop" else min(trade["entry"] * side, bar.close * side) * side
    stopped = [stop is not None and (price - stop) * side <= 0 for price in (worst, sure_worst)]
    reached = [
        target is not None and sells(program, bar, -side, target, price)
        for price in (best, sure_best)
    ]
    kindest = "target" if reached[0] else now["name"] if stopped[1] else None
    cruellest = now["name"] if stopped[0] else "target" if reached[1] else None
    sure = first if stopped[0] else sure_best
    waiting = [leg for leg in now["legs"] if "price" not in leg]
    unsure = [
        leg
        for leg in waiting
        if sells(program, bar, -side, leg["at"], best)
        and not sells(program, bar, -side, leg["at"], sure)
    ]
    if kindest != cruellest or unsure:
        trade["ambiguous"] = True
    end = cruellest if case.reading == "worst" else kindest
    sell_legs(case, trade, now, i, first, sure if case.reading == "worst" else best)
    if end == "target":
        return end, max(target * side, first * side) * side
    return (end, stop) if end else None


def sell_legs(case: Case, trade: dict, now: dict, i: int, first: int, best: int) -> None:
    """F45: every leg whose level was reached leaves there, or at an open beyond it."""
    bar, side = case.bars[i], trade["side"]
    for leg in now["legs"]:
        if "price" not in leg and sells(case.program, bar, -side, leg["at"], best):
            leg |= {"price": max(leg["at"] * side, first * side) * side, "bar": i}
            trade["legs"].append(leg)


def at_close(case: Case, trade: dict, now: dict, i: int) -> None:
    """What moves the stop and the target from the next bar on, and what ends it at its open."""
    side, sizes, bar = trade["side"], case.setup["sizes"], case.bars[i]
    even, trail, risk = sizes["breakeven"], sizes["trail"], now["risk"]
    ahead = (bar.close - trade["entry"]) * side
    broken = even and now["best"] >= in_ticks(even["after"], risk)
    if broken:
        better(case, now, trade["entry"] + side * even["offset"], "breakeven")  # F35
    if trail:
        follow_best(trade, now, case, broken)
    decay(case, trade, now, i, ahead)
    if sizes["tighten"] and sizes["tighten"]["flags"][i]:  # F44
        to, by = sizes["tighten"]["to"], sizes["tighten"]["by"]
        ticks = in_ticks(to, risk) if by is None else math.floor(risk * (1 - by) + Fraction(1, 2))
        better(case, now, trade["entry"] - side * ticks, "tighten")
    now["pending"] = reason_to_leave(case, trade, now, i, ahead)
    if sizes["target"] and sizes["target"][0] == "follow":  # F42
        ends = sizes["target"][2] and now["trailing"]
        now["target"] = None if ends else stood(sizes["target"][1], i)


def follow_best(trade: dict, now: dict, case: Case, broken: object) -> None:
    """F36, F37."""
    trail, risk, best = case.setup["sizes"]["trail"], now["risk"], now["best"]
    after = 0 if trail["after"] is None else in_ticks(trail["after"], risk)
    now["trailing"] = best >= after and (not trail["needs_breakeven"] or bool(broken))
    if not now["trailing"]:
        return
    even = case.setup["sizes"]["breakeven"]
    if trail["needs_breakeven"]:
        after = max(after, in_ticks(even["after"], risk))
    step = in_ticks(trail["step"], risk)
    moved = after + (best - after) // step * step if step else best
    price = trade["entry"] + trade["side"] * (moved - in_ticks(trail["by"], risk))
    better(case, now, price, "trail")


def decay(case: Case, trade: dict, now: dict, i: int, ahead: int) -> None:
    """F39: each step once, in order."""
    steps = case.setup["sizes"]["decay"]
    while now["decayed"] < len(steps):
        span, by = steps[now["decayed"]]
        due = over(case, span, now["fill"]["bar"], i, "close")
        if not due or (case.program.in_profit and ahead <= 0):
            return
        ticks = math.floor(now["risk"] * (1 - by) + Fraction(1, 2))
        better(case, now, trade["entry"] - trade["side"] * ticks, "decay")
        now["decayed"] += 1


def reason_to_leave(case: Case, trade: dict, now: dict, i: int, ahead: int) -> str | None:
    """F40, F41, F43, F50."""
    program, sizes, first = case.program, case.setup["sizes"], now["fill"]["bar"]
    if program.with_open:
        sold = sum(leg["lots"] for leg in trade["legs"])
        legs = sum((leg["price"] - trade["entry"]) * leg["lots"] for leg in trade["legs"])
        ticks = legs * trade["side"] + ahead * (sum(program.lots) - sold)
        result = case.made + ticks * program.tick_money
        if program.daily_loss and result <= -program.daily_loss:
            return "daily_loss"
        if program.daily_profit and result >= program.daily_profit:
            return "daily_profit"
    if sizes["leave"] and sizes["leave"][i]:
        return "signal"
    if now["trailing"]:
        return None
    quiet, under = sizes["sideways"], sizes["underwater"]
    span = now["best"] - now["worst"]
    if quiet and over(case, quiet[0], first, i, "close") and ahead >= 0 and span < quiet[1]:
        return "sideways"
    drowned = under and over(case, under[0], first, i, "close") and ahead < under[1]
    return "underwater" if drowned else None
