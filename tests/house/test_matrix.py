"""What is said to be supported was run: the record names the lower bounds, and all rows passed."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.proof.sizes import TAPES
from tools.matrix import BEGIN, END, PAGE, PYTHONS, TOLD

ROOT = Path(__file__).parents[2]


def recorded():
    """The cells of each environment of the page."""
    told = PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    first = told.strip().split("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in first.splitlines()[2:]]


def bounds():
    """The oldest version of each dependency that the project states."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return dict(re.fullmatch(r"([\w-]+)>=([\d.]+)", d).groups() for d in project["dependencies"])


def test_the_oldest_stated_versions_are_those_that_were_run():
    (oldest,) = [versions for name, versions, *_ in recorded() if name == "oldest"]
    python, *packages = oldest.split(", ")
    assert python.startswith(f"{PYTHONS[0]}.")
    ran = dict(package.split() for package in packages)
    for name in TOLD:
        stated = [int(part) for part in bounds()[name].split(".")]
        assert [int(part) for part in ran[name].split(".")][: len(stated)] == stated, name


def test_every_environment_passed_and_played_the_same():
    rows = recorded()
    assert len(rows) >= 3
    assert len({mark for _, _, mark, *_ in rows}) == 1
    for name, _, mark, suite, _ in rows:
        assert re.fullmatch(r"[0-9a-f]{8}", mark), name
        assert "passed" in suite, name
        assert "failed" not in suite, name


@pytest.mark.covers("T36")
def test_environments_hold(sized):
    """Here the one the tests run in has what it asks for; at full size each is built and tried."""
    environments = sized("T36", ci=1, full=2)
    words = ["-m", "pip", "check"] if TAPES != "full" else ["-m", "tools.matrix"]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert environments == 1 or done.stdout.count(" passed") >= environments
