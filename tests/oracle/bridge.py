"""From the engine's values to the oracle's plain ones, and back to comparable trades."""

from fractions import Fraction

import numpy as np

from engine.core.bars import Bars
from engine.core.setups import Setups
from engine.fills import OUTCOMES, REASONS
from engine.fills.simulate import Played
from tests.oracle.fills import Bar

COMPARED = (
    *("side", "entry_bar", "exit_bar", "entry", "exit", "reason", "ambiguous"),
    *("mfe", "mae", "gross", "slippage", "fees", "net"),
)


def plain_bars(bars: Bars) -> list[Bar]:
    columns = zip(*(a.tolist() for a in bars.arrays), strict=True)
    return [
        Bar(t, o, h, low, c, s, int(bars.sessions.stop[s]), str(bars.sessions.trade_date(s)))
        for t, o, h, low, c, _, s in columns
    ]


def plain_setups(setups: Setups) -> list[dict]:
    rows = []
    for k in range(len(setups)):
        levels = {
            name: int(level.values[k]) if level.present[k] else None
            for name, level in (("stop", setups.stop), ("target", setups.target))
        }
        attributes = {name: float(values[k]) for name, values in setups.attributes.items()}
        rows.append(
            {"bar": int(setups.bar[k]), "side": int(setups.side[k]), "attributes": attributes}
            | levels
        )
    return rows


def plain_distance(value: object) -> object:
    """A YAML distance in the oracle's words."""
    if value == "none":
        return None
    if isinstance(value, dict) and "r" in value:
        return {"r": Fraction(value["r"])}  # a multiple of whole ticks is exact
    if isinstance(value, dict):
        return {"times": float(value["times"]), "of": value["of"]}
    return value


def trades_of(played: Played) -> list:
    """Outcome by setup: a name, or the trade as a dict of the compared figures."""
    rows: list = [OUTCOMES[code] for code in played.outcome]
    t = played.trades
    for k, setup in enumerate(t.setup):
        row = {name: plain(getattr(t, name)[k]) for name in COMPARED}
        row["reason"] = REASONS[t.reason[k]]
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
    keep = {*COMPARED, "stop", "risk", "r", "target"}
    return [
        {k: v for k, v in row.items() if k in keep and v is not None}
        if isinstance(row, dict)
        else row
        for row in outcomes
    ]
