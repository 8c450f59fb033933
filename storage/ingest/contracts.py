"""What a contract is called: `ES 03-22`, `ESH2`, `ESH2022` and `202203` are all ESH22."""

from __future__ import annotations

import re
from typing import Final

from engine.core.errors import DataError
from engine.core.instrument import Instrument

LETTERS: Final = "FGHJKMNQUVXZ"
EXPIRY: Final = re.compile(r"(20\d\d)-?(0[1-9]|1[0-2])(?:-?\d\d)?")
SPACED: Final = re.compile(r"([A-Z0-9]{1,5})[ _-](0[1-9]|1[0-2])-(\d\d)")
CODED: Final = re.compile(rf"([A-Z0-9]{{1,4}}?)([{LETTERS}])(\d{{1,2}}|20\d\d)")
FILE_ENDS: Final = re.compile(
    r"\.(last|bid|ask|txt|csv|tsv|gz|zip|parquet|feather|arrow)$", re.IGNORECASE
)


def contract_name(instrument: Instrument, text: str, year: int) -> str | None:
    """The contract a text names; None where it names the instrument alone."""
    said = text.strip().upper()
    if not instrument.months or said in ("", instrument.symbol, "UNKNOWN"):
        refuse_other_symbol(instrument, said)
        return None
    found = parsed(said, instrument.symbol, year)
    if found is None:
        raise DataError(
            f"'{text}' is no contract of {instrument.symbol}; write it as "
            f"{instrument.symbol}{instrument.months[-1]}24, {instrument.symbol} 12-24 or 202412"
        )
    root, letter, expiry = found
    if root != instrument.symbol:
        raise DataError(
            f"the file holds '{text}', a contract of {root}, where --symbol says "
            f"{instrument.symbol}"
        )
    return f"{root}{letter}{expiry % 100:02d}"


def refuse_other_symbol(instrument: Instrument, said: str) -> None:
    """Refuse the name of another instrument."""
    plain = re.sub(r"[^A-Z0-9]", "", said)
    if (
        said
        and said != "UNKNOWN"
        and not re.sub(r"[^A-Z0-9]", "", instrument.symbol).startswith(plain)
    ):
        raise DataError(f"the file holds '{said}' where --symbol says {instrument.symbol}")


def parsed(said: str, root: str, year: int) -> tuple[str, str, int] | None:
    """Root, letter and year of a contract."""
    if match := EXPIRY.fullmatch(said):
        return root, LETTERS[int(match[2]) - 1], int(match[1])
    if match := SPACED.fullmatch(said):
        return match[1], LETTERS[int(match[2]) - 1], 2000 + int(match[3])
    match = CODED.fullmatch(said)
    if match is None:
        return None
    digits = match[3]
    if len(digits) == 1:  # the first such year that is not over
        return match[1], match[2], year + (int(digits) - year) % 10
    return match[1], match[2], int(digits) % 100 + 2000


def from_file(instrument: Instrument, name: str) -> str | None:
    """The contract a file's name begins with, such as `ES 03-22.Last.txt` or `ESZ4_1min.csv`."""
    stem = name
    while FILE_ENDS.search(stem):
        stem = FILE_ENDS.sub("", stem)
    head = stem.split("_")[0].strip().upper()
    if not instrument.months:
        return None
    found = SPACED.fullmatch(head) or CODED.fullmatch(head)
    return head if found and found[1] == instrument.symbol else None
