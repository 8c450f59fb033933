"""One position from its fill to its end, in plain Python: F12 to F18 and F28 to F46, F50, F55, F56.

`trade` is the dict the outcome becomes; `case` says what was decided before: the program, the
bars, the reading, the bar at which a setup of the other side ends it, and the money made so far.
"""

import copy

from tests.oracle.book import Bar, Program, flattened, lucky, minutes_of, roomy
from tests.oracle.case import MINUTE, Case, better, in_ticks, over, stood
from tests.oracle.closing import at_close


def last_bar(bars: list[Bar], i: int) -> int:
    while i + 1 < len(bars) and bars[i + 1].session == bars[i].session:
        i += 1
    return i


def opened(case: Case, fill: dict) -> tuple[dict, dict]:
    """The trade as it begins, and what changes while it is held."""
    entry, side, sizes = fill["price"], case.setup["side"], case.setup["sizes"]
    stop = opening_stop(sizes["stop"], entry, side)
    risk = None if stop is None else max(0, (entry - stop) * side)
    target = opening_target(case, sizes["target"], fill, risk)
    trade = {"entry_bar": fill["bar"], "entry": entry, "side": side, "stop": stop}
    trade |= {"target": target, "risk": risk, "ambiguous": False}
    trade |= {"order": case.setup["order"], "legs": []}
    now = {"stop": stop, "name": "stop", "target": target, "pending": None, "done": 0}
    now |= {"best": 0, "worst": 0, "risk": risk, "fill": fill, "trailing": False, "decayed": 0}
    now["legs"] = [
        {"at": entry + side * in_ticks(at, risk), "lots": lots}
        for at, lots in zip(sizes["legs"], case.program.lots, strict=False)
    ]
    return trade, now


def hold(case: Case, fill: dict) -> dict:
    """From the fill to the end of one position."""
    bars, program, side = case.bars, case.program, case.setup["side"]
    i, entry = fill["bar"], fill["price"]
    trade, now = opened(case, fill)
    begin_trail(case, now, entry)
    last = last_bar(bars, i)
    while True:
        bar = bars[i]
        if bar.still and i < last:  # F57
            i += 1
            continue
        end = None if bar.still else bar_end(case, trade, now, i)
        seen(trade, now, [leg["price"] for leg in trade["legs"]])
        if end:
            opens = [] if i == fill["bar"] and fill["inside"] else [bar.open]
            seen(trade, now, [*opens, end[1]])
            break
        fresh = fill if i == fill["bar"] else None
        seen(trade, now, [] if bar.still else sure_prices(bar, side, fresh, entry))
        if i == last:
            seen(trade, now, [bar.close])
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


def begin_trail(case: Case, now: dict, entry: int) -> None:
    """F36: a trail that waits for nothing stands from the fill on."""
    trail = case.setup["sizes"]["trail"]
    if trail and trail["after"] is None:
        better(case, now, entry - case.setup["side"] * in_ticks(trail["by"], now["risk"]), "trail")


def seen(trade: dict, now: dict, prices: list[int]) -> None:
    moves = [(price - trade["entry"]) * trade["side"] for price in prices]
    now["best"], now["worst"] = max([now["best"], *moves]), min([now["worst"], *moves])


def sure_prices(bar: Bar, side: int, fill: dict | None, entry: int) -> list[int]:
    """F28: prices that follow the fill for sure."""
    if fill is None or not fill["inside"]:
        return [bar.high, bar.low]
    best, worst = (bar.high, bar.low) if side > 0 else (bar.low, bar.high)
    return [entry, bar.close, worst if fill["inside"] == "limit" else best]


def sells(
    program: Program, bar: Bar, side: int, level: int, price: int, *, any_room: bool = False
) -> bool:
    """F14, F24, F29, F55, F56: whether an order of `side` at a level is filled at a price."""
    beyond = (level - price) * side - program.through
    touched = beyond == 0 and lucky(program, bar, side)
    return (any_room or roomy(program, bar)) and (beyond > 0 or touched)


def bar_end(case: Case, trade: dict, now: dict, i: int) -> tuple[str, int] | None:
    """Why and where the position ends in this bar, if it does; sells legs on the way."""
    bar, program = case.bars[i], case.program
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
    if program.spare_entry_bar and i == now["fill"]["bar"]:
        return None  # F68
    if bar.inner and doubted(case, trade, now, i, (first, inside)):
        return by_finer(case, trade, now, i, inside)
    return by_prices(case, trade, now, i, (first, inside))


def by_prices(case: Case, trade: dict, now: dict, i: int, at: tuple) -> tuple[str, int] | None:
    """F12 to F15, F28: what a bar's four prices decide."""
    first, side, bar, target = at[0], trade["side"], case.bars[i], now["target"]
    if now["stop"] is not None and (first - now["stop"]) * side <= 0:
        return now["name"], first  # F12
    sell_legs(case, trade, now, i, first, first)
    worst = bar.low if side > 0 else bar.high
    stops = now["stop"] is not None and (worst - now["stop"]) * side <= 0
    waits = case.program.stop_first and stops  # F69
    if not waits and target is not None and sells(case.program, bar, -side, target, first):
        return "target", first  # F12
    return inside_bar(case, trade, now, i, at)


def doubted(case: Case, trade: dict, now: dict, i: int, at: tuple) -> bool:
    """Whether the bar alone would leave a doubt."""
    copies = copy.deepcopy(trade), copy.deepcopy(now)
    copies[0]["ambiguous"] = False
    by_prices(case, *copies, i, at)
    return copies[0]["ambiguous"]


def by_finer(case: Case, trade: dict, now: dict, i: int, inside: str | None) -> tuple | None:
    """F67: the same rules bar by bar inside a bar, from the one the order filled in."""
    side, entry, sold = trade["side"], trade["entry"], len(trade["legs"])
    fine = Case(case.bars[i].inner, case.program, case.setup, case.reading)
    end, waits = None, inside is not None
    for j, bar in enumerate(fine.bars):
        place = None
        if waits:
            worst, best = (bar.low, bar.high) if side > 0 else (bar.high, bar.low)
            reached = {
                name: sells(case.program, bar, side, entry, price, any_room=True)
                if inside == "limit"
                else (price - entry) * side >= 0
                for name, price in (("open", bar.open), ("at all", (worst, best)[inside == "stop"]))
            }
            if not reached["at all"]:
                continue
            at_open = reached["open"] if inside == "limit" else bar.open == entry
            waits, place = False, None if at_open else inside
        end = by_prices(fine, trade, now, j, (entry if place else bar.open, place))
        if end:
            break
    for leg in trade["legs"][sold:]:
        leg["bar"] = i
    return end


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
