"""How a command ends: what went wrong in one line, and the exit code."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.small import FOLDS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["swep", "vpoc"], "No such command 'swep'. Did you mean 'sweep'?"),
        (["data", "sinth"], "No such command 'sinth'. Did you mean 'synth', 'split'?"),
        (["sweep"], "Missing argument 'STUDY'."),
        (["sweep", "vpoc", "--wokers", "2"], "no option '--wokers'; did you mean '--workers'?"),
        (["sweep", "vpoc", "--nonsense"], "No such option: --nonsense"),
        (["sweep", "vpok"], "no study 'vpok' (neither a file nor in experiments); did you mean"),
        (["sweep", "vpoc", "--workers", "no"], "workers (flag) must be a whole number"),
        (["sweep", "vpoc", "--device", "cuda"], "--device cuda (flag) is refused: no device path"),
        (["sweep", "vpoc", "--log-level", "loud"], "no log level 'loud' (flag)"),
        (["sweep", "vpoc", "--days", "0"], "Invalid value for '--days'"),
        (["sweep", "vpoc", "--days", "9"], "a fold needs 141 sessions"),
        (["sweep", "vpoc", "--symbol", "EZ"], "no instrument 'EZ'"),
        (["sweep", "vpoc", "--symbol", "NQ"], "To make some: tickgrid data synth NQ"),
        (["sweep", "vpoc", "--set", "x"], "--set 'x': write it as key.key=value"),
        (["sweep", "vpoc", "--set", "fold.train=1"], "no key 'fold'; did you mean 'folds'?"),
        (["sweep", "vpoc", *FOLDS, "--set", "exits.stop={times: 1, of: rang}"], "'rang'"),
        (["sweep", "vpoc", "--environment", "x"], "no environment 'x' in tickgrid.yaml"),
        (["strategies", "openin_drive"], "did you mean 'opening_drive'?"),
        (["instruments", "ESS"], "no instrument 'ESS'; did you mean 'ES'?"),
        (["calendar", "ES", "--from", "x", "--to", "y"], "'x' is no date"),
        (["data", "synth", "ES", "--from", "x"], "'x' is no date; write it as 2020-01-02"),
        (["sql", "drop table runs"], "DROP is not for reading"),
        (["sql", "select * from trade"], "trade"),
    ],
)
def test_a_users_error_is_one_line_and_two(arguments, said, tickgrid):
    code, out, err = tickgrid(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("tickgrid: ")
    assert err.count("\n") == 1


def test_a_bug_is_called_one_and_its_traceback_is_kept(tickgrid, monkeypatch, tmp_path):
    def broken():
        raise ZeroDivisionError("our fault")

    monkeypatch.setattr("adapters.names", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code, out, err = tickgrid("strategies")
    assert (code, out) == (70, "")
    assert err.count("\n") == 1
    assert "this is a bug in tickgrid (ZeroDivisionError: our fault); the traceback is in " in err
    (kept,) = tmp_path.glob("tickgrid-crash-*.log")
    assert str(kept) in err
    assert "in broken" in kept.read_text()


RULES = Path("adapters/opening_drive.py").read_text()
BOX = "        box = opening_range"


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (BOX, f"        1 / 0\n{BOX}", "mine.py line 20: ZeroDivisionError: division by zero"),
        (BOX, f"        return 5\n{BOX}", "OpeningDrive.setups must return Setups"),
        ('{"range":', '{"stop": box.low, "range":', "['stop'] of OpeningDrive name columns of"),
        ("+ self.beyond)", "+ self.beyond)[:9]", "one bool a bar is needed"),
    ],
)
def test_a_strategy_that_fails_is_named_with_its_line(was, now, said, tickgrid, tmp_path):
    (tmp_path / "mine.py").write_text(RULES.replace(was, now, 1))
    text = "study: bad\ndata: {symbol: ES}\nstrategy: mine.py\nexits: {stop: 16}\n"
    (tmp_path / "bad.yaml").write_text(text)
    code, out, err = tickgrid("sweep", str(tmp_path / "bad.yaml"), *FOLDS)
    assert (code, out) == (2, "")
    assert said in err
    assert "bug in tickgrid" not in err
    assert err.count("\n") == 1


def test_debug_shows_the_traceback(tickgrid, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("our fault")

    monkeypatch.setattr("app.job.bars_of", broken)
    code, _, err = tickgrid("sweep", "quickstart", "--log-level", "debug")
    assert code == 70
    assert "Traceback (most recent call last)" in err


def test_an_interrupt_is_one_line_and_130(tickgrid, monkeypatch):
    def stopped():
        raise KeyboardInterrupt

    monkeypatch.setattr("adapters.names", stopped)
    code, out, err = tickgrid("strategies")
    assert (code, out) == (130, "\n" if out else "")
    assert err.endswith(
        "tickgrid: interrupted; a sweep keeps what it finished: give the same command again\n"
    )


def test_a_full_disk_is_no_bug(tickgrid, monkeypatch):
    def full():
        raise OSError(28, "No space left on device", "bars.parquet")

    monkeypatch.setattr("adapters.names", full)
    assert tickgrid("strategies")[::2] == (
        2,
        "tickgrid: bars.parquet: No space left on device\n",
    )


def started(*arguments, cwd=None, **more):
    command = [sys.executable, "-m", "app", *arguments]
    environ = {**os.environ, "PYTHONPATH": str(Path.cwd()), **more}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environ, cwd=cwd, **pipes)


def finished(*arguments, **more):
    process = started(*arguments, **more)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_the_process_ends_with_the_code(root):
    assert finished("--version")[0] == 0
    code, out, err = finished("sweep", "nothing")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    rows = finished("data", "list", "--json", TICKGRID_DATA=str(root))
    assert json.loads(rows[1])[0]["symbol"] == "ES"


def test_a_signal_ends_the_process_with_130_and_leaves_the_store_readable(root):
    ticks = f"[{', '.join(map(str, range(1, 31)))}]"  # enough to be still at it when told to stop
    large = [*FOLDS, "--set", f"exits.stop={ticks}", "--set", f"exits.target={ticks}"]
    process = started("sweep", "vpoc", *large, "--log-level", "info", TICKGRID_DATA=str(root))
    for line in process.stderr:
        if "read bars" in line:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert finished("runs", "--json", TICKGRID_DATA=str(root))[0] == 0
