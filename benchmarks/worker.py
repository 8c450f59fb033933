"""A process that answers a word with a line of JSON: a rival in an environment of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, Self


class Worker:
    """Its own prints would break the line: workers print nothing else."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(  # noqa: S603 - the command is ours or the user's
            command, stdin=pipe, stdout=pipe, text=True, env=env
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("")

    def ask(self, word: str) -> Any:
        """Raises `ValueError` where the process died instead of answering."""
        if self.process.stdin is None or self.process.stdout is None:
            raise ValueError("the worker has no pipes")
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())
