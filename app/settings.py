"""Settings of the machine: flags, then environment, then files, then defaults; resolved once.

A file is `tickgrid.yaml` in the working folder, then in the user's configuration folder:

    root: data
    workers: 4
    environments:
      production: {log_level: info}

An environment is chosen by `--environment` or `TICKGRID_ENVIRONMENT` and goes before its own file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from app.yaml_lines import Document, read
from engine.core.errors import ParameterError, RefusedError, StudyError, unknown

FILE: Final = "tickgrid.yaml"
LEVELS: Final = ("debug", "info", "warning", "error")
DEVICES: Final = ("cpu", "cuda", "rocm")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the machine lends to a run; nothing in it changes a result."""

    root: Path
    workers: int
    device: str
    log_level: str
    environment: str
    origin: Mapping[str, str]  # where each of them came from

    def plain(self) -> dict[str, dict[str, Any]]:
        """Every setting with its origin, as it is stored with a run."""
        names = [f.name for f in fields(self) if f.name != "origin"]
        return {
            name: {
                "value": value if isinstance(value := getattr(self, name), int) else str(value),
                "from": self.origin[name],
            }
            for name in names
        }


def resolve(
    flags: Mapping[str, Any], environ: Mapping[str, str], folder: Path, *, home: Path | None = None
) -> Settings:
    """Take each setting from the first place that names it."""
    sources = [("flag", dict(flags)), ("environment", from_environ(environ))]
    chosen = first(sources, "environment", "")[0]
    files = [read(path) for path in files_of(folder, environ, home)]
    defaults = {
        "root": folder / "data",
        "workers": cores(),
        "device": "cpu",
        "log_level": "warning",
    }
    sources += [layer for file in files for layer in layers(file, str(chosen))]
    refuse_unknown(str(chosen), files)
    sources.append(("default", {**defaults, "environment": ""}))
    found = {f.name: first(sources, f.name) for f in fields(Settings) if f.name != "origin"}
    origin = {name: source for name, (_, source) in found.items()}
    values = {name: CHECKS[name](value, origin[name]) for name, (value, _) in found.items()}
    return Settings(**values, origin=origin)


def first(sources: list[tuple[str, dict[str, Any]]], name: str, default: Any = None) -> Any:
    """A value and the name of the place that gave it."""
    for origin, values in sources:
        if values.get(name) is not None:
            where = f"TICKGRID_{'DATA' if name == 'root' else name.upper()}"
            return values[name], where if origin == "environment" else origin
    return default, "default"


def from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {"TICKGRID_DATA": "root"}
    names |= {f"TICKGRID_{name.upper()}": name for name in CHECKS if name != "root"}
    return {name: environ[key] for key, name in names.items() if environ.get(key)}


def files_of(folder: Path, environ: Mapping[str, str], home: Path | None) -> list[Path]:
    base = environ.get("XDG_CONFIG_HOME")
    user = Path(base) if base else (home or Path(os.path.expanduser("~"))) / ".config"  # noqa: PTH111 - Path.home() raises where no home exists
    return [path for path in (folder / FILE, user / "tickgrid" / FILE) if path.is_file()]


def layers(file: Document, chosen: str) -> list[tuple[str, dict[str, Any]]]:
    """What a file says: its chosen environment first, then its own lines."""
    own = {key: value for key, value in file.value.items() if key != "environments"}
    made = [(file.name, checked(own, file, ()))]
    inner = environments(file).get(chosen)
    if inner is not None:
        where = ("environments", chosen)
        made.insert(0, (f"{file.name} ({chosen})", checked(inner, file, where)))
    return made


def environments(file: Document) -> dict[str, dict[str, Any]]:
    found = file.value.get("environments", {})
    if not isinstance(found, dict) or not all(isinstance(inner, dict) for inner in found.values()):
        raise StudyError(f"{file.place(('environments',))}: environments hold settings by name")
    return found


def checked(values: dict[str, Any], file: Document, where: tuple[str, ...]) -> dict[str, Any]:
    for key, value in values.items():
        if key not in CHECKS or (where and key == "environment"):
            place = file.place((*where, key))
            raise StudyError(f"{place}: {unknown('setting', key, [*CHECKS, 'environments'])}")
        if key == "root" and isinstance(value, str):  # a file's paths start where the file lies
            values = {**values, key: Path(file.name).parent / value}
    return values


def refuse_unknown(chosen: str, files: list[Document]) -> None:
    known = {name for file in files for name in environments(file)}
    if chosen and chosen not in known:
        raise unknown("environment", chosen, known, where=f" in {FILE}")


def cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def root_of(value: Any, _: str) -> Path:
    return Path(value)


def workers_of(value: Any, origin: str) -> int:
    text = str(value)
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise ParameterError(f"workers ({origin}) must be a whole number from 1 on, not '{value}'")
    return int(text)


def device_of(value: Any, origin: str) -> str:
    if value not in DEVICES:
        raise unknown("device", str(value), DEVICES, where=f" ({origin})")
    if value != "cpu":
        raise RefusedError(
            f"--device {value} ({origin}) is refused: no device path exists yet; use --device cpu"
        )
    return str(value)


def level_of(value: Any, origin: str) -> str:
    if str(value).lower() not in LEVELS:
        raise unknown("log level", str(value), LEVELS, where=f" ({origin})")
    return str(value).lower()


def environment_of(value: Any, _: str) -> str:
    return str(value)


CHECKS: Final[dict[str, Callable[[Any, str], Any]]] = {
    "root": root_of,
    "workers": workers_of,
    "device": device_of,
    "log_level": level_of,
    "environment": environment_of,
}
