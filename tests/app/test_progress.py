"""The progress bar is for somebody who watches."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from app import progress


def test_where_nobody_watches_nothing_is_said(capsys):
    with progress.bar("small", 8) as told:
        told(4, 8)
    assert capsys.readouterr() == ("", "")


@pytest.mark.covers("VA-083")
def test_on_a_terminal_it_shows_how_far_the_work_is(monkeypatch):
    screen = Console(file=io.StringIO(), force_terminal=True, width=120)
    monkeypatch.setattr(progress, "err", lambda: screen)
    with progress.bar("small", 8) as told:
        told(4, 8)
        told(8, 8)
    text = screen.file.getvalue()
    assert "small" in text
    assert "8/8" in text


def test_the_rate_waits_for_a_speed():
    clock = iter(range(100))
    quiet = Console(file=io.StringIO())
    shown = Progress(progress.Rate(), console=quiet, get_time=lambda: float(next(clock)))
    task = shown.add_task("x", total=10)
    assert progress.Rate().render(shown.tasks[0]).plain == ""
    for done in (4, 8):
        shown.update(task, completed=done)
    assert progress.Rate().render(shown.tasks[0]).plain == "4 combinations/s"
