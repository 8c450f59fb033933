"""Which bars a study plays: what is stored, or synthetic ones where nothing is; never a mixture."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from app.inside import filled, refuse_coarse
from app.study import Data, Study
from engine.core.aside import Aside, attached
from engine.core.bars import Bars
from engine.core.calendars import calendar
from engine.core.errors import CalendarError, ParameterError, StudyError
from engine.core.hours import Calendar
from engine.core.instrument import Instrument
from engine.core.zone import day_date
from engine.synth.edge import edge_of
from engine.synth.market import synthesise
from storage.auxiliary import lag_of, load_series
from storage.lake import Lake, minutes_of
from storage.reading import SYNTHETIC, edged
from storage.stored import Stored, span

# What a first sweep plays when nothing is stored.
SYMBOL: Final = "ES"
FIRST: Final = date(2020, 1, 2)
SESSIONS: Final = 1260
SEED: Final = 7
DAY: Final = timedelta(days=1)
Dates = tuple[date | None, date | None]  # the first and the last; without one, all that is stored


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ParameterError(f"'{text}' is no date; write it as 2020-01-02") from None


def make(
    lake: Lake, symbol: str, first: date, sessions: int, seed: int, edge: str | None = None
) -> Bars:
    """Synthetic bars, stored as what they are; a planted edge is part of their source's name."""
    planted = None if edge is None else edge_of(edge)
    bars = synthesise(lake.instrument(symbol), first, sessions, seed, planted)
    lake.write_bars(bars)
    return bars


def lacks(lake: Lake, data: Data) -> bool:
    """Whether the default bars have to be made first: only where the symbol has none at all."""
    lake.instrument(data.symbol)  # a symbol nobody knows is named before its bars are
    asked = data.source is not None
    if any(s.symbol == data.symbol and (asked or not edged(s.source)) for s in lake.stored()):
        return False
    if data.symbol == SYMBOL and data.source in (None, SYNTHETIC):
        return True
    raise lake.missing(data.symbol, minutes_of(data.timeframe), data.source)


def bars_of(lake: Lake, study: Study, days: int | None) -> Bars:
    """The bars from and to the study's dates, short of its hold-out, and of them the last days."""
    series, dates = dates_of(lake, study, days)
    return dressed(lake, study.data, dates, series.source)


def dates_of(lake: Lake, study: Study, days: int | None) -> tuple[Stored, tuple[date, date]]:
    """Which stored series is played and from when to when; no bar is read for it."""
    data, (first, last) = study.data, asked(study)
    series = series_of(lake, data)
    covered(lake.instrument(data.symbol), series, first, last)
    held = [day_date(session.day) for session in series.sessions()]
    played = [day for day in held if (first or day) <= day <= (last or day)]
    if not played:
        raise StudyError(f"no session of {series} lies from {first or 'its start'} to {last}")
    latest = played if days is None else played[-days:]
    return series, (latest[0], latest[-1])


def dressed(lake: Lake, data: Data, dates: Dates, source: str) -> Bars:
    """The bars of some dates, with what the study puts beside them and inside them."""
    refuse_coarse(data)
    bars = lake.bars(data.symbol, *dates, data.timeframe, source)
    return with_series(lake, data, filled(lake, data, dates, bars))


def with_series(lake: Lake, data: Data, bars: Bars) -> Bars:
    """The bars with the auxiliary series that the study names, each with its own lag."""
    root, found = lake.root, {}
    for name, one in data.beside.items():
        series = load_series(root, one.series)
        found[name] = Aside(series, one.column, lag_of(root, one.series), one.oldest)
    return attached(bars, **found) if found else bars


def asked(study: Study) -> tuple[date | None, date | None]:
    """First and last trade date that may be read; from the hold-out on nothing is."""
    first, last = study.data.first, study.data.last
    if study.holdout is not None:
        eve = study.holdout.first - DAY
        last = eve if last is None else min(last, eve)
    return first, last


def series_of(lake: Lake, data: Data) -> Stored:
    """The stored series a study means."""
    asked = minutes_of(data.timeframe)
    minutes = lake.read_for(data.symbol, asked, data.source)
    wanted = (data.symbol, lake.chosen(data.symbol, minutes, data.source), minutes)
    return next(s for s in lake.stored() if (s.symbol, s.source, s.minutes) == wanted)


def covered(known: Instrument, series: Stored, first: date | None, last: date | None) -> None:
    """Refuse dates with sessions that are not stored: a study never silently plays less."""
    low, high = span(series.sessions())
    hours = calendar(known.calendar)
    before, after = (first or low, low - DAY), (high + DAY, last or high)
    if open_days(hours, *before) or open_days(hours, *after):
        raise StudyError(
            f"the study asks for {known.symbol} from {first or low} to {last or high}, but "
            f"{series} is stored from {low} to {high}; change data.from and data.to, or store more"
        )


def open_days(hours: Calendar, start: date, stop: date) -> bool:
    """Whether there is a session between two dates; beyond what a calendar knows there may be."""
    if start > stop:
        return False
    if start < hours.first or stop > hours.last:
        return True
    try:
        return len(hours.sessions(start, stop)) > 0
    except CalendarError:  # not one session lies between them
        return False
