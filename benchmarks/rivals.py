"""The same session levels in SQL: the profile by differences, the value area by sorted blocks."""

import duckdb
import polars as pl

from engine import Bars
from engine.profile.lazy import lazy_bars

LEVELS = """
WITH steps AS (
    SELECT session, low AS tick, volume // (high - low + 1) AS step FROM bars
    UNION ALL SELECT session, high + 1, -(volume // (high - low + 1)) FROM bars
    UNION ALL SELECT session, low + (high - low + 1 - volume % (high - low + 1)) // 2, 1 FROM bars
    UNION ALL SELECT session, low + (high - low + 1 - volume % (high - low + 1)) // 2
        + volume % (high - low + 1), -1 FROM bars
), changes AS (
    SELECT session, tick, sum(step) AS step FROM steps GROUP BY ALL
), ends AS (
    SELECT session, min(low) AS first, max(high) AS last, sum(volume) AS total
    FROM bars GROUP BY ALL
), ticks AS (
    SELECT session, unnest(range(first, last + 1)) AS tick FROM ends
), profile AS (
    SELECT session, tick, sum(coalesce(step, 0)) OVER (PARTITION BY session ORDER BY tick) AS volume
    FROM ticks LEFT JOIN changes USING (session, tick)
), peaks AS (
    SELECT DISTINCT ON (session) session, tick AS poc, volume AS most, first, last, total,
        (7000 * total + 9999) // 10000 AS target
    FROM profile JOIN ends USING (session) WHERE total > 0
    ORDER BY session, volume DESC, abs(2 * tick - first - last), tick
), blocks AS (
    SELECT session, tick > poc AS up, (abs(tick - poc) + 1) // 2 AS block, sum(volume) AS volume,
        any_value(most) AS most, any_value(target) AS target
    FROM profile JOIN peaks USING (session) WHERE tick <> poc GROUP BY ALL
), ordered AS (
    SELECT *, min(volume) OVER (PARTITION BY session, up ORDER BY block) AS least FROM blocks
), taken AS (
    SELECT *, sum(volume) OVER (
        PARTITION BY session ORDER BY least DESC, up DESC, block
        ROWS UNBOUNDED PRECEDING
    ) - volume + most AS before FROM ordered
), reach AS (
    SELECT session, coalesce(max(block) FILTER (WHERE up), 0) * 2 AS above,
        coalesce(max(block) FILTER (WHERE NOT up), 0) * 2 AS below
    FROM taken WHERE before < target GROUP BY ALL
)
SELECT session, poc, greatest(first, poc - coalesce(below, 0)) AS val,
    least(last, poc + coalesce(above, 0)) AS vah, total AS volume
FROM peaks LEFT JOIN reach USING (session) ORDER BY session
"""


class InSql:
    """Bars in a DuckDB table, asked for the levels of every session."""

    def __init__(self, bars: Bars) -> None:
        self.connection = duckdb.connect(":memory:")
        self.connection.register("frame", lazy_bars(bars).collect().to_arrow())
        self.connection.execute("CREATE TABLE bars AS SELECT * FROM frame")
        self.threads = self.connection.sql("SELECT current_setting('threads')").fetchall()[0][0]

    def levels(self) -> pl.DataFrame:
        found = pl.from_arrow(self.connection.sql(LEVELS).to_arrow_table())
        return pl.DataFrame(found).cast(pl.Int64)
