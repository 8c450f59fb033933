"""What an import does to the store: the same again nothing, new rows added, conflicts refused."""

from datetime import date
from functools import partial

import polars as pl
import pytest

from engine.core.errors import DataError
from storage.ingest import aside, survey, years
from storage.ingest.aside import Aside
from storage.ingest.batch import QUARANTINE
from storage.ingest.spool import Spool
from tests.ingest.files import bring, frame, loaded, same, snapshot, tape, written

BARS = tape(first=date(2023, 12, 26), sessions=9)
TABLE = frame(BARS)


@pytest.mark.covers("A-017", "B-003")
def test_the_same_import_again_writes_nothing(tmp_path):
    path, root = written(tmp_path / "es.csv", TABLE), tmp_path / "data"
    first = bring(root, path)
    before = snapshot(root)
    again = bring(root, path)
    assert len(first.written) == 2  # two years
    assert again.written == ()
    assert again.report.counts["already stored"] == len(BARS) == again.report.counts["stored"]
    assert snapshot(root) == before


def test_a_part_and_then_the_whole_is_the_whole(tmp_path):
    bring(tmp_path / "parts", written(tmp_path / "1.csv", TABLE[:5000]))
    later = bring(tmp_path / "parts", written(tmp_path / "2.csv", TABLE[3000:]))
    bring(tmp_path / "whole", written(tmp_path / "es.csv", TABLE))
    assert later.report.counts["new"] == len(BARS) - 5000
    assert later.report.counts["already stored"] == 2000
    assert snapshot(tmp_path / "parts") == snapshot(tmp_path / "whole")
    assert same(loaded(tmp_path / "parts"), BARS)


def test_many_files_in_any_order_are_one_import(tmp_path):
    cuts = [slice(0, 4000), slice(8000, None), slice(4000, 8000)]
    paths = [written(tmp_path / f"{n}.csv", TABLE[cut]) for n, cut in enumerate(cuts)]
    bring(tmp_path / "data", *paths)
    assert same(loaded(tmp_path / "data"), BARS)


def test_rows_set_aside_on_the_disk_give_the_same_bytes(tmp_path, monkeypatch):
    odd = pl.when(pl.int_range(pl.len()) % 500 == 7).then(0.1)
    path = written(tmp_path / "es.csv", TABLE.with_columns(odd.otherwise("high").alias("high")))
    done = bring(tmp_path / "memory", path)
    assert done.report.quarantined == 25
    for module in (survey, years):
        monkeypatch.setattr(module, "Spool", partial(Spool, limit=1000))
    monkeypatch.setattr(survey, "Aside", partial(Aside, limit=3))
    bring(tmp_path / "disk", path)
    assert snapshot(tmp_path / "disk") == snapshot(tmp_path / "memory")


def test_rows_kept_out_are_written_some_at_a_time(tmp_path, monkeypatch):
    rows = pl.DataFrame({"file": ["x"] * 40, "row": range(40), "reason": ["order"] * 40})
    nothing = {name: pl.lit(None, kind) for name, kind in QUARANTINE.items()}
    table = rows.with_columns(**{k: v for k, v in nothing.items() if k not in rows.columns})
    monkeypatch.setattr(aside, "ROW_GROUP", 16)
    names = set()
    for limit in (7, 100):
        kept = Aside(tmp_path, limit)
        for low in range(0, 40, 5):
            kept.add(table[low : low + 5])
        assert bool(kept.files) == (limit == 7)
        kept.write(tmp_path / f"{limit}.parquet")
        assert pl.read_parquet(tmp_path / f"{limit}.parquet").equals(table)
        names.add(kept.name)
    assert len(names) == 1
    assert (tmp_path / "7.parquet").read_bytes() == (tmp_path / "100.parquet").read_bytes()
    assert Aside(tmp_path).name == ""


def changed(row, **values):
    return TABLE.with_columns(
        pl.when(pl.int_range(pl.len()) == row)
        .then(pl.lit(value))
        .otherwise(pl.col(name))
        .alias(name)
        for name, value in values.items()
    )


def test_a_conflict_with_stored_bars_is_refused_and_told(tmp_path):
    root = tmp_path / "data"
    bring(root, written(tmp_path / "es.csv", TABLE))
    before = snapshot(root)
    path = written(tmp_path / "other.csv", changed(17, volume=1_000_000))
    said = r"1 bars differ.*2023-12-25T23:17:00Z: volume \d+ is stored, the file has 1000000"
    with pytest.raises(DataError, match=said):
        bring(root, path)
    assert snapshot(root) == before
    done = bring(root, path, replace=True)
    assert done.report.counts["replaced"] == 1
    assert done.report.defects["replaced"].found == 1
    assert loaded(root).volume[17] == 1_000_000


def test_sources_are_never_mixed(tmp_path):
    bring(tmp_path / "data", written(tmp_path / "es.csv", TABLE), source="one")
    bring(tmp_path / "data", written(tmp_path / "es2.csv", changed(17, volume=9)), source="two")
    assert loaded(tmp_path / "data", source="one").volume[17] == BARS.volume[17]
    assert loaded(tmp_path / "data", source="two").volume[17] == 9


