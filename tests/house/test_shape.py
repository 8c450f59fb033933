"""Files, functions, signatures and classes stay small; a planted breach of each rule is found."""

import pytest

from tests.house import shape
from tests.house.files import hold, sources

LONG = "def f():\n" + "    x = 1\n" * 40
DOCUMENTED = 'def f():\n    """Say."""\n' + "    x = 1\n" * 39
CLASS = "class C:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(13))
BREACHES = [
    (shape.file_length, "x = 1\n" * 301),
    (shape.function_length, LONG),
    (shape.function_length, f"async {LONG}"),
    (shape.argument_count, "def f(a, b, c, /, d, *, e, f, g): ...\n"),
    (shape.argument_count, "class C:\n    def f(self, a, b, c, d, e, f, g): ...\n"),
    (shape.method_count, CLASS),
    (shape.module_docstring, "x = 1\n"),
    (shape.one_class, "class A: ...\nclass B: ...\n"),
    (shape.one_class, "x = 1\n"),
    (shape.private_import, "from engine.core.bars import _freeze\n"),
    (shape.private_import, "from . import _x\n"),
    (shape.private_import, "import tests._tapes\n"),
    (shape.private_import, "from engine._fast import run\n"),
]
LAWFUL = [
    (shape.file_length, "x = 1\n" * 300),
    (shape.function_length, DOCUMENTED),
    (shape.argument_count, "class C:\n    def f(self, a, b, c, d, e, f): ...\n"),
    (shape.method_count, CLASS.replace("m12", "__len__")),
    (shape.private_import, "from __future__ import annotations\nfrom os import _exit\n"),
    (shape.private_import, "from engine.core import __all__\n"),
]


@pytest.mark.parametrize(("rule", "text"), BREACHES)
def test_a_planted_breach_is_found(rule, text):
    assert len(rule("engine/x.py", text)) == 1


@pytest.mark.parametrize(("rule", "text"), LAWFUL)
def test_what_is_lawful_passes(rule, text):
    assert rule("engine/x.py", text) == []


def test_an_empty_init_needs_no_docstring():
    assert shape.module_docstring("engine/x/__init__.py", "") == []


@pytest.mark.parametrize(
    "rule",
    [
        shape.file_length,
        shape.function_length,
        shape.argument_count,
        shape.method_count,
        shape.module_docstring,
        shape.private_import,
    ],
)
def test_our_files_keep_the_rule(rule):
    assert len(sources()) > 10, "found no sources: this test looked in the wrong place"
    hold(rule, sources())


def test_a_strategy_file_holds_one_class():
    files = [name for name in sources("adapters") if not name.endswith("__init__.py")]
    hold(shape.one_class, files)
