"""A study of several markets: a run for each, as if played alone, and a table over all of them."""

import json

import polars as pl
import pytest

from app import cli
from app.commands import studies
from app.family import Family, play_all
from app.job import jobs_of
from app.markets import refuse_money
from app.options import Changes, Machine
from app.study import study_of
from app.yaml_lines import document_of
from engine.core.errors import StudyError
from storage.results import Results
from storage.sql import query
from tests.app.small import SMALL

MARKETS = "data: {symbol: [ES, NQ], timeframe: [5m, 15m]}"
FOLDS = ["--set", "folds={train: 20, test: 5, purge: 1, min_trades: 5}"]
TWO = ["--set", "data={symbol: ES, timeframe: [5m, 15m]}"]
QUICK = [*FOLDS, "--set", "evidence={surrogates: 0, bootstrap: 50}"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, root) -> tuple:
    """A study of four markets, and a store with the bars of two symbols."""
    folder = tmp_path_factory.mktemp("markets")
    made = ["data", "synth", "NQ", "--sessions", "60", "--seed", "3", "--root", str(folder)]
    assert cli.main(made) == 0
    es = next((root / "bars").glob("source=*/symbol=ES"))
    place = folder / "bars" / es.parent.name / es.name
    place.symlink_to(es)
    text = SMALL.replace("data: {symbol: ES}", MARKETS).replace("study: small", "study: many")
    (folder / "many.yaml").write_text(text)
    return str(folder / "many.yaml"), folder


@pytest.fixture
def play(study, monkeypatch, capsys):
    """Run a command over that store, without drawing pages."""
    monkeypatch.setattr(studies, "drawn", lambda _: None)

    def run(*arguments: str):
        capsys.readouterr()
        code = cli.main([*arguments, "--root", str(study[1])])
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def family(study) -> Family:
    """The study played once, as its command plays it."""
    changes = Changes(set_=QUICK[1::2])
    jobs = jobs_of(study[0], changes, Machine(root=study[1], workers="1"))
    return play_all(jobs, lambda _: None, resume=False)


@pytest.mark.covers("QA-088", "VA-095")
def test_every_market_is_a_run_of_its_own_and_keeps_nothing_of_another(study, play, family) -> None:
    rows = family.markets.to_dicts()
    keys = [(row["symbol"], row["timeframe"]) for row in rows]
    assert keys == [("ES", "5m"), ("ES", "15m"), ("NQ", "5m"), ("NQ", "15m")]
    assert len({row["run"] for row in rows}) == 4
    one = ["--set", "data={symbol: NQ, timeframe: 5m}"]
    results = Results(study[1])
    stored = results.run(rows[2]["run"])
    kept = stored.table("trades"), stored.table("combinations")
    results.remove(rows[2]["run"])
    code, out, err = play("sweep", study[0], *QUICK, *one, "--json")
    assert code == 0, err
    assert json.loads(out)["run"] == rows[2]["run"]  # alone it is the very same run
    again = results.run(rows[2]["run"])
    assert again.table("trades").equals(kept[0])
    assert again.table("combinations").equals(kept[1])
    assert set(kept[0]["symbol"]) == {"NQ"}


@pytest.mark.covers("QA-088")
def test_the_table_over_all_markets_is_stored_and_asked(study, family) -> None:
    told = query(study[1], f"FROM families WHERE family = '{family.name}' ORDER BY run")
    assert told["timeframe"].sort().to_list() == ["15m", "15m", "5m", "5m"]
    assert set(told["grade"]) == {family.grade.letter}
    rows = query(study[1], f"FROM across WHERE family = '{family.name}'")
    assert len(rows) == 16
    assert {"minutes", "widest", "stop", "target", "rank", "score", "worst"} <= set(rows.columns)
    best = family.scores.row(0, named=True)
    every = query(study[1], "SELECT run, combination, net > 0 AS won FROM combinations")
    mine = pl.col("run").is_in(family.markets["run"].to_list())
    each = every.filter(mine & (pl.col("combination") == best["combination"]))
    assert (len(each), best["markets"]) == (4, 4)
    assert each["won"].mean() == best["profitable"]


def test_it_is_printed_and_never_played_twice(study, play, family) -> None:
    code, out, err = play("sweep", study[0], *QUICK)
    assert code == 0
    assert err.count("is stored already") == 4
    assert family.name in out
    assert "Out of sample, market by market" in out
    assert "Over all markets, in sample, by expectancy" in out
    assert f"grade {family.grade.letter}" in out
    assert "4 markets were tried" in out
    assert "being the best of 16 flatters it" in out


def test_a_plan_of_every_market_is_told_first(study, play) -> None:
    code, out, err = play("sweep", study[0], *QUICK, "--dry-run", "--json")
    assert code == 0, err
    plans = json.loads(out)["markets"]
    assert [plan["study"]["data"]["symbol"] for plan in plans] == ["ES", "ES", "NQ", "NQ"]
    assert len({plan["run"] for plan in plans}) == 4
    code, out, _ = play("sweep", study[0], *QUICK, "--dry-run")
    assert (code, out.count("A sweep would play")) == (0, 4)


def test_one_combination_is_played_in_every_market(study, play) -> None:
    code, out, err = play("run", study[0], *FOLDS, *TWO, "--json")
    assert code == 0, err
    assert [row["timeframe"] for row in json.loads(out)["markets"]] == ["5m", "15m"]
    code, out, err = play("run", study[0], *FOLDS, *TWO)
    assert code == 0, err
    assert "Out of sample, market by market" in out
    assert "not weighed" in out
    assert "Over all markets" not in out  # one combination has no rank


def test_a_stopped_family_goes_on_and_a_new_one_is_no_resume(study, play) -> None:
    fresh = [*TWO, "--set", "study=fresh"]
    code, _, err = play("sweep", study[0], *QUICK, *fresh, "--resume")
    assert (code, "nothing to resume" in err) == (2, True)
    assert (
        play("sweep", study[0], *QUICK, *fresh, "--set", "data={symbol: ES, timeframe: 5m}")[0] == 0
    )
    code, _, err = play("sweep", study[0], *QUICK, *fresh, "--resume")  # its first market is there
    assert (code, err.count("is stored already")) == (0, 1)


REFUSED = [
    ("data.symbol=[]", "data.symbol is an empty list"),
    ("data.symbol=[ES, ES]", "data.symbol names ES twice"),
    ("data.symbol=[ES, 5]", "data.symbol must be text, not '5'"),
    ("data.symbol=[ES, EZ]", "no instrument 'EZ'"),
    ("data.symbol=[ES, CL]", "no bars of CL 5m"),
    ("data.timeframe=[5m, 7x]", "'7x' is no timeframe"),
    ("data.inside=5m", "5m bars lie inside no 5m bar"),
    ("search={method: coarse_to_fine, trials: 5}", "tries other combinations in each market"),
    ("money={capital: 100000}", "play each market alone"),
    ("data.to=2031-01-01", "change data.from and data.to"),
]


@pytest.mark.parametrize(("change", "said"), REFUSED, ids=str)
def test_what_cannot_be_combined_is_refused_before_anything_runs(study, play, change, said) -> None:
    before = Results(study[1]).names()
    code, out, err = play("sweep", study[0], *QUICK, "--set", "study=odd", "--set", change)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert Results(study[1]).names() == before


def test_an_amount_of_money_is_of_one_currency() -> None:
    study = study_of(document_of(SMALL, "small.yaml"))
    refuse_money(study, ["USD"])
    with pytest.raises(StudyError, match=r"costs\.commission is an amount of money"):
        refuse_money(study, ["EUR", "USD"])
