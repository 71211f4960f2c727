"""A form is its questions. What to ask next follows from the answers, so nothing else is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from conversations.questions import Facts, Page, Question
from locales import Text, _
from services.answers import Draft
from services.refusals import Refusal
from services.tips import Advice

if TYPE_CHECKING:
    from conversations.messages import Button
    from conversations.turn import Turn

UNSURE = "?"
"""How "I don't know" is kept. No question accepts it as typed text, so it cannot be meant otherwise."""


class Form:
    """Base of every form: a class body of questions, read from top to bottom.

    `live` names the questions on which the notes depend, so that a page is drawn again when they change.
    A form that is done `at_once` is not shown for checking: its last answer completes it.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    submit: ClassVar[Text] = _("Send")
    questions: ClassVar[tuple[Question[Any], ...]] = ()
    pages: ClassVar[tuple[tuple[Page, tuple[Question[Any], ...]], ...]] = ()
    live: ClassVar[frozenset[str]] = frozenset()
    at_once: ClassVar[bool] = False
    all: ClassVar[dict[str, type[Form]]] = {}

    def __init_subclass__(cls) -> None:
        pages: list[tuple[Page, list[Question[Any]]]] = []
        for member in vars(cls).values():
            if isinstance(member, Page):
                pages.append((member, []))
            elif isinstance(member, Question):
                if not pages:
                    pages.append((Page(cls.title), []))
                pages[-1][1].append(member)
        cls.pages = tuple((page, tuple(questions)) for page, questions in pages)
        cls.questions = tuple(question for _page, questions in cls.pages for question in questions)
        Form.all[cls.name] = cls

    def __init__(self, path: Sequence[Stop], facts: Facts, draft: Draft) -> None:
        self.values: dict[str, Any] = {question.key: None for question in self.questions} | values_of(path)
        self.kept = {stop.question.key: stop.kept for stop in path if stop.kept is not None}
        self.facts = facts
        self.draft = draft

    @classmethod
    def question(cls, key: str) -> Question[Any] | None:
        """The question with this key; keys come from buttons and are not to be trusted."""
        return next((question for question in cls.questions if question.key == key), None)

    @classmethod
    def advise(cls, key: str, kept: str, facts: Facts) -> Sequence[Advice]:
        """What could be better about an answer that is acceptable; it never blocks."""
        return ()

    @classmethod
    def hint(cls, key: str, facts: Facts) -> tuple[Text | None, str | None]:
        """A tip and an example for one question that fit the answers so far."""
        return None, None

    @classmethod
    def offers(cls, key: str, draft: Draft, facts: Facts) -> Sequence[Button]:
        """What else can be looked at, in a chat, while this question is open."""
        return ()

    @classmethod
    def notes(cls, facts: Facts) -> Sequence[Text]:
        """What follows from the answers so far, shown live below them."""
        return ()

    @classmethod
    def notes_on(cls, page: Page, facts: Facts) -> Sequence[Text]:
        """The notes below one page: all of them, unless a form says which belong there."""
        return cls.notes(facts)

    def check(self) -> None:
        """Raise a Refusal if answers that are each fine do not fit together."""

    async def complete(self, turn: Turn) -> None:
        """Do what the form is for, and say so; a Refusal opens the question it is about."""
        raise NotImplementedError


@dataclass(frozen=True)
class Stop:
    """A question on the way through a form, and whether its answer still stands."""

    question: Question[Any]
    facts: Facts
    answered: bool
    kept: str | None = None
    value: Any = None
    problem: Text | None = None
    reason: str | None = None
    by_itself: bool = False


def walk(form: type[Form], draft: Draft, facts: Facts, begun: Sequence[Stop] = ()) -> list[Stop]:
    """The questions that apply to these answers, in order; each sees the answers before it.

    `begun` is the beginning of the way where it has been walked with the same answers already.
    """
    values = values_of(begun)
    path = list(begun)
    for question in form.questions[form.questions.index(begun[-1].question) + 1 if begun else 0 :]:
        if question.condition and not question.condition.holds(values):
            continue
        stop = _stop(question, draft, facts.given(dict(values)))
        if stop.answered:
            values[question.key] = stop.value
        path.append(stop)
    return path


