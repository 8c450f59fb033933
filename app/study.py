"""The shape of a study: every key it may hold, checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from app.yaml_lines import Document, Where, document_of, read, shown
from engine.core.errors import StudyError, TickgridError, unknown

# What a strategy without an experiment of its own is played with.
DEFAULTS: Final = "the default study of"
DEFAULT: Final = """\
study: {name}
note: "no experiment of its own yet: default parameters, a few exits in ticks"
data: {{symbol: ES}}
strategy: {name}
exits: {{stop: [16, 32], target: [none, 32, {{r: 2}}]}}
rules: {{max_per_session: 1}}
"""
KINDS: Final = {
    "missing": "is missing",
    "string_pattern_mismatch": "must be a name of letters, digits, _ and -",
    "int": "must be a whole number",
    "date": "must be a date such as 2024-07-01",
    "string": "must be text",
    "list": "must be a list",
    "dict": "must be a section of names and values",
    "model": "must be a section of names and values",
}

Values = Any  # the strategy's axes read them: a value or a list of values
Distances = Any  # the engine reads them: 16, none, level, {times: 2, of: atr}, {r: 2}, or a list
Moves = Any  # the engine reads them too: docs/fills.md says what each may hold
Amount = int | Decimal | None


def clocks(written: Any) -> Any:
    """Refuse 945 for 15:45: the engine would take a number for minutes since midnight."""
    if not all(
        isinstance(v, str | None) for v in (written if isinstance(written, list) else [written])
    ):
        raise ValueError('must be clock times such as "15:45", or none')
    return written


class Section(BaseModel):
    """Frozen, strict, and without a key it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Series(Section):
    """One column of a stored auxiliary series, stale after so many minutes."""

    series: str
    column: str = "close"
    oldest: int | None = None


class Data(Section):
    """Which bars: everything stored, unless from and to say less."""

    symbol: str
    timeframe: str = "1m"
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    source: str | None = None
    inside: str | None = None  # a finer timeframe, played where a bar leaves a doubt
    beside: dict[str, Series] = {}  # auxiliary series, by the names that strategies ask for


class ExitAxes(Section):
    """Lists span the grid; a single value is a list of one."""

    stop: Distances = None
    target: Distances = None
    flatten: Annotated[Any, AfterValidator(clocks)] = None
    breakeven: Moves = None
    trail: Moves = None
    hold: Moves = None
    sideways: Moves = None
    underwater: Moves = None
    decay: Moves = None
    legs: Moves = None
    leave: Moves = None
    tighten: Moves = None


class PlayRules(Section):
    """Rules of the session, and of filling."""

    max_per_session: int | None = None
    entry_window: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None
    friday_window: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None
    days: list[str] | str | None = None
    friday_flatten: Annotated[Any, AfterValidator(clocks)] = None
    before_close: int | None = None
    price_limit: Amount = None
    cooldown: int | None = None
    max_losses: int | None = None
    daily_loss: Amount = None
    daily_profit: Amount = None
    with_open: bool | None = None
    min_reward: Amount = None
    positions: int | None = None
    reverse: bool | None = None
    through: int | None = None
    fill_probability: Amount = None
    fill_seed: int | None = None
    fill_share: Amount = None
    spare_entry_bar: bool | None = None
    stop_first: bool | None = None


class Slips(Section):
    """Ticks lost by each kind of order."""

    market: int | None = None
    stop: int | None = None
    limit: int | None = None
    eth: Slips | None = None  # outside the regular hours, where it differs


class Charges(Section):
    """Money for a side of a contract, slippage and spread in ticks, funding."""

    commission: int | Decimal | None = None
    slippage: Slips = Slips()
    spread: Amount = None
    funding: Any = None


class Search(Section):
    """How combinations are chosen."""

    method: str | None = None
    trials: int | None = None
    seed: int | None = None
    sampler: str | None = None
    objectives: list[str] | None = None


class FoldRules(Section):
    """How the walk-forward is cut, and what it chooses by."""

    train: int | None = None
    test: int | None = None
    purge: int | None = None
    unit: str = "sessions"
    objective: str | None = None
    min_trades: int | None = None
    ladder: list[int] | None = None
    window: str | None = None
    step: int | None = None
    choose: str | None = None
    top: int | None = None
    for_timeframe: str | None = None
    regime: str | None = None
    regime_trades: int | None = None


MOST: Final = 10_000  # surrogates and draws: more would fill the memory, and say no more


def bounded(count: int) -> int:
    if not 0 <= count <= MOST:
        raise ValueError(f"must be from 0 to {MOST}")
    return count


Count = Annotated[int, AfterValidator(bounded)]


