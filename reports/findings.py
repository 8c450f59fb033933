"""What a run has to say, as plain rows and figures: tables draw them, `--json` prints them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import polars as pl

TOP: Final = 10
BEFORE: Final = ("run", "combination")  # the columns around the axes of the grid
AFTER: Final = "setups"


@dataclass(frozen=True, eq=False)
class Report:
    """A run as it is shown, whether it was just played or read from the store."""

    name: str
    facts: Mapping[str, Any]  # what is not in a table: data, study, currency; kept in the manifest
    tables: Mapping[str, pl.DataFrame]

    @property
    def combinations(self) -> pl.DataFrame:
        return self.tables["combinations"]

    @property
    def objective(self) -> str:
        return str(self.facts["objective"])

    def money(self, units: float | None) -> float | None:
        """Currency of so many money units."""
        return None if units is None else float(Decimal(units) * Decimal(self.facts["money_unit"]))

    def moneys(self, units: pl.Series) -> pl.Series:
        """Currency of a column of money units, each the nearest number to the exact one."""
        unit = Fraction(self.facts["money_unit"])
        return (units * unit.numerator).cast(pl.Float64) / unit.denominator

    def axes(self) -> list[str]:
        """The columns that say which combination it is."""
        names = self.combinations.columns
        return [name for name in names[: names.index(AFTER)] if name not in BEFORE]

    def varied(self) -> list[str]:
        """The axes on which more than one value was tried."""
        return list(self._varied)

    @cached_property
    def _varied(self) -> tuple[str, ...]:
        return tuple(name for name in self.axes() if self.combinations[name].n_unique() > 1)


def admissible(report: Report) -> pl.DataFrame:
    """Combinations with enough trades, best first; the earlier one on a tie."""
    column = pl.col(report.objective)
    kept = report.combinations.filter(
        (pl.col("n") >= report.facts["min_trades"]) & column.is_not_null()
    )
    return kept.sort(column, "combination", descending=[True, False])


def best_rows(report: Report, count: int = TOP) -> list[dict[str, Any]]:
    """The best combinations in sample."""
    return [best_row(report, row) for row in admissible(report).head(count).iter_rows(named=True)]


def best_row(report: Report, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "combination": row["combination"],
        **{name: row[name] for name in report.varied()},
        "trades": row["n"],
        "net": report.money(row["net"]),
        "expectancy": row["expectancy"],
        "profit_factor": row["profit_factor"],
        "win_rate": row["win_rate"],
        "sharpe": row["sharpe"],
        "max_drawdown": report.money(row["max_drawdown"]),
        "ambiguous": share(row["ambiguous"], row["n"]),
    }


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def chosen_text(report: Report, combination: int | None) -> str:
    """A combination by the values that distinguish it."""
    if combination is None:
        return "none had enough trades"
    row = report.combinations.filter(pl.col("combination") == combination).row(0, named=True)
    return " / ".join(value_text(row[name]) for name in report.varied()) or str(combination)


def value_text(value: Any) -> str:
    if value is None:
        return "open"
    return f"{value:g}" if isinstance(value, float) else str(value)


def fold_rows(report: Report) -> list[dict[str, Any]]:
    """What each fold chose in its train sessions, and what the test sessions made of it."""
    return [
        {
            "fold": row["fold"],
            "test_first": row["test_first"],
            "test_last": row["test_last"],
            "combination": row["combination"],
            "chosen": chosen_text(report, row["combination"]),
            "train_trades": row["train_n"],
            f"train_{report.objective}": row["train_objective"],
            "test_trades": row["test_n"],
            f"test_{report.objective}": row["test_objective"],
            "test_net": report.money(row["test_net"]),
        }
        for row in report.tables["folds"].iter_rows(named=True)
    ]


def out_of_sample(report: Report) -> dict[str, Any]:
    """All test sessions together: each trade was chosen without having been seen."""
    trades = report.tables["trades"].filter(pl.col("scope") == "oos")
    tested = report.tables["folds"].filter(pl.col("test_n") > 0)
    return {
        "folds": report.tables["folds"].height,
        "folds_with_trades": tested.height,
        "folds_positive": tested.filter(pl.col("test_net") > 0).height,
        **summary(report, trades),
    }


def summary(report: Report, trades: pl.DataFrame) -> dict[str, Any]:
    """Figures of some trades, under the worst and the best reading of their ambiguous bars too."""
    net, count = trades["net"].to_numpy(), trades.height
    won, lost = int(net[net > 0].sum()), -int(net[net < 0].sum())
    worst, best = (int(trades[name].to_numpy().sum()) for name in ("net_worst", "net_best"))
    return {
        "trades": count,
        "net": report.money(won - lost),
        "expectancy": report.money((won - lost) / count) if count else None,
        "profit_factor": won / lost if lost else None,
        "win_rate": share(int((net > 0).sum()), count),
        "ambiguous": share(int(trades["ambiguous"].sum()), count),
        "net_worst": report.money(worst),
        "net_best": report.money(best),
    }


def verdict(report: Report) -> str:
    """The verdict of the evidence; without any, facts that say nothing of its worth."""
    weighed = report.tables["evidence"].filter(pl.col("scope") == "verdict")
    if weighed.height:
        return str(weighed["note"][0])
    tried, found = len(report.combinations), best_rows(report, 1)
    flattered = f"; being the best of {tried:,} flatters it" if tried > 1 else ""
    inside = (
        f"The best in sample made {amount(report, found[0]['expectancy'])} a trade over "
        f"{found[0]['trades']:,} trades{flattered}."
        if found
        else f"None made the {report.facts['min_trades']} trades this study asks for."
    )
    seen = out_of_sample(report)
    outside = (
        f"Walked forward, what each fold chose made {amount(report, seen['expectancy'])} a trade "
        f"over {seen['trades']:,} trades in sessions it had not seen, and "
        f"{amount(report, seen['net'])} in all; {seen['folds_positive']} of {seen['folds']} folds "
        "ended above zero."
        if seen["trades"]
        else "Walked forward, no fold traded in sessions it had not seen."
    )
    plural = "combination was" if tried == 1 else "combinations were"
    return (
        f"{tried:,} {plural} tried. {inside} {outside} No test against chance has been made yet: "
        "whether this is more than luck is not known."
    )


def amount(report: Report, value: float | None) -> str:
    """Currency as a person writes it."""
    return "nothing" if value is None else f"{value:,.2f} {report.facts['currency']}"


def everything(report: Report) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "run": report.name,
        **report.facts,
        "best": best_rows(report),
        "walk_forward": fold_rows(report),
        "out_of_sample": out_of_sample(report),
        "verdict": verdict(report),
    }


def trade_rows(report: Report, trades: pl.DataFrame) -> list[dict[str, Any]]:
    """Trades as they are read aloud."""
    tick = Decimal(report.facts["tick"])
    return [
        {
            "entry": f"{row['entry_ts']:%Y-%m-%d %H:%M}Z",
            "exit": f"{row['exit_ts']:%H:%M}Z",
            "side": "long" if row["side"] > 0 else "short",
            "at": row["entry"] * tick,
            "out": row["exit"] * tick,
            "reason": row["reason"],
            "r": None if row["r"] is None else row["r"] / 10_000,
            "net": report.money(row["net"]),
        }
        for row in trades.iter_rows(named=True)
    ]


def signals(report: Report) -> dict[str, int]:
    """What became of the setups of the played combination, by outcome; the taken ones first."""
    played = report.combinations["combination"][0]
    own = report.tables["setups"].filter(pl.col("combination") == played)
    counts = own.group_by("outcome").len().sort("len", "outcome", descending=[True, False])
    found = {str(outcome): int(count) for outcome, count in counts.iter_rows()}
    return {"taken": found.pop("taken", 0), **found}


def single_run(report: Report) -> dict[str, Any]:
    """What `--json` prints of one combination."""
    row = report.combinations.row(0, named=True)
    trades = report.tables["trades"].filter(pl.col("scope") == "best")
    return {
        "run": report.name,
        **report.facts,
        "played": {name: row[name] for name in report.axes()},
        "signals": signals(report),
        "measures": summary(report, trades),
        "trades": trade_rows(report, trades),
    }
