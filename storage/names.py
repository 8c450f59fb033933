"""Names that can be a file's or a folder's on every system."""

import re
from typing import Final

from engine.core.errors import StoreError

PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def plain(name: str) -> str:
    """The name itself, if it can be a folder's."""
    if not PLAIN.fullmatch(name):
        raise StoreError(f"'{name}' cannot name a folder; use letters, digits, dots, - and _")
    return name
