"""Conducts a form as a chat: one question at a time, with back, change, cancel, help and resume for every form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from conversations import form as engine
from conversations import menu
from conversations.acts import on, on_word
from conversations.form import UNSURE, Form, Stop
from conversations.messages import (
    Act,
    Ask,
    Attached,
    Button,
    Card,
    Fact,
    Link,
    Option,
    Pick,
    Pressed,
    Say,
    Uploaded,
    Words,
    act,
)
from conversations.questions import Consent, Day, Documents
from locales import Text, _
from services.answers import DONE, OPEN, Draft
from services.refusals import Refusal
from services.tips import Advice

if TYPE_CHECKING:
    from conversations.turn import Turn


# --- the course of a form ------------------------------------------------------------------------------


async def start(turn: Turn, form: type[Form], fresh: Draft) -> None:
    """Begin a form, or go on with the draft that was kept, with a line that says where we are."""
    draft = await turn.services.drafts.live(form.name, fresh.about)
    if draft is None:
        await _proceed(turn, form, fresh)
    else:
        lead = [recap(turn, form, draft)] if draft.answers else []
        await _proceed(turn, form, draft, lead)


def recap(turn: Turn, form: type[Form], draft: Draft) -> Text:
    """One line for somebody who comes back: which form, and how far it has come."""
    path = engine.walk(form, draft, turn.facts)
    done = sum(stop.answered for stop in path)
    return _("We go on with “{form}”: {done} of {total} answered.")(
        form=form.title, done=done, total=len(path)
    )


async def _proceed(turn: Turn, form: type[Form], draft: Draft, lead: Sequence[Words] = ()) -> None:
    """Keep the draft, give it the chat's attention, and ask what is next."""
    saved = await turn.services.drafts.save(replace(draft, state=OPEN), turn.services.now)
    await say_next(turn, form, saved, lead)


async def say_next(turn: Turn, form: type[Form], draft: Draft, lead: Sequence[Words] = ()) -> None:
    """Ask the question that is open, or show the answers for checking when none is."""
    path = engine.walk(form, draft, turn.facts)
    here = engine.current(path, draft)
    if here is None:
        turn.say(review(turn, form, draft, path, lead))
    else:
        turn.say(ask(form, draft, path, here, lead, await invitation(turn, draft, here)))


async def invitation(turn: Turn, draft: Draft, here: Stop) -> str | None:
    """The one-time link through which the open question's files come, if it asks for files."""
    question = here.question
    if not isinstance(question, Documents):
        return None
    return await turn.services.documents.invite(draft.id, question.key, question.purpose)


async def hear(turn: Turn, typed: str, meaning: str | None) -> bool:
    """Take typed words as the answer to the open question, or as a word that works in every form."""
    draft = await turn.services.drafts.open()
    form = Form.all.get(draft.form) if draft else None
    if draft is None or form is None:
        return False
    path = engine.walk(form, draft, turn.facts)
    here = engine.current(path, draft)
    lead = _after_a_while(turn, form, draft)
    if turn.late and meaning not in ELSEWHERE:
        # It was typed before the open question was asked, so it is no answer to that one (DESIGN 13.7).
        await say_next(turn, form, draft, [LATE(words=typed[:QUOTED])])
    elif meaning == "back":
        await _proceed(turn, form, engine.back(path, draft))
    elif meaning == "cancel":
        await _put_aside(turn, form, draft)
    elif meaning in ELSEWHERE:
        return False
    elif meaning in ("resume", "hello"):
        await _proceed(turn, form, draft, [recap(turn, form, draft)])
    elif here is None:
        await _hear_on_review(turn, form, draft, meaning)
    elif meaning == "unsure" and here.question.unsure:
        await _answer(turn, form, draft, here.question.key, UNSURE)
    elif meaning == "skip" and not here.question.required:
        await _answer(turn, form, draft, here.question.key, "")
    elif meaning == "yes" and here.question.key == draft.editing and here.answered:
        await _proceed(turn, form, replace(draft, editing=None))
    else:
        await _answer(turn, form, draft, here.question.key, typed, lead)
    return True


