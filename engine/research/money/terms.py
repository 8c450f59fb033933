"""The `money` section of a study as frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from engine.core.axis import SCALE
from engine.core.errors import ParameterError
from engine.core.instrument import Margin
from engine.research.money.reading import amount, optional, section, share, whole
from engine.research.money.sizes import Fixed, Size, size_of

CEILING: Final = Decimal(25)  # contracts a position may have unless the study raises it by name
LIMITS: Final = (
    *("contracts", "ceiling", "dollars", "exposure", "max_loss"),
    *("positions", "heat", "margin"),
)
GEARED: Final = Decimal(1000)  # a position may be worth many times the equity
Readers = dict[str, Callable[[str, Any], Any]]
Steps = tuple[tuple[int, int], ...]  # from this severity on, this factor; both in 1/10,000

# From a share of the day's loss limit on: what is left of the size, and how far the confidence
# asked for rises towards 1.
STANDARD_SIZE: Final[Steps] = ((6000, 9000), (7000, 8000), (8000, 6500), (9000, 4000), (9500, 2000))
STANDARD_LIFT: Final[Steps] = ((8000, 3000), (9000, 6000), (9500, 8500), (9800, 9500))


@dataclass(frozen=True, slots=True)
class Limits:
    """What no size may exceed; `None` means no such limit."""

    contracts: Decimal = CEILING
    dollars: Decimal | None = None  # value of a position
    exposure: int | None = None  # the same, as a share of the equity
    max_loss: Decimal | None = None  # of a position at its stop
    positions: int | None = None
    heat: int | None = None  # open money at risk, as a share of the equity
    margin: int = SCALE  # margin in use, as a share of the equity

    @classmethod
    def of(cls, values: Any) -> Limits:
        given = section(values, LIMITS, "money.limits")
        found: dict[str, Any] = {}
        ceiling = amount("money.limits.ceiling", given.get("ceiling", CEILING))
        found["contracts"] = amount("money.limits.contracts", given.get("contracts", ceiling))
        if found["contracts"] > ceiling:
            raise ParameterError(
                f"money.limits.contracts is {found['contracts']}, above the ceiling of {ceiling}; "
                "if you mean it, raise money.limits.ceiling"
            )
        readers: Readers = {
            "dollars": amount,
            "max_loss": amount,
            "positions": whole,
            "heat": share,
        }
        for name, read in readers.items():
            value = optional(given, name)
            found[name] = None if value is None else read(f"money.limits.{name}", value)
        if optional(given, "exposure") is not None:
            found["exposure"] = share("money.limits.exposure", given["exposure"], GEARED)
        if optional(given, "margin") is not None:
            found["margin"] = share("money.limits.margin", given["margin"])
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Confidence:
    """The size shrinks with an attribute from 0 to 1: `floor + (1 - floor) x confidence`."""

    attribute: str = "confidence"
    floor: int = 2000
    base: int = 0  # asked for at least; rises in recovery

    @classmethod
    def of(cls, values: Any) -> Confidence:
        given = section(values, ("attribute", "floor", "base"), "money.confidence")
        shares = {
            name: share(f"money.confidence.{name}", given[name])
            for name in ("floor", "base")
            if given.get(name)
        }
        floor = {"floor": 0} if given.get("floor") == 0 else {}
        return cls(str(given.get("attribute", "confidence")), **shares, **floor)


@dataclass(frozen=True, slots=True)
class Correlation:
    """The size shrinks with the mean correlation to what is held or entered beside it."""

    sessions: int = 60
    strength: int = 5000
    floor: int = 3000

    @classmethod
    def of(cls, values: Any) -> Correlation:
        given = section(values, ("sessions", "strength", "floor"), "money.correlation")
        found: dict[str, int] = {
            name: share(f"money.correlation.{name}", given[name])
            for name in ("strength", "floor")
            if name in given
        }
        if "sessions" in given:
            found["sessions"] = whole("money.correlation.sessions", given["sessions"], 3)
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Halts:
    """When no new trade is taken; `rest` sessions later the count starts afresh, 0 means never."""

    drawdown: int | None = None  # share of the highest equity
    losses: int | None = None  # in a row
    rest: int = 0
    daily_loss: Decimal | None = None  # currency
    daily_share: int | None = None  # or a share of the equity the day began with
    act_at: int = SCALE  # share of the day's limit at which positions are closed

    @classmethod
    def of(cls, values: Any) -> Halts:
        known = ("drawdown", "losses", "rest", "daily_loss", "daily_share", "act_at")
        given = section(values, known, "money.halts")
        readers: Readers = {
            "drawdown": share,
            "losses": whole,
            "daily_loss": amount,
            "daily_share": share,
            "act_at": share,
        }
        found: dict[str, Any] = {
            name: read(f"money.halts.{name}", given[name])
            for name, read in readers.items()
            if optional(given, name) is not None
        }
        found["rest"] = whole("money.halts.rest", given.get("rest", 0), 0)
        if "daily_loss" in found and "daily_share" in found:
            raise ParameterError("money.halts has daily_loss or daily_share, not both")
        return cls(**found)

    @property
    def daily(self) -> bool:
        return self.daily_loss is not None or self.daily_share is not None


@dataclass(frozen=True, slots=True)
class Recovery:
    """Smaller, surer trades as the day's loss nears its limit."""

    size: Steps = STANDARD_SIZE
    lift: Steps = STANDARD_LIFT

    @classmethod
    def of(cls, values: Any) -> Recovery:
        if values == "standard":
            return cls()
        given = section(values, ("size", "lift"), "money.recovery")
        return cls(**{name: steps(f"money.recovery.{name}", rows) for name, rows in given.items()})