def doubled(row, **values):
    return pl.concat([TABLE[: row + 1], changed(row, **values)[row], TABLE[row + 1 :]])


@pytest.mark.covers("A-007")
def test_identical_rows_are_kept_once(tmp_path):
    done = bring(tmp_path / "data", written(tmp_path / "es.csv", doubled(17)))
    assert same(loaded(tmp_path / "data"), BARS)
    assert done.report.defects["duplicate"].where == ("es.csv:20",)
    assert done.report.balanced


@pytest.mark.covers("A-007")
@pytest.mark.parametrize(
    ("policy", "kind", "volume"), [("first", "duplicate", None), ("last", "duplicate", 9)]
)
def test_differing_rows_follow_the_policy(tmp_path, policy, kind, volume):
    path = written(tmp_path / "es.csv", doubled(17, volume=9))
    done = bring(tmp_path / "data", path, duplicates=policy)
    assert loaded(tmp_path / "data").volume[17] == (volume or BARS.volume[17])
    assert done.report.defects[kind].rows == 1
    assert done.quarantine["reason"].to_list() == [kind]
    assert done.report.balanced


@pytest.mark.covers("A-007")
def test_rows_that_contradict_each_other_are_kept_out_unless_a_policy_is_chosen(tmp_path):
    done = bring(tmp_path / "data", written(tmp_path / "es.csv", doubled(17, volume=9)))
    assert done.report.defects["contradiction"].where == ("es.csv:19", "es.csv:20")
    assert len(loaded(tmp_path / "data")) == len(BARS) - 1
    assert done.report.balanced


@pytest.mark.covers("A-007")
def test_rows_of_one_minute_are_merged_on_demand(tmp_path):
    path = written(tmp_path / "es.csv", doubled(17, high=9000.0, close=8000.0, volume=9))
    done = bring(tmp_path / "data", path, duplicates="aggregate")
    bars = loaded(tmp_path / "data")
    assert (bars.high[17], bars.close[17]) == (36_000, 32_000)
    assert bars.open[17] == BARS.open[17]
    assert bars.volume[17] == BARS.volume[17] + 9
    assert done.report.counts["stored"] == len(BARS)
    assert done.report.balanced


def test_the_quarantine_is_a_table_with_reasons(tmp_path):
    bad = changed(17, high=1.0)
    lines = bad.write_csv().splitlines()
    lines[6] = "2023-12-25 23:05:00,what,4,4,4,4"
    (tmp_path / "es.csv").write_text("\n".join(lines))
    done = bring(tmp_path / "data", tmp_path / "es.csv")
    stored = pl.read_parquet(done.report.facts["quarantine"])
    assert stored.equals(done.quarantine)
    assert stored["row"].to_list() == [7, 19]
    assert stored["reason"].to_list() == ["unreadable", "order"]
    assert stored["column"].to_list() == ["open", None]
    assert stored["text"][0] == "2023-12-25 23:05:00,what,4,4,4,4"
    again = bring(tmp_path / "data", tmp_path / "es.csv")
    assert again.report.facts["quarantine"] == done.report.facts["quarantine"]


def test_contracts_lie_in_files_of_their_own(tmp_path):
    table = pl.concat(
        [TABLE.with_columns(contract=pl.lit(name)) for name in ("ESH4", "ES 06-24")]
    ).sort("time")
    done = bring(tmp_path / "data", written(tmp_path / "es.csv", table))
    assert done.report.facts["contracts"] == "ESH24, ESM24"
    names = {path.stem for path in done.written}
    assert names == {"contract-ESH24", "contract-ESM24"}


@pytest.mark.parametrize(
    ("contract", "said"),
    [
        ("NQH24", "a contract of NQ, where --symbol says ES"),
        ("ESA9", "is no contract of ES; write it as ESZ24, ES 12-24 or 202412"),
        (["ESH24", ""], "some rows name a contract"),
    ],
)
def test_a_contract_that_cannot_be_is_refused(tmp_path, contract, said):
    names = [contract] if isinstance(contract, str) else contract
    column = pl.Series("contract", [names[n % len(names)] for n in range(len(TABLE))])
    path = written(tmp_path / "es.csv", TABLE.with_columns(column), quote_style="always")
    with pytest.raises(DataError, match=said):
        bring(tmp_path / "data", path)


def test_the_contract_given_must_be_that_of_the_file(tmp_path):
    table = TABLE.with_columns(contract=pl.lit("ESH24"))
    with pytest.raises(DataError, match="--contract says ESM24, but the files hold ESH24"):
        bring(tmp_path / "data", written(tmp_path / "es.csv", table), contract="ESM4")
    done = bring(tmp_path / "data", written(tmp_path / "x.csv", TABLE), contract="ESM4")
    assert done.report.facts["contracts"] == "ESM24"


def test_the_root_of_another_instrument_is_refused(tmp_path):
    table = frame(tape("BTCUSD", sessions=2)).with_columns(symbol=pl.lit("ETHUSD"))
    with pytest.raises(DataError, match="holds 'ETHUSD' where --symbol says BTCUSD"):
        bring(tmp_path / "data", written(tmp_path / "x.csv", table), symbol="BTCUSD")
