"""E-mail as a channel: nothing is heard on it, notices are told by it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bots.channel import Presented
from bots.mail.render import render
from conversations.messages import Heard, Message
from locales.language import speaker
from services.notices import Current
from services.outbox import Letter
from services.people import Identity, Person
from services.secrets import vault


class MailChannel:
    """Tells by e-mail."""

    name = "mail"
    chatty = True
    metered = False

    def hear(self, body: Mapping[str, Any]) -> Heard | None:
        """Nobody writes to us by e-mail."""
        return None

    def present(self, said: Sequence[Message], person: Person, body: Mapping[str, Any]) -> Presented:
        """Nobody acts by e-mail."""
        return Presented()

    def tell(
        self, said: Sequence[Message], identity: Identity, language: str, thread: str | None = None
    ) -> list[Letter]:
        """One mail with everything that was said; the address lies with the words, where it is encrypted."""
        if not said:
            return []
        mailbox = vault().hash(f"mail {identity.external}").hex()
        body = {"to": identity.external, **render(said, speaker(language))}
        return [Letter(self.name, mailbox, "mail", body)]

    def fits(self, said: Sequence[Message], language: str) -> bool:
        """A mail has room for everything."""
        return True

    def post(self, said: Sequence[Message], language: str, under: str | None) -> list[Letter]:
        """The secretariat reads no mail of ours."""
        return []

    def redraw(self, current: Current, identities: Sequence[Identity]) -> list[Letter]:
        """Nothing shown in a mail changes."""
        return []
