"""A file came through its page, and the person comes back to the chat: their first word there is answered for nothing.

What comes next waits a moment for that word; for whoever says nothing it is pushed (services/notices.toml).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import chat
from conversations.acts import on
from conversations.form import Form
from conversations.hearing import ELSEWHERE, LATE, QUOTED
from conversations.menu import LISTENERS
from conversations.messages import Message, Pressed, Said
from conversations.notices import worded
from conversations.turn import Turn
from conversations.vocabulary import meant
from locales import _
from services.answers import OPEN, Draft
from services.bundle import Services

if TYPE_CHECKING:
    from services.notices import Notice

NOT_YET = _("Nothing has arrived yet. Please send the file first; that may take a minute.")


@on("form.sent")
async def sent(turn: Turn, pressed: Pressed) -> None:
    """The file has been sent: go on with what comes next, or say that it has not arrived."""
    form, draft = await chat.own(turn, pressed)
    key = pressed.act.args.get("k", "")
    arrived = draft.answers.get(key) and key not in draft.reopened
    await chat.proceed(turn, form, draft, [chat.ARRIVED if arrived else NOT_YET])


async def hear_before_the_question(turn: Turn, said: Said) -> bool:
    """Claim words that are typed before the question after a file was seen: they are no answer to it."""
    if not turn.chatty or not turn.person.held or meant(said.text) in ELSEWHERE:
        return False
    draft = await turn.services.drafts.open()
    form = Form.all.get(draft.form) if draft else None
    unseen = {one.notice.ids.get("draft") for one in await turn.services.held.of(turn.person.id)}
    if draft is None or form is None or draft.id not in unseen:
        return False
    label = turn.facts.say(chat.SENT)
    late = [] if said.text.strip() == label else [LATE(words=said.text[:QUOTED])]
    await chat.say_next(turn, form, draft, [chat.ARRIVED, *late])
    return True


LISTENERS.append(hear_before_the_question)


@worded("form.arrived")
async def arrived(services: Services, notice: Notice) -> Sequence[Message]:
    """What comes after a file, for whoever did not come back to the chat; nothing once they did."""
    identity = await services.people.reachable(notice.person_id, "line")
    person = await services.people.find(identity) if identity is not None else None
    if person is None or services.person is not None:
        return ()
    turn = Turn(
        person, Services(services.connection, services.programme, services.clock, person), chatty=True
    )
    draft = await turn.services.drafts.get(notice.ids["draft"])
    form = Form.all.get(draft.form) if draft else None
    if draft is None or form is None or not _as_it_was(draft, notice):
        return ()
    await chat.say_next(turn, form, draft, [chat.ARRIVED])
    return turn.said


def _as_it_was(draft: Draft, notice: Notice) -> bool:
    return draft.state == OPEN and draft.revision == notice.ids["revision"]
