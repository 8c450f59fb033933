"""Resolve the locks anew from `pyproject.toml`: hashes, and markers for every Python and platform.

Pins already in a lock stay unless `UPGRADE=1`. The resolver, uv, lives in an environment of its
own, `.venv-lock`: users never install it. `lock/torch.txt` is written by hand; the page
`docs/decisions/0001-lock-and-setup.md` says why.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / ".venv-lock"
UV = "uv==0.13.8"
# Later locks are held to the pins of earlier ones, so that all of them fit into one environment.
CORE = "lock/core.txt"
DEV = "lock/dev.txt"
EXTRAS = "lock/extras.txt"
LOCKS: dict[str, list[str]] = {
    CORE: ["pyproject.toml"],
    DEV: ["pyproject.toml", "--extra", "dev", "--constraint", CORE],
    EXTRAS: [
        *("pyproject.toml", "--constraint", DEV),
        *(
            word
            for name in ("learn", "dash", "live", "cluster", "witness")
            for word in ("--extra", name)
        ),
    ],
    "lock/build.txt": ["lock/build.in", "--constraint", DEV],
    "lock/peers.txt": ["lock/peers.in", "--constraint", DEV, "--constraint", EXTRAS],
    "lock/vectorbt.txt": ["lock/vectorbt.in"],
}
HOW = ["--universal", "--generate-hashes", "--no-emit-index-url", "--quiet"]
OLDEST = ["--python-version", "3.11"]


def main() -> None:
    """Make the resolver if it is missing, then every lock in turn."""
    python = str(TOOL / "bin" / "python")
    if not Path(python).exists():
        venv.create(TOOL, with_pip=True, clear=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", UV], check=True)
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    for target, source in LOCKS.items():
        said = {"UV_CUSTOM_COMPILE_COMMAND": "make lock"}
        how = [*HOW, *OLDEST, *upgrade, "--output-file", target]
        command = [python, "-m", "uv", "pip", "compile", *how, *source]
        if subprocess.run(command, cwd=ROOT, env=os.environ | said, check=False).returncode:
            sys.exit(f"lock: {target} has no solution, see above")
        lines = (ROOT / target).read_text(encoding="utf-8").splitlines()
        pins = sum(line[:1].isalnum() for line in lines)
        print(f"lock: {target} has {pins} pins")


if __name__ == "__main__":
    main()
