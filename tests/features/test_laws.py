"""What every declared feature obeys: live equals batch, the oracle, the warm-up it declares.

Each is played against a plain oracle of the same name in tests/oracle/features: the kernels of
engine.features.averages, engine.features.oscillators, engine.features.bands,
engine.features.direction, engine.features.volatility, engine.features.estimators,
engine.features.windows, engine.features.vwap, engine.features.volume, engine.features.micro,
engine.features.price, engine.features.levels, engine.features.gaps, engine.features.swings,
engine.features.zones, engine.features.sweeps, engine.features.regimes, engine.features.candles,
engine.features.thirds, engine.features.raids, engine.features.migration,
engine.features.validation, engine.features.shifts, engine.features.walks and
engine.features.tails.
"""

import importlib
import pkgutil
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import tests.oracle.features
from engine.core.contracts import instrument
from engine.core.session import WINDOWS
from engine.features.declare import NEVER, SESSION, declared
from engine.features.fold import columns
from engine.features.periods import RESETS
from engine.features.stream import Stream
from engine.features.windows import SOURCES
from engine.synth.market import synthesise
from tests.features.declared import FEATURES, said_at, said_of
from tests.oracle.features.rows import rows_of
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

ORACLES = {
    name: function
    for entry in pkgutil.iter_modules(tests.oracle.features.__path__, "tests.oracle.features.")
    for name, function in vars(importlib.import_module(entry.name)).items()
    if callable(function)
}


FITTED = {"garch", "hidden_state"}  # their likelihoods have oracles in test_models
ONCE = (Phase.explicit, Phase.generate)  # shrinking would play every feature a thousand times
FLOOR = 1e-3  # returns are small, and no value is told apart below 1e-15


def same(one, other) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-12 * max(FLOOR, abs(other))


@pytest.mark.covers("T05")
@settings(
    max_examples=cases(ci=12, full=300, small=3), derandomize=True, database=None, phases=ONCE
)
@given(st.data())
def test_bar_by_bar_says_the_same_as_all_at_once(data):
    bars = data.draw(tapes(most=25))
    steps = data.draw(st.sampled_from((1, 1, 3)))
    stops = [*range(1, len(bars), steps), len(bars)]
    for name, function in FEATURES.items():
        params = declared(function).trial
        whole, stream = function(bars, **params), Stream(function, **params)
        for stop in stops:
            assert stream.advance(bars[:stop]) == said_at(whole, stop - 1), (name, stop)


@pytest.mark.covers("T05")
@settings(
    max_examples=cases(ci=30, full=1_000, small=8), derandomize=True, database=None, phases=ONCE
)
@given(tapes(most=40))
def test_every_feature_equals_its_oracle(bars):
    rows = rows_of(bars)
    for name, function in FEATURES.items():
        if name in FITTED:
            continue
        facts = declared(function)
        for given_ in (facts.trial, {}):
            params = facts.settled(**given_)
            expected = ORACLES[name](rows, **params)
            found = said_of(function(bars, **params), bars)
            assert len(expected) == len(found), name
            for k, (one, other) in enumerate(zip(found, expected, strict=True)):
                parts = other if isinstance(other, tuple) else (other,)
                assert all(map(same, one, parts)), (name, params, k, one, other)


VARIANTS = [
    *(("sma", {"of": of, "n": 3}) for of in SOURCES),
    *(("period", {"reset": reset}) for reset in (*RESETS, "18:00")),
    *(("vwap", {"reset": reset}) for reset in (*RESETS, "18:00")),
    *(("prior_range", {"reset": reset}) for reset in (*RESETS, "18:00")),
    *(("running_range", {"reset": reset, "many": 1}) for reset in ("rth", "18:00")),
    *(("in_window", {"name": name}) for name in WINDOWS),
    *((name, {"n": 3, "average": "roots"}) for name in ("parkinson", "garman_klass")),
    ("ema", {"n": 3, "begin": "first"}),
    ("atr", {"n": 3, "mean": "simple"}),
    ("momentum", {"n": 2, "returns": "log"}),
    ("volatility", {"n": 3, "returns": "simple"}),
    ("macd", {"fast": 6, "slow": 3, "signal": 2}),
    ("fair_value_gaps", {"kind": "inverted", "least": 1, "oldest": 5}),
    ("opening_gap", {"hours": "full"}),
    ("poc_momentum", {"sessions": 3, "lag": 1, "segment": "full"}),
    ("poc_validation", {"sessions": 3, "least": 3, "rule": "relaxed", "segment": "full"}),
    ("poc_confidence", {"sessions": 3, "long": 3, "rule": "graded", "segment": "full"}),
    ("raid_score", {"n": 20}),
]


@settings(max_examples=cases(ci=12, full=300, small=5), derandomize=True, phases=ONCE)
@given(tapes(most=40))
def test_other_parameters_equal_the_oracle_too(bars):
    rows = rows_of(bars)
    for name, given_ in VARIANTS:
        params = declared(FEATURES[name]).settled(**given_)
        for one, other in zip(
            said_of(FEATURES[name](bars, **params), bars),
            ORACLES[name](rows, **params),
            strict=True,
        ):
            parts = other if isinstance(other, tuple) else (other,)
            assert all(map(same, one, parts)), (name, params, one, other)


@cache
def market():
    return synthesise(instrument("ES"), date(2022, 11, 21), 6, 7)[600:]


@pytest.mark.parametrize("name", FEATURES)
def test_it_is_absent_for_its_warm_up_and_no_longer(name):
    function, facts = FEATURES[name], declared(FEATURES[name])
    warm, bars = facts.warmup(**facts.trial), market()
    if facts.says.per == "session":
        pytest.skip("its values belong to sessions")
    present = [column.dense()[1] for column in columns(function(bars, **facts.trial))]
    assert not any(part[:warm].any() for part in present)
    waits = any(word in facts.says.absent for word in ("until", "outside"))
    assert waits or any(part[warm : warm + 1].all() for part in present)


@pytest.mark.parametrize("name", FEATURES)
def test_a_later_start_says_the_same_once_it_has_settled(name):
    function, facts = FEATURES[name], declared(FEATURES[name])
    settles, bars, begin = facts.settles(**facts.trial), market(), 500
    if settles == NEVER:
        pytest.skip("it goes on counting")
    if settles == SESSION:
        settles = int(np.flatnonzero(bars.session > bars.session[begin])[0]) - begin
    whole, later = (columns(function(b, **facts.trial)) for b in (bars, bars[begin:]))
    assert begin + settles < len(bars)
    for one, other in zip(whole, later, strict=True):
        (a, a_there), (b, b_there) = one.dense(), other.dense()
        kept = a_there[begin + settles :]
        assert (kept == b_there[settles:]).all()
        a, b = a[begin + settles :][kept], b[settles:][kept]
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * np.abs(a).max(initial=0))


def test_every_feature_says_what_it_is():
    for name, function in FEATURES.items():
        says = declared(function).says
        assert says.formula, name
        assert says.unit, name
        assert says.per in ("bar", "session"), name


@pytest.mark.parametrize("name", FEATURES)
def test_it_speaks_of_a_market(name):
    """What the laws compare is not a row of absences."""
    result = FEATURES[name](market(), **declared(FEATURES[name]).trial)
    assert all(column.present.any() for column in columns(result))
