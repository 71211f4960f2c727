"""Nothing is offered that nobody answers, and nothing is told that has no words."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from conversations import everything
from conversations.acts import BUTTONS, WORDS
from conversations.notices import WORDINGS
from conversations.offered import BINDING
from conversations.vocabulary import FILE
from services.timers import HANDLERS

everything.load()
ROOT = Path(__file__).parents[2]
IN_FORMS = {
    "back",
    "cancel",
    "unsure",
    "skip",
    "change",
    "repeat",
    "answer",
    "not_yet",
    "still",
    "today",
    "yesterday",
    "very_good",
    "good",
}
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


HARMLESS = {
    *(
        "case.correct",
        "company.correct",
        "plan.correct",
        "menu.register",
        "register.begin",
        "menu.write_case",
    ),
    *("menu.request", "menu.proposals", "plan.open", "plan.compare", "plan.choose", "enquiry.waiting"),
    *("enquiry.answer", "request.choose", "report.right", "report.begin", "terms.company", "plan.talk"),
    *("contract.read", "session.begun", "session.over", "session.join", "session.stop", "invoice.read"),
    *("form.resume", "form.reword", "page.show", "case.still", "faq.show", "handoff.send", "handoff.solved"),
    *("suggested.experts", "suggested.ask"),
}
"""Main buttons of a company that only show something, begin something, or say again what the clock knows."""


def main_buttons() -> Iterator[str]:
    """The acts of the main buttons that companies see, where they are plainly written."""
    for path in [*(ROOT / "conversations").glob("*.py"), *(ROOT / "conversations/sme").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Button":
                continue
            rest = [*node.args[2:], *(keyword.value for keyword in node.keywords)]
            style = {part.value for part in rest if isinstance(part, ast.Constant)}
            does = node.args[1] if len(node.args) > 1 else None
            if style & {"primary", "danger"} and isinstance(does, ast.Call):
                yield from (part.value for part in does.args[:1] if isinstance(part, ast.Constant))


def test_what_a_nod_may_press_was_thought_about() -> None:
    assert set(main_buttons()) - BINDING - HARMLESS == set()
    assert set() == BINDING & HARMLESS
    assert set(BUTTONS) >= BINDING
