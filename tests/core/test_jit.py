"""The kernel cache: named by the sources, private, bounded, and never stale."""

import os
import re
import shutil
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from engine.core import jit

DAY = 24 * 3600


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """An engine of two files, taken for ours."""
    root = tmp_path / "engine"
    (root / "core").mkdir(parents=True)
    (root / "kernel.py").write_text("from engine.core.helper import rule")
    (root / "core" / "helper.py").write_text("def rule(x): return 2 * x")
    monkeypatch.setattr(jit, "ENGINE", root)
    return root


def hashed():
    return jit.source_hash.__wrapped__()


def test_an_edit_in_any_source_changes_the_name(sources):
    found = [hashed()]
    assert re.fullmatch(r"[0-9a-f]{32}", found[0])
    helper = sources / "core" / "helper.py"
    helper.write_text("def rule(x): return 6 * x")
    found.append(hashed())
    helper.rename(sources / "core" / "helpers.py")
    found.append(hashed())
    (sources / "core" / "more.py").write_text("")
    found.append(hashed())
    assert len(set(found)) == 4


def test_only_sources_make_the_name_and_they_make_it_everywhere(sources, tmp_path, monkeypatch):
    name = hashed()
    (sources / "notes.txt").write_text("not a source")
    os.utime(sources / "kernel.py", (0, 0))
    assert hashed() == name
    monkeypatch.setattr(jit, "ENGINE", shutil.copytree(sources, tmp_path / "elsewhere"))
    assert hashed() == name


def test_our_own_name_is_made_of_our_own_sources():
    assert (jit.ENGINE / "core" / "jit.py").samefile(jit.__file__)
    assert jit.source_hash() == hashed()


def test_each_name_has_a_private_folder_of_its_own(tmp_path):
    place = tmp_path / "home" / "tickgrid"
    one, two = (jit.cache_folder([place], f"k/{name}") for name in ("one", "two"))
    assert (one, two) == (place / "kernels" / "k" / "one", place / "kernels" / "k" / "two")
    for folder in (place, one.parent.parent, one.parent, one, two):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert not [f for f in folder.iterdir() if f.is_file()]
    assert jit.cache_folder([place], "k/one") == one


def test_a_place_that_cannot_be_written_falls_back_to_the_next(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    good = tmp_path / "good"
    assert jit.cache_folder([blocked / "tickgrid", good], "k/n") == good / "kernels/k/n"
    assert jit.cache_folder([blocked, blocked / "x"], "k/n") is None
    assert jit.cache_folder([], "n") is None
    assert blocked.read_text() == "no folder"


def test_a_place_where_nothing_can_be_made_falls_back(tmp_path, monkeypatch):
    def refused(**_):
        raise PermissionError(13, "read-only home")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    assert jit.cache_folder([tmp_path / "a", tmp_path / "b"], "n") is None


def test_a_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    me = os.getuid()
    assert jit.usable(tmp_path / "a")
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    assert not jit.usable(tmp_path / "a")
    assert jit.cache_folder([tmp_path / "a"], "n") is None
    monkeypatch.delattr(os, "getuid")  # where there are no owners, being able to write is all
    assert jit.usable(tmp_path / "a")


@pytest.mark.parametrize("part", ["", "kernels", "kernels/k", "kernels/k/n"])
@pytest.mark.parametrize("mode", [0o777, 0o720])
def test_a_folder_that_others_may_write_is_refused(tmp_path, part, mode):
    place, good = tmp_path / "open", tmp_path / "good"
    assert jit.cache_folder([place, good], "k/n") == place / "kernels/k/n"
    (place / part).chmod(mode)
    assert jit.cache_folder([place, good], "k/n") == good / "kernels/k/n"


def root_of(place):
    """The folder of one file's caches."""
    root = place / "kernels" / "k"
    root.parent.mkdir(mode=0o700)
    root.mkdir(mode=0o700)
    return root


def aged(root, days):
    """A folder with something in it, last used so many days ago."""
    folder = root / f"old{days}"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "kernel.nbc").write_bytes(b"x")
    then = root.stat().st_mtime - days * DAY
    os.utime(folder, (then, then))
    return folder


def test_old_folders_go_but_the_newest_few_stay(tmp_path):
    root = root_of(tmp_path)
    old = [aged(root, days) for days in (9, 2, 7, 3, 5)]
    (root / "file").write_text("not ours")
    kept = jit.cache_folder([tmp_path], "k/new")
    left = {path.name for path in root.iterdir()}
    assert left == {"new", "file", "old2", "old3", "old5"}
    assert len(left) - 1 == jit.KEPT
    assert kept.is_dir()
    assert not old[0].exists()


