"""engine.profile.develop and engine.profile.growth equal the oracle after every bar."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.profile.develop import Out, Spans, Task, develop, develop_anew
from engine.profile.developing import developing_levels
from engine.profile.growth import PAD
from engine.profile.model import RULES, SPREADS, Model, Rule, law_of
from engine.profile.sessions import prior_levels
from engine.profile.slices import session_parts
from tests.makers import bars_from, flat
from tests.oracle import levels as levels_oracle
from tests.oracle import profile as oracle
from tests.profile.test_spread import plain_bars
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

SEGMENTS = st.sampled_from(("rth", "eth", "full"))
LAWS = st.builds(
    Rule,
    st.sampled_from(("pairs", "pairs", "single", "symmetric")),
    st.sampled_from(("up", "down")),
    st.sampled_from(("mid", "lowest", "highest")),
)


def said(bars: Bars, **asked: object) -> list[tuple[int, ...] | None]:
    d = developing_levels(bars, **asked)
    rows = zip(d.poc.values, d.vah.values, d.val.values, d.poc.present, strict=True)
    return [tuple(map(int, row[:3])) if row[3] else None for row in rows]


def plain(bars: Bars, segment: str, rule: Rule, model: Model) -> list[tuple[int, ...] | None]:
    out: list = [None] * len(bars)
    inside, row = bars.labels.mask(segment), model.row or 1
    for session in np.unique(bars.session):
        every = plain_bars(bars, segment, session)
        for k, i in enumerate(np.flatnonzero(inside & (bars.session == session))):
            floor, volume = oracle.profile(every[: k + 1], model.spread, row)
            names = (rule.name, rule.tie, rule.poc_tie)
            if found := levels_oracle.levels(volume, Fraction("0.70"), *names):
                poc, val, vah = ((floor + level) * row for level in found)
                out[i] = poc + (row - 1) // 2, vah + row - 1, val
    return out


@pytest.mark.covers("T03")
@given(tapes(most=60), SEGMENTS, LAWS)
@settings(max_examples=cases(ci=60, full=10_000))
def test_after_every_bar_it_is_the_profile_so_far(bars, segment, rule):
    assert said(bars, segment=segment, rule=rule) == plain(bars, segment, rule, Model())


@pytest.mark.covers("T03")
@given(tapes(most=20), st.sampled_from(sorted(SPREADS)), st.sampled_from((1, 2, 4)), LAWS)
@settings(max_examples=cases(ci=80, full=2_000))
def test_other_models_too(bars, spread, row, rule):
    model = Model(spread, row)
    assert said(bars, segment="full", rule=rule, model=model) == plain(bars, "full", rule, model)


@pytest.mark.covers("T03")
@pytest.mark.parametrize("name", [name for name in RULES if name.startswith("seed")])
@given(tapes(most=12))
@settings(max_examples=cases(ci=20, full=1_000))
def test_rules_that_look_at_every_row_too(name, bars):
    assert said(bars, segment="full", rule=name) == plain(bars, "full", Rule(name), Model())


def walk(seed: int, count: int, most: int) -> Bars:
    """One long session of bars that wander, with volumes of every size."""
    draw = np.random.default_rng(seed)
    close = np.cumsum(draw.integers(-3, 4, count))
    high, low = close + draw.integers(0, most, count), close - draw.integers(0, most, count)
    prices = [tuple(map(int, p)) for p in zip(close, high, low, close, strict=True)]
    bars = bars_from(("2022-11-28 08:30", prices))
    volume = (10.0 ** draw.uniform(0, 5, count)).astype(np.int64) * draw.integers(0, 2, count)
    return Bars(bars.instrument, bars.sessions, bars.arrays._replace(volume=volume))


@pytest.mark.covers("T03")
@pytest.mark.parametrize("rule", ["pairs", "single", "symmetric"])
@pytest.mark.parametrize("most", [2, 9, 40])
def test_whole_sessions_equal_the_kernel_from_scratch(rule, most):
    for seed in range(cases(ci=40, full=250, small=1)):
        bars = walk(seed, 380, most)
        one, other = (by(bars, rule, f"0.{65 + seed % 20}") for by in (kept_up, anew))
        assert [x.tolist() for x in one] == [x.tolist() for x in other]


def task_of(bars: Bars, rule: str, fraction: str) -> tuple[Task, np.ndarray, Out]:
    parts = session_parts(bars, "rth")
    spans = Spans(parts.range.low, parts.slices.stop)
    task = Task(parts.slices, spans, Model().grid(bars), law_of(rule, fraction))
    rows = int(parts.range.high[0] - parts.range.low[0]) + 1
    board = np.zeros(rows + 2 * PAD, np.int64)
    return task, board, Out(*np.zeros((3, len(bars)), np.int64), np.zeros(len(bars), np.bool_))


def kept_up(bars: Bars, rule: str, fraction: str) -> Out:
    task, board, out = task_of(bars, rule, fraction)
    develop(bars.arrays, task, board, None, out)
    return out


def anew(bars: Bars, rule: str, fraction: str) -> Out:
    task, board, out = task_of(bars, rule, fraction)
    develop_anew(bars.arrays, task, board, np.zeros_like(board), None, out)
    return out


@pytest.mark.covers("T03")
@given(tapes(), SEGMENTS)
def test_the_last_is_what_the_next_session_calls_prior(bars, segment):
    developed, prior = said(bars, segment=segment), prior_levels(bars, segment=segment)
    inside = bars.labels.mask(segment)
    for session in np.unique(bars.session):
        earlier = np.flatnonzero(inside & (bars.session < session))
        if len(earlier):
            level = [int(c.values[session]) if c.present[session] else None for c in prior[:3]]
            assert level == list(developed[earlier[-1]] or (None, None, None))


def test_from_the_bar_on_that_makes_it_too_wide_there_is_none():
    wild = (0, 20_000_000, 0, 0)
    bars = bars_from(("2022-11-28 08:30", [(5, 6, 5, 5), wild, (5, 5, 5, 5)]))
    assert said(bars) == [(5, 6, 5), None, None]
    bars = bars_from(("2022-11-28 08:30", [wild, *flat(5, 2)]), ("2022-11-29 08:30", flat(7, 1)))
    assert said(bars) == [None, None, None, (7, 7, 7)]
