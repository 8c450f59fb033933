"""One way to compile, and a disk cache that cannot go stale.

Numba keys a cached kernel on its own file alone, so an edit in a helper elsewhere would go on being
served as old machine code. Here each file has a cache folder, named after the bytes of the file and
of every source of ours that it imports, near or far: an edit recompiles what it can reach, no more.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from numba import config, njit
from numba import prange as prange  # noqa: PLC0414 - the one door through which others reach it

F = TypeVar("F", bound=Callable[..., Any])

ENGINE = Path(__file__).resolve().parents[1]
IMPORT = re.compile(
    rb"^\s*(?:from\s+((?:engine|storage)[\w.]*)\s+import\s+(\([^)]*\)|.*)"
    rb"|import\s+((?:engine|storage)[\w.]*))",
    re.MULTILINE,
)
SETTINGS: Any = config
KEPT = 4
OTHERS = 0o022  # the right of group and others to write
SETTLED = 24 * 3600.0  # a younger folder may belong to a process that is still compiling


@cache
def source_hash() -> str:
    """Name the engine by its sources; runs and the kernel cache carry this name."""
    digest = blake2b(digest_size=16)
    for path in sorted(ENGINE.rglob("*.py")):
        digest.update(path.relative_to(ENGINE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def home(package: str) -> Path:
    """The folder of a package that holds kernels: the engine, or one that stands beside it."""
    return ENGINE if package == "engine" else ENGINE.parent / package


@cache
def imported(path: Path) -> frozenset[Path]:
    """The files of ours that a file imports: modules, and the packages whose names it takes."""
    found = set()
    for package, names, module in IMPORT.findall(path.read_bytes()):
        whole = (package or module).decode()
        for name in [whole, *(f"{whole}.{n}" for n in re.findall(r"\w+", names.decode()))]:
            place = home(name.partition(".")[0]).joinpath(*name.split(".")[1:])
            found |= {
                file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()
            }
    return frozenset(found)


@cache
def closure_hash(path: Path) -> str:
    """Name a file by all sources its kernels can be made of."""
    reached, ahead = {path}, [path]
    while ahead:
        news = imported(ahead.pop()) - reached
        reached |= news
        ahead += news
    digest = blake2b(digest_size=8)
    for file in sorted(reached):
        digest.update(file.name.encode() + b"\0")
        digest.update(file.read_bytes())
    return digest.hexdigest()


def cache_name(path: Path) -> str:
    """The folder of one file's kernels; one that is not ours may reach every source of ours."""
    base = next((base for base in (ENGINE, home("storage")) if path.is_relative_to(base)), None)
    if base is None:
        return f"{path.stem}/{source_hash()[:16]}"
    slug = ".".join(path.relative_to(base).with_suffix("").parts)
    return f"{slug}/{closure_hash(path)}"


def user_caches() -> list[Path]:
    """Folders to try, best first; the last one is for read-only homes."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where no home exists
    usual = {
        "darwin": home / "Library" / "Caches",
        "win32": Path(os.environ.get("LOCALAPPDATA", str(home))),
    }
    base = usual.get(sys.platform, Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache"))
    user = os.getuid() if hasattr(os, "getuid") else 0
    places = [base / "tickgrid"]
    with suppress(FileNotFoundError):  # not every machine has a temporary folder
        places.append(Path(tempfile.gettempdir()) / f"tickgrid-{user}")
    return places


def usable(folder: Path) -> bool:
    """Whether we, and nobody else, may write there: a kernel cache is code we will run."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
        found = folder.stat()
    except OSError:
        return False
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & OTHERS)


def prune(root: Path, keep: Path) -> None:
    """Drop the caches of older sources, sparing the newest few and any in recent use."""
    others = [p for p in root.iterdir() if p.is_dir() and p != keep]
    others.sort(key=lambda p: p.stat().st_mtime, reverse=True)
    newest = keep.stat().st_mtime
    for old in others[KEPT - 1 :]:
        if newest - old.stat().st_mtime > SETTLED:
            shutil.rmtree(old, ignore_errors=True)


def cache_folder(places: Iterable[Path], name: str) -> Path | None:
    """Choose and freshen the folder for kernels of the sources called `name`, if any will do."""
    for place in places:
        kept = place / "kernels" / name
        if all(usable(folder) for folder in (place, place / "kernels", kept.parent, kept)):
            kept.touch()
            with suppress(OSError):  # another process may be pruning too
                prune(kept.parent, kept)
            return kept
    return None


class Named:
    """Numba's question where kernels are kept: in the folder it was given, wherever a clone stands.

    Its own answer adds a name made of the place of the source; ours is made of the source's bytes.
    """

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        self.line, self._py_file = function.__code__.co_firstlineno, file
        self.folder = str(SETTINGS.CACHE_DIR)

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> Self:
        """Asked once for each kernel, while its decorator runs."""
        return cls(function, file)

    def ensure_cache_path(self) -> None:
        """The folder was made, and tried, before it was given."""

    def get_cache_path(self) -> str:
        """Where index and machine code go."""
        return self.folder

    def get_source_stamp(self) -> str:
        """What must be unchanged for a kernel to be served: two files may share a folder's name."""
        return blake2b(Path(self._py_file).read_bytes(), digest_size=8).hexdigest()

    def get_disambiguator(self) -> str:
        """Two kernels of one file may share a name."""
        return str(self.line)


@cache
def kernel_cache(path: Path) -> Path | None:
    """Where the compiled kernels of a file are kept; `None` means they are compiled each time.

    Numba would serve unchecked code to a process that asks for bounds checks: they live apart.
    """
    checks = "-checked" if SETTINGS.BOUNDSCHECK else ""
    return cache_folder(user_caches(), cache_name(path) + checks)


def compiled(function: F, **flags: bool) -> F:
    """Compile with the house's flags, leaving Numba's own settings as they were."""
    compiler: Any = njit  # of whose flags stubs know the public ones
    path = Path(getattr(function, "__code__", compiled.__code__).co_filename).resolve()
    folder = kernel_cache(path)
    with kept_in(folder):
        made = compiler(cache=folder is not None, nogil=True, error_model="numpy", **flags)(
            function
        )
    return cast(F, made)


@contextmanager
def kept_in(folder: Path | None) -> Iterator[None]:
    """Numba reads where to keep a kernel once, while its decorator runs."""
    before = {name: getattr(SETTINGS, name, "") for name in ("CACHE_DIR", "CACHE_LOCATOR_CLASSES")}
    if folder is not None:
        SETTINGS.CACHE_DIR = str(folder)
        SETTINGS.CACHE_LOCATOR_CLASSES = f"{Named.__module__}.{Named.__name__}"
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(SETTINGS, name, value)


def kernel(function: F) -> F:
    """Compile a serial kernel: arrays and scalars in, no Python objects, no GIL."""
    return compiled(function)


def lean_kernel(function: F) -> F:
    """Compile a serial kernel that makes no array, and so need not count references to any."""
    return compiled(function, _nrt=False)


def inlined(function: F) -> F:
    """Compile a small lean kernel that its callers take in whole: a call a bar costs 10 ns."""
    return compiled(function, _nrt=False, forceinline=True)


def parallel_kernel(function: F) -> F:
    """Compile a kernel whose `prange` bodies are one call each (a house test says so)."""
    return compiled(function, parallel=True)
