"""An exhibit: rows first, so that they can be tested; a drawing of those rows second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

Trace = dict[str, Any]

# Colours by meaning; the page turns them into those of its light or dark paper.
INK: Final = "@ink"
QUIET: Final = "@quiet"
ACCENT: Final = "@accent"
SECOND: Final = "@second"
GAIN: Final = "@gain"
LOSS: Final = "@loss"
BAND: Final = "@band"
CHANCE: Final = "@chance"
FALL: Final = "@fall"
DIVERGING: Final = [[0, LOSS], [0.5, "@paper"], [1, GAIN]]


class Exhibit(NamedTuple):
    """One figure of the page, with the rows it is drawn from."""

    key: str
    title: str
    says: str  # one sentence: what to see, and what it cannot tell
    rows: pl.DataFrame
    traces: Sequence[Trace]
    layout: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """What the page's script draws."""
        return {"traces": list(self.traces), "layout": dict(self.layout)}


def values(column: pl.Series) -> list[Any]:
    """A column as JSON holds it: dates as text, nothing where a number is absent."""
    if column.dtype.is_float():
        column = column.fill_nan(None)
    if column.dtype.is_temporal():
        form = "%Y-%m-%d" if column.dtype == pl.Date else "%Y-%m-%dT%H:%M"
        column = column.dt.strftime(form)
    return column.to_list()


def line(name: str, x: pl.Series, y: pl.Series, colour: str, **more: Any) -> Trace:
    """A line through points in their order."""
    drawn = {"type": "scatter", "mode": "lines", "name": name, "x": values(x), "y": values(y)}
    return drawn | {"line": {"color": colour, "width": 1.6}, "connectgaps": False} | more


def area(name: str, x: pl.Series, y: pl.Series, colour: str, fill: str) -> Trace:
    """A line filled down to zero."""
    return line(name, x, y, colour, fill="tozeroy", fillcolor=fill)


def between(name: str, x: pl.Series, low: pl.Series, high: pl.Series) -> list[Trace]:
    """The room between two lines, without the lines."""
    hidden = {"line": {"width": 0}, "hoverinfo": "skip"}
    under = line(name, x, low, BAND) | hidden | {"showlegend": False}
    over = line(name, x, high, BAND, fill="tonexty", fillcolor=BAND) | hidden
    return [under, over]


def bars_of(name: str, x: pl.Series, y: pl.Series, colour: Any) -> Trace:
    """One bar a row."""
    drawn = {"type": "bar", "name": name, "x": values(x), "y": values(y)}
    return drawn | {"marker": {"color": colour}}


def signed(y: pl.Series) -> list[str]:
    """A colour for each value: what it gained or lost."""
    return [LOSS if value is not None and value < 0 else GAIN for value in y]


def dots(name: str, x: pl.Series, y: pl.Series, colour: Any, **more: Any) -> Trace:
    """One point a row."""
    drawn = {"type": "scatter", "mode": "markers", "name": name, "x": values(x), "y": values(y)}
    return drawn | {"marker": {"color": colour, "size": 6, "opacity": 0.75}} | more


def heat(x: Sequence[Any], y: Sequence[Any], z: npt.NDArray[np.float64], unit: str) -> Trace:
    """A table of colours around zero; an absent cell stays blank."""
    reach = float(np.nanmax(np.abs(z), initial=0.0)) or 1.0
    cells = [[None if np.isnan(v) else round(float(v), 4) for v in row] for row in z]
    drawn = {"type": "heatmap", "x": list(x), "y": list(y), "z": cells}
    scale = {"colorscale": DIVERGING, "zmin": -reach, "zmax": reach, "xgap": 1, "ygap": 1}
    title = {"text": unit, "side": "right"}
    return drawn | scale | {"colorbar": {"title": title, "thickness": 10, "outlinewidth": 0}}


def titled(x: str, y: str, **more: Any) -> dict[str, Any]:
    """A layout that names its axes."""
    return {"xaxis": {"title": {"text": x}}, "yaxis": {"title": {"text": y}}} | more


def menu(labels: Sequence[str], axes: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Buttons that show one trace each, and name its axes where they differ."""
    buttons = []
    for k, label in enumerate(labels):
        shown = {"visible": [j == k for j in range(len(labels))]}
        changes = [shown, dict(axes[k])] if axes else [shown]
        method = "update" if axes else "restyle"
        buttons.append({"label": label, "method": method, "args": changes})
    return {"buttons": buttons, "x": 0, "xanchor": "left", "y": 1.16, "yanchor": "top"}


def thinned(rows: pl.DataFrame, column: str, most: int) -> pl.DataFrame:
    """At most so many rows of a long line: the highest and the lowest of each stretch stay."""
    if rows.height <= most:
        return rows
    stretches = pl.int_range(pl.len()) * (most // 2) // pl.len()
    kept = (
        rows.with_row_index("_row")
        .group_by(stretches.alias("_part"))
        .agg(
            pl.col("_row").get(pl.col(column).arg_max()).alias("top"),
            pl.col("_row").get(pl.col(column).arg_min()).alias("bottom"),
        )
    )
    ends = [0, rows.height - 1]
    picked = sorted({*kept["top"].drop_nulls(), *kept["bottom"].drop_nulls(), *ends})
    return rows[picked]
