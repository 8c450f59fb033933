"""What an edit recompiles: the kernels that can reach it, and no others."""

import re

import pytest

from engine.core import jit


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """An engine of two files, taken for ours."""
    root = tmp_path / "engine"
    (root / "core").mkdir(parents=True)
    (root / "kernel.py").write_text("from engine.core.helper import rule")
    (root / "core" / "helper.py").write_text("def rule(x): return 2 * x")
    monkeypatch.setattr(jit, "ENGINE", root)
    return root


@pytest.fixture
def linked(sources):
    """Files that import one another in every way the engine does."""
    for name, text in {
        "fills/kernel.py": "from engine.fills.rules import (\n    a,\n    b,\n)\n",
        "fills/rules.py": "from engine.core import helper as h, other\n",
        "core/other.py": "    import engine.core.deep\n",
        "core/deep.py": "from engine.fills.kernel import again\n",  # a ring comes to an end
        "core/__init__.py": "A = 1\n",
        "core/apart.py": "import numpy\nfrom engineering import nothing\n",
    }.items():
        (sources / name).parent.mkdir(exist_ok=True)
        (sources / name).write_text(text)
    return sources


def names(root, *files):
    """The cache folders of some files, as a fresh process finds them."""
    jit.imported.cache_clear()
    jit.closure_hash.cache_clear()
    return [jit.cache_name(root / file) for file in files]


@pytest.mark.parametrize(
    ("edited", "moves"),
    [
        ("fills/kernel.py", True),  # itself
        ("fills/rules.py", True),  # over several lines
        ("core/helper.py", True),  # by name out of a package
        ("core/other.py", True),  # the second of two names
        ("core/deep.py", True),  # inside a function
        ("core/__init__.py", True),  # the package a name was taken from
        ("core/apart.py", False),
        ("kernel.py", False),
    ],
)
def test_an_edit_moves_the_kernels_it_can_reach_and_no_others(linked, edited, moves):
    before = names(linked, "fills/kernel.py")
    with (linked / edited).open("a") as file:
        file.write("\n# another\n")
    assert (names(linked, "fills/kernel.py") != before) is moves


def test_the_folder_of_a_file_is_called_after_it(linked):
    (found,) = names(linked, "fills/kernel.py")
    assert re.fullmatch(r"fills\.kernel/[0-9a-f]{16}", found)


def test_a_file_of_the_user_may_reach_every_source(tmp_path):
    (tmp_path / "mine.py").write_text("x = 1")
    assert names(tmp_path, "mine.py") == [f"mine/{jit.source_hash()[:16]}"]
