"""The README's figures are those of the committed lines, and of nothing else."""

from benchmarks.readme import README, RESULTS, ROWS, measured, placed, seconds
from benchmarks.record import read


def test_the_table_is_made_of_the_committed_lines():
    page = README.read_text("utf-8")
    assert ROWS
    assert placed(page, measured(read(RESULTS))) == page


def test_seconds_are_told_in_three_digits():
    assert [seconds(s) for s in (0.000_123_4, 0.0213, 1.5, 26.04)] == [
        *("0.123 ms", "21.3 ms"),
        *("1.5 s", "26 s"),
    ]
