"""LINE as a channel: one question at a time, answered with the free reply token and else by push."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.channel import Presented
from bots.line import inbound
from bots.line.bubbles import MOST_MESSAGES
from bots.line.render import Pen, render
from conversations.messages import Heard, Message
from locales.language import speaker
from services.notices import Current
from services.outbox import Letter
from services.people import Identity, Person

REPLY_WINDOW = timedelta(seconds=50)
"""LINE promises a minute from the receipt of the webhook; the rest is the way there (PLATFORMS 1.6)."""


class LineChannel:
    """How LINE hears and shows."""

    name = inbound.CHANNEL
    chatty = True
    metered = True

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def hear(self, body: Mapping[str, Any]) -> Heard | None:
        """What a stored event means; None for one that needs no answer."""
        return inbound.hear(body)

    def present(self, said: Sequence[Message], person: Person, body: Mapping[str, Any]) -> Presented:
        """The answer to whoever acted: the first letter takes the reply token, if there is one."""
        token, received = body.get("replyToken"), body.get("received")
        until = datetime.fromtimestamp(received / 1000, UTC) + REPLY_WINDOW if token and received else None
        return Presented(self._letters(said, person.identity, person.language, token, until))

    def tell(
        self, said: Sequence[Message], identity: Identity, language: str, thread: str | None = None
    ) -> list[Letter]:
        """What somebody who did not act is told, by push."""
        return self._letters(said, identity, language)

    def fits(self, said: Sequence[Message], language: str) -> bool:
        """Whether one letter shows all of it as it is, without putting neighbours together."""
        pen = Pen(speaker(language), self._public_url)
        return sum(len(pen.show(message)) for message in said) <= MOST_MESSAGES

    def post(self, said: Sequence[Message], language: str, under: str | None) -> list[Letter]:
        """The secretariat is not on LINE."""
        return []

    def redraw(self, current: Current, identities: Sequence[Identity]) -> list[Letter]:
        """A person's rich menu is what LINE has for a Home."""
        if current.kind != "home":
            return []
        return [
            Letter(self.name, identity.external, "menu", ref=current.ref)
            for identity in identities
            if identity.channel == self.name
        ]

    def _letters(
        self,
        said: Sequence[Message],
        identity: Identity,
        language: str,
        token: str | None = None,
        until: datetime | None = None,
    ) -> list[Letter]:
        messages = render(said, speaker(language), self._public_url)
        return [
            Letter(
                self.name,
                identity.external,
                "say",
                {"messages": messages[start : start + MOST_MESSAGES]},
                reply_token=None if start else token,
                reply_until=None if start else until,
            )
            for start in range(0, len(messages), MOST_MESSAGES)
        ]
