"""Conducts a form as a chat: one question at a time, with back, change, cancel, help and resume for every form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from conversations import form as engine
from conversations import forms_shown, menu
from conversations.acts import on, on_word
from conversations.choices import Documents
from conversations.form import UNSURE, Form, Stop
from conversations.messages import (
    Ask,
    Button,
    Card,
    Pressed,
    Say,
    Uploaded,
    Words,
    act,
)
from locales import _
from services.answers import DONE, OPEN, Draft
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn


A_WHILE = timedelta(hours=12)
"""After so long somebody is told where they were."""
NOT_AN_ANSWER = {
    "sticker": _("Thank you for the sticker!"),
    "photo": _("Thank you for the photo. I can't use it for this question."),
    "video": _("Thank you for the video. I can't use it for this question."),
    "audio": _("Sorry, I can't listen to voice messages yet. Please write it."),
    "file": _("Thank you for the file. I can't use it for this question."),
    "location": _("Thank you for the place. Please write it in words."),
}
"""What is said to what can't be read, where no answer can be made of it."""


SENT = _("I have sent it")
ARRIVED = _("Your file has arrived. Thank you.")


# --- the course of a form ------------------------------------------------------------------------------


async def start(turn: Turn, form: type[Form], fresh: Draft) -> None:
    """Begin a form, or go on with the draft that was kept, with a line that says where we are."""
    await _require_quiet(turn)
    draft = await turn.services.drafts.live(form.name, fresh.about)
    if draft is None:
        await proceed(turn, form, fresh)
    else:
        await proceed(turn, form, draft, recap(turn, form, draft) if draft.answers else ())


async def _require_quiet(turn: Turn) -> None:
    """Refuse to ask anything while the person talks with somebody of ours, who gets whatever is typed."""
    if await turn.services.handoffs.open_of(turn.person.id) is not None:
        raise Refusal(_("You are talking with a person now. Forms go on when that is over."))


def recap(turn: Turn, form: type[Form], draft: Draft) -> list[Words]:
    """For somebody who comes back: which form, how far it has come, and why an answer is asked for again."""
    path = engine.walk(form, draft, turn.facts)
    here, counted = engine.current(path, draft), engine.counted(path)
    done = sum(stop.answered for stop in counted)
    where = _("We go on with “{form}”: {done} of {total} answered.")
    lines: list[Words] = [where(form=form.title, done=done, total=len(counted))]
    if here is not None and isinstance(here.question, Documents):
        lines = [
            _("We go on with “{form}”: the questions are answered, papers are still missing.")(
                form=form.title
            )
        ]
    return [*lines, here.problem] if here is not None and here.problem is not None else lines


async def proceed(
    turn: Turn,
    form: type[Form],
    draft: Draft,
    lead: Sequence[Words] = (),
    path: Sequence[Stop] | None = None,
) -> None:
    """Keep the draft, give it the chat's attention, and ask what is next."""
    saved = await turn.services.drafts.save(replace(draft, state=OPEN), turn.services.now)
    await say_next(turn, form, saved, lead, path)


async def say_next(
    turn: Turn,
    form: type[Form],
    draft: Draft,
    lead: Sequence[Words] = (),
    path: Sequence[Stop] | None = None,
    more: Sequence[Button] = (),
) -> None:
    """Ask the question that is open, or show the answers for checking when none is; `more` is offered besides.

    `path` is the way through the draft where it has been walked already.
    """
    path = engine.walk(form, draft, turn.facts) if path is None else path
    here = engine.current(path, draft)
    shown: Ask | Card
    if here is None:
        shown = forms_shown.review(turn, form, draft, path, lead)
    else:
        shown = forms_shown.ask(form, draft, path, here, lead, await invitation(turn, draft, here))
    turn.say(replace(shown, quick=[*more, *shown.quick]) if more else shown)


async def invitation(turn: Turn, draft: Draft, here: Stop) -> str | None:
    """The one-time link through which the open question's files come, if it asks for files."""
    question = here.question
    if not isinstance(question, Documents):
        return None
    return await turn.services.documents.invite(draft.id, question.key, question.purpose)


async def answer(
    turn: Turn,
    form: type[Form],
    draft: Draft,
    key: str,
    raw: str,
    lead: Sequence[Words] = (),
    path: Sequence[Stop] | None = None,
) -> None:
    """Keep an answer and go on; one that cannot be kept is explained and asked for again."""
    path = engine.walk(form, draft, turn.facts) if path is None else path
    question = form.question(key)
    if isinstance(question, Documents) and raw not in ("", UNSURE):
        # A file is an answer by coming through its link: the number of another's file could be typed as well.
        await say_next(turn, form, draft, [*lead, question.missing().reason], path)
        return
    try:
        answered = engine.answer_on(path, form, draft, key, raw)
    except Refusal as refusal:
        await say_next(turn, form, draft, [*lead, refusal.reason], path)
        return
    path = engine.walk(form, answered, turn.facts, engine.before(path, key))
    stop = next(stop for stop in path if stop.question.key == key)
    advice = form.advise(key, stop.kept or "", stop.facts)
    if not advice:
        if form.at_once and engine.current(path, answered) is None:
            await complete(turn, form, answered)
        else:
            await proceed(turn, form, answered, lead, path)
        return
    saved = await turn.services.drafts.save(engine.edit(answered, key), turn.services.now)
    turn.say(forms_shown.advise(saved, key, advice))


