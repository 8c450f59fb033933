"""Random setups and random programs for tapes of bars: every row of the rule table is drawn."""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.entries import Limit, Stop, StopLimit
from engine.core.follow import After
from engine.core.setups import Setups
from engine.fills import Costs, Exits, Rules, Table
from tests.oracle.book import Program
from tests.oracle.bridge import plain_distance

CLOCKS = ("none", "08:33", "08:36", "08:40", "14:59", "15:45")
WINDOWS = (
    *(None,) * 6,
    *(("08:30", "14:30"), ("00:00", "08:30"), ("17:00", "24:00"), ("17:00", "08:36")),
)
DAYS = (("mon", "wed", "fri"), ("fri", "sun"), ("tue", "wed", "thu"))
SIZED = ({"times": "0.5", "of": "size"}, {"times": "1.25", "of": "size"})
SIMPLE = ("none", 1, 2, 5, "level", *SIZED)
FURTHER = (
    *({"percent": "0.02"}, {"percent": "0.05"}, {"dollars": 45}, {"dollars": 95}, {"dollars": 10}),
    *({"of": "level", "offset": 1}, {"of": "level", "offset": -1}),
)
NEAREST = (
    *({"nearest": [3, "level"]}, {"nearest": [4, {"times": "0.5", "of": "size"}]}),
    {"nearest": ["level", {"of": "level", "offset": 2}, {"dollars": 95}]},
)
STOPS = (*SIMPLE, *FURTHER, *NEAREST)
RISKS = ({"r": "1"}, {"r": "2.5"}, {"r": "0.3333"})
FOLLOWED = ({"follow": "mean"}, {"follow": "mean", "until": "trail"})
TARGETS = (*SIMPLE, *FURTHER, *FOLLOWED)
MEASURED = (1, 2, 3, *SIZED, {"percent": "0.02"})
SPANS = ({"bars": 1}, {"bars": 3}, {"minutes": 2}, {"minutes": 7}, {"minutes": SIZED[0]})
ENDS = ("ended", "stop", "loss", "win", "target")


def mostly(draw: st.DrawFn, values: st.SearchStrategy) -> object:
    """Nothing in three of four programs, so that rules meet in ever other company."""
    return draw(values) if draw(st.integers(0, 3)) == 0 else None


@st.composite
def setups_on(draw: st.DrawFn, bars: Bars, *, plain: bool = False) -> Setups:
    """Setups at some of the bars, of either side, with levels near the price and some absent.

    Those that are `plain` wait for a limit within their session, or not at all.
    """
    count, noise = len(bars), np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    marks, near = noise.integers(0, 20, count), noise.integers(-4, 5, count)
    sizes = noise.choice((np.nan, 0.0, 0.7, 2.0, 2.0, 3.6, 7.3, 7.3), count)
    close = bars.close.astype(np.int64)
    above, below = Column(close + near, near != 3), Column(close - near, near != -3)
    flags = noise.integers(0, 10, count)
    more = {}
    if (entry := mostly(draw, entries(bars, near, plain=plain))) is not None:
        more["entry"] = entry
    if not plain and draw(st.integers(0, 3)) == 0:
        back = np.arange(count) - noise.integers(1, 6, count)
        more["after"] = After(Column(np.maximum(back, 0), flags > 4), draw(st.sampled_from(ENDS)))
    return Setups.where(
        bars,
        long=np.isin(marks, (1, 2, 3, 4)),
        short=np.isin(marks, (4, 5, 6, 7)),
        stop=(below, above),
        target=(above, below),
        attributes={"size": sizes},
        follow={
            "mean": Column(close + (near > 0) * 2 - 1, flags > 1),
            "leave": (flags == 2, flags == 3),
            "regime": flags >= 5,
        },
        **more,
    )


