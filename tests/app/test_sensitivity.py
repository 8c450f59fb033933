"""`tickgrid sensitivity`: a stored run one step aside, at other costs, in other weather."""

import json

import pytest

from engine.research.evidence.scenarios import SCENARIOS
from storage.results import Results
from tests.app.small import FOLDS, SMALL


@pytest.fixture
def run(tickgrid, tmp_path) -> str:
    """The small study on the store of the tests; what is stored is not played again."""
    study = tmp_path / "small.yaml"
    study.write_text(SMALL)
    code, out, err = tickgrid("sweep", str(study), "--json", *FOLDS, "--set", "study=moved")
    assert code == 0, err
    return json.loads(out)["run"]


@pytest.mark.covers("A-080", "A-081")
def test_a_run_is_moved_by_parameters_costs_and_weather(run, tickgrid, root) -> None:
    asked = ("sensitivity", run, "--by", "stop", "--and", "minutes", "--scenarios")
    code, out, err = tickgrid(*asked, "--json")
    assert code == 0, err
    found, stored = json.loads(out), Results(root).run(run)
    row = stored.table("combinations").row(found["combination"], named=True)
    own = [one for one in found["one_way"] if one["chosen"]]
    assert {one["axis"] for one in own} == {"minutes", "widest", "stop", "target"}
    assert all(one["net"] == row["net"] / 100 for one in own)
    assert len(found["one_way"]) == 8  # two values of each of four axes
    assert sorted(str(one["stop"]) for one in found["two_way"]) == ["16", "level"]
    assert found["same_trades"] is True
    as_played = [one for one in found["costs"] if one["times"] == 1]
    oos = stored.table("equity").filter(stored.table("equity")["scope"] == "oos")
    assert {one["net"] for one in as_played if one["scope"] == "oos"} == {oos["net"].sum() / 100}
    weather = {one["scenario"]: one for one in found["scenarios"]}
    assert list(weather) == list(SCENARIOS)
    assert weather["as_it_was"]["net"] == pytest.approx(row["net"] / 100)
    assert weather["as_it_was"]["trades"] == row["n"]
    assert len({one["net"] for one in weather.values()}) > 4
    code, out, _ = tickgrid(*asked)
    assert code == 0
    assert all(title in out for title in ("One at a time", "at other costs", "In other weather"))


def test_what_cannot_be_moved_is_told(run, tickgrid) -> None:
    code, _, err = tickgrid("sensitivity", run, "--by", "stop")
    assert (code, "--by and --and together" in err) == (2, True)
    code, _, err = tickgrid("sensitivity", run, "--by", "stop", "--and", "minute")
    assert (code, "did you mean 'minutes'" in err) == (2, True)
    code, _, err = tickgrid("sensitivity", run, "--combination", "99")
    assert (code, "no combination '99'" in err) == (2, True)
    code, out, _ = tickgrid("sensitivity", run, "--combination", "0", "--json")
    assert (code, "costs" in json.loads(out)) == (0, False)  # whose trades are not stored
    code, out, err = tickgrid("run", "quickstart", *FOLDS[:2], "--json")
    assert code == 0, err
    code, _, err = tickgrid("sensitivity", json.loads(out)["run"])
    assert (code, "nothing was varied" in err) == (2, True)
