"""Measures of closed trades, for many series in one call."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.fills.simulate import R_SCALE
from engine.research.measures.groups import Groups
from engine.research.measures.ledger import Floats, ratio

WILSON = 1.959963984540054  # of a normal, 2.5 % lie beyond
Found = dict[str, Floats]
MONEY = ("net", "gross", "slippage", "fees", "funding", "net_worst", "net_best")


class Closed(NamedTuple):
    """Columns of trades, sorted by series and exit; ticks, money units, 1/10,000 of R."""

    net: Longs
    gross: Longs
    slippage: Longs
    fees: Longs
    funding: Longs
    net_worst: Longs
    net_best: Longs
    side: Longs
    entry: Longs
    exit: Longs
    entry_bar: Longs
    exit_bar: Longs
    bars_held: Longs
    minutes: Floats
    mfe: Longs
    mae: Longs
    r: Longs
    has_r: Bools
    ambiguous: Bools


def trade_measures(t: Closed, by: Groups) -> Found:
    """All of `OF_TRADES` but what sessions are needed for; figures stay in money units."""
    found = {name: by.total(getattr(t, name)) for name in MONEY}
    found |= counts(t, by)
    found |= wins_and_losses(t, by, found)
    found |= in_r(t, by)
    found |= holding(t, by)
    return found | excursions(t, by)


def counts(t: Closed, by: Groups) -> Found:
    every = np.ones(len(t.net), np.bool_)
    return {
        "trades": by.number(every),
        "wins": by.number(t.net > 0),
        "losses": by.number(t.net < 0),
        "scratches": by.number(t.net == 0),
        "longs": by.number(t.side > 0),
        "shorts": by.number(t.side < 0),
        "max_wins": by.longest(t.net > 0),
        "max_losses": by.longest(t.net < 0),
    }


def wins_and_losses(t: Closed, by: Groups, found: Found) -> Found:
    """What winners and losers say of each other."""
    count, wins, losses = found["trades"], found["wins"], found["losses"]
    won, lost = by.total(np.maximum(t.net, 0)), by.total(np.maximum(-t.net, 0))
    rate = ratio(wins, count)
    low, high = wilson(wins, count)
    mean_win, mean_loss = ratio(won, wins), ratio(lost, losses)
    payoff = ratio(mean_win, mean_loss)
    return {
        "costs": found["slippage"] + found["fees"] + found["funding"],
        "gross_profit": won,
        "gross_loss": lost,
        "expectancy": ratio(found["net"], count),
        "expectancy_gross": ratio(found["gross"], count),
        "profit_factor": ratio(won, lost),
        "win_rate": rate,
        "win_rate_low": low,
        "win_rate_high": high,
        "mean_win": mean_win,
        "mean_loss": mean_loss,
        "payoff": payoff,
        "best_trade": by.highest(t.net),
        "worst_trade": -by.highest(-t.net),
        "kelly": rate - ratio(1.0 - rate, payoff),
        "trade_sharpe": ratio(ratio(found["net"], count), spread(t.net, count, by)),
        "trade_drawdown": by.running_falls(t.net),
        "ambiguous": ratio(by.number(t.ambiguous), count),
    }


def spread(values: Longs, count: Floats, by: Groups) -> Floats:
    """Sample deviation by series; undefined below two rows."""
    mean = ratio(by.total(values), count)
    away = values - mean[by.series]
    return np.sqrt(ratio(by.total(away * away), np.where(count > 1, count - 1, 0)))


def wilson(wins: Floats, count: Floats) -> tuple[Floats, Floats]:
    """Ends of Wilson's interval of a share."""
    square = WILSON * WILSON
    middle = ratio(wins + square / 2, np.where(count > 0, count + square, 0))
    within = wins * (count - wins)
    half = ratio(
        WILSON * np.sqrt(ratio(within, count) + square / 4),
        np.where(count > 0, count + square, 0),
    )
    return middle - half, middle + half


def in_r(t: Closed, by: Groups) -> Found:
    """What trades made of the money they risked; those without a stop say nothing."""
    rows = np.flatnonzero(t.has_r)
    mine, values = Groups(by.series[rows], by.many), t.r[rows]
    number = mine.number(np.ones(len(rows), np.bool_))
    some = number > 0
    total = np.where(some, mine.total(values) / R_SCALE, np.nan)
    mean, deviation = ratio(total, number), spread(values, number, mine) / R_SCALE
    fall = np.where(some, mine.running_falls(values) / R_SCALE, np.nan)
    return {
        "total_r": total,
        "mean_r": mean,
        "deviation_r": deviation,
        "sqn": ratio(mean, deviation) * np.sqrt(number),
        "r_drawdown": fall,
    }


def holding(t: Closed, by: Groups) -> Found:
    """How long positions were held."""
    every = np.ones(len(t.net), np.bool_)
    return {
        "mean_bars": by.mean(t.bars_held, every),
        "mean_bars_win": by.mean(t.bars_held, t.net > 0),
        "mean_bars_loss": by.mean(t.bars_held, t.net < 0),
        "mean_minutes": by.mean(t.minutes, every),
    }


def excursions(t: Closed, by: Groups) -> Found:
    """What prices offered, and how much of it was kept."""
    every = np.ones(len(t.net), np.bool_)
    ticks = (t.exit - t.entry) * t.side
    mean, mfe, mae = (by.mean(values, every) for values in (ticks, t.mfe, t.mae))
    lost = t.net < 0
    return {
        "expectancy_ticks": mean,
        "mean_mfe": mfe,
        "mean_mae": mae,
        "edge_ratio": ratio(mfe, np.abs(mae)),
        "entry_efficiency": ratio(mean, mfe),
        "stop_efficiency": ratio(by.mean(ticks, lost), by.mean(t.mae, lost)),
    }
