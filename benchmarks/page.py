"""The measurements as one page: a dot a rival, a curve a way of growing, memory, and the limit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.io import to_html
from plotly.subplots import make_subplots

from benchmarks.growth import INVERSE

ROW = 40  # pixels of a rival
HEAD = 90
BAR = 24  # of a bar
GRAPH, ACROSS = 280, 3  # pixels of a row of curves, and how many stand in it
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
    """Seconds against each axis, both logarithmic, with the fitted law: once, and for each."""
    titles = [f"{curve['axis']}<br>{law(curve)}" for curve in found]
    rows = -(-len(found) // ACROSS)
    figure = make_subplots(rows, ACROSS, subplot_titles=titles)
    for k, curve in enumerate(found):
        place = {"row": k // ACROSS + 1, "col": k % ACROSS + 1}
        at = curve["at"]
        parts = [1 / n if curve["axis"] in INVERSE else n for n in at]
        fitted = [curve["once"] + curve["each"] * part for part in parts]
        figure.add_scatter(x=at, y=curve["seconds"], mode="markers", **place)
        figure.add_scatter(x=at, y=fitted, mode="lines", **place)
    figure.update_xaxes(type="log").update_yaxes(type="log")
    return figure.update_layout(
        title="how the cost grows", height=HEAD + GRAPH * rows, margin={"t": 110}, showlegend=False
    )


def law(curve: dict[str, Any]) -> str:
    """The fitted constants in words."""
    each = "/ n" if curve["axis"] in INVERSE else "x n"
    return f"{curve['once'] * 1e3:,.3g} ms + {curve['each'] * 1e3:,.3g} ms {each}"


def bars(title: str, names: list[str], values: list[float], axis: str) -> go.Figure:
    """A bar a row, the first on top."""
    shown = go.Bar(x=values[::-1], y=names[::-1], orientation="h", texttemplate="%{x:,.3~g}")
    figure = go.Figure(shown)
    return figure.update_layout(
        title=title,
        height=HEAD + BAR * (len(names) + 2),
        margin={"l": 420, "t": 50, "b": 30},
        xaxis={"title": axis},
    )


def others(lines: list[dict[str, Any]]) -> list[go.Figure]:
    """Memory, and how far from a bare copy each task is."""
    held = [row for line in lines if line["kind"] == "memory" for row in line["rows"]]
    found = []
    if held:
        values = [row["mb"] for row in held]
        title = "peak memory, each in a process of its own"
        found.append(bars(title, [row["name"] for row in held], values, "MB"))
    for line in lines:
        if line["kind"] == "limit" and line["rows"]:
            names = [row["work"] for row in line["rows"]]
            title = f"distance to the limit of {line['bandwidth']} GB/s"
            values = [row["times"] for row in line["rows"]]
            found.append(bars(title, names, values, "times a bare copy of the bytes moved"))
    return found


def drawn(lines: list[dict[str, Any]], path: Path) -> None:
    """One file that opens without a network."""
    tables = [line for line in lines if line["kind"] == "table"]
    grown = [line for line in lines if line["kind"] == "growth"]
    figures = [*map(dots, tables), *([curves(grown)] if grown else []), *others(lines)]
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
