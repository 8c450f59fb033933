"""A market made from a seed: driftless, with gaps, jumps, busy hours and restless weeks.

Each session draws from a stream of its own and inherits only what the one before left, so a
longer tape begins with the shorter one. Ranges follow the price, which therefore stays positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from math import isqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.bars import MINUTE, BarArrays, Bars, Origin
from engine.core.calendars import calendar
from engine.core.columns import frozen
from engine.core.errors import ParameterError
from engine.core.instrument import Instrument
from engine.core.session import Sessions
from engine.synth.character import Character, character
from engine.synth.clock import Clock, clock_of
from engine.synth.delivery import contracts_of
from engine.synth.edge import Edge, favour
from engine.synth.kernel import ONE, STEP, Chances, Ints, Octets, Plan, Walk, pace, power, walk
from engine.synth.leaning import Bounds, Past, Planted, leaning_walk
from engine.synth.memory import NOTHING, regular_rows, remembered

VERSION: Final = 1  # raise it whenever the same seed makes other bytes
MOODY: Final = 18  # innovation of the pace from session to session, in 1/64 octaves
MOODS_RAISE: Final = 132  # per cent: what moods and restless minutes make of the mean pace
FASTEST: Final = 16  # times the first pace, however high the price climbs
TURNS: Final = 1  # the stream of a session that turns coins
CALM: Final = 3  # closed hours move the price like a third of the mean pace, and a quarter as far

POWERS: Final = frozen(np.array([round(2 ** (i / 256) * ONE) for i in range(256)]))
COINS: Final = np.arange(256)[:, None] >> np.arange(8) & 1
PATHS: Final = np.cumsum(2 * COINS - 1, axis=1)
OCTETS: Final = Octets(
    frozen(PATHS[:, -1].copy()),
    frozen(np.maximum(PATHS.max(axis=1), 0)),
    frozen(np.minimum(PATHS.min(axis=1), 0)),
)


@dataclass(slots=True)
class Tape:
    """A tape while it is made, and what each session leaves to the next: price and mood."""

    like: Character
    sessions: Sessions
    clock: Clock
    walk: Walk
    volume: Ints
    price: int
    mood: int = 0
    edge: Edge | None = None
    driven: int = 0  # the price of a tape with an edge; its pace follows the one without
    past: Past = NOTHING


def synthesise(
    instrument: Instrument, first: date, sessions: int, seed: int, edge: Edge | None = None
) -> Bars:
    """Bars of so many sessions from a date on; the same seed makes the same bytes.

    An edge turns coins of the same walk: steps, jumps, volumes and hours stay what they are.
    """
    if sessions < 1 or seed < 0:
        raise ParameterError(f"{sessions} sessions of seed {seed}: need 1 or more, and 0 or more")
    days = days_from(instrument, first, sessions)
    like, clock = character(instrument), clock_of(days)
    prices = Walk(*(np.empty(len(clock.time), np.int32) for _ in range(4)))
    volume = np.empty(len(clock.time), np.int64)
    tape = Tape(like, days, clock, prices, volume, like.level, edge=edge, driven=like.level)
    for k in range(sessions):
        key = seed, int(days.date[k])
        coins, plan = play(tape, k, stream(instrument, key))
        if edge is not None:
            drive(tape, edge, k, (coins, plan), stream(instrument, (*key, TURNS)))
    return bars_of_tape(tape, instrument, name(instrument, days, seed, edge))


def days_from(instrument: Instrument, first: date, sessions: int) -> Sessions:
    """The sessions to fill, or a word on how many the calendar knows."""
    hours = calendar(instrument.calendar)
    known = hours.sessions(first, hours.last)
    if len(known) < sessions:
        raise ParameterError(
            f"{instrument.symbol}: {sessions} sessions from {first} on run beyond the calendar "
            f"{hours.name}, which knows {len(known)} until {hours.last}"
        )
    return known.between(first, known.trade_date(sessions - 1))


def stream(instrument: Instrument, key: tuple[int, ...]) -> np.random.PCG64:
    """Raw bits of one session: NumPy promises these streams, not those of its distributions."""
    symbol = int.from_bytes(blake2b(instrument.symbol.encode(), digest_size=8).digest(), "little")
    return np.random.PCG64(np.random.SeedSequence([*key[:2], symbol, *key[2:]]))


def name(instrument: Instrument, days: Sessions, seed: int, edge: Edge | None) -> str:
    """The fingerprint of a tape: all it is made from."""
    it = instrument
    grid = f"{it.symbol} {it.kind} {it.tick} {it.lot} {it.calendar} {it.months}"
    made_from = f"{VERSION} {grid} {days.trade_date(0)} {len(days)} {seed}"
    made_from += f" {edge}" if edge else ""
    return blake2b(made_from.encode(), digest_size=16).hexdigest()


def play(tape: Tape, k: int, bits: np.random.PCG64) -> tuple[npt.NDArray[np.uint8], Plan]:
    """Make one session: plan its bars, then walk them; the coins and the plan of the walk."""
    part = slice(int(tape.clock.first[k]), int(tape.clock.first[k + 1]))
    count = part.stop - part.start
    words = bits.random_raw(4 * count + 2)
    bells = np.bitwise_count(words).astype(np.int64) - 32
    tape.mood += MOODY * int(bells[0]) - tape.mood // 20
    curves = bells[2 : 3 * count + 2].reshape(3, count)
    chances = Chances._make((*curves, (words[-count:] >> 1).astype(np.int64)))
    plan = Plan(np.empty(count, np.int64), np.empty(count, np.int64), tape.volume[part])
    base = pace_now(tape)
    pace(tape.clock.shape[part], base, tape.like.lots, POWERS, chances, plan)
    plan.gap[0] = opening_gap(tape.sessions, k, base, int(bells[1]))
    octets = int(((plan.steps + 7) // 8).sum())
    coins = bits.random_raw(octets // 8 + 1).astype("<u8").view(np.uint8)
    out = Walk(*(prices[part] for prices in tape.walk))
    tape.price = int(walk(tape.price, plan, coins, OCTETS, out))
    return coins, plan


def drive(
    tape: Tape,
    edge: Edge,
    k: int,
    made: tuple[npt.NDArray[np.uint8], Plan],
    bits: np.random.PCG64,
) -> None:
    """Walk a session once more, with the coins its edge turns."""
    (coins, plan), part = made, slice(int(tape.clock.first[k]), int(tape.clock.first[k + 1]))
    regular = regular_rows(tape.sessions, k, tape.clock.time[part])
    level = tape.like.level
    bounds = Bounds(*regular, level // FASTEST, level * FASTEST)
    turned = favour(bits, len(coins), edge.strength)
    planted = Planted(edge.code, turned, tape.past, bounds)
    out = Walk(*(prices[part] for prices in tape.walk))
    tape.driven = int(leaning_walk(tape.driven, plan, coins, OCTETS, out, planted))
    tape.past = remembered(tape.past, out, plan.volume, regular)


def pace_now(tape: Tape) -> int:
    """Steps in 1/256ths a bar: they follow the price squared, so ranges keep their share of it."""
    level = tape.like.level
    risen = min(tape.price * tape.price, FASTEST * level * level)
    calm = tape.like.steps * STEP * 100 * risen // (MOODS_RAISE * level * level)
    return calm * int(power(POWERS, tape.mood)) // ONE


def opening_gap(sessions: Sessions, k: int, base: int, bell: int) -> int:
    """Ticks between a session and the one before, wider the longer the market was shut."""
    if k == 0:
        return 0
    shut = int(sessions.start[k] - sessions.stop[k - 1]) // MINUTE
    size = abs(bell) * isqrt(shut * base // (CALM * STEP)) >> 4
    return size if bell > 0 else -size


def bars_of_tape(tape: Tape, instrument: Instrument, fingerprint: str) -> Bars:
    """The finished tape; sessions are numbered as in any other bars of these times."""
    table = calendar(instrument.calendar).covering(tape.clock.time)
    row = int(np.searchsorted(table.date, tape.sessions.date[0]))
    session = np.repeat(np.arange(len(tape.sessions)), np.diff(tape.clock.first))
    arrays = BarArrays(tape.clock.time, *tape.walk, tape.volume, (session + row).astype(np.int32))
    contracts = contracts_of(instrument, tape.sessions.date)
    code = contracts.code[session] if contracts.names else None
    source = f"synthetic-{tape.edge.name}-{tape.edge.strength}" if tape.edge else "synthetic"
    origin = Origin(source, synthetic=True, fingerprint=fingerprint, contracts=contracts.names)
    return Bars(instrument, table, arrays, origin=origin, contract=code)
