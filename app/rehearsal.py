"""The first sweep on a machine: a second process compiles ahead what this one will need later.

Kernels are compiled one after the other, and most of them are the same whatever is played. So a
small sweep of synthetic bars, with its evidence and its page, is played beside the first real one,
once for each state of our sources; what it compiles is found in the cache when it is asked for.
"""

# ruff: noqa: PLC0415 - the process that only starts another does not load what that one needs

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from app.log import logger
from engine.core.jit import SETTINGS, cache_folder, source_hash, user_caches

HOME: Final = Path(__file__).resolve().parents[1]
SESSIONS: Final = 100
NICE: Final = 10  # the sweep that is waited for goes first
STUDY: Final = """\
study: rehearsal
data: {symbol: ES}
strategy: opening_drive
exits: {stop: [16, 32], target: [none, 32, {r: 2}], flatten: "14:55"}
rules: {max_per_session: 1}
folds: {train: 40, test: 10, purge: 1, min_trades: 2}
evidence: {surrogates: 1}
"""


@contextmanager
def rehearsed() -> Iterator[None]:
    """Let a rehearsal run meanwhile, where there was none yet; it ends with what it helps."""
    if not due():
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        command, mute = [sys.executable, "-m", "app.rehearsal", folder], subprocess.DEVNULL
        other = subprocess.Popen(command, cwd=HOME, stdin=mute, stdout=mute, stderr=mute)  # noqa: S603 - ourselves
        try:
            yield
        finally:
            other.terminate()
            logger().debug("the rehearsal ended with code %d", other.wait())


def due() -> bool:
    """Whether this is the first sweep with these sources, on a machine with a core to spare."""
    if SETTINGS.DISABLE_JIT or (os.cpu_count() or 1) < 2:
        return False
    folder = cache_folder(user_caches(), f"rehearsals/{source_hash()[:16]}")
    if folder is None:
        return False
    with suppress(FileExistsError):
        (folder / "begun").touch(exist_ok=False)
        return True
    return False


def rehearse(root: Path) -> None:
    """A small sweep to its page, as the command plays it."""
    from app.job import Job, perform
    from app.market import FIRST, SEED, SYMBOL, make
    from app.options import Machine
    from app.pages import up_to_date
    from app.resolve import experiment_of
    from app.setting_up import settings_of
    from app.yaml_lines import document_of
    from storage.lake import Lake

    settings, lake = settings_of(Machine(root=root)), Lake(root)
    make(lake, SYMBOL, FIRST, SESSIONS, SEED)
    up_to_date(perform(Job(experiment_of(document_of(STUDY, "rehearsal")), settings, lake, None)))


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(NICE)
    rehearse(Path(sys.argv[1]))
