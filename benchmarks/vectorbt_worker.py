"""Runs in vectorbt's own environment: plays the named combinations, one column a call."""

import json
import sys
from pathlib import Path

import numpy as np
import vectorbt as vbt

try:
    import vectorbt_rust
except ImportError:
    vectorbt_rust = None

DATA = np.load(Path(sys.argv[1]) / "signals.npz")
OPEN, HIGH, LOW, CLOSE = (DATA[n].astype(np.float64) for n in ("open", "high", "low", "close"))
LAST, ENTER = DATA["last"], DATA["enter"]
LONG, SHORT = ENTER > 0, ENTER < 0
PRICE = np.where(LAST, CLOSE, OPEN)


def play(stop, target):  # noqa: ANN001, ANN201 - a script of another environment
    """Number of trades and gross ticks; vectorbt's own records say so."""
    made = vbt.Portfolio.from_signals(
        CLOSE,
        entries=LONG,
        exits=LAST,
        short_entries=SHORT,
        short_exits=LAST,
        size=1.0,
        price=PRICE,
        open=OPEN,
        high=HIGH,
        low=LOW,
        sl_stop=stop / OPEN,
        tp_stop=target / OPEN,
        stop_entry_price="FillPrice",
        upon_opposite_entry="Ignore",
        upon_dir_conflict="Ignore",
        init_cash=1e9,
        max_orders=2 * int(np.count_nonzero(ENTER)) + 2,
        engine="auto" if vectorbt_rust is None else "rust",
    )
    trades = made.trades
    return int(trades.count()), float(trades.pnl.sum())


def main() -> None:
    """Answer one word a line."""
    pairs = DATA["pairs"].tolist()
    for line in sys.stdin:
        results = [play(*pair) for pair in pairs]
        answer = {"rust": vectorbt_rust is not None, "version": vbt.__version__}
        print(json.dumps(answer | ({"results": results} if "trades" in line else {})), flush=True)


main()