def _stop(question: Question[Any], draft: Draft, facts: Facts) -> Stop:
    kept, by_itself = draft.answers.get(question.key), False
    if kept is None and question.fill is not None:
        kept = question.fill(facts)
        by_itself = kept is not None
    if reason := draft.reopened.get(question.key):
        return Stop(question, facts, answered=False, kept=kept, reason=reason)
    if kept is None:
        return Stop(question, facts, answered=False)
    if kept in ("", UNSURE) and not question.required:
        return Stop(question, facts, answered=True, kept=kept)
    try:
        return Stop(question, facts, True, kept, question.read(kept, facts), by_itself=by_itself)
    except Refusal as refusal:
        return Stop(question, facts, answered=False, kept=kept, problem=refusal.reason)


def current(path: Sequence[Stop], draft: Draft) -> Stop | None:
    """The question to ask now: the one being answered again, else the first without an answer."""
    for stop in path:
        if stop.question.key == draft.editing:
            return stop
    return next((stop for stop in path if not stop.answered), None)


def progress(path: Sequence[Stop], here: Stop) -> tuple[int, int] | None:
    """Which question this is of how many on the present path; None for one that is not counted.

    What fills itself in is not counted, for it is only asked where that fails.
    """
    on_the_way = counted(path)
    if here not in on_the_way:
        return None
    return on_the_way.index(here) + 1, len(on_the_way)


def counted(path: Sequence[Stop]) -> list[Stop]:
    """The questions by which progress is told."""
    return [stop for stop in path if stop.question.counts and stop.question.fill is None]


def answer(form: type[Form], draft: Draft, key: str, raw: str, facts: Facts) -> Draft:
    """The draft with this answer in it; raises Refusal, and then nothing is changed.

    Answers that follow from a changed one are opened again, and the question is no longer being edited.
    """
    return answer_on(walk(form, draft, facts), form, draft, key, raw)


def before(path: Sequence[Stop], key: str) -> Sequence[Stop]:
    """The part of the way that a changed answer to this question leaves as it is."""
    keys = [stop.question.key for stop in path]
    return path[: keys.index(key)]


def answer_on(path: Sequence[Stop], form: type[Form], draft: Draft, key: str, raw: str) -> Draft:
    """The same where the way through the draft has been walked already."""
    stop = next((stop for stop in path if stop.question.key == key), None)
    if stop is None:
        raise Refusal(_("This question is no longer needed."))
    kept = _hear(stop, raw)
    answers = dict(draft.answers) | {key: kept}
    if draft.answers.get(key) != kept:
        dependents = {question.key for question in form.questions if stop.question in question.sources}
        answers = {name: value for name, value in answers.items() if name not in dependents}
    reopened = {name: why for name, why in draft.reopened.items() if name != key}
    editing = None if draft.editing == key else draft.editing
    return replace(draft, answers=answers, reopened=reopened, editing=editing)


def _hear(stop: Stop, raw: str) -> str:
    question = stop.question
    if raw == UNSURE and question.unsure:
        return UNSURE
    if raw == "" and not question.required:
        return ""
    return question.hear(raw, stop.facts)


def back(path: Sequence[Stop], draft: Draft) -> Draft:
    """The draft with the previous question open again; its answer stays until it is replaced."""
    shown = [stop for stop in path if not stop.by_itself or stop.question.key == draft.editing]
    here = current(path, draft)
    index = shown.index(here) if here in shown else len(shown)
    return replace(draft, editing=shown[max(index - 1, 0)].question.key)


def edit(draft: Draft, key: str) -> Draft:
    """The draft with one question open again."""
    return replace(draft, editing=key)


def values_of(path: Sequence[Stop]) -> dict[str, Any]:
    """The answers that stand, by key."""
    return {stop.question.key: stop.value for stop in path if stop.answered}


def finish(form: type[Form], draft: Draft, facts: Facts) -> Form | None:
    """The completed form, or None while a question is still open; raises Refusal if answers do not fit."""
    path = walk(form, draft, facts)
    if current(path, draft) is not None:
        return None
    done = form(path, facts, draft)
    done.check()
    return done
