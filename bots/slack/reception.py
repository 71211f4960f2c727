"""What becomes of each thing Slack sends, over HTTP or a socket: stored, answered at once, and shown."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.channel import Answered, Dispatcher
from bots.slack import cards, render, threads, wire
from bots.slack.answers import OpenView, PushView, Respond, UpdateView
from bots.slack.blocks import Pen
from bots.slack.client import SlackClient, SlackFault
from bots.slack.inbound import Challenge, Event, Ignored, Interaction, Moved, OptionsAsked, Parsed
from bots.slack.membership import Membership
from bots.slack.text import cut, units
from conversations.messages import Button, Say, Screen, Words, act
from locales import Text, _
from locales.language import DEFAULT, Speaker, speaker
from services import people
from services.database import transaction, waited_too_long
from services.inbox import Arrival
from services.people import Identity, People

log = logging.getLogger(__name__)
Json = dict[str, Any]
Options = Callable[[str, str, Mapping[str, str]], Awaitable[Sequence[tuple[str, Words]]]]
"""Finds what can be chosen: given the question's key, what is typed, and the answers on the page by key."""
OFFICE = ("review.", "office.")
"""Acts of the secretariat begin with one of these."""
OFFERED = 100
REMEMBERED = 500
PATIENCE = 1.0
PATIENCE_MS = 500

SORRY = _("Sorry, something went wrong on our side. Nothing you entered is lost. Please try again.")
SAVING = _("We are saving your page. One moment, please.")
HAVE_IT = _("We have this page already.")
TOO_LATE = _("The window did not open in time. Please press once more.")


