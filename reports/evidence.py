"""Evidence as pictures: what chance alone would have made, beside what was made."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.columns import Array
from engine.research.evidence.paths import PERCENTS, fan
from engine.research.evidence.permute import sign_flips
from engine.research.evidence.resample import Resample
from engine.research.measures.tails import FEW
from reports.exhibit import ACCENT, INK, LOSS, QUIET, Exhibit, bars_of, dots, titled
from reports.findings import Report
from reports.numbers import sessions_of, trades_of

HOW: Final = Resample(draws=1000, seed=0)
FLIPS: Final = 2_000
BINS: Final = 40
POINTS: Final = 2_000


def evidence_exhibits(report: Report) -> list[Exhibit]:
    """The figures for which the run has rows; a run without them has none."""
    makers = (logits, train_and_test, best_of_surrogates, walks_of_surrogates)
    made = [*(make(report) for make in makers), redrawn(report), flipped(report)]
    return [one for one in made if one is not None]


def stored(report: Report, name: str) -> pl.DataFrame:
    """A table that a run may lack."""
    return report.tables.get(name, pl.DataFrame())


def counted(values: Array, name: str = "draws") -> pl.DataFrame:
    """How many values lie in each of some equal bins."""
    number, edges = np.histogram(values, bins=BINS)
    return pl.DataFrame({"from": edges[:-1], "to": edges[1:], name: number})


def histogram(rows: pl.DataFrame, name: str, marks: dict[str, float]) -> dict[str, Any]:
    """Bars of the bins, and an upright line where the real figure stands."""
    middle = (rows["from"] + rows["to"]) / 2
    lines, words = [], []
    for k, (label, at) in enumerate(marks.items()):
        look = {"color": INK if k == 0 else QUIET, "width": 2, "dash": "solid" if k == 0 else "dot"}
        upright = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at, "x1": at}
        lines.append(upright | {"line": look})
        placed = {"yref": "paper", "y": 1, "yanchor": "bottom", "x": at, "showarrow": False}
        words.append(placed | {"text": label})
    more = {"shapes": lines, "annotations": words, "bargap": 0.04, "showlegend": False}
    return {"traces": [bars_of(name, middle, rows[name], ACCENT)], "layout": more}


def logits(report: Report) -> Exhibit | None:
    """The logits of cross-validation; those at or below zero are counted by PBO."""
    splits = stored(report, "splits")
    known = splits.drop_nulls("logit") if splits.height else splits
    if known.is_empty():
        return None
    rows = counted(known["logit"].to_numpy(), "splits")
    drawn = histogram(rows, "splits", {"middle": 0.0})
    colours = [LOSS if to <= 0 else ACCENT for to in rows["to"]]
    drawn["traces"][0]["marker"] = {"color": colours}
    share = float((known["logit"].to_numpy() <= 0).mean())
    says = (
        f"In {share:.0%} of {known.height:,} splits the best of one half was no better than the "
        "middle of the other half: about half is what luck does, near none is what an edge does."
    )
    layout = titled("logit of its rank in the other half", "splits") | drawn["layout"]
    return Exhibit("logits", "Overfitting of the search", says, rows, drawn["traces"], layout)


def train_and_test(report: Report) -> Exhibit | None:
    """What ranked the chosen one in training against what it did in the other half."""
    splits = stored(report, "splits")
    rows = splits.select("split", "train", "test").drop_nulls() if splits.height else splits
    if rows.is_empty():
        return None
    shown = rows.gather_every(max(1, rows.height // POINTS))
    drawn = dots("splits", shown["train"], shown["test"], ACCENT)
    drawn["marker"] = {"color": ACCENT, "size": 4, "opacity": 0.4}
    lost = float((rows["test"].to_numpy() < 0).mean())
    says = (
        f"The chosen one lost in the other half in {lost:.0%} of the splits; a cloud that sinks "
        "to the right means that the better it looked, the worse it did."
    )
    layout = titled("ratio in training", "ratio in the other half", showlegend=False)
    return Exhibit("degradation", "Promise and delivery of splits", says, rows, [drawn], layout)


def best_of_surrogates(report: Report) -> Exhibit | None:
    """The best in sample of every market without an edge, and the real one."""
    real = real_best(report)
    says = (
        "The same search on markets of the same sizes without any direction: a best that stands "
        "among them is what searching alone finds."
    )
    title = f"best {report.objective} in sample"
    return beside(report, "best", real, ("null-best", "Best of a search on chance", says, title))


def walks_of_surrogates(report: Report) -> Exhibit | None:
    """What walking forward made of markets without an edge, and of the real one."""
    trades = trades_of(report)["net"]
    real = report.money(int(trades.sum())) if len(trades) else None
    rows = stored(report, "surrogates")
    if rows.height:
        rows = rows.with_columns(walk=report.moneys(rows["walk_net"]))
    says = (
        "Out-of-sample net of the same walk-forward on those markets: costs put the middle of "
        "them below zero."
    )
    title = f"net, {report.facts['currency']}"
    words = ("null-walk", "Walk-forward on chance", says, title)
    return beside(report, "walk", real, words, rows)


def real_best(report: Report) -> float | None:
    kept = report.combinations.filter(pl.col("n") >= report.facts["min_trades"])
    values = kept[report.objective].drop_nulls().to_numpy()
    return float(values.max()) if len(values) else None


def beside(
    report: Report,
    column: str,
    real: float | None,
    words: tuple[str, str, str, str],
    table: pl.DataFrame | None = None,
) -> Exhibit | None:
    """One dot a surrogate by its value, the real one as a line."""
    rows = stored(report, "surrogates") if table is None else table
    known = rows.select("surrogate", column).drop_nulls() if rows.height else rows
    if known.is_empty():
        return None
    key, title, says, axis = words
    ordered = known.sort(column).with_columns(rank=pl.int_range(1, pl.len() + 1))
    above = 0 if real is None else ordered.filter(pl.col(column) >= real).height
    told = "" if real is None else f" {above} of {ordered.height} reached the real one."
    look = {"color": INK, "width": 2}
    upright = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": real, "x1": real}
    note = {"yref": "paper", "y": 1, "yanchor": "bottom", "x": real, "showarrow": False}
    more: dict[str, Any] = {"showlegend": False}
    if real is not None:
        more |= {"shapes": [upright | {"line": look}], "annotations": [note | {"text": "real"}]}
    drawn = dots("surrogates", ordered[column], ordered["rank"], ACCENT)
    return Exhibit(key, title, says + told, ordered, [drawn], titled(axis, "rank", **more))


def redrawn(report: Report) -> Exhibit | None:
    """Where redrawn histories of the test sessions end."""
    net = sessions_of(report)["net"].to_numpy()
    if len(net) < FEW or not net.any():
        return None
    ends = report.moneys(pl.Series(net[HOW.rows(len(net))].sum(axis=1)))
    real = report.money(int(net.sum()))
    rows = counted(ends.to_numpy())
    drawn = histogram(rows, "draws", {"real": real or 0.0, "zero": 0.0})
    lost = float((ends.to_numpy() < 0).mean())
    says = (
        f"{lost:.0%} of {HOW.draws:,} histories redrawn from blocks of {HOW.length(len(net))} test "
        "sessions end below zero: how far luck in these very sessions reaches."
    )
    layout = titled(f"net, {report.facts['currency']}", "draws") | drawn["layout"]
    return Exhibit("redrawn", "Redrawn histories", says, rows, drawn["traces"], layout)


def flipped(report: Report) -> Exhibit | None:
    """The mean of the test sessions against the same results with the signs of fair coins."""
    net = sessions_of(report)["net"].to_numpy()
    traded = net[net != 0]
    found = sign_flips(traded, FLIPS)
    if np.isnan(found.p_above):
        return None
    means = report.moneys(pl.Series(np.round(found.null).astype(np.int64)))
    rows = pl.DataFrame({"percentile": np.arange(1, 100), "mean": means})
    real = report.moneys(pl.Series([round(found.mean)]))[0]
    look = {"color": INK, "width": 2}
    level = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": real, "y1": real}
    note = {"xref": "paper", "x": 1, "xanchor": "right", "y": real, "yanchor": "bottom"}
    more = {
        "shapes": [level | {"line": look}],
        "annotations": [note | {"text": "real", "showarrow": False}],
        "showlegend": False,
    }
    drawn = dots("coins", rows["percentile"], rows["mean"], ACCENT)
    says = (
        f"Were each of the {len(traded):,} traded sessions as likely its negative, "
        f"{found.p_above:.1%} would have a mean as high as the real one."
    )
    layout = titled("percentile of coins", f"mean session, {report.facts['currency']}", **more)
    return Exhibit("flipped", "Signs of fair coins", says, rows, [drawn], layout)


def band(report: Report) -> pl.DataFrame:
    """Percentiles of the running net of redrawn histories, one row a test session; or no rows."""
    daily = sessions_of(report)
    net = daily["net"].to_numpy()
    if len(net) < FEW or not net.any():
        return pl.DataFrame(schema={"trade_date": pl.Date, "low": pl.Float64, "high": pl.Float64})
    bands = fan(net, HOW).bands
    ends = {"low": PERCENTS.index(5), "high": PERCENTS.index(95)}
    rounded = {
        name: report.moneys(pl.Series(np.round(bands[at]).astype(np.int64)))
        for name, at in ends.items()
    }
    return daily.select("trade_date").with_columns(**rounded)
