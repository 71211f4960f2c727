"""The secretariat sees what could not be delivered, and repairs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import Part, Place, shown_at
from conversations.messages import Button, Card, Fact, Heading, Pressed, Say, act
from locales import _
from services.undelivered import Undeliverable

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

SHOWN = 5
CHANNELS = {"line": _("LINE"), "slack": _("Slack"), "mail": _("E-mail")}


@shown_at(Place.REPAIRS)
async def undelivered(services: Services) -> list[Part]:
    """What could not be delivered; nothing when all is well."""
    if not await services.secretariat.includes_me():
        return []
    letters = await services.undelivered.all()
    if not letters:
        return []
    parts: list[Part] = [
        Heading(_("Could not be delivered: {count}")(count=len(letters))),
        *(_card(letter) for letter in letters[:SHOWN]),
    ]
    if len(letters) > SHOWN:
        parts.append(Say(_("And {count} more.")(count=len(letters) - SHOWN)))
    return parts


def _card(letter: Undeliverable) -> Card:
    ways = [Button(_("Send it again"), act("office.resend", i=letter.id), "primary")]
    if letter.has_notices and letter.channel != "mail":
        ways.append(Button(_("By e-mail instead"), act("office.mail_instead", i=letter.id)))
    ways.append(Button(_("Give it up"), act("office.drop", i=letter.id), "danger", _("Give this letter up?")))
    return Card(
        CHANNELS.get(letter.channel, letter.channel),
        facts=[Fact(_("Written"), _("{when}")(when=letter.written_at)), Fact(_("Why"), letter.error)],
        buttons=ways,
        tone="bad",
    )


@on("office.resend")
async def resend(turn: Turn, pressed: Pressed) -> None:
    """Try a letter once more."""
    await turn.services.undelivered.send_again(number(pressed.act.args, "i"))
    turn.say(Say(_("It is being sent again.")))


@on("office.mail_instead")
async def mail_instead(turn: Turn, pressed: Pressed) -> None:
    """Say by e-mail what a letter should have said."""
    await turn.services.undelivered.mail_instead(number(pressed.act.args, "i"))
    turn.say(Say(_("It is being sent by e-mail.")))


@on("office.drop")
async def drop(turn: Turn, pressed: Pressed) -> None:
    """Give a letter up."""
    await turn.services.undelivered.give_up(number(pressed.act.args, "i"))
    turn.say(Say(_("The letter was given up.")))
