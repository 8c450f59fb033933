"""Faces of measures: breakdowns, rolling figures, the calendar, and what they refuse."""

import math
from datetime import date

import numpy as np
import polars as pl
import pytest

from engine.core.errors import DataError, ParameterError, UnknownError
from engine.research.kernel import FIELDS
from engine.research.measures import Basis, measures, session_frame
from engine.research.measures.breakdown import breakdown, quantiles
from engine.research.measures.by_session import SESSION_OBJECTIVES
from engine.research.measures.calendar import drawdown_table, monthly, weekday_hours
from engine.research.measures.ledger import Merged, calmar, sharpe
from engine.research.measures.rolling import rolling_sessions, rolling_trades
from tests.research.markets import market
from tests.research.tables import DAYS, random_trades, sessions, trade_frame

BASIS = Basis(10_000)
ROWS = random_trades(np.random.default_rng(8), DAYS, 200)
FRAME = trade_frame(ROWS)
DAILY = pl.DataFrame(
    {"trade_date": DAYS[:9], "net": [100, -300, 100, 200, -50, -50, -100, 50, 50]},
    schema={"trade_date": pl.Date, "net": pl.Int64},
)


@pytest.mark.covers("B-052")
def test_runs_of_wins_and_losses() -> None:
    """W L L L W L L: three losses in a row, one win; a scratch ends a run."""
    results = (1, -1, -1, -1, 1, -1, -1)
    rows = [{"trade_date": DAYS[k], "net": 100 * net} for k, net in enumerate(results)]
    found = measures(trade_frame(rows), sessions(DAYS), BASIS)
    assert (found["max_losses"][0], found["max_wins"][0]) == (3, 1)
    rows[2]["net"] = 0
    found = measures(trade_frame(rows), sessions(DAYS), BASIS)
    assert (found["max_losses"][0], found["scratches"][0]) == (2, 1)


@pytest.mark.parametrize("width", [0, 1, 2])
def test_next_to_nothing_is_undefined_not_an_error(width: int) -> None:
    found = measures(FRAME.clear(), sessions(DAYS[:width]), BASIS).row(0, named=True)
    assert (found["trades"], found["net"], found["sessions"]) == (0, 0, width)
    assert all(math.isnan(found[name]) for name in ("sharpe", "expectancy", "sortino", "mean_r"))
    assert math.isnan(found["mean_session"]) == (width == 0)
    assert found["max_drawdown"] == 0


def test_a_rate_no_number_can_hold_and_a_lost_account_are_undefined() -> None:
    for net in (10**9, -(10**6)):
        rows = [{"trade_date": DAYS[0], "net": net}]
        assert math.isnan(measures(trade_frame(rows), sessions(DAYS[:1]), BASIS)["cagr"][0])


def test_a_straight_line_has_no_k_ratio_and_equal_days_no_deviation() -> None:
    rows = [{"trade_date": day, "net": 700} for day in DAYS]
    found = measures(trade_frame(rows), sessions(DAYS), BASIS).row(0, named=True)
    assert all(math.isnan(found[name]) for name in ("k_ratio", "sharpe", "skew", "kelly_leverage"))
    assert found["equity_r2"] == 1


@pytest.mark.covers("B-050")
def test_a_year_is_what_the_calendar_says() -> None:
    """Daily, by trade date: the factor is the root of 252 or 365 whatever the bars were."""
    one, other = (measures(FRAME, sessions(DAYS), Basis(10_000, periods=p)) for p in (252, 365))
    assert other["sharpe"][0] / one["sharpe"][0] == pytest.approx(math.sqrt(365 / 252))
    more_bars = sessions(DAYS).with_columns(pl.col("bars") * 60)
    same = measures(FRAME, more_bars, Basis(10_000))
    assert same.drop("exposure").equals(one.drop("exposure"))
    idle = measures(FRAME, sessions([date(2023, 11, 17), *DAYS]), BASIS)
    assert idle["mean_session"][0] < one["mean_session"][0] or one["net"][0] < 0