@st.composite
def entries(draw: st.DrawFn, bars: Bars, near: np.ndarray, *, plain: bool = False) -> object:
    """An order that waits, at levels near the close, some absent, for some time."""
    close = bars.close.astype(np.int64)
    level = Column(close + draw(st.integers(-2, 2)) - near // 3, near != 4)
    other = Column(close + draw(st.integers(-2, 2)) + near // 3, near != 4)
    days = bars.sessions.date[bars.session].astype(np.int64)
    span = {
        "bars": draw(st.sampled_from((None, None, 1, 3, np.maximum(1, near)))),
        "until": draw(st.sampled_from((None, None, days, days + 1, days + (near > 0) * 7 - 1))),
    }
    if plain:
        return Limit(level, other, bars=span["bars"])
    if draw(st.booleans()):
        beyond = draw(st.integers(-1, 2))
        return StopLimit((level, other), (level + beyond, other - beyond), **span)
    return draw(st.sampled_from((Limit, Stop)))(level, other, **span)


@st.composite
def programs(draw: st.DrawFn, *, simple: bool = False) -> dict:
    """Exits, rules and costs as a study would write them."""
    stop = draw(st.sampled_from(SIMPLE if simple else STOPS))
    targets = SIMPLE if simple else TARGETS
    risks = () if stop == "none" else RISKS
    exits = {
        "stop": stop,
        "target": draw(st.sampled_from((*targets, *risks))),
        "flatten": draw(st.sampled_from(CLOCKS)),
    }
    further = draw(st.sampled_from(("exits", "exits", "rules", "both"))) if not simple else ""
    return {
        "exits": exits | (draw(moves(risk=stop != "none")) if further in ("exits", "both") else {}),
        "rules": {
            "max_per_session": draw(st.sampled_from((0, 0, 1, 2))),
            "entry_window": draw(st.sampled_from(WINDOWS)),
        }
        | draw(calendars())
        | (draw(limits()) if further in ("rules", "both") else {}),
        "costs": draw(costs()),
    }


@st.composite
def costs(draw: st.DrawFn, *, simple: bool = False) -> dict:
    """Slippage, and now and then a spread, and slippage of the night."""
    ticks = st.fixed_dictionaries(dict.fromkeys(("market", "stop", "limit"), st.integers(0, 2)))
    found = {"commission": "2.05", "slippage": draw(ticks)}
    found["spread"] = draw(st.sampled_from((0, 0, 1, "1.5", "0.3333")))
    if not simple and (eth := mostly(draw, ticks)):
        found["slippage"]["eth"] = eth
    return found


@st.composite
def moves(draw: st.DrawFn, *, risk: bool) -> dict:
    """What moves or ends a position while it is held."""
    sizes = st.sampled_from((*MEASURED, *RISKS) if risk else MEASURED)
    span = st.sampled_from(SPANS)
    even = st.fixed_dictionaries(
        {"after": sizes, "offset": st.sampled_from((-2, 0, 1, {"percent": "0.02"}))}
    )
    trail = st.fixed_dictionaries(
        {"by": sizes}, optional={"after": sizes, "step": st.sampled_from((1, 2, 3))}
    )
    quiet = st.builds(lambda s, n: {**s, "range": n}, span, st.integers(1, 9))
    under = st.builds(lambda s, n: {**s, "below": n}, span, st.integers(-2, 2))
    cuts = st.sampled_from(("0.1", "0.25", "0.5", "1"))
    found = {
        "breakeven": mostly(draw, even),
        "trail": mostly(draw, trail),
        "hold": mostly(draw, span),
        "sideways": mostly(draw, quiet),
        "underwater": mostly(draw, under),
        "legs": mostly(draw, legs(sizes)),
        "leave": mostly(draw, st.just("leave")),
        "tighten": draw(tightened(sizes, cuts if risk else None)) if draw(st.booleans()) else None,
        "decay": draw(decays(cuts)) if risk and draw(st.booleans()) else None,
    }
    if found["breakeven"] and found["trail"]:
        found["trail"]["needs_breakeven"] = draw(st.booleans())
    return {name: value for name, value in found.items() if value is not None}


@st.composite
def legs(draw: st.DrawFn, sizes: st.SearchStrategy) -> dict:
    at = draw(st.lists(sizes, min_size=1, max_size=3))
    lots = draw(st.lists(st.integers(1, 5), min_size=len(at) + 1, max_size=len(at) + 1))
    return {"at": at, "lots": lots}


@st.composite
def tightened(draw: st.DrawFn, sizes: st.SearchStrategy, cuts: st.SearchStrategy | None) -> dict:
    if cuts is None or draw(st.booleans()):
        return {"when": "regime", "to": draw(sizes)}
    return {"when": "regime", "by": draw(cuts)}


@st.composite
def decays(draw: st.DrawFn, cuts: st.SearchStrategy) -> dict:
    times = sorted(draw(st.sets(st.integers(1, 9), min_size=1, max_size=4)))
    unit = draw(st.sampled_from(("bars", "minutes")))
    by = [draw(cuts) for _ in times]
    return {unit: times, "by": by, "in_profit": draw(st.booleans())}


@st.composite
def calendars(draw: st.DrawFn) -> dict:
    """What weekdays, closes and price limits forbid, in one of three programs."""
    if draw(st.integers(0, 2)):
        return {}
    found = {
        "friday_window": mostly(draw, st.sampled_from(WINDOWS[6:])),
        "friday_flatten": mostly(draw, st.sampled_from(CLOCKS[1:])),
        "days": mostly(draw, st.sampled_from(DAYS)),
        "before_close": mostly(draw, st.sampled_from((1, 5, 30, 400))),
        "price_limit": mostly(draw, st.sampled_from(("0.01", "0.04", "7"))),
    }
    return {name: value for name, value in found.items() if value is not None}


@st.composite
def limits(draw: st.DrawFn) -> dict:
    """Rules of the session and of filling."""
    money = st.sampled_from((10, 30, 60))
    found = {
        "cooldown": mostly(draw, st.integers(1, 4)),
        "max_losses": mostly(draw, st.integers(1, 2)),
        "daily_loss": mostly(draw, money),
        "daily_profit": draw(money) if draw(st.booleans()) else None,
        "min_reward": mostly(draw, st.sampled_from(("0.5", "1", "2"))),
        "through": mostly(draw, st.integers(1, 2)),
        "fill_probability": mostly(draw, st.sampled_from(("0.3", "0.8"))),
        "fill_seed": draw(st.integers(0, 99)),
        "fill_share": mostly(draw, st.sampled_from(("0.01", "0.05", "1"))),
        "spare_entry_bar": mostly(draw, st.just(value=True)),
        "stop_first": mostly(draw, st.just(value=True)),
    }
    crowd = draw(st.sampled_from(("alone", "alone", "reverse", "open", "several")))
    if crowd == "several":
        found["positions"] = draw(st.integers(2, 3))
    if crowd == "reverse":
        found["reverse"] = True
    if crowd == "open" and (found["daily_loss"] or found["daily_profit"]):
        found["with_open"] = True
    return {name: value for name, value in found.items() if value is not None}


def table_for(bars: Bars, program: dict) -> tuple[Table, Exits]:
    exits = Exits.grid(program["exits"])[0]
    rules = Rules.of(program["rules"])
    return Table.of(bars, rules, Costs.of(program["costs"]), [exits]), exits


def plain_program(program: dict) -> Program:
    """A program in the oracle's words."""
    exits, rules = program["exits"], program["rules"]
    named = {name: plain_distance(exits[name]) for name in ("stop", "target", "flatten")}
    return Program(
        **named, **plain_costs(program["costs"]), **plain_moves(exits), **plain_rules(rules)
    )


def plain_costs(costs: dict) -> dict:
    slips = costs["slippage"]
    return {
        "slippage": slips,
        "eth_slippage": slips.get("eth"),
        "spread": Fraction(costs.get("spread", 0)),
    }


def plain_moves(exits: dict) -> dict:
    trail, even, tight = (exits.get(name) for name in ("trail", "breakeven", "tighten"))
    found: dict = {"hold": plain_span(exits.get("hold")), "leave": exits.get("leave")}
    if even:
        offset = even["offset"]
        found["breakeven"] = {
            "after": plain_distance(even["after"]),
            "offset": plain_distance(offset) if isinstance(offset, dict) else offset,
        }
    if trail:
        parts = {name: plain_distance(trail.get(name)) for name in ("by", "after", "step")}
        found["trail"] = parts | {"needs_breakeven": trail.get("needs_breakeven", False)}
    for name, word in (("sideways", "range"), ("underwater", "below")):
        if idle := exits.get(name):
            found[name] = (plain_span({k: v for k, v in idle.items() if k != word}), idle[word])
    if decay := exits.get("decay"):
        unit = "bars" if "bars" in decay else "minutes"
        steps = zip(decay[unit], decay["by"], strict=True)
        found["decay"] = tuple(((unit, at), Fraction(by)) for at, by in steps)
        found["in_profit"] = decay["in_profit"]
    if legs := exits.get("legs"):
        found["legs"] = tuple(plain_distance(at) for at in legs["at"])
        found["lots"] = tuple(legs["lots"])
    if tight:
        by = tight.get("by")
        found["tighten"] = {"when": tight["when"], "to": plain_distance(tight.get("to"))}
        found["tighten"]["by"] = None if by is None else Fraction(by)
    return found


def plain_span(value: dict | None) -> tuple | None:
    if value is None:
        return None
    unit, count = next(iter(value.items()))
    return unit, plain_distance(count)


def plain_rules(rules: dict) -> dict:
    found = dict(rules)
    for name in ("daily_loss", "daily_profit"):
        if name in found:
            found[name] *= 100
    for name in ("min_reward", "fill_probability", "fill_share", "price_limit"):
        if name in found:
            found[name] = Fraction(found[name])
    return found
