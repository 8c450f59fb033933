"""Lake: the one door to stored bars, whichever files they lie in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from engine.core.bars import Bars
from engine.core.errors import ParameterError, StoreError
from engine.core.instrument import Instrument
from engine.core.resample import DAY_MINUTES, resample
from storage.folders import recover
from storage.instruments import instrument_at
from storage.locks import writing
from storage.names import plain
from storage.parts import parts_of
from storage.reading import SYNTHETIC, Series, days_between, edged, made_up
from storage.rolls import Contracts
from storage.stored import Stored, extent, listed
from storage.together import recover as recover_together
from storage.trades import FOLDER
from storage.trades import listed as trades_listed
from storage.writing import merge, replace_tape, store_sessions

SPAN: Final = re.compile(r"([1-9][0-9]*)([mhd])")
UNITS: Final = {"m": 1, "h": 60, "d": 1440}


@dataclass(frozen=True)
class Lake:
    """A store of bars under one root folder, which appears with the first write."""

    root: Path

    def instrument(self, symbol: str) -> Instrument:
        """A known instrument, or what the root's instruments.yaml makes of it."""
        return instrument_at(self.root, symbol)

    def bars(
        self,
        symbol: str,
        first: date | str | None = None,
        last: date | str | None = None,
        timeframe: str = "1m",
        source: str | None = None,
    ) -> Bars:
        """Stored bars of the trade dates from first to last, as far as there are any.

        Of several contracts each session has the one in front, at the prices it traded at. A
        timeframe that is not stored is folded from finer bars, and its origin says so.
        """
        minutes = minutes_of(timeframe)
        finest = self.read_for(symbol, minutes, source)
        contracts = self.contracts(symbol, f"{finest}m", source)
        bars = contracts.continuous(days_between(first, last))
        return bars if finest == minutes else folded(bars, minutes)

    def read_for(self, symbol: str, minutes: int, source: str | None) -> int:
        """Minutes of the stored bars that serve a timeframe: its own, or the finest that fit."""
        known = {
            s.minutes for s in self.stored() if s.symbol == symbol and source in (None, s.source)
        }
        filling = {span for span in known if minutes % span == 0}
        return minutes if minutes in known or not filling else min(filling)

    def contracts(self, symbol: str, timeframe: str = "1m", source: str | None = None) -> Contracts:
        """What is stored contract by contract, and the rolls that join it."""
        instrument, minutes = self.instrument(symbol), minutes_of(timeframe)
        chosen = self.chosen(symbol, minutes, source)
        files = parts_of(self.folder(chosen, symbol, minutes))
        return Contracts(self.root, Series(instrument, chosen, minutes, tuple(files.values())))

    def contract_bars(
        self,
        symbol: str,
        contract: str,
        first: date | str | None = None,
        last: date | str | None = None,
        source: str | None = None,
    ) -> Bars:
        """Minute bars of one contract alone, before and after it was in front too."""
        return self.contracts(symbol, "1m", source).bars(contract, days_between(first, last))

    def write_bars(self, bars: Bars) -> tuple[Path, ...]:
        """Store bars and name the files that changed; storing the same again changes none.

        Real bars are merged in contract by contract, the newer of two of one minute kept. A
        synthetic tape takes the place of the one before it: two tapes do not fit together.
        """
        origin, symbol = bars.origin, bars.instrument.symbol
        if origin.synthetic != made_up(origin.source):
            raise StoreError(
                f"{bars!r} say their source is '{origin.source}'; synthetic bars, and they alone, "
                f"are stored as '{SYNTHETIC}'"
            )
        folder = self.folder(plain(origin.source), symbol, bars.minutes)
        with writing(self.root, symbol):
            recover_together(self.root)
            store_sessions(self.root, bars)
            if origin.synthetic:
                return replace_tape(folder, bars)
            written = merge(folder, bars)
            files = tuple(parts_of(folder).values())
            series = Series(bars.instrument, origin.source, bars.minutes, files)
            Contracts(self.root, series).refresh()
        return written

    def sources(self, symbol: str, timeframe: str = "1m") -> tuple[str, ...]:
        """Where the stored bars of a symbol come from."""
        minutes = minutes_of(timeframe)
        return tuple(s.source for s in self.stored() if (s.symbol, s.minutes) == (symbol, minutes))

    def listing(self) -> pl.DataFrame:
        """One row a stored series: what, from where, from when to when, how much.

        Trades stand below the bars, with the timeframe `ticks`.
        """
        bars = listed(self.stored())
        rows = [
            (symbol, source, FOLDER, first, last, days, count, made_up(source))
            for symbol, source, first, last, days, count in trades_listed(self.root)
        ]
        return bars.vstack(pl.DataFrame(rows, schema=bars.schema, orient="row"))

    def stored(self) -> list[Stored]:
        """Every series there is, in order of symbol, source and timeframe."""
        recover_together(self.root)
        symbols = list((self.root / "bars").glob("source=*/symbol=*"))
        for folder in symbols:
            recover(folder)
        folders = (span for folder in symbols for span in folder.glob("timeframe=*"))
        return sorted(Stored.at(folder) for folder in folders if parts_of(folder))

    def chosen(self, symbol: str, minutes: int, source: str | None) -> str:
        """The source to read: the one asked for, else the only real one, else the synthetic one.

        A planted edge is read by who asks for it alone.
        """
        found = self.sources(symbol, f"{minutes}m")
        real = [name for name in found if not made_up(name)]
        if source is not None and source in found:
            return source
        if source is not None or not found:
            raise self.missing(symbol, minutes, source)
        among = real or ([SYNTHETIC] if SYNTHETIC in found else list(found))
        if len(among) > 1 or edged(among[0]):
            raise StoreError(
                f"{symbol} {minutes}m is stored from {' and '.join(among)}; "
                f"say which: source: {among[0]}"
            )
        return among[0]

    def missing(self, symbol: str, minutes: int, source: str | None) -> StoreError:
        """What was asked for, what there is, and how to make some."""
        wanted = f"{symbol} {minutes}m" + (f" from '{source}'" if source else "")
        held = "; ".join(f"{series} {extent(series)}" for series in self.stored())
        return StoreError(
            f"no bars of {wanted} in {self.root}. Stored: {held or 'nothing yet'}. To make some: "
            f"tickgrid data synth {symbol} --from 2020-01-02 --sessions 1260 --seed 7"
        )

    def folder(self, source: str, symbol: str, minutes: int) -> Path:
        series = Path(f"source={source}", f"symbol={symbol}", f"timeframe={minutes}m")
        return self.root / "bars" / series


def folded(bars: Bars, minutes: int) -> Bars:
    """Coarser bars that carry out of which they were made."""
    coarse = resample(bars, "session" if minutes == DAY_MINUTES else minutes)
    return replace(coarse, origin=replace(coarse.origin, folded=f"{bars.minutes}m"))


def minutes_of(timeframe: str) -> int:
    """Minutes of 1m, 15m, 1h or 1d."""
    found = SPAN.fullmatch(timeframe)
    if found is None:
        raise ParameterError(f"'{timeframe}' is no timeframe; write it as 1m, 15m, 1h or 1d")
    return int(found[1]) * UNITS[found[2]]
