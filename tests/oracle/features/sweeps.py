"""Sweeps, their quality and their states, from the tables."""

from tests.oracle.features import alignment, levels, swings, volatility
from tests.oracle.features.rows import Row


def sweeps(rows: list[Row], n: int, tolerance: int, least, spell: int) -> list:
    ranges, said = volatility.atr(rows, spell, "wilder"), []
    for i, r in enumerate(rows):
        said.append((None, 0, None))
        if i <= n or not ranges[i]:
            continue
        before, earlier = rows[i - n : i], rows[i - n - 1 : i - 1]
        bottom, top = min(q.low for q in before), max(q.high for q in before)
        under = r.low <= bottom - tolerance and r.close > bottom
        under = under and rows[i - 1].low >= min(q.low for q in earlier)
        over = r.high >= top + tolerance and r.close < top
        over = over and rows[i - 1].high <= max(q.high for q in earlier)
        if under == over:
            continue
        depth = (bottom - r.low if under else r.high - top) / ranges[i]
        if depth >= float(least):
            said[-1] = (depth, 1 if under else -1, bottom if under else top)
    return said


def sweep_quality(rows: list[Row], n: int, span: int, fast: int, slow: int, swing: int) -> list:
    found = sweeps(rows, n, 1, 0.1, 14)
    biases = swings.structure(rows, swing, swing)
    trends = alignment.trend_above(rows, span, fast, slow)
    said = []
    for (depth, side, _), (sure, bias), trend in zip(found, biases, trends, strict=True):
        if depth is None or bias is None or trend is None:
            said.append(None)
            continue
        score = 0.4 * min(depth, 1) + 0.15 * sure + (0.2 if trend == side else 0)
        said.append(score + (0.25 if bias == side else 0.05 if bias == 0 else 0))
    return said


def sweep_state(rows: list[Row], name: str, tolerance: int, body, patience: int) -> list:
    edges, said = levels.window_range(rows, name), []
    boxes = [None, None]
    for i, r in enumerate(rows):
        states, depths = [], []
        for side in range(2):
            level = edges[i][2 - side]
            if level is None:
                boxes[side] = None
            elif boxes[side] is None or boxes[side]["level"] != level:
                boxes[side] = {"level": level, "state": 0}
            if boxes[side]:
                step(boxes[side], r, i, 1 - 2 * side, (tolerance, float(body), patience))
            states.append(boxes[side]["state"] if boxes[side] else None)
            depths.append(boxes[side]["depth"] if states[-1] else None)
        said.append((*depths, *states))
    return said


def step(box: dict, r: Row, i: int, side: int, given: tuple) -> None:
    tolerance, body, patience = given
    beyond = box["level"] - r.low if side > 0 else r.high - box["level"]
    inside = side * (r.close - box["level"])
    if box["state"] == 0 and beyond >= tolerance:
        box |= {"state": 1, "since": i, "depth": 0}
    if box["state"] in (0, 3):
        return
    box["depth"] = max(box["depth"], beyond)
    if i - box["since"] > patience:
        box["state"] = 0
        return
    if inside < 0:
        box["state"] = 1
    elif inside > 0:
        box["state"] = 2
        candle = side * (r.close - r.open)
        if candle > 0 and candle >= body * (r.high - r.low):
            box["state"] = 3
