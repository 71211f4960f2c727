"""How people who are not acting are told: by push or message, later, with an answer, or by e-mail (DOMAIN 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conversations import interruption, notices, offered
from conversations.messages import Message
from services.held_notices import Held
from services.notice_table import Side, Urgency, table
from services.notice_times import leaves, next_open
from services.notices import How, Notice
from services.outbox import Letter
from services.people import Identity

if TYPE_CHECKING:
    from bots.channel import Channel, Presented
    from conversations.turn import Turn
    from services.bundle import Services

MAIL = "mail"
QUESTION = "form.arrived"
"""The notice that is a form's question itself."""
Worded = tuple[Notice, Sequence[Message]]


async def letters(channels: Mapping[str, Channel], services: Services) -> list[Letter]:
    """Everything that has to be told now, as letters; what may wait is kept."""
    by_person: dict[int, list[Notice]] = {}
    for notice in services.notices.told:
        by_person.setdefault(notice.person_id, []).append(notice)
    written: list[Letter] = []
    for person_id, told in by_person.items():
        written.extend(await _Telling(channels, services, person_id).tell(told))
    return written


async def ride(channel: Channel, turn: Turn, body: Mapping[str, Any]) -> Presented:
    """The answer to the acting person, with what waits to be told to them: it costs nothing there.

    What does not fit into one answer goes on waiting.
    """
    presented = channel.present(turn.said, turn.person, body)
    if not (channel.metered and turn.person.held and len(presented.letters) == 1):
        return presented
    waiting = await turn.services.held.of(turn.person.id)
    worded = await _worded(turn.services, [one.notice for one in waiting], turn.said)
    for told in (_plain(worded), notices.digest(_plain(worded))) if worded else ():
        said = notices.aside(turn.said, told)
        if channel.fits(said, turn.person.language):
            fuller = channel.present(said, turn.person, body)
            await turn.services.held.forget(waiting)
            return replace(fuller, letters=_naming(fuller.letters, worded))
    spoken = {id(notice) for notice, _said in worded}
    await turn.services.held.forget([one for one in waiting if id(one.notice) not in spoken])
    return presented


