"""`data.inside`: finer bars or the trades themselves, and what is said where neither serves."""

from pathlib import Path

import pytest

from app.inside import refuse_coarse
from app.market import dressed
from app.study import Data
from engine.core.errors import StudyError
from engine.fills.inner import inner_of
from storage.lake import Lake

TAPE = "timestamp,price,size,contract\n"
DAY = "2024-03-04T{:02d}:{:02d}:{:02d}Z,{},2,{}\n"


def tape() -> str:
    """Three minutes of two contracts, four trades a minute and contract, the rear one elsewhere."""
    rows = []
    for minute in (30, 31, 32):
        for second, price in enumerate((5000, 5001, 4999.5, 5000.25)):
            rows += [DAY.format(15, minute, 10 * second, price, "ESH24")]
            rows += [DAY.format(15, minute, 10 * second + 5, price + 50, "ESM24")]
    return TAPE + "".join(rows)


def test_trades_of_the_contract_in_front_lie_inside_the_bars(tickgrid, tmp_path: Path) -> None:
    file = tmp_path / "tape.csv"
    file.write_text(tape(), encoding="utf-8")
    root = tmp_path / "data"
    code, _, err = tickgrid("data", "import", str(file), "--symbol", "ES", "--root", str(root))
    assert code == 0, err
    wanted = Data(symbol="ES", timeframe="3m", inside="ticks")
    bars = dressed(Lake(root), wanted, (None, None), "ticks")
    assert bars.inner is not None
    assert len(bars) == 1
    assert bars.inner.close.tolist() == [20000, 20004, 19998, 20001] * 3
    assert (inner_of(bars).stop - inner_of(bars).first).tolist() == [12]
    minutes = Data(symbol="ES", timeframe="3m", inside="1m")
    finer = dressed(Lake(root), minutes, (None, None), "ticks").inner
    assert finer is not None
    assert len(finer) == 3


def test_a_market_without_trades_says_so(tickgrid, tmp_path: Path) -> None:
    root = tmp_path / "data"
    made = ("data", "synth", "ES", "--from", "2024-01-02", "--sessions", "1", "--root", str(root))
    assert tickgrid(*made)[0] == 0
    wanted = Data(symbol="ES", timeframe="5m", inside="ticks")
    with pytest.raises(StudyError, match=r"data\.inside: no trades of ES in .*; import its trades"):
        dressed(Lake(root), wanted, (None, None), "synthetic")


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("5m", "5m bars lie inside no 5m bar; name a finer one"),
        ("tick", "'tick' is no timeframe; .* or ticks for the trades"),
    ],
)
def test_what_lies_inside_nothing_is_refused(inside: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        refuse_coarse(Data(symbol="ES", timeframe="5m", inside=inside))
