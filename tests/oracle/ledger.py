"""What trades add up to in a cell, written out: plain sums over a list of trades."""

import numpy as np


def sums(trades: list) -> dict[str, int]:
    """Trades are (session, net, r, ambiguous), in order; one value for each field of the ledger."""
    nets = [net for _, net, _, _ in trades]
    days: dict[int, int] = {}
    for session, net, _, _ in trades:
        days[session] = days.get(session, 0) + net
    path = np.cumsum([0, *nets])
    highest = np.maximum.accumulate(path)
    return {
        "n": len(nets),
        "ambiguous": sum(doubt for *_, doubt in trades),
        "wins": sum(net > 0 for net in nets),
        "losses": sum(net < 0 for net in nets),
        "gross_win": sum(net for net in nets if net > 0),
        "gross_loss": -sum(net for net in nets if net < 0),
        "net": sum(nets),
        "sum_r": sum(r for _, _, r, _ in trades),
        "traded_sessions": len(days),
        "squares": sum(day * day for day in days.values()),
        "peak": int(path.max()),
        "trough": int(path.min()),
        "fall": int((highest - path).max()),
    }
