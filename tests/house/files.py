"""The files of the project, as the house rules see them."""

import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "adapters", "storage", "learn", "reports", "live", "app")
OURS = (*PACKAGES, "tests", "tools", "benchmarks")
SUFFIXES = {
    *("", ".py", ".sh", ".sql", ".md", ".txt", ".in"),
    *(".toml", ".yaml", ".yml", ".json", ".html", ".css", ".js"),
}

Rule = Callable[[str, str], list[str]]
"""From a file's path and text to its breaches, each `path:line what`."""


@cache
def every() -> tuple[str, ...]:
    """Files tracked or soon to be; without git, all that no environment or data folder holds."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        names = done.stdout.split("\0")
    else:
        names = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")]
        names = [name for name in names if not name.startswith((".venv", ".git/", "data/"))]
    return tuple(sorted(name for name in names if name and (ROOT / name).is_file()))


def sources(*folders: str) -> list[str]:
    """Our Python files, or those under some folders."""
    names = [name for name in every() if name.endswith(".py")]
    return [n for n in names if not folders or n.split("/")[0] in folders]


def texts() -> list[str]:
    """Everything a person could read."""
    return [name for name in every() if Path(name).suffix in SUFFIXES]


@cache
def read(name: str) -> str:
    """The text of one file."""
    return (ROOT / name).read_text(encoding="utf-8")


def hold(rule: Rule, names: Iterable[str]) -> None:
    """Assert that no file breaks a rule, or name every breach."""
    breaches = [breach for name in names for breach in rule(name, read(name))]
    assert not breaches, "\n".join(breaches)
