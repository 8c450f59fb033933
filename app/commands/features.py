"""What features exist: their formulas, parameters, warm-ups and units."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.options import Json

File = Annotated[
    Path | None,
    typer.Option("--features", metavar="FILE", help="Features of your own, and the law on them."),
]


Page = Annotated[
    Path | None, typer.Option("--page", metavar="FILE", help="Write the documentation page anew.")
]


def features(
    name: Annotated[str | None, typer.Argument(help="One of them, in full.")] = None,
    *,
    file: File = None,
    page: Page = None,
    as_json: Json = False,
) -> None:
    """List the features, or say everything about one; hold a file of your own to the prefix law."""
    from app import feature_page
    from app.console import print_json, print_rows, show

    if page is not None:
        page.write_text(feature_page.page(page.read_text("utf-8")), "utf-8")
        return
    if name is not None:
        said = feature_page.row(feature_page.one(name, file))
        if as_json:
            print_json(said)
            return
        typer.echo("\n".join(feature_page.entry({**said, "parameters": []})))
        print_rows(said["parameters"])
        return
    if file is None:
        show(feature_page.index(), as_json=as_json)
        return
    from app.feature_law import verdicts

    rows = verdicts(feature_page.features(file))
    show(rows, as_json=as_json)
    if any(found["law"] != "kept" for found in rows):
        raise typer.Exit(1)
