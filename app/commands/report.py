"""A stored run as a page, as text, as tables, or one of its figures as a picture."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.options import Place, grouped

FORMS = ("html", "md", "txt", "json", "csv", "parquet")


@grouped
def report(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The name of a stored run.")],
    *,
    form: Annotated[
        str, typer.Option("--format", help=f"One of {', '.join(FORMS)}; tables go to a folder.")
    ] = "html",
    figure: Annotated[
        str, typer.Option("--figure", help="Only this figure, as .png or .svg by --out.")
    ] = "",
    place: Place,
    file: Annotated[Path | None, typer.Option("--out", help="Write it there instead.")] = None,
) -> None:
    """Draw the page of a stored run anew, or write it in another form, and say where it is."""
    from app.forms import exported
    from app.images import picture
    from app.pages import kept
    from app.setting_up import settings_of
    from engine.core.errors import unknown
    from storage.lake import Lake
    from storage.results import Results

    if form not in FORMS:
        raise unknown("format", form, FORMS)
    root = settings_of(place).root
    found = kept(Results(root), Lake(root), run)
    if figure:
        made = picture(found, figure, file or Path(f"{figure}.png"))
    elif form == "html":
        made = found.write(file)
    else:
        made = exported(found, form, file)
    typer.echo(made)
