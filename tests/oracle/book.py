"""What the oracle plays with: bars, a program, and how a distance or an order is read from it."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

CHICAGO = ZoneInfo("America/Chicago")
HALF = Fraction(1, 2)
PRIME = 2**31 - 1


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
    volume: int = 10


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
    minutes: int = 1
    breakeven: dict | None = None
    trail: dict | None = None
    hold: tuple | None = None
    sideways: tuple | None = None
    underwater: tuple | None = None
    decay: tuple = ()
    in_profit: bool = False
    legs: tuple = ()
    lots: tuple = (1,)
    leave: str | None = None
    tighten: dict | None = None
    cooldown: int = 0
    max_losses: int = 0
    daily_loss: int | None = None  # money units
    daily_profit: int | None = None
    with_open: bool = False
    min_reward: Fraction | None = None
    positions: int = 1
    reverse: bool = False
    through: int = 0
    fill_probability: Fraction = Fraction(1)
    fill_seed: int = 0
    fill_share: Fraction | None = None


def minutes_of(program: Program) -> int:
    return program.minutes


def clock(bar: Bar) -> tuple[str, str]:
    """Local date and time of a bar's open."""
    moment = datetime.fromtimestamp(bar.time / 1e9, UTC).astimezone(CHICAGO)
    return str(moment.date()), moment.strftime("%H:%M")


def flattened(bar: Bar, program: Program) -> bool:
    """Whether a bar opens at or after the flatten time of its trade date."""
    return program.flatten is not None and clock(bar) >= (bar.trade_date, program.flatten)


def inside_window(bar: Bar, program: Program) -> bool:
    window = program.entry_window
    return not window or window[0] <= clock(bar)[1] < window[1]


def multiple(times: Fraction | float, base: float) -> int:
    return max(1, math.floor(times * base + (HALF if isinstance(times, Fraction) else 0.5)))  # F11


def lucky(program: Program, bar: Bar, side: int) -> bool:
    """F55: whether orders of one side that a bar only touches are filled in it."""
    if program.fill_probability == 1:
        return True
    x = (program.fill_seed % PRIME + side + 2) * 48271 % PRIME
    x = (x + bar.time // 10**9) * 48271 % PRIME
    for _ in range(3):
        x = (x * (x // 128 + 12345) + 48271) % PRIME
    return x * 10_000 // PRIME < program.fill_probability * 10_000


def roomy(program: Program, bar: Bar) -> bool:
    """F56: whether our share of the bar's volume holds all lots."""
    return program.fill_share is None or bar.volume * program.fill_share >= sum(program.lots)


def sent_at(bars: list[Bar], setup: dict) -> int:
    """The price an order is sent at: the level it waits at, or the close of its bar."""
    waits = setup["order"] != "market"
    return (setup["level"] or 0) if waits else bars[setup["bar"]].close


def ticks(wanted: object, setup: dict, sent: int, program: Program) -> tuple | str:
    """('distance', ticks), ('r', times), or why there is none."""
    if isinstance(wanted, int):
        return "distance", wanted
    if "r" in wanted:
        return "r", wanted["r"]
    if "percent" in wanted:
        return "distance", max(1, math.floor(abs(sent) * wanted["percent"] / 100 + HALF))  # F31
    if "dollars" in wanted:  # F32
        slip = program.slippage["market"] + program.slippage["stop"]
        costs = slip * program.tick_money + 2 * program.fee
        found = (wanted["dollars"] - costs) // program.tick_money
        return ("distance", found) if found >= 1 else "no_distance"
    value = setup["attributes"][wanted["of"]]
    if math.isnan(value):
        return "no_distance"  # F04
    return "distance", multiple(wanted["times"], value)


def size(
    wanted: object, setup: dict, which: str, sent: int, program: Program
) -> tuple | str | None:
    """A stop or target as a kind and a number, None, or why there is none."""
    if wanted is None:
        return None
    side = setup["side"] if which == "target" else -setup["side"]
    if isinstance(wanted, dict) and "nearest" in wanted:
        parts = [size(part, setup, which, sent, program) for part in wanted["nearest"]]
        lacking = [part for part in parts if isinstance(part, str)]
        lacks = [name for name in ("no_distance", "no_level", "passed") if name in lacking]
        return lacks[0] if lacks else ("nearest", parts)  # F34
    if wanted == "level" or (isinstance(wanted, dict) and "level" in wanted):
        if setup[which] is None:
            return "no_level"  # F05
        price = setup[which] + side * (0 if wanted == "level" else wanted["level"])  # F33
        return "passed" if (sent - price) * side >= 0 else ("level", price)  # F06, F27
    if isinstance(wanted, dict) and "follow" in wanted:
        column = setup["columns"][wanted["follow"]][setup["side"]]
        price = column[setup["bar"]]
        if price is None:
            return "no_level"
        passed = (sent - price) * side >= 0
        return "passed" if passed else ("follow", column, wanted.get("until_trail", False))
    return ticks(wanted, setup, sent, program)


def span(wanted: tuple | None, setup: dict) -> tuple | str | None:
    """A time as (unit, count)."""
    if wanted is None or isinstance(wanted[1], int):
        return wanted
    found = ticks(wanted[1], setup, 0, Program())
    return found if isinstance(found, str) else (wanted[0], found[1])


def sizes_of(setup: dict, sent: int, program: Program) -> dict:
    """Everything a combination's exits come to for one setup."""

    def of(wanted: object) -> tuple | str | None:
        return None if wanted is None else ticks(wanted, setup, sent, program)

    def column(name: str | None) -> list | None:
        return None if name is None else setup["columns"][name][setup["side"]]

    even, trail, tight = program.breakeven, program.trail, program.tighten
    idle = [w and (span(w[0], setup), w[1]) for w in (program.sideways, program.underwater)]
    offset = even and even["offset"]
    return {
        "bar": setup["bar"],
        "stop": size(program.stop, setup, "stop", sent, program),
        "target": size(program.target, setup, "target", sent, program),
        "breakeven": even
        and {
            "after": of(even["after"]),
            "offset": offset if isinstance(offset, int) else of(offset)[1],
        },
        "trail": trail
        and {name: of(trail[name]) for name in ("by", "after", "step")}
        | {"needs_breakeven": trail["needs_breakeven"]},
        "hold": span(program.hold, setup),
        "sideways": idle[0],
        "underwater": idle[1],
        "decay": [(span(at, setup), by) for at, by in program.decay],
        "legs": [of(at) for at in program.legs],
        "leave": column(program.leave),
        "tighten": tight
        and {"flags": column(tight["when"]), "to": of(tight["to"]), "by": tight["by"]},
    }
