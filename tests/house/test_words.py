"""Suppressions are rare and explained, files name no machine, tests assert on no time."""

import pytest

from tests.house import clocks, words
from tests.house.files import hold, read, sources, texts

GOOD = [
    "x = 1  # noqa: S301 - the bytes are ours",
    "x = 1  # noqa: S301, PLR0913  because callers name all",
    "x = 1  # type: ignore[misc]  # the stub is wrong",
    "x = 1  # pragma: no cover - compiled code is not traced",
    'x = "# noqa"',
]
BAD = [
    "x = 1  # noqa",
    "x = 1  # noqa: S301",
    "x = 1  # noqa: S301, PERF401",
    "x = 1  # NOQA: S301",
    "# ruff: noqa",
    "x = 1  # type: ignore",
    "x = 1  # type: ignore[misc]",
    "x = 1  # pyright: ignore",
    "x = 1  # pragma: no cover",
]
CLOCKED = [
    "def f():\n    a = perf_counter()\n    run()\n    b = perf_counter() - a\n    assert b < 1\n",
    "def f():\n    assert time.time() - began < 2\n",
    "def f():\n    assert timeit.timeit(run) < 1\n",
    "def f():\n    if (took := time.monotonic() - x) > 1:\n        assert took < 2\n",
]
FREE = [
    "def f():\n    a = time(8, 30)\n    assert a == bars.time\n",
    "def f():\n    seconds = 3\n    assert seconds < 4\n",
    "def f():\n    a = perf_counter()\n    print(a)\n    assert run()\n",
]
HOSTS = ["pypi." + "org", "files.pythonhoste" + "d.org", "registry.npm" + "js.org"]
PLACES = ["/wo" + "rk/main", "cd /ro" + "ot/x", "'/ho" + "me/ann/x'", "/us" + "ers/ann"]


@pytest.mark.parametrize("text", GOOD)
def test_an_explained_suppression_passes(text):
    assert words.bare_suppression("engine/x.py", f"{text}\n") == []


@pytest.mark.parametrize("text", BAD)
def test_a_bare_suppression_is_found(text):
    assert len(words.bare_suppression("engine/x.py", f"{text}\n")) == 1


@pytest.mark.parametrize("text", [*HOSTS, *PLACES[:3]])
def test_a_named_place_is_found(text):
    assert len(words.named_place("docs/x.md", f"see {text}\n")) == 1


@pytest.mark.parametrize(
    "text",
    ["the wo" + "rk/main folder", "a/ro" + "ot/b", "s/ho" + "me", "~/wo" + "rk/x", PLACES[3]],
)
def test_an_innocent_path_passes(text):
    assert words.named_place("docs/x.md", f"see {text}\n") == []


@pytest.mark.parametrize("text", CLOCKED)
def test_a_timed_assert_is_found(text):
    assert len(clocks.timed_assert("tests/x.py", text)) == 1


@pytest.mark.parametrize("text", FREE)
def test_an_assert_beside_a_clock_passes(text):
    assert clocks.timed_assert("tests/x.py", text) == []


def test_our_suppressions_give_code_and_reason():
    hold(words.bare_suppression, sources())


def test_our_suppressions_are_rare():
    lines = sum(len(read(name).splitlines()) for name in sources())
    found = [
        f"{name}:{line} {said}"
        for name in sources()
        for line, said in words.suppressions(read(name))
    ]
    assert len(found) <= lines / 500, f"{len(found)} in {lines} lines:\n" + "\n".join(found)


def test_our_files_name_no_machine_and_no_registry():
    hold(words.named_place, texts())


def test_our_tests_assert_on_no_time():
    hold(clocks.timed_assert, sources("tests"))
