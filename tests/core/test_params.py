"""One line declares a parameter, and a bad line is refused where it is written."""

import dataclasses
import inspect
import itertools
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import ParameterError, UnknownError
from engine.core.params import Tunable, choice, gate, param


class Idea(Tunable):
    """Every kind of parameter, conditional ones in a chain."""

    minutes: int = param(default=15, low=5, high=60, step=5, doc="length")
    window: int = param(default=5, low=5, high=80, step="x2")
    share: Decimal = param(default="0.70", low="0.60", high="0.80", step="0.05")
    trend: bool = choice(default=False)
    mode: str = choice(default="fast", among=("fast", "slow"), when={"trend": True})
    decay: int = param(default=3, low=1, high=9, when={"mode": ["fast"]})
    least: Decimal = gate("r2", ">=", default=None, low=0, high="0.9", step="0.1")


SPACE = Idea.space()


@st.composite
def drawn(draw):
    """A point of the space as a sampler draws it."""
    return {name: axis.at(draw(st.floats(0, 1, exclude_max=True))) for name, axis in SPACE.items()}


@pytest.mark.covers("QA-009")
@given(drawn())
def test_a_drawn_point_is_a_value_and_its_row_is_the_same_value(point):
    idea = Idea(**point)
    row = dict(idea.values())
    assert list(row) == list(SPACE)
    assert Idea(**row) == idea
    assert Idea(**{name: v if isinstance(v, bool) else str(v) for name, v in row.items()}) == idea
    for name, axis in SPACE.items():
        assert row[name] in (point[name], axis.default)
        assert axis.check(name, row[name]) == row[name]
        assert row[name] in (*axis.values(), axis.default)


@given(drawn())
def test_a_parameter_counts_only_where_its_whole_chain_holds(point):
    idea = Idea(**point)
    mode = point["mode"] if point["trend"] else "fast"
    assert idea.mode == mode
    assert idea.decay == (point["decay"] if point["trend"] and mode == "fast" else 3)


@given(st.data())
def test_a_grid_has_no_two_rows_that_play_alike(data):
    axes = {
        name: data.draw(st.lists(st.sampled_from(SPACE[name].values()), min_size=1, max_size=3))
        for name in ("trend", "mode", "decay", "least")
    }
    rows = Idea.grid(**axes)
    product = [dict(zip(axes, row, strict=True)) for row in itertools.product(*axes.values())]
    assert len(set(rows)) == len(rows)
    assert set(rows) == {Idea(**row) for row in product}
    assert rows[0] == Idea(**product[0])
    flat = [row for row in rows if not row.trend]  # nothing else counts without a trend
    assert len(flat) == (False in axes["trend"]) * len(set(axes["least"]))


def test_a_grid_walks_the_named_values_in_order_and_drops_spellings():
    rows = Idea.grid(minutes=(5, 10), share=[0.7, "0.70", Decimal("0.65")])
    assert [(r.minutes, str(r.share)) for r in rows] == [
        (5, "0.7"),
        (5, "0.65"),
        (10, "0.7"),
        (10, "0.65"),
    ]
    assert Idea.grid() == [Idea()]
    assert SPACE["decay"].values() == tuple(range(1, 10))  # a step that is not said is one
    assert Idea.grid(minutes=5, mode="slow", trend=True) == [
        Idea(minutes=5, mode="slow", trend=True)
    ]
    assert len(Idea.grid(minutes=range(5, 9), least=(None, 0))) == 8


@pytest.mark.parametrize(
    ("axes", "error", "said"),
    [
        ({"minuets": [5]}, UnknownError, "no parameter 'minuets' of Idea; did you mean 'minutes'?"),
        ({"minutes": [5, 99]}, ParameterError, "minutes=99 is outside 5..60"),
        ({"minuets": []}, UnknownError, "no parameter 'minuets' of Idea; did you mean 'minutes'?"),
        ({"minutes": []}, ParameterError, "minutes: no values to walk; leave it out to keep"),
        ({"mode": "slwo"}, UnknownError, "no value 'slwo' for 'mode'; did you mean 'slow'?"),
    ],
)
def test_a_grid_refuses_what_a_value_refuses(axes, error, said):
    with pytest.raises(error, match=re.escape(said)):
        Idea.grid(**axes)


def test_a_value_is_frozen_checked_and_named():
    idea = Idea(share=0.65, minutes="20")
    assert (idea.share, idea.minutes) == (Decimal("0.65"), 20)
    with pytest.raises(UnknownError, match=r"'shares' of Idea; did you mean 'share'\? Known: deca"):
        Idea(shares=1)
    with pytest.raises(ParameterError, match=r"share=0\.9 is outside 0\.6\.\.0\.8"):
        Idea(share="0.9")
    with pytest.raises(ParameterError, match="decay=10 is outside 1"):
        Idea(decay=10)  # checked though it does not count
    with pytest.raises(dataclasses.FrozenInstanceError):
        idea.minutes = 5
    with pytest.raises(TypeError, match=r"Idea\.__init__\(\) takes 1 positional argument"):
        Idea(5)
    assert dataclasses.replace(idea, minutes=30) == Idea(share="0.650", minutes=30)
    assert "minutes" in inspect.signature(Idea).parameters


