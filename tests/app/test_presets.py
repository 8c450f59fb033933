"""A preset fills in what a study leaves out, and says so in what is stored and listed."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from app.resolve import change, experiment_of, single
from app.yaml_lines import document_of, dump, read
from engine.core.errors import TickgridError

IDEA = """\
from engine import Bars, Setups, Strategy, Preset, gate, param

class Mine(Strategy):
    \"\"\"Mine.\"\"\"
    length: int = param(default=5, low=1, high=50, doc="bars")
    beyond: int = param(default=0, low=0, high=9, doc="ticks")
    least: object = gate("size", ">=", default=None, low="0", high="9", step="0.5")
    presets = (
        Preset(
            name="wide",
            doc="What the first version used.",
            params={"length": 30},
            gates={"least": "2.5"},
            exits={"stop": {"times": 1.5, "of": "size"}, "target": {"r": 2}},
            rules={"max_per_session": 2, "entry_window": ["08:30", "14:30"]},
        ),
    )

    def setups(self, bars: Bars) -> Setups:
        return Setups.where(bars)
"""
STUDY = """\
study: mine
data: {symbol: ES}
strategy: mine.py
"""
WRITTEN = """\
params: {length: [10, 20], beyond: [1, 2]}
gates: {least: [null, 1]}
exits: {stop: [8, 16], hold: {bars: 5}}
rules: {max_per_session: 1}
"""


def made(tmp_path: Path, text: str, *flags: str, one: bool = False):
    (tmp_path / "mine.py").write_text(IDEA)
    (tmp_path / "s.yaml").write_text(STUDY + text)
    document = read(tmp_path / "s.yaml")
    change(document, {}, flags)
    if one:
        single(document)
    return experiment_of(document)


def rows(experiment):
    return [dict(experiment.plan[k].row()) for k in range(len(experiment.plan))]


def test_a_preset_says_what_the_study_does_not(tmp_path):
    found = made(tmp_path, "preset: wide\n")
    (row,) = rows(found)
    assert (row["length"], row["beyond"], row["least"]) == (30, 0, Decimal("2.5"))
    assert (row["stop"], row["target"]) == ("1.5 x size", "2 r")
    assert (found.plan.rules.max_per_session, found.plan.rules.entry_window) == (2, (510, 870))


def test_what_is_written_in_the_same_file_wins(tmp_path):
    found = made(tmp_path, "preset: wide\n" + WRITTEN)
    assert len(found.plan) == 16
    assert {row["target"] for row in rows(found)} == {"2 r"}
    assert {row["length"] for row in rows(found)} == {10, 20}
    assert {row["least"] for row in rows(found)} == {None, 1}
    assert found.plan.rules.max_per_session == 1


def test_a_preset_by_flag_comes_after_the_file_and_other_flags_stand(tmp_path):
    found = made(tmp_path, WRITTEN, "preset=wide", "params.length=[7, 8]", "exits.target=none")
    assert {row["length"] for row in rows(found)} == {7, 8}
    assert {(row["beyond"], row["least"]) for row in rows(found)} == {(0, Decimal("2.5"))}
    assert {(row["stop"], row["target"]) for row in rows(found)} == {("1.5 x size", "none")}
    assert str(found.plan.exits[0].hold) == "5 bars"  # the preset says nothing of it
    assert found.plan.rules.max_per_session == 2
    assert len(made(tmp_path, WRITTEN, "preset=wide", one=True).plan) == 1


def test_the_stored_study_holds_every_value_and_resolves_to_itself(tmp_path):
    found = made(tmp_path, "preset: wide\n")
    text = dump(found.sections)
    assert "preset: wide" in text
    assert "length: [30]" in text
    again = experiment_of(document_of(text.replace("mine.py", str(tmp_path / "mine.py")), "again"))
    assert rows(again) == rows(found)
    assert again.plan.rules == found.plan.rules


@pytest.mark.parametrize(
    ("text", "flags", "said"),
    [
        ("preset: wid\n", (), "s.yaml line 4: no preset 'wid' of Mine; did you mean 'wide'?"),
        ("", ("preset=wid",), "--set preset=wid: no preset 'wid'"),
        ("preset: 3\n", (), "line 4: preset must be text, not '3'"),
    ],
)
def test_a_preset_nobody_knows_is_named_with_its_line(tmp_path, text, flags, said):
    with pytest.raises(TickgridError) as caught:
        made(tmp_path, text, *flags)
    assert said in str(caught.value)


def test_a_mistake_inside_a_preset_names_the_preset(tmp_path):
    (tmp_path / "s.yaml").write_text(STUDY + "preset: wide\n")
    (tmp_path / "mine.py").write_text(IDEA.replace('"r": 2', '"rr": 2'))
    with pytest.raises(TickgridError, match=r"^preset wide: exits\.target: .*rr"):
        experiment_of(read(tmp_path / "s.yaml"))


@pytest.mark.covers("QA-121")
def test_presets_are_listed_from_the_code(tickgrid, tmp_path):
    (tmp_path / "mine.py").write_text(IDEA)
    found = json.loads(tickgrid("strategies", str(tmp_path / "mine.py"), "--json")[1])
    (preset,) = found["presets"]
    assert (preset["preset"], preset["doc"]) == ("wide", "What the first version used.")
    assert preset["values"]["gates"] == {"least": "2.5"}
    shown = tickgrid("strategies", str(tmp_path / "mine.py"))[1]
    assert "Take one by `preset: NAME` in a study" in shown
    assert "stop: {times: 1.5, of: size}" in shown
    assert "Take one by" not in tickgrid("strategies", "opening_drive")[1]
