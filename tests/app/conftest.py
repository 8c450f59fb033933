"""A small market and a small study, played once."""

import os
from datetime import date

import pytest

from app import cli
from app.log import logger
from app.resolve import experiment_of
from app.run import play, report_of
from app.settings import resolve
from app.yaml_lines import document_of
from engine.core.contracts import instrument
from engine.research.watch import unseen
from engine.synth.market import synthesise
from reports import browser
from tests.app.small import SMALL


@pytest.fixture(autouse=True)
def unheard():
    """Handlers of an earlier test keep its lines and write to its streams, which are closed."""
    logger().handlers.clear()
    yield
    logger().handlers.clear()


@pytest.fixture(scope="module", autouse=True)
def few_sessions():
    """Pages with a browser of few sessions: what it shows is tested where it is drawn.

    Not longer than a module: the tests that draw it may come next in the same process.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(browser, "LAST", 1)
        patch.setattr(browser, "TRADED", 0)
        yield


@pytest.fixture(scope="session")
def bars():
    return synthesise(instrument("ES"), date(2024, 1, 2), 90, 7)


@pytest.fixture(scope="session")
def experiment():
    return experiment_of(document_of(SMALL, "small.yaml"))


@pytest.fixture(scope="session")
def stored(bars, experiment, tmp_path_factory):
    settings = resolve({"workers": "1"}, {}, tmp_path_factory.mktemp("small"))
    return play(experiment, bars, settings, unseen)


@pytest.fixture(scope="session")
def report(stored):
    return report_of(stored, 16)


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    """A store of sixty sessions."""
    folder = tmp_path_factory.mktemp("store")
    assert cli.main(["data", "synth", "ES", "--sessions", "60", "--root", str(folder)]) == 0
    return folder


@pytest.fixture
def tickgrid(root, capsys, monkeypatch):
    """Run a command over that store: exit code, standard output, standard error."""
    for name in [name for name in os.environ if name.startswith("TICKGRID_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TICKGRID_DATA", str(root))

    def run(*arguments: str):
        capsys.readouterr()
        code = cli.main(list(arguments))
        return code, *capsys.readouterr()

    return run
