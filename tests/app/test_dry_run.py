"""What a sweep would do is told before anything runs, and what could never end is refused."""

import json

import pytest

from tests.app.small import FOLDS


def preview(tickgrid, *more: str) -> dict:
    code, out, err = tickgrid("sweep", "quickstart", *FOLDS, "--dry-run", "--json", *more)
    assert code == 0, err
    return json.loads(out)


def test_a_plan_names_setups_folds_memory_and_time(tickgrid) -> None:
    found = preview(tickgrid)
    assert (found["search"], found["combinations"], found["folds"]) == ("grid", 8, 7)
    assert found["sessions"] == 60
    assert found["setups_of_the_first"] > 60
    assert found["structures"] == "2"
    assert found["fast_path"] == "plays every combination"
    assert "MiB" in found["memory"]
    assert "of play" in found["expected_time"]


def test_a_refused_fast_path_says_why(tickgrid) -> None:
    found = preview(tickgrid, "--set", "exits.trail=[none, {by: 8}]")
    assert found["fast_path"] == (
        "does not play all of 16: exits.trail takes the scanning kernel (4 exits)"
    )
    whole = preview(tickgrid, "--set", "rules.max_losses=3")
    assert "rules.max_losses takes the scanning kernel (4 exits)" in whole["fast_path"]


def test_an_adaptive_search_says_the_most_it_tries(tickgrid) -> None:
    found = preview(tickgrid, "--set", "search={method: optuna, trials: 30}")
    assert (found["combinations"], found["search"]) == ("at most 210", "optuna")


def test_more_combinations_take_more_memory(tickgrid) -> None:
    many = "[" + ", ".join(map(str, range(1, 1001))) + "]"
    found = preview(tickgrid, "--set", f"exits.stop={many}")
    assert found["combinations"] == 4000
    more, less = (int(one["memory"].split()[1]) for one in (found, preview(tickgrid)))
    assert more > less


@pytest.mark.parametrize("method", ["grid", "sobol"])
def test_a_grid_of_a_million_millions_is_refused_and_a_sample_of_it_played(
    tickgrid, method
) -> None:
    """A thousand stops, targets and holds, 500 clock times: no list of them is ever made."""
    many = "[" + ", ".join(map(str, range(1, 1001))) + "]"
    holds = "[" + ", ".join(f"{{bars: {k}}}" for k in range(1, 1001)) + "]"
    clocks = "[" + ", ".join(f'"{k // 60:02}:{k % 60:02}"' for k in range(400, 900)) + "]"
    wide = [*("--set", f"exits.stop={many}"), *("--set", f"exits.target={many}")]
    wide += ["--set", f"exits.flatten={clocks}"]
    wide += ["--set", f"exits.hold={holds}", *FOLDS, "--dry-run", "--json"]
    if method == "grid":
        code, _, err = tickgrid("sweep", "quickstart", *wide)
        assert code == 2
        assert "the grid has 1,000,000,000,000 combinations" in err
        assert "search: {method: sobol" in err
        return
    sample = ["--set", "search={method: sobol, trials: 40}"]
    code, out, err = tickgrid("sweep", "quickstart", *wide, *sample)
    assert code == 0, err
    assert json.loads(out)["combinations"] == 40
