"""`tickgrid data import` and `tickgrid data check`, as a user runs them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from app.commands import importing
from engine.core.errors import ParameterError
from tests.ingest.files import frame, tape, written

BARS = tape()
APP = typer.Typer()
APP.command("import")(importing.import_)
APP.command("check")(importing.check)


def run(*words, **how):
    return CliRunner().invoke(APP, [str(word) for word in words], catch_exceptions=False, **how)


@pytest.mark.covers("A-018", "VA-077")
def test_an_import_prints_guesses_counts_and_defects(tmp_path):
    path = written(tmp_path / "es.csv", frame(BARS)[[*range(100), *range(110, len(BARS))]])
    done = run("import", path, "--symbol", "ES", "--root", tmp_path / "data")
    assert done.exit_code == 0
    assert "stamps are UTC time, a guess" in done.output
    assert f"rows: {len(BARS) - 10:,} read" in done.output
    assert "0 quarantined" in done.output
    assert "gap" in done.output
    checked = run("check", "ES", "--root", tmp_path / "data")
    assert checked.exit_code == 0
    assert "gap" in checked.output


def test_a_clean_file_has_no_defect(tmp_path):
    path = written(tmp_path / "es.csv", frame(BARS))
    done = run("import", path, "--symbol", "ES", "--root", tmp_path / "data")
    assert "no defect found" in done.output


def test_json_is_json(tmp_path):
    path = written(tmp_path / "es.csv", frame(BARS))
    said = run("import", path, "--symbol", "ES", "--root", tmp_path / "data", "--json").stdout
    plain = json.loads(said)
    assert plain["rows"]["read"] == len(BARS)
    assert plain["defects"] == []
    again = json.loads(run("check", "ES", "--root", tmp_path / "data", "--json").stdout)
    assert again["source"] == "file"


def test_a_finding_in_the_store_is_exit_1(tmp_path):
    table = frame(BARS)
    table[300, "high"] = 9000.0
    path = written(tmp_path / "es.csv", table)
    assert run("import", path, "--symbol", "ES", "--root", tmp_path / "data").exit_code == 0
    checked = run("check", "ES", "--root", tmp_path / "data")
    assert checked.exit_code == 1
    assert "outlier" in checked.output


@pytest.mark.parametrize("words", [("--scale", "a lot"), ("--stamp", "end")])
def test_an_option_that_makes_no_sense_is_a_clear_error(tmp_path, words):
    path = written(tmp_path / "es.csv", frame(BARS))
    with pytest.raises(ParameterError, match=words[0]):
        run("import", path, "--symbol", "ES", "--root", tmp_path / "data", *words)


def test_every_option_reaches_the_import(tmp_path):
    path = written(tmp_path / "es.csv", frame(BARS))
    words = ("--tz", "UTC", "--stamp", "open", "--contract", "ESH4", "--scale", "1.0")
    more = ("--duplicates", "first", "--source", "mine", "--dates", "ymd", "--replace")
    place = ("--root", tmp_path / "data")
    done = run("import", path, "--symbol", "ES", *place, *words, *more)
    assert done.exit_code == 0
    assert "source mine" in done.output
    assert "contracts ESH24" in done.output
