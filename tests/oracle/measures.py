"""Measures in plain Python, one after the other, written from the table of definitions.

Trades are dictionaries with the columns of the store, sessions are lists of net money units by
trade date; sums are exact fractions until the last step. `None` stands for undefined.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from statistics import NormalDist

Number = Fraction | float | int


def over(above: Number, below: Number) -> float | None:
    return None if below == 0 else float(above) / float(below)


def mean(values: Sequence[Number]) -> Fraction | None:
    return sum(map(Fraction, values)) / len(values) if values else None


def variance(values: Sequence[Number]) -> Fraction | None:
    """Of a sample."""
    if len(values) < 2:
        return None
    middle = mean(values)
    return sum((Fraction(v) - middle) ** 2 for v in values) / (len(values) - 1)


def root(value: Number | None) -> float | None:
    return None if value is None else math.sqrt(value)


def divided(above: Number | None, below: Number | None) -> float | None:
    return None if above is None or below is None else over(above, below)


def floated(found: dict) -> dict[str, float | None]:
    return {name: None if value is None else float(value) for name, value in found.items()}


def deepest_fall(values: Sequence[Number]) -> Number:
    level = peak = fall = 0
    for value in values:
        level += value
        peak = max(peak, level)
        fall = max(fall, peak - level)
    return fall


def longest(marks: Sequence[bool]) -> int:
    return max((len(list(run)) for mark, run in groupby(marks) if mark), default=0)


def wilson(wins: int, count: int) -> tuple[float | None, float | None]:
    if not count:
        return None, None
    z, share = NormalDist().inv_cdf(0.975), wins / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count**2))
    return middle - half / (1 + z * z / count), middle + half / (1 + z * z / count)


def of_trades(trades: list[dict]) -> dict[str, float | None]:
    """In order of exit; money in money units."""
    nets = [t["net"] for t in trades]
    won, lost = [n for n in nets if n > 0], [-n for n in nets if n < 0]
    count, payoff = len(nets), divided(mean(won), mean(lost))
    rate = over(len(won), count)
    low, high = wilson(len(won), count)
    sums = ("net", "gross", "slippage", "fees", "funding", "net_worst", "net_best")
    found = {name: sum(t[name] for t in trades) for name in sums}
    found |= {
        "trades": count,
        "wins": len(won),
        "losses": len(lost),
        "scratches": count - len(won) - len(lost),
        "longs": sum(t["side"] == 1 for t in trades),
        "shorts": sum(t["side"] == -1 for t in trades),
        "costs": sum(t["slippage"] + t["fees"] + t["funding"] for t in trades),
        "gross_profit": sum(won),
        "gross_loss": sum(lost),
        "expectancy": mean(nets),
        "expectancy_gross": mean([t["gross"] for t in trades]),
        "profit_factor": over(sum(won), sum(lost)),
        "win_rate": rate,
        "win_rate_low": low,
        "win_rate_high": high,
        "mean_win": mean(won),
        "mean_loss": mean(lost),
        "payoff": payoff,
        "best_trade": max(nets, default=None),
        "worst_trade": min(nets, default=None),
        "kelly": None if payoff is None else rate - (1 - rate) / payoff,
        "trade_sharpe": divided(mean(nets), root(variance(nets))),
        "max_wins": longest([n > 0 for n in nets]),
        "max_losses": longest([n < 0 for n in nets]),
        "trade_drawdown": deepest_fall(nets),
        "ambiguous": mean([t["ambiguous"] for t in trades]),
    }
    return floated(found | in_r(trades) | held(trades))


def in_r(trades: list[dict]) -> dict[str, Number | None]:
    values = [Fraction(t["r"], 10_000) for t in trades if t["r"] is not None]
    middle, spread = mean(values), root(variance(values))
    ratio = divided(middle, spread)
    return {
        "total_r": sum(values) if values else None,
        "mean_r": middle,
        "deviation_r": spread,
        "sqn": None if ratio is None else ratio * math.sqrt(len(values)),
        "r_drawdown": deepest_fall(values) if values else None,
    }


def held(trades: list[dict]) -> dict[str, Number | None]:
    """Time and excursions."""
    won, lost = [t for t in trades if t["net"] > 0], [t for t in trades if t["net"] < 0]

    def ticks(rows: list[dict]) -> Fraction | None:
        return mean([(t["exit"] - t["entry"]) * t["side"] for t in rows])

    def of(rows: list[dict], name: str) -> Fraction | None:
        return mean([t[name] for t in rows])

    mae = of(trades, "mae")
    return {
        "mean_bars": of(trades, "bars_held"),
        "mean_bars_win": of(won, "bars_held"),
        "mean_bars_loss": of(lost, "bars_held"),
        "mean_minutes": mean([(t["exit_ts"] - t["entry_ts"]).total_seconds() / 60 for t in trades]),
        "expectancy_ticks": ticks(trades),
        "mean_mfe": of(trades, "mfe"),
        "mean_mae": mae,
        "edge_ratio": divided(of(trades, "mfe"), None if mae is None else abs(mae)),
        "entry_efficiency": divided(ticks(trades), of(trades, "mfe")),
        "stop_efficiency": divided(ticks(lost), of(lost, "mae")),
    }


def of_days(
    results: list[int], months: list[int], stake: float, year: int, free: float, aversion: float
) -> dict[str, float | None]:
    """Money units by session, those of the capital included."""
    found = of_centre(results, stake, year)
    found |= of_falls(results, stake)
    found |= of_ratios(results, found, stake, year, free)
    yearly, follow = found["volatility"], autocorrelation(results)
    lo = None
    if follow is not None and found["sharpe"] is not None:
        lo = found["sharpe"] / math.sqrt(year) * lo_root(follow, year)
    found |= of_months(results, months) | of_tails(results) | of_shape(results)
    half = aversion / 2
    found["utility"] = None if yearly is None else found["annual_return"] - half * yearly**2
    return floated(found | line(results, year) | {"autocorrelation": follow, "sharpe_lo": lo})


def of_centre(results: list[int], stake: float, year: int) -> dict[str, Number | None]:
    count, net, middle, spread = len(results), sum(results), mean(results), root(variance(results))
    total = net / stake if count else None
    return {
        "sessions": count,
        "positive_sessions": mean([r > 0 for r in results]),
        "best_session": max(results, default=None),
        "worst_session": min(results, default=None),
        "mean_session": middle,
        "deviation_session": spread,
        "final_equity": stake + net,
        "total_return": total,
        "annual_return": None if middle is None else float(middle) * year / stake,
        "cagr": (1 + total) ** (year / count) - 1 if count and total > -1 else None,
        "volatility": None if spread is None else spread * math.sqrt(year) / stake,
    }


def of_ratios(
    results: list[int], found: dict, stake: float, year: int, free: float
) -> dict[str, Number | None]:
    count, middle, annual = len(results), found["mean_session"], found["annual_return"]
    target = free * stake / year
    below = math.sqrt(math.fsum(min(r - target, 0) ** 2 for r in results) / count) if count else 0.0
    over_target = None if middle is None else float(middle) - target
    sharpe = divided(over_target, found["deviation_session"])
    gain, pain = sum(r for r in results if r > 0), -sum(r for r in results if r < 0)
    deepest, excess = found["max_drawdown"], None if annual is None else annual - free
    return {
        "sharpe": None if sharpe is None else sharpe * math.sqrt(year),
        "sortino": None if below == 0 else over_target / below * math.sqrt(year),
        "calmar": divided(None if annual is None else annual * stake, deepest),
        "mar": divided(found["cagr"], found["max_drawdown_peak"]),
        "omega": over(gain, pain),
        "recovery_factor": over(sum(results), deepest),
        "ulcer_ratio": divided(excess, found["ulcer"]),
        "pain_ratio": divided(excess, found["pain"]),
        "kelly_leverage": divided(middle and middle * Fraction(stake), variance(results)),
    }


def of_falls(results: list[int], stake: float) -> dict[str, Number | None]:
    """Session by session, as one would keep it on paper."""
    level = peak = 0
    falls, shares = [], []
    for result in results:
        level += result
        peak = max(peak, level)
        falls.append(peak - level)
        shares.append(Fraction(peak - level) / (Fraction(stake) + peak))
    episodes = [list(run) for under, run in groupby(falls, lambda f: f > 0) if under]
    deepest = max(falls, default=0)
    back = None
    if deepest > 0:
        bottom = falls.index(deepest)
        back = next((k - bottom for k in range(bottom, len(falls)) if falls[k] == 0), None)
    squares = mean([share * share for share in shares])
    return {
        "max_drawdown": deepest,
        "max_drawdown_capital": deepest / stake,
        "max_drawdown_peak": max(shares, default=0),
        "drawdowns": len(episodes),
        "mean_drawdown": mean([max(run) for run in episodes]),
        "mean_drawdown_length": mean([len(run) for run in episodes]),
        "drawdown_length": max(map(len, episodes), default=0),
        "drawdown_open": bool(falls and falls[-1] > 0),
        "recovery_length": back,
        "time_under_water": mean([fall > 0 for fall in falls]),
        "ulcer": root(squares),
        "pain": mean(shares),
    }


def of_months(results: list[int], months: list[int]) -> dict[str, Number | None]:
    sums: dict[int, int] = {}
    for result, month in zip(results, months, strict=True):
        sums[month] = sums.get(month, 0) + result
    values = list(sums.values())
    return {
        "gain_to_pain": over(sum(values), -sum(v for v in values if v < 0)),
        "positive_months": mean([v > 0 for v in values]),
        "best_month": max(values, default=None),
        "worst_month": min(values, default=None),
    }


def percentile(ordered: list[int], share: Fraction) -> Fraction:
    """Linear between ranks, the first at 0 and the last at 1."""
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def of_tails(results: list[int]) -> dict[str, Number | None]:
    if not results:
        return {"var_95": None, "cvar_95": None, "tail_ratio": None}
    ordered = sorted(results)
    low, high = percentile(ordered, Fraction(1, 20)), percentile(ordered, Fraction(19, 20))
    beyond = [r for r in ordered if r <= low]
    return {"var_95": -low, "cvar_95": -mean(beyond), "tail_ratio": over(high, abs(low))}


def of_shape(results: list[int]) -> dict[str, Number | None]:
    if len(results) < 2 or len(set(results)) == 1:
        return {"skew": None, "kurtosis": None}
    middle = mean(results)
    second, third, fourth = (mean([(r - middle) ** k for r in results]) for k in (2, 3, 4))
    return {"skew": float(third) / float(second) ** 1.5, "kurtosis": fourth / second**2 - 3}


def autocorrelation(results: list[int]) -> float | None:
    if len(results) < 2 or len(set(results)) == 1:
        return None
    away = [r - mean(results) for r in results]
    ahead = sum(a * b for a, b in pairwise(away))
    return float(ahead / sum(a * a for a in away))


def lo_root(follow: float, year: int) -> float:
    """Lo's factor in its general form, the k-th autocorrelation being the first to the k."""
    weighted = sum((year - k) * follow**k for k in range(1, year))
    return year / math.sqrt(year + 2 * weighted)


def line(results: list[int], year: int) -> dict[str, Number | None]:
    """Ordinary least squares of the running result on 0, 1, 2 and so on."""
    count = len(results)
    levels = [sum(results[: k + 1]) for k in range(count)]
    if count < 2 or len(set(levels)) == 1:
        return {"k_ratio": None, "equity_r2": None}
    middle, centre = mean(levels), Fraction(count - 1, 2)
    spread = sum((k - centre) ** 2 for k in range(count))
    slope = sum((k - centre) * (v - middle) for k, v in enumerate(levels)) / spread
    rest = sum((v - middle - slope * (k - centre)) ** 2 for k, v in enumerate(levels))
    fit = 1 - rest / sum((v - middle) ** 2 for v in levels)
    if count < 3 or rest == 0:
        return {"k_ratio": None, "equity_r2": fit}
    error = math.sqrt(rest / (count - 2) / spread)
    return {"k_ratio": float(slope) / error * math.sqrt(year) / count, "equity_r2": fit}
