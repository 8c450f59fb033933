"""Measures of results by trade date: many series over the same sessions in one call."""

from __future__ import annotations

import numpy as np

from engine.core.bars import Longs
from engine.research.measures.basis import Basis
from engine.research.measures.falls import Path, drawdown_measures
from engine.research.measures.ledger import Floats, ratio
from engine.research.measures.shape import autocorrelation, line_measures, shape_measures

Found = dict[str, Floats]


def day_measures(results: Longs, months: Longs, basis: Basis) -> Found:
    """All of `OF_DAYS` but the count of traded sessions; a row a series, money units a session.

    `months` numbers the calendar month of each session, ascending. Figures stay in money units,
    whose sums are exact: a series of equal results has a deviation of 0, not of rounding.
    """
    money = results.astype(np.float64)
    path = Path.of(money)
    found = centre(money, basis)
    found |= drawdown_measures(path, basis.stake)
    found |= month_measures(money, months)
    found |= tails(money)
    found |= shape_measures(money)
    found |= line_measures(path.level, basis.periods)
    return found | ratios(found, money, basis)


def deviation(values: Floats) -> Floats:
    """Sample deviation of each row; undefined below two values."""
    if values.shape[1] < 2:
        return np.full(len(values), np.nan)
    return np.asarray(values.std(axis=1, ddof=1))


def centre(money: Floats, basis: Basis) -> Found:
    """Level and spread of sessions."""
    count = money.shape[1]
    net, spread = money.sum(axis=1), deviation(money)
    mean = ratio(net, count)
    extremes = money if count else np.full((len(money), 1), np.nan)
    return {
        "sessions": np.full(len(money), float(count)),
        "positive_sessions": ratio((money > 0).sum(axis=1), count),
        "best_session": extremes.max(axis=1),
        "worst_session": extremes.min(axis=1),
        "mean_session": mean,
        "deviation_session": spread,
        "final_equity": basis.stake + net,
        "total_return": net / basis.stake if count else np.full(len(money), np.nan),
        "annual_return": mean * basis.periods / basis.stake,
        "volatility": spread * np.sqrt(basis.periods) / basis.stake,
    }


def ratios(found: Found, money: Floats, basis: Basis) -> Found:
    """What sets a return against a risk."""
    count, year, capital = money.shape[1], basis.periods, basis.stake
    mean, spread = found["mean_session"], found["deviation_session"]
    over = mean - basis.target
    short = np.minimum(money - basis.target, 0.0)
    downside = np.sqrt(ratio((short * short).sum(axis=1), count))
    sharpe = ratio(over, spread) * np.sqrt(year)
    net, excess = money.sum(axis=1), found["annual_return"] - basis.risk_free
    follow = autocorrelation(money)
    cagr = compound(found["total_return"], year / count if count else np.nan)
    return {
        "sharpe": sharpe,
        "sharpe_lo": sharpe * lo_factor(follow, year),
        "sortino": ratio(over, downside) * np.sqrt(year),
        "cagr": cagr,
        "calmar": ratio(mean * year, found["max_drawdown"]),
        "mar": ratio(cagr, found["max_drawdown_peak"]),
        "omega": ratio(np.maximum(money, 0.0).sum(axis=1), -np.minimum(money, 0.0).sum(axis=1)),
        "ulcer_ratio": ratio(excess, found["ulcer"]),
        "pain_ratio": ratio(excess, found["pain"]),
        "recovery_factor": ratio(net, found["max_drawdown"]),
        "autocorrelation": follow,
        "kelly_leverage": ratio(mean * capital, spread * spread),
        "utility": found["annual_return"] - basis.aversion / 2 * found["volatility"] ** 2,
    }


def compound(total: Floats, exponent: float) -> Floats:
    """The yearly rate that compounds to a total return, as far as it is a number."""
    base = np.where(total > -1.0, 1.0 + total, np.nan)
    with np.errstate(over="ignore"):
        rate = base**exponent - 1.0
    return np.where(np.isinf(rate), np.nan, rate)


def lo_factor(follow: Floats, year: int) -> Floats:
    """What a first-order dependence makes of the root of a year, as a share of that root."""
    rest = 1.0 - follow
    tail = (1.0 - follow**year) / (year * rest)
    return np.asarray(1.0 / np.sqrt(1.0 + 2.0 * follow / rest * (1.0 - tail)))


def month_measures(money: Floats, months: Longs) -> Found:
    """Calendar months, idle ones included as long as they have a session."""
    if not len(months):
        nothing = np.full(len(money), np.nan)
        names = ("gain_to_pain", "positive_months", "best_month", "worst_month")
        return dict.fromkeys(names, nothing)
    starts = np.flatnonzero(np.diff(months, prepend=months[0] - 1))
    sums = np.add.reduceat(money, starts, axis=1)
    return {
        "gain_to_pain": ratio(sums.sum(axis=1), -np.minimum(sums, 0.0).sum(axis=1)),
        "positive_months": ratio((sums > 0).sum(axis=1), len(starts)),
        "best_month": sums.max(axis=1),
        "worst_month": sums.min(axis=1),
    }


def tails(money: Floats) -> Found:
    """The worst and the best twentieth of sessions."""
    if not money.shape[1]:
        return dict.fromkeys(("var_95", "cvar_95", "tail_ratio"), np.full(len(money), np.nan))
    low, high = np.percentile(money, (5, 95), axis=1)
    beyond = money <= low[:, None]
    mean = ratio(np.where(beyond, money, 0.0).sum(axis=1), beyond.sum(axis=1))
    return {"var_95": -low, "cvar_95": -mean, "tail_ratio": ratio(high, np.abs(low))}
