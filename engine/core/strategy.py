"""Strategy: a frozen value with one method, whose fields are its parameters."""

from engine.core.bars import Bars
from engine.core.params import Tunable
from engine.core.setups import Setups


class Strategy(Tunable):
    """An idea as a value: declare its parameters, and say where its setups are."""

    def setups(self, bars: Bars) -> Setups:
        """Every opportunity these bars hold, each known at the close of its bar."""
        raise NotImplementedError(f"{type(self).__name__} must define setups(self, bars)")
