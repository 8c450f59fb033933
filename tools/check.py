"""Run every check of the house, all of them even when one fails; exit 1 when any did."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
CHECKS = {
    "lint": ["-m", "ruff", "check", "--quiet", "."],
    "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "types": ["-m", "mypy", "--no-error-summary"],
    "floors": ["-c", LINT_IMPORTS, "--no-logo"],
    "dead code": ["-m", "vulture"],
    "house": ["-m", "pytest", "-q", "--no-header", "-n", "0", "tests/house"],
}


def passes(name: str, arguments: list[str]) -> bool:
    """Run one check; show what it said only when it found something."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, end="")
    verdict = "FAILED" if done.returncode else "passed"
    print(f"check: {name:<10} {verdict} {time.monotonic() - began:5.1f} s", flush=True)
    return not done.returncode


def main() -> None:
    """Run them, or the ones named on the command line."""
    chosen = sys.argv[1:] or list(CHECKS)
    unknown = [name for name in chosen if name not in CHECKS]
    if unknown:
        sys.exit(f"no check called {', '.join(unknown)}; there are: {', '.join(CHECKS)}")
    failed = [name for name in chosen if not passes(name, CHECKS[name])]
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
