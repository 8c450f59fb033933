"""The file around a page: styles, script, packed figures, and the drawing library, all inside."""

from __future__ import annotations

import base64
import gzip
import json
from html import escape
from importlib.resources import files
from typing import Any, Final

from reports.exhibit import Exhibit
from reports.markup import tag

PACKED: Final = 6  # gzip level: a third of the size at a tenth of the time of the last step
SCRIPTS: Final = ("chart.js", "page.js")


def whole(title: str, body: str, held: dict[str, Any]) -> str:
    """One HTML file that needs nothing else, not even a network."""
    text = json.dumps(held, allow_nan=False, separators=(",", ":"))
    packed = base64.b64encode(gzip.compress(text.encode(), PACKED, mtime=0)).decode()
    scripts = "".join(asset(name) for name in SCRIPTS)
    inside = (
        body
        + tag("script", packed, type="text/plain", id="held")
        + tag("script", library() if held["figures"] else "", type="text/plain", id="plotly")
        + tag("script", scripts)
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{asset('page.css')}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{inside}</body></html>\n'


def picture_page(exhibit: Exhibit, kind: str) -> str:
    """A page that draws one figure and writes its picture into its own body."""
    heading = tag("h1", escape(exhibit.title))
    marks = {"class_": "plot", "data_figure": exhibit.key, "data_kind": kind}
    place = tag("div", "", **marks, style=f"height:{exhibit.layout.get('height', 420)}px")
    held = {"figures": {exhibit.key: exhibit.plain()}, "says": {}, "tables": {}}
    return whole(exhibit.title, tag("main", heading + place), held)


def asset(name: str) -> str:
    return (files("reports") / "assets" / name).read_text("utf-8")


def library() -> str:
    """The drawing library, packed to a third of its size; the page unpacks it."""
    script = (files("plotly") / "package_data" / "plotly.min.js").read_bytes()
    return base64.b64encode(gzip.compress(script, PACKED, mtime=0)).decode()
