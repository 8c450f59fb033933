"""What the user keeps beside the runs: read as written, refused by name where it is not."""

from datetime import date

import pytest

from engine.core.errors import StoreError
from storage.changes import CHANGES, TARGETS, changes, targets


@pytest.mark.covers("QA-144")
def test_the_log_of_changes_is_read_by_date(tmp_path):
    assert changes(tmp_path) == []
    (tmp_path / CHANGES).write_text("2024-06-17: new fees\n2024-03-01: stop moved\n")
    assert changes(tmp_path) == [
        (date(2024, 3, 1), "stop moved"),
        (date(2024, 6, 17), "new fees"),
    ]


@pytest.mark.parametrize("text", ["- a list\n", "monday: a word\n", "2024-03-01: 5\n", "{", "5\n"])
def test_a_log_that_is_none_is_named(tmp_path, text):
    (tmp_path / CHANGES).write_text(text)
    with pytest.raises(StoreError, match=CHANGES):
        changes(tmp_path)


def test_targets_weigh_one_unless_said(tmp_path):
    assert targets(tmp_path) is None
    (tmp_path / TARGETS).write_text("sharpe: 1.5\ncalmar: {wanted: 2, weight: 3}\n")
    assert targets(tmp_path) == [("sharpe", 1.5, 1.0), ("calmar", 2.0, 3.0)]


@pytest.mark.parametrize(
    "text",
    ["- sharpe\n", "sharpe: high\n", "sharpe: {weight: 2}\n", "sharpe: {wanted: 1, weight: -1}\n"],
)
def test_targets_that_are_none_are_named(tmp_path, text):
    (tmp_path / TARGETS).write_text(text)
    with pytest.raises(StoreError, match=TARGETS):
        targets(tmp_path)
