"""What every change of a hand-off has in common: the lock, the clocks that run, and who sees it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from locales import _
from services import office_hours
from services.handoff_records import Handoff, HandoffMessage, HandoffRound, HandoffState, Side
from services.refusals import Refusal

if TYPE_CHECKING:
    from services.bundle import Services

KIND = "handoff"
LADDER, LEFT, VERDICT, CALL = "handoff.ladder", "handoff.left", "handoff.verdict", "handoff.call"


class HandoffBook:
    """Hand-offs within one transaction, as those who change them need them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def locked(self, handoff_id: int) -> Handoff:
        """A hand-off as it is now, until the transaction ends; raises Refusal if there is none."""
        found = await self._services.session.get(
            Handoff, handoff_id, with_for_update=True, populate_existing=True
        )
        if found is None:
            raise Refusal(_("This conversation does not exist."))
        return found

    async def add(
        self, handoff: Handoff, side: Side, content: Any, document_id: int | None = None
    ) -> HandoffMessage:
        """Keep what the acting person said or sent."""
        services = self._services
        assert services.person is not None
        message = HandoffMessage(
            handoff_id=handoff.id,
            side=side,
            person_id=services.person.id,
            content=content,
            document_id=document_id,
            at=services.now,
        )
        services.session.add(message)
        await services.session.flush()
        return message

    async def begin_round(self, handoff: Handoff) -> None:
        """Begin to measure."""
        self._services.session.add(HandoffRound(handoff_id=handoff.id, opened_at=self._services.now))
        await self._services.session.flush()

    async def round(self, handoff: Handoff) -> HandoffRound:
        """What is measured now."""
        found = await self._services.session.scalar(
            select(HandoffRound)
            .where(HandoffRound.handoff_id == handoff.id)
            .order_by(HandoffRound.id.desc())
            .limit(1)
        )
        assert found is not None
        return found

    async def queue(self, handoff: Handoff) -> None:
        """Let it wait for somebody, from now on, and let the ladder begin."""
        services = self._services
        await self.stop_clocks(handoff)
        handoff.state, handoff.step = HandoffState.WAITING, 0
        handoff.taken_by = handoff.taken_at = handoff.closed_at = None
        handoff.waiting_since = services.now
        first = services.programme.handoff.remind_minutes
        await services.timers.set(LADDER, handoff.id, self.after(services.now, first))

    async def give(self, handoff: Handoff, person_id: int) -> None:
        """Let a clerk have it; an answer that the person waits for is due from now on."""
        services = self._services
        await self.stop_clocks(handoff)
        handoff.state, handoff.closed_at = HandoffState.TAKEN, None
        handoff.taken_by, handoff.taken_at = person_id, services.now
        await self.watch(handoff)

    async def watch(self, handoff: Handoff) -> None:
        """See to it that what a clerk leaves unanswered goes back to the queue."""
        services = self._services
        if handoff.state == HandoffState.TAKEN and handoff.unanswered_since is not None:
            assert handoff.taken_at is not None
            since = max(handoff.taken_at, handoff.unanswered_since)
            due = self.after(since, services.programme.handoff.left_minutes)
            await services.timers.set(LEFT, handoff.id, due)

    async def answered(self, handoff: Handoff) -> None:
        """The person has an answer; the first of a round is measured."""
        services = self._services
        handoff.unanswered_since = None
        await services.timers.cancel(LEFT, handoff.id)
        measured = await self.round(handoff)
        if measured.answered_at is None:
            measured.answered_at = services.now
            measured.answered_minutes = self.minutes(measured.opened_at, services.now)

    async def close(self, handoff: Handoff, solved: bool | None) -> None:
        """It is over, whether solved or not known to be."""
        await self.stop_clocks(handoff)
        handoff.state, handoff.closed_at = HandoffState.CLOSED, self._services.now
        handoff.unanswered_since = None
        measured = await self.round(handoff)
        measured.solved = solved
        if measured.ended_at is None:
            await self.ended(handoff)

    async def ended(self, handoff: Handoff) -> None:
        """Measure that the round has ended."""
        measured = await self.round(handoff)
        measured.ended_at = self._services.now
        measured.ended_minutes = self.minutes(measured.opened_at, self._services.now)

    async def stop_clocks(self, handoff: Handoff) -> None:
        """Nothing happens by itself any more."""
        for kind in (LADDER, LEFT, VERDICT):
            await self._services.timers.cancel(kind, handoff.id)

    async def change(self, handoff: Handoff, action: str, **noted: Any) -> None:
        """Keep that it changed, note it, and draw it anew where it is shown."""
        services = self._services
        handoff.revision += 1
        handoff.changed_at = services.now
        await services.session.flush()
        await services.audit.note(action, KIND, handoff.id, revision=handoff.revision, **noted)
        services.notices.draw(KIND, handoff.id)
        services.notices.home(handoff.person_id)
        for person_id in await services.secretariat.people():
            services.notices.home(person_id)

    def post(self, handoff: Handoff, kind: str, **ids: Any) -> None:
        """Say something in the thread of its card."""
        self._services.notices.post(KIND, handoff.id, kind, handoff=handoff.id, **ids)

    def after(self, start: datetime, minutes: int) -> datetime:
        """The moment (aware UTC) so many office minutes after another."""
        programme = self._services.programme
        return office_hours.add_office_minutes(programme.calendar, programme.office, start, minutes)

    def minutes(self, start: datetime, end: datetime) -> int:
        """The office minutes between two moments (aware)."""
        programme = self._services.programme
        return office_hours.between(programme.calendar, programme.office, start, end)
