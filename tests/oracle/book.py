"""What the oracle plays with: bars, a program, and how a distance or an order is read from it."""

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
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
    still: bool = False  # F57, F58: nothing fills in it
    rth: bool = True
    inner: list = field(default_factory=list)  # finer bars that add up to it


@dataclass
class Program:
    """Exits, rules and costs of one combination."""

    stop: object = None
    target: object = None
    flatten: str | None = None
    max_per_session: int = 0
    entry_window: tuple[str, str] | None = None
    slippage: dict = field(default_factory=lambda: {"market": 1, "stop": 1, "limit": 0})
    eth_slippage: dict | None = None
    spread: Fraction = Fraction(0)
    funding: tuple[Fraction, int] | None = None  # rate, hours
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
    spare_entry_bar: bool = False
    stop_first: bool = False
    friday_window: tuple[str, str] | None = None
    days: tuple[str, ...] | None = None
    friday_flatten: str | None = None
    before_close: int = 0
    price_limit: Fraction | None = None


def minutes_of(program: Program) -> int:
    return program.minutes


def clock(bar: Bar) -> tuple[str, str]:
    """Local date and time of a bar's open."""
    moment = datetime.fromtimestamp(bar.time / 1e9, UTC).astimezone(CHICAGO)
    return str(moment.date()), moment.strftime("%H:%M")


def weekday(bar: Bar) -> str:
    return date.fromisoformat(bar.trade_date).strftime("%a").lower()


def flattened(bar: Bar, program: Program) -> bool:
    """F16, F59, F60: whether a bar opens at or after the time to be flat of its trade date."""
    times = [program.flatten, program.friday_flatten if weekday(bar) == "fri" else None]
    if any(time is not None and clock(bar) >= (bar.trade_date, time) for time in times):
        return True
    left = bar.session_stop - bar.time
    return program.before_close > 0 and left <= program.before_close * 60 * 10**9


def inside_window(bar: Bar, program: Program) -> bool:
    """F08, F60, F61."""
    window, now = program.entry_window, clock(bar)[1]
    if program.days is not None and weekday(bar) not in program.days:
        return False
    if weekday(bar) == "fri" and program.friday_window:
        window = program.friday_window
    if not window:
        return True
    if window[0] > window[1]:
        return now >= window[0] or now < window[1]
    return window[0] <= now < window[1]


def mark_still(bars: list[Bar], program: Program) -> None:
    """F57, F58: which bars fill nothing."""
    said = any(bar.volume for bar in bars)
    before = None  # the last close of the session before
    for i, bar in enumerate(bars):
        if i and bars[i - 1].session != bar.session:
            before = bars[i - 1].close
        locked = False
        if program.price_limit is not None and before is not None:
            most = max(1, math.floor(abs(before) * program.price_limit / 100))
            locked = bar.high == bar.low and abs(bar.close - before) >= most
        bar.still = (said and bar.volume == 0) or locked


def ahead(bars: list[Bar], i: int) -> int:
    """The bar in which a market order sent at the close of bar i fills."""
    return next((j for j in range(i + 1, len(bars)) if not bars[j].still), len(bars))


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


def toll(program: Program, kind: str, bar: Bar) -> int:
    """F19, F64, F65: money one contract loses at a fill beside its fee."""
    return tolls(program, program.slippage if bar.rth else program.eth_slippage)[kind]


def tolls(program: Program, slips: dict | None) -> dict:
    crossed = {"market": program.spread / 2, "stop": program.spread / 2, "limit": 0}
    ticks = slips or program.slippage
    return {
        kind: ticks[kind] * program.tick_money + math.ceil(half * program.tick_money)
        for kind, half in crossed.items()
    }


def stopped(program: Program) -> int:
    """Costs of a stopped trade of one contract, at the dearer hours."""
    parts = [tolls(program, slips) for slips in (program.slippage, program.eth_slippage)]
    return max(part["market"] + part["stop"] for part in parts) + 2 * program.fee


def carried(bars: list[Bar], program: Program, side: int, span: tuple[int, int]) -> int:
    """F66: funding one contract pays from the bar it enters in to the one it leaves in."""
    if program.funding is None:
        return 0
    rate, hours = program.funding
    step, paid = hours * 3600 * 10**9, 0
    for i in range(span[0] + 1, span[1] + 1):
        times = bars[i].time // step - bars[i - 1].time // step  # payments due since the bar before
        paid += times * math.ceil(side * rate * bars[i].open * program.tick_money)
    return paid


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
        found = (wanted["dollars"] - stopped(program)) // program.tick_money
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
