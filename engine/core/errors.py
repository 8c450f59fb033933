"""The errors a user can meet, as one small tree.

TickgridError            catch them all; the command line prints it and exits with 2
├── DataError            bars break a rule; the message names the first bad rows
├── UnknownError         a name that does not exist; the message lists what does
├── ParameterError       a value outside what was declared
├── CalendarError        hours we do not know
├── StudyError           a study that cannot be read or played
├── StoreError           a store that cannot be read or written
└── RefusedError         a path that cannot serve this request, and why
"""

from collections.abc import Iterable
from difflib import get_close_matches


class TickgridError(Exception):
    """Anything a user can put right."""


class DataError(TickgridError):
    """Bars that break a rule."""


class UnknownError(TickgridError):
    """A name that does not exist."""


class ParameterError(TickgridError):
    """A value outside what was declared."""


class CalendarError(TickgridError):
    """Hours we do not know."""


class StudyError(TickgridError):
    """A study that cannot be read or played."""


class StoreError(TickgridError):
    """A store that cannot be read or written."""


class RefusedError(TickgridError):
    """A path that cannot serve this request."""


def unknown(kind: str, asked: str, known: Iterable[str], where: str = "") -> UnknownError:
    """Say what was asked, what is nearest, and what exists."""
    names = sorted(set(known))
    by_lower = {name.lower(): name for name in names}
    near = [by_lower[n] for n in get_close_matches(asked.lower(), by_lower, n=1, cutoff=0.6)]
    guess = f"; did you mean '{near[0]}'?" if near else "."
    exists = f" Known: {', '.join(names)}." if names else " None exist yet."
    return UnknownError(f"no {kind} '{asked}'{where}{guess}{exists}")
