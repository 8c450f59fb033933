"""Logging: the console at its level, everything for the run."""

import logging
import re

import pytest

from app import log

STAMPED = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) +\S")


@pytest.mark.covers("A-122")
@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_the_console_shows_its_level_and_the_run_keeps_all(level, shown, capsys):
    kept = log.start(level)
    for name in ("debug", "info", "warning", "error"):
        log.logger().log(logging.getLevelName(name.upper()), "a %s line", name)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" a ")[1].split()[0] for line in lines] == shown
    assert len(kept.lines) == 4
    assert all(STAMPED.match(line) for line in kept.lines)
    assert kept.text().count("\n") == 4


def test_starting_again_does_not_say_everything_twice(capsys):
    log.start("info")
    log.start("info")
    log.logger().info("once")
    assert capsys.readouterr().err.count("once") == 1


@pytest.mark.covers("A-122")
def test_a_stage_says_how_long_it_took():
    kept = log.start("error")
    with log.stage("read bars"):
        pass
    assert re.search(r"INFO    read bars: \d+\.\d{3} s$", kept.lines[-1])


def test_a_crash_is_kept_with_what_went_before(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    log.start("warning")
    log.logger().info("before")
    with pytest.raises(ZeroDivisionError) as caught:
        _ = 1 / int("0")
    path = log.crashed(caught.value)
    assert path.parent == tmp_path
    text = path.read_text()
    assert "before" in text
    assert "ZeroDivisionError: division by zero" in text
    assert capsys.readouterr().err == ""


def test_a_crash_before_logging_began_is_kept_too(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    log.logger().handlers.clear()
    assert "ZeroDivisionError" in log.crashed(ZeroDivisionError("early")).read_text()
