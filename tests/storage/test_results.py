"""Runs appear whole, are listed, outlive a kill, and leave their trials behind."""

import json

import polars as pl
import pytest

from engine.core.errors import StoreError, UnknownError
from storage.removal import bring_back
from storage.results import Results, Run
from storage.schema import RUN_TABLES, TABLES
from storage.sql import query
from storage.trials import HOLDOUT, Trial
from tests.storage.made import filled, manifest

FRAME = filled(TABLES["combinations"], 2, run=["vpoc-1"] * 2, length=[3, 5], net=[57, -12])


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path / "the data")


def stored(results, name="vpoc-1", **facts):
    draft = results.begin(name)
    draft.write("combinations", FRAME.with_columns(run=pl.lit(name)))
    draft.write_study("study: vpoc_es\n")
    draft.log("began")
    return draft.finish(manifest(name, **facts))


@pytest.mark.covers("QA-147")
def test_a_run_comes_back_as_it_was(results):
    run = stored(results)
    assert run == results.run("vpoc-1")
    assert run.name == "vpoc-1"
    assert run.table("combinations").equals(FRAME.select(run.table("combinations").columns))
    assert run.study == "study: vpoc_es\n"
    assert run.manifest == manifest()
    assert (run.folder / "run.log").read_text() == "began\n"


def test_tables_nobody_wrote_are_empty(results):
    run = results.begin("quick").finish(manifest("quick"))
    for name in RUN_TABLES:
        assert run.table(name).equals(TABLES[name].empty())
    assert run.study == ""


def test_a_run_that_is_not_complete_is_not_there(results):
    draft = results.begin("vpoc-1")
    draft.write("combinations", FRAME)
    assert not results.exists("vpoc-1")
    assert results.names() == ()
    assert results.runs().is_empty()
    with pytest.raises(UnknownError, match="no run 'vpoc-1'"):
        results.run("vpoc-1")


def test_a_killed_run_goes_on_where_it_was(results):
    results.begin("vpoc-1").path("block-0").write_text("done")
    draft = results.begin("vpoc-1")
    assert draft.path("block-0").read_text() == "done"
    draft.path(".equity.parquet.1.partial").write_text("half")
    run = draft.finish(manifest())
    assert not [path for path in run.folder.iterdir() if path.name.startswith(".")]
    results.begin("vpoc-1").path("block-0").write_text("done")
    results.begin("vpoc-1").discard()
    assert not results.begin("vpoc-1").path("block-0").exists()


def test_a_run_takes_the_place_of_one_of_its_name(results):
    stored(results)
    (results.folder / ".vpoc-1.1.old").mkdir()
    stored(results, finished="2024-02-01T00:00:00Z")
    assert results.run("vpoc-1").manifest.finished == "2024-02-01T00:00:00Z"
    assert [path.name for path in results.folder.iterdir()] == ["vpoc-1"]


def test_runs_are_listed_in_order_of_time(results):
    stored(results, "b", finished="2024-01-02", combinations=5)
    stored(results, "a", finished="2024-01-03")
    frame = results.runs()
    assert frame["run"].to_list() == ["b", "a"]
    assert frame["combinations"].to_list() == [5, 2]
    assert frame["synthetic"].to_list() == [True, True]


def test_a_removed_run_is_gone_and_its_trials_are_not(results):
    results.append_trial(Trial(fingerprint="d1", run="vpoc-1", combinations=9, time="t"))
    stored(results)
    results.remove("vpoc-1")
    assert not results.exists("vpoc-1")
    assert list(results.folder.iterdir()) == []
    assert results.trials("d1") == 9
    with pytest.raises(UnknownError, match="no run 'vpoc-1'"):
        results.remove("vpoc-1")


@pytest.mark.covers("QA-038")
def test_runs_are_saved_listed_loaded_found_as_the_latest_and_removed(results):
    """Parquet on the disk, DuckDB over it."""
    with pytest.raises(UnknownError, match="no run 'latest'"):
        results.run("latest")
    stored(results, "b", finished="2024-01-02")
    stored(results, "a", finished="2024-01-01")
    assert results.runs()["run"].to_list() == ["a", "b"]
    assert results.run("a").table("combinations")["length"].to_list() == [3, 5]
    assert results.run("latest").name == "b"
    asked = "SELECT run, count(*) AS n FROM combinations GROUP BY run ORDER BY run"
    assert query(results.root, asked).rows() == [("a", 2), ("b", 2)]
    results.remove("latest")
    assert results.run("latest").name == "a"
    assert query(results.root, asked).rows() == [("a", 2)]
    assert query(results.root, "FROM runs SELECT run").rows() == [("a",)]
    assert bring_back(results.folder, "b").name == "b"


