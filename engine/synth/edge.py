"""An edge planted in a synthetic market: where it holds, and how strongly.

While its condition holds each tick step goes the edge's way with a probability of 1/2 plus so many
thousandths, instead of 1/2. Conditions look at bars that are over, so whoever reads the bars can
see them in time. Steps, gaps, volumes and hours stay what they are without the edge.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.errors import ParameterError, unknown
from engine.synth.leaning import GAP, MOMENTUM, SWEEP, VALUE_AREA, VWAP

STRONGEST: Final = 500  # thousandths: every step goes the edge's way
DIGITS: Final = 16  # binary places of a probability
FORM: Final = re.compile(r"([a-z_]+):([0-9]+)")


class Kind(NamedTuple):
    """A condition: its code in the kernel, and when prices go which way."""

    code: int
    sentence: str


KINDS: Final = {
    "value_area_reversion": Kind(
        VALUE_AREA,
        "after a close outside the value area (70 %) of the last regular hours, toward it",
    ),
    "vwap_reversion": Kind(
        VWAP,
        "after a close far from the session's volume-weighted average of closes, toward it; far: "
        "9 times the squared distance exceeds the sum of the squared ranges of the session's bars",
    ),
    "momentum": Kind(
        MOMENTUM,
        "after 30 bars that moved far, the way they moved; far: 3 times the squared move exceeds "
        "the sum of their squared ranges",
    ),
    "sweep_reversal": Kind(
        SWEEP,
        "for 30 bars after the first bar of a session beyond the high or low of the last regular "
        "hours, back from it",
    ),
    "gap_fill": Kind(
        GAP,
        "from the second bar of the regular hours to the bar that touches the last regular close, "
        "toward that close",
    ),
}


class Edge(NamedTuple):
    """A kind of edge and its strength in thousandths."""

    name: str
    strength: int

    def __str__(self) -> str:
        return f"{self.name}:{self.strength}"

    @property
    def code(self) -> int:
        return KINDS[self.name].code


def edge_of(text: str) -> Edge:
    """What `momentum:20` means."""
    found = FORM.fullmatch(text)
    if found is None:
        raise ParameterError(
            f"'{text}' is no edge; write NAME:STRENGTH such as momentum:20, in thousandths added "
            f"to the probability of 1/2 that a tick goes the edge's way"
        )
    return planted(found[1], int(found[2]))


def planted(name: str, strength: int) -> Edge:
    """An edge that exists, of a strength that can be."""
    if name not in KINDS:
        raise unknown("edge", name, KINDS)
    if not 0 <= strength <= STRONGEST:
        raise ParameterError(
            f"an edge of strength {strength} cannot be: 0 is none, {STRONGEST} makes every tick go "
            "its way"
        )
    return Edge(name, strength)


def favour(bits: np.random.PCG64, octets: int, strength: int) -> npt.NDArray[np.uint8]:
    """Bytes whose bits are set with twice the strength: those coins are turned the edge's way."""
    words = octets // 8 + 1
    chance = min(2 * strength * 2**DIGITS // 1000, 2**DIGITS - 1)
    out = np.zeros(words, np.uint64)
    for digit in range(DIGITS):  # from the last binary place to the first
        drawn = bits.random_raw(words)
        out = drawn | out if chance >> digit & 1 else drawn & out
    return out.astype("<u8").view(np.uint8)