ELSEWHERE = ("help", "menu", "english", "japanese", "status")
"""Words that are answered outside the form, wherever a person is in it."""
LATE = _("This reached us late, so it was not used: “{words}”")
QUOTED = 100
A_WHILE = timedelta(hours=12)


def _after_a_while(turn: Turn, form: type[Form], draft: Draft) -> list[Words]:
    """A line that says where we are, for somebody who comes back later."""
    since = draft.updated_at
    return [recap(turn, form, draft)] if since is not None and turn.services.now - since > A_WHILE else []


async def _hear_on_review(turn: Turn, form: type[Form], draft: Draft, meaning: str | None) -> None:
    if meaning == "yes":
        await _complete(turn, form, draft)
    else:
        await say_next(turn, form, draft, [_("Please press a button: send it, or change an answer.")])


async def _answer(
    turn: Turn, form: type[Form], draft: Draft, key: str, raw: str, lead: Sequence[Words] = ()
) -> None:
    """Keep an answer and go on; one that cannot be kept is explained and asked for again."""
    try:
        answered = engine.answer(form, draft, key, raw, turn.facts)
    except Refusal as refusal:
        await say_next(turn, form, draft, [*lead, refusal.reason])
        return
    stop = next(s for s in engine.walk(form, answered, turn.facts) if s.question.key == key)
    advice = form.advise(key, stop.kept or "", stop.facts)
    if not advice:
        if form.at_once and engine.current(engine.walk(form, answered, turn.facts), answered) is None:
            await _complete(turn, form, answered)
        else:
            await _proceed(turn, form, answered, lead)
        return
    saved = await turn.services.drafts.save(engine.edit(answered, key), turn.services.now)
    turn.say(advise(saved, key, advice))


def advise(draft: Draft, key: str, advice: Sequence[Advice]) -> Card:
    """What could be better about an answer, with ways on: take the rewording, write again, or leave it."""
    buttons = [Button(_("Leave it as it is"), act("form.on", d=draft.id, k=key))]
    rewording = next((one.rewording for one in advice if one.rewording), None)
    body: list[Words] = [one.text for one in advice[:3]]
    if rewording:
        body.append(_("For example: “{words}”")(words=rewording))
        buttons.insert(
            0, Button(_("Use this wording"), act("form.reword", d=draft.id, k=key), style="primary")
        )
    return Card(
        _("A tip for a better answer"),
        body=body,
        note=_("Or simply write your answer again."),
        buttons=buttons,
        tone="tip",
    )


async def _complete(turn: Turn, form: type[Form], draft: Draft) -> None:
    """Hand the form in; what stands in the way opens its question, and nothing typed is lost."""
    drafts = turn.services.drafts
    try:
        done = engine.finish(form, draft, turn.facts)
        if done is None:
            await _proceed(turn, form, draft)
            return
        await drafts.save(replace(draft, state=DONE, editing=None), turn.services.now)
        await done.complete(turn)
    except Refusal as refusal:
        about = refusal.about if form.question(refusal.about or "") else None
        state = OPEN if about or draft.state == OPEN else draft.state
        again = await drafts.save(replace(draft, editing=about, state=state), turn.services.now)
        await say_next(turn, form, again, [refusal.reason])


async def _put_aside(turn: Turn, form: type[Form], draft: Draft) -> None:
    await turn.services.drafts.put_aside()
    turn.say(
        Say(
            _("We stop here. Your answers are kept; you can go on at any time."),
            quick=[Button(_("Go on"), act("form.resume", d=draft.id)), *menu.ways_on(turn)],
        )
    )


