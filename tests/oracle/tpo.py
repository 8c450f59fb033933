"""Time-price opportunities in plain Python, written from docs/profiles.md: mark by mark."""

from typing import NamedTuple

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Bar(NamedTuple):
    """Minutes since the segment began, and the prices it reached."""

    minute: int
    low: int
    high: int


class Ends(NamedTuple):
    """What a session left at its ends, in rows."""

    high: int
    low: int
    singles: int
    poor_high: bool
    poor_low: bool
    split: bool


def letters(bars: list[Bar], minutes: int = 30, row: int = 1) -> tuple[int, list[str]]:
    """The lowest row, and the letters on each row from there up."""
    periods: dict[int, tuple[int, int]] = {}
    for bar in bars:
        number = bar.minute // minutes
        low, high = periods.get(number, (bar.low, bar.high))
        periods[number] = (min(low, bar.low), max(high, bar.high))
    floor = min(low for low, _ in periods.values()) // row
    top = max(high for _, high in periods.values()) // row
    rows = ["" for _ in range(floor, top + 1)]
    for number in sorted(periods):
        low, high = periods[number]
        for k in range(low // row, high // row + 1):
            rows[k - floor] += LETTERS[number % len(LETTERS)]
    return floor, rows


def ends(rows: list[str]) -> Ends:
    """Excess, poor ends and single prints, read off the letters; the last letter comes last."""
    used = [letter for row in rows for letter in row]
    last = max(used, key=LETTERS.index)
    high, low = run(rows[::-1]), run(rows)
    inner = list(range(low, len(rows) - high))
    alone = [k for k in inner if len(rows[k]) == 1]
    return Ends(
        high if high >= 2 and rows[-1] != last else 0,
        low if low >= 2 and rows[0] != last else 0,
        len(alone),
        len(rows[-1]) > 1,
        len(rows[0]) > 1,
        any(parts(rows, k, inner, len(used)) for k in alone),
    )


def run(rows: list[str]) -> int:
    """Rows at an end that only the letter of that end came to."""
    count = 0
    for row in rows:
        if len(row) != 1 or row != rows[0]:
            break
        count += 1
    return count


def parts(rows: list[str], k: int, inner: list[int], total: int) -> bool:
    """Whether the run of single prints around row `k` leaves a quarter of the marks each side."""
    first = last = k
    while first - 1 in inner and len(rows[first - 1]) == 1:
        first -= 1
    while last + 1 in inner and len(rows[last + 1]) == 1:
        last += 1
    under, over = (sum(map(len, part)) for part in (rows[:first], rows[last + 1 :]))
    return 4 * under >= total and 4 * over >= total
