"""An account over the trades of one or many symbols, in order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from engine.research.money.decide import Asked, Desk, opened
from engine.research.money.frames import equity_frame, leg_frame, refused_frame, trade_frame
from engine.research.money.lane import Lane
from engine.research.money.state import Record, State
from engine.research.money.terms import Money
from engine.research.money.timeline import Timeline
from engine.research.money.watch import watch


class Account(NamedTuple):
    """What money made of unit play; whole money units of the finest unit among the symbols."""

    equity: pl.DataFrame  # a row a bar
    trades: pl.DataFrame  # what was taken, with its size
    refused: pl.DataFrame  # what was not, and why
    legs: pl.DataFrame  # what was taken, leg by leg: `trade` is the row of the trade
    counts: dict[str, int]  # of refusals, by reason


def account(lanes: Sequence[Lane], money: Money) -> Account:
    """Trade the unit trades of all lanes with one purse; the order of the lanes changes nothing."""
    timeline = Timeline.of(lanes, money.margins)
    desk = Desk.of(money, timeline)
    start = int(money.capital / timeline.unit)
    state, record = State(start, timeline.unit, money.halts), Record(len(timeline.time))
    asked = trade(state, desk, record)
    legs = leg_frame(state.done)
    refused = refused_frame(asked, legs)
    counts = Counter(refused["reason"].to_list())
    frames = equity_frame(timeline, record, start), trade_frame(legs), refused, legs
    return Account(*frames, dict(sorted(counts.items())))


def trade(state: State, desk: Desk, record: Record) -> list[Asked]:
    """Events in order of time: sizes are decided, then trades end, then the close is looked at."""
    timeline, refused = desk.timeline, []
    waiting = arrivals(timeline)
    at, size = 0, len(timeline.time)
    while at < size:
        ends = [p.ends for p in state.positions]
        event = min([*ends, *(one[0] for one in waiting[-1:]), size])
        reached = watch(state, timeline, (at, event), record)
        at = reached
        if reached < event or event == size:
            continue
        state.roll(int(timeline.date[event]))
        asked = []
        while waiting and waiting[-1][0] == event:
            asked.append(waiting.pop()[1])
        for one in desk.decide(state, asked, event):
            if one.refused:
                refused.append(one)
            else:
                state.enter(opened(one))
        for position in [p for p in state.positions if p.ends == event]:
            state.leave(position)
        at = watch(state, timeline, (event, event + 1), record)
    return refused


def arrivals(timeline: Timeline) -> list[tuple[int, Asked]]:
    """All unit trades by the instant of their entry, the last first."""
    found = [
        (int(track.at[unit.entry_bar]), Asked(lane, track, unit))
        for lane, track in enumerate(timeline.tracks)
        for unit in track.lane.units
    ]
    return sorted(found, key=lambda one: (one[0], one[1].lane, one[1].unit.row), reverse=True)
