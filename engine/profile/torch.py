"""Session profiles, value areas and developing levels as batched tensor programs.

The same whole numbers as the kernels, equal with `==`, on any device PyTorch can reach. Work is
cut into chunks, so memory has a bound. Imported only when a device is asked for.
"""

# mypy: disable-error-code="import-not-found"
# PyTorch is an extra: types are checked with it and without it.

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import torch

from engine.core.bars import Bars, Longs
from engine.core.errors import RefusedError, unknown
from engine.profile.histogram import empty_levels, in_ticks, refuse_width
from engine.profile.kernel import Levels
from engine.profile.model import DEVICES, FRACTION, MOST_ROWS, Rule, law_of
from engine.profile.rules import MID, PAIRS, SINGLE, WHOLE, Law, step_of
from engine.profile.slices import Parts, session_parts

CELLS: Final = 1 << 24  # int64 numbers a chunk may hold at once


class Batch(NamedTuple):
    """Profiles side by side: volume[e, k] is row floor + k; rows low..high of each are its own."""

    volume: torch.Tensor
    low: torch.Tensor
    high: torch.Tensor


class Found(NamedTuple):
    """Rows of the levels, counted like the columns of the batch."""

    poc: torch.Tensor
    val: torch.Tensor
    vah: torch.Tensor
    total: torch.Tensor


def device_of(name: str) -> torch.device:
    """The device, or why there is none: ROCm is PyTorch's HIP build, which calls itself cuda."""
    if name not in DEVICES:
        raise unknown("device", name, DEVICES)
    if name == "cpu":
        return torch.device("cpu")
    built = torch.version.hip if name == "rocm" else torch.version.cuda
    if not built:
        raise RefusedError(f"{name}: this PyTorch ({torch.__version__}) is built without it")
    if not torch.cuda.is_available():
        raise RefusedError(f"{name}: PyTorch {torch.__version__} sees no such device")
    return torch.device("cuda")


def torch_law(rule: str | Rule, fraction: Any) -> Law:
    """The rule, if sorting blocks can play it."""
    law = law_of(rule, fraction)
    if law.rule not in (PAIRS, SINGLE) or law.poc_tie != MID:
        raise RefusedError("the device path knows the rules pairs and single, with poc tie mid")
    return law


