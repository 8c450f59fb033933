"""engine.profile.nodes by hand, and against the oracle."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import ParameterError
from engine.profile.histogram import profiles
from engine.profile.kernel import Histograms
from engine.profile.model import Model
from engine.profile.nodes import (
    READINGS,
    SHAPES,
    characters,
    found_nodes,
    low_zones,
    nodes,
    smooth,
    zones,
)
from tests.makers import bars_from
from tests.oracle import shape as oracle
from tests.profile.test_sessions import with_volume
from tests.proof.sizes import sized as cases

VOLUMES = st.integers(0, 9) | st.integers(0, 10**12)
PROFILES = st.lists(VOLUMES, min_size=1, max_size=45)

NODES = [  # rows, rows smoothed together, nodes as row, kind and prominence
    ([1, 5, 1], 1, "1H5"),
    ([5, 1, 5], 1, "0H5 1L4 2H4"),
    ([5, 4, 5], 1, "0H5 1L1 2H1"),
    ([10, 9, 10], 1, "0H10"),
    ([0, 3, 3, 0], 1, "1H3"),
    ([2, 2, 2], 1, "1H2"),
    ([0, 0, 0], 1, ""),
    ([6, 2, 4, 1, 6], 1, "0H6 1L2 2H2 3L3 4H5"),
    ([1, 2, 3, 4], 1, "3H4"),
    ([9, 1, 1, 1, 9], 1, "0H9 2L8 4H8"),
    ([9, 1, 1, 9], 1, "0H9 1L8 3H8"),
    ([0, 9, 0, 0, 0, 9, 0], 3, "1H9 3L9 5H9"),
    ([4, 0, 4, 0, 4], 3, "1H8 2L4 3H4"),
    ([7], 5, "0H7"),
]
ZONES = [  # rows, zones below 15 % of the mean
    ([10, 10, 10], ""),
    ([10, 1, 10], "1-1"),
    ([100, 14, 15, 271, 100], "1-1"),
    ([100, 15, 14, 271, 100], "2-2"),
    ([0, 10, 10, 0], "0-0 3-3"),
    ([0, 0, 20, 20], "0-1"),
    ([9, 0, 1, 0, 9, 1], "1-1 3-3"),
    ([20, 0, 0, 0, 20, 0], "1-3 5-5"),
    ([0, 0, 0], ""),
    ([5], ""),
    ([1, 1, 1, 97], "0-2"),
]
SHAPED = [
    ([1, 2, 5, 2, 1], "D"),
    ([1, 1, 1, 5, 2], "P"),
    ([2, 5, 1, 1, 1], "b"),
    ([5, 1, 1, 1, 5], "B"),
    ([2, 2, 2, 2], "thin"),
    ([2, 3, 2, 3, 2], "thin"),
    ([3, 1, 2], "thin"),
    ([3], "D"),
    ([1, 3], "D"),
    ([1, 1, 1, 6, 1, 1], "D"),
    ([1, 1, 1, 1, 6, 1], "P"),
    ([1, 6, 1, 1, 1, 1], "b"),
    ([1, 1, 6, 1, 1, 1], "D"),
    ([8, 1, 1, 1, 4, 1], "b"),
    ([8, 1, 1, 1, 5, 1], "B"),
]
READ = [  # rows, the row of the close
    ([4, 4, 1, 1], 2, "accumulation"),
    ([4, 4, 1, 1], 1, "balance"),
    ([1, 1, 4, 4], 1, "distribution"),
    ([1, 1, 4, 4], 2, "balance"),
    ([3, 3, 2, 2], 3, "accumulation"),
    ([5, 5, 5, 4], 3, "balance"),
    ([3, 0, 9, 0, 1], 4, "balance"),
    ([8, 0, 1, 1, 0], 2, "accumulation"),
    ([0, 1, 1, 0, 8], 2, "distribution"),
    ([6, 4], 1, "accumulation"),
    ([6, 4], 0, "balance"),
    ([4, 6], 0, "distribution"),
    ([7], 0, "balance"),
]


def text(rows: list[int], width: int, share: int) -> str:
    found = found_nodes(smooth(np.array(rows, np.int64), width), share)
    return " ".join(f"{k}{'LH'[int(high)]}{more}" for k, high, more in zip(*found, strict=True))


def plain(rows: list[int], width: int, share: Fraction) -> str:
    found = oracle.nodes(rows, width, share)
    return " ".join(f"{n.row}{'LH'[int(n.high)]}{n.prominence}" for n in found)


def one(rows: list[int], close: int = 0) -> tuple[str, str]:
    volume = np.array(rows, np.int64)
    made = Histograms(np.array([0, len(rows)]), np.zeros(1, np.int64), volume)
    found = characters(made, 1, np.array([close]))
    return SHAPES[found.shape[0]], READINGS[found.reading[0]]


@pytest.mark.covers("A-035")
@pytest.mark.parametrize(("rows", "width", "expected"), NODES)
def test_nodes_by_hand(rows, width, expected):
    assert text(rows, width, 2_000) == expected
    assert plain(rows, width, Fraction(1, 5)) == expected


@pytest.mark.covers("A-035")
@pytest.mark.parametrize(("rows", "expected"), ZONES)
def test_zones_of_low_volume_by_hand(rows, expected):
    first, stop = zones(np.array(rows, np.int64), 1_500)
    assert " ".join(f"{a}-{b - 1}" for a, b in zip(first, stop, strict=True)) == expected
    found = oracle.zones(rows, Fraction(15, 100))
    assert " ".join(f"{a}-{b}" for a, b in found) == expected


@pytest.mark.parametrize(("rows", "shape"), SHAPED)
def test_shapes_by_hand(rows, shape):
    assert one(rows)[0] == shape
    assert oracle.shape(rows) == shape


@pytest.mark.parametrize(("rows", "close", "reading"), READ)
def test_readings_by_hand(rows, close, reading):
    assert one(rows, close)[1] == reading
    assert oracle.reading(rows, close) == reading


@pytest.mark.covers("A-035")
@given(PROFILES, st.sampled_from((1, 3, 5, 9)), st.integers(1, 10_000))
@settings(max_examples=cases(ci=300, full=10_000))
def test_nodes_equal_the_oracle(rows, width, share):
    assert text(rows, width, share) == plain(rows, width, Fraction(share, 10_000))
    first, stop = zones(np.array(rows, np.int64), share)
    found = list(zip(first.tolist(), (stop - 1).tolist(), strict=True))
    assert found == oracle.zones(rows, Fraction(share, 10_000))


@given(PROFILES.filter(any), st.integers(0, 44))
@settings(max_examples=cases(ci=300, full=10_000))
def test_shapes_and_readings_equal_the_oracle(rows, close):
    close = min(close, len(rows) - 1)
    assert one(rows, close) == (oracle.shape(rows), oracle.reading(rows, close))


def test_a_profile_in_which_nothing_traded_has_no_character():
    assert one([0, 0, 0, 0]) == ("D", "balance")
    assert characters(
        Histograms(np.zeros(2, np.int64), *np.zeros((2, 1), np.int64)), 1, np.zeros(1, np.int64)
    ).nodes.tolist() == [0]


@pytest.mark.covers("A-035")
def test_frames_of_nodes_and_zones_are_in_ticks():
    prices = [(p, p, p, p) for p in (100, 101, 102, 103, 104)]
    bars = with_volume(bars_from(("2022-11-28 08:30", prices)), [50, 1, 2, 1, 50])
    session = int(bars.session[0])
    made = profiles(bars)
    assert nodes(made, width=1).rows() == [
        (session, "hvn", 100, 50, 50),
        (session, "lvn", 101, 1, 49),
        (session, "hvn", 104, 50, 49),
    ]
    assert low_zones(made).rows() == [(session, 101, 103, 4 / 3, 100 * (4 / 3) / 20.8, 3)]
    coarse = profiles(bars, model=Model(row=2))
    assert low_zones(coarse, share="0.2").rows() == [(session, 102, 103, 3.0, 300 / (104 / 3), 2)]


@pytest.mark.parametrize("width", [0, 2, -1])
def test_an_even_smoothing_is_refused(width):
    made = profiles(bars_from(("2022-11-28 08:30", [(1, 1, 1, 1)])))
    with pytest.raises(ParameterError, match=f"an odd number of rows, not {width}"):
        nodes(made, width=width)


@pytest.mark.parametrize("share", ["0", "1.1"])
def test_shares_out_of_bounds_are_refused(share):
    made = profiles(bars_from(("2022-11-28 08:30", [(1, 1, 1, 1)])))
    with pytest.raises(ParameterError, match="a prominence lies above 0"):
        nodes(made, prominence=share)
    with pytest.raises(ParameterError, match="a share lies above 0"):
        low_zones(made, share=share)
