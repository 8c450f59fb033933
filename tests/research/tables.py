"""Small tables of trades and sessions, in the store's columns."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

DAYS = [day for k in range(80) if (day := date(2023, 11, 20) + timedelta(k)).weekday() < 5]
BARS_A_DAY = 10

DEFAULTS = {
    "combination": 0,
    "side": 1,
    "entry_bar": 0,
    "exit_bar": 0,
    "entry": 100,
    "exit": 100,
    "mfe": 0,
    "mae": 0,
    "slippage": 0,
    "fees": 0,
    "funding": 0,
    "r": None,
    "ambiguous": False,
    "reason": "target",
}
KINDS = {
    "trade_date": pl.Date,
    "entry_ts": pl.Datetime("ns", "UTC"),
    "exit_ts": pl.Datetime("ns", "UTC"),
    "reason": pl.String,
    "ambiguous": pl.Boolean,
}


def completed(row: dict) -> dict:
    """What a trade says, with the rest filled in, its times from its bars included."""
    full = DEFAULTS | row
    full.setdefault("gross", full["net"] + full["slippage"] + full["fees"] + full["funding"])
    full.setdefault("net_worst", full["net"])
    full.setdefault("net_best", full["net"])
    full.setdefault("bars_held", full["exit_bar"] - full["entry_bar"] + 1)
    morning = datetime.combine(full["trade_date"], datetime.min.time(), UTC) + timedelta(hours=15)
    for end in ("entry", "exit"):
        full[f"{end}_ts"] = morning + timedelta(minutes=25 * (full[f"{end}_bar"] % BARS_A_DAY))
    return full


def trade_frame(rows: list[dict]) -> pl.DataFrame:
    """Rows of trades; what they leave out is filled in."""
    full = [completed(row) for row in rows]
    names = list(completed({"trade_date": DAYS[0], "net": 0}))
    schema = {name: KINDS.get(name, pl.Int64) for name in names}
    return pl.DataFrame({n: [row[n] for row in full] for n in names}, schema=schema)


def sessions(days: list[date]) -> pl.DataFrame:
    return pl.DataFrame(
        {"trade_date": days, "bars": [BARS_A_DAY] * len(days)},
        schema={"trade_date": pl.Date, "bars": pl.Int64},
    )


def random_trades(noise: np.random.Generator, days: list[date], count: int) -> list[dict]:
    """Trades in order of exit, each inside a session; nothing and ties among their results."""

    def whole(low: int, high: int) -> int:
        return int(noise.integers(low, high + 1))

    rows = []
    for _ in range(count if days else 0):
        day = whole(0, len(days) - 1)
        first, last = sorted((whole(0, BARS_A_DAY - 1), whole(0, BARS_A_DAY - 1)))
        row = {
            "trade_date": days[day],
            "entry_bar": day * BARS_A_DAY + first,
            "exit_bar": day * BARS_A_DAY + last,
            "side": (1, -1)[whole(0, 1)],
            "entry": whole(-50, 50),
            "exit": whole(-50, 50),
            "mfe": whole(0, 6),
            "mae": -whole(0, 6),
            "net": (0, 100, -100, whole(-500, 500), whole(-500, 500))[whole(0, 4)],
            "slippage": whole(0, 9),
            "fees": whole(0, 9),
            "funding": whole(-6, 6),
            "net_worst": whole(-500, 500),
            "net_best": whole(-500, 500),
            "r": (None, whole(-20_000, 30_000))[whole(0, 1)],
            "ambiguous": bool(whole(0, 1)),
        }
        rows.append(completed(row))
    return sorted(rows, key=lambda row: (row["exit_ts"], row["entry_ts"]))
