"""The verbs behind the plugin, run as a user runs them, on a tiny project of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proof.plugin import __file__ as plugin

SUITE = """
import os, signal
from pathlib import Path
import pytest
from tests.proof.sizes import sized as cases

@pytest.mark.covers("T01", "A-001")
def test_one(sized):
    assert sized("T01", ci=7, full=70) == cases(ci=7, full=70)
    Path("ran").open("a").write("one\\n")

@pytest.mark.covers("T02")
def test_two():
    Path("ran").open("a").write("two\\n")
    if Path("kill").exists():
        os.kill(os.getpid(), signal.SIGKILL)

@pytest.mark.covers("A-002", "B-001")
def test_three():
    Path("ran").open("a").write("three\\n")

@pytest.mark.covers("B-001", "T03")
def test_four():
    assert not Path("fail").exists()

@pytest.mark.covers("A-003")
def test_five():
    pytest.skip("not today")

def test_six(sized):
    assert sized("clocks", ci=4, full=40) in (4, 40)
"""
INI = """
[tool.pytest.ini_options]
addopts = "--strict-markers --import-mode=importlib -p no:cacheprovider"
pythonpath = ["."]
testpaths = ["tests"]
markers = ["covers(*ids): rows"]
"""


@pytest.fixture
def project(tmp_path):
    home = tmp_path / "a project"
    shutil.copytree(Path(plugin).parent, home / "tests" / "proof")
    for test in (home / "tests" / "proof").glob("test_*.py"):
        test.unlink()
    (home / "tests" / "conftest.py").write_text('pytest_plugins = ["tests.proof.plugin"]\n')
    (home / "tests" / "test_it.py").write_text(SUITE)
    (home / "pyproject.toml").write_text(INI)
    return home


def pytest_in(home, *arguments, tapes="ci"):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
    env |= {"TICKGRID_TAPES": tapes, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "xdist", *arguments]
    return subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_map_counts_rows_that_passed_and_did_not_fail(project, workers):
    (project / "fail").touch()
    done = pytest_in(project, "--coverage-map", "-n", workers)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "A      2 of 130  A-001..A-002" in lines
    assert "B      0 of 62" in lines
    assert "T      2 of 41   T01..T02" in lines


@pytest.mark.parametrize("workers", ["0", "2"])
def test_prove_runs_the_t_tests_at_full_size_once(project, workers):
    done = pytest_in(project, "--prove", "-n", workers, tapes="full")
    assert done.returncode == 0, done.stdout
    page = (project / "docs" / "proof.md").read_text()
    assert "| T01 | value area on hand-worked profiles | passed | 70 | 1 |" in page
    assert "| clocks | passed | 40 | 1 |" in page
    assert "3 of 41 have tests, all of which pass." in page
    assert sorted((project / "ran").read_text().split()) == ["one", "two"]
    again = pytest_in(project, "--prove", "-n", workers, tapes="full")
    assert again.returncode == 0, again.stdout
    assert len((project / "ran").read_text().split()) == 2


def test_a_killed_prove_goes_on_where_it_stopped(project):
    (project / "kill").touch()
    killed = pytest_in(project, "--prove", tapes="full")
    assert killed.returncode < 0
    (project / "kill").unlink()
    done = pytest_in(project, "--prove", tapes="full")
    assert done.returncode == 0, done.stdout
    assert (project / "ran").read_text().split() == ["one", "two", "two"]
    assert "3 of 41 have tests, all of which pass." in (project / "docs" / "proof.md").read_text()


def test_a_failure_stands_on_the_page_and_is_tried_again(project):
    (project / "fail").touch()
    assert pytest_in(project, "--prove", tapes="full").returncode == 1
    assert "1 failed" in (project / "docs" / "proof.md").read_text()
    (project / "fail").unlink()
    assert pytest_in(project, "--prove", tapes="full").returncode == 0
    assert "1 failed" not in (project / "docs" / "proof.md").read_text()


def test_prove_at_a_small_size_is_refused(project):
    done = pytest_in(project, "--prove")
    assert "--prove means full size" in done.stderr + done.stdout
    assert done.returncode == pytest.ExitCode.USAGE_ERROR


def test_golden_runs_only_what_has_golden_figures(project):
    test = "def test_six(golden):\n    golden('six', {'a': 1}, why='w', data='d')\n"
    (project / "tests" / "test_six.py").write_text(test)
    assert pytest_in(project, "tests/test_six.py").returncode == 1
    assert pytest_in(project, "--golden").returncode == 0
    assert not (project / "ran").exists()
    assert pytest_in(project, "tests/test_six.py").returncode == 0


def test_a_row_of_no_table_stops_the_run(project):
    (project / "tests" / "test_it.py").write_text(SUITE.replace("A-003", "A-999"))
    done = pytest_in(project)
    assert "covers A-999, which no acceptance table has" in done.stderr + done.stdout
    assert done.returncode == pytest.ExitCode.USAGE_ERROR


def test_an_unknown_size_is_refused(project):
    done = pytest_in(project, tapes="huge")
    assert "TICKGRID_TAPES=huge is none of small, ci, full" in done.stderr + done.stdout
