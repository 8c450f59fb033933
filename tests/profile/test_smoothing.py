"""engine.profile.smoothing by hand, and against plain sums as an oracle."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import ParameterError, UnknownError
from engine.profile.histogram import profiles
from engine.profile.rules import smooth
from engine.profile.smoothing import EDGES, smoothed_frame, smoothed_rows
from tests.makers import bars_from, flat
from tests.oracle import profile as oracle
from tests.profile.test_sessions import with_volume
from tests.tapes import tapes

ROWS = st.lists(st.integers(0, 30) | st.integers(0, 10**12), min_size=1, max_size=30)
WIDTHS = st.sampled_from((1, 3, 5, 9))


@pytest.mark.covers("A-025")
@pytest.mark.parametrize(
    ("rows", "width", "zero", "raw", "shared"),
    [
        ([5], 1, [5], [5], [5]),
        ([5], 3, [5], [15], [5]),
        ([1, 2, 3], 1, [1, 2, 3], [1, 2, 3], [1, 2, 3]),
        ([3, 6, 3], 3, [9, 12, 9], [9, 12, 9], [4, 5, 3]),  # 2+1, 2+2+2, 2+1: the lower first
        ([9, 0, 0], 3, [9, 9, 0], [27, 9, 0], [5, 4, 0]),
        ([0, 9, 0], 3, [9, 9, 9], [0, 9, 0], [3, 3, 3]),
        ([0, 0, 10, 0, 0], 5, [10] * 5, [0, 0, 10, 0, 0], [2] * 5),
        ([4, 0, 0, 4], 3, [4, 4, 4, 4], [12, 4, 4, 12], [2, 2, 2, 2]),
    ],
)
def test_by_hand(rows, width, zero, raw, shared):
    found = [smoothed_rows(np.array(rows), width, edges).tolist() for edges in EDGES]
    assert found == [zero, raw, shared]


def plain(rows: list[int], width: int, edges: str) -> list[int]:
    half, out = width // 2, [0] * len(rows)
    for k, lots in enumerate(rows):
        around = rows[max(0, k - half) : k + half + 1]
        if edges == "shared":
            low, high = max(0, k - half), min(len(rows) - 1, k + half)
            for row, part in oracle.shares(oracle.Bar(low, high, low, low, lots)).items():
                out[row] += part
        else:
            whole = len(around) == width or edges == "zero"
            out[k] = sum(around) if whole else width * lots
    return out


@pytest.mark.covers("A-025")
@given(ROWS, WIDTHS, st.sampled_from(EDGES))
def test_equals_plain_sums(rows, width, edges):
    made = smoothed_rows(np.array(rows, np.int64), width, edges)
    assert made.tolist() == plain(rows, width, edges)


def thirds(volume: np.ndarray, *, padded: bool) -> list[int]:
    out = np.empty_like(volume)
    smooth(volume, padded, out)
    return out.tolist()


@pytest.mark.covers("A-025")
@given(ROWS, WIDTHS)
def test_sharing_keeps_every_lot(rows, width):
    assert smoothed_rows(np.array(rows, np.int64), width, "shared").sum() == sum(rows)


@given(ROWS)
def test_of_three_rows_it_is_what_the_seed_rules_smooth(rows):
    volume = np.array(rows, np.int64)
    assert smoothed_rows(volume, 3, "raw").tolist() == thirds(volume, padded=False)
    assert smoothed_rows(volume, 3, "zero").tolist() == thirds(volume, padded=True)


@given(tapes())
def test_a_frame_has_means_in_lots(bars):
    made = profiles(bars)
    frame = smoothed_frame(made, width=3)
    rows = [plain(made.at(e)[1].tolist(), 3, "raw") for e in range(len(made))]
    expected = [float(Fraction(value, 3)) for row in rows for value in row]
    assert frame["smoothed"].to_list() == expected
    kept = smoothed_frame(made, width=5, edges="shared")
    assert kept["smoothed"].sum() == kept["volume"].sum()


def test_what_cannot_be_smoothed_is_refused():
    bars = with_volume(bars_from(("2022-11-28 08:30", flat(5, 1))), [1])
    with pytest.raises(ParameterError, match="an odd number of rows, not 4"):
        smoothed_frame(profiles(bars), width=4)
    with pytest.raises(UnknownError, match="no edge of a smoothed profile 'zeros'"):
        smoothed_frame(profiles(bars), edges="zeros")
    assert smoothed_frame(profiles(bars[:0])).is_empty()
