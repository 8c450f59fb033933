"""The table of definitions as a page: docs/measures.md is this text, and a test says so."""

from __future__ import annotations

from collections.abc import Iterable

from engine.research.measures.definition import Definition
from engine.research.measures.of_days import OF_BENCHMARK, OF_DAYS
from engine.research.measures.of_trades import OF_TRADES

HEAD = """\
# Measures

What a result says of itself, name by name. This page is written from the definitions in
`engine/research/measures/`; a test compares the two.

**Reading it.** Money is in the instrument's currency, a share of 0.05 is 5 %. Results by session
are those of the trade date a trade belongs to, and a session without a trade counts as 0: ratios a
year multiply by the root of 252 sessions, or of 365 where every day is one, never by the root of a
number of bars or trades. Shares are shares of a stated capital, which unit play neither adds to
nor takes from: nothing compounds but `cagr` and `mar`. What is undefined is NaN in frames, null in
the store, and a sentence in text: the last column.

**Which one ranks.** Folds choose by an objective that the ledger's cells can give: expectancy,
profit_factor, net, win_rate, sharpe, payoff, total_r, mean_r, recovery_factor, calmar. In the
ledger the last two set the net against the deepest fall of closed trades, which is never less than
that of session ends. `sortino`, `session_calmar`, `k_ratio` and `t_statistic` need the results of
every session: a study that names one keeps a row a session (docs/evidence.md).
"""


def page() -> str:
    """The whole of docs/measures.md."""
    parts = [HEAD]
    for title, rows in (
        ("Of closed trades", OF_TRADES),
        ("Of sessions", OF_DAYS),
        ("Against a benchmark", OF_BENCHMARK),
    ):
        parts.append(f"## {title}\n\n{table(rows)}")
    return "\n".join(parts)


def table(rows: Iterable[Definition]) -> str:
    lines = ["| name | formula | unit | better | undefined |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"
