"""Each family finds the edge that it bets on, where one was planted."""

import pytest

from tests.adapters.planted import OWN, found, market
from tests.proof.sizes import TAPES, sized

SEEDS = sized(ci=1, full=10)
NEEDED = 0.8  # of the markets with the edge

pytestmark = pytest.mark.skipif(TAPES == "small", reason="months of a market, bar by bar")


@pytest.mark.parametrize("edge", OWN)
def test_a_family_finds_its_own_edge(edge: str) -> None:
    count = found(OWN[edge].family, edge, range(1, SEEDS + 1))
    market.cache_clear()
    assert count >= NEEDED * SEEDS, f"{OWN[edge].family} finds {edge} on {count} of {SEEDS} markets"
