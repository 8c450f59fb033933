"""The README's table against the peers, made of the committed lines and of nothing else.

    python -m benchmarks.readme

writes it between its two marks; a test asks for the same text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.record import read

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.jsonl"
README = ROOT / "README.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


class Row(NamedTuple):
    """One comparison: where it stands in the lines, and how many times more work ours did."""

    says: str
    table: str
    ours: str
    theirs: str
    more: float = 1.0


ROWS = (
    Row(
        "256 stop x target combinations, every trade equal, vectorbt's own rules",
        *("vectorbt", "fast path", "vectorbt"),
        more=256 / 8,  # combinations of ours to combinations of theirs
    ),
    Row("the same grid, a bar-by-bar scan in Numba", "256 comb", "fast path", "plain Numba"),
    Row("profiles and value areas of 120 sessions, Polars", "120 s", "kernel, one", "Polars"),
    Row("the same, DuckDB", "120 s", "kernel, one", "DuckDB"),
    Row("volume at close, MarketProfile", "closes", "kernel", "py-market-profile"),
    Row(
        "measures of 576 series (46 here, 4 there), quantstats",
        *("measures", "all", "quantstats"),
        more=576 / 8,
    ),
    Row(
        "the same (5 there), empyrical-reloaded",
        *("measures", "all", "empyrical"),
        more=576 / 8,
    ),
    Row("a simple average, pandas", "sma", "sma, ours", "sma, pandas"),
    Row("a simple average, TA-Lib", "sma", "sma, ours", "sma, talib"),
    Row("stored bars into arrays, `polars.read_parquet`", "stored", "Lake", "polars"),
    Row("CSV judged and stored, `polars.read_csv` alone", "167", "import", "polars.read_csv"),
)


def timing(tables: dict[str, dict[str, float]], row: Row, name: str) -> float:
    """The median of a rival, found by how its table and its name begin."""
    rows = next(rows for title, rows in tables.items() if title.startswith(row.table))
    return next(seconds for rival, seconds in rows.items() if rival.startswith(name))


def measured(lines: list[dict[str, Any]]) -> str:
    """Medians and ratios, with the machine they were taken on."""
    (where,) = [line for line in lines if line["kind"] == "machine"]
    tables = {
        line["title"]: {row["name"]: row["median"] for row in line["rows"]}
        for line in lines
        if line["kind"] == "table"
    }
    text = ["| work, and who does it instead | tickgrid | peer | faster |", "|---|---|---|---|"]
    for row in ROWS:
        ours, theirs = (timing(tables, row, name) for name in (row.ours, row.theirs))
        theirs *= row.more
        ratio = f"**{theirs / ours:,.1f} x**" if theirs > ours else f"{theirs / ours:.2f} x"
        text.append(f"| {row.says} | {seconds(ours)} | {seconds(theirs)} | {ratio} |")
    told = f"{where['processor']}, {where['cores']} cores, Python {where['python']}"
    return "\n".join([*text, "", f"Medians on {told}, {where['when'][:10]}, load {where['load']}."])


def seconds(value: float) -> str:
    """Three digits, in the unit that suits them."""
    return f"{value:.3g} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def placed(page: str, table: str) -> str:
    """The page with the table between the marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    README.write_text(placed(README.read_text("utf-8"), measured(read(RESULTS))), "utf-8")


if __name__ == "__main__":
    main()
