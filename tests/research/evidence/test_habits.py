"""Beliefs, times and pauses: closed forms, a known series by hand, and families of groups."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from engine import sweep
from engine.research.evidence.asked import Bench, further_lines
from engine.research.evidence.belief import OPEN, SCEPTICAL, Mean, Share, informed
from engine.research.evidence.families import false_discovery
from engine.research.evidence.further import HABITS, Further
from engine.research.evidence.habits import multiples, unseen
from engine.research.evidence.line import Line
from engine.research.evidence.means import t_test
from engine.research.evidence.pauses import (
    Episode,
    Pause,
    episodes,
    pause_of,
    recoveries,
    rolling_falls,
    streaks,
)
from engine.research.evidence.records import every_row, stitched
from engine.research.evidence.resample import Resample
from engine.research.evidence.timing import ENOUGH, advised, groups
from engine.research.sweep import Swept
from tests.proof.sizes import sized as cases
from tests.research.markets import FOLDS, market, plan, swept

KNOWN = np.array([1.0, -1, -1, 2, -0.5, 0.25, 0.5, -1, -1, -1, 0.5])
DRAWS = cases(ci=200_000, full=2_000_000, small=100_000)


@pytest.mark.covers("QA-034")
def test_falls_streaks_and_ways_back_of_a_known_series() -> None:
    """Levels 1 0 -1 1 0.5 0.75 1.25 0.25 -0.75 -1.75 -1.25, below peaks 1 and 1.25."""
    told = episodes(KNOWN)
    assert told == [
        Episode(1, 2, 2.0, recovered=True),
        Episode(4, 2, 0.5, recovered=True),
        Episode(7, 4, 3.0, recovered=False),
    ]
    assert episodes(KNOWN, 1.0) == [told[0], told[2]]
    assert streaks(KNOWN).tolist() == [2, 1, 3]
    assert recoveries(KNOWN, 1).tolist() == [2]  # at -1 R below after one trade; two more are back
    assert recoveries(KNOWN, 2).tolist() == [1]
    assert recoveries(KNOWN, 0.5).tolist() == [2, 2]
    assert rolling_falls(KNOWN, 4).tolist() == [2, 2, 1, 0.5, 1, 2, 3, 3]
    assert len(rolling_falls(KNOWN, 12)) == 0
    assert streaks(np.ones(4)).tolist() == episodes(np.ones(4)) == []


def plain_fall(values: list[float]) -> float:
    """The deepest fall of the running sum below its peak, from nothing on."""
    level = peak = deepest = 0.0
    for value in values:
        level += value
        peak = max(peak, level)
        deepest = max(deepest, peak - level)
    return deepest


@pytest.mark.covers("QA-034")
def test_a_pause_begins_a_little_beyond_what_was_usual() -> None:
    """Thrice the series: falls of 20 trades by a plain loop; then one whose way back is long."""
    values = np.tile(KNOWN, 3)
    falls = [plain_fall(values[k : k + 20].tolist()) for k in range(len(values) - 19)]
    assert rolling_falls(values, 20).tolist() == falls
    assert streaks(values).tolist() == [2, 1, 3] * 3
    found = pause_of(values)
    assert found == Pause(pytest.approx(np.percentile(falls, 95) * 1.1), 4, 3)
    slow = np.concatenate((np.full(4, -1.0), np.full(40, 0.25)))
    assert recoveries(slow, 2).tolist() == [18]
    assert pause_of(slow) == Pause(pytest.approx(2.8 * 1.1), 5, 9)  # falls of 4, 3, 2, 1 and none
    assert pause_of(KNOWN) is None
    assert pause_of(np.ones(30)) is None
    assert recoveries(np.ones(30), 2).tolist() == []


@pytest.mark.covers("QA-037")
def test_a_belief_is_its_closed_form() -> None:
    """Seven of ten after Beta(1, 1) is Beta(8, 4); a mean is weighed by its own error."""
    share = Share().after(7, 3)
    assert (share, share.mean) == (Share(8, 4), 8 / 12)
    exact = sum(math.comb(11, k) * 0.5**11 for k in range(8))  # of eleven coins, fewer than eight
    assert share.above(0.5) == pytest.approx(exact, abs=1e-12)
    low, high = share.interval()
    assert (share.above(low), share.above(high)) == pytest.approx((0.975, 0.025), abs=1e-9)
    assert SCEPTICAL[0].after(7, 3).mean == 57 / 110
    values = np.array([1.0, 3.0, 2.0, 2.0])
    error = math.sqrt(2 / 3) / 2
    weights = 1 / 0.25, 1 / error**2
    told = SCEPTICAL[1].after(values)
    assert told.mean == pytest.approx(2 * weights[1] / sum(weights))
    assert told.deviation == pytest.approx(sum(weights) ** -0.5)
    assert told.interval()[1] - told.mean == pytest.approx(1.959964 * told.deviation)
    assert told.above(told.mean) == 0.5
    for few in (np.array([1.0]), np.ones(9)):
        assert OPEN[1].after(few) == OPEN[1]


@pytest.mark.covers("QA-037")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Share(8, 4), Share(30, 28)),
        (Share(120, 90), Share(60, 70)),
        (Mean(0.2, 0.1), Mean(0.1, 0.3)),
    ],
)
def test_which_of_two_is_better_is_what_draws_say(one, other) -> None:
    chance = np.random.default_rng(5)
    draw = chance.beta if isinstance(one, Share) else chance.normal
    counted = float((draw(*one, DRAWS) > draw(*other, DRAWS)).mean())
    assert one.beats(other) == pytest.approx(counted, abs=0.01)
    assert one.beats(other) + other.beats(one) == pytest.approx(1)
    assert one.beats(one) == pytest.approx(0.5)


@pytest.mark.covers("QA-037")
def test_an_earlier_record_counts_for_fifty_trades_at_most() -> None:
    values = np.tile([2.0, -1.0, -1.0, 1.0, 1.0], 40)
    share, mean = informed(values)
    assert share == Share(31, 21)
    every = OPEN[1].after(values)
    assert mean == Mean(every.mean, pytest.approx(2 * every.deviation))
    short, seen = informed(values[:10])
    assert short == Share(7, 5)
    assert seen == OPEN[1].after(values[:10])
    assert informed(np.zeros(0)) == OPEN
    assert informed(np.ones(3)) == (Share(4, 1), OPEN[1])


def trades(hours: list[int], nets: list[int]) -> pl.DataFrame:
    """Trades of half an hour at some hours of one zone's summer, a weekday after the other."""
    first = datetime(2024, 6, 3, tzinfo=UTC)
    entries = [first + timedelta(days=k // 7, hours=hour) for k, hour in enumerate(hours)]
    return pl.DataFrame(
        {
            "entry_ts": pl.Series(entries).cast(pl.Datetime("ns", "UTC")),
            "exit_ts": pl.Series([e + timedelta(minutes=30) for e in entries]).cast(
                pl.Datetime("ns", "UTC")
            ),
            "trade_date": [entry.date() for entry in entries],
            "side": [1 if k % 2 else -1 for k in range(len(hours))],
            "reason": ["stop"] * len(hours),
            "net": nets,
        }
    )


@pytest.mark.covers("QA-036")
def test_groups_of_times_are_one_family_of_tests() -> None:
    """Chicago is five hours behind: fifteen o'clock loses for certain, the others are noise."""
    chance = np.random.default_rng(4)
    hours = [15, 16, 17, 18] * 60
    nets = (chance.normal(0, 100, 240).round() - 80 * (np.array(hours) == 15)).astype(int)
    found = groups(trades(hours, nets.tolist()), "America/Chicago")
    named = {(one.by, one.value): one for one in found}
    assert {value for by, value in named if by == "hour"} == {"10", "11", "12", "13"}
    assert {value for by, value in named if by == "side"} == {"long", "short"}
    assert all(one.mean.size >= ENOUGH for one in found)
    mine = named["hour", "10"]
    own = nets[np.array(hours) == 15]
    assert mine.mean == t_test(own)
    raw = np.array([one.mean.p_apart for one in found])
    assert [one.adjusted for one in found] == false_discovery(raw).tolist()
    assert mine.advice == "leave out"
    assert named["hour", "11"].advice == "nothing to tell"
    assert mine in list(advised(found))
    turned = groups(trades(hours, (-nets).tolist()), "America/Chicago")
    assert {(one.by, one.value): one.advice for one in turned}["hour", "10"] == "keep"
    assert groups(trades(hours[:8], nets[:8].tolist()), "America/Chicago") == []


@pytest.mark.covers("QA-036", "T07")
def test_on_noise_few_families_of_times_tell_anything(sized) -> None:
    """False discovery at 5 %: where no group differs, a family speaks in 5 % of cases at most.

    The groups overlap, so that Benjamini and Hochberg stay on the safe side here; of so many
    families the bound is 5 % and three deviations of a share.
    """
    families = sized("T07", ci=16, full=2000, small=8)
    chance, hours = np.random.default_rng(9), [14, 15, 16, 17, 18] * 60
    frame = trades(hours, [0] * 300)
    spoke = 0
    for _ in range(families):
        nets = chance.normal(0, 100, 300).round().astype(int)
        spoke += any(advised(groups(frame.with_columns(net=pl.Series(nets)), "America/Chicago")))
    assert spoke / families <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / families)


def lines(*also: str, found: Swept) -> dict[str, Line]:
    bench = Bench(found, every_row(found), Resample(draws=20, seed=1))
    return {one.measure: one for one in further_lines(bench, Further.of({"also": list(also)}))}


@pytest.mark.covers("QA-034", "QA-036", "QA-037")
def test_lines_speak_of_the_unseen_trades() -> None:
    told, frame = lines(*HABITS, found=swept()), unseen(swept())
    assert frame["net"].to_list() == stitched(swept()).net.tolist()
    r = multiples(frame)
    won = int((frame["net"] > 0).sum())
    hits = SCEPTICAL[0].after(won, frame.height - won)
    assert told["belief_hits"].value == hits.mean
    assert told["belief_hits"].p_value == 1 - hits.above(0.5)
    half = len(r) // 2
    assert told["belief_informed"].value == informed(r[:half])[1].after(r[half:]).mean
    assert 0 < told["belief_later"].value < 1
    assert told["falls"].value == len(episodes(r))
    assert told["falls_20"].value == np.median(rolling_falls(r, 20))
    assert tuple(told[f"pause_{name}"].value for name in Pause._fields) == pause_of(r)
    named = [name for name in told if name.startswith("timing_")]
    assert len(named) == len(groups(frame, "America/Chicago")) == 3
    assert told["timing"].value == sum("nothing" not in told[name].note for name in named)


def test_without_trades_nothing_is_claimed() -> None:
    none = sweep(market(), plan(), replace(FOLDS, min_trades=10**6))
    told = lines(*HABITS, found=none)
    assert told["belief_hits"].value == 0.5
    assert told["belief_r"].value == 0
    assert math.isnan(told["belief_later"].value)
    assert math.isnan(told["pause_fall"].value)
    assert math.isnan(told["falls_20"].value)
    assert (told["falls"].value, told["timing"].value) == (0, 0)
