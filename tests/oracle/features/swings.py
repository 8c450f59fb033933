"""Swings and structure, found by looking at every bar that is old enough."""

from itertools import pairwise

from tests.oracle.features.rows import Row


def confirmed(rows: list[Row], left: int, right: int, side: str) -> list[tuple[int, int, int]]:
    """(bar from which it is known, bar, price) of every swing, in order."""
    sign = 1 if side == "high" else -1
    edges, found = [sign * getattr(r, side) for r in rows], []
    for j in range(left, len(rows) - right):
        before, after = edges[j - left : j], edges[j + 1 : j + right + 1]
        if all(x < edges[j] for x in before) and all(x <= edges[j] for x in after):
            found.append((j + right, j, sign * edges[j]))
    return found


def known(found: list, i: int) -> list:
    return [(j, price) for at, j, price in found if at <= i]


def swings(rows: list[Row], left: int, right: int) -> list:
    sides = [confirmed(rows, left, right, side) for side in ("high", "low")]
    said = []
    for i in range(len(rows)):
        row = []
        for found in sides:
            last = known(found, i)[-1:]
            row += [last[0][1], i - last[0][0]] if last else [None, None]
        said.append(tuple(row))
    return said


def fractals(rows: list[Row]) -> list:
    return swings(rows, 2, 2)


def structure(rows: list[Row], left: int, right: int) -> list:
    sides = [confirmed(rows, left, right, side) for side in ("high", "low")]
    said = []
    for i in range(len(rows)):
        last = [[price for _, price in known(found, i)][-3:] for found in sides]
        if min(map(len, last)) < 3:
            said.append((None, None))
            continue
        steps = [b - a for three in last for a, b in pairwise(three)]
        bull, bear = sum(s > 0 for s in steps), sum(s < 0 for s in steps)
        if bull >= 3 and bear <= 1:
            said.append((bull / 4, 1))
        elif bear >= 3 and bull <= 1:
            said.append((bear / 4, -1))
        else:
            said.append((abs(bull - bear) / 4, (bull > bear) - (bear > bull)))
    return said


def break_of_structure(rows: list[Row], left: int, right: int) -> list:
    highs, lows = (confirmed(rows, left, right, side) for side in ("high", "low"))
    said, broken, trend = [], set(), None
    for i, r in enumerate(rows):
        top, bottom = known(highs, i)[-1:], known(lows, i)[-1:]
        broke = 0
        if top and r.close > top[0][1] and ("high", top[0][0]) not in broken:
            broke, trend = 1, 1
            broken.add(("high", top[0][0]))
        elif bottom and r.close < bottom[0][1] and ("low", bottom[0][0]) not in broken:
            broke, trend = -1, -1
            broken.add(("low", bottom[0][0]))
        said.append((broke, trend))
    return said
