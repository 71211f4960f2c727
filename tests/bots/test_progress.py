"""The line that tells how far something long has come."""

import io
import sys

import pytest

from bots.terminal.progress import Progress


class Screen(io.StringIO):
    """A terminal that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_whoever_watches_sees_how_far_it_is_and_then_only_what_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    progress = Progress(200, "cases")
    progress.show(200, 1500)
    assert f"[{'#' * 40}] 1,500 cases, " in screen.getvalue()
    progress.clear()
    assert screen.getvalue().endswith("\r") and screen.getvalue().split("\r")[-2].isspace()


def test_it_is_not_written_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    progress = Progress(0, "cases")
    progress.show(5, 5)
    progress.clear()
    assert not log.getvalue()