def test_the_ledger_gives_the_same_sharpe_and_a_calmar_no_better() -> None:
    nets = [row["net"] for row in ROWS]
    days = [sum(r["net"] for r in ROWS if r["trade_date"] == day) for day in DAYS]
    level = np.concatenate(([0], np.cumsum(nets)))
    fall = int((np.maximum.accumulate(level) - level).max())
    sums = {"n": len(nets), "net": sum(nets), "squares": sum(d * d for d in days), "fall": fall}
    row = np.array([[sums.get(name, 0) for name in FIELDS]], np.int64)
    merged = Merged(row, len(DAYS), 252)
    found = measures(FRAME, sessions(DAYS), BASIS)
    assert sharpe(merged)[0] == pytest.approx(found["sharpe"][0], rel=1e-12)
    assert abs(calmar(merged)[0]) <= abs(found["calmar"][0])


def test_objectives_of_session_rows_are_the_measures() -> None:
    noise = np.random.default_rng(3).integers(-500, 500, (4, len(DAYS)))
    for k in range(4):
        rows = [{"trade_date": d, "net": int(v)} for d, v in zip(DAYS, noise[k], strict=True)]
        found = measures(trade_frame(rows), sessions(DAYS), BASIS).row(0, named=True)
        values = {name: make(noise, 252)[k] for name, make in SESSION_OBJECTIVES.items()}
        assert values["sortino"] == pytest.approx(found["sortino"])
        assert values["session_calmar"] == pytest.approx(found["calmar"])
        assert values["k_ratio"] == pytest.approx(found["k_ratio"])
        error = math.sqrt(len(DAYS) / 252)
        assert values["t_statistic"] == pytest.approx(found["sharpe"] * error)


def test_breakdowns_add_up_to_the_whole() -> None:
    for by in (["side", "reason"], ["part"], ["weekday", "hour"], ["duration"], ["combination"]):
        found = breakdown(FRAME, by, BASIS)
        assert found["trades"].sum() == 200
        assert found["net"].sum() == pytest.approx(sum(row["net"] for row in ROWS) / 100)
        assert found.select(by).is_unique().all()
    assert breakdown(FRAME, ["side"], BASIS)["side"].to_list() == ["long", "short"]
    table = weekday_hours(FRAME, BASIS)
    assert table["weekday"].unique().sort().to_list() == ["Mon", "Tue", "Wed", "Thu", "Fri"]
    assert table["hour"].min() == 9  # 15:00 UTC in Chicago's winter


def test_parts_and_durations_are_half_open() -> None:
    held = pl.Series([29, 30, 119, 120])
    frame = trade_frame([{"trade_date": DAYS[0], "net": 1}] * 4).with_columns(
        exit_ts=pl.col("entry_ts") + pl.duration(minutes=held)
    )
    found = breakdown(frame, ["part", "duration"], BASIS)
    assert found["part"].to_list() == ["new_york"] * 3  # 10:00 in New York
    assert found["duration"].to_list() == ["120 min and more", "30 to 120 min", "below 30 min"]
    assert found["trades"].to_list() == [1, 2, 1]


def test_quantiles_of_an_attribute() -> None:
    values = [0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4, math.nan]
    rows = [{"trade_date": DAYS[k], "net": k - 3} for k in range(8)]
    frame = trade_frame(rows).with_columns(confidence=pl.Series(values))
    found = quantiles(frame, "confidence", BASIS)
    assert found["part"].to_list() == [1, 2, 3, 4]
    assert found["trades"].to_list() == [2, 2, 2, 1]
    assert found["max"].to_list() == [0.2, 0.4, 0.8, 0.9]
    halves = quantiles(frame, "confidence", BASIS, parts=2)
    assert halves["trades"].to_list() == [4, 3]


def test_months_without_a_trade_are_listed() -> None:
    few = [row for row in ROWS if row["trade_date"].month != 12]
    found = monthly(trade_frame(few), sessions(DAYS), BASIS)
    assert found.select("year", "month").rows() == [(2023, 11), (2023, 12), (2024, 1), (2024, 2)]
    december = found.row(1, named=True)
    assert (december["trades"], december["net"], december["win_rate"]) == (0, 0, None)
    assert found["sessions"].sum() == len(DAYS)


