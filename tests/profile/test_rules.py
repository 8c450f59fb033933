"""engine.profile.rules by hand, against the oracle, and by what every value area must be."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.profile.kernel import spare_for
from engine.profile.model import RULES, Rule, law_of
from engine.profile.rules import levels
from tests.oracle import levels as oracle
from tests.profile import hand
from tests.proof.sizes import sized as cases

GROWN = ("pairs", "single", "symmetric")
VOLUMES = st.integers(0, 12) | st.integers(0, 10**9)
PROFILES = st.lists(VOLUMES, min_size=1, max_size=40).filter(any)
FRACTIONS = st.sampled_from(("0.70", "0.68", "0.5", "1")) | st.integers(1, 9_999).map(
    lambda n: f"0.{n:04}"
)
UPSIDE_DOWN = {"up": "down", "lowest": "highest", "highest": "lowest"}


def found(rows: list[int], fraction: str, *rule: str) -> tuple[int, int, int]:
    law = law_of(Rule(*rule), fraction)
    spare = spare_for(len(rows), law)
    return tuple(map(int, levels(np.array(rows, np.int64), law, spare)))


@pytest.mark.covers("T01", "A-026", "A-028", "A-029", "A-030")
@pytest.mark.parametrize("case", hand.CASES, ids=str)
def test_by_hand(case):
    assert tuple(found(case.rows, case.fraction, rule) for rule in hand.RULES) == case.found
    plain = [oracle.levels(case.rows, Fraction(case.fraction), rule) for rule in hand.RULES]
    assert tuple(map(tuple, plain)) == case.found


def test_there_are_enough_by_hand():
    assert min(len(hand.CASES), len(hand.SEEDS)) >= 40
    assert {*hand.RULES, "seed_smoothed", "seed_clustered", "seed_padded"} == set(RULES)


@pytest.mark.covers("T01", "A-026", "A-028")
@pytest.mark.parametrize(("rows", "rule", "tie", "poc_tie", "area"), hand.TIES)
def test_ties_by_hand(rows, rule, tie, poc_tie, area):
    assert found(rows, "0.70", rule, tie, poc_tie) == area
    assert oracle.levels(rows, Fraction("0.70"), rule, tie, poc_tie) == area


@pytest.mark.covers("T01", "A-027")
@pytest.mark.parametrize(("rows", "smoothed", "clustered", "padded"), hand.SEEDS)
def test_the_seed_rules_by_hand(rows, smoothed, clustered, padded):
    names = ("seed_smoothed", "seed_clustered", "seed_padded")
    expected = [smoothed, clustered, padded]
    assert [found(rows, "0.70", name) for name in names] == expected
    assert [oracle.levels(rows, Fraction("0.70"), name) for name in names] == expected


@pytest.mark.covers("T01")
@pytest.mark.parametrize("rule", RULES)
@given(PROFILES, FRACTIONS, st.sampled_from(("up", "down")), st.sampled_from(list("mlh")))
@settings(max_examples=cases(ci=80, full=5_000))
def test_equals_the_oracle(rule, rows, fraction, tie, first):
    poc_tie = {"m": "mid", "l": "lowest", "h": "highest"}[first]
    expected = oracle.levels(rows, Fraction(fraction), rule, tie, poc_tie)
    assert found(rows, fraction, rule, tie, poc_tie) == expected


@pytest.mark.covers("T02", "A-028", "A-030")
@given(PROFILES, FRACTIONS, st.sampled_from(GROWN), st.sampled_from(("up", "down")))
@settings(max_examples=cases(ci=200, full=100_000))
@example([1, 0, 0, 1], "1", "pairs", "up")
def test_a_value_area_holds_the_poc_and_the_share_and_no_step_too_many(rows, fraction, rule, tie):
    poc, val, vah = found(rows, fraction, rule, tie)
    assert 0 <= val <= poc <= vah < len(rows)
    assert rows[poc] == max(rows)
    need = Fraction(fraction) * sum(rows)
    assert sum(rows[val : vah + 1]) >= need
    before = [sum(rows[low : high + 1]) for low, high in one_step_less(poc, val, vah, rule)]
    assert any(volume < need for volume in before) or val == vah


def one_step_less(poc: int, val: int, vah: int, rule: str) -> list[tuple[int, int]]:
    """What the area may have been before its last step; at an edge a pair may be one row."""
    if rule == "symmetric":
        reach = max(vah - poc, poc - val) - 1
        return [(max(val, poc - reach), min(vah, poc + reach))]
    top, bottom = (2 if rule == "pairs" and away % 2 == 0 else 1 for away in (vah - poc, poc - val))
    made = [(val, vah - top)] if vah > poc else []
    return made + ([(val + bottom, vah)] if val < poc else [])


@pytest.mark.covers("T02")
@given(PROFILES, FRACTIONS, st.sampled_from(sorted(RULES)), st.integers(1, 10**5))
@settings(max_examples=cases(ci=100, full=100_000))
def test_the_unit_of_volume_does_not_matter(rows, fraction, rule, times):
    assert found([times * lots for lots in rows], fraction, rule) == found(rows, fraction, rule)


@pytest.mark.covers("T02")
@given(PROFILES, FRACTIONS, st.sampled_from(GROWN), st.sampled_from(("lowest", "highest")))
@settings(max_examples=cases(ci=100, full=100_000))
def test_upside_down_with_upside_down_ties(rows, fraction, rule, poc_tie):
    poc, val, vah = found(rows, fraction, rule, "up", poc_tie)
    last = len(rows) - 1
    mirrored = found(rows[::-1], fraction, rule, "down", UPSIDE_DOWN[poc_tie])
    assert mirrored == (last - poc, last - vah, last - val)


@pytest.mark.covers("A-027")
@given(PROFILES)
def test_a_cluster_needs_three_rows(rows):
    """S1 reports a poc that its own value area need not hold; ours say so instead of hiding it."""
    plain, cluster = found(rows, "0.70", "seed_smoothed"), found(rows, "0.70", "seed_clustered")
    assert plain[1:] == cluster[1:]
    assert 0 <= cluster[0] < len(rows)
