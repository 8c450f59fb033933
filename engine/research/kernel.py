"""Reduction of one combination's trades into its cells."""

from engine.core.bars import Longs
from engine.core.jit import kernel

# Columns of a ledger row, in this order everywhere.
FIELDS = (
    *("n", "ambiguous", "wins", "losses", "gross_win", "gross_loss"),
    *("net", "sum_r", "traded_sessions", "squares", "peak", "trough", "fall"),
)
ADDED = 10  # the fields before this one are plain sums
SESSION, NET, R, AMBIGUOUS = 0, 1, 2, 3  # columns of the trades handed in


@kernel
def reduce_trades(trades: Longs, cell_of_session: Longs, row: Longs) -> None:
    """Add trades, in order, to the cells of their sessions."""
    session, day, before = -1, 0, -1
    for k in range(len(trades)):
        s = trades[k, SESSION]
        cell = cell_of_session[s]
        if s != session:
            close_session(row, before, day)
            session, day, before = s, 0, cell
        add_trade(row[cell], trades[k])
        day += trades[k, NET]
    close_session(row, before, day)


@kernel
def close_session(row: Longs, cell: int, day: int) -> None:
    if cell >= 0:
        row[cell, 8] += 1
        row[cell, 9] += day * day


@kernel
def add_trade(cell: Longs, trade: Longs) -> None:
    """Counts, sums, and the drawdown of the running net inside the cell."""
    net = trade[NET]
    cell[0] += 1
    cell[1] += trade[AMBIGUOUS]
    if net > 0:
        cell[2] += 1
        cell[4] += net
    elif net < 0:
        cell[3] += 1
        cell[5] -= net
    cell[6] += net
    cell[7] += trade[R]
    cell[10] = max(cell[10], cell[6])
    cell[11] = min(cell[11], cell[6])
    cell[12] = max(cell[12], cell[10] - cell[6])


@kernel
def merge_cells(rows: Longs, runs: Longs, totals: Longs) -> None:
    """Add up runs of cells, `totals[combination, run]`: one combination's cells at a time."""
    for c in range(len(rows)):
        for r in range(len(runs)):
            merge(rows[c], runs[r, 0], runs[r, 1], totals[c, r])


@kernel
def merge(cells: Longs, start: int, stop: int, total: Longs) -> None:
    """The sums add; the drawdown goes on from where the total stands."""
    total[:] = 0
    net = peak = trough = fall = 0
    for k in range(start, stop):
        fall = max(fall, cells[k, 12], peak - (net + cells[k, 11]))
        peak, trough = max(peak, net + cells[k, 10]), min(trough, net + cells[k, 11])
        net += cells[k, 6]
        for field in range(ADDED):
            total[field] += cells[k, field]
    total[10], total[11], total[12] = peak, trough, fall
