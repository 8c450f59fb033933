"""What the full kernel plays by: orders, their numbers, and the facts all of them share."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import BarArrays, Longs, Ticks
from engine.core.columns import Bools
from engine.fills.chains import Chain
from engine.fills.kernel import Bytes

MARKET, LIMIT, STOP, STOP_LIMIT = 0, 1, 2, 3  # places in engine.core.entries.ORDERS

# What a number of an order means beside those of engine.fills.rules: NONE, DISTANCE and so on.
BARS, MINUTES, NEAREST, FOLLOWED = 4, 5, 6, 7

# The numbers of an order, one column each.
STOP_AT, STOP_LEVEL, TARGET_AT = 0, 1, 2
BREAK_AFTER, BREAK_OFFSET = 3, 4
TRAIL_BY, TRAIL_AFTER, TRAIL_STEP = 5, 6, 7
BREAK_NEEDED, HOLD, SIDEWAYS, UNDERWATER, TIGHTEN = 8, 9, 10, 11, 12
DECAY, LEG = 13, 17  # the first of each
NUMBERS = 20


class Terms(NamedTuple):
    """Orders that may be sent, in order of their setups."""

    bar: Longs  # of the setup
    side: Bytes
    order: Bytes
    level: Longs
    limit: Longs
    first: Longs  # first bar in which it may fill
    until: Longs  # last of them
    number: npt.NDArray[np.int64]  # [order, number]
    kind: Bytes  # what each number means, the same for all orders
    parent: Longs  # row of the order whose end this one waits for
    bound: Bools  # whether there is one


class Policy(NamedTuple):
    """What is the same for all orders of a combination."""

    through: int  # ticks the market must trade beyond a limit
    luck: int  # chance that a touch fills a limit, in 1/SCALE
    seed: int
    share: int  # of a bar's volume that a limit may take, in 1/SCALE; 0: any volume fills it
    legs: int
    lots: tuple[int, int, int]  # of each leg
    all: int  # lots of a position
    decay: tuple[int, int, int, int]  # share of the stop's distance that goes, in 1/SCALE
    steps: int
    in_profit: bool
    tighten: int  # share of the distance that goes, in 1/SCALE; 0: to a distance
    quiet: int  # ticks: prices within less are going sideways
    below: int  # ticks: closes below are under water
    until_trail: bool  # whether a followed target ends where the trail begins
    after: int  # how the parent of a setup must have ended
    spares: bool  # whether the bar of the fill meets no stop, target or leg
    stop_first: bool  # whether a stop comes before a target that the open is beyond


class Followed(NamedTuple):
    """Columns that exits follow, by side (longs, shorts) and bar; of length 0 where none is."""

    target: npt.NDArray[np.int64]  # the last known one
    leave: npt.NDArray[np.int64]  # the next bar at which the flag is up
    tighten: npt.NDArray[np.int64]


class Inner(NamedTuple):
    """Finer bars, and by coarse bar the first of them and one past the last."""

    first: Longs
    stop: Longs
    open: Ticks
    high: Ticks
    low: Ticks
    close: Ticks


class Market(NamedTuple):
    """The bars, and what the calendar and the session rules make of them."""

    bars: BarArrays
    up: Chain
    down: Chain
    length: int  # ns of a bar
    last_bar: Longs  # by session
    flatten_bar: Longs  # by session
    enter: Bools  # by bar: whether an order may fill in it
    still: Bools  # by bar: whether nothing fills in it; of length 0 where none is so
    followed: Followed
    inner: Inner


class Fill(NamedTuple):
    """Where an order filled: at the open, or inside the bar as a limit or as a stop."""

    filled: bool
    bar: int
    price: int
    inside: int  # MARKET: at the open, so that the whole bar follows
