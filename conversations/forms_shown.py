"""How a form is shown in a chat: its open question, a tip for a better answer, and everything for checking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import form as engine
from conversations import menu
from conversations.choices import Consent
from conversations.form import UNSURE, Form, Stop
from conversations.messages import Act, Ask, Button, Card, Fact, Link, Option, Pick, Words, act
from conversations.questions import Day
from locales import _
from services.answers import Draft
from services.tips import Advice

if TYPE_CHECKING:
    from conversations.turn import Turn


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
    if counted == (1, 1) or here.reason:
        # Alone, or among the few that are asked once more, a question is not the first of one or the eighth of twelve.
        counted = None
    hint, example = form.hint(question.key, here.facts)
    told: list[Words] = [*lead]
    if here.reason:
        told.append(_("From the secretariat: {sentence}")(sentence=here.facts.programme.own(here.reason)))
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
        quick=[*form.offers(question.key, draft, here.facts), *_ways(draft, here, path)],
    )


def _controls(draft: Draft, here: Stop, link: str | None) -> list[Button]:
    question = here.question
    if link is not None:
        sent = act("form.sent", d=draft.id, k=question.key)
        return [Button(_("Send a file"), Link(link), "primary"), Button(_("I have sent it"), sent)]
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
