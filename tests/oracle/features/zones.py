"""Fair value gaps and order blocks: every zone followed alone through its life."""

from tests.oracle.features import swings
from tests.oracle.features.rows import Row


def lives(rows: list[Row], kind: str, least: int, oldest: int) -> list[dict]:
    """The zones of a kind: side, edges, first and last bar at which each is open, its touches."""
    found = []
    for i in range(2, len(rows)):
        a, b = rows[i - 2], rows[i]
        if b.low - a.high >= least:
            found.append(life(rows, i, 1, (b.low, a.high), oldest))
        elif a.low - b.high >= least:
            found.append(life(rows, i, -1, (a.low, b.high), oldest))
    if kind == "plain":
        return found
    return [
        life(rows, z["through"], -z["side"], z["edges"], oldest)
        for z in found
        if z["through"] is not None
    ]


def life(rows: list[Row], born: int, side: int, edges: tuple, oldest: int) -> dict:
    top, bottom = edges
    last, through, retest, deepest = born, None, None, top if side > 0 else bottom
    depths = {born: deepest}
    for i in range(born + 1, min(born + oldest, len(rows) - 1) + 1):
        r = rows[i]
        if (r.close < bottom) if side > 0 else (r.close > top):
            through = i
            break
        deepest = min(deepest, r.low) if side > 0 else max(deepest, r.high)
        depths[i] = deepest
        last = i
    touches = [
        i for i in range(born + 1, last + 1) if rows[i].low <= top and rows[i].high >= bottom
    ]
    if touches and touches[0] >= born + 2:
        retest = touches[0]
    return {
        "born": born,
        "side": side,
        "edges": edges,
        "last": last,
        "through": through,
        "retest": retest,
        "depths": depths,
    }


def fair_value_gaps(rows: list[Row], kind: str, least: int, oldest: int) -> list:
    zones, said = lives(rows, kind, least, oldest), []
    for i in range(len(rows)):
        fills, levels = [], []
        for side in (1, -1):
            is_open = [z for z in zones if z["side"] == side and z["born"] <= i <= z["last"]]
            if not is_open:
                fills.append(None)
                levels += [None, None]
                continue
            newest = is_open[-1]  # the one made last, whenever it flipped
            top, bottom = newest["edges"]
            depth = newest["depths"][i]
            way = top - depth if side > 0 else depth - bottom
            fills.append(min(way / (top - bottom), 1))
            levels += [top, bottom]
        retests = [z for z in zones if z["retest"] == i]
        said.append((*fills, *levels, retests[-1]["side"] if retests else 0))
    return said


def order_blocks(rows: list[Row], n: int, left: int, right: int) -> list:
    breaks, said, blocks = swings.break_of_structure(rows, left, right), [], {}
    for i, r in enumerate(rows):
        for side in (1, -1):
            block = blocks.get(side)
            if block and ((r.close < block.low) if side > 0 else (r.close > block.high)):
                del blocks[side]
            if breaks[i][0] == side:
                back = [q for q in rows[max(i - n, 0) : i] if side * (q.close - q.open) < 0]
                if back:
                    blocks[side] = back[-1]
        row = []
        for side in (1, -1):
            row += [blocks[side].high, blocks[side].low] if side in blocks else [None, None]
        said.append(tuple(row))
    return said
