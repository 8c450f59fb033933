"""The README's figures are those of the committed lines, and what measures does not invent."""

import pytest

from benchmarks import floors, guard, limit, page
from benchmarks.growth import fitted
from benchmarks.readme import README, RESULTS, ROWS, measured, memory, placed, seconds
from benchmarks.record import crowded, read


@pytest.fixture(scope="module")
def lines():
    return read(RESULTS)


def test_the_table_is_made_of_the_committed_lines(lines):
    text = README.read_text("utf-8")
    assert ROWS
    assert placed(text, measured(lines)) == text


def test_the_floors_are_told_of_the_committed_lines(lines):
    text = floors.PAGE.read_text("utf-8")
    assert placed(text, floors.judged(lines)) == text


def test_a_floor_is_held_missed_or_not_measured():
    floor = floors.Floor("a", 2, "x", floors.ratio("b", "theirs", "ours"), "the cause")
    for theirs, says in ((3.0, "held"), (1.0, "missed: the cause")):
        assert says in floors.row_of(floor, {"b": {"theirs": theirs, "ours": 1.0}})
    assert "held" in floors.row_of(floor._replace(fewer=True), {"b": {"theirs": 1.0, "ours": 1.0}})
    assert "not in these lines" in floors.row_of(floor, {})
    crowded = floors.row_of(floor._replace(unit="s"), {"b": {"theirs": 1, "ours": 1}}, busy=True)
    assert floors.CROWDED in crowded


def test_seconds_are_told_in_three_digits():
    assert [seconds(s) for s in (0.000_123_4, 0.0213, 1.5, 26.04, 1970.2)] == [
        *("0.123 ms", "21.3 ms"),
        *("1.5 s", "26 s", "1,970 s"),
    ]


def test_memory_is_told_where_both_sides_were_measured():
    row = next(row for row in ROWS if row.held)
    assert memory({f"{row.held[0]} and more": 12.4, row.held[1]: 1300.0}, row) == "12, 1,300"
    assert memory({}, row._replace(held=None)) == ""


def test_the_committed_page_can_be_drawn_again(lines, tmp_path):
    page.drawn(lines, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    axes = {line["axis"] for line in lines if line["kind"] == "growth"}
    assert axes == {"sessions", "setups", "combinations", "folds", "symbols", "cores"}
    assert {line["kind"] for line in lines} >= {"machine", "table", "growth", "memory", "limit"}
    for told in (*axes, "how the cost grows", "peak memory", "distance to the limit"):
        assert told in text


def test_the_limit_is_bytes_over_bandwidth():
    table = {"title": "a", "moved": 10_000_000, "rows": [{"name": "b", "median": 0.003}]}
    row = limit.row_of(table, 10.0)
    assert (row["work"], row["copied"], row["times"]) == ("a: b", 0.001, pytest.approx(3.0))


def test_a_law_is_fitted():
    law = fitted("setups", [1, 2, 4], [3.0, 5.0, 9.0])
    assert (law["once"], law["each"]) == (pytest.approx(1.0), pytest.approx(2.0))
    law = fitted("cores", [1, 2, 4], [5.0, 3.0, 2.0])
    assert (law["once"], law["each"]) == (pytest.approx(1.0), pytest.approx(4.0))


def test_a_crowded_machine_is_told():
    assert crowded({"load": 0.6, "cores": 2}) == ""
    assert "other work" in crowded({"load": 3.1, "cores": 2})


def test_the_guard_passes_where_there_is_no_parent(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["guard", "no-such-commit"])
    assert guard.main() == 0
    assert "nothing is compared" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("commit", "parent", "fails"), [(1.0, 1.0, False), (4.0, 1.0, True), (2.5, 1.0, False)]
)
def test_the_guard_refuses_beyond_its_factor(monkeypatch, tmp_path, commit, parent, fails):
    trees = iter([Told(commit), Told(parent)])
    monkeypatch.setattr(guard, "worker", lambda _: next(trees))
    monkeypatch.setattr(guard, "BUDGET", 0.0)
    ratios = list(guard.compared(tmp_path))
    assert len(ratios) == len(guard.WORKS)
    assert (max(ratios) > guard.FACTOR) is fails


def test_the_guard_compares_equal_work_only(monkeypatch, tmp_path, capsys):
    trees = iter([Told(9.0, result=1), Told(1.0, result=2)])
    monkeypatch.setattr(guard, "worker", lambda _: next(trees))
    assert list(guard.compared(tmp_path)) == []
    assert "results differ" in capsys.readouterr().out


class Told:
    """A tree that always answers alike."""

    def __init__(self, seconds, result=0):
        self.answer = {"result": result, "seconds": seconds}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, _):
        return self.answer
