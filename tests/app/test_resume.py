"""A sweep that is killed goes on where it stopped, and ends with the same bytes."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import cli
from app.commands import studies
from app.resolve import Experiment
from app.run import play
from app.settings import resolve
from engine.core.bars import Bars
from engine.core.errors import StoreError
from storage.results import Results, Run
from storage.schema import RUN_TABLES
from storage.shelf import BlockShelf
from tests.app.small import SMALL
from tests.proof.sizes import sized as cases

SEARCHES = {
    "grid": "{}",
    "optuna": "{method: optuna, trials: 10, sampler: random, seed: 4}",
    "coarse_to_fine": "{method: coarse_to_fine, trials: 10}",
}
APART = ("run.log", "manifest.json", "report.html")  # they hold times


class Game:
    """A study, a store with its bars, and what is stored of it when nobody interrupts."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self.found: dict[str, dict[str, bytes]] = {}
        (folder / "small.yaml").write_text(SMALL)

    def store(self, folder: Path) -> Path:
        """A store with the same bars and no run."""
        folder.mkdir()
        (folder / "bars").symlink_to(self.root / "bars")
        return folder

    def arguments(self, into: Path, method: str, *more: str) -> list[str]:
        given = ["--set", "folds={train: 20, test: 5, purge: 1, min_trades: 5}"]
        given += ["--set", f"search={SEARCHES[method]}", "--surrogates", "0"]
        given += ["--set", "evidence.bootstrap=0", "--root", str(into), "--workers", "2", *more]
        return ["sweep", str(self.folder / "small.yaml"), *given]

    def whole(self, method: str) -> dict[str, bytes]:
        if method not in self.found:
            into = self.store(self.folder / method)
            assert cli.main(self.arguments(into, method)) == 0
            self.found[method] = result(into)
        return self.found[method]


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Game:
    return Game(tmp_path_factory.mktemp("resume"), root)


@pytest.fixture(autouse=True)
def pageless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are drawn after a run is stored, and hold times."""
    monkeypatch.setattr(studies, "drawn", lambda _: None)


def result(into: Path) -> dict[str, bytes]:
    """Every file of the one run, byte by byte."""
    (run,) = [path for path in (into / "runs").iterdir() if not path.name.startswith(".")]
    return {p.name: p.read_bytes() for p in sorted(run.iterdir()) if p.name not in APART}


class Stopped(BaseException):
    """Stands for whatever ends a process: nothing in the program catches it."""


STOPS = [("grid", 0), ("grid", 1), ("grid", 2), ("optuna", 0), ("coarse_to_fine", 2)]


def stopping(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Let so many parts be kept, and end the process at the next."""
    put, left = BlockShelf.put, [after]

    def torn(shelf: BlockShelf, name: str, pack: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Stopped
        put(shelf, name, pack)

    monkeypatch.setattr(BlockShelf, "put", torn)


@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_a_search_stopped_at_any_part_ends_with_the_same_bytes(
    game: Game,
    stop: tuple[str, int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (method, after), into = stop, game.store(tmp_path / "store")
    with monkeypatch.context() as patched:
        stopping(patched, after)
        with pytest.raises(Stopped):
            cli.main(game.arguments(into, method))
    assert not list((into / "runs").glob("[!.]*"))
    kept = len(list((into / "runs").glob(".*.blocks/*.npz")))
    assert kept == after
    resumed = ["--resume"] if after else []
    capsys.readouterr()
    assert cli.main(game.arguments(into, method, *resumed)) == 0
    parts = after - 1 if method == "grid" else after  # of a grid it is kept how it is cut
    told = f"{parts} parts of it were played before it was stopped"
    assert (told in capsys.readouterr().err) is bool(after)
    assert result(into) == game.whole(method)
    assert not list((into / "runs").glob(".*"))  # what was kept for a resume is gone


@pytest.mark.covers("T31")
def test_a_sweep_killed_at_random_moments_ends_with_the_same_bytes(
    game: Game, tmp_path: Path
) -> None:
    """Kill -9, as often as it takes to find nothing left to kill; then no file is torn."""
    rng, into = random.Random(1), game.store(tmp_path / "store")  # noqa: S311 - a test's dice
    command = [sys.executable, "-m", "app", *game.arguments(into, "coarse_to_fine")]
    for _ in range(cases(ci=1, full=1000, small=1)):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        limit, seen = time.monotonic() + 60, 0
        target = rng.randint(0, 3)
        while process.poll() is None and time.monotonic() < limit and seen < target:
            seen = len(list((into / "runs").glob(".*/*.npz")))
        time.sleep(rng.random() / 20)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for path in (into / "runs").glob("[!.]*"):
            assert result(into) == game.whole("coarse_to_fine"), path
            shutil.rmtree(path)  # begin again
    assert cli.main(game.arguments(into, "coarse_to_fine")) == 0
    assert result(into) == game.whole("coarse_to_fine")


@pytest.mark.covers("QA-039")
def test_who_is_told_of_the_progress_may_cancel_and_it_goes_on(
    bars: Bars, experiment: Experiment, stored: Run, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    settings = resolve({"workers": "1"}, {}, tmp_path)
    results = Results(settings.root)

    def cancelling(done: int, total: int) -> None:
        told.append((done, total))
        if done > total // 2:
            raise Stopped

    with pytest.raises(Stopped):
        play(experiment, bars, settings, cancelling)
    assert results.names() == ()
    assert results.stopped() == (stored.name,)
    told.clear()
    run = play(experiment, bars, settings, lambda *now: told.append(now))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (48, 48)  # sixteen combinations on three markets
    assert (run.name, results.stopped()) == (stored.name, ())
    for table in RUN_TABLES:
        assert run.table(table).equals(stored.table(table)), table


def test_there_must_be_something_to_resume(
    game: Game, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = game.store(tmp_path / "store")
    assert cli.main(game.arguments(into, "grid", "--resume")) == 2
    assert "nothing to resume: no run of exactly this study" in capsys.readouterr().err


def test_what_an_edited_study_left_behind_is_named_and_removed(
    game: Game, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = game.store(tmp_path / "store")
    BlockShelf(into / "runs" / ".small-0a1b2c3d4e5f.blocks").put("block-000000", {"key": [1]})
    BlockShelf(into / "runs" / ".smaller-0a1b2c3d4e5f.blocks").put("block-000000", {"key": [1]})
    assert cli.main(game.arguments(into, "grid")) == 0
    err = capsys.readouterr().err
    assert "small-0a1b2c3d4e5f was stopped too" in err
    assert "smaller-" not in err
    assert cli.main(["runs", "rm", "small-0a1b2c3d4e5f", "--root", str(into)]) == 0
    assert "which was stopped, is removed" in capsys.readouterr().out
    assert not (into / "runs" / ".small-0a1b2c3d4e5f.blocks").exists()


def test_a_block_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    shelf = BlockShelf(tmp_path)
    shelf.put("block-1", {"key": [1, 2]})
    assert shelf.get("block-1")["key"].tolist() == [1, 2]
    shelf.place("block-1").write_bytes(b"torn")
    with pytest.raises(StoreError, match=r"block-1\.npz cannot be read; delete it"):
        shelf.get("block-1")
