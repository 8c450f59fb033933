"""A study of several markets played: one run a market, and a table over all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from app.inside import refuse_coarse
from app.job import Job, perform, preview
from app.log import anew
from app.market import dates_of, lacks
from app.markets import refuse_unlike
from app.pages import Kept
from app.run import hashed
from app.verdict import verdict_row
from engine.core.bars import Bars
from engine.research.across import Grade, Seen, across, grade
from engine.research.measures import ratio
from reports.findings import Report, out_of_sample
from reports.groups import with_regime
from storage.families import keep

FEW: Final = 10  # unseen trades of a regime in a market, below which it says nothing
R: Final = 10_000  # stored R counts ten-thousandths


@dataclass(frozen=True, eq=False)
class Family:
    """What is known of all markets together."""

    name: str
    reports: Sequence[Report]
    markets: pl.DataFrame
    scores: pl.DataFrame
    grade: Grade


def ready(jobs: Sequence[Job]) -> None:
    """Refuse before anything is played what would be refused after the first market."""
    first = jobs[0].experiment
    known = [job.lake.instrument(job.experiment.study.data.symbol) for job in jobs]
    refuse_unlike(first.study, first.search, known)
    for job in jobs:
        study = job.experiment.study
        refuse_coarse(study.data)
        if not lacks(job.lake, study.data):
            dates_of(job.lake, study, job.days)


def previews(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """What a sweep would do in each market."""
    ready(jobs)
    return [preview(job) for job in jobs]


def play_all(jobs: Sequence[Job], drawn: Callable[[Kept], None], *, resume: bool) -> Family:
    """Each market in turn, stored and drawn before the next begins; then the table over all.

    Markets are played in order, so that the first says whether there is anything to resume.
    """
    ready(jobs)
    reports, rows, seen = [], [], []
    for k, job in enumerate(jobs):
        anew()
        done = perform(job, resume=resume and k == 0)
        drawn(done)
        reports.append(done.report)
        seen.append(shown(done.report, done.bars))
        rows.append(market_row(done.report, seen[-1]))
    return told(jobs[0].experiment.study.study, reports, rows, seen, jobs)


def told(
    study: str,
    reports: Sequence[Report],
    rows: Sequence[dict[str, Any]],
    seen: Sequence[Seen],
    jobs: Sequence[Job],
) -> Family:
    """The family of some runs, stored."""
    one, found = reports[0], grade(seen)
    by = "objective", int(one.facts["min_trades"])
    scores = across([report.combinations for report in reports], one.axes(), by)
    name = f"{study}-markets-{hashed(*(report.name for report in reports), size=6)}"
    whole = found._asdict()
    parts = {part: whole[part] for part in ("consistency", "significant", "regimes", "score")}
    parts |= {"profitable": found.profitable, "overfit": found.kept, "grade": found.letter}
    floats = dict.fromkeys(("expectancy", "mean_r", "p_value", "kept"), pl.Float64)
    markets = pl.DataFrame([row | parts for row in rows], schema_overrides=floats)
    keep(jobs[0].settings.root, name, markets, scores)
    return Family(name, reports, markets, scores, found)


def shown(report: Report, bars: Bars | None) -> Seen:
    """What the walk-forward of one run showed."""
    trades = report.tables["trades"].filter(pl.col("scope") == "oos")
    folds = report.tables["folds"].select(
        pl.col("train_net", "train_n", "test_net", "test_n").sum()
    )
    train, test = (
        float(ratio(folds[f"{side}_net"][0], folds[f"{side}_n"][0])) for side in ("train", "test")
    )
    mean_r = trades["r"].mean()
    return Seen(
        mean_r=math.nan if mean_r is None else float(str(mean_r)) / R,
        net=report.money(int(trades["net"].sum())) or 0.0,
        p=p_value(report),
        kept=test / train if train > 0 else math.nan,
        regimes={} if bars is None else regimes(trades, bars),
    )


def p_value(report: Report) -> float:
    """The chance of the unseen trades' mean without edge, where it was weighed."""
    rows = report.tables["evidence"].filter(
        (pl.col("scope") == "oos") & (pl.col("measure") == "t_test")
    )
    found = rows["p_value"].drop_nulls()
    return float(found[0]) if len(found) else math.nan


def regimes(trades: pl.DataFrame, bars: Bars) -> dict[str, float]:
    """Net of the unseen trades by the regime at their signal."""
    known = with_regime(trades, bars).filter(pl.col("regime").is_not_null())
    sums = known.group_by("regime").agg(n=pl.len(), net=pl.col("net").sum())
    rows = sums.filter(pl.col("n") >= FEW).sort("regime")
    return dict(zip(rows["regime"].to_list(), map(float, rows["net"]), strict=True))


def market_row(report: Report, seen: Seen) -> dict[str, Any]:
    """One market in the table of the family."""
    facts, outside = report.facts, out_of_sample(report)
    names = ("study", "symbol", "timeframe", "source", "first", "last", "sessions", "currency")
    floats = {"mean_r": seen.mean_r, "p_value": seen.p, "kept": seen.kept}
    return {name: facts[name] for name in names} | {
        "run": report.name,
        "trades": outside["trades"],
        "net": seen.net,
        "expectancy": outside["expectancy"],
        **{name: None if math.isnan(value) else value for name, value in floats.items()},
        "class": verdict_row(report.tables["evidence"]).get("class", "not weighed"),
    }
