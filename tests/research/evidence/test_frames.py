"""Evidence as frames: what is undefined is null, money is whole, and lines come back."""

import math

import numpy as np
import pytest

from engine.research.evidence.frames import (
    ENDLESS,
    evidence_tables,
    line_frame,
    lines_of,
    split_frame,
)
from engine.research.evidence.line import Line, Weighed, Weighing
from engine.research.evidence.null import Score
from engine.research.evidence.resample import Resample
from engine.research.evidence.weigh import weigh
from tests.research.markets import swept

LINES = [
    Line("oos", "psr", 0.5, "a", 0.1, math.nan, 0.2, 9),
    Line("best", "min_record", math.inf, "b"),
]


def test_lines_come_back_but_for_what_no_number_reaches() -> None:
    frame = line_frame(LINES, 7)
    assert frame["combination"].to_list() == [None, 7]
    assert frame["value"].to_list() == [0.5, None]
    assert frame["draws"].to_list() == [9, None]
    assert frame["note"].to_list() == ["a", f"b; {ENDLESS}"]
    first, second = lines_of(frame)
    assert (first.low, first.p_value, first.draws) == (0.1, 0.2, 9)
    assert math.isnan(first.high)
    assert math.isnan(second.value)


def test_the_tables_of_a_sweep() -> None:
    found = weigh(swept(), Weighing(12, Resample(draws=20)))
    scores = [
        Score(150.0, 400.0, -300.0, 4, -75.0, (100, -400)),
        Score(*[math.nan] * 3, 0, math.nan),
    ]
    made = evidence_tables(swept(), found, LINES, scores)
    assert made["evidence"].height == len(found.lines) + 2
    assert made["splits"]["logit"].to_list() == found.split.logit.tolist()
    assert made["splits"]["combination"].to_list() == found.split.chosen.tolist()
    assert made["surrogates"].row(0) == (0, pytest.approx(1.5), 400, -300, 4, pytest.approx(-0.75))
    assert made["surrogates"].row(1) == (1, None, None, None, 0, None)
    assert made["surrogate_folds"].rows() == [(0, 0, 100), (0, 1, -400)]


def test_without_a_split_there_is_no_row() -> None:
    assert split_frame(Weighed([], None, [], np.empty(0, np.int64))).is_empty()
