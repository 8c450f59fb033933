"""From the engine's values to the oracle's plain ones, and back to comparable trades."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from engine.core.bars import Bars
from engine.core.entries import ORDERS
from engine.core.setups import Setups
from engine.core.zone import day_date
from engine.fills import OUTCOMES, REASONS
from engine.fills.simulate import Played
from tests.oracle.fills import Bar

COMPARED = (
    *("side", "entry_bar", "exit_bar", "entry", "exit", "reason", "ambiguous"),
    *("mfe", "mae", "gross", "slippage", "fees", "funding", "net", "lots"),
)


def plain_bars(bars: Bars) -> list[Bar]:
    """Bars as the oracle reads them, each with the finer ones that add up to it."""
    found = bare(bars)
    if bars.inner is not None:
        for k, bar in enumerate(found):
            bar.inner = inside(bar, bare(bars.inner), bars, k)
    return found


def inside(bar: Bar, finer: list[Bar], bars: Bars, k: int) -> list[Bar]:
    """Luck and room are those of the whole bar, so its time and volume are too."""
    stop = bar.time + bars.minutes * 60_000_000_000
    if k + 1 < len(bars):
        stop = min(stop, int(bars.time[k + 1]))
    rows = [b for b in finer if bar.time <= b.time < stop]
    if not rows:
        return []
    told = rows[0].open, max(b.high for b in rows), min(b.low for b in rows), rows[-1].close
    if told != (bar.open, bar.high, bar.low, bar.close):
        return []
    return [replace(b, time=bar.time, volume=bar.volume) for b in rows]


def bare(bars: Bars) -> list[Bar]:
    columns = zip(*(a.tolist() for a in bars.arrays), strict=True)
    stops, dates = bars.sessions.stop, bars.sessions.trade_date
    return [
        Bar(t, o, h, low, c, s, int(stops[s]), str(dates(s)), v, rth=rth)
        for (t, o, h, low, c, v, s), rth in zip(columns, bars.rth.tolist(), strict=True)
    ]


def plain_setups(setups: Setups) -> list[dict]:
    columns = {name: plain_column(moving) for name, moving in setups.follow.items()}
    rows = []
    for k in range(len(setups)):
        row = {"bar": int(setups.bar[k]), "side": int(setups.side[k]), "columns": columns}
        row |= {name: at(getattr(setups, name), k) for name in ("stop", "target")}
        row["attributes"] = {name: float(values[k]) for name, values in setups.attributes.items()}
        if setups.entries is not None:
            entry = setups.entries
            until = at(entry.until, k)
            row |= {"order": ORDERS[entry.order[k]], "level": at(entry.level, k)}
            row |= {"limit": at(entry.limit, k), "bars": at(entry.bars, k)}
            row["until"] = None if until is None else str(day_date(until))
        if setups.parents is not None:
            row |= {"waits": bool(setups.parents.waits[k]), "after": setups.parents.ended}
            row["parent"] = at(setups.parents.row, k)
        rows.append(row)
    return rows


def at(column: object, k: int) -> int | None:
    return int(column.values[k]) if column.present[k] else None


def plain_column(moving: object) -> dict:
    """A followed column by side, None where it says nothing."""
    return {
        side: [int(v) if there else None for v, there in zip(values, present, strict=True)]
        for side, values, present in zip((1, -1), moving.values, moving.present, strict=True)
    }


def plain_distance(value: object) -> object:
    """A YAML distance in the oracle's words."""
    if value in ("none", None):
        return None
    if not isinstance(value, dict):
        return value
    if "nearest" in value:
        return {"nearest": [plain_distance(part) for part in value["nearest"]]}
    if "offset" in value:
        return {"level": value["offset"]}
    if "follow" in value:
        return {"follow": value["follow"], "until_trail": "until" in value}
    if "dollars" in value:
        return {"dollars": int(Fraction(value["dollars"]) * 100)}
    if "of" in value:
        return {"times": float(value["times"]), "of": value["of"]}
    return {name: Fraction(times) for name, times in value.items()}  # exact multiples


def trades_of(played: Played) -> list:
    """Outcome by setup: a name, or the trade as a dict of the compared figures."""
    rows: list = [OUTCOMES[code] for code in played.outcome]
    t = played.trades
    for k, setup in enumerate(t.setup):
        row = {name: plain(getattr(t, name)[k]) for name in COMPARED}
        row |= {"reason": REASONS[t.reason[k]], "order": ORDERS[t.order[k]]}
        legs = zip(t.leg_bar[k], t.leg[k], t.sold[k], strict=True)
        row["legs"] = sorted((int(b), int(p), int(n)) for b, p, n in legs if n)
        if t.has_stop[k]:
            row |= {"stop": int(t.stop[k]), "risk": int(t.risk[k]), "r": int(t.r[k])}
        if t.has_target[k]:
            row["target"] = int(t.target[k])
        rows[setup] = row
    return rows


def plain(value: object) -> object:
    return bool(value) if isinstance(value, np.bool_) else int(value)


def expected(outcomes: list) -> list:
    """The oracle's trades, without what it does not have."""
    keep = {*COMPARED, "stop", "risk", "r", "target", "order", "legs"}
    rows = []
    for row in outcomes:
        if isinstance(row, dict):
            legs = sorted((leg["bar"], leg["price"], leg["lots"]) for leg in row["legs"])
            found = {k: v for k, v in row.items() if k in keep and v is not None}
            rows.append(found | {"legs": legs})
        else:
            rows.append(row)
    return rows
