"""Conducts a form as pages: the questions of a page at once, kept page by page, in a modal (DESIGN 13.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conversations import form as engine
from conversations.acts import number, on
from conversations.choices import Consent, Documents
from conversations.form import UNSURE, Form, Stop
from conversations.messages import (
    Button,
    Filled,
    FormPage,
    Input,
    Link,
    Option,
    Pressed,
    Say,
    Uploaded,
    Words,
    act,
)
from conversations.questions import Line, Question, Story
from locales import _
from services.answers import DONE, KEPT, Draft
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn


async def start(turn: Turn, form: type[Form], fresh: Draft) -> None:
    """Open the form at its first page that has something to ask; what was kept is there."""
    drafts = turn.services.drafts
    draft = await drafts.live(form.name, fresh.about)
    if draft is None:
        draft = await drafts.save(replace(fresh, state=KEPT), turn.services.now)
    await _show(turn, form, draft, _first_open(turn, form, draft))


def _first_open(turn: Turn, form: type[Form], draft: Draft) -> int:
    path = engine.walk(form, draft, turn.facts)
    here = engine.current(path, draft)
    return _page_of(form, here.question) if here else len(form.pages) - 1


def _page_of(form: type[Form], question: Question[Any]) -> int:
    return next(index for index, (_page, asked) in enumerate(form.pages) if question in asked)


async def fill(turn: Turn, filled: Filled) -> None:
    """Keep what was entered on a page; then draw it again, show what is wrong, go on, or hand the form in."""
    form, draft = await _own(turn, str(filled.draft_id))
    if not 0 <= filled.page < len(form.pages):
        raise Refusal(_("This window is out of date. Please open it again."))
    draft, errors = _keep(turn, form, draft, filled)
    draft = await turn.services.drafts.save(replace(draft, editing=None), turn.services.now)
    if filled.redraw:
        await _show(turn, form, draft, filled.page)
    elif errors:
        await _show(turn, form, draft, filled.page, errors)
    else:
        await _go_on(turn, form, draft, filled.page)


def _keep(turn: Turn, form: type[Form], draft: Draft, filled: Filled) -> tuple[Draft, dict[str, Words]]:
    """Answer question by question, in their order, so that each sees the answers before it."""
    errors: dict[str, Words] = {}
    returned = draft.reopened
    for question in form.pages[filled.page][1]:
        if question.key not in filled.answers or question.kind == "document":
            continue
        raw = filled.answers[question.key]
        if raw == "" and question.required:
            errors[question.key] = _("Please answer this question.")
            continue
        try:
            draft = engine.answer(form, draft, question.key, raw, turn.facts)
        except Refusal as refusal:
            errors[question.key] = refusal.reason
    draft = replace(draft, reopened={key: draft.reopened.get(key, "") for key in returned})
    applying = {stop.question.key for stop in engine.walk(form, draft, turn.facts)}
    return draft, {key: error for key, error in errors.items() if key in applying}


async def _go_on(turn: Turn, form: type[Form], draft: Draft, page: int) -> None:
    path = engine.walk(form, draft, turn.facts)
    for stop in path:
        if (
            isinstance(stop.question, Documents)
            and not stop.answered
            and _page_of(form, stop.question) == page
        ):
            error = stop.problem or _("Please send the file with the button first.")
            await _show(turn, form, draft, page, {stop.question.key: error})
            return
    for later in range(page + 1, len(form.pages)):
        if _asked(form, path, later, draft):
            await _show(turn, form, draft, later)
            return
    await _complete(turn, form, draft, page)


async def _complete(turn: Turn, form: type[Form], draft: Draft, page: int) -> None:
    """Hand the form in; what stands in the way is shown at its question, and nothing entered is lost."""
    drafts = turn.services.drafts
    path = engine.walk(form, draft, turn.facts)
    here = engine.current(path, draft)
    if here is not None:
        await _show(turn, form, draft, _page_of(form, here.question))
        return
    try:
        done = form(path, turn.facts, draft)
        done.check()
        await drafts.save(replace(draft, state=DONE), turn.services.now)
        await done.complete(turn)
    except Refusal as refusal:
        again = await drafts.save(replace(draft, state=KEPT), turn.services.now)
        question = form.question(refusal.about or "")
        if question is None:
            await _show(turn, form, again, page, lead=[refusal.reason])
        else:
            await _show(turn, form, again, _page_of(form, question), {question.key: refusal.reason})


async def receive(turn: Turn, uploaded: Uploaded) -> None:
    """Keep a document that arrived through its link, and say so with the way back to the form."""
    form, draft = await _own(turn, str(uploaded.draft_id))
    question = form.question(uploaded.key)
    if not isinstance(question, Documents):
        return
    kept = [*filter(None, draft.answers.get(uploaded.key, "").split(","))]
    if draft.reopened.get(uploaded.key):
        kept = []
    ids = ",".join([*kept, str(uploaded.document_id)])
    draft = replace(
        draft,
        answers=dict(draft.answers) | {uploaded.key: ids},
        reopened={key: "" if key == uploaded.key else why for key, why in draft.reopened.items()},
    )
    await turn.services.drafts.save(draft, turn.services.now)
    turn.say(
        Say(
            _("Your file for “{question}” has arrived.")(question=question.label),
            quick=[Button(_("Go on"), act("page.show", d=draft.id, p=_page_of(form, question)), "primary")],
        )
    )


async def _own(turn: Turn, draft_id: str) -> tuple[type[Form], Draft]:
    """The live draft that a page or button belongs to; an old or foreign one is explained instead."""
    draft = await turn.services.drafts.get(int(draft_id)) if draft_id.isdecimal() else None
    form = Form.all.get(draft.form) if draft else None
    if draft is None or form is None:
        raise Refusal(_("This window is out of date. Please open it again."))
    if draft.state == DONE:
        raise Refusal(
            _("This belongs to “{form}”, which you sent on {when}.")(form=form.title, when=draft.updated_at)
        )
    return form, draft


@on("page.show")
async def show_button(turn: Turn, pressed: Pressed) -> None:
    """Open one page of a form: back, again after an upload, or from a message."""
    if turn.chatty:
        raise Refusal(_("This button no longer works. Please start from the menu."))
    form, draft = await _own(turn, pressed.act.args.get("d", ""))
    await _show(turn, form, draft, min(number(pressed.act.args, "p"), len(form.pages) - 1))


async def _show(
    turn: Turn,
    form: type[Form],
    draft: Draft,
    page: int,
    errors: Mapping[str, Words] | None = None,
    lead: Sequence[Words] = (),
) -> None:
    path = engine.walk(form, draft, turn.facts)
    asked = _asked(form, path, page, draft) or _on_page(form, path, page)
    inputs = [await _input(turn, form, draft, stop, page) for stop in asked]
    marker = form.pages[page][0]
    last = all(not _asked(form, path, later, draft) for later in range(page + 1, len(form.pages)))
    turn.say(
        FormPage(
            marker.title,
            draft.id,
            page,
            len(form.pages),
            draft.revision,
            inputs,
            lead=[*lead, *([marker.lead] if marker.lead else [])],
            notes=form.notes_on(marker, turn.facts.given(engine.values_of(path))),
            submit=form.submit if last else _("Next"),
            back=act("page.show", d=draft.id, p=page - 1) if page else None,
            errors=errors or {},
        )
    )


def _asked(form: type[Form], path: Sequence[Stop], page: int, draft: Draft) -> list[Stop]:
    """What a page asks: all that applies, or after a return only what was returned and what follows from it."""
    here = _on_page(form, path, page)
    if draft.reopened:
        return [stop for stop in here if stop.question.key in draft.reopened or not stop.answered]
    return here


def _on_page(form: type[Form], path: Sequence[Stop], page: int) -> list[Stop]:
    return [stop for stop in path if stop.question in form.pages[page][1] and stop.question.asked]


async def _input(turn: Turn, form: type[Form], draft: Draft, stop: Stop, page: int) -> Input:
    question = stop.question
    hint, example = form.hint(question.key, stop.facts)
    buttons: list[Button] = []
    if isinstance(question, Documents):
        link = await turn.services.documents.invite(draft.id, question.key, question.purpose)
        buttons = [
            Button(_("Send a file"), Link(link)),
            Button(_("I have sent it"), act("page.show", d=draft.id, p=page)),
        ]
    return Input(
        question.key,
        question.ask,
        question.kind,
        hint=example or hint or question.hint,
        value=None if stop.kept in (None, UNSURE) else stop.kept,
        options=[
            Option(code, label, act("form.answer", d=draft.id, k=question.key, v=code))
            for code, label in question.options_for(stop.facts).items()
        ],
        lead=question.lines(stop.facts) if isinstance(question, Consent) else (),
        required=question.required,
        redraws=_redraws(form, question),
        at_most=question.at_most if isinstance(question, (Story, Line)) else None,
        problem=stop.problem,
        reason=stop.facts.programme.own(stop.reason) if stop.reason else None,
        shown=None if stop.value is None else question.show(stop.value, stop.facts),
        buttons=buttons,
    )


def _redraws(form: type[Form], question: Question[Any]) -> bool:
    """Whether another question, or what is computed below, depends on this answer."""
    return question.key in form.live or any(
        (other.condition is not None and other.condition.question is question) or question in other.sources
        for other in form.questions
    )
