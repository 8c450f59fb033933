"""The floors of the design beside the committed lines: held, missed and why, or not measured.

    python -m benchmarks.floors

writes the table into docs/performance.md between its two marks; a test asks for the same text.
Where a floor is seconds of another machine, its ratio to what bounds it is told as well.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.readme import RESULTS, placed
from benchmarks.record import crowded, read

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
FULL = 1740  # sessions that floors of seconds are stated for
Tables = dict[str, dict[str, float]]


class Floor(NamedTuple):
    """What is asked, how it is read off the tables, and why it is missed where it is."""

    says: str
    least: float  # or the most, where fewer is better
    unit: str
    read: Callable[[Tables], float]
    cause: str
    fewer: bool = False
    whole: bool = False  # stated for 1,740 sessions, of which a short run says nothing


def found(rows: dict[str, float], begins: str) -> float:
    return next(value for name, value in rows.items() if name.startswith(begins))


def table(tables: Tables, begins: str) -> dict[str, float]:
    return next(rows for title, rows in tables.items() if title.startswith(begins))


def ratio(title: str, theirs: str, ours: str, more: float = 1.0) -> Callable[[Tables], float]:
    """How many times as long the other takes for the same work."""
    return lambda t: found(table(t, title), theirs) * more / found(table(t, title), ours)


def taken(title: str, name: str) -> Callable[[Tables], float]:
    return lambda t: found(table(t, title), name)


def profiles(tables: Tables) -> float:
    """Any number of sessions: the table is the one whose first row is the kernel's."""
    rows = next(rows for rows in tables.values() if "kernel, one thread" in rows)
    return found(rows, "Polars") / found(rows, "kernel, one")


CROWDED = "other work wanted the cores, so that this says nothing"
FLOORS = (
    Floor("profiles against Polars", 20, "x", profiles, "fewer threads than Polars had"),
    Floor(
        "256 combinations against vectorbt, Rust",
        *(250, "x", ratio("vectorbt", "vectorbt", "fast path", 32)),
        "few setups: cells and look-ups are paid once for each combination",
    ),
    Floor(
        "256 combinations against a plain scan in Numba",
        *(5, "x", ratio("256 comb", "plain Numba", "fast path")),
        "few setups: cells and look-ups are paid once for each combination",
    ),
    Floor(
        "developing levels, wide bars",
        *(100, "M row updates/s", taken("developing levels", "wide")),
        "branches that nobody can predict",
    ),
    Floor(
        "developing levels, narrow bars",
        *(15, "M bars/s", taken("developing levels", "narrow")),
        "branches that nobody can predict, and about 5 rows a bar where the floor says 4",
    ),
    Floor(
        "cost law, a setup and combination",
        *(15, "ns", taken("cost law", "each")),
        "the whole of a crowded sweep; the pass over the setups alone takes 9",
        fewer=True,
    ),
    Floor(
        "scanning kernel, every rule on",
        *(200, "M held bars/s", taken("scanning kernel", "every rule, nothing met")),
        "the trade bounds it, not the bar: orders, numbers, plan and costs take microseconds",
    ),
    Floor(
        "null benchmark, a surrogate in searches",
        *(1.2, "x", ratio("192 comb", "one surrogate", "a search")),
        "each market is made anew and scored as well",
        fewer=True,
    ),
    Floor(
        "PBO of 10,000 combinations, 12,870 splits",
        *(3, "s", taken("10,000 comb", "PBO")),
        "sums and ranks of 10,000 combinations for every split",
        fewer=True,
        whole=True,
    ),
    Floor(
        "SPA, 1,000 draws",
        1,
        "s",
        taken("10,000 comb", "reality"),
        "a product of matrices, by the library under NumPy",
        fewer=True,
        whole=True,
    ),
    Floor(
        "12 x 1,440 combinations on two cores",
        *(2, "s", taken("12 x", "2 worker(s)")),
        "cells: 172 of each combination are written, and merged for 80 folds",
        fewer=True,
        whole=True,
    ),
    Floor(
        "500 structures x 20 on two cores",
        *(30, "s", taken("500 x", "2 worker(s)")),
        "detection of 500 structures, over all bars each",
        fewer=True,
        whole=True,
    ),
    Floor(
        "576 combinations x 1,794 windows in bars",
        *(0.3, "s", taken("576 x 1,79", "walk")),
        "detection of setups, and cells of 100 bars",
        fewer=True,
    ),
    Floor(
        "`tickgrid --help`",
        *(0.3, "s", taken("start-up, fresh", "tickgrid")),
        "Python itself, and the library that makes the commands",
        fewer=True,
    ),
    Floor(
        "`import engine`",
        *(0.6, "s", taken("start-up, fresh", "import engine")),
        "NumPy, Polars, Numba and DuckDB alone take most of it; decorators of kernels the rest",
        fewer=True,
    ),
    Floor(
        "first result, kernels cached",
        *(1.5, "s", taken("start-up, fresh", "first")),
        "those imports, and the machine code read back",
        fewer=True,
    ),
    Floor(
        "first result, all kernels compiling",
        *(15, "s", taken("start-up, empty", "first")),
        "LLVM, for more kernels than the prototype had",
        fewer=True,
    ),
)


def judged(lines: list[dict[str, Any]]) -> str:
    """A row a floor."""
    tables = {
        line["title"]: {row["name"]: row["median"] for row in line["rows"]}
        for line in lines
        if line["kind"] in {"table", "rate"}
    }
    (where,) = [line for line in lines if line["kind"] == "machine"]
    text = ["| floor | asked | measured | |", "|---|---|---|---|"]
    asked = [floor for floor in FLOORS if not (floor.whole and where["quick"])]
    text += [row_of(floor, tables, busy=bool(crowded(where))) for floor in asked]
    text += [
        f"| {floor.says} | | | a run at full size says it |"
        for floor in FLOORS
        if floor not in asked
    ]
    size = "120 sessions" if where["quick"] else f"{FULL:,} sessions"
    told = f"{size}, {where['cores']} cores, {where['when'][:10]}, load {where['load']}"
    return "\n".join([*text, "", f"Measured on {told}."])


def row_of(floor: Floor, tables: Tables, *, busy: bool = False) -> str:
    """On a crowded machine nothing is known of a floor that is missed and is no ratio."""
    asked = f"{'at most' if floor.fewer else 'at least'} {floor.least:,g} {floor.unit}"
    try:
        value = floor.read(tables)
    except StopIteration:
        return f"| {floor.says} | {asked} | | not in these lines |"
    held = value <= floor.least if floor.fewer else value >= floor.least
    cause = CROWDED if busy and floor.unit != "x" else floor.cause
    verdict = "held" if held else f"missed: {cause}"
    return f"| {floor.says} | {asked} | {value:,.3g} {floor.unit} | {verdict} |"


def main() -> None:
    PAGE.write_text(placed(PAGE.read_text("utf-8"), judged(read(RESULTS))), "utf-8")


if __name__ == "__main__":
    main()
