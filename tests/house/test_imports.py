"""Our packages are ours, importing them is light, and the README's Python runs."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.house.files import PACKAGES, ROOT

HEAVY = {"torch", "sklearn", "ray", "plotly", "optuna", "pandas", "scipy", "matplotlib"}
LOADED = "import sys, json; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
HELP = """
import sys
sys.argv = ["tickgrid", "--help"]
try:
    from app.cli import main
    main()
except SystemExit:
    pass
"""
SYNTH = """
import sys
sys.argv = "tickgrid data synth ES --from 2020-01-02 --sessions 260 --seed 7".split()
try:
    from app.cli import main
    main()
except SystemExit as done:
    assert not done.code, done.code
"""


def python(code: str, *, where: Path = ROOT, **variables: str) -> str:
    """What a fresh interpreter prints."""
    env = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(code: str) -> set[str]:
    """Top-level modules a fresh interpreter has loaded after this code."""
    return set(json.loads(python(f"{code}\n{LOADED}").splitlines()[-1]))


def blocks(text: str) -> list[str]:
    """The Python of a Markdown page."""
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_loaded_modules_are_seen():
    assert "tomllib" in loaded("import tomllib")
    assert "tomllib" not in loaded("")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_imported_from_here(name):
    spec = find_spec(name)
    assert spec is not None, f"{name} is missing"
    assert spec.origin == str(ROOT / name / "__init__.py")


def test_importing_the_engine_is_light():
    assert not HEAVY & loaded("import engine")


def test_help_loads_no_engine():
    found = loaded(HELP)
    assert "app" in found
    assert not (HEAVY | {"numba", "polars", "duckdb", "pyarrow"}) & found


def test_a_block_is_found():
    assert blocks("x\n```python\na = 1\n```\ny\n```sh\nls\n```\n") == ["a = 1\n"]


def test_the_python_of_the_readme_runs(tmp_path):
    page = ROOT / "README.md"
    assert page.exists(), "a project without README"
    found = blocks(page.read_text(encoding="utf-8"))
    if not found:
        pytest.skip("the README holds no Python yet")
    data = str(tmp_path / "data")
    python(SYNTH, where=tmp_path, TICKGRID_DATA=data)
    python("\n".join(found), where=tmp_path, TICKGRID_DATA=data)
