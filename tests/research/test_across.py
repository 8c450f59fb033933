"""One set of parameters in many markets, against the definitions written out in plain Python."""

import math
import random

import polars as pl
import pytest

from engine.core.errors import StudyError
from engine.research.across import Seen, across, grade


def market(values: list[float | None], trades: list[int]) -> pl.DataFrame:
    """A combination table of one axis."""
    count = len(values)
    return pl.DataFrame(
        {
            "combination": pl.Series(range(count), dtype=pl.UInt32),
            "length": [10 * k for k in range(count)],
            "n": trades,
            "net": [0.0 if v is None else v for v in values],
            "expectancy": pl.Series(values, dtype=pl.Float64),
        }
    )


def oracle(tables: list[pl.DataFrame], least: int) -> dict[int, tuple[int, float, float, float]]:
    """Markets, mean rank, mean score and worst score of each combination, by loops alone."""
    found: dict[int, list[tuple[float, float]]] = {}
    for table in tables:
        rows = [r for r in table.to_dicts() if r["n"] >= least and r["expectancy"] is not None]
        values = [r["expectancy"] for r in rows]
        mean = sum(values) / len(values)
        spread = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
        for row in rows:
            beaten = sum(v < row["expectancy"] for v in values)
            tied = sum(v == row["expectancy"] for v in values) - 1
            rank = 0.5 if len(values) == 1 else (beaten + tied / 2) / (len(values) - 1)
            score = (row["expectancy"] - mean) / spread if spread else 0.0
            found.setdefault(row["combination"], []).append((rank, score))
    return {
        c: (
            len(pairs),
            sum(rank for rank, _ in pairs) / len(pairs),
            sum(score for _, score in pairs) / len(pairs),
            min(score for _, score in pairs),
        )
        for c, pairs in found.items()
    }


@pytest.mark.covers("QA-088")
def test_ranks_and_scores_are_those_of_the_definition() -> None:
    dice = random.Random(3)  # noqa: S311 - a test's dice
    for _ in range(20):
        count = dice.randint(2, 9)
        tables = [
            market(
                [dice.choice([None, 1.0, 2.5, -3.0, dice.gauss(0, 5)]) for _ in range(count)],
                [dice.randint(0, 9) for _ in range(count)],
            ).with_columns(
                # one that can be judged everywhere
                n=pl.when(pl.col("combination") == 0).then(9).otherwise("n"),
                expectancy=pl.when(pl.col("combination") == 0).then(1.0).otherwise("expectancy"),
            )
            for _ in range(3)
        ]
        found, told = across(tables, ["length"], ("expectancy", 4)), oracle(tables, 4)
        assert found.columns[:2] == ["combination", "length"]
        for row in found.to_dicts():
            markets, rank, score, worst = told.get(row["combination"], (0, 0, 0, 0))
            assert row["markets"] == markets
            if markets == 3:
                assert (row["rank"], row["score"]) == pytest.approx((rank, score), abs=1e-12)
                assert row["worst"] == pytest.approx(worst, abs=1e-12)
            else:
                assert (row["rank"], row["score"], row["worst"]) == (None, None, None)
        scored = found["score"].to_list()
        known = [score for score in scored if score is not None]
        assert scored == sorted(known, reverse=True) + [None] * (len(scored) - len(known))


def test_a_unit_and_a_scale_do_not_count() -> None:
    first, ticks = [1.0, 2.0, 5.0], [9, 9, 9]
    other = [100.0 + 12.5 * v for v in first]
    found = across([market(first, ticks), market(other, ticks)], ["length"], ("expectancy", 1))
    assert found["combination"].to_list() == [2, 1, 0]
    assert found["rank"].to_list() == [1.0, 0.5, 0.0]
    assert found["score"].to_list() == pytest.approx(found["worst"].to_list())


def test_where_all_are_tied_none_stands_above_another() -> None:
    tables = [market([2.0, 2.0, 2.0], [5, 5, 5])] * 2
    found = across(tables, ["length"], ("expectancy", 1))
    assert found["score"].to_list() == [0.0] * 3
    assert found["rank"].to_list() == [0.5] * 3
    assert found["combination"].to_list() == [0, 1, 2]


def test_nobody_with_enough_trades_is_no_error() -> None:
    found = across([market([1.0, 2.0], [1, 2])] * 2, ["length"], ("expectancy", 3))
    assert found["markets"].to_list() == [0, 0]
    assert found["score"].to_list() == [None, None]


def test_different_combinations_are_refused() -> None:
    tables = [market([1.0, 2.0], [5, 5]), market([1.0, 2.0, 3.0], [5, 5, 5])]
    with pytest.raises(StudyError, match="played different combinations"):
        across(tables, ["length"], ("expectancy", 1))


NOTHING = Seen(math.nan, 0.0, math.nan, math.nan, {})


def seen(**said: object) -> Seen:
    return NOTHING._replace(**said)


@pytest.mark.covers("QA-088")
def test_the_grade_weighs_five_parts() -> None:
    perfect = seen(mean_r=0.2, net=5.0, p=0.01, kept=0.8, regimes={"normal": 3.0, "wild": -1.0})
    assert grade([perfect] * 3) == (1.0, 1.0, 1.0, 1.0, 1.0, pytest.approx(100.0), "A")
    uneven = [perfect, perfect._replace(mean_r=0.1)]  # mean .15, deviation .0707: variation .4714
    part = 1 - (math.sqrt(2) * 0.05 / 0.15 - 0.15) / 0.85
    assert grade(uneven).consistency == pytest.approx(part)
    half = [perfect, perfect._replace(net=-1.0, p=0.2, kept=0.1, regimes={"normal": -2.0})]
    told = grade(half)
    assert (told.profitable, told.significant, told.kept, told.regimes) == (0.5, 0.5, 0.5, 0.5)
    assert told.score == pytest.approx(100 * (0.30 + 0.5 * 0.70))
    assert told.letter == "B"


@pytest.mark.covers("QA-088")
def test_what_is_unknown_or_loses_adds_nothing() -> None:
    assert grade([NOTHING, NOTHING]) == (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, "F")
    losing = [seen(mean_r=-0.2, net=-5.0)] * 2
    assert grade(losing).consistency == 0.0
    assert grade([seen(mean_r=0.3, net=5.0)]).consistency == 0.0  # one market is like no other
    assert [grade([seen(kept=v)] * 2).kept for v in (0.1, 0.3, 0.5)] == pytest.approx([0, 0.5, 1])
