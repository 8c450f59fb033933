"""The rules of play as scalar functions, one row of docs/fills.md each; kernels only call them."""

from engine.core.axis import SCALE
from engine.core.jit import lean_kernel

NONE, DISTANCE, LEVEL, TIMES_RISK = 0, 1, 2, 3  # what the number beside a stop or target means
WORST, BEST = 0, 1


@lean_kernel
def stop_price(kind: int, value: int, side: int, entry: int) -> int:
    """Where the stop stands: a level as it is, a distance from the fill."""
    return value if kind == LEVEL else entry - side * value


@lean_kernel
def risk_ticks(kind: int, stop: int, side: int, entry: int) -> int:
    """Ticks from the fill to the stop; none when the fill is already beyond it."""
    return 0 if kind == NONE else max(0, (entry - stop) * side)


@lean_kernel
def distance_of(times: int, base: int) -> int:
    """F11: `times / SCALE` of the base, rounded half up, at least one tick."""
    return max(1, (2 * times * base + SCALE) // (2 * SCALE))


@lean_kernel
def target_price(kind: int, value: int, side: int, entry: int, risk: int) -> int:
    """Where the target stands: a level, a distance, or a multiple of the risk from the fill."""
    if kind == LEVEL:
        return value
    distance = distance_of(value, risk) if kind == TIMES_RISK else value
    return entry + side * distance


@lean_kernel
def beyond(side: int, level: int, price: int) -> bool:
    """Whether a price is at or past a level that lies in the direction of `side`."""
    return side * (price - level) >= 0


@lean_kernel
def best_of(side: int, high: int, low: int) -> int:
    """The bar's extreme in the position's favour."""
    return high if side > 0 else low


@lean_kernel
def worst_of(side: int, high: int, low: int) -> int:
    """The bar's extreme against the position."""
    return low if side > 0 else high


@lean_kernel
def trailed(best: int, by: int, after: int, step: int) -> int:
    """Where a trailing stop stands, in ticks from the fill; a step of 0 moves with every tick."""
    moved = best if step == 0 else after + (best - after) // step * step
    return moved - by


@lean_kernel
def shrunk(distance: int, share: int) -> int:
    """What is left of a distance after a share of it went, in 1/SCALE, rounded half up."""
    return (2 * distance * (SCALE - share) + SCALE) // (2 * SCALE)
