"""The oldest and the newest of what we say we run on, each in an environment of its own.

    python -m tools.matrix [--full] [--write] [ROW ...]

Versions come from the ranges of `pyproject.toml`, not from the lock: every direct dependency at its
lower bound, or at the newest there is. Each environment is checked (`pip check`), plays a study,
whose table must be the same everywhere, and passes a quick part of the suite; `--full` takes all of
it. Interpreters are those this machine has. For others, and for other systems, it is asked whether
every core dependency has a wheel. `--write` puts the tables into docs/install/matrix.md.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from tools.lock import TOOL, UV

ROOT: Final = Path(__file__).resolve().parent.parent
PLACE: Final = ROOT / ".venv-matrix"
PAGE: Final = ROOT / "docs" / "install" / "matrix.md"
BEGIN: Final = "<!-- matrix: begin -->"
END: Final = "<!-- matrix: end -->"
TOLD: Final = ("numpy", "numba", "polars", "duckdb", "pyarrow", "pydantic")
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS: Final = ("linux", "macos", "windows")
QUICK: Final = (
    *("tests/core/test_bars.py", "tests/core/test_resample.py", "tests/core/test_setups.py"),
    *("tests/core/test_frames.py", "tests/core/test_calendar_days.py", "tests/core/test_params.py"),
    *("tests/storage/test_lake.py", "tests/storage/test_results.py", "tests/storage/test_sql.py"),
    *("tests/storage/test_schema.py", "tests/golden/test_measures.py"),
    "tests/golden/test_opening_drive.py",
)
DATA: Final = "data synth ES --from 2024-05-01 --sessions 160 --seed 7"
STUDY: Final = "sweep quickstart --surrogates 1"
ASKED: Final = "select * exclude (run) from combinations order by all"
SUMMARY: Final = re.compile(r"(\d+ (?:passed|failed).*) in [\d.]+s")


class Row(NamedTuple):
    """One environment: a Python, and which end of the ranges."""

    name: str
    python: str
    resolution: str


class Found(NamedTuple):
    """What became of a row."""

    row: Row
    versions: str
    study: str
    suite: str
    seconds: float


def uv(*words: str) -> subprocess.CompletedProcess[str]:
    """The resolver, which fetches no interpreter."""
    command = [str(TOOL / "bin" / "python"), "-m", "uv", "--no-python-downloads", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def made(words: Iterable[str]) -> str:
    """What the resolver says; ends with its words where it cannot."""
    done = uv(*words)
    if done.returncode:
        sys.exit(f"matrix: {done.stderr[-2000:]}")
    return done.stdout


def rows() -> list[Row]:
    """Both ends on the oldest Python, the newest on the newest that is here."""
    here = {python: path for python in PYTHONS if (path := interpreter(python))}
    if PYTHONS[0] not in here:
        sys.exit(f"matrix: Python {PYTHONS[0]} is not on this machine")
    oldest, *_, newest = *here, list(here)[-1]
    ends = (("oldest", oldest, "lowest-direct"), ("newest", oldest, "highest"))
    found = [Row(name, here[python], resolution) for name, python, resolution in ends]
    last = [] if newest == oldest else [Row(f"newest-{newest}", here[newest], "highest")]
    return found + last


def interpreter(python: str) -> str:
    """Its path, on this machine's search path or among those that pyenv keeps; else nothing."""
    found = uv("python", "find", "--system", python)
    if not found.returncode:
        return found.stdout.strip()
    kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{python}.*/bin/python"))
    return str(kept[-1]) if kept else ""


