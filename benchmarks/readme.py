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
    held: tuple[str, str] | None = None  # what each is called where memory is told


GRID, PROFILE, QUARTERS = "256 combinations, fast", "profiles, kernel", "15 minutes, resample"
ROWS = (
    Row(
        "256 stop x target combinations, every trade equal, vectorbt's own rules",
        *("vectorbt", "fast path", "vectorbt"),
        more=256 / 8,  # combinations of ours to combinations of theirs
        held=(GRID, "8 combinations, vectorbt"),
    ),
    Row(
        "the same, every trade equal, backtesting.py",
        *("backtesting.py", "fast path", "1 combination"),
        more=256,
        held=(GRID, "1 combination, backtesting.py"),
    ),
    Row(
        "the same grid, a bar-by-bar scan in Numba",
        *("256 comb", "fast path", "plain Numba"),
        held=(GRID, "256 combinations, plain"),
    ),
    Row(
        "profiles and value areas of 120 sessions, Polars",
        *("120 s", "kernel, one", "Polars"),
        held=(PROFILE, "profiles, Polars"),
    ),
    Row("the same, DuckDB", "120 s", "kernel, one", "DuckDB", held=(PROFILE, "profiles, DuckDB")),
    Row(
        "volume at close, MarketProfile",
        *("closes", "kernel", "py-market-profile"),
        held=(PROFILE, "profiles, py-market-profile"),
    ),
    Row(
        "measures of 576 series (46 here, 5 there), quantstats",
        *("measures", "all", "quantstats"),
        held=("measures, all", "measures, quantstats"),
    ),
    Row(
        "the same, empyrical-reloaded",
        *("measures", "all", "empyrical"),
        held=("measures, all", "measures, empyrical"),
    ),
    Row(
        "superior predictive ability, 200 combinations, 1,000 draws, arch",
        *("SPA", "ours", "arch"),
        held=("SPA, ours", "SPA, arch"),
    ),
    Row(
        "minutes to quarters of an hour, Polars",
        *("167,220 bars of a minute", "resample", "Polars"),
        held=(QUARTERS, "15 minutes, Polars"),
    ),
    Row(
        "the same, DuckDB",
        *("167,220 bars of a minute", "resample", "DuckDB"),
        held=(QUARTERS, "15 minutes, DuckDB"),
    ),
    Row(
        "the same, pandas",
        *("167,220 bars of a minute", "resample", "pandas"),
        held=(QUARTERS, "15 minutes, pandas"),
    ),
    Row("a simple average, pandas", "sma", "sma, ours", "sma, pandas"),
    Row("a simple average, TA-Lib", "sma", "sma, ours", "sma, talib"),
    Row("stored bars into arrays, `polars.read_parquet`", "stored", "Lake", "polars"),
    Row("the same, DuckDB", "stored", "Lake", "DuckDB"),
    Row("the same, pandas", "stored", "Lake", "pandas"),
    Row(
        "CSV judged and stored, `polars.read_csv` alone",
        "167,220 rows",
        "import",
        "polars.read_csv",
    ),
    Row("the same, `pandas.read_csv` alone", "167,220 rows", "import", "pandas.read_csv"),
    Row(
        "a first result in a fresh process, vectorbt's import alone",
        "start-up",
        "first",
        "import v",
    ),
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
    held = {
        row["name"]: row["mb"] for line in lines if line["kind"] == "memory" for row in line["rows"]
    }
    text = [
        "| work, and who does it instead | tickgrid | peer | faster | MB held, here and there |",
        "|---|---|---|---|---|",
    ]
    for row in ROWS:
        ours, theirs = (timing(tables, row, name) for name in (row.ours, row.theirs))
        theirs *= row.more
        ratio = f"**{theirs / ours:,.1f} x**" if theirs > ours else f"{theirs / ours:.2f} x"
        told = f"| {row.says} | {seconds(ours)} | {seconds(theirs)} | {ratio} |"
        text.append(f"{told} {memory(held, row)} |")
    told = f"{where['processor']}, {where['cores']} cores, Python {where['python']}"
    return "\n".join([*text, "", f"Medians on {told}, {where['when'][:10]}, load {where['load']}."])


def memory(held: dict[str, float], row: Row) -> str:
    """Both peaks, where both were measured."""
    if row.held is None:
        return ""
    ours, theirs = (
        next(mb for name, mb in held.items() if name.startswith(begins)) for begins in row.held
    )
    return f"{ours:,.0f}, {theirs:,.0f}"


def seconds(value: float) -> str:
    """Three digits, in the unit that suits them."""
    if value >= 100:
        return f"{value:,.0f} s"
    return f"{value:.3g} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def placed(page: str, table: str) -> str:
    """The page with the table between the marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    README.write_text(placed(README.read_text("utf-8"), measured(read(RESULTS))), "utf-8")


if __name__ == "__main__":
    main()
