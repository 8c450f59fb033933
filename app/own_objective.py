"""An objective of one's own: a compiled function of a session row, in a file beside the study."""

from __future__ import annotations

import sys
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numba.core.errors import NumbaError

from adapters import broken, execute
from engine.core.bars import Longs
from engine.core.errors import StudyError, unknown
from engine.core.jit import kernel

MARK = ".py:"  # between the file and the function
TRIED = np.array([0, 500, -200, 300], np.int64)  # money units of four sessions


def is_own(objective: str) -> bool:
    """Whether an objective names a function in a file."""
    return MARK in objective


def load_objective(objective: str, folder: Path) -> tuple[Callable[[Longs], float], str]:
    """The function, compiled where it is not yet, and the source it was made from."""
    stem, _, name = objective.partition(MARK)
    path = folder / f"{stem}.py"
    if not path.is_file():
        raise StudyError(f"no file {path} for the objective {objective}")
    source = path.read_text("utf-8")
    called = f"objective_{path.stem}_{blake2b(source.encode(), digest_size=8).hexdigest()}"
    if called not in sys.modules:
        execute(called, path)
    found = vars(sys.modules[called])
    if not callable(found.get(name)):
        functions = [key for key, value in found.items() if callable(value)]
        raise unknown("function", name, functions, where=f" in {path.name}")
    function = found[name]
    own = function if hasattr(function, "py_func") else kernel(function)
    return tried(own, objective, path), source


def tried(own: Callable[[Longs], float], objective: str, path: Path) -> Callable[[Longs], float]:
    """What fails on four sessions is refused before anything is played."""
    try:
        value = own(TRIED)
    except NumbaError as error:
        reason = str(error).strip().splitlines()[-1]
        raise StudyError(f"the objective {objective} cannot be compiled: {reason}") from error
    except Exception as error:
        raise broken(path, error) from error
    if not isinstance(value, float | int | np.number):
        raise StudyError(f"the objective {objective} returned {value!r}: it returns one number")
    return own
