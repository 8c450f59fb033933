"""A study is checked whole, by name and by line, before a bar is read."""

import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest

from app.resolve import change, experiment_of, single
from app.study import Charges, ExitAxes, FoldRules, PlayRules, Slips, find
from app.study import Search as SearchRules
from app.yaml_lines import document_of, dump, read
from engine.core.errors import TickgridError, UnknownError
from engine.fills import Costs, Exits, Rules, Slippage
from engine.research import Folds
from engine.research.evidence.further import Further
from engine.research.search import Search

TEXT = """\
study: drive
data: {symbol: ES, timeframe: 1m}
strategy: opening_drive
params:
  minutes: [5, 15]
  beyond: [0, 2, 4]
gates:
  widest: [null, 60]
exits:
  stop: [8, {times: 0.70, of: range}, level]
  target: [none, 32, {r: 2}]
  flatten: "14:55"
rules: {max_per_session: 1, entry_window: ["08:30", "14:30"]}
costs: {commission: 2.05, slippage: {market: 1, stop: 1, limit: 0}}
search: {method: grid}
folds: {train: 120, test: 20, purge: 1, unit: sessions, objective: net, min_trades: 30}
"""


def experiment(old: str = "", new: str = ""):
    assert old in TEXT
    return experiment_of(document_of(TEXT.replace(old, new, 1) if old else TEXT, "x.yaml"))


def test_a_study_becomes_a_plan():
    made = experiment()
    assert len(made.plan) == 2 * 3 * 2 * 3 * 3
    assert made.plan.rules == Rules.of({"max_per_session": 1, "entry_window": ["08:30", "14:30"]})
    assert made.plan.costs == Costs(Decimal("2.05"), Slippage(1, 1, 0))
    assert made.folds == Folds(120, 20, 1, objective="net", min_trades=30)


