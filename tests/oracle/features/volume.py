"""Volume beside moves and beside what is usual, from the definitions."""

from tests.oracle.features.rows import Row, deviation, window


def signs(rows: list[Row]) -> list[int]:
    """Volume with the sign of the close's move, 0 for the first bar."""
    said = [0] * len(rows)
    for i in range(1, len(rows)):
        move = rows[i].close - rows[i - 1].close
        said[i] = rows[i].volume * ((move > 0) - (move < 0))
    return said


def obv(rows: list[Row]) -> list:
    flows = signs(rows)
    return [rows[0].volume + sum(flows[: i + 1]) for i in range(len(rows))]


def order_flow(rows: list[Row], n: int) -> list:
    flows, said = signs(rows), []
    for i in range(len(rows)):
        if i < n:
            said.append((None, None))
            continue
        flow = sum(flows[i - n + 1 : i + 1])
        volume = sum(r.volume for r in rows[i - n + 1 : i + 1])
        said.append((flow, flow / volume if volume else None))
    return said


def relative_volume(rows: list[Row], n: int) -> list:
    volumes, said = [r.volume for r in rows], []
    for i, now in enumerate(volumes):
        part = window(volumes, i, n)
        if part is None:
            said.append((None, None))
            continue
        wide = deviation(part, 1)
        surge = (now - sum(part) / n) / wide if wide else None
        said.append((now / (sum(part) / n) if sum(part) else None, surge))
    return said


def dollar_volume(rows: list[Row], n: int) -> list:
    values, said = [r.close * r.volume for r in rows], []
    for i, now in enumerate(values):
        part = window(values, i, n)
        said.append((now, now * n / sum(part) if part and sum(part) > 0 else None))
    return said


def volume_by_minute(rows: list[Row], sessions: int) -> list:
    said = []
    for i, r in enumerate(rows):
        before = [q.volume for q in rows[:i] if q.minute == r.minute][-sessions:]
        usual = len(before) == sessions and sum(before)
        said.append(r.volume * sessions / sum(before) if usual else None)
    return said
