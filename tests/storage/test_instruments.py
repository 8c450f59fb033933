"""instruments.yaml overrides and adds; what it gets wrong is named by file, symbol and key."""

from decimal import Decimal

import pytest

from engine.core.errors import StoreError, UnknownError
from storage.instruments import instrument_at, instruments_at

OWN = """
ES: {fees: {commission: 0.25}}
DAX:
  name: DAX future
  exchange: EUREX
  kind: future
  currency: EUR
  tick: 0.5
  point_value: 25
  calendar: cme_equity
"""


@pytest.fixture
def root(tmp_path):
    def written(text):
        (tmp_path / "instruments.yaml").write_text(text)
        return tmp_path

    return written


def test_facts_are_laid_over_the_known_instrument(root):
    es = instrument_at(root(OWN), "ES")
    assert es.fees.rows[-1][1].commission == Decimal("0.25")
    assert es.tick == Decimal("0.25")
    assert instrument_at(root(OWN), "NQ").symbol == "NQ"


def test_an_instrument_can_be_added(root):
    dax = instrument_at(root(OWN), "DAX")
    assert (dax.symbol, dax.tick, dax.currency) == ("DAX", Decimal("0.5"), "EUR")


def test_without_a_file_the_known_instruments_hold(tmp_path):
    assert instruments_at(tmp_path) == {}
    assert instrument_at(tmp_path, "ES").symbol == "ES"
    with pytest.raises(UnknownError, match="no instrument 'DAX'"):
        instrument_at(tmp_path, "DAX")


def test_an_empty_file_says_nothing(root):
    assert instruments_at(root("# nothing yet\n")) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ES: {tik: 1}", r"instruments.yaml: ES: no instrument key 'tik'; did you mean 'tick'"),
        ("ES: {tick: fine}", r"instruments.yaml: ES: tick: 'fine' is no number"),
        ("NEW: {tick: 1}", r"instruments.yaml: NEW: a new instrument needs"),
        ("ES: 5", r"instruments.yaml: ES: expected facts such as tick: 0.25, not 5"),
        ("[ES]", r"instruments.yaml: expected symbols with facts below them"),
        ("ES: {tick: 1}\nES: {tick: 2}", r"instruments.yaml, line 2: 'ES' stands twice"),
        ("ES: [", r"instruments.yaml, line 1: expected the node content"),
        ("ES: !!python/object:os.system {}", r"instruments.yaml, line 1: could not determine"),
        ("ES: \0", r"instruments.yaml: unacceptable character"),
    ],
)
def test_mistakes_are_named(root, text, said):
    with pytest.raises(StoreError, match=said):
        instruments_at(root(text))


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "instruments.yaml").mkdir()
    with pytest.raises(StoreError, match=r"instruments.yaml: .*Is a directory"):
        instruments_at(tmp_path)
