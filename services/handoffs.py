"""Talking to a person: what is passed on, the words of whoever asked, and whether it was solved (DESIGN 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import Sequence, func, select
from sqlalchemy.dialects.postgresql import insert

from locales import _
from services import numbers, office_hours
from services.database import driver
from services.handoff_book import CALL, KIND, HandoffBook
from services.handoff_calls import Slot, slots
from services.handoff_records import (
    OPEN_STATES,
    Half,
    Handoff,
    HandoffMessage,
    HandoffPreparation,
    HandoffRound,
    HandoffState,
    Packet,
    Side,
    Summary,
)
from services.people import PersonRow
from services.refusals import Refusal

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Half", "Handoff", "HandoffMessage", "HandoffState", "Handoffs", "Packet", "Side", "Slot"]

PREPARED_FOR = timedelta(minutes=30)
ACKNOWLEDGED_FOR = timedelta(minutes=10)
"""Whoever writes again so soon after is not told once more that it has arrived."""
MEASURED = timedelta(days=30)
LONGEST, LONGEST_ADDED = 5000, 1000
_CONCERNS = """
    SELECT 1 FROM handoffs WHERE person_id = %(person)s AND state <> 'closed'
    UNION ALL SELECT 1 FROM handoff_preparations WHERE person_id = %(person)s LIMIT 1
