"""The compiled reader is never served after an edit of a helper in another file."""

import shutil
from pathlib import Path

import storage.ingest.lines
from engine.core import jit


def test_an_edit_of_a_helper_renames_the_cache_of_the_reader(tmp_path, monkeypatch):
    house = Path(storage.ingest.lines.__file__).parents[2]
    for package in ("engine", "storage"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(house / package, tmp_path / package, ignore=ignored)
    monkeypatch.setattr(jit, "ENGINE", tmp_path / "engine")
    folder = tmp_path / "storage" / "ingest"
    names = []
    for edited in (None, tmp_path / "engine" / "fills" / "costs.py", folder / "numbers.py"):
        if edited is not None:
            edited.write_text(edited.read_text() + "\n# edited\n")
        jit.imported.cache_clear()
        jit.closure_hash.cache_clear()
        names.append(jit.cache_name(folder / "lines.py"))
    jit.imported.cache_clear()
    jit.closure_hash.cache_clear()
    assert names[0] == names[1] != names[2]
    assert names[0].startswith("ingest.lines/")
