"""Talking to a person, from the secretariat's side: who takes it, what is answered, and when it is ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locales import Text, _
from services.handoff_book import HandoffBook
from services.handoff_ladder import CALL, VERDICT
from services.handoff_records import Handoff, HandoffMessage, HandoffState, Side, talk
from services.handoffs import short
from services.refusals import Refusal

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["HandoffDesk", "TakenByAnother"]


class TakenByAnother(Refusal):
    """A colleague has it; whoever means to take it over is asked first."""


class HandoffDesk:
    """Hand-offs as a member of the secretariat works on them; each method raises Refusal for anybody else."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._book = HandoffBook(services)

    async def take(self, handoff_id: int) -> Handoff:
        """Take one that waits; one's own stays as it is. Raises TakenByAnother."""
        handoff, clerk = await self._open(handoff_id)
        if handoff.taken_by == clerk:
            return handoff
        await self._refuse_another(handoff)
        await self._book.give(handoff, clerk)
        await self._book.change(handoff, "taken")
        return handoff

    async def take_over(self, handoff_id: int, taken_by: int) -> Handoff:
        """Take one over from the colleague who was seen to have it, and tell that colleague."""
        handoff, clerk = await self._open(handoff_id)
        if handoff.taken_by == clerk:
            return handoff
        if handoff.taken_by != taken_by:
            await self._refuse_another(handoff)
        await self._book.give(handoff, clerk)
        await self._book.change(handoff, "taken over")
        self._services.notices.tell("handoff.taken_over", taken_by, handoff=handoff.id)
        return handoff

    async def reply(
        self, handoff_id: int, text: str, document_id: int | None = None, *, in_thread: bool = False
    ) -> HandoffMessage:
        """Answer the person, with words or a document; one that waits is taken by answering it.

        `in_thread`: the words stand there already. Raises TakenByAnother, and Refusal when it is over.
        """
        services = self._services
        words = short(text) if document_id is None else text.strip()
        handoff, clerk = await self._open(handoff_id)
        if handoff.taken_by != clerk:
            await self._refuse_another(handoff)
            await self._book.give(handoff, clerk)
            await self._book.change(handoff, "taken")
        message = await self._book.add(handoff, Side.CLERK, words, document_id)
        await self._book.answered(handoff)
        content = {"text": words, "document": document_id}
        await self._book.change(handoff, "replied", content=content)
        services.notices.tell(
            "handoff.replied", handoff.person_id, thread=talk(handoff), handoff=handoff.id, message=message.id
        )
        if await services.handoffs.is_blocked(handoff):
            self._book.post(handoff, "handoff.blocked")
        else:
            kind = "handoff.delivered" if in_thread else "handoff.answered"
            self._book.post(handoff, kind, message=message.id)
        return message

    async def put_back(self, handoff_id: int) -> Handoff:
        """Give back one's own to the queue."""
        handoff, clerk = await self._open(handoff_id)
        if handoff.taken_by is None:
            return handoff
        if handoff.taken_by != clerk:
            await self._refuse_another(handoff)
        await self._book.queue(handoff)
        await self._book.change(handoff, "put back")
        return handoff

    async def called(self, handoff_id: int) -> Handoff:
        """Keep that the person was called, which is an answer too."""
        handoff, clerk = await self._open(handoff_id)
        if handoff.taken_by != clerk:
            await self._refuse_another(handoff)
            await self._book.give(handoff, clerk)
        if handoff.called_at is None:
            handoff.called_at = self._services.now
            await self._services.timers.cancel(CALL, handoff.id)
            await self._book.answered(handoff)
            await self._book.change(handoff, "called")
        return handoff

    async def end(self, handoff_id: int) -> Handoff:
        """End it, as far as the secretariat is concerned; the person is asked whether it is solved."""
        services = self._services
        handoff, clerk = await self._open(handoff_id)
        if handoff.taken_by != clerk:
            await self._refuse_another(handoff)
            await self._book.give(handoff, clerk)
        await self._book.stop_clocks(handoff)
        handoff.state, handoff.unanswered_since = HandoffState.ENDED, None
        await self._book.ended(handoff)
        days = services.programme.handoff.verdict_days
        await services.timers.set(VERDICT, handoff.id, services.programme.calendar.due(services.now, days))
        await services.timers.cancel(CALL, handoff.id)
        await self._book.change(handoff, "ended")
        services.notices.tell("handoff.ended", handoff.person_id, thread=talk(handoff), handoff=handoff.id)
        return handoff

    async def again(self, handoff_id: int) -> Handoff:
        """Go on with one that was ended, because something was forgotten; raises Refusal if another goes on."""
        services = self._services
        person = await services.secretariat.require()
        handoff = await self._book.locked(handoff_id)
        self._require_another(handoff, person.id)
        if handoff.open:
            await self._refuse_another(handoff)
            return handoff
        other = await services.handoffs.going_on(handoff.person_id)
        if other is not None and other.id != handoff.id:
            raise Refusal(
                _("This person is in the conversation {number} now. Please answer there.")(
                    number=other.number
                )
            )
        if handoff.state == HandoffState.CLOSED:
            await self._book.begin_round(handoff)
        else:
            measured = await self._book.round(handoff)
            measured.ended_at = measured.ended_minutes = None
        await self._book.give(handoff, person.id)
        await self._book.change(handoff, "reopened")
        return handoff

    async def what_became(self, handoff: Handoff) -> Text:
        """Why nothing can be done about one that is over."""
        who = await self._services.reviews.name(handoff.taken_by)
        if handoff.state == HandoffState.ENDED:
            return _("{who} has ended this. We asked the person whether it is solved.")(who=who)
        return _("This was closed on {when}.")(when=handoff.closed_at)

    async def _open(self, handoff_id: int) -> tuple[Handoff, int]:
        """An open hand-off, locked, and the clerk who acts; raises Refusal, saying why not."""
        person = await self._services.secretariat.require()
        handoff = await self._book.locked(handoff_id)
        self._require_another(handoff, person.id)
        if not handoff.open:
            raise Refusal(await self.what_became(handoff))
        return handoff, person.id

    def _require_another(self, handoff: Handoff, clerk: int) -> None:
        if handoff.person_id == clerk:
            raise Refusal(_("You asked for this yourself, so a colleague must answer."))

    async def _refuse_another(self, handoff: Handoff) -> None:
        """Nobody talks over a colleague."""
        clerk = self._services.person
        assert clerk is not None
        if handoff.taken_by not in (None, clerk.id):
            who = await self._services.reviews.name(handoff.taken_by)
            raise TakenByAnother(_("{who} has this since {when}.")(who=who, when=handoff.taken_at))
