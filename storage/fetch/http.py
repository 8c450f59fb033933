"""JSON over HTTP from servers that are busy, broken or in another mood than yesterday."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, Final, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from engine.core.errors import DataError, ParameterError

TRIES: Final = 6
FIRST_PAUSE: Final = 0.5  # seconds; every further one is twice as long
LONGEST_PAUSE: Final = 30.0
LONGEST_WAIT: Final = 300.0  # seconds a server may ask us to wait
TIMEOUT: Final = 20.0
LARGEST: Final = 16 << 20  # bytes of an answer
BUSY: Final = (418, 429)  # too many requests; 418: and they did not stop
FAULTY: Final = (OSError, HTTPException, ValueError)  # what a broken connection or answer raises


class Answer(NamedTuple):
    """What a server said, and when by its own clock: ms since 1970, None: it did not say."""

    value: Any
    now: int | None


class Pause(NamedTuple):
    """Why a request failed, and for how long the server wants to be left alone."""

    reason: str
    seconds: float | None = None


@dataclass(frozen=True)
class Client:
    """One server; a request is repeated until it is answered or it makes no sense to go on."""

    base: str
    label: str
    sleep: Callable[[float], None] = time.sleep
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        if urlsplit(self.base).scheme not in ("http", "https"):
            raise ParameterError(
                f"'{self.base}' is no address of a server; it begins with https://"
            )

    def get(
        self, path: str, asked: Mapping[str, Any], good: Callable[[Any], str] = lambda _: ""
    ) -> Answer:
        """The answer to a request, once `good` finds nothing wrong with it."""
        url, reason = f"{self.base}{path}?{urlencode(asked)}", ""
        for count in range(TRIES):
            found = self.once(url, good)
            if isinstance(found, Answer):
                return found
            reason = found.reason
            if count + 1 < TRIES:
                self.sleep(self.pause(found, count))
        raise DataError(f"{self.label} gave no answer in {TRIES} tries, the last time: {reason}")

    def pause(self, found: Pause, count: int) -> float:
        """How long to wait: as long as the server says, else twice as long every time."""
        if found.seconds is None:
            return min(FIRST_PAUSE * 2.0**count, LONGEST_PAUSE)
        if found.seconds > LONGEST_WAIT:
            raise DataError(
                f"{self.label} asks to be left alone for {found.seconds:g} s ({found.reason}); "
                "what came before is stored, the same command goes on from there"
            )
        return max(found.seconds, FIRST_PAUSE)

    def once(self, url: str, good: Callable[[Any], str]) -> Answer | Pause:
        """One request."""
        try:
            with urlopen(Request(url), timeout=self.timeout) as response:  # noqa: S310 - http(s) alone
                value = json.loads(response.read(LARGEST))
                now = moment_of(response.headers.get("Date"))
        except HTTPError as error:
            with error:
                return self.refused(error)
        except FAULTY as error:
            return Pause(f"{type(error).__name__}: {error}")
        wrong = good(value)
        return Pause(wrong) if wrong else Answer(value, now)

    def refused(self, error: HTTPError) -> Pause:
        """What to do about a status that is no success."""
        if error.code in BUSY:
            return Pause(f"status {error.code}, too many requests", seconds_of(error.headers))
        if error.code >= 500:
            return Pause(f"status {error.code}", seconds_of(error.headers))
        raise DataError(f"{self.label} refuses ({error.code}): {reason_of(error)}")


def reason_of(error: HTTPError) -> str:
    """What the server says it minds, on one line."""
    try:
        text = error.read(1000).decode("utf-8", "replace")
    except FAULTY:
        text = ""
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    message = said.get("msg") if isinstance(said, dict) else None
    return " ".join(str(message or text or error.reason).split())[:200]


def seconds_of(headers: Any) -> float | None:
    """The Retry-After of an answer: seconds, or a moment of the server's clock."""
    text = (headers.get("Retry-After") or "").strip()
    if text.isdecimal():
        return float(text)
    until, now = moment_of(text), moment_of(headers.get("Date"))
    return None if until is None or now is None else max(0.0, (until - now) / 1000)


def moment_of(text: str | None) -> int | None:
    """The moment an HTTP header says, in ms since 1970."""
    try:
        return int(parsedate_to_datetime(text).timestamp() * 1000) if text else None
    except ValueError:
        return None
