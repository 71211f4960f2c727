"""A notice that arrives while somebody is at a form: what was asked there is asked once more, so that it stays last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from conversations import form as engine
from conversations import forms_shown
from conversations.choices import Documents
from conversations.form import Form
from conversations.messages import Button, Message, Say, act
from conversations.questions import Facts
from locales import _
from locales.language import speaker
from services.drafts import Drafts

if TYPE_CHECKING:
    from services.bundle import Services

IN_THE_MIDST = timedelta(hours=1)
"""Who has not answered for longer is no longer at the form; a reminder comes in its own time."""


async def asked_again(services: Services, person_id: int, language: str) -> Sequence[Message]:
    """The question that somebody who is not acting was just about to answer, if there is one.

    While they talk to a person, and are asked whether it is solved, the form waits.
    """
    draft = await Drafts(services.connection, person_id).open()
    form = Form.all.get(draft.form) if draft else None
    if draft is None or form is None or draft.updated_at is None:
        return []
    if services.now - draft.updated_at > IN_THE_MIDST or await services.handoffs.going_on(person_id):
        return []
    facts = Facts(services.programme, services.now, services.clock.today(), language, speaker(language))
    path = engine.walk(form, draft, facts)
    here = engine.current(path, draft)
    if here is None or isinstance(here.question, Documents):
        go_on = Button(_("Go on"), act("form.resume", d=draft.id))
        return [Say(_("You were at “{form}”.")(form=form.title), quick=[go_on])]
    return [forms_shown.ask(form, draft, path, here, [_("Back to your question:")])]
