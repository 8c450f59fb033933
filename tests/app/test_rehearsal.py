"""A second process compiles ahead, once; and it never outlives the sweep it helps."""

import sys

import pytest

from app import rehearsal
from engine.core import jit
from storage.results import Results


@pytest.fixture
def first(tmp_path, monkeypatch):
    """A machine with two cores on which nothing was played yet."""
    monkeypatch.setattr(rehearsal, "user_caches", lambda: [tmp_path / "cache"])
    monkeypatch.setattr(rehearsal.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(jit.SETTINGS, "DISABLE_JIT", 0)


@pytest.fixture
def started(monkeypatch):
    """What was started and ended, in place of starting it."""
    told = []

    class Other:
        def __init__(self, command, **_):
            told.append(command)

        def terminate(self):
            told.append("ended")

        def wait(self):
            return 0

    monkeypatch.setattr(rehearsal.subprocess, "Popen", Other)
    return told


@pytest.mark.usefixtures("first")
def test_it_is_due_once_for_each_state_of_the_sources(monkeypatch):
    assert [rehearsal.due(), rehearsal.due()] == [True, False]
    monkeypatch.setattr(rehearsal, "source_hash", lambda: "another")
    assert [rehearsal.due(), rehearsal.due()] == [True, False]


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("lack", ["compiler", "core", "cache"])
def test_it_is_not_due_where_it_could_not_help(monkeypatch, lack):
    if lack == "compiler":
        monkeypatch.setattr(jit.SETTINGS, "DISABLE_JIT", 1)
    elif lack == "core":
        monkeypatch.setattr(rehearsal.os, "cpu_count", lambda: 1)
    else:
        monkeypatch.setattr(rehearsal, "user_caches", list)
    assert not rehearsal.due()


@pytest.mark.usefixtures("first")
def test_it_ends_with_the_sweep_even_if_that_fails(started):
    def stopped():
        with rehearsal.rehearsed():
            assert len(started) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert started[0][:3] == [sys.executable, "-m", "app.rehearsal"]
    assert started[1:] == ["ended"]
    with rehearsal.rehearsed():
        pass
    assert len(started) == 2  # one was enough


def test_it_plays_weighs_and_draws(tmp_path):
    rehearsal.rehearse(tmp_path)
    (name,) = Results(tmp_path).names()
    folder = Results(tmp_path).run(name).folder
    assert (folder / "report.html").stat().st_size > 1_000_000
