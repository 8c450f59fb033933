"""YAML as people write it: every key knows its line, decimals stay as written, nothing surprises.

Of YAML 1.1 only what a study needs is read: `15:45` is a string and not 945, `on` is a word, `010`
is ten, a key that stands twice is an error, and anchors, merges and tags are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import yaml

from engine.core.errors import StudyError

Where = tuple[str | int, ...]  # the keys and list positions that lead to a value

TAG: Final = "tag:yaml.org,2002:"
PLAIN: Final = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+(?:_[0-9]+)*", list("-+0123456789")),
    "float": (
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?",
        list("-+.0123456789"),
    ),
    "timestamp": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", list("0123456789")),
}
DIGITS: Final = 18  # a number beyond them is a slip, and could not be held exactly


class Reader(yaml.SafeLoader):
    """Composes nodes; what they mean is decided in this file."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases: a study says what it means where it stands."""
        if self.check_event(yaml.AliasEvent):
            problem = "anchors and aliases are not read"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.get_mark())
        return super().compose_node(parent, index)


class Writer(yaml.SafeDumper):
    """Quotes whatever the reader, or a reader of plain YAML 1.1, would take for something else."""


for _name, (_pattern, _first) in PLAIN.items():
    for _side in (Reader, Writer):
        _side.add_implicit_resolver(TAG + _name, re.compile(rf"^(?:{_pattern})$"), _first)


@dataclass(slots=True)
class Document:
    """A mapping read from text, and where each of its keys was written."""

    name: str
    value: dict[str, Any] = field(default_factory=dict)
    places: dict[Where, str] = field(default_factory=dict)

    def place(self, where: Where) -> str:
        """Where a value was written, or the nearest thing around it."""
        for length in range(len(where), 0, -1):
            if where[:length] in self.places:
                return self.places[where[:length]]
        return self.name

    def set(self, assignment: str, origin: str) -> None:
        """Apply one `a.b=value`, the value in YAML."""
        dotted, equals, text = assignment.partition("=")
        keys = tuple(key.strip() for key in dotted.split("."))
        if not equals or not all(keys):
            raise StudyError(f"{origin} '{assignment}': write it as key.key=value")
        place = f"{origin} {assignment}"
        self.put(keys, value_of(text, place), place)

    def put(self, keys: tuple[str, ...], value: Any, place: str) -> None:
        """Replace a value, and say where it came from; sections on the way are made."""
        section = self.value
        for depth, key in enumerate(keys[:-1], start=1):
            section = section.setdefault(key, {})
            if not isinstance(section, dict):
                above = ".".join(keys[:depth])
                raise StudyError(f"{place}: '{above}' is a value, not a section")
        for old in [where for where in self.places if where[: len(keys)] == keys]:
            del self.places[old]
        section[keys[-1]] = value
        self.places[keys] = place


def read(path: Path) -> Document:
    """The document in a file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise StudyError(f"{path} is not UTF-8 text") from None
    return document_of(text, str(path))


def document_of(text: str, name: str) -> Document:
    """The document in a text; anything but one mapping of names is refused."""
    document = Document(name)
    node = composed(text, name)
    if not isinstance(node, yaml.MappingNode):
        raise StudyError(f"{name}: expected 'key: value' lines, found none")
    document.value = built(node, (), document)
    return document


def value_of(text: str, name: str) -> Any:
    """One YAML value, such as what follows a `--set key=`."""
    node = composed(text, name)
    return None if node is None else built(node, (), Document(name))


def composed(text: str, name: str) -> yaml.Node | None:
    try:
        node = yaml.compose(text, Loader=Reader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f" line {mark.line + 1}" if mark else ""
        raise StudyError(f"{name}{line}: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise StudyError(f"{name}: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise StudyError(f"{name}: nested too deeply to be read") from None
    return node if isinstance(node, yaml.Node) else None


def built(node: yaml.Node, where: Where, document: Document) -> Any:
    """The value of a node, noting the line of everything inside it."""
    if where:
        document.places.setdefault(where, spot(document, node))
    if isinstance(node, yaml.MappingNode):
        return mapping(node, where, document)
    if isinstance(node, yaml.SequenceNode):
        return [built(part, (*where, k), document) for k, part in enumerate(node.value)]
    return scalar(node, document)


def mapping(node: yaml.MappingNode, where: Where, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, here = key_node.value, spot(document, key_node)
        if key_node.tag != TAG + "str":
            raise StudyError(f"{here}: a key must be a name, not {shown(key)}")
        if key in found:
            first = document.places[*where, key]
            raise StudyError(f"{here}: '{key}' stands twice, first at {first.split(' ', 1)[-1]}")
        document.places[*where, key] = here
        found[key] = built(value_node, (*where, key), document)
    return found


def scalar(node: yaml.Node, document: Document) -> Any:
    text = str(node.value)
    makers: dict[str, Any] = {
        "null": lambda _: None,
        "bool": lambda word: word.lower() == "true",
        "int": lambda digits: int(bounded(digits)),
        "float": bounded,
        "timestamp": date.fromisoformat,
        "str": str,
    }
    make = makers.get(node.tag.removeprefix(TAG))
    if make is None:
        raise StudyError(f"{spot(document, node)}: the tag {node.tag} is not read")
    try:
        return make(text)
    except (ArithmeticError, ValueError) as error:
        raise StudyError(f"{spot(document, node)}: {shown(text)} is no value: {error}") from None


def bounded(digits: str) -> Decimal:
    number = Decimal(digits)
    if number and abs(number.adjusted()) > DIGITS:
        raise ValueError(f"numbers have at most {DIGITS} digits")
    return number


def spot(document: Document, node: yaml.Node) -> str:
    return f"{document.name} line {node.start_mark.line + 1}"


def shown(value: Any) -> str:
    """A value as an error message quotes it: short, on one line."""
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"


def dump(value: Mapping[str, Any]) -> str:
    """The same text for the same values, whatever way their decimals were written."""
    return str(
        yaml.dump(dict(value), Dumper=Writer, sort_keys=False, default_flow_style=None, width=96)
    )


def decimal_node(writer: Writer, value: Decimal) -> yaml.Node:
    text = format(value.normalize(), "f")
    return writer.represent_scalar(TAG + "float", text if "." in text else f"{text}.0")


Writer.add_representer(Decimal, decimal_node)
Writer.ignore_aliases = lambda *_: True  # type: ignore[method-assign] # a value met twice is written twice
