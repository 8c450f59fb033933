"""What has no volume, such as an index of volatility: nothing, time at price, or the old rule."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from engine.core.contracts import instrument
from engine.core.errors import UnknownError
from engine.profile.model import Model
from engine.profile.table import Question, session_table
from engine.synth.market import synthesise
from tests.makers import bars_from, flat
from tests.oracle import levels as levels_oracle
from tests.oracle import tpo as oracle
from tests.profile.test_sessions import with_volume
from tests.profile.test_tpo import plain_bars

NAMES = ("poc", "vah", "val")


def index():
    """Three sessions of an index: prices and no volume at all."""
    bars = synthesise(instrument("ES"), date(2022, 11, 21), 3, 7)
    return with_volume(bars, np.zeros(len(bars), np.int64))


@pytest.mark.covers("A-020")
def test_without_volume_the_old_rule_takes_close_low_and_high():
    table = session_table(index(), Question(untraded="seed_close"))
    assert table.height == 3
    assert table["poc"].equals(table["close"])
    assert table["val"].equals(table["low"])
    assert table["vah"].equals(table["high"])
    assert set(table["measure"]) == {"seed_close"}


@pytest.mark.covers("A-020")
def test_without_volume_time_at_price_stands_in():
    bars = index()
    table = session_table(bars, Question(untraded="tpo"))
    for session, row in zip(np.unique(bars.session[bars.rth]), table.to_dicts(), strict=True):
        base, letters = oracle.letters(plain_bars(bars, "rth", session))
        found = levels_oracle.levels([len(marks) for marks in letters], Fraction("0.70"))
        assert [row[name] for name in NAMES] == [base + getattr(found, name) for name in NAMES]
        assert row["measure"] == "tpo"
    timed = session_table(bars, Question(model=Model(measure="time"), untraded="tpo"))
    assert set(timed["measure"]) == {"time"}  # nothing to stand in for
    assert timed["poc"].null_count() == 0


@pytest.mark.covers("A-020")
def test_nothing_stands_in_unless_asked_and_never_for_a_session_that_traded():
    silent = session_table(index())
    assert [silent[name].null_count() for name in NAMES] == [3, 3, 3]
    assert set(silent["measure"]) == {"volume"}
    days = bars_from(("2022-11-28 08:30", flat(10, 2)), ("2022-11-29 08:30", [(20, 24, 18, 22)]))
    mixed = with_volume(days, [5, 5, 0])
    for untraded, poc in (("seed_close", 22), ("tpo", 21)):
        table = session_table(mixed, Question(untraded=untraded))
        assert table["poc"].to_list() == [10, poc]
        assert table["measure"].to_list() == ["volume", untraded]


def test_an_unknown_stand_in_is_named():
    with pytest.raises(UnknownError, match="did you mean 'tpo'"):
        Question(untraded="tpos")