class Reception:
    """Takes what was parsed and returns what Slack is answered: JSON, or None for an empty 200."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        client: SlackClient,
        engine: AsyncEngine,
        membership: Membership,
        options: Options,
        public_url: str,
    ) -> None:
        self._dispatcher = dispatcher
        self._client = client
        self._engine = engine
        self._membership = membership
        self._options = options
        self._public_url = public_url
        self._names: OrderedDict[Identity, str] = OrderedDict()
        self._sent: OrderedDict[str, asyncio.Future[Json | None]] = OrderedDict()

    async def receive(self, parsed: Parsed) -> Json | None:
        """Answer one request. Raises only if an event could not be stored, so that Slack sends it again."""
        match parsed:
            case Challenge(text=challenge):
                return {"challenge": challenge}
            case Event(arrival=arrival, also=also):
                await self._look_who(arrival)
                about = await self._about(arrival)
                if about and arrival.body.get("surface") == "thread" and arrival.identity not in self._names:
                    # Whoever answers in a thread does so under a name, and a message brings none.
                    await self._know(arrival.identity, await self._name(arrival.identity))
                told = {"about": about} if about else {}
                await self._dispatcher.accept(
                    [replace(each, body=each.body | told) for each in (arrival, *also)]
                )
            case Moved(identity=identity, channel=channel, joined=joined):
                if channel == self._membership.channel:
                    await self._membership.move(identity, joined)
            case OptionsAsked():
                return await self._offer(parsed)
            case Interaction(arrival=arrival, name=name):
                return await self._interact(arrival, name)
            case Ignored(why=why):
                log.debug("ignored: %s", why)
        return None

    async def _about(self, arrival: Arrival) -> str | None:
        """What the thread is about in which something was said, where that is something of ours."""
        body = arrival.body
        if body["kind"] not in ("said", "file") or not body["thread"]:
            return None
        where = (body["channel"], body["thread"])
        async with transaction(self._engine) as connection:
            return await threads.about(connection, *where) or await cards.about(connection, *where)

    async def _offer(self, asked: OptionsAsked) -> Json:
        say = speaker(await self._language(asked.identity))
        try:
            found = await self._options(asked.key, asked.typed, asked.answers)
        except Exception as error:
            log.error("options failed: %s", type(error).__name__)
            found = ()
        pen = Pen(say, self._public_url)
        fitting = [(value, label) for value, label in found if 0 < units(value) <= wire.OPTION]
        return {"options": [pen.option(value, label) for value, label in fitting[:OFFERED]]}

    # --- interactions ----------------------------------------------------------------------------------

    async def _interact(self, arrival: Arrival, name: str) -> Json | None:
        """Answer a press, a command or a submission; the same submission twice has the same answer."""
        if arrival.body["surface"] != "submission":
            return await self._answer(arrival, name)
        known = self._sent.get(arrival.key)
        if known is not None:
            return await asyncio.shield(known)
        future = self._sent[arrival.key] = asyncio.get_running_loop().create_future()
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
        answer: Json | None = None
        try:
            answer = await self._answer(arrival, name)
        finally:
            future.set_result(answer)
        return answer

    async def _answer(self, arrival: Arrival, name: str) -> Json | None:
        try:
            await self._look_who(arrival)
            await self._know(arrival.identity, name)
            answered = await self._dispatcher.answer(arrival)
            return await self._show(arrival, answered)
        except Exception as error:
            # Personal data may stand in the exception's text, so only its kind is logged.
            log.error("interaction failed: %s", type(error).__name__)
            log.debug("why it failed", exc_info=True)
            self._sent.pop(arrival.key, None)
            return await self._apologise(arrival)

    async def _look_who(self, arrival: Arrival) -> None:
        """Before a turn that may be the secretariat's: read who belongs to it."""
        body, user = arrival.body, arrival.identity.external
        pressed = wire.decode(body.get("act", "")) if body["kind"] == "press" else None
        in_channel = bool(self._membership.channel) and body.get("channel") == self._membership.channel
        if (
            in_channel
            or (pressed is not None and pressed.name.startswith(OFFICE))
            or self._membership.may_include(user)
        ):
            await self._membership.read(arrival.identity.tenant)

    async def _know(self, identity: Identity, name: str) -> None:
        """Keep what a person is called, when that is new to this process."""
        if not name or self._names.get(identity) == name:
            return
        shown = await self._name(identity) or name
        try:
            async with transaction(self._engine) as connection:
                await connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_MS}ms'"))
                person = await people.lock(connection, identity)
                if person.name != shown:
                    await People(connection).rename(person.id, shown)
        except DBAPIError as error:
            if not waited_too_long(error):
                raise
            return
        self._names[identity] = name
        while len(self._names) > REMEMBERED:
            self._names.popitem(last=False)

    async def _name(self, identity: Identity) -> str:
        """What Slack says that somebody is called; nothing if it does not say so in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                return (await self._client.user(identity.external))[0]
        except (SlackFault, TimeoutError) as fault:
            log.info("a name could not be read: %s", fault)
            return ""

    async def _show(self, arrival: Arrival, answered: Answered) -> Json | None:
        submitted = arrival.body["surface"] == "submission"
        if answered.busy:
            return self._saving(arrival, await self._speaker(arrival)) if submitted else None
        if answered.repeated:
            return _first_error(arrival, (await self._speaker(arrival))(HAVE_IT)) if submitted else None
        match answered.answer:
            case Respond(payload=payload):
                return payload
            case OpenView() | PushView() | UpdateView() as answer:
                return await self._open(arrival, answer)
            case _:
                return None

    async def _open(self, arrival: Arrival, answer: OpenView | PushView | UpdateView) -> Json | None:
        """Show a window; where Slack does not open it in time, say so where the person is."""
        try:
            match answer:
                case OpenView(view=view, trigger=trigger):
                    await self._client.open_view(trigger, view)
                case UpdateView():
                    await self._update(answer)
                case PushView(view=view, trigger=trigger, under=under):
                    try:
                        await self._client.push_view(trigger, view)
                    except SlackFault as fault:
                        log.info("views.push: %s", fault.error)
                        await self._update(under)
        except SlackFault as fault:
            log.warning("a window did not open: %s", fault.error)
            return await self._whisper(arrival, TOO_LATE)
        return None

    async def _update(self, update: UpdateView) -> None:
        try:
            await self._client.update_view(update.view_id, update.view, update.hash)
        except SlackFault as fault:
            if fault.error == "hash_conflict":
                await self._client.update_view(update.view_id, update.view)
            elif fault.error != "not_found":  # closed meanwhile: nothing to show
                raise

    # --- when something is in the way ------------------------------------------------------------------

    def _saving(self, arrival: Arrival, say: Speaker) -> Json:
        """The page is safe but not answered yet; the button shows how it went on."""
        page = arrival.body["page"]
        on = Button(_("Go on"), act("page.show", d=page["d"], p=page["p"]), "primary")
        view = render.modal(Screen(_("Saving"), [Say(SAVING, [on])]), say, self._public_url)
        return {"response_action": "update", "view": view}

    async def _apologise(self, arrival: Arrival) -> Json | None:
        """Say that it was our fault, without taking away what somebody has typed."""
        body = arrival.body
        try:
            say = await self._speaker(arrival)
            view = render.modal(Screen(_("Notice"), [Say(SORRY)]), say, self._public_url)
            if body["surface"] == "submission":
                return _first_error(arrival, say(SORRY)) or {"response_action": "push", "view": view}
            if body["surface"] == "command":
                return {"response_type": "ephemeral", "text": say(SORRY)}
            await (self._client.push_view if body["surface"] == "modal" else self._client.open_view)(
                body["trigger"], view
            )
        except Exception as error:
            log.error("not even sorry: %s", type(error).__name__)
        return None

    async def _whisper(self, arrival: Arrival, words: Text) -> Json | None:
        """A line for the acting person alone, where no window can be opened."""
        say = await self._speaker(arrival)
        if arrival.body["surface"] == "command":
            return {"response_type": "ephemeral", "text": say(words)}
        user = arrival.identity.external
        try:
            if arrival.body["surface"] == "channel":
                await self._client.call(
                    "chat.postEphemeral", channel=arrival.body["channel"], user=user, text=say(words)
                )
            else:
                await self._client.call("chat.postMessage", channel=user, text=say(words))
        except SlackFault as fault:
            log.warning("nor could that be said: %s", fault.error)
        return None

    async def _speaker(self, arrival: Arrival) -> Speaker:
        return speaker(await self._language(arrival.identity))

    async def _language(self, identity: Identity) -> str:
        async with transaction(self._engine) as connection:
            person = await People(connection).find(identity)
        return person.language if person else DEFAULT


def _first_error(arrival: Arrival, words: str) -> Json | None:
    """A sentence at the first input of the page that was sent, which stays as it is; None without inputs."""
    blocks = arrival.body["page"]["blocks"]
    if not blocks:
        return None
    return {"response_action": "errors", "errors": {next(iter(blocks.values())): cut(words, 300)}}
