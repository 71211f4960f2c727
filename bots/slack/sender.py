"""Sends the letters to Slack: words once, cards and Homes as they are at that moment (DESIGN 4.5, 13.8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bots.delivery import Draw, Failed, Sent
from bots.slack import cards, render, threads
from bots.slack.client import SlackClient, SlackFault
from locales.language import DEFAULT, speaker
from services.database import transaction
from services.outbox import Letter
from services.people import People

Json = dict[str, Any]
PAUSE = timedelta(seconds=1)
"""Slack takes one message a second for each channel."""
CARD, WORDS = "ouentai_card", "ouentai_say"
LOOKED_THROUGH = 100
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
CUT_OFF = frozenset({"thread_not_found", "cannot_reply_to_message", "message_not_found"})
"""The root of a thread is not there any more."""


class SlackSender:
    """The Sender of bots/delivery.py for Slack."""

    def __init__(self, client: SlackClient, engine: AsyncEngine, draw: Draw, public_url: str) -> None:
        self._client = client
        self._engine = engine
        self._draw = draw
        self._public_url = public_url

    async def send(self, letter: Letter) -> Sent | Failed:
        """Send one letter; what Slack will never take is dead under Slack's own word."""
        try:
            match letter.kind:
                case "say":
                    return await self._say(letter)
                case "card":
                    return await self._show_card(letter)
                case "home":
                    return await self._show_home(letter)
        except SlackFault as fault:
            return Failed(fault.error, fault.again, fault.after)
        raise ValueError(f"Slack has no letters of kind {letter.kind}.")

    async def _say(self, letter: Letter) -> Sent:
        """Post words, those with a `thread` under the first that had the same, those of a `card` under it."""
        body = dict(letter.body or {})
        direct, channel = await self._where(letter)
        about, card = body.pop("thread", None), body.pop("card", None)
        if card is not None:
            await self._say_under_card(card, channel, body, letter)
        elif about is not None:
            await self._say_under(about, channel, body, letter)
        else:
            await self._say_once(channel, body, letter)
        return Sent() if direct else Sent(PAUSE)

    async def _say_under(self, about: str, channel: str, body: Json, letter: Letter) -> None:
        """Post words in the thread about something; they become its root where it has none, or none any more."""
        async with transaction(self._engine) as connection:
            root = await threads.root(connection, about, channel)
        if root is not None:
            try:
                await self._say_once(channel, body | {"thread_ts": root}, letter)
                return
            except SlackFault as fault:
                if fault.error not in CUT_OFF:
                    raise
        ts = await self._say_once(channel, body, letter)
        async with transaction(self._engine) as connection:
            await threads.keep(connection, about, channel, ts)

    async def _say_under_card(self, card: str, channel: str, body: Json, letter: Letter) -> None:
        """Post words in the thread of a card; it is posted now where it does not stand, or no longer."""
        kind, _colon, ref = card.partition(":")
        async with transaction(self._engine) as connection:
            root = await cards.find(connection, kind, ref, channel)
        if root is not None:
            try:
                await self._say_once(channel, body | {"thread_ts": root}, letter)
                return
            except SlackFault as fault:
                if fault.error not in CUT_OFF:
                    raise
        # Drawn now, where its own letter was lost or its message deleted; a retry finds what was posted.
        root = await self._stand(card, channel, DEFAULT, again=letter.attempts > 1)
        await self._say_once(channel, body | ({"thread_ts": root} if root else {}), letter)

    async def _say_once(self, channel: str, body: Json, letter: Letter) -> str:
        """Post words; a retry looks first whether they were posted, for Slack knows no retry key."""
        key, ts = str(letter.retry_key), None
        if letter.attempts > 1:
            ts = await self._posted(channel, WORDS, key, body.get("thread_ts"))
        return ts or await self._post(channel, body, WORDS, key)

    async def _show_card(self, letter: Letter) -> Sent:
        """Bring a card up to date where it stands; post it where it does not stand yet."""
        direct, channel = await self._where(letter)
        language = await self._language(letter.address) if direct else DEFAULT
        stands = await self._stand(letter.ref or "", channel, language, again=letter.attempts > 1)
        return Sent(PAUSE) if stands and not direct else Sent()

    async def _where(self, letter: Letter) -> tuple[bool, str]:
        """Whether a letter goes to one person, and the channel it goes to."""
        direct = letter.address[:1] in ("U", "W")
        return direct, await self._client.direct(letter.address) if direct else letter.address

    async def _language(self, user: str) -> str:
        async with transaction(self._engine) as connection:
            return await People(connection).language_of("slack", user) or DEFAULT

    async def _stand(self, whole: str, channel: str, language: str, *, again: bool) -> str | None:
        """The message that is a card as it must look now; None for a card that there is not to be.

        `again`: an earlier try may have posted it, although we did not hear of it.
        """
        kind, _colon, ref = whole.partition(":")
        card = await self._draw(kind, ref, language)
        if card is None:
            return None
        body = render.message(card, speaker(language), self._public_url)
        async with transaction(self._engine) as connection:
            known = await cards.find(connection, kind, ref, channel)
        ts = known
        if ts is None and again:
            ts = await self._posted(channel, CARD, whole, None)
        if ts is not None:
            ts = await self._update(channel, ts, body)
        if ts is None:
            ts = await self._post(channel, body, CARD, whole)
        if ts != known:
            async with transaction(self._engine) as connection:
                await cards.keep(connection, kind, ref, channel, ts)
        return ts

    async def _show_home(self, letter: Letter) -> Sent:
        """Publish a Home to its viewer, in the language they read."""
        person_id = letter.ref or ""
        async with transaction(self._engine) as connection:
            language = await People(connection).language(int(person_id))
        screen = await self._draw("home", person_id, language)
        if screen is not None:
            view = render.home(screen, speaker(language), self._public_url)
            await self._client.call("views.publish", user_id=letter.address, view=view)
        return Sent()

    async def _post(self, channel: str, body: Json, event_type: str, ref: str) -> str:
        metadata = {"event_type": event_type, "event_payload": {"ref": ref}}
        answer = await self._client.call(
            "chat.postMessage",
            channel=channel,
            **body,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def _update(self, channel: str, ts: str, body: Json) -> str | None:
        """Change a message; None if it is not there any more."""
        try:
            await self._client.call("chat.update", channel=channel, ts=ts, **body)
        except SlackFault as fault:
            if fault.error in GONE:
                return None
            raise
        return ts

    async def _posted(self, channel: str, event_type: str, ref: str, thread: str | None) -> str | None:
        """The message that an earlier try has posted although we did not hear of it."""
        args: Json = {"channel": channel, "limit": LOOKED_THROUGH, "include_all_metadata": "true"}
        method = "conversations.history"
        if thread:
            method, args["ts"] = "conversations.replies", thread
        answer = await self._client.call(method, **args)
        for message in answer.get("messages", ()):
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == event_type and payload.get("ref") == ref:
                return str(message["ts"])
        return None
