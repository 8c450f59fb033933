"""`tickgrid check`: every law is seen broken, by a file a person could have written."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app import cli
from app.job import EXPERIMENTS
from app.lawcheck import laws, notes, samples
from engine.core.contracts import instrument
from engine.synth.market import synthesise
from storage.lake import Lake

HEAD = """
import numpy as np
from engine import Bars, Setups, Strategy, became, gate, param

class Mine(Strategy):
    '''Closes that leave the range of the bar before.'''
"""
GOOD = """
    beyond: int = param(default=1, low=0, high=4, step=2)
    widest: int = gate("range", "<=", default=None, low="1", high="21", step="10")

    def setups(self, bars: Bars) -> Setups:
        up = np.zeros(len(bars), np.bool_)
        up[1:] = bars.close[1:] > bars.high[:-1] + 4 * self.beyond
        return Setups.where(bars, long=became(up), attributes={"range": bars.high - bars.low})
"""
BROKEN = {
    "prefix": ("up[1:] = bars.close[1:]", "up[:-1] = bars.close[1:]", "changes (side)"),
    "parameters": ("4 * self.beyond", "4", "beyond changes nothing"),
    "gate": ('gate("range"', 'gate("width"', "widest is a gate on width, which no setup has"),
    "open gate": ('low="1", high="21"', 'low="9000", high="9020"', "widest rejects nothing"),
    "determinism": (
        "became(up)",
        "np.random.default_rng().random(len(bars)) < 0.01",
        "asked again",
    ),
    "start": (
        "became(up)",
        "became(up) & (np.arange(len(bars)) % 7 == 0)",
        "first half of history",
    ),
    "short": ("        up[1:]", "        bars.close[0]\n        up[1:]", "0 bars make it fail"),
    "speaks": ("became(up)", "up & False", "no setup at any point"),
    "written": ("import numpy as np", "import numpy as np\nimport storage.lake", "imports storage"),
    "called": (
        "        up[1:]",
        "        np.load if True else open('x')\n        up[1:]",
        "calls open()",
    ),
}
LAW = {
    "gate": "parameters",
    "open gate": "parameters",
    "start": "warm-up",
    "short": "warm-up",
    "written": "hold-out",
    "called": "hold-out",
}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A market small enough for a test."""
    monkeypatch.setattr(samples, "SESSIONS", 8)
    monkeypatch.setattr(laws, "CUTS", 3)
    monkeypatch.setattr(notes, "SURROGATES", 2)


@pytest.fixture
def check(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TICKGRID_DATA", str(tmp_path / "store"))

    def run(asked, *more):
        code = cli.main(["check", str(asked), *more])
        return code, *capsys.readouterr()

    return run


def file(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text)
    return path


@pytest.mark.covers("QA-146")
def test_a_strategy_that_keeps_the_laws_has_notes_and_no_findings(check, tmp_path):
    code, said, _ = check(file(tmp_path, HEAD + GOOD), "--json")
    told = json.loads(said)
    assert (code, told["findings"]) == (0, [])
    assert all(row["kept"] for row in told["laws"])
    assert told["bars"][0]["sample"] == "SYNTHETIC ES 1m"
    (gate,) = told["notes"]["gates"]
    shares = list(gate["rejected"].values())
    assert shares == sorted(shares, reverse=True)
    assert told["notes"]["setups_a_session"] == told["notes"]["setups"] / 8
    a_trade = told["notes"]["a_trade"]
    twice = 2 * a_trade["net"] - a_trade["gross"]
    assert a_trade["net_at_double_costs"] == pytest.approx(twice)
    assert told["notes"]["ambiguity"]["worst"] <= told["notes"]["ambiguity"]["best"]
    code, said, _ = check(tmp_path / "mine.py")
    assert code == 0
    for word in ("prefix", "kept", "a session", "mirrored markets", "twice as high", "rejects"):
        assert word in said


@pytest.mark.covers("QA-146")
@pytest.mark.parametrize("what", BROKEN)
def test_every_law_is_seen_broken(check, tmp_path, what):
    right, wrong, sentence = BROKEN[what]
    text = HEAD + GOOD
    assert right in text
    code, said, _ = check(file(tmp_path, text.replace(right, wrong)), "--json")
    told = json.loads(said)
    found = [row["what"] for row in told["findings"] if row["law"] == LAW.get(what, what)]
    assert code == 1
    assert any(sentence in row for row in found), told["findings"]
    assert told["notes"] == {}


def test_what_a_strategy_opens_while_it_speaks_is_seen(check, tmp_path):
    """A reader hidden in a module of one's own."""
    (tmp_path / "secret.txt").write_text("tomorrow")
    path = tmp_path / "secret.txt"
    hidden = (
        f"        getattr(__builtins__, 'get', dict)('open')({str(path)!r}).close()\n        up[1:]"
    )
    code, said, _ = check(file(tmp_path, (HEAD + GOOD).replace("        up[1:]", hidden, 1)))
    assert code == 1
    assert "while it spoke it did open" in said
    assert "secret.txt" in said
    assert "BROKEN" in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def f(:\n", "mine.py line 1: invalid syntax"),
        ("x = 1\n", "mine.py holds no Strategy"),
        (
            HEAD + GOOD + "class Two(Strategy):\n    pass\n",
            "mine.py holds 2 strategies (Mine, Two)",
        ),
        (HEAD + GOOD.replace("        up = ", "        1 / 0\n        up = "), "mine.py line 12: "),
    ],
)
def test_a_file_that_cannot_be_checked_says_so_in_a_line(check, tmp_path, text, sentence):
    code, said, wrong = check(file(tmp_path, text))
    assert (code, said) == (2, "")
    assert sentence in wrong
    assert len(wrong.splitlines()) == 1


def test_a_misspelt_name_is_answered_with_the_nearest(check):
    code, _, wrong = check("opening_drv")
    assert code == 2
    assert "did you mean 'opening_drive'" in wrong


def test_stored_real_bars_are_checked_too(check, tmp_path):
    """A law that only real bars break is found, and the notes are of them."""
    bars = synthesise(instrument("ES"), date(2024, 3, 1), 6, 1)
    real = replace(bars, origin=replace(bars.origin, source="mine", synthetic=False))
    Lake(tmp_path / "store").write_bars(real)
    code, said, _ = check(file(tmp_path, HEAD + GOOD), "--json")
    told = json.loads(said)
    assert code == 0
    assert [row["sample"] for row in told["bars"]] == ["SYNTHETIC ES 1m", "ES 1m from mine"]
    assert told["notes"]["on"] == "ES 1m from mine"
    peek = "up[:-1] = (bars.close[1:] > bars.high[:-1]) & (bars.time[:-1] > 1_700_000_000 * 10**9)"
    right = "up[1:] = bars.close[1:] > bars.high[:-1] + 4 * self.beyond"
    code, said, _ = check(file(tmp_path, (HEAD + GOOD).replace(right, peek)), "--json")
    found = [row["what"] for row in json.loads(said)["findings"] if row["law"] == "prefix"]
    assert code == 1
    assert all(row.startswith("on ES 1m from mine: ") for row in found)


def test_a_study_of_longer_bars_is_checked_on_those(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "LONG", 3)
    chosen = samples.subject("liquidity_raid", None, EXPERIMENTS)
    ((name, bars),) = samples.samples(chosen, Lake(tmp_path)).items()
    assert (name, bars.minutes) == ("SYNTHETIC ES 15m", 15)
    assert int(bars.session[-1]) - int(bars.session[0]) == 2
