"""What `engine` offers by name, and what it reads only when it is asked for."""

import subprocess
import sys

import pytest

import engine


def test_every_name_that_is_offered_exists():
    for name in engine.__all__:
        assert getattr(engine, name) is not None


def test_a_name_that_comes_later_is_the_one_of_its_module():
    from engine.core.asof import asof  # noqa: PLC0415 - the point of the test

    assert engine.asof is asof


def test_names_nobody_offers_do_not_exist():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = engine.nothing


def test_what_most_studies_do_without_is_not_read_at_first():
    text = "import sys, engine; print([m for m in set(engine.LATER.values()) if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
