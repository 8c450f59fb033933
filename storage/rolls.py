"""Contracts of one series: which is in front when, kept as a table beside the bars.

The table in force is the one that was given, or what its rule makes of all that is stored now: a
rule looks at sessions that are over, so new bars add rows and change none. Where nothing was said
the rule is volume. Contracts that follow one another without overlapping need no table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from engine.core.bars import BarArrays, Bars
from engine.core.errors import ParameterError, StoreError, TickgridError, unknown
from engine.core.instrument import Instrument
from engine.core.rolls.decide import Activity, by_calendar, by_interest, by_volume
from engine.core.rolls.table import Prices, Roll, Rolls, days_of, last_common
from engine.core.zone import day_date
from storage.reading import (
    EVER,
    Days,
    Entry,
    Series,
    checked_read,
    entries_of,
    spliced,
    trusted_read,
)
from storage.roll_table import given_rolls, interest_of, keep, kept, mark_of, shown, table_path

Rule = Callable[[Instrument, Activity], Rolls]

RULES: Final[dict[str, Rule]] = {"volume": by_volume, "calendar": by_calendar}
GIVEN: Final = ("table", "interest")
SPLICED: Final = "spliced"
LISTING: Final = ("contract", "first", "last", "sessions", "bars")


@dataclass(frozen=True)
class Contracts:
    """All contracts of one stored series, each as it was traded."""

    root: Path
    series: Series

    @cached_property
    def entries(self) -> list[Entry] | None:
        """Every stored session of every contract; nothing where another program wrote files."""
        return entries_of(self.series)

    @cached_property
    def chain(self) -> list[Entry] | None:
        """The sessions of contracts that need no roll table, in order."""
        return None if self.entries is None else spliced(self.entries)

    def listing(self) -> pl.DataFrame:
        """One row a contract, the first to trade first: from when to when, how much."""
        if self.entries is None:
            rows = runs_of(checked_read(self.series, EVER))
        else:
            rows = [(n or "", e.day, count) for e in self.entries for n, count in e.held.runs]
        frame = pl.DataFrame(rows, ["contract", "day", "rows"], orient="row")
        day = pl.col("day").cast(pl.Int32).cast(pl.Date)
        found = frame.group_by("contract").agg(
            first=day.min(),
            last=day.max(),
            sessions=day.n_unique().cast(pl.Int64),
            bars=pl.col("rows").sum(),
        )
        return found.select(*LISTING).sort("first", "last", "contract")

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """The contracts, or those whose names begin like this."""
        return tuple(name for name in self.listing()["contract"] if name.startswith(prefix))

    def bars(self, contract: str, days: Days = EVER) -> Bars:
        """One contract alone."""
        if contract not in self.names():
            raise unknown("contract", contract, self.names(), where=f" of {self.series}")
        own = [entry for entry in self.entries or () if entry.contract == contract]
        if own and contract:
            return trusted_read(self.series, own, days)
        return only(self.continuous(days), contract)

    def continuous(self, days: Days = EVER) -> Bars:
        """The contract in front of each session, at the prices it traded at."""
        if self.entries is None:
            return checked_read(self.series, days)
        chain = self.chain
        if chain is None:
            rolls = self.decided()
            chain = in_front(self.entries, rolls)
            refuse_end(self.series, self.entries, rolls, chain)
        return trusted_read(self.series, chain, days)

    def rolls(self) -> Rolls:
        """The table in force, with the prices of both contracts at each roll."""
        return priced(self.series, self.ours(), self.decided())

    def table(self) -> pl.DataFrame:
        """The table in force as a frame; its first row is the contract the bars begin with."""
        return shown(self.series, self.rolls(), self.ours()[0].day)

    def roll(self, method: str, given: pl.DataFrame | None = None) -> pl.DataFrame:
        """Decide anew and store the table: by a rule, or by what is given."""
        entries = self.ours()
        if method not in (*RULES, *GIVEN):
            raise unknown("way to roll", method, (*RULES, *GIVEN))
        if (given is None) != (method in RULES):
            needs = "needs a table: --table FILE.csv" if given is None else "takes no table"
            raise ParameterError(f"rolling by {method} {needs}")
        if self.chain is not None:
            return self.table()
        rolls = ruled(self.series, entries, method, given)
        refuse_end(self.series, entries, rolls, in_front(entries, rolls))
        frame = shown(self.series, priced(self.series, entries, rolls), entries[0].day)
        keep(table_path(self.root, self.series), frame, mark_of(entries))
        return frame

    def refresh(self) -> None:
        """Bring the stored table of contracts that overlap up to what is stored of them."""
        if self.entries is None or self.chain is not None:
            return
        with suppress(TickgridError):  # whoever reads the bars is told what no rule can read
            rolls, mark = self.decided(), mark_of(self.entries)
            path = table_path(self.root, self.series)
            found = kept(path)
            if found is None or (found[1] != mark and rolls.method in RULES):
                keep(path, self.table(), mark)

    def ours(self) -> list[Entry]:
        if self.entries is None:
            raise StoreError(f"{self.series} lies in files of another program; import them first")
        return self.entries

    def decided(self) -> Rolls:
        """The table in force; what a rule says now where the stored one is of other bars."""
        entries = self.ours()
        if self.chain is not None:
            return changes(self.chain)
        found = kept(table_path(self.root, self.series))
        if found and (found[0].method in GIVEN or found[1] == mark_of(entries)):
            return found[0]
        return ruled(self.series, entries, found[0].method if found else next(iter(RULES)))


def ruled(
    series: Series, entries: Sequence[Entry], method: str, given: pl.DataFrame | None = None
) -> Rolls:
    """What a rule makes of the stored bars, or the table that is given."""
    it, traded = series.instrument, activity(entries)
    if method == "table" and given is not None:
        return given_rolls(given, it, traded.contracts)
    if "" in traded.contracts:
        raise StoreError(
            f"{series} has bars without a contract's name in the sessions of others; "
            "import them again with their contract, or take them out"
        )
    if given is not None:
        amount = interest_of(given, traded.contracts, traded.days)
        return by_interest(it, traded._replace(amount=amount))
    return RULES[method](it, traded)


def priced(series: Series, entries: Sequence[Entry], rolls: Rolls) -> Rolls:
    """The table with prices at every roll, as far as the bars have them."""
    rows = (row._replace(prices=row.prices or prices(series, entries, row)) for row in rolls.rows)
    return replace(rolls, rows=tuple(rows))


def prices(series: Series, entries: Sequence[Entry], roll: Roll) -> Prices | None:
    """Both contracts in the last minute they share before a roll."""
    before = [entry for entry in entries if entry.day < roll.day]
    old, new = ({e.day: e for e in before if e.contract == c} for c in (roll.old, roll.new))
    for day in sorted(set(old) & set(new), reverse=True):
        found = last_common(*(trusted_read(series, [e[day]], EVER) for e in (old, new)))
        if found:
            return found
    return None


def refuse_end(
    series: Series, entries: Sequence[Entry], rolls: Rolls, chain: Sequence[Entry]
) -> None:
    """A given table that ends before the bars do would end the series without a word."""
    last = entries[-1].day
    if not chain or (rolls.method in GIVEN and chain[-1].day < last):
        raise StoreError(
            f"{series} is stored to {day_date(last)}, but its roll table ends with "
            f"{rolls.contracts[-1]}, stored to {day_date(chain[-1].day) if chain else '-'}; "
            f"roll again: tickgrid data roll {series.instrument.symbol}"
        )


def activity(entries: Sequence[Entry]) -> Activity:
    """The volume of each contract in each session."""
    days = sorted({entry.day for entry in entries})
    names = tuple(dict.fromkeys(entry.contract for entry in entries))
    column, row = ({v: k for k, v in enumerate(values)} for values in (days, names))
    amount = np.zeros((len(names), len(days)), np.int64)
    begun = np.full(len(names), len(days))
    for entry in entries:
        at = row[entry.contract], column[entry.day]
        amount[at] = entry.held.volume
        begun[at[0]] = min(begun[at[0]], at[1])
    return Activity(np.array(days), names, begun, amount)


def in_front(entries: Sequence[Entry], rolls: Rolls) -> list[Entry]:
    """The sessions of the contract in front."""
    names = rolls.contracts
    which = rolls.front([entry.day for entry in entries])
    return [entry for entry, k in zip(entries, which, strict=True) if entry.contract == names[k]]


def without_front(entries: Sequence[Entry], rolls: Rolls) -> list[date]:
    """The trade dates that have bars, but none of the contract in front."""
    held = {entry.day for entry in in_front(entries, rolls)}
    return [day_date(day) for day in sorted({entry.day for entry in entries} - held)]


def changes(chain: Sequence[Entry]) -> Rolls:
    """Where the contract changes in bars that are continuous already."""
    runs = [(name or "", entry.day) for entry in chain for name, _ in entry.held.runs]
    front, rows = runs[0][0], list[Roll]()
    for name, day in runs:
        if name != front and rows and rows[-1].day == day:
            rows[-1] = rows[-1]._replace(new=name)
        elif name != front:
            rows.append(Roll(day, front, name))
        front = name
    return Rolls(runs[0][0], tuple(rows), SPLICED)


def runs_of(bars: Bars) -> list[tuple[str, int, int]]:
    """Contract, trade date and rows of files of another program."""
    names = bars.origin.contracts or ("",)
    codes = np.zeros(len(bars), np.int16) if bars.contract is None else bars.contract
    pairs, rows = np.unique(np.stack((codes, days_of(bars))), axis=1, return_counts=True)
    return [(names[c], d, n) for c, d, n in zip(*pairs.tolist(), rows.tolist(), strict=True)]


def only(bars: Bars, contract: str) -> Bars:
    """The bars of one contract among those of a continuous series."""
    if bars.contract is None:
        return bars
    code = bars.origin.contracts.index(contract) if contract in bars.origin.contracts else -1
    rows = np.flatnonzero(bars.contract == code)
    if not len(rows):
        raise StoreError(f"no bars of {contract} lie in the range asked for")
    arrays = BarArrays._make(column[rows] for column in bars.arrays)
    origin = replace(bars.origin, fingerprint="")
    return replace(bars, arrays=arrays, contract=bars.contract[rows], origin=origin)