def test_a_folder_in_recent_use_stays_however_many_there_are(tmp_path):
    root = root_of(tmp_path)
    young = {aged(root, days / 10).name for days in range(1, 9)}
    jit.cache_folder([tmp_path], "k/new")
    assert {path.name for path in root.iterdir()} == young | {"new"}


def test_using_a_folder_makes_it_young_again(tmp_path):
    root = root_of(tmp_path)
    for days in (2, 3, 4, 5):
        aged(root, days).chmod(0o700)
    jit.cache_folder([tmp_path], "k/old5")
    assert {path.name for path in root.iterdir()} == {"old2", "old3", "old4", "old5"}
    jit.cache_folder([tmp_path], "k/new")
    assert {path.name for path in root.iterdir()} == {"old2", "old3", "old5", "new"}


def test_pruning_follows_no_link_out_of_the_cache(tmp_path):
    root, outside = tmp_path / "kernels", tmp_path / "outside"
    root.mkdir(mode=0o700)
    for days in (2, 3, 4):
        aged(root, days)
    aged(tmp_path, 9).rename(outside)
    (root / "link").symlink_to(outside)
    jit.prune(root, root / "old2")
    assert (outside / "deep" / "kernel.nbc").exists()


def test_two_processes_may_prune_at_once(tmp_path, monkeypatch):
    def gone(*_):
        raise FileNotFoundError("the other one was faster")

    monkeypatch.setattr(jit, "prune", gone)
    assert jit.cache_folder([tmp_path / "a"], "k/n") == tmp_path / "a" / "kernels/k/n"


@pytest.mark.parametrize(
    ("platform", "environ", "first"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x/cache"}, "/x/cache/tickgrid"),
        ("linux", {"XDG_CACHE_HOME": ""}, "/x/home/.cache/tickgrid"),
        ("darwin", {}, "/x/home/Library/Caches/tickgrid"),
        ("win32", {"LOCALAPPDATA": "/x/local"}, "/x/local/tickgrid"),
        ("win32", {}, "/x/home/tickgrid"),
    ],
)
def test_where_a_cache_belongs(monkeypatch, platform, environ, first):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/x/home", **environ}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/x/tmp")
    second = f"/x/tmp/tickgrid-{os.getuid()}"
    assert [str(place) for place in jit.user_caches()] == [first, second]
    monkeypatch.delattr(os, "getuid")
    assert str(jit.user_caches()[1]) == "/x/tmp/tickgrid-0"


def test_a_machine_without_a_temporary_folder_still_starts(monkeypatch):
    def none():
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert len(jit.user_caches()) == 1


@pytest.mark.parametrize(("checks", "ending"), [(0, ""), (1, "-checked")])
def test_code_that_checks_bounds_is_kept_apart(monkeypatch, checks, ending):
    monkeypatch.setattr(jit.config, "BOUNDSCHECK", checks)
    monkeypatch.setattr(jit, "cache_folder", lambda _, name: Path(name))
    path = Path(jit.__file__).resolve()
    assert jit.kernel_cache.__wrapped__(path) == Path(jit.cache_name(path) + ending)


DOORS = [
    (jit.kernel, {}),
    (jit.lean_kernel, {"_nrt": False}),
    (jit.inlined, {"_nrt": False, "forceinline": True}),
    (jit.parallel_kernel, {"parallel": True}),
]


@pytest.mark.parametrize("folder", [None, Path("/x/kernels/abc")])
@pytest.mark.parametrize(("door", "more"), DOORS)
def test_one_way_to_compile_and_numba_keeps_its_settings(monkeypatch, door, more, folder):
    seen = {}

    def fake(**flags):
        seen.update(flags)
        return lambda function: (function, jit.config.CACHE_DIR)

    monkeypatch.setattr(jit.config, "CACHE_DIR", "/theirs")
    monkeypatch.setattr(jit, "kernel_cache", lambda _: folder)
    monkeypatch.setattr(jit, "njit", fake)
    assert door(len) == (len, "/theirs" if folder is None else str(folder))
    assert jit.config.CACHE_DIR == "/theirs"
    assert "Named" not in jit.config.CACHE_LOCATOR_CLASSES
    always = {"cache": folder is not None, "nogil": True, "error_model": "numpy"}
    assert seen == always | more


def test_a_kernel_that_cannot_be_compiled_leaves_numba_as_it_was(monkeypatch):
    def broken(**_):
        raise TypeError("no function")

    monkeypatch.setattr(jit.config, "CACHE_DIR", "/theirs")
    monkeypatch.setattr(jit, "kernel_cache", lambda _: Path("/x"))
    monkeypatch.setattr(jit, "njit", broken)
    with pytest.raises(TypeError, match="no function"):
        jit.kernel(len)
    assert jit.config.CACHE_DIR == "/theirs"
