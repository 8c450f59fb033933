"""Strategies are found by the name of their file, and a bad file says what is wrong with it."""

import os
import sys
from pathlib import Path

import pytest

import adapters
from adapters.sources import helpers
from engine.core.errors import StudyError, UnknownError
from engine.core.strategy import Strategy

GOOD = '''
"""Mine."""
from __future__ import annotations
from decimal import Decimal
from engine import Bars, Setups, Strategy, param

class Mine(Strategy):
    """Nothing."""
    fraction: Decimal = param(default="0.70", low="0.60", high="0.80", step="0.05")
    def setups(self, bars: Bars) -> Setups:
        return Setups.where(bars)
'''


def test_every_strategy_is_found_and_loads():
    assert "opening_drive" in adapters.names()
    assert adapters.names() == sorted(adapters.names())
    for name in adapters.names():
        assert issubclass(adapters.load(name), Strategy)
    assert adapters.load("opening_drive").__name__ == "OpeningDrive"


def test_a_misspelt_name_is_answered_with_the_nearest():
    said = r"no strategy 'openingdrive'; did you mean 'opening_drive'\? Known: .*opening_drive"
    with pytest.raises(UnknownError, match=said):
        adapters.load("openingdrive")


@pytest.mark.parametrize("name", ["../app/cli", "__init__", "_hidden", ""])
def test_a_name_is_never_a_path(name):
    with pytest.raises(UnknownError):
        adapters.load(name)


def test_a_file_of_ones_own(tmp_path: Path):
    path = tmp_path / "mine.py"
    path.write_text(GOOD)
    found = adapters.load_file(path)
    assert found.__name__ == "Mine"
    assert adapters.load_file(path) is found
    path.write_text(GOOD.replace("0.70", "0.65"))
    assert str(adapters.load_file(path)().values().__next__()[1]) == "0.65"


def test_a_file_edited_within_a_second_is_not_run_as_it_was(tmp_path: Path, monkeypatch):
    """Bytecode is kept by whole seconds and bytes of length: both may be those of before."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path, moment = tmp_path / "mine.py", (1_700_000_000, 1_700_000_000)
    for said in ("0.70", "0.65"):
        path.write_text(GOOD.replace("0.70", said))
        os.utime(path, moment)
        ((_, value),) = adapters.load_file(path)().values()
        assert float(value) == float(said)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.py"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", r"mine\.py holds no Strategy; it must define one class of that kind"),
        ("from engine import Strategy", r"mine\.py holds no Strategy"),
        (GOOD + "class Other(Strategy):\n    pass\n", r"holds 2 strategies \(Mine, Other\); one"),
        ("def f(:\n", r"mine\.py line 1: "),
        ("x = 1\nimport nosuchmodule\n", r"mine\.py line 2: ModuleNotFoundError: No module named"),
        ("\n\n1 / 0\n", r"mine\.py line 3: ZeroDivisionError: division by zero"),
        (GOOD.replace("low=", "lwo="), r"mine\.py line 9: TypeError: .*lwo"),
        (GOOD.replace('low="0.60"', 'low="0.75"'), r"mine\.py line 9: default=0\.70 is outside"),
    ],
)
def test_a_bad_file_says_what_is_wrong(tmp_path: Path, text, said):
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises(StudyError, match=said):
        adapters.load_file(path)
    with pytest.raises(StudyError, match=said):  # and says so again: nothing half-made is kept
        adapters.load_file(path)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(StudyError, match=r"no strategy file .*none\.py; named strategies: "):
        adapters.load_file(tmp_path / "none.py")
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(StudyError, match="is no Python file"):
        adapters.load_file(tmp_path / "notes.txt")


def test_a_broken_strategy_among_ours_is_the_users_error(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(adapters, "HERE", tmp_path)
    monkeypatch.setattr(adapters, "__path__", [str(tmp_path)])
    (tmp_path / "wrong.py").write_text("1 / 0")
    with pytest.raises(StudyError, match=r"wrong\.py line 1: ZeroDivisionError"):
        adapters.load("wrong")


def test_what_a_file_imports_beside_it_is_part_of_its_source(tmp_path):
    """Whatever decides the setups decides the name of a run."""
    imports = "import sys\nimport numpy\nfrom helper import one\nimport kit.inner\n"
    text = GOOD.replace("from decimal", f"{imports}from decimal")
    files = {
        "mine.py": text,
        "helper.py": "from further import two as one\n",
        "further.py": "two = 2\nimport mine\n",
        "kit/__init__.py": "",
        "kit/inner.py": "from . import beside\n",
        "kit/beside.py": "three = 3\n",
        "stranger.py": "unused = 4\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    found = [
        path.relative_to(tmp_path.resolve()).as_posix() for path in helpers(tmp_path / "mine.py")
    ]
    assert found == ["further.py", "helper.py", "kit/__init__.py", "kit/beside.py", "kit/inner.py"]


def test_an_edited_helper_makes_another_run(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "my_helper.py").write_text("two = 2\n")
    text = GOOD.replace("from decimal", "import my_helper\nfrom decimal")
    (tmp_path / "mine.py").write_text(text)
    before = adapters.source_of(adapters.load_file(tmp_path / "mine.py"))
    (tmp_path / "my_helper.py").write_text("two = 3\n")
    assert adapters.source_of(adapters.load_file(tmp_path / "mine.py")) != before
