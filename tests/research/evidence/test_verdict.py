"""The verdict: every class by its thresholds, trials that are all counted, words that are true."""

import math

import pytest

from engine.research.evidence.line import Line
from engine.research.evidence.sharpe import Moments, deflated, probable, shortest_backtest
from engine.research.evidence.verdict import (
    ABOVE_CHANCE,
    ABOVE_HINT,
    CLASSES,
    Ask,
    Figures,
    counted,
    figures_of,
    rated,
    verdict_of,
)
from engine.research.measures.tails import best_of

GOOD = {
    ("study", "trials"): Line("study", "trials", 300.0, "tried"),
    ("study", "null_walk"): Line("study", "null_walk", 1.0, "", p_value=0.05, draws=19),
    ("study", "pbo"): Line("study", "pbo", 0.1, ""),
    ("study", "spa"): Line("study", "spa", math.nan, "", p_value=0.01),
    ("best", "dsr"): Line("best", "dsr", 0.97, ""),
    ("oos", "trades"): Line("oos", "trades", 400.0, ""),
    ("oos", "net"): Line("oos", "net", 8000.0, ""),
    ("oos", "expectancy"): Line("oos", "expectancy", 20.0, "", 5.0, 35.0),
    ("oos", "t_test"): Line("oos", "t_test", 20.0, "", p_value=0.01),
    ("oos", "psr"): Line("oos", "psr", 0.99, ""),
    ("oos", "chance_of_loss"): Line("oos", "chance_of_loss", 0.0, ""),
    ("oos", "largest_fold"): Line("oos", "largest_fold", 0.2, ""),
}


def but(**changed: dict) -> Figures:
    """The good figures, some changed: `oos__net={"value": -1.0}`."""
    made = dict(GOOD)
    for name, fields in changed.items():
        key = tuple(name.split("__"))
        made[key] = made[key]._replace(**fields)
    return made


def test_classes_by_their_thresholds() -> None:
    assert rated(GOOD)[0] == "evidence"
    assert rated(but(oos__trades={"value": 19.0}))[0] == "unjudged"
    assert rated({})[0] == "unjudged"
    assert rated(but(oos__net={"value": math.nan}))[0] == "unjudged"
    assert rated(but(oos__net={"value": 0.0}))[0] == "loss"
    assert rated(but(oos__t_test={"p_value": 0.051}))[0] == "chance"
    assert rated(but(study__null_walk={"p_value": 0.1}))[0] == "chance"
    assert rated(but(study__null_walk={"draws": 18}))[0] == "chance"
    for ask in ABOVE_HINT:
        past = ask.limit - 0.01 if ask.side == ">=" else ask.limit + 0.01
        worse = but(**{f"{ask.scope}__{ask.measure}": {ask.read: past}})
        name, reason = rated(worse)
        assert name == "hint"
        assert ask.name in reason
        exact = but(**{f"{ask.scope}__{ask.measure}": {ask.read: ask.limit}})
        assert rated(exact)[0] == "evidence"
    assert CLASSES == ("unjudged", "loss", "chance", "hint", "evidence")


@pytest.mark.parametrize("ask", [*ABOVE_CHANCE, *ABOVE_HINT], ids=lambda ask: ask.name)
def test_an_undefined_figure_passes_nothing(ask: Ask) -> None:
    missing = {key: line for key, line in GOOD.items() if key != (ask.scope, ask.measure)}
    name, reason = rated(missing)
    assert name in ("chance", "hint")
    assert f"{ask.name} is undefined" in reason or ask.read == "draws"


def test_no_surrogates_are_too_few() -> None:
    none = {key: line for key, line in GOOD.items() if key != ("study", "null_walk")}
    name, reason = rated(none)
    assert name == "chance"
    assert "the number of surrogates of 0 is below 19" in reason


def test_the_paragraph_says_what_the_figures_say() -> None:
    said = verdict_of(list(but(study__null_walk={"p_value": 0.2}).values()), "USD")
    assert said.name == "chance"
    for part in (
        "300 combinations were ever tried on these data.",
        "made 20.00 USD a trade over 400 trades in sessions it had not seen",
        "between 5.00 and 35.00.",
        "on 19 markets without edge did as well or better on 3 of them.",
        "has a chance of 97 %.",
        "in 10 % of all splits.",
        "Rated 'chance': luck explains it as well as anything: the null benchmark's p of 0.2",
        "is above 0.05.",
    ):
        assert part in said.text, part
    two = verdict_of(list(but(study__pbo={"value": 0.5}, best__dsr={"value": 0.5}).values()), "USD")
    assert "deflated Sharpe ratio of 0.5 is below 0.95 and PBO of 0.5 is above 0.2." in two.text


def test_the_paragraph_leaves_out_what_is_undefined() -> None:
    said = verdict_of([GOOD["study", "trials"]], "USD")
    assert said.text == (
        "300 combinations were ever tried on these data. "
        "Rated 'unjudged': of no trades out of sample nothing can be said."
    )
    for count, words in ((3, "of 3 trades out of"), (1, "of 1 trade out of")):
        few = verdict_of(list(but(oos__trades={"value": float(count)}).values()), "USD")
        assert words in few.text


def test_all_trials_are_counted_anew() -> None:
    m, spread = Moments(500, 0.1, -0.2, 5.0), 0.04
    lines = [
        Line("study", "trials", 10.0, "combinations tried"),
        *(
            Line("best", name, value, "")
            for name, value in zip(("sessions", "ratio", "skew", "kurtosis"), m, strict=True)
        ),
        Line("best", "trial_spread", spread, ""),
        Line("best", "dsr", 0.9, ""),
        Line("best", "min_backtest", 1.0, ""),
        Line("oos", "net", 1.0, "kept"),
    ]
    told = figures_of(counted(lines, 4000))
    assert told["study", "trials"].value == 4000
    assert told["best", "dsr"].value == probable(m, best_of(4000) * spread)
    assert told["best", "min_backtest"].value == shortest_backtest(4000, 0.1)
    assert "4,000" in told["best", "dsr"].note
    assert told["oos", "net"] == lines[-1]
    one = figures_of(counted(lines, 1))
    assert one["best", "dsr"].value == probable(m) == deflated(m, 1, [])
    bare = counted([lines[0], lines[-1]], 7)
    assert [line.value for line in bare] == [7.0, 1.0]


def test_a_null_that_was_not_searched_says_why() -> None:
    none = {"value": math.nan, "p_value": math.nan, "draws": 0, "note": "bars hold finer bars"}
    said = verdict_of([*but(study__null_walk=none).values()], "USD")
    assert said.name == "chance"
    assert "No market without edge was searched: bars hold finer bars." in said.text
    assert "No market" not in verdict_of([*GOOD.values()], "USD").text
