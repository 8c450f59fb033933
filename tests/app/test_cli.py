"""The command line: what it prints, where, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from app import cli
from app.job import EXPERIMENTS
from tests.app.small import FOLDS


def commands(group=None, path=()):
    """Every command and group there is, by its words."""
    group = group or get_command(cli.app)
    for name, command in group.commands.items():
        yield (*path, name)
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_explains_itself_with_an_example(words):
    done = CliRunner().invoke(cli.app, [*words, "--help"])
    assert done.exit_code == 0
    assert f"Example: tickgrid {' '.join(words)}" in " ".join(done.stdout.split())


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_without_a_command_the_commands_are_listed(arguments, tickgrid):
    code, out, err = tickgrid(*arguments)
    assert (code, err) == (0, "")
    assert "sweep" in out
    assert tickgrid("data")[1].count("synth") >= 1


def test_version(tickgrid):
    code, out, _ = tickgrid("--version")
    assert code == 0
    assert out.startswith("tickgrid ")


@pytest.mark.covers("QA-147", "A-077", "A-122")
def test_a_sweep_is_played_stored_and_not_played_again(tickgrid, root):
    alone = ("--set", "params.minutes=[25, 35]")  # no other test plays this run in the shared store
    arguments = ("sweep", "quickstart", *FOLDS, *alone, "--workers", "2")
    code, out, _ = tickgrid(*arguments)
    assert code == 0
    for part in ("SYNTHETIC DATA", "Best in sample", "Walked forward", "Evidence", "verdict:"):
        assert part in out
    name = out.rsplit("stored as ", 1)[1].strip()
    folder = root / "runs" / name
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    code, again, err = tickgrid(*arguments, "--workers", "1")
    assert (code, again) == (0, out)
    assert f"{name} is stored already: same study, data and code" in err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    resolved = " ".join((folder / "study.yaml").read_text().split())
    assert "folds: train: 20 test: 5 purge: 1" in resolved
    log = (folder / "run.log").read_text()
    assert "setting workers = 2 (flag)" in log
    assert "INFO    play: " in log
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["settings"]["workers"] == {"value": 2, "from": "flag"}
    assert manifest["settings"]["root"]["from"] == "TICKGRID_DATA"
    assert {"python", "numpy", "numba", "polars"} <= set(manifest["versions"])


@pytest.mark.covers("QA-147")
def test_the_same_study_gives_the_same_bytes_for_any_number_of_workers(tickgrid, root, tmp_path):
    arguments = ("sweep", "quickstart", *FOLDS, "--days", "40", "--json")
    assert tickgrid("data", "synth", "ES", "--sessions", "60", "--root", str(tmp_path))[0] == 0
    found = json.loads(tickgrid(*arguments, "--workers", "2")[1])
    other = json.loads(tickgrid(*arguments, "--workers", "1", "--root", str(tmp_path))[1])
    assert found == other
    assert found["sessions"] == 40
    one, two = (place / "runs" / found["run"] for place in (root, tmp_path))
    same = [path.name for path in one.iterdir() if path.name not in ("run.log", "manifest.json")]
    assert len(same) >= 7
    for name in same:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


@pytest.mark.covers("QA-147")
@pytest.mark.parametrize(
    "change", [["--set", "params.minutes=[15, 45]"], ["--days", "45"], ["--set", "note=x"]]
)
def test_another_study_or_other_data_is_another_run(tickgrid, change):
    def name(*more):
        return json.loads(tickgrid("sweep", "quickstart", *FOLDS, *more, "--dry-run", "--json")[1])[
            "run"
        ]

    assert name() == name() != name(*change)


@pytest.mark.covers("QA-065")
def test_one_combination(tickgrid):
    code, out, _ = tickgrid("run", "quickstart", *FOLDS, "--set", "params.minutes=30")
    assert code == 0
    assert "played: minutes 30, beyond 2, widest open, stop 16, target 32" in out
    code, out, _ = tickgrid("run", "quickstart", *FOLDS, "--json")
    found = json.loads(out)
    assert found["combinations"] == 1
    assert found["played"]["stop"] == "16"
    assert found["measures"]["trades"] == len(found["trades"]) > 0
    assert sum(trade["net"] for trade in found["trades"]) == pytest.approx(found["measures"]["net"])


@pytest.mark.covers("A-077")
def test_a_dry_run_prints_the_effective_study_and_writes_nothing(tickgrid, root, tmp_path):
    before = sorted(root.rglob("*"))
    code, out, _ = tickgrid("sweep", "quickstart", *FOLDS, "--dry-run")
    assert code == 0
    said = " ".join(out.split())
    assert "folds: train: 20 test: 5 purge: 1 objective: expectancy min_trades: 5" in said
    assert "TICKGRID_DATA" in out
    assert sorted(root.rglob("*")) == before
    empty = ("--root", str(tmp_path / "none"))
    code, out, _ = tickgrid("sweep", "quickstart", "--dry-run", "--json", *empty)
    assert json.loads(out)["data"] == "none stored; SYNTHETIC ES would be made"
    assert not (tmp_path / "none").exists()


@pytest.mark.covers("A-077")
def test_the_environment_changes_a_study_and_flags_change_it_back(tickgrid, monkeypatch):
    monkeypatch.setenv("TICKGRID_SET", "params.minutes=[5, 10, 15]; folds.test=5")
    look = ("sweep", "quickstart", "--dry-run", "--json", "--set", "folds.train=20")
    assert json.loads(tickgrid(*look)[1])["combinations"] == 12
    look = (*look, "--set", "params.minutes=5")
    assert json.loads(tickgrid(*look)[1])["combinations"] == 4


def test_default_bars_are_made_once_and_said_to_be_synthetic(tickgrid, tmp_path, monkeypatch):
    monkeypatch.setattr("app.job.SESSIONS", 40)
    arguments = ("sweep", "quickstart", *FOLDS, "--root", str(tmp_path), "--json")
    code, out, err = tickgrid(*arguments)
    assert code == 0
    assert "no bars are stored: making SYNTHETIC ES, 40 sessions from 2020-01-02, seed 7" in err
    assert json.loads(out)["synthetic"] is True
    assert "making SYNTHETIC" not in tickgrid(*arguments)[2]


def test_bars_are_listed(tickgrid, tmp_path):
    found = json.loads(tickgrid("data", "list", "--json")[1])
    assert [(row["symbol"], row["source"], row["sessions"]) for row in found] == [
        ("ES", "synthetic", 60)
    ]
    assert "ES" in tickgrid("data", "list")[1]
    empty = ("--root", str(tmp_path))
    assert "nothing is stored yet" in tickgrid("data", "list", *empty)[1]
    assert json.loads(tickgrid("data", "list", "--json", *empty)[1]) == []


def test_runs_and_sql(tickgrid, tmp_path):
    name = json.loads(tickgrid("sweep", "quickstart", *FOLDS, "--json")[1])["run"]
    assert name in tickgrid("runs")[1]
    assert name in [row["run"] for row in json.loads(tickgrid("runs", "--json")[1])]
    query = f"select count(*) n from combinations where run = '{name}'"  # noqa: S608 - our own name
    assert json.loads(tickgrid("sql", query, "--json")[1]) == [{"n": 8}]
    assert "8" in tickgrid("sql", query)[1]
    assert "no run is stored yet" in tickgrid("runs", "--root", str(tmp_path))[1]


def test_strategies_are_described_by_their_own_lines(tickgrid):
    rows = json.loads(tickgrid("strategies", "--json")[1])
    assert {"opening_drive"} <= {row["strategy"] for row in rows}
    found = json.loads(tickgrid("strategies", "opening_drive", "--json")[1])
    assert found["class"] == "OpeningDrive"
    widest = found["parameters"][-1]
    assert widest == {
        "under": "gates",
        "name": "widest",
        "type": "decimal",
        "range": "20..400 step 20",
        "default": "open",
        "doc": "keep setups whose range <= this",
    }
    assert "opening_drive" in tickgrid("strategies")[1]
    out = tickgrid("strategies", "opening_drive")[1]
    assert "length of the opening range" in out
    assert "A wide range has already spent" in out


def test_choices_and_conditions_are_described(tickgrid, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from engine import Bars, Setups, Strategy, choice, param\n\n"
        "class Mine(Strategy):\n"
        "    trend: bool = choice(default=False, doc='follow it')\n"
        "    days: int = param(default=2, low=1, high=8, step='x2', when={'trend': True})\n"
    )
    found = json.loads(tickgrid("strategies", str(path), "--json")[1])
    assert [(row["range"], row["default"], row["doc"]) for row in found["parameters"]] == [
        ("false | true", "False", "follow it"),
        ("1..8 step x2", "2", "counts where trend is True"),
    ]


def test_instruments_and_calendar(tickgrid, tmp_path):
    assert "E-mini S&P 500" in tickgrid("instruments")[1]
    facts = json.loads(tickgrid("instruments", "ES", "--json")[1])
    assert {"fact": "tick", "since": "", "value": "0.25"} in facts
    assert any(row["fact"] == "margins.initial" for row in facts)
    (tmp_path / "instruments.yaml").write_text("ES: {name: Mine}")
    assert "Mine" in tickgrid("instruments", "--root", str(tmp_path))[1]
    span = ("--from", "2024-11-25", "--to", "2024-12-02")
    rows = json.loads(tickgrid("calendar", "ES", *span, "--json")[1])
    assert [row["trade_date"] for row in rows] == [
        f"2024-{day}" for day in ("11-25", "11-26", "11-27", "11-29", "12-02")
    ]
    assert rows[0]["rth_start"] == "2024-11-25T14:30:00Z"
    assert "day after Thanksgiving" in tickgrid("calendar", "ES", *span)[1]


def test_help_loads_nothing_heavy():
    heavy = "numpy polars numba duckdb pydantic"
    code = f"import sys, app.cli; print([m for m in '{heavy}'.split() if m in sys.modules])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_experiments_lie_where_make_looks_for_them():
    assert Path("experiments") == EXPERIMENTS
    assert (EXPERIMENTS / "vpoc.yaml").is_file()
