"""The slow modes of the compiler do what their names say, whatever is cached."""

import os
import subprocess
import sys

import pytest

from tests.house.files import ROOT

KERNEL = """
import numpy as np
from engine.core.jit import kernel

@kernel
def at(x, i):
    return x[i]

at(np.zeros(3), 5)
"""


def play(folder, **mode):
    clean = {name: v for name, v in os.environ.items() if not name.startswith("NUMBA")}
    env = clean | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")} | mode
    command = [sys.executable, str(folder / "peek.py")]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def cached(tmp_path):
    (tmp_path / "peek.py").write_text(KERNEL)
    assert play(tmp_path).returncode == 0
    return tmp_path


@pytest.mark.parametrize("mode", ["NUMBA_BOUNDSCHECK", "NUMBA_DISABLE_JIT"])
def test_a_read_out_of_bounds_is_caught_though_unchecked_code_is_cached(cached, mode):
    done = play(cached, **{mode: "1"})
    assert "IndexError" in done.stderr
