"""Golden figures are compared exactly and rewritten only on request."""

import json

import pytest

from tests.proof.golden import Golden

FIGURES = {"trades": 260, "pnl": -1184, "sharpe": 0.1 + 0.2}


@pytest.fixture
def figures(tmp_path):
    Golden(tmp_path, rewrite=True, born="abc")("a", FIGURES, why="a test", data="sha256:1")
    return Golden(tmp_path, rewrite=False, born="def")


def test_equal_figures_pass(figures):
    figures("a", FIGURES, why="a test", data="sha256:1")


def test_a_changed_figure_fails_with_the_reason(figures):
    with pytest.raises(AssertionError, match="a: a test"):
        figures("a", FIGURES | {"sharpe": 0.3}, why="a test", data="sha256:1")


def test_other_data_fail(figures):
    with pytest.raises(AssertionError, match="born from other data: sha256:1"):
        figures("a", FIGURES, why="a test", data="sha256:2")


def test_missing_figures_fail(figures):
    with pytest.raises(AssertionError, match="b has no golden figures yet: make golden"):
        figures("b", FIGURES, why="a test", data="sha256:1")


def test_the_certificate_tells_the_birth_and_outlives_a_rewrite_without_change(tmp_path):
    for born in ("abc", "def"):
        Golden(tmp_path, rewrite=True, born=born)("a", FIGURES, why="w", data="sha256:1")
    stored = json.loads((tmp_path / "a.json").read_text())
    assert stored == {"born": "abc", "data": "sha256:1", "figures": FIGURES, "why": "w"}
