"""Golden figures: exact, with a birth certificate, rewritten by `make golden` only."""

import json
from collections.abc import Mapping
from pathlib import Path


class Golden:
    """Compares figures with the stored ones, all with `==`, or stores them."""

    def __init__(self, folder: Path, *, rewrite: bool, born: str) -> None:
        self.folder = folder
        self.rewrite = rewrite
        self.born = born

    def __call__(self, name: str, figures: Mapping[str, object], *, why: str, data: str) -> None:
        """Check one set: `why` says what it guards, `data` names the bytes it was made from."""
        file = self.folder / f"{name}.json"
        fresh = json.loads(json.dumps(figures))
        stored = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
        if not self.rewrite:
            assert stored is not None, f"{name} has no golden figures yet: make golden"
            assert stored["data"] == data, f"{name} was born from other data: {stored['data']}"
            assert fresh == stored["figures"], f"{name}: {stored['why']}"
        elif stored is None or (stored["figures"], stored["data"]) != (fresh, data):
            certificate = {"born": self.born, "data": data, "why": why, "figures": fresh}
            file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(certificate, indent=1, sort_keys=True)
            file.write_text(text + "\n", encoding="utf-8")
