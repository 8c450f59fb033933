"""HTML by small functions; every text from outside is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from reports.exhibit import Exhibit

PLACES: Final = (
    ("session", "Candles, levels and volume at price"),
    ("marks", "Letters and delta"),
)


def tag(name: str, inside: str, **marks: str) -> str:
    """An element around markup that is safe already."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in marks.items()
    )
    return f"<{name}{written}>{inside}</{name}>"


def paragraph(text: str, **marks: str) -> str:
    return tag("p", escape(text), **marks)


def figure(exhibit: Exhibit, *, half: bool = False) -> str:
    """A place for the page's script to draw in, with a caption that stands without it."""
    heading = tag("h3", escape(exhibit.title), id=f"title-{exhibit.key}")
    caption = tag("figcaption", heading + paragraph(exhibit.says))
    height = exhibit.layout.get("height", 340)
    marks = {"class_": "plot", "data_figure": exhibit.key, "style": f"height:{height}px"}
    least = exhibit.layout.get("meta", {}).get("least")
    if least:
        marks["style"] += f";min-width:{least}px"
    plot = tag("div", "", **marks, role="group", aria_labelledby=f"title-{exhibit.key}")
    if least:
        plot = scroll(plot, exhibit.title)
    return tag("figure", caption + plot, class_="half" if half else "whole")


def browser(exhibits: Sequence[Exhibit]) -> str:
    """Places for one session's figures, and the means to turn to another; nothing without any."""
    if not exhibits:
        return ""
    days = [one.title for one in exhibits[::2]]
    options = "".join(tag("option", escape(day), value=day) for day in days[:-1])
    options += tag("option", escape(days[-1]), value=days[-1], selected="")
    controls = (
        '<button type="button">Earlier session</button>'
        f"<label>Session <select>{options}</select></label>"
        '<button type="button">Later session</button>'
    )
    places = "".join(page_of_session(*words) for words in PLACES)
    head = tag("h3", "Session by session")
    inside = head + tag("div", controls, class_="leaf") + tag("div", places, class_="figures")
    return tag("div", inside, data_browser="sessions")


def page_of_session(name: str, title: str) -> str:
    """A place whose figure and sentence change with the session."""
    heading = tag("h3", escape(title), id=f"title-{name}")
    caption = tag("figcaption", heading + tag("p", "", data_says=name))
    marks = {"class_": "plot", "style": "height:560px", "role": "group"}
    return tag("figure", caption + tag("div", "", **marks, aria_labelledby=f"title-{name}"))


def table(rows: Sequence[Mapping[str, Any]], label: str, *, words: bool = False) -> str:
    """A plain table of rows that are text already; its label is its own on the page."""
    head = "".join(tag("th", escape(str(name)), scope="col") for name in rows[0])
    body = "".join(
        tag("tr", "".join(tag("td", escape(str(value))) for value in row.values())) for row in rows
    )
    inner = tag("thead", tag("tr", head)) + tag("tbody", body)
    made = tag("table", inner, class_="words" if words else "figures-table")
    return scroll(made, f"table of {label}")


def leaves(key: str, columns: Iterable[str], label: str) -> str:
    """A table that the page's script fills, sorts, filters and leafs through."""
    head = "".join(
        tag("th", tag("button", escape(name), type="button"), scope="col") for name in columns
    )
    controls = (
        '<label>Filter <input type="search" placeholder="long, stop, 2024-03"></label>'
        '<button type="button">Earlier page</button><button type="button">Next page</button>'
        '<span data-said="" aria-live="polite"></span>'
    )
    inner = tag("table", tag("thead", tag("tr", head)) + "<tbody></tbody>", aria_label=label)
    return tag("div", tag("div", controls, class_="leaf") + scroll(inner, label), data_table=key)


def scroll(inside: str, label: str) -> str:
    """What may be wider than the window; the keyboard can move it too."""
    return tag("div", inside, class_="scroll", tabindex="0", role="region", aria_label=label)


def definitions(pairs: Iterable[tuple[str, str]], name: str) -> str:
    """Terms and what they are."""
    inside = "".join(
        tag("div", tag("dt", escape(term)) + tag("dd", escape(what))) for term, what in pairs
    )
    return tag("dl", inside, class_=name)


def tile(term: str, value: str, under: str = "", tone: str = "") -> str:
    """One figure large enough to be read first."""
    small = tag("small", escape(under)) if under else ""
    number = tag("span", escape(value), class_=tone) if tone else escape(value)
    return tag("div", tag("dt", escape(term)) + tag("dd", number + small), class_="tile")
