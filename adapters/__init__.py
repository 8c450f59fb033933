"""Strategies, found by the name of their file: drop one in, and everything knows it."""

from __future__ import annotations

import importlib
import inspect
import sys
from hashlib import blake2b
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from traceback import extract_tb
from types import CodeType, ModuleType

from adapters.sources import helpers
from engine.core.errors import StudyError, TickgridError, unknown
from engine.core.strategy import Strategy

HERE = Path(__file__).parent
TABLES = (".csv", ".parquet")  # files that hold setups, not rules
FILES = (".py", *TABLES)
OWN = "strategy_"  # modules of users' files are called so


def names() -> list[str]:
    """Every strategy there is, without importing any."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def load(name: str) -> type[Strategy]:
    """The strategy in the file of that name."""
    if name not in names():
        raise unknown("strategy", name, names())
    path = HERE / f"{name}.py"
    try:
        module = importlib.import_module(f"{__name__}.{name}")
    except Exception as error:
        raise broken(path, error) from error
    return only_strategy(module, path)


def load_file(path: Path) -> type[Strategy]:
    """The strategy in a file of one's own, wherever it lies: rules, or a table of setups."""
    if not path.is_file():
        raise StudyError(f"no strategy file {path}; named strategies: {', '.join(names())}")
    if path.suffix in TABLES:
        table: type[Strategy] = importlib.import_module(f"{__name__}.own.table").strategy_of(path)
        return table
    place = str(path.resolve()).encode()  # an edited file is another module, and so is a copy
    mark = blake2b(place + b"\0" + path.read_bytes(), digest_size=8).hexdigest()
    called = f"{OWN}{path.stem}_{mark}"
    if called not in sys.modules:
        execute(called, path)
    return only_strategy(sys.modules[called], path)


def source_of(strategy: type[Strategy]) -> str:
    """What a strategy is made of: its file, what that imports beside it, and its table."""
    rows, path = getattr(strategy, "rows", None), Path(inspect.getfile(strategy))
    texts = [path.read_text(), *(helper.read_text() for helper in helpers(path))]
    return "".join(texts) + getattr(rows, "mark", "")


class Afresh(SourceFileLoader):
    """Compiles what the file says now; Python would run what it kept of one as old and as long."""

    def get_code(self, _: str) -> CodeType:
        """Nothing is read from a folder of bytecode, and nothing left in one."""
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


def execute(called: str, path: Path) -> None:
    """Import a file under a name of our own; a failed one leaves nothing behind."""
    loader = Afresh(called, str(path))
    spec = spec_from_loader(called, loader)
    if spec is None or path.suffix != FILES[0]:
        raise StudyError(f"{path} is no Python file; a strategy file ends in .py")
    module = sys.modules[called] = module_from_spec(spec)  # dataclasses look their module up
    try:
        loader.exec_module(module)
    except Exception as error:
        del sys.modules[called]
        raise broken(path, error) from error


def broken(path: Path, error: Exception) -> StudyError:
    """A file that fails before it says anything: its line, our sentence."""
    if isinstance(error, SyntaxError):
        return StudyError(f"{path.name} line {error.lineno}: {error.msg}")
    kind = "" if isinstance(error, TickgridError) else f"{type(error).__name__}: "
    frames = extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == path.name]
    at = f" line {lines[-1]}" if lines else ""
    return StudyError(f"{path.name}{at}: {kind}{error}")


def own_line(error: BaseException) -> str:
    """The last line of a user's own file on the way to an error; empty where there is none."""
    files = {module.__file__ for name, module in sys.modules.items() if name.startswith(OWN)}
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename in files]
    return f"{Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""


def only_strategy(module: ModuleType, path: Path) -> type[Strategy]:
    """The one class a strategy file holds."""
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, Strategy)
        and value.__module__ == module.__name__
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise StudyError(f"{path.name} holds no Strategy; it must define one class of that kind")
    several = ", ".join(cls.__name__ for cls in found)
    raise StudyError(f"{path.name} holds {len(found)} strategies ({several}); one file holds one")
