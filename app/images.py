"""One figure of a page as a picture: drawn by a Chromium where the machine has one."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from engine.core.errors import ParameterError, RefusedError, unknown
from storage.atomic import write_text

if TYPE_CHECKING:
    from app.pages import Kept

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
KINDS: Final = (".png", ".svg")
SECONDS: Final = 120  # a browser that has not drawn one figure by then is stuck
FLAGS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1280,900", "--dump-dom"),
)


def browser() -> str:
    """A Chromium on this machine."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise RefusedError(
            "a picture needs a Chromium, and none is on this machine; the page itself needs none "
            "(tickgrid report RUN)"
        )
    return found


def picture(kept: Kept, figure: str, file: Path) -> Path:
    """Draw one figure and write it; the file's ending says how."""
    kind = file.suffix.lower()
    if kind not in KINDS:
        raise ParameterError(f"a picture ends in {' or '.join(KINDS)}, not '{file.name}'")
    names = kept.figures()
    if figure not in names:
        raise unknown("figure", figure, names)
    program = browser()
    with TemporaryDirectory() as folder:
        page = Path(folder) / "figure.html"
        page.write_text(kept.figure(figure, kind[1:]), "utf-8")
        data = drawn(program, page, Path(folder) / "profile")
    if kind == ".svg":
        write_text(file, unquote(data.partition(",")[2]))
    else:
        file.write_bytes(base64.b64decode(data.partition(",")[2]))
    return file


def drawn(program: str, page: Path, profile: Path) -> str:
    """The picture as the browser hands it over: a data URL in the page it drew."""
    command = [program, *FLAGS, f"--user-data-dir={profile}", page.as_uri()]
    try:
        done = subprocess.run(  # noqa: S603 - a browser of this machine, given our own file
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise RefusedError(f"{program} did not draw the figure within {SECONDS} s") from None
    found = re.search(r'data-picture="([^"]*)"', done.stdout)
    if found is None:
        raise RefusedError(f"{program} could not draw the figure: exit {done.returncode}")
    return found[1].replace("&amp;", "&").replace("&quot;", '"')
