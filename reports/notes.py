"""Commentary by rule: each note is a fact with a threshold, and none of them praises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl

from reports.findings import Report
from reports.numbers import measured, trades_of

FEW: Final = 30  # trades
TOP: Final = 5  # trades whose share of the gain is told
HEAVY: Final = 0.5  # share of it that is worth a note
UNLIKE: Final = 0.75  # share of one side
DOUBT: Final = 0.05  # share of ambiguous trades
LONG: Final = 0.5  # share of sessions below the peak
Note = Callable[[Report, dict[str, Any], pl.DataFrame], str]


def notes(report: Report) -> list[str]:
    """Every note whose rule holds for the out-of-sample trades, in a fixed order."""
    trades, found = trades_of(report), measured(report)
    if trades.is_empty():
        return ["No trade was made out of sample, so that nothing here can be judged."]
    said = (rule(report, found, trades) for rule in RULES)
    return [text for text in said if text]


def few(_: Report, __: dict[str, Any], trades: pl.DataFrame) -> str:
    if trades.height >= FEW:
        return ""
    return f"There are {trades.height} trades; fewer than {FEW} tell hardly anything."


def costly(report: Report, found: dict[str, Any], _: pl.DataFrame) -> str:
    if not (found["gross"] > 0 >= found["net"]):
        return ""
    unit = report.facts["currency"]
    return (
        f"Costs of {found['costs']:,.2f} {unit} turn a gain of {found['gross']:,.2f} before costs "
        "into a loss."
    )


def concentrated(_: Report, __: dict[str, Any], trades: pl.DataFrame) -> str:
    net = np.sort(trades["net"].to_numpy())[::-1]
    total = int(net.sum())
    if trades.height <= TOP or total <= 0:
        return ""
    share = int(net[:TOP].sum()) / total
    if share < HEAVY:
        return ""
    return f"The {TOP} best trades are {share:.0%} of the whole gain; without them little is left."


def one_sided(_: Report, found: dict[str, Any], trades: pl.DataFrame) -> str:
    longs = found["longs"] / trades.height
    if max(longs, 1 - longs) < UNLIKE or trades.height < FEW:
        return ""
    side = "long" if longs >= UNLIKE else "short"
    return f"{max(longs, 1 - longs):.0%} of the trades are {side}: a drift would look like an edge."


def asymmetric(report: Report, _: dict[str, Any], trades: pl.DataFrame) -> str:
    longs = int(trades.filter(pl.col("side") > 0)["net"].sum())
    shorts = int(trades.filter(pl.col("side") < 0)["net"].sum())
    if longs * shorts >= 0:
        return ""
    unit = report.facts["currency"]
    return (
        f"Longs made {report.money(longs):,.2f} {unit}, shorts {report.money(shorts):,.2f}: only "
        "one side earns."
    )


def doubtful(report: Report, found: dict[str, Any], _: pl.DataFrame) -> str:
    if found["net_worst"] <= 0 < found["net_best"]:
        return (
            f"Read against the trader the trades make {found['net_worst']:,.2f} "
            f"{report.facts['currency']}, read for the trader {found['net_best']:,.2f}: the bars "
            "are too coarse to tell a gain from a loss."
        )
    if (found["ambiguous"] or 0) > DOUBT:
        return (
            f"{found['ambiguous']:.0%} of the trades are ambiguous; finer bars would decide them."
        )
    return ""


def under_water(_: Report, found: dict[str, Any], __: pl.DataFrame) -> str:
    share = found["time_under_water"]
    if share is None or share < LONG:
        return ""
    still = ", and it does so at the end" if found["drawdown_open"] else ""
    return f"Equity stands below its peak in {share:.0%} of the sessions{still}."


def losing_run(_: Report, found: dict[str, Any], trades: pl.DataFrame) -> str:
    losses = 1 - (found["win_rate"] or 0)
    if trades.height < FEW or not 0 < losses < 1:
        return ""
    usual = np.log(trades.height) / -np.log(losses)
    if found["max_losses"] <= 2 * usual:
        return ""
    return (
        f"{found['max_losses']:.0f} losses came in a row where independent trades would make about "
        f"{usual:.0f}: bad days hang together."
    )


RULES: Final[tuple[Note, ...]] = (
    few,
    costly,
    doubtful,
    concentrated,
    one_sided,
    asymmetric,
    under_water,
    losing_run,
)
