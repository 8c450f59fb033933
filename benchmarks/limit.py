"""Distance to the limit: the bytes a task cannot help moving, over what this machine copies."""

from __future__ import annotations

from typing import Any

from benchmarks.pairs import TABLES


def measure(bandwidth: float) -> str:
    """Of every table that says how much is moved: its first rival against a bare copy."""
    rows = [row_of(table, bandwidth) for table in TABLES if "moved" in table]
    TABLES.append({"kind": "limit", "bandwidth": bandwidth, "rows": rows})
    head = (
        f"{'distance to the limit':44} {'MB moved':>9} {'took ms':>9} {'copy ms':>9} {'times':>7}"
    )
    return "\n".join([head, *map(line, rows)])


def row_of(table: dict[str, Any], bandwidth: float) -> dict[str, Any]:
    """Seconds it took, seconds the bytes alone take, and the one over the other."""
    first, alone = table["rows"][0], table["moved"] / bandwidth / 1e9
    return {
        "work": f"{table['title']}: {first['name']}",
        "moved": table["moved"],
        "took": first["median"],
        "copied": alone,
        "times": first["median"] / alone,
    }


def line(row: dict[str, Any]) -> str:
    took, copied = row["took"] * 1e3, row["copied"] * 1e3
    return (
        f"{row['work'][:44]:44} {row['moved'] / 1e6:9.2f} {took:9.3f} {copied:9.3f} "
        f"{row['times']:7.1f}"
    )
