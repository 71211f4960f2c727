"""Nothing is offered that nobody answers, and nothing is told that has no words."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from conversations import everything
from conversations.acts import BUTTONS, WORDS
from conversations.notices import WORDINGS
from conversations.vocabulary import FILE
from services.timers import HANDLERS

everything.load()
ROOT = Path(__file__).parents[2]
IN_FORMS = {"back", "cancel", "unsure", "skip", "yes", "no", "today", "yesterday", "very_good", "good"}
"""Words that the engine answers, or that only mean something as an answer."""


def calls(name: str, *folders: str) -> Iterator[tuple[str, str]]:
    """The first argument of every call of a function or method of this name, where it is a plain string."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                first = node.args[0]
                if called == name and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_button_is_answered() -> None:
    assert [where for name, where in calls("act", "conversations", "bots") if name not in BUTTONS] == []


def test_every_cell_of_the_rich_menus_is_answered() -> None:
    menus = tomllib.loads((ROOT / "bots/line/menus.toml").read_text("utf-8"))
    acts = {cell["act"] for menu in menus.values() if "cells" in menu for cell in menu["cells"]}
    assert acts - set(BUTTONS) == set()


def test_every_notice_has_words() -> None:
    assert [where for kind, where in calls("tell", "services") if kind not in WORDINGS] == []


def test_every_timer_is_handled() -> None:
    set_in = [where for kind, where in calls("set", "services") if "." in kind and kind not in HANDLERS]
    assert set_in == []


def test_every_word_that_can_be_typed_is_answered() -> None:
    words = set(tomllib.loads(FILE.read_text("utf-8")))
    assert words - set(WORDS) - IN_FORMS == set()
