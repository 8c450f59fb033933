"""The ledger against its oracle of plain sums, and cells that merge to the whole."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.research.folds import Fold
from engine.research.kernel import FIELDS, reduce_trades
from engine.research.ledger import Cells, merged
from tests.oracle.ledger import sums

TRADES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(-500, 500), st.integers(-9, 9), st.booleans()),
    max_size=40,
)


@given(TRADES, st.sets(st.integers(1, 9), max_size=4))
def test_cells_equal_plain_sums_and_merge_to_the_whole(trades: list, inner: set) -> None:
    trades = sorted(trades, key=lambda trade: trade[0])
    edges = sorted({0, 10} | inner)
    cells = Cells.cut(0, 10, [Fold(*(edges * 4)[:4])] if len(edges) > 3 else [])
    rows = np.zeros((1, len(cells), len(FIELDS)), np.int64)
    table = np.array(trades, np.int64).reshape(-1, 4)
    reduce_trades(table, cells.of_session, rows[0])
    for k in range(len(cells)):
        low, high = cells.edges[k], cells.edges[k + 1]
        inside = [trade for trade in trades if low <= trade[0] < high]
        assert dict(zip(FIELDS, rows[0, k].tolist(), strict=True)) == sums(inside)
    whole = merged(rows, [slice(0, len(cells))])[:, 0]
    assert dict(zip(FIELDS, whole[0].tolist(), strict=True)) == sums(trades)


def test_cells_are_cut_at_every_edge() -> None:
    cells = Cells.cut(2, 12, [Fold(0, 4, 5, 7), Fold(2, 6, 7, 9)])
    assert cells.edges == (0, 2, 4, 5, 6, 7, 9, 10)
    assert cells.of_session.tolist() == [-1, -1, 0, 0, 1, 1, 2, 3, 4, 5, 5, 6]
    assert cells.run(2, 7) == slice(1, 5)
