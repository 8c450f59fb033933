"""Every preset of every strategy makes a study that resolves, on its own and by a flag."""

from pathlib import Path

import pytest

import adapters
from app.resolve import change, experiment_of, single
from app.yaml_lines import document_of, read

EVERY = [(name, p.name) for name in adapters.names() for p in adapters.load(name).presets]
OWN = [pair for pair in EVERY if Path(f"experiments/{pair[0]}.yaml").is_file()]


@pytest.mark.parametrize(("strategy", "preset"), EVERY)
def test_a_preset_is_a_study_of_one_combination(strategy, preset):
    text = f"study: x\ndata: {{symbol: ES}}\nstrategy: {strategy}\npreset: {preset}\n"
    made = experiment_of(document_of(text, "x.yaml"))
    assert len(made.plan) == 1
    said = adapters.load(strategy).preset(preset)
    assert made.plan[0].strategy == adapters.load(strategy)(**said.values())
    assert said.doc


@pytest.mark.parametrize(("strategy", "preset"), OWN)
def test_a_preset_by_flag_plays_its_parameters_in_the_strategys_own_study(strategy, preset):
    document = read(Path(f"experiments/{strategy}.yaml"))
    change(document, {}, [f"preset={preset}"])
    single(document)
    said = adapters.load(strategy).preset(preset)
    (one,) = experiment_of(document).plan.strategies
    assert one == adapters.load(strategy)(**said.values())
