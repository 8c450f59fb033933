"""Definitions of what results by trade date say, idle sessions included."""

from __future__ import annotations

from typing import Final

from engine.research.measures.definition import (
    COUNT,
    HIGHER,
    LOWER,
    MONEY,
    NEITHER,
    NEVER,
    NUMBER,
    SESSIONS,
    SHARE,
    Definition,
)

NONE, FLAT = "no session", "fewer than two sessions, or all alike"
NO_FALL, NO_DOWN = "no drawdown", "no losing session"
RUINED = "the account falls to nothing"
D = Definition

OF_DAYS: Final = (
    D("sessions", "trade dates played, idle ones included", SESSIONS, NEITHER, NEVER),
    D("traded_sessions", "trade dates with a closed trade", SESSIONS, NEITHER, NEVER),
    D("positive_sessions", "sessions above 0 / sessions", SHARE, HIGHER, NONE),
    D("best_session", "highest result of a session", MONEY, HIGHER, NONE),
    D("worst_session", "lowest result of a session", MONEY, HIGHER, NONE),
    D("mean_session", "net / sessions", MONEY, HIGHER, NONE),
    D(
        "deviation_session",
        "sample deviation of session results",
        MONEY,
        LOWER,
        "fewer than two sessions",
    ),
    D("final_equity", "capital + net", MONEY, HIGHER, NEVER),
    D("total_return", "net / capital", SHARE, HIGHER, NONE),
    D(
        "annual_return",
        "mean_session x sessions a year / capital; gains are not put to work",
        SHARE,
        HIGHER,
        NONE,
    ),
    D(
        "cagr",
        "(1 + total_return) ^ (sessions a year / sessions) - 1",
        SHARE,
        HIGHER,
        f"no session, {RUINED}, or the rate is beyond any number",
    ),
    D(
        "volatility",
        "deviation_session x root of sessions a year / capital",
        SHARE,
        LOWER,
        "fewer than two sessions",
    ),
    D(
        "sharpe",
        "(mean_session - risk-free) / deviation_session x root of sessions a year",
        NUMBER,
        HIGHER,
        FLAT,
    ),
    D(
        "sharpe_lo",
        "sharpe with Lo's factor for results that follow each other (first order)",
        NUMBER,
        HIGHER,
        FLAT,
    ),
    D(
        "sortino",
        "(mean_session - risk-free) / root of the mean square of shortfalls below the "
        "risk-free, all sessions counted, x root of sessions a year",
        NUMBER,
        HIGHER,
        NO_DOWN,
    ),
    D("calmar", "annual_return x capital / max_drawdown", NUMBER, HIGHER, NO_FALL),
    D("mar", "cagr / max_drawdown_peak", NUMBER, HIGHER, f"{NO_FALL}, or {RUINED}"),
    D("omega", "gains / losses of sessions about 0", NUMBER, HIGHER, NO_DOWN),
    D("gain_to_pain", "sum of months / |sum of losing months|", NUMBER, HIGHER, "no losing month"),
    D("positive_months", "months above 0 / months", SHARE, HIGHER, NONE),
    D("best_month", "highest result of a calendar month", MONEY, HIGHER, NONE),
    D("worst_month", "lowest result of a calendar month", MONEY, HIGHER, NONE),
    D(
        "max_drawdown",
        "deepest fall of the running result below its peak, at session ends, from 0 on",
        MONEY,
        LOWER,
        NEVER,
    ),
    D("max_drawdown_capital", "max_drawdown / capital", SHARE, LOWER, NEVER),
    D("max_drawdown_peak", "deepest fall below the peak / (capital + peak)", SHARE, LOWER, NEVER),
    D("drawdowns", "runs of sessions below the peak", COUNT, LOWER, NEVER),
    D("mean_drawdown", "mean depth of those runs", MONEY, LOWER, NO_FALL),
    D("mean_drawdown_length", "mean length of those runs", SESSIONS, LOWER, NO_FALL),
    D(
        "drawdown_length",
        "longest run of sessions below the peak; one still open counts to the end",
        SESSIONS,
        LOWER,
        NEVER,
    ),
    D("drawdown_open", "1 where the last session ends below the peak", COUNT, LOWER, NEVER),
    D(
        "recovery_length",
        "sessions from the bottom of the deepest drawdown back to its peak",
        SESSIONS,
        LOWER,
        "no drawdown, or the deepest has not recovered",
    ),
    D("time_under_water", "sessions below the peak / sessions", SHARE, LOWER, NONE),
    D(
        "ulcer",
        "root of the mean square of the fall below the peak / (capital + peak)",
        SHARE,
        LOWER,
        NONE,
    ),
    D("pain", "mean of the fall below the peak / (capital + peak)", SHARE, LOWER, NONE),
    D("ulcer_ratio", "(annual_return - risk-free) / ulcer", NUMBER, HIGHER, NO_FALL),
    D("pain_ratio", "(annual_return - risk-free) / pain", NUMBER, HIGHER, NO_FALL),
    D("recovery_factor", "net / max_drawdown", NUMBER, HIGHER, NO_FALL),
    D(
        "var_95",
        "minus the 5th percentile of session results, linear between ranks",
        MONEY,
        LOWER,
        NONE,
    ),
    D("cvar_95", "minus the mean of the sessions at or below that percentile", MONEY, LOWER, NONE),
    D(
        "tail_ratio",
        "95th percentile / |5th percentile| of session results",
        NUMBER,
        HIGHER,
        "the 5th percentile is 0",
    ),
    D("skew", "third central moment / deviation ^ 3, both over all sessions", NUMBER, HIGHER, FLAT),
    D("kurtosis", "fourth central moment / variance ^ 2 - 3", NUMBER, LOWER, FLAT),
    D(
        "autocorrelation",
        "of a session's result with that of the one before",
        NUMBER,
        NEITHER,
        FLAT,
    ),
    D(
        "k_ratio",
        "slope of the running result / its standard error x root of sessions a year / sessions",
        NUMBER,
        HIGHER,
        "fewer than three sessions, or a perfect line",
    ),
    D(
        "equity_r2",
        "share of the running result's variance that a straight line explains",
        SHARE,
        HIGHER,
        "fewer than two sessions, or no result at all",
    ),
    D(
        "kelly_leverage",
        "mean x capital / variance of sessions: times the capital",
        NUMBER,
        HIGHER,
        FLAT,
    ),
    D(
        "utility",
        "annual_return - aversion / 2 x volatility ^ 2",
        SHARE,
        HIGHER,
        "fewer than two sessions",
    ),
)

OF_BENCHMARK: Final = (
    D(
        "beta",
        "covariance with the benchmark's session returns / their variance",
        NUMBER,
        NEITHER,
        FLAT,
    ),
    D("alpha", "annual_return - beta x the benchmark's annual return", SHARE, HIGHER, FLAT),
    D(
        "tracking_error",
        "deviation of the difference of returns x root of sessions a year",
        SHARE,
        LOWER,
        "fewer than two sessions",
    ),
    D(
        "information_ratio",
        "annual mean of that difference / tracking_error",
        NUMBER,
        HIGHER,
        "it never differs from the benchmark",
    ),
    D("benchmark_correlation", "of session returns with the benchmark's", NUMBER, NEITHER, FLAT),
)
