"""What the laws are held over: a market made from a seed, and real bars where some are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

import adapters
from app.market import bars_of
from app.resolve import Experiment, experiment_of, single
from app.study import DEFAULT, find
from app.yaml_lines import Document, document_of
from engine.core.aside import Aside, attached
from engine.core.asof import auxiliary
from engine.core.bars import Bars
from engine.core.resample import resample
from engine.core.strategy import Strategy
from engine.synth.market import synthesise
from storage.lake import Lake, minutes_of
from storage.reading import made_up

FIRST: Final = date(2022, 1, 3)
SESSIONS: Final = 80
LONG: Final = 320  # where bars are long, to have as much to say
COARSE: Final = 5  # minutes of bars that are long
REAL: Final = 60  # the last stored sessions that are no hold-out
SEED: Final = 7
EVERY: Final = 60  # bars between two values of a series beside made bars
FEAR: Final = (30.0, 90.0)  # between which it is drawn
ORIGIN: Final = "tickgrid check"


@dataclass(frozen=True)
class Subject:
    """A strategy, the file it is written in, and one way to play it."""

    kind: type[Strategy]
    path: Path
    experiment: Experiment


def subject(asked: str, symbol: str | None, experiments: Path) -> Subject:
    """By name, or by a file; played as its own study plays first, if it has one."""
    path = Path(asked) if asked.endswith(".py") else adapters.HERE / f"{asked}.py"
    kind = adapters.load_file(path) if asked.endswith(".py") else adapters.load(asked)
    document = document_for(asked, path, experiments)
    data = document.value["data"]
    wanted = data["symbol"] if symbol is None else symbol
    document.put(("data",), {k: v for k, v in data.items() if k not in ("from", "to")}, ORIGIN)
    document.put(("data", "symbol"), wanted, ORIGIN)
    single(document)
    return Subject(kind, path, experiment_of(document))


def document_for(asked: str, path: Path, experiments: Path) -> Document:
    """The study of a named strategy; of a file, the plainest one."""
    if not asked.endswith(".py"):
        return find(asked, experiments, adapters.names())
    document = document_of(DEFAULT.format(name="check"), ORIGIN)
    document.put(("strategy",), str(path.resolve()), ORIGIN)
    return document


def samples(chosen: Subject, lake: Lake) -> dict[str, Bars]:
    """The bars by a name that says whether they are real."""
    symbol, span = chosen.experiment.study.data.symbol, chosen.experiment.study.data.timeframe
    minutes = minutes_of(span)
    made = synthesise(lake.instrument(symbol), FIRST, LONG if minutes > COARSE else SESSIONS, SEED)
    bars = made if minutes == 1 else resample(made, minutes)
    found = {f"SYNTHETIC {symbol} {span}": with_series(bars)}
    if any(s.symbol == symbol and not made_up(s.source) for s in lake.stored()):
        real = bars_of(lake, chosen.experiment.study, REAL)
        found[f"{symbol} {span} from {real.origin.source}"] = real
    return found


def with_series(bars: Bars) -> Bars:
    """Fear and gamma beside the second half of made bars: their future can be changed as well."""
    draw, times = np.random.default_rng(SEED), bars.time[len(bars) // 2 :: EVERY]
    fear = auxiliary("dvol", times, {"close": draw.uniform(*FEAR, len(times))})
    sign = auxiliary("gamma", times, {"sign": draw.integers(-1, 2, len(times))})
    return attached(bars, dvol=Aside(fear, "close", lag=1), gamma=Aside(sign, "sign", lag=1))