def built(row: Row) -> Path:
    """An environment with its versions; the tools of the suite are the newest that fit."""
    folder = PLACE / row.name
    wanted = PLACE / f"{row.name}.txt"
    PLACE.mkdir(exist_ok=True)
    how = ["--python", row.python, "--only-binary", ":all:", "--no-header", "--quiet"]
    core = ["pip", "compile", "pyproject.toml", "--resolution", row.resolution, *how]
    made([*core, "--output-file", str(wanted)])
    made(["venv", "--quiet", "--clear", "--python", row.python, str(folder)])
    tools = ["pip", "compile", "pyproject.toml", "--extra", "dev", "--constraint", str(wanted)]
    made([*tools, *how, "--output-file", f"{wanted}.dev"])
    python = str(folder / "bin" / "python")
    made(["pip", "install", "--quiet", "--python", python, "--requirement", f"{wanted}.dev"])
    made(["pip", "check", "--python", python])
    return Path(python)


def tried(row: Row, *, full: bool) -> Found:
    """Build, play, test."""
    began, python = time.monotonic(), built(row)
    where = PLACE / f"{row.name}-data"
    env = os.environ | {"XDG_CACHE_HOME": str(PLACE / f"{row.name}-cache"), "PYTHONPATH": str(ROOT)}
    study = played(python, where, env)
    tests = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *(() if full else QUICK)]
    said = subprocess.run(tests, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    sys.stderr.write(said.stdout[-3000:] if said.returncode else "")
    told = SUMMARY.search(said.stdout)
    suite = told.group(1) if told else "did not run"
    return Found(row, versions(python), study, suite, time.monotonic() - began)


def played(python: Path, where: Path, env: dict[str, str]) -> str:
    """A mark of the study's table, the same wherever the table is."""
    shutil.rmtree(where, ignore_errors=True)
    for words in (DATA.split(), STUDY.split(), ["sql", ASKED, "--json"]):
        command = [str(python), "-m", "app", *words, "--root", str(where)]
        said = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        if said.returncode:
            sys.stderr.write(said.stderr[-2000:])
            return "failed"
    return blake2b(said.stdout.encode(), digest_size=4).hexdigest()


def versions(python: Path) -> str:
    """Of the packages that decide most."""
    code = (
        "import sys; from importlib.metadata import version; "
        f"print(sys.version.split()[0], *(n + ' ' + version(n) for n in {TOLD}), sep=', ')"
    )
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout


def wheels() -> list[str]:
    """A line a Python: on which systems every core dependency has a wheel."""
    lines = ["| Python | " + " | ".join(SYSTEMS) + " |", "|---" * (len(SYSTEMS) + 1) + "|"]
    for python in PYTHONS:
        how = ["--python-version", python, "--only-binary", ":all:", "--quiet"]
        core = ["pip", "compile", "pyproject.toml", *how]
        found = [uv(*core, "--python-platform", system).returncode == 0 for system in SYSTEMS]
        lines.append(f"| {python} | " + " | ".join("yes" if f else "no" for f in found) + " |")
    return lines


def tables(found: list[Found]) -> str:
    """Both tables as the page shows them."""
    lines = [
        "| environment | Python and packages | study | suite | seconds |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {f.row.name} | {f.versions.strip()} | {f.study} | {f.suite} | {f.seconds:.0f} |"
        for f in found
    ]
    return "\n".join([*lines, "", *wheels()])


def main() -> int:
    """One where a row fails or plays something else."""
    parser = argparse.ArgumentParser(prog="python -m tools.matrix", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--full", action="store_true", help="the whole suite, not its quick part")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    asked = parser.parse_args()
    if not (TOOL / "bin" / "python").exists():
        venv.create(TOOL, with_pip=True, clear=True)
    subprocess.run([TOOL / "bin" / "python", "-m", "pip", "install", "--quiet", UV], check=True)
    chosen = [row for row in rows() if row.name in asked.rows or not asked.rows]
    found = [tried(row, full=asked.full) for row in chosen]
    told = tables(found)
    print(told)
    if asked.write:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{told}\n{END}{rest.partition(END)[2]}", "utf-8")
    same = len({f.study for f in found}) == 1 and found[0].study != "failed"
    return int(not same or any("passed" not in f.suite or "failed" in f.suite for f in found))


if __name__ == "__main__":
    raise SystemExit(main())
