"""How Slack hears and shows: what was said goes where the person acted, a DM, a window or a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bots.channel import Presented
from bots.slack import inbound, render
from bots.slack.answers import Answer, OpenView, PushView, Respond, UpdateView
from bots.slack.blocks import Part
from bots.slack.inputs import Entered
from conversations.messages import FormPage, Heard, Message, Screen
from locales import _
from locales.language import Speaker, speaker
from services.notices import Current
from services.outbox import Letter
from services.people import Identity, Person

Json = dict[str, Any]
NAME = "slack"
CARDS = (
    "review",
    "contract",
    "session",
    "report",
    "switch",
    "payment_run",
    "account_change",
    "reclaim",
    "handoff",
)
"""What has a card in the secretariat's channel."""


class SlackChannel:
    """Slack, as the dispatcher knows it."""

    name = NAME
    chatty = False
    metered = False

    def __init__(
        self, public_url: str, secretariat_channel: str, escalation_channel: str | None = None
    ) -> None:
        self._public_url = public_url
        self._secretariat = secretariat_channel
        self._escalation = escalation_channel or secretariat_channel

    def hear(self, body: Mapping[str, Any]) -> Heard | None:
        """What a stored event means; None for one that needs no answer."""
        return inbound.hear(body)

    def present(self, said: Sequence[Message], person: Person, body: Mapping[str, Any]) -> Presented:
        """What was said to the acting person: in the window they use, in one that opens, or as messages."""
        surface = body.get("surface", "event")
        if not said:
            return Presented()
        say = speaker(person.language)
        if surface == "thread":
            # Everybody in the channel reads its threads, so an answer goes to the person alone.
            return Presented(self._letters(said, person.identity.external, say))
        window = any(isinstance(message, Screen | FormPage) for message in said)
        if surface in ("dm", "event") and not (window and body.get("trigger")):
            return Presented(self._letters(said, person.identity.external, say, thread_ts=body.get("thread")))
        return Presented(answer=self._answer(said, say, body))

    def tell(
        self, said: Sequence[Message], identity: Identity, language: str, thread: str | None = None
    ) -> list[Letter]:
        """What somebody is told, in their DM: under the message about the same thing, if it names one."""
        return self._letters(said, identity.external, speaker(language), thread=thread)

    def fits(self, said: Sequence[Message], language: str) -> bool:
        """Each message is a letter of its own."""
        return True

    def post(self, said: Sequence[Message], language: str, under: str | None) -> list[Letter]:
        """What is said in the thread of a card of the secretariat's, or in the channel to which matters climb."""
        if not self._secretariat:
            return []
        address = self._secretariat if under else self._escalation
        return self._letters(said, address, speaker(language), card=under)

    def redraw(self, current: Current, identities: Sequence[Identity]) -> list[Letter]:
        """The secretariat's card of a record, or a card or the Home of a person."""
        own = [identity.external for identity in identities if identity.channel == NAME]
        if current.person_id is not None:
            ref = f"{current.kind}:{current.ref}"
            return [Letter(NAME, external, "card", ref=ref) for external in own]
        if current.kind in CARDS:
            ref = f"{current.kind}:{current.ref}"
            return [Letter(NAME, self._secretariat, "card", ref=ref)] if self._secretariat else []
        if current.kind == "home":
            return [Letter(NAME, external, "home", ref=current.ref) for external in own]
        return []

    def _letters(
        self, said: Sequence[Message], address: str, say: Speaker, **place: str | None
    ) -> list[Letter]:
        """Words for an address; `thread_ts` is a thread of Slack's, `thread` one that the sender knows or begins.

        `card`: the thread is the one of this card.
        """
        known = {name: value for name, value in place.items() if value}
        return [
            Letter(NAME, address, "say", render.message(message, say, self._public_url) | known)
            for message in said
        ]

    def _answer(self, said: Sequence[Message], say: Speaker, body: Mapping[str, Any]) -> Answer:
        """Everything that was said, as one window: the last page or screen with the rest above it."""
        shown, rest = _window(said)
        page = body.get("page")
        if isinstance(shown, FormPage) and not rest and body["surface"] == "submission":
            errors = self._errors(shown, say, page or {})
            if errors:
                return Respond({"response_action": "errors", "errors": errors})
        entered = None
        if page:
            entered = _entered(page, isinstance(shown, FormPage) and _same(shown, page))
        view = render.modal(shown, say, self._public_url, entered, rest)
        if body["surface"] == "submission":
            return Respond({"response_action": "update", "view": view})
        if body["surface"] != "modal":
            return OpenView(view, body["trigger"])
        update = UpdateView(view, body["view"]["id"], body["view"]["hash"])
        if any(isinstance(message, Screen | FormPage) for message in said):
            return update
        # A few words must not take the place of the page or record they are about.
        return PushView(view, body["trigger"], update)

    def _errors(self, page: FormPage, say: Speaker, sent: Mapping[str, Any]) -> dict[str, str] | None:
        """The errors of a page at its fields, if the page on the screen is the one they belong to."""
        blocks = sent.get("blocks", {})
        asked = {one.key for one in page.inputs if one.kind != "document"}
        if not page.errors or not _same(page, sent) or asked != set(blocks):
            return None
        if not set(page.errors) <= set(blocks):
            return None
        return {blocks[key]: say(error) for key, error in page.errors.items()}


def _window(said: Sequence[Message]) -> tuple[Screen | FormPage, list[Part]]:
    windows = [message for message in said if isinstance(message, Screen | FormPage)]
    parts: list[Part] = [message for message in said if not isinstance(message, Screen | FormPage)]
    return (windows[-1], parts) if windows else (Screen(_("Notice"), ()), parts)


def _same(page: FormPage, sent: Mapping[str, Any]) -> bool:
    return (page.draft_id, page.page) == (sent.get("d"), sent.get("p"))


def _entered(sent: Mapping[str, Any], same: bool) -> Entered:
    """What is on the screen; of another page only the ids, which must not be used again."""
    if same:
        return Entered(sent["blocks"], sent["answers"], sent["began"])
    return Entered(sent["blocks"])
