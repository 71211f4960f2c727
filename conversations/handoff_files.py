"""Photos and files between somebody and the secretariat: wanted when they come, passed on when they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import on_fetched
from conversations.handoff_talk import pass_on
from conversations.menu import RECEIVERS
from conversations.messages import Attached, Fetched, Say
from locales import _
from services.handoff_records import TALK
from services.handoffs import Handoff

if TYPE_CHECKING:
    from conversations.turn import Turn

FILES = ("photo", "file", "audio", "video")
PURPOSE = "handoff"


def about(handoff: Handoff) -> str:
    """What a file is fetched for."""
    return f"handoff:{handoff.id}"


async def receive(turn: Turn, attached: Attached) -> bool:
    """Claim what somebody sends while a person is there; a sticker needs no words."""
    handoffs = turn.services.handoffs
    if not (attached.thread or TALK).startswith(TALK) or not await handoffs.concerns(turn.person.id):
        return False
    handoff = await handoffs.open_of(turn.person.id)
    if handoff is None:
        return False
    if attached.kind in FILES:
        turn.services.notices.fetch(
            attached.kind, attached.ref, attached.name, about=about(handoff), purpose=PURPOSE
        )
    elif attached.kind != "sticker":
        turn.say(Say(_("Thank you. Here I can only read text and buttons.")))
    return True


@on_fetched("handoff")
async def fetched(turn: Turn, file: Fetched) -> None:
    """Pass on what has come, to whichever of the two did not send it."""
    services = turn.services
    if file.document_id is None:
        turn.say(Say(file.problem or _("Sorry, this file could not be read.")))
        return
    handoff = await services.handoffs.get(int(file.about.partition(":")[2]))
    if handoff is not None and handoff.person_id == turn.person.id:
        await pass_on(turn, "", file.document_id)
    elif handoff is not None:
        await services.handoff_desk.reply(handoff.id, "", file.document_id, in_thread=True)


RECEIVERS.append(receive)
