"""A stored run in other forms than a page: files whose figures are those of the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from app.console import plain
from reports import exports
from storage.atomic import write_frame, write_text

if TYPE_CHECKING:
    from app.pages import Kept

DIGITS: Final = "%Y-%m-%dT%H:%M:%S%z"
NAMES: Final = {"md": "report.md", "txt": "report.txt", "json": "report.json"}


def exported(kept: Kept, form: str, file: Path | None) -> Path:
    """Write one file, or a folder with a file a table; which it is, the form says."""
    if form in NAMES:
        place = file or kept.run.folder / NAMES[form]
        write_text(place, told(kept, form))
        return place
    folder = file or kept.run.folder / form
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in exports.frames(kept.told).items():
        target = folder / f"{name}.{form}"
        if form == "csv":
            write_text(target, as_csv(frame))
        else:
            write_frame(target, frame)
    return folder


def told(kept: Kept, form: str) -> str:
    """The text of one file."""
    if form == "md":
        return exports.markdown(kept.told)
    if form == "txt":
        return exports.text(kept.told)
    return json.dumps(plain(exports.whole(kept.told)), indent=2, allow_nan=False) + "\n"


def as_csv(frame: pl.DataFrame) -> str:
    """A table as text; what is absent stays empty, and a list stands in one cell."""
    lists = [name for name, kind in frame.schema.items() if kind.is_nested()]
    texts = [frame[name].cast(pl.List(pl.String)).list.join(" ") for name in lists]
    return frame.with_columns(texts).write_csv(datetime_format=DIGITS)