@pytest.mark.covers("QA-074")
def test_a_removed_run_comes_back_as_it_was(results):
    before = {path.name: path.read_bytes() for path in stored(results).folder.iterdir()}
    results.remove("vpoc-1")
    with pytest.raises(UnknownError, match="no removed run 'vpoc-2'; did you mean 'vpoc-1'"):
        bring_back(results.folder, "vpoc-2")
    back = bring_back(results.folder, "vpoc-1")
    assert {path.name: path.read_bytes() for path in back.iterdir()} == before
    assert results.names() == ("vpoc-1",)
    with pytest.raises(UnknownError, match="no removed run"):
        bring_back(results.folder, "vpoc-1")


def test_a_run_that_is_stored_again_is_not_overwritten_by_the_removed_one(results):
    stored(results)
    results.remove("vpoc-1")
    again = stored(results, finished="2024-02-01T00:00:00Z")
    with pytest.raises(StoreError, match="is stored again since"):
        bring_back(results.folder, "vpoc-1")
    results.remove("vpoc-1")  # of two removed ones the later is kept
    assert Run(bring_back(results.folder, "vpoc-1")).manifest == again.manifest


def test_trials_count_what_was_tried_once(results):
    assert results.trials("d1") == 0
    for run, count, data in [("a", 10, "d1"), ("b", 5, "d1"), ("a", 10, "d1"), ("c", 7, "d2")]:
        results.append_trial(Trial(fingerprint=data, run=run, combinations=count, time="t"))
    opened = Trial(fingerprint="d1", run="a", combinations=1, time="t", kind=HOLDOUT)
    results.append_trial(opened)
    assert (results.trials("d1"), results.trials("d2")) == (15, 7)


def test_a_torn_entry_is_no_trial(results):
    results.append_trial(Trial(fingerprint="d1", run="a", combinations=10, time="t"))
    path = results.root / "trials.jsonl"
    path.write_bytes(path.read_bytes() + b'{"fingerprint": "d1", "ru')
    results.append_trial(Trial(fingerprint="d1", run="b", combinations=5, time="t"))
    path.write_bytes(path.read_bytes() + b'{"other": 1}\n')
    assert results.trials("d1") == 15


def test_a_log_that_cannot_be_read_is_named(results):
    (results.root / "trials.jsonl").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"cannot read .*trials.jsonl"):
        results.trials("d1")


def test_names_of_tables_and_runs_are_checked(results):
    run = stored(results)
    with pytest.raises(UnknownError, match="no table of a run 'trade'; did you mean 'trades'"):
        run.table("trade")
    with pytest.raises(UnknownError, match="no table of a run 'bars'"):
        results.begin("x").write("bars", FRAME)
    with pytest.raises(StoreError, match="'a/b' cannot name a folder"):
        results.begin("a/b")
    with pytest.raises(StoreError, match="manifest of run 'x' says 'vpoc-1'"):
        results.begin("x").finish(manifest())


def test_what_is_lost_is_named(results):
    run = stored(results)
    (run.folder / "equity.parquet").unlink()
    with pytest.raises(StoreError, match=r"run 'vpoc-1' has lost equity.parquet"):
        run.table("equity")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x"}'])
def test_a_broken_manifest_is_named(results, text):
    run = stored(results)
    (run.folder / "manifest.json").write_text(text)
    with pytest.raises(StoreError, match=r"manifest.json cannot be read"):
        results.runs()


def test_facts_of_a_newer_version_are_passed_over(results):
    run = stored(results)
    said = json.loads((run.folder / "manifest.json").read_text()) | {"later": 1}
    (run.folder / "manifest.json").write_text(json.dumps(said))
    assert run.manifest == manifest()


def test_a_place_that_cannot_be_written_is_named(results):
    results.root.mkdir()
    (results.root / "runs").write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot write .*vpoc-1"):
        results.begin("vpoc-1")


def test_a_run_knows_its_folder(tmp_path):
    assert Run(tmp_path / "x").name == "x"
