"""All files of an import read into one survey, with what was guessed of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.errors import DataError
from engine.core.instrument import Instrument
from storage.ingest.batch import Batch
from storage.ingest.contracts import contract_name, from_file
from storage.ingest.lines import NAME
from storage.ingest.opened import TEXT, Opened, opened
from storage.ingest.order import Grid, Order, grid_of
from storage.ingest.survey import Survey, year_of
from storage.ingest.tables import TableFile
from storage.ingest.text import sniffed, text_batches
from storage.judge.report import Found

NINJATRADER = {
    ".last.txt": "ninjatrader",
    ".bid.txt": "ninjatrader-bid",
    ".ask.txt": "ninjatrader-ask",
}


class Reader(NamedTuple):
    """One file about to be read."""

    batches: Iterator[Batch]
    said: tuple[str, ...]
    source: str
    utc: bool
    named: bool  # whether a column names the contract
    volume: bool
    ticks: bool


class Gathered(NamedTuple):
    """What all files hold together."""

    survey: Survey
    source: str
    said: tuple[str, ...]
    utc: bool  # whether a header says that the stamps are UTC


def gather(files: list[Path], order: Order, instrument: Instrument, scratch: Path) -> Gathered:
    """Read every file, one after the other."""
    survey, grid = Survey(scratch), grid_of(instrument, order.scale, order.floor)
    said: list[str] = []
    sources, utc = [], []
    for path in files:
        for file in opened(path, scratch):
            reader = reader_of(file, order, grid)
            survey.begin(file.label, ticks=reader.ticks)
            sources.append(reader.source)
            refuse_quotes(file.label, sources, ticks=reader.ticks)
            utc.append(reader.utc)
            said += [f"{file.label}: {word}" for word in reader.said if len(survey.labels) == 1]
            contract = None if reader.named else from_file(instrument, Path(file.label).name)
            if contract and order.contract is None:
                said.append(f"{file.label}: the contract is {contract}, by the name of the file")
            before = survey.rows
            for batch in reader.batches:
                survey.add(batch if reader.named else of_one(batch, order.contract or contract))
            if survey.rows == before:
                raise DataError(f"{file.label} holds no rows: there is nothing to import")
            if not reader.volume:
                rows = survey.rows - before
                survey.found.append(Found("no_volume", 1, rows, (file.label,)))
    source = order.source or (sources[0] if len(set(sources)) == 1 else "file")
    return Gathered(survey, source, tuple(said), all(utc))


def reader_of(file: Opened, order: Order, grid: Grid) -> Reader:
    """How a file is read, by what it is."""
    if file.kind == TEXT:
        dialect = sniffed(file.path, file.label, order.dates)
        return Reader(
            text_batches(file.path, file.label, dialect, grid),
            dialect.said,
            source_of(file.label, dialect.source),
            dialect.utc,
            NAME in dialect.roles,
            dialect.volume,
            dialect.ticks,
        )
    table = TableFile(file, order.dates)
    columns = table.columns
    named = NAME in columns.roles
    source = "ticks" if columns.ticks else "file"
    read = table.batches(grid)
    return Reader(read, table.said, source, table.utc, named, columns.volume, columns.ticks)


def source_of(label: str, otherwise: str) -> str:
    """Where a file is from, by the end of its name."""
    ends = (source for end, source in NINJATRADER.items() if label.lower().endswith(end))
    return next(ends, otherwise)


def refuse_quotes(label: str, sources: list[str], *, ticks: bool) -> None:
    """Bids and asks are no trades, and their bars are series of their own."""
    quotes = [source for source in sources if source.startswith("ninjatrader-")]
    if quotes and ticks:
        raise DataError(f"{label} holds quotes by its name: trades are in the file .Last.txt")
    if quotes and len(set(sources)) > 1:
        raise DataError(
            f"{label} is of {sources[-1]} and another file of {sources[0]}; import them apart"
        )


def of_one(batch: Batch, contract: str | None) -> Batch:
    """A batch whose rows are all of one contract, or of none."""
    if contract is None:
        return batch._replace(contract=np.zeros(len(batch.row), np.int64))
    token = int.from_bytes(contract.encode()[:7], "little") + 1
    return batch._replace(
        contract=np.full(len(batch.row), token, np.int64), name=lambda _row: contract
    )


def contracts_of(
    survey: Survey, instrument: Instrument, asked: str | None
) -> tuple[tuple[str | None, ...], npt.NDArray[np.int16]]:
    """The contracts' names in order, and from the codes of the files to theirs."""
    year = year_of(survey.earliest) if survey.earliest else 2000
    named = [contract_name(instrument, text, year) for text in survey.names.values()]
    if asked is not None:
        wanted = contract_name(instrument, asked, year)
        others = sorted({str(name) for name in named if name != wanted})
        if others:
            raise DataError(f"--contract says {wanted}, but the files hold {', '.join(others)}")
    order = sorted({name or "" for name in named})
    if len(order) > 1 and not order[0]:
        raise DataError(
            f"some rows name a contract ({order[1]}) and some do not; import them apart, or say "
            "--contract for those that do not"
        )
    codes = np.array([order.index(name or "") for name in named], np.int16)
    return tuple(name or None for name in order), codes
