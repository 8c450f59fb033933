"""Settings: one place each, in a fixed order of precedence, and where each came from."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import cores, resolve
from engine.core.errors import TickgridError


def settled(tmp_path: Path, flags=None, environ=None):
    return resolve(flags or {}, environ or {}, tmp_path, home=tmp_path / "home")


def test_defaults(tmp_path: Path):
    found = settled(tmp_path)
    assert (found.root, found.workers) == (tmp_path / "data", cores())
    assert (found.device, found.log_level, found.environment) == ("cpu", "warning", "")
    assert set(found.origin.values()) == {"default"}


@pytest.mark.covers("A-077", "B-062")
def test_flags_go_before_environment_before_files_before_defaults(tmp_path: Path):
    user = tmp_path / "home" / ".config" / "tickgrid" / "tickgrid.yaml"
    user.parent.mkdir(parents=True)
    user.write_text("workers: 9\nlog_level: error\nroot: store\n")
    assert settled(tmp_path).workers == 9
    assert settled(tmp_path).root == user.parent / "store"
    (tmp_path / "tickgrid.yaml").write_text("workers: 8\n")
    assert settled(tmp_path).workers == 8
    assert settled(tmp_path).log_level == "error"
    environ = {"TICKGRID_WORKERS": "7", "TICKGRID_DATA": "elsewhere", "TICKGRID_LOG_LEVEL": "INFO"}
    found = settled(tmp_path, environ=environ)
    assert (found.workers, found.root, found.log_level) == (7, Path("elsewhere"), "info")
    assert found.origin["root"] == "TICKGRID_DATA"
    found = settled(tmp_path, {"workers": "6"}, environ)
    assert (found.workers, found.origin["workers"]) == (6, "flag")
    assert found.plain()["workers"] == {"value": 6, "from": "flag"}
    assert found.plain()["log_level"] == {"value": "info", "from": "TICKGRID_LOG_LEVEL"}


def test_the_configuration_folder_can_lie_elsewhere(tmp_path: Path):
    (tmp_path / "etc" / "tickgrid").mkdir(parents=True)
    (tmp_path / "etc" / "tickgrid" / "tickgrid.yaml").write_text("workers: 3\n")
    assert settled(tmp_path, environ={"XDG_CONFIG_HOME": str(tmp_path / "etc")}).workers == 3


@pytest.mark.covers("VA-098")
def test_an_environment_goes_before_its_own_file(tmp_path: Path):
    (tmp_path / "tickgrid.yaml").write_text(
        "workers: 2\nenvironments:\n  production: {log_level: info, workers: 1}\n  staging: {}\n"
    )
    assert settled(tmp_path).workers == 2
    found = settled(tmp_path, {"environment": "production"})
    assert (found.workers, found.log_level, found.environment) == (1, "info", "production")
    assert found.origin["workers"].endswith("tickgrid.yaml (production)")
    found = settled(tmp_path, environ={"TICKGRID_ENVIRONMENT": "production"})
    assert (found.workers, found.origin["environment"]) == (1, "TICKGRID_ENVIRONMENT")
    with pytest.raises(
        TickgridError, match=r"no environment 'prodction' in tickgrid\.yaml; did you"
    ):
        settled(tmp_path, {"environment": "prodction"})


@pytest.mark.covers("VA-098")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("workrs: 2", "line 1: no setting 'workrs'; did you mean 'workers'?"),
        ("workers: 0", "must be a whole number from 1 on, not '0'"),
        ("workers: two", "must be a whole number from 1 on, not 'two'"),
        ("workers: 1.5", "must be a whole number from 1 on, not '1.5'"),
        ("device: gpu", "no device 'gpu'"),
        ("device: cuda", "is refused: no device path exists yet; use --device cpu"),
        ("log_level: loud", "no log level 'loud'"),
        ("environments: 3", "line 1: environments hold settings by name"),
        ("environments: {a: 3}", "line 1: environments hold settings by name"),
        ("environments:\n  a: {environment: b}", "no setting 'environment'"),
        ("environments:\n  a: {workrs: 1}", "line 2: no setting 'workrs'"),
    ],
)
def test_a_wrong_setting_names_its_place(tmp_path: Path, text, said):
    (tmp_path / "tickgrid.yaml").write_text(text)
    with pytest.raises(TickgridError) as caught:
        settled(tmp_path, environ={"TICKGRID_ENVIRONMENT": "a"} if "a:" in text else {})
    assert said in str(caught.value)
    assert "tickgrid.yaml" in str(caught.value)


def test_settings_are_frozen(tmp_path: Path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        settled(tmp_path).workers = 3


@pytest.mark.covers("B-062")
def test_importing_settings_reads_and_writes_nothing(tmp_path: Path):
    (tmp_path / "tickgrid.yaml").write_text("nonsense: [")
    code = "import app.settings, app.study, app.log, app.cli, adapters"
    environ = {"PYTHONPATH": str(Path.cwd()), "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [p.name for p in tmp_path.iterdir() if p.name != ".cache"] == ["tickgrid.yaml"]