def session_levels(
    bars: Bars,
    *,
    segment: str = "full",
    fraction: Any = FRACTION,
    rule: str | Rule = "pairs",
    device: str = "cpu",
) -> Levels:
    """Levels of every session in ticks; spread evenly over rows of one tick."""
    law, place = torch_law(rule, fraction), device_of(device)
    parts = session_parts(bars, segment)
    refuse_width(bars, parts, 1, MOST_ROWS)
    out = empty_levels(len(parts))
    spans = parts.range.high - parts.range.low
    many = max(1, CELLS // (int(spans.max(initial=0)) + 2))
    for first in range(0, len(parts), many):
        some = np.arange(first, min(first + many, len(parts)))
        rows = [bars_in(parts, int(e)) for e in some]
        owner = np.repeat(np.arange(len(some)), [len(r) for r in rows])
        floor = parts.range.low[some]
        steps = differences(bars, np.concatenate(rows), owner, floor, place)
        top = tensor(spans[some], place)
        batch = Batch(steps.cumsum(1)[:, :-1], torch.zeros_like(top), top)
        put(levels(batch, law), floor, some, out)
    return in_ticks(out, 1)


def developing_levels(
    bars: Bars,
    *,
    segment: str = "rth",
    fraction: Any = FRACTION,
    rule: str | Rule = "pairs",
    device: str = "cpu",
) -> Levels:
    """Levels in ticks after each bar of the segment, one line a bar; none outside it."""
    law, place = torch_law(rule, fraction), device_of(device)
    parts = session_parts(bars, segment)
    refuse_width(bars, parts, 1, MOST_ROWS)
    out = empty_levels(len(bars))
    for e in range(len(parts)):
        rows, floor = bars_in(parts, e), parts.range.low[e]
        for some, batch in running(bars, rows, int(floor), place):
            put(levels(batch, law), np.full(len(some), floor), some, out)
    return in_ticks(out, 1)


def running(
    bars: Bars, rows: Longs, floor: int, place: torch.device
) -> Iterator[tuple[Longs, Batch]]:
    """The profiles of a session after each of its bars, some bars at a time."""
    spans = (np.minimum.accumulate(bars.low[rows]), np.maximum.accumulate(bars.high[rows]))
    low, high = (tensor(edge, place) - floor for edge in spans)
    before: torch.Tensor = torch.zeros((), dtype=torch.int64, device=place)
    many = max(1, CELLS // (int(high[-1]) + 2))
    for first in range(0, len(rows), many):
        some = rows[first : first + many]
        base = np.full(len(some), floor)
        steps = differences(bars, some, np.arange(len(some)), base, place, int(high[-1]))
        volume = steps.cumsum(1)[:, :-1].cumsum(0) + before
        before = volume[-1]
        part = slice(first, first + many)
        yield some, Batch(volume, low[part], high[part])


def differences(
    bars: Bars, rows: Longs, owner: Longs, floor: Longs, place: torch.device, top: int = 0
) -> torch.Tensor:
    """Differences between neighbouring rows, one line an owner: four numbers a bar."""
    columns = (bars.low[rows], bars.high[rows], bars.volume[rows], owner, floor[owner])
    low, high, volume, line, base = (tensor(column, place) for column in columns)
    width = max(top, int((high - base).max())) + 2
    ticks = high - low + 1
    each, left = volume // ticks, volume % ticks
    start = line * width + low - base
    middle = start + (ticks - left) // 2
    steps = torch.zeros(len(floor) * width, dtype=torch.int64, device=place)
    one = torch.ones_like(each)
    for at, step in ((start, each), (start + ticks, -each), (middle, one), (middle + left, -one)):
        steps.index_add_(0, at, step)
    return steps.view(len(floor), width)


def levels(batch: Batch, law: Law) -> Found:
    """Poc by its tie, then the blocks on both sides in the order a value area takes them."""
    volume, step = batch.volume, step_of(law.rule)
    poc, most = peaks(batch)
    up, up_least = blocks(batch, poc, 1, step)
    down, down_least = blocks(batch, poc, -1, step)
    sides = ((up, up_least), (down, down_least))
    lots, least = (torch.cat(s if law.tie_up else s[::-1], 1) for s in zip(*sides, strict=True))
    order = least.sort(dim=1, descending=True, stable=True).indices
    ordered = lots.gather(1, order)
    total = volume.sum(1)
    before = ordered.cumsum(1) - ordered + most[:, None]
    taken = before < targets(total, law.fraction)[:, None]
    first_side = order < up.shape[1]
    above = (taken & (first_side == law.tie_up)).sum(1) * step
    below = (taken & (first_side != law.tie_up)).sum(1) * step
    val, vah = torch.maximum(batch.low, poc - below), torch.minimum(batch.high, poc + above)
    return Found(poc, val, vah, total)


def peaks(batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """The row with the most volume, nearest the middle then lower, and that volume."""
    volume, low, high = batch
    count = volume.shape[1]
    row = torch.arange(count, device=volume.device)[None, :]
    most = torch.where((row >= low[:, None]) & (row <= high[:, None]), volume, -1)
    peak = most.max(1).values
    away = (2 * row - (low + high)[:, None]).abs() * count + row
    far = torch.full_like(away, torch.iinfo(torch.int64).max)
    return torch.where(most == peak[:, None], away, far).min(1).values % count, peak


def blocks(
    batch: Batch, poc: torch.Tensor, side: int, step: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Volume of each block on one side of the poc, and the smallest so far; -1 past the edge."""
    volume, low, high = batch
    count = -(-volume.shape[1] // step)
    away = torch.arange(1, count * step + 1, device=volume.device)[None, :]
    row = poc[:, None] + side * away
    inside = (row >= low[:, None]) & (row <= high[:, None])
    lots = torch.where(inside, volume.gather(1, row.clamp(0, volume.shape[1] - 1)), 0)
    made = lots.view(len(volume), count, step).sum(2)
    there = inside.view(len(volume), count, step)[:, :, 0]
    return made, torch.where(there, made, -1).cummin(1).values


def targets(total: torch.Tensor, fraction: int) -> torch.Tensor:
    """The least whole volume that is at least the fraction."""
    return fraction * (total // WHOLE) + (fraction * (total % WHOLE) + WHOLE - 1) // WHOLE


def put(found: Found, floor: Longs, at: Longs, out: Levels) -> None:
    """Bring levels home, as rows counted from zero; none where nothing traded."""
    poc, val, vah, total = (level.cpu().numpy() for level in found)
    there = total > 0
    out.total[at], out.present[at] = total, there
    for into, level in ((out.poc, poc), (out.val, val), (out.vah, vah)):
        into[at] = np.where(there, level + floor, 0)


def bars_in(parts: Parts, e: int) -> Longs:
    """The bars of one slice."""
    s = parts.slices
    each = [np.arange(s.first[k], s.stop[k]) for k in range(s.offset[e], s.offset[e + 1])]
    return np.concatenate(each)


def tensor(values: Any, place: torch.device) -> torch.Tensor:
    return torch.as_tensor(np.array(values, np.int64), device=place)