async def receive(turn: Turn, uploaded: Uploaded) -> None:
    """Take a document that arrived through its link as an answer, and go on."""
    draft = await turn.services.drafts.get(uploaded.draft_id)
    form = Form.all.get(draft.form) if draft else None
    question = form.question(uploaded.key) if form else None
    if draft is None or form is None or draft.state == DONE or not isinstance(question, Documents):
        turn.say(Say(_("Your file has arrived, but this form was handed in already.")))
        return
    ids = [*filter(None, draft.answers.get(uploaded.key, "").split(",")), str(uploaded.document_id)]
    if uploaded.key in draft.reopened:
        ids = ids[-1:]
    received = _("Your file has arrived. Thank you.")
    if len(ids) < question.at_least:
        answers = dict(draft.answers) | {uploaded.key: ",".join(ids)}
        reopened = {key: why for key, why in draft.reopened.items() if key != uploaded.key}
        await _proceed(turn, form, replace(draft, answers=answers, reopened=reopened), [received])
        return
    await _proceed(
        turn, form, engine.answer(form, draft, uploaded.key, ",".join(ids), turn.facts), [received]
    )


async def look_at(turn: Turn, attached: Attached) -> None:
    """Answer a sticker, a photo or anything else that is not an answer here, and stay where we are."""
    kind = NOT_AN_ANSWER.get(attached.kind, _("Thank you. Here I can only read text and buttons."))
    draft = await turn.services.drafts.open() if turn.chatty else None
    form = Form.all.get(draft.form) if draft else None
    if draft is None or form is None:
        turn.say(Say(kind, quick=menu.ways_on(turn)))
    else:
        await say_next(turn, form, draft, [kind])


NOT_AN_ANSWER = {
    "sticker": _("Thank you for the sticker!"),
    "photo": _("Thank you for the photo. I can't use it for this question."),
    "video": _("Thank you for the video. I can't use it for this question."),
    "audio": _("Sorry, I can't listen to voice messages yet. Please write it."),
    "file": _("Thank you for the file. I can't use it for this question."),
    "location": _("Thank you for the place. Please write it in words."),
}


# --- buttons of every form -----------------------------------------------------------------------------


async def _own(turn: Turn, pressed: Pressed) -> tuple[type[Form], Draft]:
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
    form, draft = await _own(turn, pressed)
    key, value = pressed.act.args.get("k", ""), pressed.act.args.get("v", pressed.picked or "")
    await _answer(turn, form, draft, key, value)


@on("form.edit")
async def edit_button(turn: Turn, pressed: Pressed) -> None:
    """One answer is to be changed."""
    form, draft = await _own(turn, pressed)
    await _proceed(turn, form, engine.edit(draft, pressed.act.args.get("k", "")))


@on("form.on")
async def on_button(turn: Turn, pressed: Pressed) -> None:
    """An answer stays as it is, in spite of the tip."""
    form, draft = await _own(turn, pressed)
    await _proceed(turn, form, replace(draft, editing=None))


@on("form.reword")
async def reword_button(turn: Turn, pressed: Pressed) -> None:
    """The rewording that was offered is taken."""
    form, draft = await _own(turn, pressed)
    key = pressed.act.args.get("k", "")
    stop = next((s for s in engine.walk(form, draft, turn.facts) if s.question.key == key), None)
    advice = form.advise(key, stop.kept or "", stop.facts) if stop else ()
    rewording = next((one.rewording for one in advice if one.rewording), None)
    if rewording is None:
        await _proceed(turn, form, replace(draft, editing=None))
    else:
        await _answer(turn, form, draft, key, rewording)


@on("form.back")
async def back_button(turn: Turn, pressed: Pressed) -> None:
    """The previous question, please."""
    form, draft = await _own(turn, pressed)
    await _proceed(turn, form, engine.back(engine.walk(form, draft, turn.facts), draft))


@on("form.cancel")
async def cancel_button(turn: Turn, pressed: Pressed) -> None:
    """Not now; the draft is kept."""
    form, draft = await _own(turn, pressed)
    await _put_aside(turn, form, draft)


@on("form.resume")
async def resume_button(turn: Turn, pressed: Pressed) -> None:
    """Go on where the form was left."""
    form, draft = await _own(turn, pressed)
    await _proceed(turn, form, draft, [recap(turn, form, draft)])


@on("form.send")
async def send_button(turn: Turn, pressed: Pressed) -> None:
    """Hand the form in, as it was shown on the card that was pressed."""
    form, draft = await _own(turn, pressed)
    if str(draft.revision) != pressed.act.args.get("r"):
        await _proceed(turn, form, draft, [_("You changed something since. Please check once more.")])
        return
    await _complete(turn, form, draft)


