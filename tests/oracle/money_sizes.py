"""Limits and sizes as docs/money.md states them, for the account in `tests/oracle/money.py`."""

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

SCALE = 10_000


def down(lane: dict, money: int, lots: int) -> int:
    return math.floor(Fraction(money * lots) * lane["scale"] * lane["lot"])


def up(lane: dict, money: int, lots: int) -> int:
    return math.ceil(Fraction(money * lots) * lane["scale"] * lane["lot"])


def tied(account: Any, held: dict, now: int) -> int:
    lane = account.lanes[held["name"]]
    session = lane["bars"][account.last[held["name"]]][3]
    day, initial, maintenance = lane["tied"][session]
    if now + lane["step"] >= lane["stops"][session]:
        first = session == lane["bars"][held["trade"]["entry_bar"]][3]
        day = initial if first else maintenance
    return math.ceil(day * held["lots"] * lane["lot"])


def daily(account: Any) -> bool:
    return bool(account.rules["daily_loss"] or account.rules["daily_share"])


def limit(account: Any) -> int:
    if account.rules["daily_loss"]:
        return account.rules["daily_loss"]
    return max(account.day_start, 0) * (account.rules["daily_share"] or 0) // SCALE


def acting(account: Any) -> int:
    return max(limit(account) * account.rules["act_at"] // SCALE, 1)


def lost(lane: dict, trade: dict) -> Fraction:
    """What one lot loses at the stop."""
    return (trade["stake"] or 0) * lane["scale"] * lane["lot"]


def sizes(account: Any, wanted: list, before: dict, now: int) -> list[tuple]:
    blocked = ""
    if account.calling():
        blocked = "margin_call"
    elif account.halted:
        blocked = account.halted
    elif account.day_over:
        blocked = "daily_loss"
    elif account.equity <= 0:
        blocked = "ruined"
    if blocked:
        return [(name, trade, 0, blocked) for name, trade in wanted]
    names = {h["name"] for h in account.open} | {name for name, _ in wanted}
    rows = [[name, trade, *one(account, name, trade, names - {name})] for name, trade in wanted]
    return together(account, rows, before, now)


def one(account: Any, name: str, trade: dict, others: set) -> tuple[int, str]:
    rules = account.rules
    lots, why = by_rule(account, name, trade)
    if why:
        return 0, why
    loss = max(account.day_start - account.equity, 0) * SCALE // max(limit(account), 1)
    if rules["confidence"]:
        lots, why = sure(rules, trade, lots, loss)
        if why:
            return 0, why
    if rules["multiplier"]:
        if trade["multiplier"] is None:
            return 0, "no_multiplier"
        lots = lots * trade["multiplier"] // SCALE
    small = [factor for at, factor in rules["shrinking"] if loss >= at]
    lots = lots * (small[-1] if small else SCALE) // SCALE
    if rules["correlation"] and others:
        count, strength, floor = rules["correlation"]
        likeness = sum(alike(account, name, other, count) for other in others)
        lots = lots * max(floor, SCALE - strength * likeness // (len(others) * SCALE)) // SCALE
    lots = max(lots, math.floor(rules["least"] / account.lanes[name]["lot"]))
    if not lots:
        return 0, "too_small"
    lots, why = within(account, name, trade, lots)
    leg = math.floor(lots * trade["share"])
    return leg, why or ("" if leg else "too_small")


def sure(rules: dict, trade: dict, lots: int, loss: int) -> tuple[int, str]:
    """What confidence leaves of a size, and whether there is enough of it."""
    floor, base = rules["confidence"]
    lift = [factor for at, factor in rules["lift"] if loss >= at]
    if lift:
        base = min(base + (SCALE - base) * lift[-1] // SCALE, 9_800)
    if trade["confidence"] is None:
        return 0, "no_confidence"
    if trade["confidence"] < base:
        return 0, "confidence"
    share = Fraction(floor, SCALE) * (1 - Fraction(trade["confidence"], SCALE))
    return math.floor(lots * (share + Fraction(trade["confidence"], SCALE))), ""


def within(account: Any, name: str, trade: dict, lots: int) -> tuple[int, str]:
    """The limits of one position."""
    rules, lane = account.rules, account.lanes[name]
    stake = None if trade["stake"] is None else lost(lane, trade)
    caps = [("contracts", math.floor(rules["contracts"] / lane["lot"]))]
    value = max(abs(trade["entry"]), 1) * lane["tick"] * lane["scale"] * lane["lot"]
    if rules["dollars"]:
        caps.append(("dollars", rules["dollars"] // value))
    if rules["exposure"]:
        caps.append(("exposure", account.equity * rules["exposure"] // SCALE // value))
    if rules["max_loss"]:
        caps.append(("max_loss", None if stake is None else rules["max_loss"] // stake))
    for why, most in caps:
        if most is None:
            return 0, "no_stop"
        lots = min(lots, most)
        if not lots:
            return 0, why
    return lots, ""


def by_rule(account: Any, name: str, trade: dict) -> tuple[int, str]:
    rule, *numbers = account.rules["size"]
    lane = account.lanes[name]
    if rule == "fixed":
        return math.floor(numbers[0] / lane["lot"]), ""
    if rule == "volatility":
        yearly = swing(account, name, numbers[1])
        if not yearly:
            return 0, "no_history"
        return math.floor(Fraction(account.equity * numbers[0]) / (SCALE * yearly)), ""
    budget = Fraction(account.equity * numbers[0], SCALE)
    if rule == "dollars":
        budget = Fraction(numbers[0])
    if rule == "kelly":
        bet, why = kelly(account, name, numbers)
        if why:
            return 0, why
        budget *= bet
    if trade["stake"] is None:
        return 0, "no_stop"
    return math.floor(max(math.floor(budget), 0) / lost(lane, trade)), ""


def kelly(account: Any, name: str, numbers: list) -> tuple[Fraction, str]:
    _, window, least, cap, shrink = numbers
    lane = account.lanes[name]
    now = max(lane["bars"][bar][0] for bar in [account.here[name]])
    past = [t for t in lane["trades"] if t["r"] is not None]
    past = [t for t in past if lane["bars"][t["exit_bar"]][0] < now]
    past.sort(key=lambda t: (t["exit_bar"], t["row"]))
    results = [t["r"] for t in past][-window:]
    if len(results) < least:
        return Fraction(0), "no_history"
    won, lost = [r for r in results if r > 0], [-r for r in results if r < 0]
    if not won:
        return Fraction(0), "no_edge"
    rate = Fraction(len(won), len(results))
    if shrink:
        rough = Fraction(SCALE**2) * rate * (1 - rate) / len(results)
        rate -= Fraction(shrink, SCALE) * Fraction(math.isqrt(math.floor(rough)) + 1, SCALE)
    bet = rate
    if lost:
        payoff = Fraction(sum(won), len(won)) / Fraction(sum(lost), len(lost))
        bet = rate - (1 - rate) / payoff
    bet = min(bet, Fraction(cap, SCALE))
    return (bet, "") if bet > 0 else (Fraction(0), "no_edge")


def closes(account: Any, name: str) -> dict[int, int]:
    """The last close of every trade date before this one."""
    lane, found = account.lanes[name], {}
    for _, _, close, session in lane["bars"][: account.last[name] + 1]:
        found[lane["dates"][session]] = close
    return {date: close for date, close in found.items() if date < account.date}


def swing(account: Any, name: str, count: int) -> int:
    lane, ends = account.lanes[name], list(closes(account, name).values())[-count - 1 :]
    if len(ends) <= count:
        return 0
    moves = [b - a for a, b in pairwise(ends)]
    mean = Fraction(sum(moves), count)
    variance = sum((m - mean) ** 2 for m in moves) / (count - 1)
    return rooted(lane["year"] * variance * lane["tick"] ** 2) * lane["scale"] * lane["lot"]


def alike(account: Any, name: str, other: str, count: int) -> int:
    one, two = closes(account, name), closes(account, other)
    common = sorted(set(one) & set(two))[-count - 1 :]
    if len(common) <= count:
        return SCALE
    x, y = ([c[b] - c[a] for a, b in pairwise(common)] for c in (one, two))
    mx, my = Fraction(sum(x), count), Fraction(sum(y), count)
    across = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    width = sum((a - mx) ** 2 for a in x) * sum((b - my) ** 2 for b in y)
    return SCALE if width == 0 else rooted(SCALE**2 * across**2 / width)


def together(account: Any, rows: list, before: dict, now: int) -> list[tuple]:
    rules = account.rules
    if rules["positions"]:
        seats = {(h["name"], h["trade"]["trade"]) for h in account.open}
        for row in rows:
            seat = (row[0], row[1]["trade"])
            if row[2] and len(seats | {seat}) > rules["positions"]:
                row[2:] = 0, "positions"
            elif row[2]:
                seats.add(seat)
    if rules["heat"]:
        for row in rows:
            if row[1]["stake"] is None:
                row[2:] = 0, row[3] or "no_stop"
        held = sum(
            up(account.lanes[h["name"]], h["trade"]["stake"], h["lots"]) for h in account.open
        )
        each = [lost(account.lanes[r[0]], r[1]) for r in rows]
        cut(rows, each, account.equity * rules["heat"] // SCALE - held, "heat")
    now_last, account.last = account.last, before
    used = sum(tied(account, h, earlier(account, now)) for h in account.open)
    account.last = now_last
    each = []
    for name, trade, *_ in rows:
        lane = account.lanes[name]
        each.append(lane["tied"][lane["bars"][trade["entry_bar"]][3]][0] * lane["lot"])
    cut(rows, each, account.equity * rules["margin"] // SCALE - used, "margin")
    return [tuple(row) for row in rows]


def earlier(account: Any, now: int) -> int:
    """The instant before this one."""
    return max(
        (b[0] for lane in account.lanes.values() for b in lane["bars"] if b[0] < now), default=now
    )


def cut(rows: list, each: list, room: int, name: str) -> None:
    room, total = max(room, 0), sum(r[2] * cost for r, cost in zip(rows, each, strict=True))
    if total <= room:
        return
    for row, cost in zip(rows, each, strict=True):
        if cost and row[2]:
            row[2] = math.floor(Fraction(row[2] * room) / total)
            row[3] = "" if row[2] else name


def rooted(value: Fraction) -> int:
    """The root, rounded up."""
    root = math.isqrt(math.ceil(value))
    return root if root * root >= value else root + 1