async def complete(turn: Turn, form: type[Form], draft: Draft) -> None:
    """Hand the form in; what stands in the way opens its question, and nothing typed is lost."""
    drafts = turn.services.drafts
    try:
        done = engine.finish(form, draft, turn.facts)
        if done is None:
            await proceed(turn, form, draft)
            return
        await drafts.save(replace(draft, state=DONE, editing=None), turn.services.now)
        await done.complete(turn)
    except Refusal as refusal:
        about = refusal.about if form.question(refusal.about or "") else None
        state = OPEN if about or draft.state == OPEN else draft.state
        again = await drafts.save(replace(draft, editing=about, state=state), turn.services.now)
        await say_next(turn, form, again, [refusal.reason])


async def put_aside(turn: Turn, draft: Draft) -> None:
    await turn.services.drafts.put_aside()
    turn.say(
        Say(
            _("We stop here. Your answers are kept; you can go on at any time."),
            quick=[Button(_("Go on"), act("form.resume", d=draft.id)), *menu.ways_on(turn)],
        )
    )


async def receive(turn: Turn, uploaded: Uploaded) -> None:
    """Take a document that arrived through its link as an answer; what is next waits until they are back here."""
    draft = await turn.services.drafts.get(uploaded.draft_id)
    form = Form.all.get(draft.form) if draft else None
    question = form.question(uploaded.key) if form else None
    if draft is None or form is None or draft.state == DONE or not isinstance(question, Documents):
        turn.say(Say(_("Your file has arrived, but this form was handed in already.")))
        return
    ids = [*filter(None, draft.answers.get(uploaded.key, "").split(",")), str(uploaded.document_id)]
    if uploaded.key in draft.reopened:
        ids = ids[-1:]
    if len(ids) < question.at_least:
        answers = dict(draft.answers) | {uploaded.key: ",".join(ids)}
        reopened = {key: why for key, why in draft.reopened.items() if key != uploaded.key}
        kept = replace(draft, answers=answers, reopened=reopened)
    else:
        kept = engine.answer(form, draft, uploaded.key, ",".join(ids), turn.facts)
    saved = await turn.services.drafts.save(replace(kept, state=OPEN), turn.services.now)
    turn.services.notices.later("form.arrived", turn.person.id, draft=saved.id, revision=saved.revision)


# --- buttons of every form -----------------------------------------------------------------------------


async def own(turn: Turn, pressed: Pressed) -> tuple[type[Form], Draft]:
    """The live draft that a button belongs to; an old or foreign one is explained instead."""
    number = pressed.act.args.get("d", "")
    draft = await turn.services.drafts.get(int(number)) if number.isdecimal() else None
    form = Form.all.get(draft.form) if draft else None
    if draft is None or form is None:
        raise Refusal(_("This button no longer works. Please start from the menu."))
    if draft.state == DONE:
        raise Refusal(
            _("This button belongs to “{form}”, which you sent on {when}.")(
                form=form.title, when=draft.updated_at
            )
        )
    return form, draft


@on("form.answer")
async def answer_button(turn: Turn, pressed: Pressed) -> None:
    """An answer was tapped: of the open question, or of an earlier one, which it then changes."""
    form, draft = await own(turn, pressed)
    key, value = pressed.act.args.get("k", ""), pressed.act.args.get("v", pressed.picked or "")
    await answer(turn, form, draft, key, value)


@on("form.edit")
async def edit_button(turn: Turn, pressed: Pressed) -> None:
    """One answer is to be changed."""
    form, draft = await own(turn, pressed)
    await proceed(turn, form, engine.edit(draft, pressed.act.args.get("k", "")))


@on("form.on")
async def on_button(turn: Turn, pressed: Pressed) -> None:
    """An answer stays as it is, in spite of the tip."""
    form, draft = await own(turn, pressed)
    await proceed(turn, form, replace(draft, editing=None))


@on("form.reword")
async def reword_button(turn: Turn, pressed: Pressed) -> None:
    """The rewording that was offered is taken."""
    form, draft = await own(turn, pressed)
    key = pressed.act.args.get("k", "")
    stop = next((s for s in engine.walk(form, draft, turn.facts) if s.question.key == key), None)
    advice = form.advise(key, stop.kept or "", stop.facts) if stop else ()
    rewording = next((one.rewording for one in advice if one.rewording), None)
    if rewording is None:
        await proceed(turn, form, replace(draft, editing=None))
    else:
        await answer(turn, form, draft, key, rewording)


@on("form.back")
async def back_button(turn: Turn, pressed: Pressed) -> None:
    """The previous question, please."""
    form, draft = await own(turn, pressed)
    await proceed(turn, form, engine.back(engine.walk(form, draft, turn.facts), draft))


@on("form.cancel")
async def cancel_button(turn: Turn, pressed: Pressed) -> None:
    """Not now; the draft is kept."""
    form, draft = await own(turn, pressed)
    await put_aside(turn, draft)


@on("form.resume")
async def resume_button(turn: Turn, pressed: Pressed) -> None:
    """Go on where the form was left."""
    await _require_quiet(turn)
    form, draft = await own(turn, pressed)
    await proceed(turn, form, draft, recap(turn, form, draft) if draft.answers else ())


@on("form.send")
async def send_button(turn: Turn, pressed: Pressed) -> None:
    """Hand the form in, as it was shown on the card that was pressed."""
    form, draft = await own(turn, pressed)
    if str(draft.revision) != pressed.act.args.get("r"):
        await proceed(turn, form, draft, [_("You changed something since. Please check once more.")])
        return
    await complete(turn, form, draft)


@on_word("resume")
async def resume_latest(turn: Turn) -> None:
    """Go on with the latest form that was put aside."""
    kept = [draft for draft in await turn.services.drafts.kept() if draft.form in Form.all]
    if not kept:
        await menu.show(turn)
        return
    form = Form.all[kept[0].form]
    await proceed(turn, form, kept[0], recap(turn, form, kept[0]))
