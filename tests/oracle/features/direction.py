"""Direction from its definition: Wilder's sums, begun a bar short."""

from itertools import pairwise

from tests.oracle.features.rows import Row, true_ranges


def adx(rows: list[Row], n: int) -> list:
    ups, downs = [], []
    for a, b in pairwise(rows):
        up, down = b.high - a.high, a.low - b.low
        ups.append(up if up > down and up > 0 else 0)
        downs.append(down if down > up and down > 0 else 0)
    sums = [wilder_sums(x, n) for x in (ups, downs, true_ranges(rows))]
    said, readings, strength = [], [], None
    for i in range(len(rows)):
        if i < n:
            said.append((None, None, None))
            continue
        up, down, wide = (s[i - 1] for s in sums)
        reading = 100 * abs(up - down) / (up + down) if up + down else None
        if i < 2 * n:
            readings.append(reading or 0)
            strength = sum(readings) / n
        elif reading is not None:
            strength = (strength * (n - 1) + reading) / n
        sides = (100 * up / wide, 100 * down / wide) if wide else (None, None)
        said.append((strength if i >= 2 * n - 1 else None, *sides))
    return said


def wilder_sums(values: list, n: int) -> list:
    """values[k] belongs to bar k + 1; the first n - 1 are added up, later ones fade the sum."""
    said, total = [], 0.0
    for k, value in enumerate(values):
        total += value if k < n - 1 else value - total / n
        said.append(total)
    return said
