"""A planted edge from the command line: a series of its own, named wherever it is shown."""

import json
from pathlib import Path

import pytest

from app.market import lacks
from app.study import Study
from engine.core.errors import StoreError
from storage.lake import Lake
from tests.app.small import SMALL

TAPE = ("--from", "2020-01-02", "--sessions", "5", "--seed", "3")

ONE = ("--set", "params.minutes=15", "--set", "gates.widest=null", "--set", "exits.stop=16")
ONE = (*ONE, "--set", "exits.target=32")
ONE = (*ONE, "--set", "folds={train: 2, test: 1, purge: 1, min_trades: 1}")


@pytest.fixture
def edged(tickgrid, tmp_path):
    root = str(tmp_path / "edged")
    code, _, err = tickgrid("data", "synth", "ES", *TAPE, "--edge", "momentum:20", "--root", root)
    assert code == 0
    assert "SYNTHETIC ES" in err
    assert "as synthetic-momentum-20" in err
    return root


def test_an_edge_is_named_in_every_listing(tickgrid, edged):
    _, out, _ = tickgrid("data", "list", "--json", "--root", edged)
    (row,) = json.loads(out)
    assert (row["source"], row["synthetic"]) == ("synthetic-momentum-20", True)


def test_a_study_that_names_the_edge_says_so_in_its_warning(tickgrid, edged, tmp_path):
    study = tmp_path / "small.yaml"
    study.write_text(SMALL.replace("{symbol: ES}", "{symbol: ES, source: synthetic-momentum-20}"))
    code, out, err = tickgrid("run", str(study), *ONE, "--root", edged)
    assert code == 0, err
    assert "with a planted edge (momentum-20)" in " ".join(out.split())


def test_without_a_source_the_default_market_is_made_beside_it(edged):
    data = Study.model_validate(
        {"study": "x", "strategy": "opening_drive", "data": {"symbol": "ES"}}
    ).data
    assert lacks(Lake(Path(edged)), data)
    named = data.model_copy(update={"source": "synthetic-momentum-20"})
    assert not lacks(Lake(Path(edged)), named)


def test_only_who_asks_for_an_edge_reads_it(edged):
    lake = Lake(Path(edged))
    with pytest.raises(StoreError, match="say which: source: synthetic-momentum-20"):
        lake.bars("ES")
    assert lake.bars("ES", source="synthetic-momentum-20").origin.synthetic
