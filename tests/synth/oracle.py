"""The walk as one would tell it: coin by coin, in plain Python."""

import math


def coins_of(octets, at):
    """The coins of one byte, the lowest bit first: heads is up."""
    return [1 if octets[at] >> bit & 1 else -1 for bit in range(8)]


def walk(price, steps, gaps, octets):
    """Bars of a walk and the price it ends at; a price never falls below one tick."""
    bars, at = [], 0
    for count, gap in zip(steps, gaps, strict=True):
        if abs(gap) < price:
            price += gap
        bytes_used = math.ceil(count / 8)
        coins = [coin for k in range(bytes_used) for coin in coins_of(octets, at + k)]
        path = [price]
        for coin in coins[: min(count, price - 1)]:
            path.append(path[-1] + coin)
        bars.append((path[0], max(path), min(path), path[-1]))
        price = path[-1]
        at += bytes_used
    return bars, price


def power(powers, logarithm):
    """Two to the power of so many 1/256 octaves, in 1/65536ths, cut to a whole number."""
    octaves, part = divmod(logarithm, 256)
    return math.floor(powers[part] * 2**octaves) if octaves >= 0 else powers[part] // 2**-octaves


def leap(coin, root):
    size = int(coin % 4 == 3)
    if coin // 8 % 4096 == 0:
        size += 6 * root * (1 + coin // 2**15 % 8) // 64
    return size if coin // 4 % 2 else -size


def pace(shape, base, lots, powers, chances):
    """Steps, gap and volume of every bar of a session."""
    restless, plan = 0, []
    for k, liveliness in enumerate(shape):
        restless += 10 * chances.pace[k] - restless // 32
        expected = base * power(powers, liveliness + restless) // 65_536
        root = math.isqrt(expected)
        noise = 4 * expected + 16 * chances.steps[k] * root + chances.coin[k] // 2**53
        steps = max(0, noise // 1024)
        traded = steps * lots * power(powers, liveliness) // 65_536
        volume = 1 + traded * power(powers, 32 * chances.volume[k]) // 65_536
        plan.append((steps, leap(chances.coin[k], root), volume))
    return plan
