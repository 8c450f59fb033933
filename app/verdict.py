"""The evidence of a run as it is shown: with every trial ever made on its data, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, Final

import polars as pl

from engine.research.evidence.frames import line_frame, lines_of
from engine.research.evidence.line import Line
from engine.research.evidence.verdict import counted, verdict_of

VERDICT: Final = "verdict"
SHARES: Final = (
    *("hit_rate", "pbo", "dsr", "psr", "chance_of_loss", "power", "null_best", "null_walk"),
    *("permutation_best", "permutation_walk", "cpcv_loss", "kfold_loss", "windows"),
    *("belief_hits", "belief_later"),
)
COUNTS: Final = (
    *("groups", "min_backtest", "min_record", "trades_needed", "holm", "false_discovery"),
    *("stepm", "played_anew", "regimes_own", "timing", "pause_streak"),
)
Asked = tuple[tuple[str, str, str], ...]
ASKED: Final[dict[str, Asked]] = {  # what a sceptic asks, and the lines that answer
    "Would no edge have shown it?": (
        ("study", "null_walk", "walk-forward's place among markets without edge"),
        ("study", "null_best", "place of the best in sample"),
    ),
    "Is the best more than the best of many?": (
        ("best", "dsr", "chance that it is (deflated Sharpe ratio)"),
        ("study", "spa", "superior predictive ability"),
        ("study", "reality_check", "White's reality check"),
        ("study", "false_discovery", "combinations left by Benjamini and Hochberg"),
        ("study", "holm", "combinations left by Holm"),
    ),
    "Does the search choose well?": (
        ("study", "pbo", "best of one half is below the middle of the other (PBO)"),
        ("study", "groups", "combinations that move apart"),
        ("oos", "efficiency", "profit a session, unseen over seen"),
    ),
    "What did unseen sessions say?": (
        ("oos", "expectancy", "a trade, redrawn sessions"),
        ("oos", "t_test", "a trade, Student's t"),
        ("oos", "sign_flips", "a trade, random signs"),
        ("oos", "hit_rate", "winners, against fair coins"),
        ("oos", "sharpe", "Sharpe ratio, a year"),
        ("oos", "psr", "chance that it is above zero"),
        ("oos", "chance_of_loss", "redrawn histories that lose"),
    ),
    "Is the record long enough?": (
        ("oos", "power", "chance to tell this mean from zero"),
        ("oos", "trades_needed", "trades until that is 80 %"),
        ("oos", "min_record", "sessions until it is above zero at 95 %"),
        ("best", "min_backtest", "sessions below which the best is expected of luck"),
    ),
    "What was asked for beside?": (
        ("study", "stepm", "combinations that beat nothing (StepM)"),
        ("study", "permutation_walk", "walk-forward's place among exchanged bars"),
        ("oos", "random_entries", "a trade, against random entries"),
        ("study", "kfold", "Sharpe ratio a year, purged k-fold"),
        ("study", "cpcv", "Sharpe ratio a year, CPCV paths"),
        ("study", "cpcv_loss", "CPCV paths that lose"),
        ("oos", "regimes_gain", "net more, chosen by regime"),
        ("study", "windows", "window lengths that pass every test"),
        ("oos", "team_net", "net of the teams"),
        ("oos", "regimes_own", "choices that a regime made for itself"),
        ("oos", "belief_hits", "winners, as a sceptic believes by now"),
        ("oos", "belief_r", "R a trade, as a sceptic believes by now"),
        ("oos", "belief_later", "chance that later trades are better"),
        ("oos", "timing", "hours, weekdays and sides that differ from nothing"),
        ("oos", "pause_fall", "R lost in 20 trades, from which on to pause"),
        ("oos", "pause_streak", "losses in a row, from which on to pause"),
        ("oos", "played_anew", "combinations whose folds were played anew"),
    ),
}


def shown(evidence: pl.DataFrame, trials: int, currency: str) -> pl.DataFrame:
    """The stored lines, counted anew, and the verdict as one more line; unweighed ones stay."""
    if evidence.filter(pl.col("scope") == "oos").is_empty():
        return evidence
    lines = counted(lines_of(evidence), trials)
    said = verdict_of(lines, currency)
    best = next(iter(evidence["combination"].drop_nulls()), None)
    frame = line_frame([*lines, Line(VERDICT, said.name, math.nan, said.text)], best)
    run = pl.lit(evidence["run"][0]).alias("run")
    return frame.select(run, *(name for name in evidence.columns if name != "run"))


def verdict_row(evidence: pl.DataFrame) -> dict[str, str]:
    """Class and paragraph, empty where nothing was weighed."""
    rows = evidence.filter(pl.col("scope") == VERDICT)
    if rows.is_empty():
        return {}
    return {"class": rows["measure"][0], "text": rows["note"][0]}


def answers(evidence: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The compact table of a terminal: questions, figures, what they mean."""
    known = {(row["scope"], row["measure"]): row for row in evidence.iter_rows(named=True)}
    for question, asked in ASKED.items():
        told = [(known[key[:2]], key[2]) for key in asked if key[:2] in known]
        for k, (row, label) in enumerate(told):
            yield {
                "question": question if k == 0 else "",
                "figure": label,
                "value": figure(row["measure"], [row["value"]]),
                "between": figure(row["measure"], [row["low"], row["high"]]),
                "p": "" if row["p_value"] is None else f"{row['p_value']:.3f}",
            }


def figure(measure: str, values: Iterable[float | None]) -> str:
    """One or two numbers as they are read; nothing where one is undefined."""
    several = list(values)
    told = [value for value in several if value is not None]
    if len(told) < len(several):
        return ""
    share = measure in SHARES
    if measure.startswith(("null", "permutation")) and len(told) > 1:
        share = False  # the band is that of the figures, the value a percentile
    form = "{:.1f} %" if share else "{:,.0f}" if measure in COUNTS else "{:,.2f}"
    return " to ".join(form.format(100 * value if share else value) for value in told)


def evidence_json(evidence: pl.DataFrame) -> dict[str, Any]:
    """What `--json` prints: every line, and the class."""
    rows = evidence.filter(pl.col("scope") != VERDICT).drop("run")
    return {"class": verdict_row(evidence).get("class"), "evidence": rows.to_dicts()}
