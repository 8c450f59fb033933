"""Reduction of one combination's trades into its cells."""

from engine.core.bars import Longs
from engine.core.jit import kernel

# Columns of a ledger row, in this order everywhere.
FIELDS = (
    *("n", "ambiguous", "wins", "losses", "gross_win", "gross_loss"),
    *("net", "sum_r", "traded_sessions", "squares", "peak", "trough", "fall"),
)
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
    """The sums add, in registers; the drawdown goes on from where the total stands."""
    n = doubts = wins = losses = gained = lost = net = sum_r = traded = squares = 0
    peak = trough = fall = 0
    for k in range(start, stop):
        fall = max(fall, cells[k, 12], peak - (net + cells[k, 11]))
        peak, trough = max(peak, net + cells[k, 10]), min(trough, net + cells[k, 11])
        n, doubts = n + cells[k, 0], doubts + cells[k, 1]
        wins, losses = wins + cells[k, 2], losses + cells[k, 3]
        gained, lost = gained + cells[k, 4], lost + cells[k, 5]
        net, sum_r = net + cells[k, 6], sum_r + cells[k, 7]
        traded, squares = traded + cells[k, 8], squares + cells[k, 9]
    total[0], total[1], total[2], total[3] = n, doubts, wins, losses
    total[4], total[5], total[6], total[7] = gained, lost, net, sum_r
    total[8], total[9] = traded, squares
    total[10], total[11], total[12] = peak, trough, fall
