"""House rules about packages: wishes have no ceiling, installs are pinned and light."""

import re
from typing import NamedTuple

HEAVY = {
    *("torch", "scikit-learn", "pandas", "scipy", "ray", "xgboost", "lightgbm", "matplotlib"),
    *("selenium", "playwright", "kaleido", "chromium", "marimo", "jupyter", "ipython", "uv"),
}
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$")


class Pin(NamedTuple):
    """One locked package."""

    name: str
    version: str
    hashes: int


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> list[Pin]:
    """The packages of one lock."""
    found: list[Pin] = []
    for line in text.splitlines():
        if match := PIN.match(line):
            found.append(Pin(plain(match[1]), match[2], 0))
        elif line.lstrip().startswith("--hash=") and found:
            found[-1] = found[-1]._replace(hashes=found[-1].hashes + 1)
    return found


def loose_lines(path: str, text: str) -> list[str]:
    """Lines of a lock that pin nothing: ranges, options, indexes, addresses."""
    return [
        f"{path}:{number} pins nothing: {line}"
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith(("#", "--hash=")) and not PIN.match(line)
    ]


def unhashed(path: str, text: str) -> list[str]:
    """Pins without a hash."""
    return [f"{path}:1 {pin.name} has no hash" for pin in pins(text) if not pin.hashes]


def heavy(path: str, text: str) -> list[str]:
    """Packages that a core install must not carry."""
    return [f"{path}:1 carries {pin.name}" for pin in pins(text) if pin.name in HEAVY]


def capped(requirements: list[str]) -> list[str]:
    """Requirements with a ceiling: a cap turns every upstream release into our bug."""
    return [wish for wish in requirements if re.search(r"<|==|~=|!=", wish.split(";")[0])]
