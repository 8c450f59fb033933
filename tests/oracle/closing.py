"""What a close decides, in plain Python: F35 to F44 and F50."""

import math
from fractions import Fraction

from tests.oracle.case import Case, better, in_ticks, over, stood


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