def steps(where: str, rows: Any) -> Steps:
    """Pairs of a severity and a factor, the severity rising."""
    if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) == 2 for r in rows):
        raise ParameterError(f"{where} is a list of pairs such as [0.8, 0.5], not {rows}")
    found = tuple((share(where, at), share(where, factor)) for at, factor in rows)
    if [at for at, _ in found] != sorted({at for at, _ in found}):
        raise ParameterError(f"{where}: the first numbers must rise, each once")
    return found


KEYS: Final = (
    *("capital", "size", "least", "limits", "margins"),
    *("confidence", "multiplier", "correlation", "halts", "recovery"),
)


@dataclass(frozen=True, slots=True)
class Money:
    """How an account trades what was played one contract at a time."""

    capital: Decimal
    size: Size = field(default_factory=lambda: Fixed(Decimal(1)))
    least: Decimal = Decimal(0)  # contracts taken even where the rule gives fewer
    limits: Limits = field(default_factory=Limits)
    margins: Margin | str | None = "instrument"  # what positions tie up; `None`: nothing
    confidence: Confidence | None = None
    multiplier: str | None = None  # an attribute that sizes are multiplied by
    correlation: Correlation | None = None
    halts: Halts = field(default_factory=Halts)
    recovery: Recovery | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Money:
        """Read the `money` of a study."""
        given = section(values, KEYS, "money")
        if "capital" not in given:
            raise ParameterError("money.capital is missing: what the account begins with")
        readers: dict[str, Callable[[Any], Any]] = {
            "size": size_of,
            "limits": Limits.of,
            "confidence": Confidence.of,
            "multiplier": str,
            "correlation": Correlation.of,
            "halts": Halts.of,
            "recovery": Recovery.of,
        }
        found: dict[str, Any] = {
            name: read(given[name])
            for name, read in readers.items()
            if optional(given, name) is not None
        }
        made = cls(
            capital=amount("money.capital", given["capital"]),
            least=amount("money.least", given["least"]) if given.get("least") else Decimal(0),
            margins=margins_of(given.get("margins", "instrument")),
            **found,
        )
        if made.recovery is not None and not made.halts.daily:
            raise ParameterError("money.recovery needs money.halts.daily_loss or daily_share")
        return made


def margins_of(values: Any) -> Margin | str | None:
    """`instrument`, `none`, or money per contract."""
    if values == "instrument":
        return "instrument"
    if values == "none":
        return None
    given = section(values, Margin._fields, "money.margins")
    if set(given) != set(Margin._fields):
        raise ParameterError("money.margins needs day, initial and maintenance, per contract")
    return Margin(*(amount(f"money.margins.{name}", given[name]) for name in Margin._fields))
