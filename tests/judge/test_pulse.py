"""The step of volume at the cash open tells the clock of files that hold no pause."""

from datetime import date

import numpy as np
import pytest

from engine.core.bars import MINUTE
from engine.core.calendars import calendar
from engine.core.contracts import instrument
from engine.core.zone import local_ns
from engine.synth.market import synthesise
from storage.judge.check import Case, clock_of, off_clock
from storage.judge.hours import all_sessions
from storage.judge.pulse import Pulse
from storage.judge.series import Say
from tests.proof.sizes import sized as cases

BARS = synthesise(instrument("ES"), date(2023, 1, 3), cases(ci=120, full=120, small=30), 5)
SESSIONS = all_sessions(calendar("cme_equity"))
CASE = Case(instrument("ES"), SESSIONS, 1, 3)
SHIFTS = (60, -60, 300, -360, 45, 540)


def sliced(seed):
    """From before the cash open to before the close, some bars missing: no pause has its edges."""
    chance = np.random.default_rng(seed)
    wall = local_ns(BARS.time, "America/Chicago") // MINUTE % 1440
    rows = np.flatnonzero((wall >= 420 + chance.integers(30)) & (wall < 840))
    rows = rows[chance.random(len(rows)) > 0.05]
    return BARS.time[rows], BARS.volume[rows]


def shift_of(time, volume, zone="UTC"):
    pulse = Pulse()
    pulse.add(time, volume)
    return pulse.shift(SESSIONS, zone)


def test_the_step_tells_a_right_clock_and_how_far_a_wrong_one_is_off(sized):
    for seed in range(sized("pulses", ci=6, full=300, small=2)):
        time, volume = sliced(seed)
        shift = SHIFTS[seed % len(SHIFTS)]
        assert shift_of(time, volume) == 0
        assert abs(shift_of(time + shift * MINUTE, volume) - shift) <= 2


def test_volume_without_a_step_says_nothing(sized):
    for seed in range(sized("noise", ci=10, full=300, small=3)):
        chance = np.random.default_rng(seed)
        time, _ = sliced(seed)
        noise = np.exp(chance.normal(0, 1, len(time))).astype(np.int64) + 1
        assert shift_of(time, noise) is None


def test_three_weeks_are_too_short():
    time, volume = sliced(1)
    weeks = time // (7 * 1440 * MINUTE)
    some = weeks < weeks[0] + 3
    assert shift_of(time[some], volume[some]) is None
    assert Pulse().shift(SESSIONS, "UTC") is None


@pytest.mark.parametrize("shift", [0, 300])
def test_stored_bars_without_pauses_are_held_against_their_volume(shift):
    time, volume = sliced(3)
    clock = clock_of(time + shift * MINUTE, volume, CASE)
    assert not clock.verdict.tells
    assert clock.tells
    said = list(off_clock(clock, Say(str, 3)))
    assert [found.kind for found in said] == ["clock"] * bool(shift)
    assert not shift or "volume steps up 300 minutes away" in said[0].detail
