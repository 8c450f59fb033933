"""The pytest plugin behind `make prove`, `make coverage-map` and `make golden`; see `conftest`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proof import ledger
from tests.proof.golden import Golden
from tests.proof.ids import table, unknown
from tests.proof.sizes import TAPES
from tests.proof.sizes import sized as choose


class Map:
    """Which rows have a passing test: a row that any failing test covers is not proven."""

    def __init__(self) -> None:
        self.good: set[str] = set()
        self.bad: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = covered(report)
        if report.failed:
            self.bad.update(ids)
        elif report.passed and report.when == "call":
            self.good.update(ids)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("rows of the acceptance tables with a passing test")
        for line in table(self.good - self.bad):
            terminalreporter.write_line(line)


class Proof:
    """Runs the tests that have a full size and did not pass yet; writes down each outcome."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.key = ledger.source_key(root)
        self.file = root / ".proof" / f"{self.key}.jsonl"
        self.open: dict[str, ledger.Outcome] = {}

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        done = {test for test, row in ledger.read(self.file).items() if row.outcome == "passed"}
        kept = [i for i in items if grows(i) and i.nodeid not in done]
        dropped = [i for i in items if i not in kept]
        items[:] = kept
        config.hook.pytest_deselected(items=dropped)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = ledger.t_ids(covered(report))
        fresh = ledger.Outcome(report.nodeid, ids, {}, "passed", 0.0)
        row = self.open.pop(report.nodeid, fresh)
        sizes = dict(pair for key, pair in report.user_properties if key == "size")
        outcome = report.outcome if row.outcome == "passed" else row.outcome
        row = row._replace(sizes=sizes, outcome=outcome, seconds=row.seconds + report.duration)
        if report.when == "teardown":
            ledger.append(self.file, row)
        else:
            self.open[report.nodeid] = row

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        rows = list(ledger.read(self.file).values())
        if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and rows:
            session.exitstatus = pytest.ExitCode.OK  # a killed run had only the page left to write
        text = ledger.page(rows, where=ledger.commit(self.root), key=self.key)
        (self.root / "docs").mkdir(exist_ok=True)
        (self.root / "docs" / "proof.md").write_text(text, encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        count = len(ledger.read(self.file))
        terminalreporter.write_line(f"the outcomes of {count} tests are in docs/proof.md")


def marked(item: pytest.Item) -> tuple[str, ...]:
    """The rows a test says it covers."""
    return tuple(name for mark in item.iter_markers("covers") for name in mark.args)


def grows(item: pytest.Item) -> bool:
    """Whether a test is one of the T-tests, or asks for a size of its own."""
    return bool(ledger.t_ids(marked(item))) or "sized" in getattr(item, "fixturenames", ())


def covered(report: pytest.TestReport) -> tuple[str, ...]:
    """The same, as the report carries them from a worker to the one who counts."""
    return tuple(name for key, names in report.user_properties if key == "covers" for name in names)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tickgrid")
    group.addoption("--coverage-map", action="store_true", help="print proven acceptance rows")
    group.addoption("--prove", action="store_true", help="tests that have a full size, resumable")
    group.addoption("--golden", action="store_true", help="rewrite golden figures")


def pytest_configure(config: pytest.Config) -> None:
    counts = not hasattr(config, "workerinput")  # workers run tests, their starter counts
    if config.getoption("--coverage-map") and counts:
        config.pluginmanager.register(Map())
    if config.getoption("--prove"):
        if TAPES != "full":
            raise pytest.UsageError("--prove means full size: set TICKGRID_TAPES=full")
        proof = Proof(config.rootpath)
        config.pluginmanager.register(proof if counts else Selection(proof))


class Selection:
    """What a worker needs of `Proof`: the same choice of tests."""

    def __init__(self, proof: Proof) -> None:
        self.pytest_collection_modifyitems = proof.pytest_collection_modifyitems


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--golden"):
        others = [item for item in items if "golden" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)
    for item in items:
        ids = marked(item)
        if wrong := unknown(ids):
            said = f"{item.nodeid} covers {', '.join(wrong)}, which no acceptance table has"
            raise pytest.UsageError(said)
        item.user_properties.append(("covers", ids))


@pytest.fixture
def sized(request: pytest.FixtureRequest) -> Callable[..., int]:
    def choose_and_note(row: str, *, ci: int, full: int, small: int | None = None) -> int:
        size = choose(ci=ci, full=full, small=small)
        request.node.user_properties.append(("size", (row, size)))
        return size

    return choose_and_note


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    root, rewrite = request.config.rootpath, request.config.getoption("--golden")
    return Golden(root / "tests" / "golden", rewrite=rewrite, born=ledger.commit(root))
