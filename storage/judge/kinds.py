"""The kinds of defects: how bad each is, whether its rows are kept out, what it means."""

from __future__ import annotations

from typing import Final, NamedTuple

ERROR: Final = "error"
WARNING: Final = "warning"
NOTE: Final = "note"
SEVERITIES: Final = (ERROR, WARNING, NOTE)


class Kind(NamedTuple):
    """One class of defects."""

    name: str
    severity: str
    kept_out: bool  # whether its rows are quarantined
    sentence: str


def _kinds() -> dict[str, Kind]:
    out = (
        ("fields", ERROR, "the line has another number of fields than the file has columns"),
        ("missing", ERROR, "a value is empty, null or NaN"),
        ("unreadable", ERROR, "a field cannot be read as a number or a time"),
        ("too_large", ERROR, "a number is beyond any price or volume"),
        ("off_tick", ERROR, "a price lies between two prices of the instrument's grid"),
        ("off_lot", ERROR, "a volume is no whole number of the instrument's lots"),
        ("not_positive", ERROR, "a price is zero or negative, which this instrument cannot be"),
        ("order", ERROR, "the high is not the highest or the low not the lowest price"),
        ("negative_volume", ERROR, "a volume is negative"),
        ("no_such_time", ERROR, "the clocks of the zone skipped this time"),
        ("off_minute", ERROR, "the time does not lie on a whole minute"),
        ("unknown_hours", ERROR, "the calendar does not know the hours of this day"),
        ("outside", ERROR, "the bar lies outside the sessions of the calendar"),
        ("duplicate", WARNING, "another row of the same minute was kept, or both were merged"),
        ("contradiction", ERROR, "rows of one minute differ; choose: --duplicates first|last"),
        ("floor", NOTE, "a price lies below the floor that was given"),
        ("quote", NOTE, "the row is a quote, no trade: quotes are never counted as volume"),
    )
    stored = (
        ("replaced", WARNING, "a stored bar was replaced by one that differs, as --replace asks"),
        ("no_volume", WARNING, "the file has no volume: every bar was stored with volume 0"),
        ("negative_price", NOTE, "a price is zero or negative; this market has seen such prices"),
        ("out_of_order", WARNING, "a row stands after later ones; it was stored in its place"),
        ("newest_first", NOTE, "the file runs from the newest row to the oldest"),
        ("zero_volume", NOTE, "a bar without volume"),
        ("volume_ones", WARNING, "a long run of bars of volume 1, as interpolation leaves them"),
        ("cumulative_volume", WARNING, "volume only grows within a session, as a running sum does"),
        ("flat_run", WARNING, "a long run of bars in which the price never moves"),
        ("outlier", WARNING, "one price far away from its neighbours, and back at once"),
        ("level_flip", WARNING, "prices jump to another level and back, as two contracts mixed do"),
        ("gap", NOTE, "bars missing inside a session, which are the rows counted here"),
        ("missing_session", WARNING, "a session of the calendar without a single bar"),
        ("clock", ERROR, "the time stamps are shifted against the calendar"),
        ("clock_unknown", NOTE, "the time stamps could not be held against the calendar"),
        ("scale", ERROR, "prices no contract of this instrument has ever had"),
    )
    kept_out = {row[0] for row in out}
    return {row[0]: Kind(row[0], row[1], row[0] in kept_out, row[2]) for row in (*out, *stored)}


KINDS: Final = _kinds()
REASONS: Final = tuple(name for name, kind in KINDS.items() if kind.kept_out)
CODES: Final = {name: code for code, name in enumerate(REASONS, 1)}  # 0: nothing is wrong
