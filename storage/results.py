"""Results: runs as folders that appear whole, and the log of trials that outlives them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from engine.core.errors import StoreError, unknown
from storage import trials as log
from storage.atomic import SUFFIX, append_line, sync, write_frame, write_text
from storage.conform import conform
from storage.folders import install, recover
from storage.manifest import Manifest, listed, read_manifest
from storage.names import plain
from storage.removal import put_away
from storage.schema import NEW_TABLES, RUN_TABLES, table_of
from storage.shelf import BlockShelf

STUDY: Final = "study.yaml"
LOG: Final = "run.log"
DRAFT: Final = ".draft"
BLOCKS: Final = ".blocks"
LATEST: Final = "latest"


@dataclass(frozen=True)
class Run:
    """A complete stored run."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def root(self) -> Path:
        """The store it lies in."""
        return self.folder.parent.parent

    @property
    def manifest(self) -> Manifest:
        return read_manifest(self.folder)

    @property
    def study(self) -> str:
        """The study as it was resolved, as YAML."""
        return (self.folder / STUDY).read_text("utf-8")

    def table(self, name: str) -> pl.DataFrame:
        """One of the run's tables, in the units it is stored in."""
        if name not in RUN_TABLES:
            raise unknown("table of a run", name, RUN_TABLES)
        path = self.folder / f"{name}.parquet"
        if not path.exists() and name in NEW_TABLES:
            return table_of(name).empty()
        if not path.exists():
            raise StoreError(f"run '{self.name}' has lost {path.name}; remove it and run it again")
        return pl.read_parquet(path, glob=False, hive_partitioning=False)


@dataclass(frozen=True)
class Draft:
    """A run while it is made, in a hidden folder that a resumed run finds again."""

    folder: Path
    name: str

    def path(self, file: str) -> Path:
        """Where a further file of the run belongs, such as a page or a block of results."""
        return self.folder / file

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Store one table of the run, replacing what was stored of it before."""
        if table not in RUN_TABLES:
            raise unknown("table of a run", table, RUN_TABLES)
        write_frame(self.path(f"{table}.parquet"), conform(table, frame))

    def write_study(self, text: str) -> None:
        write_text(self.path(STUDY), text)

    def log(self, line: str) -> None:
        append_line(self.path(LOG), line)

    def finish(self, manifest: Manifest) -> Run:
        """Make the run appear, whole, in the place of one of the same name."""
        if manifest.name != self.name:
            raise StoreError(f"the manifest of run '{self.name}' says '{manifest.name}'")
        for table in RUN_TABLES:
            if not self.path(f"{table}.parquet").exists():
                self.write(table, table_of(table).empty())
        for file, text in ((STUDY, ""), (LOG, "")):
            if not self.path(file).exists():
                write_text(self.path(file), text)
        manifest.write(self.folder)
        for leftover in self.folder.rglob(f".*{SUFFIX}"):
            leftover.unlink()  # of a write killed before this draft was taken up again
        place = self.folder.with_name(self.name)
        sync(self.folder)
        install(self.folder, place)
        return Run(place)

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Results:
    """The runs of one store."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "runs"

    def begin(self, name: str) -> Draft:
        """Start a run, or go on with one that was killed."""
        draft = Draft(self.folder / f".{plain(name)}{DRAFT}", name)
        try:
            draft.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot write {draft.folder}: {error.strerror}") from None
        return draft

    def shelf(self, name: str) -> BlockShelf:
        """Where the blocks of a run are kept until it is stored."""
        return BlockShelf(self.folder / f".{plain(name)}{BLOCKS}")

    def stopped(self) -> tuple[str, ...]:
        """Runs that were stopped while they were played, and of which parts are kept."""
        found = (path.name for path in self.folder.glob(f".*{BLOCKS}"))
        return tuple(sorted(name.removeprefix(".").removesuffix(BLOCKS) for name in found))

    def exists(self, name: str) -> bool:
        return plain(name) in self.names()

    def run(self, name: str) -> Run:
        """A complete run by its name; `latest` is the one that was finished last."""
        known = self.names()
        if name == LATEST and known:
            return Run(self.folder / str(self.runs()["run"][-1]))
        if name not in known:
            raise unknown("run", name, known)
        return Run(self.folder / name)

    def names(self) -> tuple[str, ...]:
        recover(self.folder)
        found = (path.parent.name for path in self.folder.glob("*/manifest.json"))
        return tuple(sorted(name for name in found if not name.startswith(".")))

    def manifests(self) -> list[Manifest]:
        return [read_manifest(self.folder / name) for name in self.names()]

    def runs(self) -> pl.DataFrame:
        """One row a complete run, the oldest first."""
        return listed(self.manifests())

    def remove(self, name: str) -> None:
        """Put a run away, where it can be brought back; what it tried stays counted."""
        run = self.run(name)
        self.shelf(run.name).clear()
        put_away(run.folder)

    def append_trial(self, trial: log.Trial) -> None:
        log.append_trial(self.root, trial)

    def trials(self, fingerprint: str) -> int:
        """Combinations ever tried on this data."""
        return log.trials(self.root, fingerprint)