class _Telling:
    """What one person is told at the end of one transaction."""

    def __init__(self, channels: Mapping[str, Channel], services: Services, person_id: int) -> None:
        self._channels = channels
        self._services = services
        self._person_id = person_id

    async def tell(self, told: Sequence[Notice]) -> list[Letter]:
        """The letters to this person; what may wait is kept, and what has no way in the chat goes by e-mail."""
        services = self._services
        language = await services.people.language(self._person_id)
        written = await self._formal(told, language)
        chat = [notice for notice in told if notice.how is not How.BY_MAIL and not self._is_on_screen(notice)]
        identity = await self._reached() if chat else None
        if identity is None:
            return [*written, *await self._unreached(chat, language)]
        channel = self._channels[identity.channel]
        side = Side.COMPANY if channel.metered else Side.EXPERT
        now = [notice for notice in chat if not await self._held(notice, side)]
        if now and channel.metered:
            now = [*await self._along(), *now]
        return [*written, *await self._say(channel, now, identity, language)]

    def _is_on_screen(self, notice: Notice) -> bool:
        """Whether it goes to whoever acts and has the answer on the screen; a thread is kept whole all the same."""
        acting = self._services.person
        return (
            acting is not None
            and acting.id == self._person_id
            and notice.thread is None
            and notice.how is not How.LATER
        )

    async def _reached(self) -> Identity | None:
        people = self._services.people
        for identity in await people.identities(self._person_id):
            if identity.channel in self._channels and await people.reachable(
                self._person_id, identity.channel
            ):
                return identity
        return None

    async def _held(self, notice: Notice, side: Side) -> bool:
        """Let a notice wait, if it may not be said at this moment or can be said for nothing later."""
        services = self._services
        if notice.how is How.AT_ONCE or self._acts(notice):
            return False
        row, programme = table()[notice.kind], services.programme
        if side not in row.to and Side.SECRETARIAT in row.to:
            side = Side.SECRETARIAT
        at = leaves(row, side, programme.notices, programme.calendar, services.now)
        # What is merged is only ever pushed by `services.held`, which knows whether the day had its push.
        merged = side is Side.COMPANY and row.urgency_for(side) is Urgency.MERGE
        if at <= services.now and not merged:
            return False
        await services.held.keep(notice, side, at)
        return True

    def _acts(self, notice: Notice) -> bool:
        acting = self._services.person
        return acting is not None and acting.id == self._person_id and notice.how is not How.LATER

    async def _along(self) -> list[Notice]:
        """What waits for somebody who is pushed something at this moment anyway."""
        services, programme = self._services, self._services.programme
        if next_open(Side.COMPANY, programme.notices, programme.calendar, services.now) > services.now:
            return []
        held: list[Held] = [
            one for one in await services.held.of(self._person_id) if one.urgency is not Urgency.NOW
        ]
        await services.held.forget(held)
        return [one.notice for one in held]

    async def _say(
        self, channel: Channel, told: Sequence[Notice], identity: Identity, language: str
    ) -> list[Letter]:
        worded = await _worded(self._services, told)
        if not channel.metered:
            return [
                letter
                for notice, said in worded
                for letter in _naming(channel.tell(said, identity, language, notice.thread), [(notice, said)])
            ]
        if not worded:
            return []
        said = _plain(worded)
        if len(worded) > 1 and not channel.fits(said, language):
            said = notices.digest(said)
        # Who was just about to answer a question finds it last again, if that costs no more.
        asked: Sequence[Message] = ()
        if not any(notice.kind == QUESTION for notice, _said in worded):
            asked = await interruption.asked_again(self._services, self._person_id, language)
        if asked and channel.fits([*said, *asked], language):
            said = [*said, *asked]
        else:
            await offered.remember_told(self._services, self._person_id, said, language)
        return _naming(channel.tell(said, identity, language), worded)

    async def _formal(self, told: Sequence[Notice], language: str) -> list[Letter]:
        """The e-mails that formal acts always send, and those instead of a push."""
        written: list[Letter] = []
        for notice in told:
            if notice.how is How.AT_ONCE or notice.how is How.LATER:
                continue
            address = notice.mail
            if notice.how is How.BY_MAIL:
                address = address or await self._services.addresses.of(self._person_id)
            if address is not None:
                written.extend(await self._mail([notice], address, language))
        return written

    async def _unreached(self, told: Sequence[Notice], language: str) -> list[Letter]:
        """E-mails in place of what the chat cannot bring, and a task for the secretariat."""
        services = self._services
        written: list[Letter] = []
        address = await services.addresses.of(self._person_id) if told else None
        for notice in told:
            said = await notices.word(services, notice)
            if not said:
                continue
            if notice.mail is None and address is not None:
                written.extend(await self._mail([notice], address, language))
            await services.addresses.miss(
                self._person_id, mailed=notice.mail is not None or address is not None
            )
        return written

    async def _mail(self, told: Sequence[Notice], address: str, language: str) -> list[Letter]:
        if MAIL not in self._channels:
            return []
        worded = await _worded(self._services, told)
        if not worded:
            return []
        return self._channels[MAIL].tell(_plain(worded), Identity(MAIL, "", address), language)


async def _worded(
    services: Services, told: Sequence[Notice], besides: Sequence[Message] = ()
) -> list[Worded]:
    """The words of each notice, by what is so now; what is moot, or said already, has none."""
    worded: list[Worded] = []
    for notice in told:
        said = notices.fresh(await notices.word(services, notice), [*besides, *_plain(worded)])
        if said:
            worded.append((notice, said))
    return worded


def _plain(worded: Sequence[Worded]) -> list[Message]:
    return [message for _notice, said in worded for message in said]


def _naming(written: Sequence[Letter], worded: Sequence[Worded]) -> list[Letter]:
    """The letters, the first of which names the notices in it."""
    named = [{"kind": notice.kind, "ids": dict(notice.ids)} for notice, _said in worded]
    return [replace(letter, notices=() if place else named) for place, letter in enumerate(written)]
