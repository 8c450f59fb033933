"""What a user may say of a profile, and what is said back."""

from decimal import Decimal

import pytest

from engine.core.errors import ParameterError, UnknownError
from engine.profile.model import Model, Rule, law_of
from engine.profile.rules import Law
from tests.makers import bars_from, flat

BARS = bars_from(("2022-11-28 08:30", flat(98, 2)))


def test_the_defaults_are_those_of_the_docs():
    assert Model().grid(BARS) == (0, 1)
    assert law_of("pairs", Decimal("0.70")) == Law(0, 7000, True, 0)  # noqa: FBT003 - a bare flag is the point


def test_a_row_size_of_ones_own():
    assert Model("close", row=4).grid(BARS) == (1, 4)


def test_time_is_the_length_of_the_bar():
    assert Model(measure="time").arrays(BARS).volume.tolist() == [60_000, 60_000]
    assert Model().arrays(BARS) is BARS.arrays


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Model("uniformly"), "no spread 'uniformly'; did you mean 'uniform'"),
        (lambda: Model(measure="tpo"), "no measure 'tpo'"),
        (lambda: Rule("pair"), "no value-area rule 'pair'; did you mean 'pairs'"),
        (lambda: Rule(tie="left"), "no tie 'left'"),
        (lambda: Rule(poc_tie="middle"), "no poc tie 'middle'"),
    ],
)
def test_names_that_do_not_exist(make, message):
    with pytest.raises(UnknownError, match=message):
        make()


@pytest.mark.parametrize("row", [0, -1])
def test_a_row_of_no_ticks_is_refused(row):
    with pytest.raises(ParameterError, match=f"at least one tick, not {row}"):
        Model(row=row)


@pytest.mark.covers("A-030")
@pytest.mark.parametrize("fraction", ["0", "-0.1", "1.0001"])
def test_a_fraction_outside_its_bounds_is_refused(fraction):
    with pytest.raises(ParameterError, match=f"above 0 and at most 1, not {fraction}"):
        law_of("pairs", fraction)


@pytest.mark.covers("A-030")
def test_a_fraction_finer_than_its_scale_is_refused():
    with pytest.raises(ParameterError, match="more than four decimals"):
        law_of("pairs", "0.70001")
