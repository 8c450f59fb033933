"""The evidence of a run as frames in the store's columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from engine.research.evidence.line import Line, Weighed
from engine.research.evidence.null import Score
from engine.research.objectives import IN_MONEY
from engine.research.sweep import Swept
from engine.research.tables import money

ENDLESS = "no number would be enough"


def evidence_tables(
    swept: Swept, weighed: Weighed, lines: Sequence[Line], scores: Sequence[Score]
) -> dict[str, pl.DataFrame]:
    """Lines of the weighing and of the null, the splits of PBO, every surrogate and its folds."""
    return {
        "evidence": line_frame([*weighed.lines, *lines], swept.best),
        "splits": split_frame(weighed),
        "surrogates": surrogate_frame(swept, scores),
        "surrogate_folds": surrogate_fold_frame(scores),
    }


def line_frame(lines: Sequence[Line], best: int | None) -> pl.DataFrame:
    """One row a figure; what is undefined is null, and so is what no number reaches."""
    floats = dict.fromkeys(("value", "low", "high", "p_value"), pl.Float64)
    rows = [
        {
            **line._asdict(),
            "combination": best if line.scope == "best" else None,
            "draws": line.draws or None,
            "note": f"{line.note}; {ENDLESS}" if math.isinf(line.value) else line.note,
        }
        for line in lines
    ]
    kinds = {"scope": pl.String, "measure": pl.String, "combination": pl.UInt32, **floats}
    frame = pl.DataFrame(rows, schema={**kinds, "draws": pl.Int64, "note": pl.String})
    return frame.with_columns(finite(name) for name in floats)


def finite(name: str) -> pl.Expr:
    column = pl.col(name)
    return pl.when(column.is_finite()).then(column).alias(name)


def lines_of(frame: pl.DataFrame) -> list[Line]:
    """The lines again, from a stored table."""
    names = [*Line._fields]
    filled = frame.select(names).with_columns(
        pl.col("value", "low", "high", "p_value").fill_null(math.nan), pl.col("draws").fill_null(0)
    )
    return [Line(*row) for row in filled.iter_rows()]


def split_frame(weighed: Weighed) -> pl.DataFrame:
    """One row a split of cross-validation."""
    split, sampled = weighed.split, np.array(weighed.sampled, np.uint32)
    empty = np.zeros(0)
    chosen = sampled[split.chosen] if split else np.zeros(0, np.uint32)
    train, test, logit = (split.train, split.test, split.logit) if split else (empty,) * 3
    return pl.DataFrame(
        {
            "split": np.arange(len(chosen), dtype=np.uint32),
            "combination": chosen,
            "train": train,
            "test": test,
            "logit": logit,
        }
    ).with_columns(pl.col("train", "test").fill_nan(None))


def surrogate_frame(swept: Swept, scores: Sequence[Score]) -> pl.DataFrame:
    """One row a market without edge: what the same search would have shown there."""
    unit = money(swept)
    objective = unit if swept.folds.objective in IN_MONEY else 1.0
    rows = [
        {
            "surrogate": k,
            "best": one.best * objective,
            "best_net": whole(one.best_net),
            "walk_net": whole(one.walk_net),
            "walk_trades": one.walk_trades,
            "walk_expectancy": one.walk_expectancy * unit,
        }
        for k, one in enumerate(scores)
    ]
    kinds = {"surrogate": pl.UInt32, "best": pl.Float64, "best_net": pl.Int64}
    kinds |= {"walk_net": pl.Int64, "walk_trades": pl.Int64, "walk_expectancy": pl.Float64}
    return pl.DataFrame(rows, schema=kinds).with_columns(pl.col(pl.Float64).fill_nan(None))


def surrogate_fold_frame(scores: Sequence[Score]) -> pl.DataFrame:
    """One row a surrogate and fold: what its walk made of the test sessions, in money units."""
    rows = [(k, fold, net) for k, one in enumerate(scores) for fold, net in enumerate(one.folds)]
    kinds = {"surrogate": pl.UInt32, "fold": pl.UInt32, "net": pl.Int64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def whole(value: float) -> int | None:
    return None if math.isnan(value) else int(value)
