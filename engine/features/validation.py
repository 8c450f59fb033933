"""Published rules that call a migration valid, and their scores of confidence.

How often each passes where nothing migrates stands in docs/features.md.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.features.declare import Takes, told
from engine.features.fold import Floats
from engine.features.migration import (
    poc_trend,
    poc_up,
    poc_volatility,
    segment_of,
    session_says,
    spread_out,
    told_of,
    window,
)
from engine.features.walks import Line

RULES: Final = ("strict", "relaxed")
SCORES: Final = ("bits", "graded")


class Validation(NamedTuple):
    """Confidence 0 to 100; direction and validity as the rule has it."""

    confidence: Column
    direction: Column
    valid: Column


@told(
    session_says(
        "strict: p < 0.05, runs p < 0.05, R2 > 0.3 and 3 moves in a row in the direction of most "
        "moves; relaxed: p < 0.1, R2 > 0.2 and 2 in a row in the direction of the slope, or 3 in "
        "a row in any; windows grow from `least` sessions on",
        "0 to 100; -1, 0, 1; 0 or 1",
        "until `least` sessions are over",
    ),
    sessions=window(),
    least=Takes("sessions of the shortest window", low=3, trial=3),
    rule=Takes("which rule", choices=RULES),
    segment=segment_of(),
)
def poc_validation(
    bars: Bars, *, sessions: int = 20, least: int = 5, rule: str = "strict", segment: str = "rth"
) -> Validation:
    """Trend validation as published; what it passes on walks stands in the docs."""
    found, before = told_of(bars, segment, sessions, min(least, sessions))
    judged = strict(found) if rule == "strict" else relaxed(found)
    return Validation(*(spread_out(bars, row, before) for row in judged))


def strict(found: Line) -> tuple[Floats, Floats, Floats]:
    """Confidence, direction and validity by the strict rule."""
    direction = np.sign(found.ups - found.downs)
    streak = np.where(direction > 0, found.streak_up, found.streak_down)
    valid = (found.p < 0.05) & (found.runs_p < 0.05) & (found.r2 > 0.3)
    valid &= (streak >= 3) & (direction != 0)
    sure = (100 * np.minimum(found.r2, 1) + 100 * (1 - found.p)) / 2
    return np.where(valid, sure, 0 * found.r2), direction, np.where(valid, 1.0, 0 * found.r2)


def relaxed(found: Line) -> tuple[Floats, Floats, Floats]:
    """Confidence, held to 100, direction and validity by the relaxed rule."""
    direction, most = np.sign(found.slope), np.maximum(found.held_up, found.held_down)
    streak = np.where(direction > 0, found.held_up, found.held_down)
    valid = ((found.p < 0.1) & (found.r2 > 0.2) & (streak >= 2) & (direction != 0)) | (most >= 3)
    sure = (100 * found.r2 + 100 * (1 - 2 * np.minimum(found.p, 0.5)) + 20 * most) / 3
    sure = np.where(valid, np.minimum(sure, 100), np.minimum(10 * most, 50))
    return sure, direction, np.where(valid, 1.0, 0 * found.r2)


@told(
    session_says(
        "bits: 30 [R2 > 0.69] + 30 [slope > steep] + 20 [up > 0.53] + 20 [q < 1]; graded: 40 R2 + "
        "60 max(up - 0.5, 0) + (30 if q < 0.8, 20 if q < 1, 10 if q < 1.2), at most 100; up = "
        "poc_up(sessions), weighed for bits and counted else, q = deviation of long / 5 pocs / "
        "that of `long`",
        "0 to 100",
    ),
    sessions=window(),
    rule=Takes("which score", choices=SCORES),
    steep=Takes("ticks a session", low=0),
    long=Takes("sessions of the longer deviation; the shorter takes a fifth", low=3, trial=3),
    segment=segment_of(),
)
def poc_confidence(
    bars: Bars,
    *,
    sessions: int = 20,
    rule: str = "bits",
    steep: int = 8,
    long: int = 50,
    segment: str = "rth",
) -> Column:
    """Two published scores of confidence; the third is that of `poc_validation`."""
    line = poc_trend(bars, sessions=sessions, segment=segment)
    up = poc_up(bars, sessions=sessions, segment=segment)
    spells = (max(long // 5, 3), long)
    short, slow = (poc_volatility(bars, sessions=n, segment=segment).ticks for n in spells)
    quiet, chance = short / slow, up.weighed if rule == "bits" else up.counted
    if rule == "bits":
        score = 30.0 * (line.r2.values > 0.69) + 30 * (line.slope.values > steep)
        score += 20 * (chance.values > 0.53) + 20 * (quiet.values < 1)
    else:
        score = 40 * line.r2.values + 60 * np.maximum(chance.values - 0.5, 0)
        score = score + sum(10 * (quiet.values < edge) for edge in (0.8, 1.0, 1.2))
    there = line.r2.present & chance.present & quiet.present
    return Column(np.minimum(score, 100), there, bars.session)
