"""Definitions of what closed trades say; a trade is a row, its legs rows of their own."""

from __future__ import annotations

from typing import Final

from engine.research.measures.definition import (
    BARS,
    COUNT,
    HIGHER,
    LOWER,
    MINUTES,
    MONEY,
    NEITHER,
    NEVER,
    NUMBER,
    SHARE,
    TICKS,
    Definition,
    R,
)

NO_TRADE, NO_WIN, NO_LOSS = "no trade", "no winning trade", "no losing trade"
NO_R, TWO_R = "no trade with a stop", "fewer than two different R"
EITHER = "no winning or no losing trade"
D = Definition

OF_TRADES: Final = (
    D("trades", "closed trades", COUNT, NEITHER, NEVER),
    D("wins", "trades with net > 0", COUNT, HIGHER, NEVER),
    D("losses", "trades with net < 0", COUNT, LOWER, NEVER),
    D("scratches", "trades with net = 0", COUNT, NEITHER, NEVER),
    D("longs", "trades bought first", COUNT, NEITHER, NEVER),
    D("shorts", "trades sold first", COUNT, NEITHER, NEVER),
    D("net", "sum of net = gross - slippage - fees - funding", MONEY, HIGHER, NEVER),
    D("gross", "sum of (exit - entry) x side in money", MONEY, HIGHER, NEVER),
    D("slippage", "sum of slippage", MONEY, LOWER, NEVER),
    D("fees", "sum of fees", MONEY, LOWER, NEVER),
    D("funding", "sum of funding", MONEY, LOWER, NEVER),
    D("costs", "slippage + fees + funding", MONEY, LOWER, NEVER),
    D("gross_profit", "sum of the net of winning trades", MONEY, HIGHER, NEVER),
    D("gross_loss", "minus the sum of the net of losing trades", MONEY, LOWER, NEVER),
    D("expectancy", "net / trades", MONEY, HIGHER, NO_TRADE),
    D("expectancy_gross", "gross / trades", MONEY, HIGHER, NO_TRADE),
    D("expectancy_ticks", "mean of (exit - entry) x side, before costs", TICKS, HIGHER, NO_TRADE),
    D("total_r", "sum of R; R = net / money at risk at the stop, costs included", R, HIGHER, NO_R),
    D("mean_r", "mean of R", R, HIGHER, NO_R),
    D("deviation_r", "sample deviation of R", R, LOWER, "fewer than two trades with a stop"),
    D("sqn", "mean of R / deviation of R x root of their number", NUMBER, HIGHER, TWO_R),
    D("profit_factor", "gross_profit / gross_loss", NUMBER, HIGHER, NO_LOSS),
    D("win_rate", "wins / trades", SHARE, HIGHER, NO_TRADE),
    D("win_rate_low", "lower end of Wilson's 95 % interval", SHARE, HIGHER, NO_TRADE),
    D("win_rate_high", "upper end of Wilson's 95 % interval", SHARE, HIGHER, NO_TRADE),
    D("mean_win", "gross_profit / wins", MONEY, HIGHER, NO_WIN),
    D("mean_loss", "gross_loss / losses", MONEY, LOWER, NO_LOSS),
    D("payoff", "mean_win / mean_loss", NUMBER, HIGHER, EITHER),
    D("best_trade", "highest net", MONEY, HIGHER, NO_TRADE),
    D("worst_trade", "lowest net", MONEY, HIGHER, NO_TRADE),
    D("kelly", "p - (1 - p) / payoff with p = win_rate", SHARE, HIGHER, EITHER),
    D(
        "trade_sharpe",
        "mean / sample deviation of net, per trade, not annualised",
        NUMBER,
        HIGHER,
        "fewer than two different results",
    ),
    D("max_wins", "most winning trades in a row, by exit", COUNT, HIGHER, NEVER),
    D("max_losses", "most losing trades in a row, by exit; a scratch ends it", COUNT, LOWER, NEVER),
    D(
        "trade_drawdown",
        "deepest fall of the running net of closed trades, from 0 on",
        MONEY,
        LOWER,
        NEVER,
    ),
    D("r_drawdown", "deepest fall of the running R of closed trades, from 0 on", R, LOWER, NO_R),
    D("trades_a_session", "trades / sessions, idle ones included", NUMBER, NEITHER, "no session"),
    D("exposure", "bars with a position / bars", SHARE, NEITHER, "the sessions give no bars"),
    D("mean_bars", "mean of bars held, entry and exit bar included", BARS, NEITHER, NO_TRADE),
    D("mean_bars_win", "mean of bars held, winning trades", BARS, NEITHER, NO_WIN),
    D("mean_bars_loss", "mean of bars held, losing trades", BARS, NEITHER, NO_LOSS),
    D(
        "mean_minutes",
        "mean of exit minus entry on the clock, by the opens of their bars",
        MINUTES,
        NEITHER,
        NO_TRADE,
    ),
    D("mean_mfe", "mean of the best price from the entry", TICKS, HIGHER, NO_TRADE),
    D("mean_mae", "mean of the worst price from the entry (below 0)", TICKS, HIGHER, NO_TRADE),
    D("edge_ratio", "mean_mfe / |mean_mae|", NUMBER, HIGHER, "no adverse excursion"),
    D("entry_efficiency", "expectancy_ticks / mean_mfe", NUMBER, HIGHER, "no favourable excursion"),
    D(
        "stop_efficiency",
        "mean ticks of losing trades / their mean mae",
        NUMBER,
        LOWER,
        "no losing trade with an adverse excursion",
    ),
    D("ambiguous", "share of trades whose bar left a doubt", SHARE, LOWER, NO_TRADE),
    D("net_worst", "net, every doubt decided against the trader", MONEY, HIGHER, NEVER),
    D("net_best", "net, every doubt decided for the trader", MONEY, HIGHER, NEVER),
)
