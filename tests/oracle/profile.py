"""Volume at price in plain Python, written from docs/profiles.md: one bar, one tick at a time."""

from typing import NamedTuple

SCALE = 1_000_000


class Bar(NamedTuple):
    """What a profile needs of a bar."""

    open: int
    high: int
    low: int
    close: int
    volume: int


def weight(bar: Bar, tick: int, spread: str) -> int:
    if spread == "uniform":
        return 1
    if spread == "close":
        return int(tick == bar.close)
    near = {"ohlc": (bar.open, bar.high, bar.low, bar.close), "near_close": (bar.close,)}[spread]
    return SCALE + sum(SCALE // (1 + abs(tick - price)) for price in near)


def shares(bar: Bar, spread: str = "uniform") -> dict[int, int]:
    """Lots at each tick of one bar: largest remainder, then nearest the middle, then lower."""
    ticks = list(range(bar.low, bar.high + 1))
    weights = {tick: weight(bar, tick, spread) for tick in ticks}
    whole = sum(weights.values())
    lots = {tick: bar.volume * weights[tick] // whole for tick in ticks}
    left = bar.volume - sum(lots.values())

    def turn(tick: int) -> tuple[int, int, int]:
        remainder = bar.volume * weights[tick] % whole
        return -remainder, abs(2 * tick - bar.low - bar.high), tick

    for tick in sorted(ticks, key=turn)[:left]:
        lots[tick] += 1
    return lots


def profile(bars: list[Bar], spread: str = "uniform", row: int = 1) -> tuple[int, list[int]]:
    """The lowest row of some bars, and the lots in each row from there to the highest."""
    floor = min(bar.low for bar in bars) // row
    top = max(bar.high for bar in bars) // row
    rows = [0] * (top - floor + 1)
    for bar in bars:
        for tick, lots in shares(bar, spread).items():
            rows[tick // row - floor] += lots
    return floor, rows
