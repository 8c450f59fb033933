"""How the result of one combination moves: along one axis, over two, and with its costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from engine.core.errors import unknown

KEY: Final = "combination"
FIGURES: Final = ("n", "net", "objective", "max_drawdown")
FACTORS: Final = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
CHARGED: Final = ("slippage", "fees")


def one_way(table: pl.DataFrame, axes: Sequence[str], chosen: int) -> pl.DataFrame:
    """Each value of each axis that was tried, everything else as it was chosen."""
    parts = [
        beside(table, axes, chosen, (name,)).select(
            axis=pl.lit(name),
            value=pl.col(name).cast(pl.String).fill_null("open"),
            chosen=pl.col(KEY) == chosen,
            **{figure: pl.col(figure) for figure in (KEY, *FIGURES)},
        )
        for name in axes
    ]
    return pl.concat(parts)


def two_way(
    table: pl.DataFrame, axes: Sequence[str], chosen: int, pair: tuple[str, str]
) -> pl.DataFrame:
    """The objective over two axes, a row a value of the first, a column a value of the second."""
    for name in pair:
        if name not in axes:
            raise unknown("axis", name, axes, where=" that was varied")
    texts = [pl.col(name).cast(pl.String).fill_null("open") for name in dict.fromkeys(pair)]
    rows = beside(table, axes, chosen, pair).with_columns(texts)
    return rows.pivot(pair[1], index=pair[0], values="objective", maintain_order=True)


def beside(
    table: pl.DataFrame, axes: Sequence[str], chosen: int, free: Sequence[str]
) -> pl.DataFrame:
    """The combinations that differ from the chosen one in the free axes alone, as they stand."""
    own = table.filter(pl.col(KEY) == chosen)
    if own.is_empty():
        raise unknown("combination", str(chosen), map(str, table[KEY].head(10)))
    fixed = [name for name in axes if name not in free]
    alike = [pl.col(name).eq_missing(pl.lit(own[name][0], table[name].dtype)) for name in fixed]
    return table.filter(pl.all_horizontal(alike)) if alike else table


def priced(trades: pl.DataFrame, factors: Sequence[float] = FACTORS) -> pl.DataFrame:
    """The same trades at other costs: slippage alone, fees alone, both; money units.

    Exact as long as no rule of play looks at money: then it is the same trades.
    """
    sums = {name: int(trades[name].sum()) for name in ("gross", "funding", *CHARGED)}
    rows = []
    for what in ("both", *CHARGED):
        for factor in factors:
            times = {name: factor if what in (name, "both") else 1.0 for name in CHARGED}
            paid = sum(times[name] * sums[name] for name in CHARGED) + sums["funding"]
            net = sums["gross"] - paid
            rows.append((what, factor, net, net / len(trades) if len(trades) else None))
    kinds = {"costs": pl.String, "times": pl.Float64, "net": pl.Float64, "expectancy": pl.Float64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def bearable(trades: pl.DataFrame) -> float | None:
    """How many times its slippage and fees the result would bear; below 1 it does not bear them."""
    charged = sum(int(trades[name].sum()) for name in CHARGED)
    left = int(trades["gross"].sum()) - int(trades["funding"].sum())
    return left / charged if charged else None
