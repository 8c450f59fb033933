"""Runs in vectorbt's own environment: plays the named combinations, one column a call."""

import json
import sys
from functools import cache
from pathlib import Path

import numpy as np
import vectorbt as vbt

try:
    import vectorbt_rust
except ImportError:
    vectorbt_rust = None

FOLDER = Path(sys.argv[1])
STATUS = Path("/proc/self/status")


@cache
def data():  # noqa: ANN201 - a script of another environment
    """The signals, read when the first word comes."""
    kept = dict(np.load(FOLDER / "signals.npz"))
    prices = {n: kept[n].astype(np.float64) for n in ("open", "high", "low", "close")}
    price = np.where(kept["last"], prices["close"], prices["open"])
    return kept | prices | {"price": price, "pairs": kept["pairs"].tolist()}


def play(stop, target):  # noqa: ANN001, ANN201 - a script of another environment
    """The trades vectorbt records."""
    of = data()
    made = vbt.Portfolio.from_signals(
        of["close"],
        entries=of["enter"] > 0,
        exits=of["last"],
        short_entries=of["enter"] < 0,
        short_exits=of["last"],
        size=1.0,
        price=of["price"],
        open=of["open"],
        high=of["high"],
        low=of["low"],
        sl_stop=stop / of["open"],
        tp_stop=target / of["open"],
        stop_entry_price="FillPrice",
        upon_opposite_entry="Ignore",
        upon_dir_conflict="Ignore",
        init_cash=1e9,
        max_orders=2 * int(np.count_nonzero(of["enter"])) + 2,
        engine="auto" if vectorbt_rust is None else "rust",
    )
    return made.trades


def listed(trades):  # noqa: ANN001, ANN201 - a script of another environment
    """Entry bar, exit bar, side, entry and exit of every trade, in order of entry."""
    rows = trades.values
    names = ("entry_idx", "exit_idx", "direction", "entry_price", "exit_price")
    found = np.stack([rows[name].astype(np.float64) for name in names], axis=1)
    found[:, 2] = 1 - 2 * found[:, 2]  # their 0 is long, their 1 short
    return found[np.argsort(found[:, 0], kind="stable")]


def held():  # noqa: ANN201 - a script of another environment
    """MB this process held at most, where the system tells it."""
    if not STATUS.exists():
        return None
    lines = STATUS.read_text("utf-8").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1e3


def main() -> None:
    """Answer one word a line."""
    for line in sys.stdin:
        made = [play(*pair) for pair in data()["pairs"]]
        sums = [(int(trades.count()), float(trades.pnl.sum())) for trades in made]
        if "trades" in line:
            tables = {str(k): listed(trades) for k, trades in enumerate(made)}
            np.savez(FOLDER / "trades.npz", **tables)
        answer = {"rust": vectorbt_rust is not None, "version": vbt.__version__, "results": sums}
        answer["held"] = held()
        print(json.dumps(answer), flush=True)


main()
