"""One tree of errors, and the sentence that answers a wrong name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core import errors
from engine.core.errors import TickgridError, UnknownError, unknown

NAMES = st.text("abcXYZ_é", min_size=1, max_size=8)


def test_the_docstring_draws_the_tree_there_is():
    tree = errors.__doc__.split("\n\n")[1]
    drawn = set(re.findall(r"\w+Error", tree))
    leaves = {cls.__name__ for cls in TickgridError.__subclasses__()}
    assert drawn == leaves | {"TickgridError"}
    assert len(leaves) == 7


@pytest.mark.parametrize(
    ("asked", "known", "said"),
    [
        ("minuets", ["beyond", "minutes"], "did you mean 'minutes'? Known: beyond, minutes."),
        ("MINUTES", ["minutes"], "no word 'MINUTES'; did you mean 'minutes'? Known: minutes."),
        ("fast", ["Fast"], "did you mean 'Fast'? Known: Fast."),
        ("zzz", ["b", "a"], "no word 'zzz'. Known: a, b."),
        ("zzz", ["b", "a", "b"], "no word 'zzz'. Known: a, b."),
        ("zzz", [], "no word 'zzz'. None exist yet."),
        ("", ["a"], "no word ''. Known: a."),
    ],
)
def test_what_was_asked_what_is_near_and_what_exists(asked, known, said):
    error = unknown("word", asked, known)
    assert isinstance(error, UnknownError)
    assert str(error).endswith(said)


def test_the_place_stands_behind_the_name():
    assert str(unknown("key", "trian", {"train": 1}, where=" in folds")) == (
        "no key 'trian' in folds; did you mean 'train'? Known: train."
    )


@given(NAMES, st.lists(NAMES, max_size=5))
def test_a_guess_is_always_a_name_that_exists(asked, known):
    said = str(unknown("name", asked, iter(known)))
    guess = re.search(r"did you mean '(.*?)'", said)
    assert guess is None or guess.group(1) in known
    assert all(name in said for name in known)