"""
OVER = _("This conversation has ended. Please press “Talk to a person” if something is still open.")


class Handoffs:
    """Hand-offs as those who ask for a person use them, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._book = HandoffBook(services)

    # --- looking ---------------------------------------------------------------------------------------

    async def get(self, handoff_id: int) -> Handoff | None:
        """A hand-off by its id; who may see it is the caller's concern."""
        return await self._services.session.get(Handoff, handoff_id)

    async def open_of(self, person_id: int) -> Handoff | None:
        """The hand-off to which whatever a person types belongs now."""
        found = await self.going_on(person_id)
        return found if found is not None and found.open else None

    async def going_on(self, person_id: int) -> Handoff | None:
        """The hand-off of a person that is not closed; of those there is at most one."""
        return await self._services.session.scalar(
            select(Handoff).where(Handoff.person_id == person_id, Handoff.state != HandoffState.CLOSED)
        )

    async def concerns(self, person_id: int) -> bool:
        """Whether there is anything to look for when a person types something; one quick question."""
        return bool(await driver(self._services.connection).rows(_CONCERNS, {"person": person_id}))

    async def latest(self, person_id: int) -> Handoff | None:
        """The hand-off of a person that changed last, however long ago."""
        return await self._services.session.scalar(
            select(Handoff)
            .where(Handoff.person_id == person_id)
            .order_by(Handoff.changed_at.desc(), Handoff.id.desc())
            .limit(1)
        )

    async def messages(self, handoff: Handoff) -> list[HandoffMessage]:
        """All that was said, oldest first; for the person and the secretariat alone."""
        return list(
            await self._services.session.scalars(
                select(HandoffMessage)
                .where(HandoffMessage.handoff_id == handoff.id)
                .order_by(HandoffMessage.id)
            )
        )

    async def message(self, message_id: int) -> HandoffMessage | None:
        """One message by its id."""
        return await self._services.session.get(HandoffMessage, message_id)

    async def waiting(self, limit: int = 10) -> list[Handoff]:
        """Those that wait for somebody or that a clerk has: the unanswered first, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Handoff)
                .where(Handoff.state.in_(OPEN_STATES))
                .order_by(Handoff.unanswered_since.asc().nulls_last(), Handoff.id)
                .limit(limit)
            )
        )

    async def summary(self) -> Summary:
        """How many wait now, and how long answers and endings took of late."""
        session, services = self._services.session, self._services
        counted = await session.execute(
            select(Handoff.state, func.count()).where(Handoff.state.in_(OPEN_STATES)).group_by(Handoff.state)
        )
        states = {state: count for state, count in counted}
        oldest = await session.scalar(
            select(func.min(Handoff.waiting_since)).where(Handoff.state == HandoffState.WAITING)
        )
        measured = [
            (row.answered_minutes, row.ended_minutes)
            for row in await session.execute(
                select(HandoffRound.answered_minutes, HandoffRound.ended_minutes).where(
                    HandoffRound.opened_at > services.now - MEASURED
                )
            )
        ]
        return Summary(
            states.get(HandoffState.WAITING, 0),
            states.get(HandoffState.TAKEN, 0),
            oldest,
            _middle(answered for answered, _ended in measured),
            _middle(ended for _answered, ended in measured),
        )

    async def is_blocked(self, handoff: Handoff) -> bool:
        """Whether the person has blocked us, so that an answer would not arrive there."""
        return (
            await self._services.session.scalar(
                select(PersonRow.blocked_at).where(PersonRow.id == handoff.person_id)
            )
        ) is not None

    def opens_at(self) -> datetime | None:
        """When (aware UTC) somebody is there again; None while somebody is."""
        services = self._services
        programme = services.programme
        if office_hours.is_open(programme.calendar, programme.office, services.now):
            return None
        return office_hours.next_open(programme.calendar, programme.office, services.now)

    # --- before it is passed on ------------------------------------------------------------------------

    async def prepare(self, packet: Packet) -> HandoffPreparation:
        """Keep what would be passed on, so that just this is; nobody else sees it yet."""
        services = self._services
        assert services.person is not None
        values = {"packet": packet.kept(), "at": services.now}
        await services.session.execute(
            insert(HandoffPreparation)
            .values(person_id=services.person.id, revision=1, **values)
            .on_conflict_do_update(
                index_elements=[HandoffPreparation.person_id],
                set_=values | {"revision": HandoffPreparation.revision + 1},
            )
        )
        prepared = await self.prepared()
        assert prepared is not None
        return prepared

    async def prepared(self) -> HandoffPreparation | None:
        """What the acting person was shown a moment ago, and has neither passed on nor dropped."""
        services = self._services
        assert services.person is not None
        found = await services.session.get(HandoffPreparation, services.person.id, populate_existing=True)
        return found if found is not None and services.now - found.at < PREPARED_FOR else None

    async def add_words(self, words: str) -> HandoffPreparation:
        """Add a few words to what is passed on, in place of those added before; raises Refusal."""
        prepared = await self.prepared()
        if prepared is None:
            raise Refusal(_("That was a while ago. Please press “Talk to a person” once more."))
        return await self.prepare(replace(prepared.content, added=short(words, LONGEST_ADDED)))

    async def drop(self) -> None:
        """Pass nothing on."""
        services = self._services
        assert services.person is not None
        found = await services.session.get(HandoffPreparation, services.person.id)
        if found is not None:
            await services.session.delete(found)
            await services.session.flush()

    # --- what the person does --------------------------------------------------------------------------

    async def open(self, revision: int) -> Handoff:
        """Pass on what was shown under this revision: in the conversation there is or was, else in a new one.

        Raises Refusal when something else was prepared since, or nothing is.
        """
        services = self._services
        assert services.person is not None
        prepared = await self.prepared()
        if prepared is None or prepared.revision != revision:
            raise Refusal(_("That was a while ago. Please press “Talk to a person” once more."))
        packet = prepared.content
        await self.drop()
        old = await self._to_reopen(services.person.id)
        handoff = old or await self._new()
        handoff.form, handoff.question = packet.form, packet.question
        handoff.record, handoff.draft_id = packet.record, packet.draft_id
        was_open, owner = old is not None and old.open, handoff.taken_by
        message = await self._book.add(handoff, Side.PACKET, packet.kept())
        handoff.unanswered_since = handoff.unanswered_since or services.now
        if not was_open:
            handoff.call_day = handoff.call_half = handoff.called_at = handoff.acknowledged_at = None
            await self._book.begin_round(handoff)
            await self._book.queue(handoff)
        else:
            await self._book.watch(handoff)
        await self._book.change(
            handoff,
            "opened" if old is None else "reopened",
            content={"packet": packet.kept()},
        )
        if old is not None:
            self._book.post(handoff, "handoff.reopened", owner=owner, message=message.id)
        elif packet.added:
            self._book.post(handoff, "handoff.added", message=message.id)
        return handoff

    async def _to_reopen(self, person_id: int) -> Handoff | None:
        """What a new request goes on with: what is not closed, or was not long ago; locked."""
        found = await self.latest(person_id)
        if found is None:
            return None
        handoff = await self._book.locked(found.id)
        days = timedelta(days=self._services.programme.handoff.reopen_days)
        if handoff.closed_at is not None and self._services.now - handoff.closed_at > days:
            return None
        return handoff

    async def _new(self) -> Handoff:
        services = self._services
        assert services.person is not None
        serial = await services.session.scalar(select(Sequence("handoff_serial").next_value()))
        assert serial is not None
        handoff = Handoff(
            id=serial,
            number=numbers.make(services.programme.numbers[KIND], serial),
            person_id=services.person.id,
            channel=services.person.identity.channel,
            state=HandoffState.WAITING,
            revision=0,
            waiting_since=services.now,
            step=0,
            changed_at=services.now,
        )
        services.session.add(handoff)
        await services.session.flush()
        return handoff

    async def write(self, text: str, document_id: int | None = None) -> Handoff:
        """Say something to the clerk, or whoever will take it, or send a document; raises Refusal when it is over."""
        services = self._services
        handoff = await self._mine()
        message = await self._book.add(handoff, Side.PERSON, short(text) if text else "", document_id)
        if handoff.unanswered_since is None:
            handoff.unanswered_since = services.now
            await self._book.watch(handoff)
        content = {"text": text, "document": document_id}
        await self._book.change(handoff, "wrote", content=content)
        self._book.post(handoff, "handoff.wrote", message=message.id)
        return handoff

    async def acknowledge(self, handoff: Handoff) -> bool:
        """Whether the person should be told now that their words have arrived: not at each of them."""
        services = self._services
        last, handoff.acknowledged_at = handoff.acknowledged_at, services.now
        return last is None or services.now - last > ACKNOWLEDGED_FOR

    async def ask_call(self, slot: Slot, phone: str | None) -> Handoff:
        """Ask to be called in half a business day that has not begun; raises Refusal."""
        services = self._services
        if slot not in self.call_slots():
            raise Refusal(_("This time has passed. Please choose another."))
        handoff = await self._mine()
        handoff.call_day, handoff.call_half, handoff.call_phone = slot.day, slot.half, phone
        handoff.called_at = None
        programme = services.programme
        await services.timers.set(CALL, handoff.id, slot.begins(programme.calendar, programme.office))
        content = {"day": slot.day.isoformat(), "half": slot.half, "phone": phone}
        await self._book.change(handoff, "call asked for", content=content)
        self._book.post(handoff, "handoff.call")
        return handoff

    async def call_at(self, phone: str | None) -> Handoff:
        """Give the number under which to be called; None asks for another. Raises Refusal."""
        handoff = await self._mine()
        if handoff.call_day is None:
            raise Refusal(_("Please choose first when we may call."))
        handoff.call_phone = phone
        await self._book.change(handoff, "number given", content={"phone": phone})
        return handoff

    def call_slots(self) -> list[Slot]:
        """When the acting person can be called."""
        programme = self._services.programme
        return slots(programme.calendar, programme.office, self._services.now, programme.handoff.call_slots)

    async def withdraw(self) -> Handoff:
        """Need nobody any more; raises Refusal when it is over already."""
        handoff = await self._mine()
        await self._book.close(handoff, None)
        await self._book.change(handoff, "withdrawn")
        self._book.post(handoff, "handoff.withdrawn")
        return handoff

    async def judge(self, handoff_id: int, *, solved: bool) -> Handoff:
        """Say whether it is solved; if not, it goes on in the same thread with the same clerk. Raises Refusal."""
        services = self._services
        assert services.person is not None
        handoff = await self._book.locked(handoff_id)
        if handoff.person_id != services.person.id:
            raise Refusal(_("This conversation is not one of yours."))
        if handoff.state == HandoffState.CLOSED or (handoff.open and solved):
            raise Refusal(OVER if handoff.state == HandoffState.CLOSED else _("This is going on already."))
        if handoff.open:
            return handoff
        if solved:
            await self._book.close(handoff, True)
            await self._book.change(handoff, "solved")
            self._book.post(handoff, "handoff.solved")
            return handoff
        measured = await self._book.round(handoff)
        measured.solved = False
        measured.ended_at = measured.ended_minutes = None
        handoff.unanswered_since = services.now
        if handoff.taken_by in await services.secretariat.people():
            assert handoff.taken_by is not None
            await self._book.give(handoff, handoff.taken_by)
        else:
            await self._book.queue(handoff)
        await self._book.change(handoff, "not solved")
        self._book.post(handoff, "handoff.unsolved")
        return handoff

    async def left(self, *, blocked: bool) -> None:
        """The acting person has blocked us, or no longer does: whoever answers should see it."""
        services = self._services
        assert services.person is not None
        handoff = await self.going_on(services.person.id)
        if handoff is not None:
            self._services.notices.draw(KIND, handoff.id)
            self._book.post(handoff, "handoff.blocked" if blocked else "handoff.unblocked")

    async def _mine(self) -> Handoff:
        """The open hand-off of the acting person, locked."""
        assert self._services.person is not None
        found = await self.open_of(self._services.person.id)
        handoff = None if found is None else await self._book.locked(found.id)
        if handoff is None or not handoff.open:
            raise Refusal(OVER)
        return handoff


def short(words: str, at_most: int = LONGEST) -> str:
    text = words.strip()
    if not text:
        raise Refusal(_("Please write a few words."))
    if len(text) > at_most:
        raise Refusal(
            _("That is {length} characters long. Please shorten it to {at_most}.")(
                length=len(text), at_most=at_most
            )
        )
    return text


def _middle(minutes: Iterable[int | None]) -> int | None:
    known = [one for one in minutes if one is not None]
    return round(median(known)) if known else None
