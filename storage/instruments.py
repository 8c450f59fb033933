"""instruments.yaml under the root: facts that override known instruments, or add new ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from engine.core.contracts import INSTRUMENTS
from engine.core.errors import StoreError, TickgridError, unknown
from engine.core.instrument import Instrument, instrument_from

FILE = "instruments.yaml"


class Loader(yaml.SafeLoader):
    """YAML as data alone, refusing a key that stands twice: the first would be lost unseen."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                said = f"'{key.value}' stands twice"
                raise yaml.MarkedYAMLError(problem=said, problem_mark=key.start_mark)
            seen.add(key.value)
        super().flatten_mapping(node)


def instrument_at(root: Path, symbol: str) -> Instrument:
    """An instrument by its exact symbol, as this root knows it."""
    own = instruments_at(root)
    known = {**INSTRUMENTS, **own}
    if symbol not in known:
        raise unknown("instrument", symbol, known)
    return known[symbol]


def instruments_at(root: Path) -> dict[str, Instrument]:
    """The instruments the root's own file describes."""
    path = root / FILE
    if not path.exists():
        return {}
    try:
        with path.open("rb") as file:
            said = Loader(file).get_single_data()
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise StoreError(f"{path}{line}: {error.problem}") from None
    except (OSError, yaml.YAMLError) as error:
        raise StoreError(f"{path}: {' '.join(str(error).split())}") from None
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise StoreError(f"{path}: expected symbols with facts below them, not {said!r}")
    return {str(symbol): described(path, str(symbol), facts) for symbol, facts in said.items()}


def described(path: Path, symbol: str, facts: Any) -> Instrument:
    """One entry laid over the known instrument of that symbol, if there is one."""
    if not isinstance(facts, dict):
        raise StoreError(f"{path}: {symbol}: expected facts such as tick: 0.25, not {facts!r}")
    try:
        return instrument_from({"symbol": symbol, **facts}, INSTRUMENTS.get(symbol))
    except TickgridError as error:
        raise StoreError(f"{path}: {symbol}: {error}") from None
