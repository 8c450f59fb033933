"""What `make prove` knows: one JSON line per finished test, and the page made from them."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from tests.proof.ids import T_TESTS, is_t

PACKAGES = ("engine", "adapters", "storage", "learn", "reports", "live", "app")
SOURCES = (*PACKAGES, "experiments", "tests", "lock")


class Outcome(NamedTuple):
    """One test at full size: how it ended, which rows it covers and at what sizes."""

    test: str
    ids: tuple[str, ...]
    sizes: dict[str, int]
    outcome: str
    seconds: float


def source_key(root: Path) -> str:
    """Name everything an outcome depends on, so that an edit makes `make prove` start anew."""
    digest = blake2b(digest_size=6)
    files = [path for name in SOURCES for path in (root / name).rglob("*") if path.is_file()]
    for path in sorted([*files, root / "pyproject.toml"]):
        if path.suffix in {".py", ".toml", ".txt", ".yaml", ".json", ".sql", ".csv"}:
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def append(ledger: Path, outcome: Outcome) -> None:
    """Add one line; a line that a kill tore before stays alone with its damage."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ledger.open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps(outcome._asdict()))
        file.flush()
        os.fsync(file.fileno())


def read(ledger: Path) -> dict[str, Outcome]:
    """Return the last outcome of every test; a line torn by a kill counts as not written."""
    found: dict[str, Outcome] = {}
    if ledger.exists():
        for line in ledger.read_text(encoding="utf-8").splitlines():
            try:
                row = Outcome(**json.loads(line))
            except ValueError:
                continue
            found[row.test] = row._replace(ids=tuple(row.ids))
    return found


def commit(root: Path) -> str:
    """Say which commit stands here, and whether files were changed since."""
    head = git(root, "rev-parse", "--short=10", "HEAD")
    changed = git(root, "status", "--porcelain", "--", ".", ":!docs/proof.md")
    return f"{head or 'none'}{' with uncommitted changes' if changed else ''}"


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def row(name: str, tests: list[Outcome]) -> str:
    """One line of the page."""
    outcomes = [test.outcome for test in tests]
    bad = [f"{outcomes.count(word)} {word}" for word in ("failed", "skipped") if word in outcomes]
    verdict = ", ".join(bad) if bad else ("passed" if tests else "no test")
    sizes = sorted({size for test in tests if (size := test.sizes.get(name))})
    shown = " / ".join(f"{size:,}" for size in sizes)
    seconds = f"{sum(test.seconds for test in tests):.1f}" if tests else ""
    return f"| {name} | {T_TESTS[name]} | {verdict} | {shown} | {len(tests) or ''} | {seconds} |"


def other(name: str, tests: list[Outcome]) -> str:
    """One line of what has a size of its own beside the T-tests."""
    size, outcomes = tests[0].sizes[name], {test.outcome for test in tests}
    verdict = "passed" if outcomes == {"passed"} else ", ".join(sorted(outcomes))
    seconds = sum(test.seconds for test in tests)
    return f"| {name} | {verdict} | {size:,} | {len(tests)} | {seconds:.1f} |"


def others(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    """The tests of every size that is not a T-test's."""
    names = sorted({name for o in outcomes for name in o.sizes if name not in T_TESTS})
    return {name: [o for o in outcomes if name in o.sizes] for name in names}


def page(outcomes: list[Outcome], *, where: str, key: str) -> str:
    """Return the whole of `docs/proof.md`."""
    by_id = {name: [o for o in outcomes if name in o.ids] for name in T_TESTS}
    passed = sum(bool(t) and all(o.outcome == "passed" for o in t) for t in by_id.values())
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    python = f"Python {platform.python_version()}"
    return "\n".join(
        [
            "# Proof",
            "",
            "Written by `make prove`: the T-tests at their full sizes.",
            "A size is what the test counts: cases, bars, kills.",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, commit {where}, sources {key}, {python}, {machine}.",
            "",
            f"{passed} of {len(T_TESTS)} have tests, all of which pass.",
            "",
            "| id | what | outcome | size | tests | seconds |",
            "|---|---|---|---|---|---|",
            *(row(name, tests) for name, tests in by_id.items()),
            "",
            "Tests beside those, each at the full size it names:",
            "",
            "| what | outcome | size | tests | seconds |",
            "|---|---|---|---|---|",
            *(other(name, tests) for name, tests in others(outcomes).items()),
            "",
        ]
    )


def t_ids(ids: tuple[str, ...]) -> tuple[str, ...]:
    """The T-tests among some rows."""
    return tuple(name for name in ids if is_t(name))