@on_word("resume")
async def resume_latest(turn: Turn) -> None:
    """Go on with the latest form that was put aside."""
    kept = [draft for draft in await turn.services.drafts.kept() if draft.form in Form.all]
    if not kept:
        await menu.show(turn)
        return
    form = Form.all[kept[0].form]
    await _proceed(turn, form, kept[0], [recap(turn, form, kept[0])])


# --- how a form is shown -------------------------------------------------------------------------------


def ask(
    form: type[Form],
    draft: Draft,
    path: Sequence[Stop],
    here: Stop,
    lead: Sequence[Words],
    link: str | None = None,
) -> Ask:
    """The open question with its place on the way, its help, and what can be pressed."""
    question, counted = here.question, engine.progress(path, here)
    hint, example = form.hint(question.key, here.facts)
    told: list[Words] = [*lead]
    if here.reason:
        told.append(_("From the secretariat: {sentence}")(sentence=here.reason))
    elif here.problem and not lead:
        told.append(here.problem)
    if isinstance(question, Consent):
        told.extend(question.lines(here.facts))
    return Ask(
        question.ask,
        counted[0] if counted else None,
        counted[1] if counted else None,
        lead=told,
        hint=hint or question.hint,
        example=example,
        options=[
            Option(value, label, act("form.answer", d=draft.id, k=question.key, v=value))
            for value, label in question.options_for(here.facts).items()
        ],
        buttons=_controls(draft, here, link),
        quick=_ways(draft, here, path),
    )


def _controls(draft: Draft, here: Stop, link: str | None) -> list[Button]:
    question = here.question
    if link is not None:
        return [Button(_("Send a file"), Link(link), "primary")]
    if isinstance(question, Day):
        first = question.first(here.facts).isoformat() if question.first else None
        last = question.last(here.facts).isoformat() if question.last else None
        pick = Pick(act("form.answer", d=draft.id, k=question.key), first, last)
        return [Button(_("Choose a day"), pick, "primary")]
    return []


def _ways(draft: Draft, here: Stop, path: Sequence[Stop]) -> list[Button]:
    question, ways = here.question, []
    if question.key == draft.editing and here.answered:
        ways.append(Button(_("Leave it as it is"), act("form.on", d=draft.id, k=question.key)))
    if question.unsure:
        ways.append(Button(_("I don't know"), act("form.answer", d=draft.id, k=question.key, v=UNSURE)))
    elif not question.required:
        ways.append(Button(_("Skip"), act("form.answer", d=draft.id, k=question.key, v="")))
    if path and here is not path[0]:
        ways.append(Button(_("Back"), act("form.back", d=draft.id)))
    return [*ways, Button(_("Stop for now"), act("form.cancel", d=draft.id)), menu.HELP]


def review(
    turn: Turn, form: type[Form], draft: Draft, path: Sequence[Stop], lead: Sequence[Words] = ()
) -> Card:
    """Everything that was said, for checking, with a way to change each answer."""
    return Card(
        form.title,
        badge=_("Please check"),
        facts=facts(path, lambda key: act("form.edit", d=draft.id, k=key)),
        body=[*lead, *form.notes(turn.facts.given(engine.values_of(path)))],
        buttons=[
            Button(form.submit, act("form.send", d=draft.id, r=draft.revision), style="primary"),
        ],
        quick=[Button(_("Stop for now"), act("form.cancel", d=draft.id)), menu.HELP],
        tone="review",
    )


def facts(path: Sequence[Stop], change: object = None) -> list[Fact]:
    """The answers of a form as labels and values; `change` makes the act that opens one of them."""
    shown = []
    for stop in path:
        if stop.kept in (None, ""):
            continue
        value: Words = (
            _("I don't know") if stop.kept == UNSURE else stop.question.show(stop.value, stop.facts)
        )
        opens = change(stop.question.key) if callable(change) else None
        shown.append(Fact(stop.question.label, value, opens if isinstance(opens, Act) else None))
    return shown