class Evidence(Section):
    """Tests against chance."""

    surrogates: Count = 19
    bootstrap: Count = 1000  # draws; without any nothing is weighed
    seed: Count = 0
    also: list[str] = []  # tests on request, by name: docs/evidence.md
    groups: int | None = None  # of purged cross-validation
    tested: int | None = None
    embargo: int | None = None
    windows: dict[str, list[int]] = {}  # lengths of train and test to walk with


class Holdout(Section):
    """Sessions from this date on are not read."""

    first: date = Field(alias="from")


class Study(Section):
    """An experiment as it was written."""

    study: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    note: str = ""
    data: Data
    strategy: str
    preset: str | None = None  # what is not written here is taken from it
    params: dict[str, Values] = {}
    gates: dict[str, Values] = {}
    exits: ExitAxes = ExitAxes()
    rules: PlayRules = PlayRules()
    costs: Charges = Charges()
    search: Search = Search()
    constraints: list[str] = []  # between parameters: fast < slow
    folds: FoldRules = FoldRules()
    evidence: Evidence = Evidence()
    holdout: Holdout | None = None
    money: dict[str, Any] | None = None  # the engine reads it: see docs/money.md


def study_of(document: Document) -> Study:
    """The study in a document, or the first thing wrong with it and where that stands."""
    try:
        return Study.model_validate(document.value)
    except ValidationError as error:
        problems = {told(problem, document): problem["type"] for problem in error.errors()}
    worst = sorted(problems, key=lambda text: problems[text] != "extra_forbidden")
    more = f" (and {len(worst) - 1} more)" if len(worst) > 1 else ""
    raise StudyError(f"{worst[0]}{more}")


def told(problem: Any, document: Document) -> str:
    """One problem as a sentence that begins with its place."""
    where, kind = located(problem["loc"], document), problem["type"]
    place, dotted = document.place(where), ".".join(map(str, where))
    if kind == "extra_forbidden":
        return f"{place}: {strange(where)}"
    given = "" if kind == "missing" else f", not {shown(problem['input'])}"
    said = KINDS.get(kind) or KINDS.get(kind.split("_")[0])
    return f"{place}: {dotted} {said or problem['msg'].removeprefix('Value error, ')}{given}"


def located(loc: Where, document: Document) -> Where:
    """The part of pydantic's path that a person wrote; the rest names alternatives of a type."""
    known = [length for length in range(len(loc) + 1) if loc[:length] in document.places]
    longest = max(known, default=0)
    keys = [
        part for part in loc[longest : longest + 1] if longest < 1 or is_key(loc[:longest], part)
    ]
    return (*loc[:longest], *keys)


def is_key(section: Where, part: str | int) -> bool:
    return part in names_of(section)


def names_of(section: Where) -> list[str]:
    """The keys a section may hold, as they are written."""
    model: Any = Study
    for part in section:
        model = model.model_fields[part].annotation if part in model.model_fields else None
        options = getattr(model, "__args__", (model,))
        model = next((o for o in options if isinstance(o, type) and issubclass(o, Section)), None)
        if model is None:
            return []
    return [info.alias or name for name, info in model.model_fields.items()]


def strange(where: Where) -> str:
    """Why a key is refused."""
    *section, key = map(str, where)
    inside = f" in {'.'.join(section)}" if section else ""
    return str(unknown("key", key, names_of(tuple(section)), where=inside))


def blamed(error: TickgridError, document: Document, section: Where) -> StudyError:
    """An error of the engine about a section, with the line of the key it quotes."""
    text = str(error)
    keys = [where for where in document.places if where[: len(section)] == section]
    named = [where for where in keys if len(where) > len(section) and names(text, str(where[-1]))]
    place = document.place(named[0] if named else section)
    dotted = ".".join(part for part in section if isinstance(part, str))
    return StudyError(f"{place}: {dotted}: {text}")


def names(text: str, key: str) -> bool:
    return f"'{key}'" in text or text.startswith((f"{key} ", f"{key}=", f"{key}:"))


def find(asked: str, experiments: Path, strategies: Iterable[str] = ()) -> Document:
    """A study by its path, by the stem of a file among the experiments, or made of defaults."""
    if Path(asked).is_file():
        return read(Path(asked))
    stem = asked.removeprefix(f"{experiments}/").removesuffix(".yaml")
    known = {path.stem: path for path in sorted(experiments.glob("*.yaml"))}
    if stem in known:
        return read(known[stem])
    plain = {name: DEFAULT.format(name=name) for name in strategies}
    if stem in plain:
        return document_of(plain[stem], f"{DEFAULTS} {stem}")
    raise unknown("study", asked, [*known, *plain], where=f" (neither a file nor in {experiments})")
