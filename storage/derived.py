"""Views over views: bars with indicators, the segments of each day, and how strategies did."""

from __future__ import annotations

from typing import Final

TOLD: Final = """count(*) AS trades, avg((net > 0)::INTEGER) AS win_rate, sum(net) AS net,
    avg(net) AS average, avg(r) AS average_r,
    sum(net) FILTER (net > 0) / nullif(-sum(net) FILTER (net < 0), 0) AS profit_factor"""
TIMED: Final = """SELECT t.*, r.strategy, r.timeframe, r.source,
    CASE WHEN t.entry_ts >= s.rth_start AND t.entry_ts < s.rth_stop THEN 'rth' ELSE 'eth' END
    AS segment, strftime(t.trade_date, '%Y-%m') AS month
    FROM trades t JOIN runs r ON r.run = t.run
    LEFT JOIN sessions s ON s.symbol = t.symbol AND s.trade_date = t.trade_date"""
KEYS: Final = "strategy, symbol, source, timeframe, scope"


def performance(*by: str) -> str:
    """What trades came to: by strategy and market, and by what else is named."""
    keys = ", ".join((KEYS, *by))
    words = ["SELECT", keys, ",", TOLD, "FROM (", TIMED, ") GROUP BY", keys]
    return " ".join(words)


DERIVED: Final[dict[str, str]] = {
    "ohlcv": """SELECT b.*, i.* EXCLUDE (symbol, source, timeframe, ts, contract)
        FROM bars b JOIN indicators i ON b.symbol = i.symbol AND b.source = i.source
        AND b.timeframe = i.timeframe AND b.ts = i.ts
        AND b.contract IS NOT DISTINCT FROM i.contract""",
    "session_levels": """SELECT symbol, source, timeframe, contract, trade_date,
        CASE WHEN ts >= rth_start AND ts < rth_stop THEN 'rth' ELSE 'eth' END AS segment,
        min(ts) AS first_bar, max(ts) AS last_bar, arg_min(open, ts) AS open, max(high) AS high,
        min(low) AS low, arg_max(close, ts) AS close, sum(volume) AS volume
        FROM bars JOIN sessions USING (symbol, trade_date) GROUP BY ALL""",
    "strategy_performance": performance(),
    "session_performance": performance("segment"),
    "monthly_performance": performance("month"),
}


def derived() -> list[str]:
    """The statements that make them."""
    return [f"CREATE VIEW {name} AS {' '.join(text.split())}" for name, text in DERIVED.items()]
