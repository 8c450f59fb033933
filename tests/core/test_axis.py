"""One axis: what it draws, what it accepts, what it refuses."""

import re
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.core.axis import SCALE, Axis, Gate, Op, Range, decimal_of, plain, scaled
from engine.core.errors import ParameterError, UnknownError
from engine.core.params import choice, gate, param

FOUR = st.integers(-(10**7), 10**7).map(lambda n: Decimal(n) / SCALE)
UNIT = st.floats(0, 1, exclude_max=True)


def axis_of(field) -> Axis:
    return field.metadata["axis"]


@st.composite
def adding(draw):
    """An int or a decimal axis whose lattice adds a step, and the lattice itself."""
    low, step = draw(st.integers(-500, 500)), draw(st.integers(1, 60))
    high = low + draw(st.integers(0, 40 * step))
    if draw(st.booleans()):
        at = draw(st.integers(low, high))
        axis = axis_of(param(default=at, low=low, high=high, step=step))
        return axis, list(range(low, high + 1, step)), (low, high)
    shift = 10 ** draw(st.integers(0, 4))
    low, high, step = (Decimal(n) / shift for n in (low, high, step))
    axis = axis_of(param(default=str(low), low=str(low), high=str(high), step=str(step)))
    return axis, [low + k * step for k in range(int((high - low) / step) + 1)], (low, high)


@st.composite
def multiplying(draw):
    """An axis whose lattice multiplies, walked slowly in exact fractions of one fourth."""
    low, factor = draw(st.integers(1, 60)), draw(st.sampled_from(["1.5", "2", "3", "10"]))
    high = low * draw(st.integers(1, 300))
    exact, value = [], Decimal(low)
    while value <= high:
        exact.append(value)
        value *= Decimal(factor)
    if draw(st.booleans()):
        axis = axis_of(param(default=low, low=low, high=high, step=f"x{factor}"))
        return axis, list(dict.fromkeys(round(v) for v in exact)), (low, high)
    tenth = [Decimal(n) / 10 for n in (low, high)]
    axis = axis_of(
        param(default=str(tenth[0]), low=str(tenth[0]), high=str(tenth[1]), step=f"x{factor}")
    )
    return axis, list(dict.fromkeys(round(v / 10, 4) for v in exact)), tuple(tenth)


@pytest.mark.covers("QA-009")
@given(st.one_of(adding(), multiplying()), UNIT)
def test_every_number_drawn_is_in_bounds_on_the_lattice_and_round_trips(drawn, unit):
    axis, lattice, (low, high) = drawn
    value = axis.at(unit)
    assert list(axis.values()) == lattice
    assert value == lattice[int(unit * len(lattice))]
    assert low <= value <= high
    assert type(value) is (int if axis.kind == "int" else Decimal)
    for written in (value, str(value), float(value) if abs(value) < 10**9 else value):
        again = axis.check("x", written)
        assert (again, type(again), str(again)) == (value, type(value), str(value))


@pytest.mark.covers("QA-009")
@given(st.lists(st.sampled_from(["a", "B", 1, 2, True, Decimal("0.5")]), min_size=2), UNIT)
def test_every_choice_drawn_is_one_of_them(among, unit):
    assume(len(set(among)) == len(among))
    axis = axis_of(choice(default=among[0], among=among))
    assert axis.values() == tuple(among)
    assert axis.check("x", axis.at(unit)) is axis.at(unit)
    assert axis.at(unit) is among[int(unit * len(among))]


def test_a_draw_reaches_both_ends_and_never_beyond():
    axis = axis_of(param(default=5, low=5, high=60, step="x2"))
    assert axis.values() == (5, 10, 20, 40)
    assert [axis.at(u) for u in (0.0, 0.2499, 0.25, 0.9999, 1.0)] == [5, 5, 10, 40, 40]
    assert axis_of(choice(default=False)).values() == (False, True)
    assert axis_of(param(default=1, low=1, high=4, step="x1.5")).values() == (1, 2, 3)


@given(FOUR)
def test_a_number_has_one_spelling(value):
    assert plain(value) == value
    assert str(plain(value + Decimal("0.0000"))) == str(plain(value))
    assert decimal_of(str(value)) == decimal_of(value) == value
    assert scaled(plain(value)) == int(value * SCALE)
    assert "E" not in str(plain(value))


