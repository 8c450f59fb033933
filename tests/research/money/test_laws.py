"""Laws of sizes and of time, which the account obeys whatever its rules."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.research.money import Lane, account
from engine.research.money.account import arrivals
from engine.research.money.decide import Desk
from engine.research.money.state import State
from engine.research.money.timeline import Timeline
from tests.proof.sizes import sized as cases
from tests.research.money.markets import lane
from tests.research.money.test_account import programs


@settings(max_examples=cases(ci=30, full=1_000, small=5))
@given(st.integers(0, 40), programs(), st.integers(1, 30))
def test_less_equity_never_means_a_larger_size(seed: int, rules, part: int) -> None:
    """The same moment, the same positions: a part of the equity gives no trade more."""
    lanes = [lane("ES", seed), lane("NQ", seed)]
    rules = replace(rules, halts=replace(rules.halts, daily_share=None), recovery=None)
    timeline = Timeline.of(lanes, rules.margins)
    desk = Desk.of(rules, timeline)
    arrive = arrivals(timeline)
    instant = arrive[len(arrive) // 2][0]
    asked = [one for at, one in arrive if at == instant]
    rich, poor = (State(start, timeline.unit, rules.halts) for start in (10**8, 10**8 * part // 31))
    many, few = (desk.decide(state, asked, instant) for state in (rich, poor))
    assert all(b.lots <= a.lots for a, b in zip(many, few, strict=True))
    assert all(b.lots >= 0 for b in few)


@settings(max_examples=cases(ci=25, full=1_000, small=4))
@given(st.integers(0, 40), programs(), st.integers(0, 2**32))
def test_the_future_changes_nothing_before_it(seed: int, rules, noise: int) -> None:
    """Prices and results behind a moment replaced by noise: the account until then is the same."""
    draw = np.random.default_rng(noise)
    lanes = [lane("ES", seed), lane("ODD", seed)]
    times = np.unique(np.concatenate([x.bars.time for x in lanes]))
    moment = int(draw.choice(times))
    one, other = account(lanes, rules), account([shaken(x, moment, draw) for x in lanes], rules)
    known = int(np.searchsorted(times, moment, side="right"))
    assert one.equity.head(known).equals(other.equity.head(known))


def shaken(lane_: Lane, moment: int, draw: np.random.Generator) -> Lane:
    bars, a = lane_.bars, lane_.bars.arrays
    later = a.time > moment
    moved = {
        name: np.where(
            later, getattr(a, name) + draw.integers(0, 500, len(later)), getattr(a, name)
        )
        for name in ("open", "close")
    }
    moved = {name: values.astype(np.int32) for name, values in moved.items()}
    new = Bars(bars.instrument, bars.sessions, a._replace(**moved), bars.minutes)
    units = tuple(
        u._replace(exit=u.exit + 77, r=-u.r if u.r else u.r) if later[u.exit_bar] else u
        for u in lane_.units
    )
    return replace(lane_, bars=new, units=units)