@pytest.mark.covers("VA-098")
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("study:", "stdy:", "x.yaml line 1: no key 'stdy'; did you mean 'study'?"),
        ("study: drive", "study: ../x", "x.yaml line 1: study must be a name of letters"),
        ("study: drive\n", "", "x.yaml: study is missing"),
        ("symbol: ES, ", "", "x.yaml line 2: data.symbol is missing"),
        ("timeframe", "timefame", "no key 'timefame' in data; did you mean 'timeframe'?"),
        ("timeframe: 1m", "first: 2020-01-02", "line 2: no key 'first' in data"),
        ("timeframe: 1m", "from: soon", "data.from must be a date such as 2024-07-01, not 'soon'"),
        ("opening_drive", "opening_drve", "line 3: no strategy 'opening_drve'; did you mean"),
        ("opening_drive", "none.py", "x.yaml line 3: no strategy file none.py"),
        ("minutes:", "minuets:", "x.yaml line 5: no parameter 'minuets' of OpeningDrive; did you"),
        ("[5, 15]", "[5, 70]", "x.yaml line 5: params.minutes: minutes=70 is outside 5..60"),
        ("[5, 15]", "[]", "x.yaml line 5: params.minutes is an empty list"),
        ("[5, 15]", "{a: 1}", "x.yaml line 5: params.minutes"),
        ("[5, 15]", "[5,\n  true]", "x.yaml line 6: params.minutes: minutes: True is not a number"),
        ("beyond:", "widest:", "line 6: 'widest' is no parameter; write it under gates"),
        ("widest:", "beyond:", "line 8: 'beyond' is no gate; write it under params"),
        ("widest:", "wides:", "line 8: no gate 'wides' of OpeningDrive; did you mean 'widest'?"),
        ("params:\n", "params: 3\nx:\n", "no key 'x'"),
        ("stop: [8", "stop: [0", "line 10: exits.stop: a distance is a whole number of ticks"),
        ("of: range", "off: range", "line 10: exits.stop: a distance is {times: 2, of: atr}"),
        ("stop:", "trail: {b: 3}\n  stop:", "line 10: exits.trail: a distance is {times: 2,"),
        ("stop:", "hold: {hours: 3}\n  stop:", "line 10: exits.hold: a time is {bars: 20}"),
        ("stop:", "brakeven: 3\n  stop:", "'brakeven' in exits; did you mean 'breakeven'?"),
        ("stop:", "stp:", "line 10: no key 'stp' in exits; did you mean 'stop'?"),
        ("{times: 0.70, of: range}", "none", "a target in r needs a stop"),
        ('"14:55"', '"24:55"', "line 12: exits.flatten: '24:55' is no time of day"),
        ('"14:55"', "895", 'exits.flatten must be clock times such as "15:45", or none, not'),
        ("max_per_session: 1", "max_per_session: -1", "line 13: rules: max_per_session is a whole"),
        ("max_per_session: 1", "cooldown: -1", "line 13: rules: cooldown is a whole number"),
        ("max_per_session: 1", "coldown: 1", "no key 'coldown' in rules; did you mean 'cooldown'"),
        ('"08:30"', '"8:30"', "x.yaml line 13: rules: '8:30' is no time of day"),
        ('["08:30", "14:30"]', '["08:30"]', "x.yaml line 13: rules.entry_window"),
        ("2.05", "-2", "x.yaml line 14: costs: commission must not be negative"),
        ("{market", "{markt", "line 14: no key 'markt' in costs.slippage; did you mean 'market'?"),
        ("market: 1,", "market: 1.5,", "line 14: costs.slippage.market must be a whole number"),
        ("max_per_session: 1", "days: [monday]", "line 13: rules: no day 'monday' in days"),
        (
            "max_per_session: 1",
            "friday_flatten: 895",
            "line 13: rules.friday_flatten must be clock",
        ),
        ("max_per_session: 1", "price_limit: 0", "line 13: rules: price_limit must be above 0"),
        ("limit: 0}", "eth: {markt: 1}}", "line 14: no key 'markt' in costs.slippage.eth"),
        ("{commission", "{spread: -1, commission", "line 14: costs: spread must not be negative"),
        ("{commission", "{funding: {rat: 1}, commission", "line 14: costs: no key 'rat' in costs"),
        ("method: grid", "method: gird", "line 15: search: no method 'gird' of a search; did you"),
        ("method: grid", "method: optuna", "line 15: search: trials of a search is a whole number"),
        ("method: grid", "trials: 9", "line 15: search: trials mean nothing to a grid search"),
        ("method: grid", "sampler: tpee", "search: no sampler 'tpee' of a search; did you mean"),
        ("method: grid", "objectives: [nt]", "search: no objective 'nt' in search.objectives; did"),
        (
            "search:",
            "constraints: [beyond < minits]\nsearch:",
            "line 15: constraints: no parameter",
        ),
        ("search:", "constraints: [beyond]\nsearch:", "line 15: constraints: 'beyond' compares no"),
        ("search:", "constraints: [minutes < 5]\nsearch:", "x.yaml: the constraints admit none of"),
        ("train: 120", "train: 0", "line 16: folds: folds.train is a whole number from 1 on"),
        ("unit: sessions", "unit: bar", "line 16: folds: no unit 'bar'"),
        ("objective: net", "objective: nt", "folds: no objective 'nt'; did you mean 'net'?"),
        ("search:", "evidence: {surrogates: -1}\nsearch:", "evidence.surrogates must be from 0 to"),
        ("search:", "evidence: {bootstrap: 99999}\nsearch:", "line 15: evidence.bootstrap must be"),
        ("search:", "holdout: {}\nsearch:", "x.yaml line 15: holdout.from is missing"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(old, new, said):
    with pytest.raises(TickgridError) as caught:
        experiment(old, new)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_mistakes_are_counted_and_the_misspelt_key_comes_first():
    with pytest.raises(TickgridError, match=r"no key 'stdy'.*\(and 1 more\)$"):
        experiment("study:", "stdy:")


@pytest.mark.covers("A-077", "B-062")
def test_the_resolved_study_holds_every_default():
    made = experiment_of(document_of("study: a\ndata: {symbol: ES}\nstrategy: opening_drive", "f"))
    assert made.sections == {
        "study": "a",
        "note": "",
        "data": {
            "symbol": "ES",
            "timeframe": "1m",
            "from": None,
            "to": None,
            "source": None,
            "inside": None,
            "beside": {},
        },
        "strategy": "opening_drive",
        "preset": None,
        "params": {"minutes": [15], "beyond": [2]},
        "gates": {"widest": [None]},
        "exits": {field.name: ["none"] for field in dataclasses.fields(Exits)},
        "rules": dataclasses.asdict(Rules()),
        "costs": dataclasses.asdict(Costs()),
        "search": dataclasses.asdict(Search()),
        "constraints": [],
        "folds": {k: v for k, v in dataclasses.asdict(Folds()).items() if k != "own"},
        "evidence": {"surrogates": 19, "bootstrap": 1000, "seed": 0}
        | dataclasses.asdict(Further())
        | {"also": []},
        "holdout": None,
        "money": None,
    }


def test_a_resolved_study_resolves_to_itself():
    made = experiment("search:", "holdout: {from: 2024-07-01}\nsearch:")
    again = experiment_of(document_of(dump(made.sections), "again"))
    assert dump(again.sections) == dump(made.sections)
    assert (again.plan, again.folds) == (made.plan, made.folds)


def test_a_decimal_stays_as_it_was_written():
    made = experiment()
    assert made.sections["exits"]["stop"][1]["times"] == Decimal("0.70")
    assert str(made.plan.exits[3].stop) == "0.7 x range"
    assert experiment("0.70", "0.7").sections == made.sections


@pytest.mark.covers("A-077")
def test_flags_go_before_the_environment_before_the_file():
    document = document_of(TEXT, "x.yaml")
    environ = {"TICKGRID_SET": "folds.train=60; folds.test=10\nparams.minutes=[5, 10, 15]"}
    change(document, environ, ["folds.train=40"])
    made = experiment_of(document)
    assert made.folds == Folds(40, 10, 1, objective="net", min_trades=30)
    assert made.sections["params"]["minutes"] == [5, 10, 15]


@pytest.mark.parametrize(
    ("environ", "flags", "said"),
    [
        ({}, ["folds.tran=3"], "--set folds.tran=3: no key 'tran' in folds; did you mean 'train'?"),
        ({"TICKGRID_SET": "folds.tran=3"}, [], "TICKGRID_SET folds.tran=3: no key 'tran'"),
        ({}, ["params.minutes=[5, 99]"], "--set params.minutes=[5, 99]: params.minutes"),
    ],
)
def test_a_wrong_change_names_where_it_came_from(environ, flags, said):
    document = document_of(TEXT, "x.yaml")
    change(document, environ, flags)
    with pytest.raises(TickgridError) as caught:
        experiment_of(document)
    assert said in str(caught.value)


def test_one_combination_is_the_first_of_every_list():
    document = document_of(TEXT, "x.yaml")
    single(document)
    made = experiment_of(document)
    assert len(made.plan) == 1
    assert dict(made.plan[0].row()) == {
        "minutes": 5,
        "beyond": 0,
        "widest": None,
        "stop": "8",
        "target": "none",
        "flatten": "14:55",
    }


def test_a_strategy_may_lie_beside_the_study(tmp_path: Path):
    source = Path("adapters/opening_drive.py").read_text()
    (tmp_path / "mine.py").write_text(source.replace("OpeningDrive", "Mine"))
    (tmp_path / "s.yaml").write_text(TEXT.replace("opening_drive", "mine.py"))
    made = experiment_of(read(tmp_path / "s.yaml"))
    assert type(made.plan[0].strategy).__name__ == "Mine"
    assert "class Mine" in made.source


def test_a_study_is_found_by_path_or_by_stem(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT)
    for asked in (str(path), "mine", "mine.yaml"):
        assert find(asked, tmp_path).name == str(path)
    with pytest.raises(
        UnknownError, match=r"no study 'mien' .*; did you mean 'mine'\? Known: mine"
    ):
        find("mien", tmp_path)


def test_a_strategy_without_an_experiment_is_played_with_defaults(tmp_path: Path):
    for asked in ("opening_drive", f"{tmp_path}/opening_drive.yaml"):
        made = experiment_of(find(asked, tmp_path, ["opening_drive"]))
        assert len(made.plan) == 6
        assert "no experiment of its own yet" in made.study.note
    (tmp_path / "opening_drive.yaml").write_text(TEXT)
    assert find("opening_drive", tmp_path, ["opening_drive"]).value["study"] == "drive"


@pytest.mark.parametrize(
    ("section", "engine", "apart"),
    [
        (ExitAxes, Exits, set()),
        (PlayRules, Rules, set()),
        (Charges, Costs, set()),
        (Slips, Slippage, set()),
        (FoldRules, Folds, set()),
        (SearchRules, Search, set()),
    ],
)
def test_a_section_has_the_keys_the_engine_plays(section, engine, apart):
    played = {field.name for field in dataclasses.fields(engine)} - {"own"}  # made of the objective
    assert set(section.model_fields) - apart == played


@pytest.mark.parametrize("path", sorted(Path("experiments").glob("*.yaml")), ids=lambda p: p.stem)
def test_the_experiments_we_ship_can_be_played(path):
    assert len(experiment_of(read(path)).plan) >= 1
