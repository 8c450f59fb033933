"""The rows of the acceptance tables that a test can cover, and what the T-tests are about."""

import re
from collections.abc import Iterable

T_TESTS = {
    "T01": "value area on hand-worked profiles",
    "T02": "value-area properties on random profiles",
    "T03": "developing levels equal a profile from scratch",
    "T04": "volume is conserved to the lot",
    "T05": "features: batch, incremental and outside references",
    "T06": "measures against an independent implementation",
    "T07": "calibration of the statistics under the null",
    "T08": "a planted edge is found, no edge is not",
    "T10": "fills against the slow oracle",
    "T11": "kernels against each other, to the money unit",
    "T12": "a row of a sweep played alone",
    "T13": "the prefix law",
    "T14": "no fill outside its bar or before its setup",
    "T15": "worst <= any path <= best",
    "T16": "metamorphic laws",
    "T17": "cash identity, costs once",
    "T18": "legs sum to the entry",
    "T19": "extreme prices, empty and tiny sessions",
    "T20": "margin and forced liquidation",
    "T21": "profit and loss through a roll",
    "T22": "calendar against stored bars and public calendars",
    "T23": "daylight saving",
    "T24": "mutated data files",
    "T25": "injected faults, each reported once",
    "T30": "same bytes for any workers and any order",
    "T31": "kill and resume",
    "T32": "memory does not grow with the grid",
    "T33": "throughput",
    "T34": "cold start",
    "T35": "reports: time, size, offline",
    "T36": "install matrix",
    "T40": "crash recovery of the live loop",
    "T41": "network chaos",
    "T42": "storage faults",
    "T43": "partial fills",
    "T44": "stale data",
    "T45": "breakers",
    "T46": "parity of backtest and paper",
    "T47": "flat before every close",
    "T48": "config safety",
    "T49": "security",
}
FAMILIES = {
    **{
        name: tuple(f"{name}-{n:03}" for n in range(1, last + 1))
        for name, last in (("A", 130), ("B", 62), ("VA", 102), ("QA", 147))
    },
    "T": tuple(T_TESTS),
}
KNOWN = frozenset(row for family in FAMILIES.values() for row in family)


def unknown(ids: Iterable[str]) -> list[str]:
    """Ids that stand in no table."""
    return [row for row in ids if row not in KNOWN]


def ranges(ids: Iterable[str], family: tuple[str, ...]) -> str:
    """Write ids compactly, runs of neighbours in their family as `A-001..A-007`."""
    runs: list[list[int]] = []
    for place in sorted(family.index(row) for row in set(ids)):
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return " ".join(family[a] if a == b else f"{family[a]}..{family[b]}" for a, b in runs)


def table(proven: Iterable[str]) -> list[str]:
    """One line per family: how many rows have a passing test, and which."""
    proven = set(proven)
    lines = []
    for name, family in FAMILIES.items():
        have = proven.intersection(family)
        line = f"{name:<3} {len(have):>4} of {len(family):<4} {ranges(have, family)}"
        lines.append(line.rstrip())
    return lines


def is_t(row: str) -> bool:
    """Whether a row is a T-test, the ones `make prove` runs at full size."""
    return re.fullmatch(r"T\d\d", row) is not None
