"""What a strategy may hand over: setups, with attributes a table can hold beside its own."""

from dataclasses import replace

import pytest

from engine.core.errors import StudyError
from engine.research.asked import COLUMNS, asked
from storage.schema import reserved
from tests.research.markets import Breakout, market


class Silent(Breakout):
    """Answers with no setups at all."""

    def setups(self, _):
        return 5


class Clashing(Breakout):
    """Calls an attribute as a column of every setup is called."""

    def setups(self, bars):
        found = super().setups(bars)
        return replace(found, attributes={"stop": found.attributes["height"]})


def test_the_columns_no_attribute_may_be_called_are_those_of_the_table() -> None:
    assert reserved("setups") == COLUMNS


def test_setups_come_back_as_they_were_found() -> None:
    assert len(asked(Breakout(), market())) == len(Breakout().setups(market())) > 0


def test_what_is_none_is_refused_by_name() -> None:
    with pytest.raises(StudyError, match=r"Silent\.setups must return Setups.*, not int"):
        asked(Silent(), market())
    with pytest.raises(StudyError, match=r"\['stop'\] of Clashing name columns of the table"):
        asked(Clashing(), market())