def test_drawdowns_one_by_one() -> None:
    found = drawdown_table(DAILY, Basis(10_000))
    assert found.rows() == [
        (DAYS[1], DAYS[1], DAYS[3], 2, 3.0),
        (DAYS[4], DAYS[6], None, 5, 2.0),
    ]
    lifted = DAILY.with_columns(net=pl.Series([100, -300, 300, 200, -50, -50, -100, 50, 200]))
    assert drawdown_table(lifted, Basis(10_000)).rows() == [
        (DAYS[1], DAYS[1], DAYS[2], 1, 3.0),
        (DAYS[4], DAYS[6], DAYS[8], 4, 2.0),
    ]
    assert drawdown_table(DAILY.head(1), BASIS).height == 0


@pytest.mark.covers("B-054")
def test_rolling_windows_are_sessions() -> None:
    found = rolling_sessions(DAILY, 4, Basis(10_000))
    assert found["trade_date"].to_list() == DAYS[3:9]
    assert found["net"].to_list() == [1.0, -0.5, 2.0, 0.0, -1.5, -0.5]
    assert found["drawdown"].to_list() == [0, 0.5, 1.0, 2.0, 1.5, 0.5]
    part = [100, -300, 100, 200]
    assert found["sharpe"][0] == pytest.approx(25 / np.std(part, ddof=1) * math.sqrt(252))
    assert found["volatility"][0] == pytest.approx(np.std(part, ddof=1) / 1e6 * math.sqrt(252))
    assert found["positive_sessions"][0] == 0.75
    assert rolling_sessions(DAILY, 10, BASIS).height == 0


def test_rolling_trades_follow_the_exits() -> None:
    rows = [{"trade_date": d, "net": n} for d, n in DAILY.iter_rows()]
    found = rolling_trades(trade_frame(rows[::-1]), 3, BASIS)
    assert found.height == 7
    assert found["win_rate"][0] == pytest.approx(2 / 3)
    assert found["profit_factor"][0] == pytest.approx(200 / 300)
    assert found["expectancy"][0] == pytest.approx(-1 / 3)
    assert found["drawdown"][0] == 2.0


def test_sessions_of_bars_count_their_bars() -> None:
    bars = market()
    frame = session_frame(bars)
    assert frame.height == 40
    assert frame["bars"].sum() == len(bars)
    no_bars = measures(FRAME, sessions(DAYS).drop("bars"), BASIS)
    assert math.isnan(no_bars["exposure"][0])


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (lambda: Basis(0), ParameterError, "capital must be above 0, not 0"),
        (lambda: Basis(1, periods=0), ParameterError, "1 session or more, not 0"),
        (lambda: measures(FRAME, sessions(DAYS[:3]), BASIS), DataError, "none of the sessions"),
        (lambda: measures(FRAME, sessions([]), BASIS), DataError, "none of the sessions given"),
        (lambda: measures(FRAME, sessions(DAYS[::-1]), BASIS), DataError, "must ascend"),
        (
            lambda: measures(FRAME, sessions(DAYS), BASIS, benchmark=np.zeros(3, np.int64)),
            DataError,
            "the benchmark has 3 sessions, not",
        ),
        (lambda: breakdown(FRAME, ["sid"], BASIS), UnknownError, "did you mean 'side'"),
        (lambda: quantiles(FRAME, "confidence", BASIS), UnknownError, "no attribute 'confidence'"),
        (lambda: quantiles(FRAME, "mfe", BASIS, parts=1), ParameterError, "2 parts or more"),
        (lambda: rolling_sessions(DAILY, 1, BASIS), ParameterError, "2 rows or more, not 1"),
    ],
)
def test_what_is_refused(make, kind: type, said: str) -> None:
    with pytest.raises(kind) as caught:
        make()
    assert said in str(caught.value)
