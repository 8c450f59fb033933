"""How a result moves, against loops over the rows of a table."""

import polars as pl
import pytest

from engine.core.errors import UnknownError
from engine.research.sensitivity import FACTORS, bearable, one_way, priced, two_way

AXES = ["length", "stop", "widest"]


def table() -> pl.DataFrame:
    rows = [(a, b, c) for a in (5, 10, 20) for b in ("8", "2 r") for c in (None, 60.0)]
    return pl.DataFrame(
        {
            "combination": pl.Series(range(len(rows)), dtype=pl.UInt32),
            **{name: [row[k] for row in rows] for k, name in enumerate(AXES)},
            "n": [30 + k for k in range(len(rows))],
            "net": [100 * k for k in range(len(rows))],
            "objective": [k * k / 7 for k in range(len(rows))],
            "max_drawdown": list(range(len(rows))),
        }
    )


@pytest.mark.covers("A-080")
@pytest.mark.parametrize("chosen", [0, 5, 11])
def test_one_way_moves_one_axis_and_nothing_else(chosen: int) -> None:
    every = table()
    own = every.row(chosen, named=True)
    found = one_way(every, AXES, chosen).to_dicts()
    expected = [
        (name, row["combination"])
        for name in AXES
        for row in every.to_dicts()
        if all(row[other] == own[other] for other in AXES if other != name)
    ]
    assert [(row["axis"], row["combination"]) for row in found] == expected
    assert [row["combination"] for row in found if row["chosen"]] == [chosen] * len(AXES)
    for row in found:
        assert row["objective"] == pytest.approx(row["combination"] ** 2 / 7)
        told = every.row(row["combination"], named=True)[row["axis"]]
        assert row["value"] == ("open" if told is None else str(told))


@pytest.mark.covers("A-080")
def test_two_way_is_a_table_over_both_axes() -> None:
    every = table()
    found = two_way(every, AXES, 3, ("length", "widest"))
    own = every.row(3, named=True)
    assert found.columns == ["length", "open", "60.0"]
    for row in found.to_dicts():
        for shown, value in (("open", None), ("60.0", 60.0)):
            (cell,) = [
                one["objective"]
                for one in every.to_dicts()
                if (str(one["length"]), one["widest"]) == (row["length"], value)
                and one["stop"] == own["stop"]
            ]
            assert row[shown] == cell


def test_two_axes_that_are_all_there_are_hold_everything_else_by_themselves() -> None:
    every = table().filter(pl.col("stop") == "8")
    found = two_way(every, ["length", "widest"], 0, ("length", "widest"))
    assert found.select(pl.exclude("length")).count().sum_horizontal()[0] == every.height
    alone = one_way(every, ["length"], 0)
    assert alone["axis"].to_list() == ["length"] * every.height


def test_strangers_are_named() -> None:
    with pytest.raises(UnknownError, match="no axis 'lenght' that was varied; did you mean"):
        two_way(table(), AXES, 3, ("lenght", "stop"))
    with pytest.raises(UnknownError, match="no combination '99'"):
        one_way(table(), AXES, 99)


@pytest.mark.covers("A-079")
def test_costs_are_scaled_trade_by_trade() -> None:
    trades = pl.DataFrame(
        {
            "gross": [5000, -2000, 1200],
            "slippage": [250, 250, 125],
            "fees": [410, 410, 410],
            "funding": [0, 30, -10],
        }
    )
    found = priced(trades)
    assert found["times"].to_list() == list(FACTORS) * 3
    for row in found.to_dicts():
        slip = row["times"] if row["costs"] in ("both", "slippage") else 1
        fee = row["times"] if row["costs"] in ("both", "fees") else 1
        net = sum(
            t["gross"] - slip * t["slippage"] - fee * t["fees"] - t["funding"]
            for t in trades.to_dicts()
        )
        assert (row["net"], row["expectancy"]) == pytest.approx((net, net / 3))
    times = bearable(trades)
    assert times == pytest.approx((4200 - 20) / (625 + 1230))
    level = priced(trades, (times,)).row(0, named=True)
    assert level["net"] == pytest.approx(0, abs=1e-9)
    assert bearable(trades.head(0)) is None
    assert priced(trades.head(0))["expectancy"].null_count() == 3 * len(FACTORS)
