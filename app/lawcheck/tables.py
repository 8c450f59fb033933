"""A check as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console

from app.console import print_rows


def printed(out: Console, said: dict[str, Any]) -> None:
    """Laws first, then what breaks them, or else what is worth knowing."""
    over = "; ".join(f"{b['sample']}, {b['sessions']} sessions" for b in said["bars"])
    out.print(f"{said['strategy']}: the laws over {over}", markup=False)
    print_rows([{"law": r["law"], "": "kept" if r["kept"] else "BROKEN"} for r in said["laws"]])
    for finding in said["findings"]:
        out.print(f"{finding['law']}: {finding['what']}", markup=False)
    if said["notes"]:
        print_rows(list(rows(said["notes"], said["played"])), title=f"notes, {said['notes']['on']}")
        if said["notes"]["gates"]:
            print_rows([gate(row) for row in said["notes"]["gates"]], title="what gates reject")


def rows(notes: dict[str, Any], played: dict[str, str]) -> Iterator[dict[str, str]]:
    """One line a note."""
    exits = ", ".join(f"{k} {v}" for k, v in played.items() if v != "none")
    per, null, doubt = notes["a_trade"], notes["null"], notes["ambiguity"]
    money = notes["currency"]
    sides = f"{notes['longs']} long, {notes['shorts']} short"
    yield line("setups", f"{notes['setups_a_session']:.2f} a session ({sides})")
    yield line("trades", f"{notes['trades']} at default parameters, with {exits}")
    if not notes["trades"]:
        return
    yield line(
        "null",
        f"net a trade above {null['percentile']:.0%} of {null['surrogates']} mirrored markets",
    )
    yield line(
        "costs",
        f"{per['gross']:.2f} {money} a trade before them, {per['net']:.2f} after, "
        f"{per['net_at_double_costs']:.2f} were they twice as high",
    )
    yield line(
        "ambiguity",
        f"{doubt['share']:.1%} of trades; {doubt['worst']:,.0f} {money} in all at worst, "
        f"{doubt['best']:,.0f} at best",
    )


def line(note: str, what: str) -> dict[str, str]:
    return {"note": note, "what": what}


def gate(row: dict[str, Any]) -> dict[str, str]:
    """A gate, and what it rejects at its ends and its middle."""
    counts = row["counts"]
    shares = ", ".join(f"{v:.0%} ({counts[k]:,}) at {k}" for k, v in row["rejected"].items())
    return {
        "gate": row["gate"],
        "keeps": row["keeps"],
        "rejects": shares,
        "unknown": f"{row['unknown']:.0%}",
    }