def test_gates_are_told_from_what_is_structural():
    assert {name: (g.attribute, g.op) for name, g in Idea.gates().items()} == {
        "least": ("r2", ">=")
    }
    assert Idea().least is None
    assert Idea(least=0.5).least == Decimal("0.5")


def test_a_child_inherits_and_may_redeclare():
    class Child(Idea):
        minutes: int = param(default=30, low=30, high=90, step=30)
        extra: bool = choice(default=True, when={"mode": "slow"})

    assert list(Child.space()) == [*SPACE, "extra"]
    assert Child().minutes == 30
    assert Idea().minutes == 15
    assert Child(trend=True, mode="slow", extra=False).extra is False
    assert Child(extra=False).extra is True
    with pytest.raises(UnknownError, match="of Child"):
        Child(nope=1)


def whole(**changes):
    return param(**{"default": 5, "low": 1, "high": 9, "step": 1} | changes)


@pytest.mark.parametrize(
    ("declare", "said"),
    [
        (lambda: whole(default=10), "default=10 is outside 1..9"),
        (lambda: whole(default=True), "default: True is not a number"),
        (lambda: whole(default=None), "default: None is not a number"),
        (lambda: whole(low=10), "10..9 step 1 is no range"),
        (lambda: whole(low="0.5"), "0.5 bounds a whole-number parameter; write its default as '1'"),
        (lambda: whole(step="0.5"), "0.5 bounds a whole-number parameter"),
        (lambda: whole(step="x"), "'' is not a number"),
        (lambda: whole(step="x1"), "it multiplies, from above 0 by above 1"),
        (lambda: whole(low=True), "True is not a number"),
        (lambda: whole(high=None), "None is not a number"),
        (lambda: choice(default="a", among=("a",)), "a choice is among two values or more"),
        (lambda: choice(default="a", among=("a", "b", "a")), "all different: ('a', 'b', 'a')"),
        (lambda: choice(default=1, among=(1, True)), "all different: (1, True)"),
        (lambda: gate("x", ">=", default=2, low=0, high=1, step="0.1"), "default=2 is outside"),
        (lambda: gate("x", ">=", default=None, low=0, high=1, step=0), "the step must be above 0"),
    ],
)
def test_a_bad_declaration_is_refused_where_it_is_written(declare, said):
    with pytest.raises(ParameterError, match=re.escape(said)):
        declare()


def test_a_default_that_is_no_choice_is_refused_where_it_is_written():
    with pytest.raises(UnknownError, match=r"no value 'c' for 'default'. Known: a, b"):
        choice(default="c", among=("a", "b"))


def made(**fields):
    """A class of these fields, as if written down."""
    kinds = dict.fromkeys(fields, object)
    return type("Bad", (Idea,), {**fields, "__annotations__": kinds})


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({"n": 5}, TypeError, "declare Bad.n by param(), choice() or gate()"),
        ({"values": whole()}, ParameterError, "Bad.values would hide a method; rename it"),
        (
            {"n": whole(when={"tend": True})},
            UnknownError,
            "no parameter 'tend' above Bad.n, which counts when it holds; did you mean 'trend'?",
        ),
        ({"n": whole(when={"n": 5})}, UnknownError, "no parameter 'n' above Bad.n"),
        ({"n": whole(when={"m": 5}), "m": whole()}, UnknownError, "no parameter 'm' above Bad.n"),
        ({"n": whole(when={"mode": "fats"})}, UnknownError, "no value 'fats' for 'mode'; did you"),
        ({"n": whole(when={"minutes": 4})}, ParameterError, "minutes=4 is outside 5..60"),
        (
            {"n": whole(when={"share": "0.65"})},
            ParameterError,
            "n: write share as Decimal('0.65'), not '0.65'",
        ),
    ],
)
def test_a_bad_class_is_refused_where_it_is_written(fields, error, said):
    with pytest.raises(error, match=re.escape(said)):
        made(**fields)


def test_a_field_without_a_type_is_refused():
    with pytest.raises(TypeError, match="'n' is a field but has no type annotation"):
        type("Bad", (Idea,), {"n": whole()})


def test_a_condition_may_name_several_values_and_several_parameters():
    both = {"mode": ("fast", "slow"), "trend": True, "share": Decimal("0.650")}
    kind = made(n=whole(when=both))
    assert kind(trend=True, share=0.65, n=7).n == 7
    assert kind(trend=True, n=7).n == 5
    assert kind(share=0.65, n=7).n == 5
