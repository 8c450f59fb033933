"""The ledger of `make prove` survives kills, and its page tells what happened."""

from tests.proof.ledger import Outcome, append, page, read, source_key

GOOD = Outcome("tests/a.py::one", ("T10",), {"T10": 10_000}, "passed", 1.25)
BAD = Outcome("tests/a.py::two", ("T10", "T11"), {"T11": 5}, "failed", 2.0)


def test_outcomes_come_back(tmp_path):
    ledger = tmp_path / "new" / "a.jsonl"
    append(ledger, GOOD)
    append(ledger, BAD)
    assert read(ledger) == {GOOD.test: GOOD, BAD.test: BAD}


def test_the_last_outcome_of_a_test_holds(tmp_path):
    ledger = tmp_path / "a.jsonl"
    append(ledger, BAD)
    append(ledger, BAD._replace(outcome="passed"))
    assert read(ledger)[BAD.test].outcome == "passed"


def test_a_line_torn_by_a_kill_is_not_read(tmp_path):
    ledger = tmp_path / "a.jsonl"
    append(ledger, GOOD)
    whole = ledger.read_text()
    for cut in range(len(whole)):
        ledger.write_text(whole[:cut])
        assert read(ledger) == {}


def test_a_new_line_after_a_torn_one_is_read(tmp_path):
    ledger = tmp_path / "a.jsonl"
    append(ledger, GOOD)
    ledger.write_text(ledger.read_text()[:10])
    append(ledger, BAD)
    assert read(ledger) == {BAD.test: BAD}


def test_no_ledger_is_an_empty_one(tmp_path):
    assert read(tmp_path / "none") == {}


def test_the_page_counts_only_what_passed_in_full():
    text = page([GOOD, BAD], where="abc", key="123")
    assert "0 of 41 have tests, all of which pass." in text
    assert "| T10 | fills against the slow oracle | 1 failed | 10,000 | 2 | 3.2 |" in text
    assert "| T12 | a row of a sweep played alone | no test |  |  |  |" in text
    assert "1 of 41 have tests, all of which pass." in page([GOOD], where="abc", key="123")


def test_what_has_a_size_of_its_own_stands_below():
    own = Outcome("tests/b.py::three", (), {"clean clocks": 1000}, "passed", 2.0)
    text = page([GOOD, own], where="abc", key="123")
    assert "| clean clocks | passed | 1,000 | 1 | 2.0 |" in text
    assert "1 of 41 have tests" in text
    failed = page([own._replace(outcome="failed")], where="abc", key="123")
    assert "| clean clocks | failed | 1,000 | 1 | 2.0 |" in failed


def test_a_skipped_test_is_no_proof():
    text = page([GOOD, GOOD._replace(test="b", outcome="skipped")], where="abc", key="123")
    assert "0 of 41 have tests, all of which pass." in text
    assert "1 skipped" in text


def test_an_edit_changes_the_key(tmp_path):
    (tmp_path / "engine").mkdir()
    (tmp_path / "pyproject.toml").write_text("a = 1")
    source = tmp_path / "engine" / "a.py"
    source.write_text("x = 1")
    before = source_key(tmp_path)
    assert source_key(tmp_path) == before
    source.write_text("x = 2")
    assert source_key(tmp_path) != before
