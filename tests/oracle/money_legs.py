"""A trade in legs as trades of their own, in plain Python: M18 of docs/money.md.

It takes the trades the oracle of fills makes, with the orders they were filled by.
"""

from tests.oracle.book import Bar, Program, carried, toll
from tests.oracle.fills import entry_costs

STOPS = ("stop", "breakeven", "trail", "decay", "tighten")


def parted(bars: list[Bar], trade: dict, program: Program) -> list[dict]:
    """A row a leg, and one of what was left; a trade without legs is its own."""
    rest = sum(program.lots) - sum(leg["lots"] for leg in trade["legs"])
    kind = "stop" if trade["reason"] in STOPS else {"target": "limit"}.get(trade["reason"])
    ends = [(leg["bar"], leg["price"], leg["lots"], "limit", "leg") for leg in trade["legs"]]
    ends.append((trade["exit_bar"], trade["exit"], rest, kind or "market", trade["reason"]))
    slip, fee = entry_costs(trade["order"], program, bars[trade["entry_bar"]])
    return [
        {
            "exit_bar": bar,
            "exit": price,
            "quantity": lots,
            "gross": (price - trade["entry"]) * trade["side"] * program.tick_money * lots,
            "slippage": lots * (slip + toll(program, order, bars[bar])),
            "fees": lots * (fee + program.fee),
            "funding": lots * carried(bars, program, trade["side"], (trade["entry_bar"], bar)),
            "reason": why,
        }
        for bar, price, lots, order, why in ends
    ]
