"""Questions people ask of a store, each by a name."""

from __future__ import annotations

from typing import Final, NamedTuple

from engine.core.errors import unknown
from storage.schema import COMBINATIONS
from storage.views import quoted, quoted_name


class Query(NamedTuple):
    """What a question answers, and how it is put."""

    answers: str
    sql: str


FIXED: Final = ", ".join(quoted_name(name) for name in COMBINATIONS.columns)  # no parameters
QUERIES: Final = {
    "best": Query(
        "the combinations of all runs with 30 trades or more, by expectancy",
        """
        SELECT r.run, r.strategy, r.symbol, r.source, c.combination, c.n, c.net, c.expectancy,
               c.profit_factor, c.win_rate, c.max_drawdown
        FROM combinations c JOIN runs r USING (run)
        WHERE c.n >= 30 ORDER BY c.expectancy DESC, r.run, c.combination LIMIT 20
        """,
    ),
    "walks": Query(
        "what the folds of each run promised in training and kept in testing",
        """
        SELECT run, count(*) AS folds, sum(train_n) AS train_n, sum(train_net) AS train_net,
               sum(test_n) AS test_n, sum(test_net) AS test_net,
               count_if(test_net > 0) AS folds_won
        FROM folds GROUP BY run ORDER BY run
        """,
    ),
    "reasons": Query(
        "how trades ended: how often, and what each way earned",
        """
        SELECT run, scope, reason, count(*) AS n, sum(net) AS net, avg(net) AS average,
               avg(bars_held) AS bars_held
        FROM trades GROUP BY run, scope, reason ORDER BY run, scope, n DESC, reason
        """,
    ),
    "months": Query(
        "net profit of each run month by month",
        """
        SELECT run, scope, strftime(trade_date, '%Y-%m') AS month, count(*) AS n,
               sum(net) AS net, avg((net > 0)::INTEGER) AS win_rate
        FROM trades GROUP BY ALL ORDER BY run, scope, month
        """,
    ),
    "best_months": Query(
        "the months of each run, the best first",
        """
        WITH monthly AS (
            SELECT run, scope, strftime(trade_date, '%Y-%m') AS month, count(*) AS n,
                   sum(net) AS net
            FROM trades GROUP BY ALL
        )
        SELECT *, rank() OVER (PARTITION BY run, scope ORDER BY net DESC) AS place FROM monthly
        ORDER BY run, scope, place, month
        """,
    ),
    "folds": Query(
        "fold by fold: its dates, what it chose, and what training and testing made",
        """
        SELECT run, fold, train_first, train_last, test_first, test_last, combination, train_n,
               train_net, test_n, test_net, sum(test_net) OVER so_far AS test_net_so_far
        FROM folds WINDOW so_far AS (PARTITION BY run ORDER BY fold) ORDER BY run, fold
        """,
    ),
    "importance": Query(
        "how much of the difference between combinations each parameter alone explains",
        f"""
        WITH told AS (
            UNPIVOT (
                SELECT run, objective, coalesce(COLUMNS(* EXCLUDE ({FIXED}))::VARCHAR, 'open')
                FROM (SELECT *, 'alike' AS nothing FROM combinations WHERE objective IS NOT NULL)
            ) ON COLUMNS(* EXCLUDE (run, objective)) INTO NAME parameter VALUE value
        ), valued AS (
            SELECT run, parameter, value, count(*) AS n, avg(objective) AS mean FROM told
            GROUP BY ALL
        ), spread AS (
            SELECT run, avg(objective) AS mean, count(*) * var_pop(objective) AS squares
            FROM combinations WHERE objective IS NOT NULL GROUP BY run
        )
        SELECT v.run, v.parameter, count(*) AS "values",
               sum(v.n * (v.mean - s.mean) ** 2) / nullif(any_value(s.squares), 0) AS explained,
               arg_max(v.value, v.mean) AS best_value, max(v.mean) AS best_mean
        FROM valued v JOIN spread s USING (run)
        GROUP BY ALL HAVING count(*) > 1 ORDER BY v.run, explained DESC NULLS LAST, v.parameter
        """,  # noqa: S608 - names of our own
    ),
    "rejections": Query(
        "what became of the setups of each chosen combination: taken, or stopped by which gate",
        """
        SELECT run, combination, outcome, count(*) AS n, count(DISTINCT trade_date) AS sessions,
               count(*) / sum(count(*)) OVER (PARTITION BY run, combination) AS share
        FROM setups GROUP BY run, combination, outcome
        ORDER BY run, combination, n DESC, outcome
        """,
    ),
    "diagnosis": Query(
        "session by session: how many setups there were, and what stopped those not taken",
        """
        SELECT run, combination, trade_date, outcome, count(*) AS n
        FROM setups GROUP BY ALL ORDER BY run, combination, trade_date, n DESC, outcome
        """,
    ),
    "rejected": Query(
        "every setup that was not taken: when, which way, and the reason",
        """
        SELECT run, combination, setup, ts, trade_date, side, "order", entry, stop, target, outcome
        FROM setups WHERE outcome <> 'taken' ORDER BY run, combination, setup
        """,
    ),
    "deciles": Query(
        "mean net of a trade by tenths of each attribute of its setup",
        """
        WITH named AS (
            UNPIVOT (
                SELECT run, combination, setup, NULL::DOUBLE AS "none", * EXCLUDE (
                    run, combination, setup, ts, trade_date, bar, side, "order", entry, stop,
                    target, expires, outcome
                ) FROM setups
            ) ON COLUMNS(* EXCLUDE (run, combination, setup)) INTO NAME attribute VALUE amount
        ), placed AS (
            SELECT t.run, t.scope, a.attribute, a.amount, t.net,
                   ntile(10) OVER (
                       PARTITION BY t.run, t.scope, a.attribute
                       ORDER BY a.amount, t.combination, t.setup, t.leg, t.fold
                   ) AS tenth
            FROM trades t JOIN named a USING (run, combination, setup) WHERE NOT isnan(a.amount)
        )
        SELECT run, scope, attribute, tenth, count(*) AS n, min(amount) AS low,
               max(amount) AS high, avg(net) AS average, avg((net > 0)::INTEGER) AS win_rate
        FROM placed GROUP BY ALL ORDER BY run, scope, attribute, tenth
        """,
    ),
    "markets": Query(
        "studies of several markets: each market out of sample, and the grade of the whole",
        """
        SELECT family, run, symbol, timeframe, source, first, last, sessions, trades, currency, net,
               expectancy, mean_r, p_value, class, score, grade
        FROM families ORDER BY family, symbol, timeframe
        """,
    ),
    "across": Query(
        "the sets of parameters that stand highest over all markets of a study",
        """
        SELECT * FROM across WHERE score IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY family ORDER BY score DESC, combination) <= 20
        ORDER BY family, score DESC, combination
        """,
    ),
    "hours": Query(
        "net profit by the hour of entry, UTC, and by side",
        """
        SELECT run, scope, hour(entry_ts) AS hour, side, count(*) AS n, sum(net) AS net
        FROM trades GROUP BY ALL ORDER BY run, scope, hour, side
        """,
    ),
    "strategies": Query(
        "each strategy on each symbol, over all its runs: trades, wins, profit, R, days",
        """
        SELECT r.strategy, r.symbol, r.source, t.run, t.scope, count(*) AS n,
               avg((t.net > 0)::INTEGER) AS win_rate, sum(t.net) AS net, avg(t.net) AS expectancy,
               sum(greatest(t.net, 0)) / nullif(-sum(least(t.net, 0)), 0) AS profit_factor,
               avg(t.r) AS average_r, count(DISTINCT t.trade_date) AS days
        FROM trades t JOIN runs r USING (run) GROUP BY ALL
        ORDER BY r.strategy, r.symbol, t.run, t.scope
        """,
    ),
    "segments": Query(
        "net profit within the regular hours and outside them, by side",
        """
        SELECT t.run, t.scope, t.side,
               CASE WHEN t.entry_ts >= s.rth_start AND t.entry_ts < s.rth_stop THEN 'rth'
                    WHEN s.trade_date IS NOT NULL THEN 'eth' END AS segment,
               count(*) AS n, sum(t.net) AS net, avg((t.net > 0)::INTEGER) AS win_rate
        FROM trades t LEFT JOIN sessions s USING (symbol, trade_date)
        GROUP BY ALL ORDER BY t.run, t.scope, segment, t.side
        """,
    ),
    "costs": Query(
        "gross profit of each run and what costs took of it",
        """
        SELECT run, scope, count(*) AS n, sum(gross) AS gross, sum(slippage) AS slippage,
               sum(fees) AS fees, sum(funding) AS funding, sum(net) AS net
        FROM trades GROUP BY ALL ORDER BY run, scope
        """,
    ),
    "ambiguous": Query(
        "trades a bar could not decide, and the run under the worst and the best reading",
        """
        SELECT run, scope, count(*) AS n, count_if(ambiguous) AS ambiguous, sum(net) AS net,
               sum(net_worst) AS worst, sum(net_best) AS best
        FROM trades GROUP BY ALL ORDER BY run, scope
        """,
    ),
    "gaps": Query(
        "sessions that lack minute bars, the worst first",
        """
        WITH held AS (
            SELECT symbol, source, trade_date, contract, count(*) AS bars
            FROM bars WHERE timeframe = '1m' GROUP BY ALL
        )
        SELECT h.*, s.minutes, s.minutes - h.bars AS missing
        FROM held h JOIN sessions s USING (symbol, trade_date) WHERE h.bars < s.minutes
        ORDER BY missing DESC, h.symbol, h.source, h.trade_date, h.contract
        """,
    ),
    "ranges": Query(
        "sessions by the height of their range",
        """
        SELECT symbol, source, timeframe, trade_date, contract, max(high) - min(low) AS height,
               arg_min(open, ts) AS open, arg_max(close, ts) AS close, sum(volume) AS volume
        FROM bars GROUP BY ALL
        ORDER BY height DESC, symbol, source, timeframe, trade_date, contract LIMIT 50
        """,
    ),
    "returns": Query(
        "of the latest bars: range, return within the bar and from the close before",
        """
        SELECT symbol, source, timeframe, contract, ts, high - low AS bar_range,
               close / nullif(open, 0) - 1 AS return_within,
               close / nullif(lag(close) OVER one, 0) - 1 AS return_since
        FROM bars WINDOW one AS (PARTITION BY symbol, source, timeframe, contract ORDER BY ts)
        ORDER BY ts DESC, symbol, source, timeframe, contract LIMIT 50
        """,
    ),
    "contracts": Query(
        "the stored contracts: from when to when, how much traded",
        """
        SELECT symbol, source, timeframe, contract, min(trade_date) AS first,
               max(trade_date) AS last, count(DISTINCT trade_date) AS sessions, count(*) AS bars,
               sum(volume) AS volume
        FROM bars GROUP BY ALL ORDER BY symbol, source, timeframe, first, contract
        """,
    ),
    "refused": Query(
        "rows that imports kept out, by file and reason",
        """
        SELECT symbol, source, timeframe, file, reason, count(*) AS n, min("row") AS first_row
        FROM quarantine GROUP BY ALL ORDER BY n DESC, file, reason
        """,
    ),
    "tape": Query(
        "trades kept as they were reported, date by date",
        """
        SELECT symbol, source, contract, trade_date, count(*) AS trades, sum(size) AS volume,
               min(price) AS lowest, max(price) AS highest, min(ts) AS first, max(ts) AS last
        FROM ticks GROUP BY ALL ORDER BY symbol, source, contract, trade_date
        """,
    ),
}


def sql_of(name: str, run: str = "") -> str:
    """The question of a name, on one line; of one run alone, if that is asked."""
    if name not in QUERIES:
        raise unknown("query", name, QUERIES)
    text = " ".join(QUERIES[name].sql.split())
    return f"SELECT * FROM ({text}) WHERE run = {quoted(run)}" if run else text  # noqa: S608 - quoted
