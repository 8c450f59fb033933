"""The measurements as one page: a dot a rival, a curve a way of growing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.io import to_html
from plotly.subplots import make_subplots

ROW = 40  # pixels of a rival
HEAD = 90
QUIET = {"displayModeBar": False}


def dots(table: dict[str, Any]) -> go.Figure:
    """Medians with their span, on a logarithmic axis; the first is what the others are held to."""
    rows = table["rows"][::-1]
    first = table["rows"][0]["median"]
    figure = go.Figure(
        go.Scatter(
            mode="markers+text",
            textposition="top center",
            x=[row["median"] for row in rows],
            y=[row["name"] for row in rows],
            text=[f"{row['median'] / first:,.2f} x" for row in rows],
            error_x={
                "array": [row["most"] - row["median"] for row in rows],
                "arrayminus": [row["median"] - row["least"] for row in rows],
            },
        )
    )
    return figure.update_layout(
        title=table["title"],
        height=HEAD + ROW * (len(rows) + 2),
        margin={"l": 320, "t": 50, "b": 30},
        xaxis={"type": "log", "title": "seconds"},
        yaxis={"range": [-0.5, len(rows) - 0.2]},
    )


def curves(found: list[dict[str, Any]]) -> go.Figure:
    """Seconds against each axis, both logarithmic: a straight line is a power."""
    figure = make_subplots(1, len(found), subplot_titles=[curve["axis"] for curve in found])
    for k, curve in enumerate(found, 1):
        figure.add_scatter(x=curve["at"], y=curve["seconds"], mode="lines+markers", row=1, col=k)
    figure.update_xaxes(type="log").update_yaxes(type="log")
    return figure.update_layout(title="how the cost grows", height=360, showlegend=False)


def drawn(lines: list[dict[str, Any]], path: Path) -> None:
    """One file that opens without a network."""
    tables = [line for line in lines if line["kind"] == "table"]
    grown = [line for line in lines if line["kind"] == "growth"]
    figures = [*map(dots, tables), *([curves(grown)] if grown else [])]
    (where,) = [line for line in lines if line["kind"] == "machine"]
    told = ", ".join(f"{name} {value}" for name, value in where["versions"].items())
    parts = [
        to_html(figure, full_html=False, include_plotlyjs=k == 0, config=QUIET)
        for k, figure in enumerate(figures)
    ]
    head = f"{where['processor']}, {where['cores']} cores, {where['bandwidth']} GB/s; {told}"
    path.write_text(
        '<!doctype html><meta charset="utf-8"><title>tickgrid: measurements</title>'
        f'<body style="font-family:sans-serif;max-width:1200px;margin:auto"><p>{head}</p>'
        + "".join(parts),
        "utf-8",
    )
