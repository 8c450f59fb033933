"""What is worth knowing of a strategy that breaks no law: no judgement, and no exit code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from app.lawcheck.points import spread
from app.resolve import Experiment
from engine.core.bars import Bars
from engine.core.setups import Setups
from engine.core.strategy import Strategy
from engine.fills import Table, Trades
from engine.fills.simulate import best_net
from engine.research.evidence.null import rank
from engine.research.grid import play_one
from engine.research.plan import Combination, compare
from engine.synth.mirror import Source, mirror

SURROGATES: Final = 19
Row = dict[str, Any]


def notes(experiment: Experiment, bars: Bars) -> Row:
    """Figures of the strategy's defaults, played one way."""
    one = experiment.plan[0]
    table = table_of(experiment, bars)
    setups = one.strategy.setups(bars[:])
    trades = play_one(table, setups, one)[1].trades
    return {
        **told_setups(setups, trades, bars),
        "gates": list(gates(one.strategy, setups)),
        "null": chance(experiment, bars, per_trade(trades)),
        **money(trades, bars),
        "ambiguity": ambiguity(table, one, trades, bars),
    }


def table_of(experiment: Experiment, bars: Bars) -> Table:
    plan = experiment.plan
    return Table.of(bars, plan.rules, plan.costs, plan.exits)


def told_setups(setups: Setups, trades: Trades, bars: Bars) -> Row:
    """How often it speaks, and how often that becomes a trade."""
    sessions = int(bars.session[-1]) - int(bars.session[0]) + 1
    return {
        "sessions": sessions,
        "setups": len(setups),
        "setups_a_session": len(setups) / sessions,
        "longs": int((setups.side > 0).sum()),
        "shorts": int((setups.side < 0).sum()),
        "trades": len(trades.net),
    }


def gates(strategy: Strategy, setups: Setups) -> Iterator[Row]:
    """How many setups each gate rejects by itself, at its ends and its middle."""
    for name, gate in strategy.gates().items():
        values = setups.attribute(gate.attribute)
        marks = sorted(spread(strategy.space()[name]))
        kept = {f"{v}": compare(gate, values, float(v)) for v in marks}
        yield {
            "gate": name,
            "keeps": f"{gate.attribute} {gate.op}",
            "unknown": mean(np.isnan(values)),
            "rejected": {mark: 1 - mean(passes) for mark, passes in kept.items()},
            "counts": {mark: int((~passes).sum()) for mark, passes in kept.items()},
        }


def mean(marks: Any) -> float:
    return float(np.mean(marks)) if len(marks) else float("nan")


def per_trade(trades: Trades) -> float:
    """Net of a trade on average, in money units."""
    return mean(trades.net)


def chance(experiment: Experiment, bars: Bars, real: float) -> Row:
    """Where the net of a trade stands among the same rules on mirrored bars."""
    one, found = experiment.plan[0], []
    for turn in range(SURROGATES):
        made = mirror(bars, Source(0, turn))
        table = table_of(experiment, made)
        found.append(per_trade(play_one(table, one.strategy.setups(made), one)[1].trades))
    told = rank(real, found)
    return {"surrogates": SURROGATES, "percentile": told.percentile, "p_value": told.p_value}


def money(trades: Trades, bars: Bars) -> Row:
    """A trade on average, before costs, after them, and after twice of them."""
    unit = float(bars.instrument.money_unit)
    gross, net = mean(trades.gross) * unit, mean(trades.net) * unit
    figures = {"gross": gross, "net": net, "net_at_double_costs": 2 * net - gross}
    return {"currency": bars.instrument.currency, "a_trade": figures}


def ambiguity(table: Table, one: Combination, trades: Trades, bars: Bars) -> Row:
    """What the bars could not decide: how many trades, and their money both ways."""
    setups = one.strategy.setups(bars[:])
    rows = play_one(table, setups, one)[0]
    best = best_net(table, setups.take(rows), one.exits, trades)
    unit = float(bars.instrument.money_unit)
    return {
        "share": mean(trades.ambiguous),
        "worst": float(trades.net.sum()) * unit,
        "best": float(best.sum()) * unit,
    }
