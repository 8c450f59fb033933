"""Strategy: a frozen value with one method, whose fields are its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from engine.core.bars import Bars
from engine.core.errors import ParameterError, unknown
from engine.core.params import Tunable
from engine.core.setups import Setups

SECTIONS: Final = ("params", "gates", "exits", "rules")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A documented set of values by name: what a study that asks for it need not write itself."""

    name: str
    doc: str
    params: Mapping[str, Any] = field(default_factory=dict)
    gates: Mapping[str, Any] = field(default_factory=dict)
    exits: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """The fields of the strategy it names: `Idea(**Idea.preset("calm").values())`."""
        return {**self.params, **self.gates}

    def sections(self) -> dict[str, Mapping[str, Any]]:
        """Its values under the names that a study has for them."""
        return {section: getattr(self, section) for section in SECTIONS}


class Strategy(Tunable):
    """An idea as a value: declare its parameters, and say where its setups are."""

    presets: ClassVar[tuple[Preset, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        named = [preset.name for preset in cls.presets]
        if len(set(named)) < len(named):
            raise ParameterError(f"{cls.__name__} has two presets of one name: {', '.join(named)}")
        for preset in cls.presets:
            cls.refuse_preset(preset)

    @classmethod
    def refuse_preset(cls, preset: Preset) -> None:
        """A preset holds one value for each name, one that the strategy itself would take."""
        where = f"preset '{preset.name}' of {cls.__name__}"
        several = [name for name, value in preset.exits.items() if isinstance(value, list)]
        if several:
            raise ParameterError(f"{where}: {several[0]} is one value, not a list")
        for section, wanted in (("params", False), ("gates", True)):
            names = [name for name in cls.space() if (name in cls.gates()) == wanted]
            for name in preset.sections()[section]:
                if name not in names:
                    raise unknown(section.removesuffix("s"), name, names, where=f" in {where}")
        try:
            cls(**preset.values())
        except ParameterError as error:
            raise ParameterError(f"{where}: {error}") from None

    @classmethod
    def preset(cls, name: str) -> Preset:
        """The preset of that name."""
        known = {preset.name: preset for preset in cls.presets}
        if name not in known:
            raise unknown("preset", name, known, where=f" of {cls.__name__}")
        return known[name]

    def setups(self, bars: Bars) -> Setups:
        """Every opportunity these bars hold, each known at the close of its bar."""
        raise NotImplementedError(f"{type(self).__name__} must define setups(self, bars)")