def test_spellings_of_one_number_give_one_text():
    axis = axis_of(param(default="0.70", low="0.60", high="0.80", step="0.05"))
    assert {str(axis.check("f", v)) for v in ("0.7", "0.70", 0.7, Decimal("0.7000"))} == {"0.7"}
    assert [str(v) for v in axis.values()] == ["0.6", "0.65", "0.7", "0.75", "0.8"]
    assert str(axis.default) == "0.7"
    assert str(plain(Decimal("-0.0"))) == "0"
    assert str(axis.range) == "0.6..0.8 step 0.05"
    assert str(axis_of(param(default=5, low=5, high=60, step="x2")).range) == "5..60 step x2"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("abc", "'abc' is not a number"),
        ("", "'' is not a number"),
        (None, "None is not a number"),
        (True, "True is not a number"),
        (float("nan"), "nan is not a number"),
        ("-Infinity", "'-Infinity' is not a number"),
        ([1], "[1] is not a number"),
        ("0.12345", "0.12345 has more than four decimals; fractions are 1/10000ths"),
        (1e-05, "0.00001 has more than four decimals"),
    ],
)
def test_what_is_no_decimal_is_refused(value, said):
    with pytest.raises(ParameterError, match=re.escape(said)):
        decimal_of(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (4, "minutes=4 is outside 5..60"),
        ("61", "minutes=61 is outside 5..60"),
        (7.5, "minutes=7.5 must be a whole number"),
        ("ten", "minutes: 'ten' is not a number"),
        (None, "minutes: None is not a number"),
        (True, "minutes: True is not a number"),
    ],
)
def test_a_number_outside_its_declaration_is_refused_by_name(value, said):
    with pytest.raises(ParameterError, match=re.escape(said)):
        axis_of(param(default=15, low=5, high=60, step=5)).check("minutes", value)


def test_whole_numbers_come_in_any_dress():
    axis = axis_of(param(default=15, low=5, high=60, step=5))
    for written in (20, 20.0, "20", Decimal("20.00")):
        assert type(axis.check("minutes", written)) is int
        assert axis.check("minutes", written) == 20
    assert axis.check("minutes", 7) == 7  # bounds bind; the lattice is only where a grid walks


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("fast", "no value 'fast' for 'mode'; did you mean 'Fast'? Known: Fast, slow, true."),
        (1, "no value '1' for 'mode'. Known: Fast, slow, true."),
        (False, "no value 'false' for 'mode'"),
        (None, "no value 'None' for 'mode'"),
    ],
)
def test_a_value_that_is_no_choice_is_answered_with_what_would_be(value, said):
    axis = axis_of(choice(default="Fast", among=("Fast", "slow", True)))
    with pytest.raises(UnknownError, match=re.escape(said)):
        axis.check("mode", value)
    assert axis.check(name="mode", value=True) is True


def test_a_gate_may_be_open_and_a_parameter_may_not():
    axis = axis_of(gate("r2", ">=", default=None, low=0, high="0.9", step=0.1))
    assert axis.default is None
    assert axis.check("min_r2", None) is None
    assert axis.check("min_r2", 0.5) == Decimal("0.5")
    assert axis.values() == tuple(Decimal(k) / 10 for k in range(10))
    assert (axis.gate, axis.doc) == (Gate("r2", ">="), "keep setups whose r2 >= this")
    with pytest.raises(ParameterError, match=r"min_r2=1 is outside 0\.\.0\.9"):
        axis.check("min_r2", 1)


@pytest.mark.parametrize("op", ["=>", "==", "", "in"])
def test_a_gate_compares_in_four_ways(op):
    with pytest.raises(ParameterError, match=f"gate on r2 compares by >= <= > <, not by {op}"):
        gate("r2", op, default=None, low=0, high=1, step=1)
    assert [Gate("r2", known).op for known in get_args(Op)] == [">=", "<=", ">", "<"]


@pytest.mark.parametrize(
    ("low", "high", "step", "factor", "said"),
    [
        (5, 3, 1, False, "5..3 step 1 is no range: low must not be above high"),
        (5, 3, 2, True, "5..3 step x2 is no range: low must not be above high"),
        (1, 3, 0, False, "1..3 step 0 is no range: the step must be above 0"),
        (1, 3, -1, False, "1..3 step -1 is no range: the step must be above 0"),
        (1, 3, 1, True, "1..3 step x1 is no range: it multiplies, from above 0 by above 1"),
        (0, 3, 2, True, "0..3 step x2 is no range: it multiplies, from above 0 by above 1"),
    ],
)
def test_what_is_no_range_is_refused(low, high, step, factor, said):
    with pytest.raises(ParameterError, match=re.escape(said)):
        Range(low, high, step, factor=factor)


def test_the_smallest_ranges_there_are():
    assert Range(3, 3, 1).values() == (3,)
    assert Range(3, 3, Decimal("1.1"), factor=True).values() == (3,)
    assert Range(1, 2, 5).values() == (1,)
    assert len(Range(0, 10**6, 1).values()) == 10**6 + 1
