"""What a market is like: where it stands, how fast it moves, how much trades."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from engine.core.instrument import Instrument

# The price it begins at, steps of one tick in the average minute, lots a step in a calm minute.
KNOWN: Final = """
ES            4500   18     24
MES           4500   18     26
NQ            8800   65     3
MNQ           8800   65     4
RTY           1660   11     8
M2K           1660   11     3
YM            28800  18     5
MYM           28800  18     2
CL            61     5      30
MCL           61     5      5
NG            2.2    2      40
GC            1520   6      25
MGC           1520   6      5
SI            18     1      40
ZN            128.5  1      300
ZB            156    1      100
6E            1.12   3      25
6J            0.0092 2      25
BTCUSDT       4000   65536  300
BTCUSDT-PERP  40000  65536  1
BTCUSD        4000   65536  8000
ETHUSDT       2000   17000  12000
ETHUSDT-PERP  2000   17000  12
"""


class Character(NamedTuple):
    """One market: its first price in ticks, mean steps a bar, lots a step."""

    level: int
    steps: int
    lots: int


LIKE: Final = {  # a market nobody described moves about one percent a day
    "future": Character(13_000, 12, 10),
    "spot": Character(400_000, 16_384, 10),
    "perpetual": Character(400_000, 16_384, 10),
}


def character(instrument: Instrument) -> Character:
    """A known market by its symbol, any other like those of its kind."""
    for line in KNOWN.split("\n"):
        symbol, *figures = line.split() or [""]
        if symbol == instrument.symbol:
            price, steps, lots = figures
            return Character(max(1, int(Decimal(price) / instrument.tick)), int(steps), int(lots))
    return LIKE[instrument.kind]
