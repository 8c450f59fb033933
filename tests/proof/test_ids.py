"""The rows of the acceptance tables are counted and written compactly."""

import pytest

from tests.proof.ids import FAMILIES, KNOWN, T_TESTS, ranges, table, unknown


def test_the_families_have_the_stated_sizes():
    sizes = {name: len(rows) for name, rows in FAMILIES.items()}
    assert sizes == {"A": 130, "B": 62, "VA": 102, "QA": 147, "T": 41}
    assert len(KNOWN) == sum(sizes.values())


def test_the_gaps_among_the_t_tests_are_kept():
    missing = {f"T{n:02}" for n in range(1, 50)} - set(T_TESTS)
    assert missing == {"T09", "T26", "T27", "T28", "T29", "T37", "T38", "T39"}


def test_an_unknown_row_is_named():
    assert unknown(["A-001", "A-131", "T09"]) == ["A-131", "T09"]


@pytest.mark.parametrize(
    ("ids", "written"),
    [
        ([], ""),
        (["A-003"], "A-003"),
        (["A-003", "A-001", "A-002", "A-007"], "A-001..A-003 A-007"),
        (["A-129", "A-130"], "A-129..A-130"),
    ],
)
def test_neighbours_are_written_as_ranges(ids, written):
    assert ranges(ids, FAMILIES["A"]) == written


def test_a_range_runs_over_a_gap_in_the_numbers():
    assert ranges(["T08", "T10"], FAMILIES["T"]) == "T08..T10"


def test_the_table_has_a_line_per_family():
    lines = table({"A-001", "T10"})
    assert lines[0] == "A      1 of 130  A-001"
    assert lines[-1] == "T      1 of 41   T10"
    assert len(lines) == 5
