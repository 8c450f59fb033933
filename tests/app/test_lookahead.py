"""docs/lookahead.md: its figures come from its command, and its two strategies are what it says."""

import importlib.util
import json
from pathlib import Path

import pytest

from app import cli
from app.lawcheck import laws, notes, samples

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "lookahead.md").read_text("utf-8")


@pytest.fixture(scope="module")
def replay():
    spec = importlib.util.spec_from_file_location("replay", DOCS / "lookahead" / "replay.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.covers("A-075")
def test_the_page_prints_what_its_command_does(replay, sized, capsys):
    if sized("lookahead", ci=835, full=835, small=60) < 835:
        made = replay.headline(replay.walk(0, 60))
        assert made.trades == 2 * (60 - replay.WARM) - 1
        return
    replay.main((0,))
    first = capsys.readouterr().out.strip().splitlines()
    assert len(first) == 2
    assert all(line in PAGE for line in first)


@pytest.mark.covers("A-075")
def test_rules_that_see_the_whole_session_win_on_any_walk(replay):
    made = [replay.headline(replay.walk(seed, 60)) for seed in range(3)]
    assert all(one.trades == 2 * (60 - replay.WARM) - 1 for one in made)
    assert all(one.wins > 0.6 and one.profit_factor > 1.5 for one in made)


@pytest.mark.parametrize(("name", "code"), [("same_session", 1), ("causal", 0)])
def test_check_refuses_the_one_and_not_the_other(name, code, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(samples, "SESSIONS", 5)
    monkeypatch.setattr(laws, "CUTS", 3)
    monkeypatch.setattr(notes, "SURROGATES", 2)
    path = DOCS / "lookahead" / f"{name}.py"
    assert cli.main(["check", str(path), "--root", str(tmp_path), "--json"]) == code
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {row["law"] for row in found} == ({"prefix"} if code else set())
