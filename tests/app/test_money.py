"""The account below unit play, from the command line."""

import json

import pytest

from tests.app.small import FOLDS

MONEY = "money={capital: 50000, size: {fixed: 2}, margins: none, halts: {losses: 3, rest: 2}}"
RUN = ("run", "quickstart", *FOLDS, "--set", "params.minutes=30")


def test_a_run_tells_unit_play_first_and_the_account_below_it(tickgrid):
    code, out, _ = tickgrid(*RUN, "--set", MONEY)
    assert code == 0
    assert out.index("Measures (USD)") < out.index("Account (USD)")
    assert "refused: losses " in out
    assert "Grids and folds rank unit play" in out


def test_the_account_is_two_contracts_of_what_it_took(tickgrid):
    said = json.loads(tickgrid(*RUN, "--set", MONEY, "--json")[1])
    money, unit = said["money"], said["measures"]
    assert money["trades"] + money["refused"]["losses"] == unit["trades"]
    assert money["mean_lots"] == 2
    assert round(money["capital"] + money["net"], 2) == money["final_equity"]
    everything = "money={capital: 50000, margins: none}"
    same = json.loads(tickgrid(*RUN, "--set", everything, "--json")[1])
    assert same["money"]["net"] == same["measures"]["net"]
    assert same["money"]["refused"] == {}
    assert "money" not in json.loads(tickgrid(*RUN, "--json")[1])


def test_a_trade_in_legs_is_one_trade_of_the_account(tickgrid):
    legs = "exits={stop: 16, target: {r: 3}, legs: {at: [{r: 1}], lots: [1, 1]}}"
    two = "money={capital: 5000000, size: {fixed: 2}, margins: none}"
    said = json.loads(tickgrid(*RUN, "--set", legs, "--set", two, "--json")[1])
    assert said["money"]["net"] == said["measures"]["net"]
    assert said["money"]["trades"] == said["measures"]["trades"]
    assert said["money"]["mean_lots"] == 2


@pytest.mark.parametrize(
    ("attribute", "said"),
    [("sure", "no attribute 'sure'"), ("range", "but lies from 0 to 1")],
)
def test_confidence_is_an_attribute_from_0_to_1(tickgrid, attribute, said):
    scaled = f"money={{capital: 50000, margins: none, confidence: {{attribute: {attribute}}}}}"
    code, _, err = tickgrid(*RUN, "--set", scaled)
    assert (code, said in err) == (2, True)


def test_a_misspelt_key_is_named_with_its_line(tickgrid):
    code, _, err = tickgrid(*RUN, "--set", "money={capital: 1, sise: 2}")
    assert code == 2
    assert "no key 'sise' in money; did you mean 'size'?" in err
