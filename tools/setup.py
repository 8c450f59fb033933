"""Make the virtual environment match the lock; do nothing when it already does.

`python tools/setup.py [--venv FOLDER] LAYER...` with layers that `LOCKS` names.
What was installed is written into the environment itself: the folder it was made in (scripts hold
absolute paths, so a moved one is made anew) and, per layer, a digest of all that decides its
content. A run after a kill finds its layer unwritten and repeats it.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
STATE = "tickgrid-setup.json"
LOCKS = {
    "core": ("build", "core"),
    "dev": ("dev",),
    "extras": ("extras",),
    "torch": ("torch",),
    "peers": ("peers",),
    "vectorbt": ("vectorbt",),
}
QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}


def digest(layer: str) -> str:
    """Everything that decides what a layer installs: its locks, for core our own metadata too."""
    parts = [(ROOT / "lock" / f"{name}.txt").read_bytes() for name in LOCKS[layer]]
    if layer == "core":
        whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        ours = [whole["build-system"], whole["project"], whole["tool"]["hatch"]]
        parts.append(json.dumps(ours, sort_keys=True).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def stop(message: str) -> NoReturn:
    """End with one line."""
    sys.exit(f"setup: {message}")


class Environment:
    """One virtual environment and what it says was installed into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.layers: dict[str, str] = {}

    def load(self) -> bool:
        """Read what is installed; False when the environment cannot be used as it stands."""
        try:
            state = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return self.runs("-m", "pip", "--version")  # made by hand: ours to complete
        self.layers = state["layers"]
        return state["root"] == str(ROOT) and self.runs("-c", "import pip")

    def runs(self, *arguments: str) -> bool:
        """Whether its Python is there and does this without complaint."""
        try:
            done = subprocess.run([self.python, *arguments], capture_output=True, check=False)
        except OSError:
            return False
        return done.returncode == 0

    def rebuild(self) -> None:
        """Start from nothing."""
        self.layers = {}
        gone = self.folder.with_name(f"{self.folder.name}-old")
        shutil.rmtree(gone, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(gone)  # at once: half deleted it would still claim to be whole
            shutil.rmtree(gone, ignore_errors=True)
        venv.create(self.folder, with_pip=True, symlinks=True)

    def pip(self, *arguments: str) -> None:
        """Run pip, silent unless it fails."""
        command = [str(self.python), "-m", "pip", *arguments]
        env = os.environ | QUIET
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(done.stdout[-4000:])
            stop(f"pip failed, its words are above; what it was asked: {' '.join(arguments)}")

    def install(self, layer: str) -> None:
        """Bring one layer up to its lock and write that down."""
        began = time.monotonic()
        print(f"setup: installing {layer} into {self.folder.name} ...", flush=True)
        for name in LOCKS[layer]:
            # Compiling on every core afterwards takes half the time that pip takes for it.
            self.pip("install", "--quiet", "--no-compile", "--requirement", f"lock/{name}.txt")
        if layer == "core":
            self.pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
        self.runs("-m", "compileall", "-q", "-j", "0", str(self.folder / "lib"))
        self.layers[layer] = digest(layer)
        self.save()
        print(f"setup: {layer} is ready ({time.monotonic() - began:.0f} s)", flush=True)

    def save(self) -> None:
        """Replace the state file in one step, so that a kill leaves the old one or the new one."""
        fresh = self.folder / f"{STATE}.new"
        fresh.write_text(json.dumps({"root": str(ROOT), "layers": self.layers}), encoding="utf-8")
        fresh.replace(self.folder / STATE)


def bring(env: Environment, wanted: list[str]) -> None:
    """Install what is missing or old; if leftovers do not fit the new, start from nothing."""
    usable = env.load()
    upgrade = usable and bool(env.layers)
    if not usable:
        if env.folder.exists():
            print(f"setup: {env.folder.name} was moved or is broken, making it anew", flush=True)
        env.rebuild()
    stale = [layer for layer in wanted if env.layers.get(layer) != digest(layer)]
    for layer in stale:
        env.install(layer)
    if stale and upgrade and not env.runs("-m", "pip", "check"):
        print("setup: leftovers of an older lock do not fit, starting anew", flush=True)
        kept = [layer for layer in LOCKS if layer in env.layers]
        env.rebuild()
        for layer in kept:
            env.install(layer)


def main() -> None:
    """Read the wish, grant it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layers", nargs="+", choices=list(LOCKS), metavar="LAYER")
    parser.add_argument("--venv", default=".venv", help="the environment's folder (default: .venv)")
    asked = parser.parse_args()
    bring(Environment(ROOT / asked.venv), asked.layers)


if __name__ == "__main__":
    main()
