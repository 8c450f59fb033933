"""What a fresh process is served from the kernel cache: never old machine code, nor another's."""

import os
import shutil
import subprocess
import sys

from engine.core import jit

KERNEL = '''
"""A kernel and, in another file, its rule."""
import numpy as np
from engine.core import jit
from engine.rules import rule

@jit.kernel
def total(values):
    found = 0
    for value in values:
        found += rule(value)
    return found

print(total(np.arange(4)), "cached" if total.stats.cache_hits else "cold")
'''


def project(root, rule):
    """An engine of two files that compiles as ours does."""
    core = root / "engine" / "core"
    core.mkdir(parents=True)
    for folder in (core.parent, core):  # a namespace would yield to an installed engine
        (folder / "__init__.py").touch()
    shutil.copy(jit.__file__, core / "jit.py")
    head = "from engine.core import jit\n@jit.kernel\n"
    (core.parent / "rules.py").write_text(f"{head}{rule}\n")
    (core.parent / "loop.py").write_text(KERNEL)


def run(root, home, place=None, name="engine.loop"):
    """What a fresh process prints, with the compiler on and a home of its own."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "COV", "PYTHON"))}
    environ |= {"XDG_CACHE_HOME": str(home / "home"), "HOME": str(home / "home")}
    environ |= {"PYTHONPATH": os.pathsep.join(map(str, (place or root, root)))}
    command = [sys.executable, "-c", f"import {name}"]
    done = subprocess.run(
        command, cwd=root, env=environ, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    return done.stdout.split()


def test_an_edited_helper_is_never_served_as_old_machine_code(tmp_path):
    project(tmp_path, "def rule(x): return 2 * x")
    root = tmp_path / "home" / "tickgrid" / "kernels"
    assert run(tmp_path, tmp_path) == ["12", "cold"]
    assert run(tmp_path, tmp_path) == ["12", "cached"]
    assert {path.name for path in root.iterdir()} == {"loop", "rules"}
    rules = tmp_path / "engine" / "rules.py"
    rules.write_text(rules.read_text().replace("2", "6"))
    assert run(tmp_path, tmp_path) == ["36", "cold"]
    assert len(list((root / "loop").iterdir())) == 2


def test_another_clone_of_the_same_sources_is_served_at_once(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, "def rule(x): return 2 * x")
    assert run(one, tmp_path) == ["12", "cold"]
    shutil.copytree(one, other)
    os.utime(other / "engine" / "loop.py", (0, 0))
    assert run(other, tmp_path) == ["12", "cached"]


def test_two_files_of_one_name_that_are_not_ours_do_not_share_code(tmp_path):
    project(tmp_path / "ours", "def rule(x): return 2 * x")
    for name, factor in (("a", 3), ("b", 5)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.py").write_text(
            KERNEL.replace("from engine.rules import rule", "").replace(
                "rule(value)", f"{factor} * value"
            )
        )
    found = [run(tmp_path / "ours", tmp_path, tmp_path / name, "mine") for name in ("a", "b", "a")]
    assert found == [["18", "cold"], ["30", "cold"], ["18", "cold"]]
