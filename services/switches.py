"""Stopping and resuming parts of the programme, each confirmed by a second person (DOMAIN 9.2).

The table is the truth, read in the transaction of whoever wants to do something, so that a stop holds in every
process from the moment it comes into force. Running contracts, sessions, reports and claims ask no switch
(DOMAIN 15.10).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, literal, null, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from locales import Text, _
from services.programme import by_code
from services.programme_parts import Switch
from services.refusals import Refusal
from services.switch_audience import concerned
from services.switch_records import ChangeState, SwitchChange, SwitchTold
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["ChangeState", "SwitchChange", "SwitchTold", "Switches"]

KIND = "switch"
TIMER = "switch.tell"
BATCH = 100
"""How many people are told in one transaction."""
LONGEST_REASON = 200
CLOSED_EARLY = ("registration", "agreement")
"""What closes when the budget is nearly used up (seed: registration and contracting)."""
_AT_ONCE = timedelta(microseconds=1)
UNKNOWN = _("We cannot find this change. Please look at the Home.")
_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('switch ' || :code, 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('switch ' || :code, 0))")


class Switches:
    """The programme's switches within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- looking ---------------------------------------------------------------------------------------

    async def get(self, change_id: int) -> SwitchChange | None:
        """A change by its id."""
        return await self._services.session.get(SwitchChange, change_id)

    async def in_force(self, code: str) -> SwitchChange | None:
        """The change by which a part stands as it does; None while it stands as the programme file says."""
        return await self._services.session.scalar(
            select(SwitchChange)
            .where(SwitchChange.code == code, SwitchChange.state == ChangeState.IN_FORCE)
            .order_by(SwitchChange.confirmed_at.desc(), SwitchChange.id.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )

    async def proposed(self, code: str) -> SwitchChange | None:
        """The change of a part that waits for a second person."""
        return await self._services.session.scalar(
            select(SwitchChange).where(SwitchChange.code == code, SwitchChange.state == ChangeState.PROPOSED)
        )

    async def is_open(self, code: str) -> bool:
        """Whether a part goes on at this moment."""
        change = await self.in_force(code)
        return self.part(code).open if change is None else change.open

    async def standing(self) -> dict[str, bool]:
        """Whether each part goes on, in the order of the programme file."""
        return {part.code: await self.is_open(part.code) for part in self._services.programme.switches}

    async def history(self, limit: int = 20) -> list[SwitchChange]:
        """What was proposed, came into force or was taken back, the latest first."""
        query = select(SwitchChange).order_by(SwitchChange.id.desc()).limit(limit)
        return list(await self._services.session.scalars(query))

    async def told(self, change_id: int) -> int:
        """How many people know of a change."""
        query = select(func.count()).where(SwitchTold.change_id == change_id, SwitchTold.told_at.is_not(None))
        return await self._services.session.scalar(query) or 0

    def part(self, code: str) -> Switch:
        """The part with this code; raises Refusal for one that the programme does not have."""
        try:
            return by_code(self._services.programme.switches, code)
        except KeyError:
            raise Refusal(UNKNOWN) from None

    # --- holding to it ---------------------------------------------------------------------------------

    async def require(self, code: str) -> None:
        """Refuses what is stopped; whoever hears so is told when it goes on.

        Until this transaction ends nobody can stop the part, so that nothing is handed in after a stop.
        """
        await self._services.session.execute(_SHARED, {"code": code})
        change = await self.in_force(code)
        part = self.part(code)
        if part.open if change is None else change.open:
            return
        if change is not None and self._services.person is not None:
            await self._services.session.execute(
                insert_or(SwitchTold)
                .values(change_id=change.id, person_id=self._services.person.id, told_at=self._services.now)
                .on_conflict_do_nothing()
            )
        raise Refusal(stopped(part, change))

    # --- changing --------------------------------------------------------------------------------------

    async def propose(self, code: str, open: bool, reason: str) -> SwitchChange:
        """Propose to stop or to resume a part, for the reason that everybody concerned will read.

        Raises Refusal for others than the secretariat, when it stands so already, and while another change of
        it waits for a second person.
        """
        services = self._services
        clerk = await services.secretariat.require()
        part, words = self.part(code), reason.strip()
        if not 0 < len(words) <= LONGEST_REASON:
            raise Refusal(
                _("Please answer in 1 to {at_most} characters.")(at_most=LONGEST_REASON), about="reason"
            )
        await services.session.execute(_ALONE, {"code": code})
        await self._require_other(part, open)
        waiting = await self.proposed(code)
        if waiting is not None:
            raise Refusal(
                _("{who} has proposed a change of this part already. Please decide on that first.")(
                    who=await services.reviews.name(waiting.proposed_by)
                )
            )
        change = SwitchChange(
            code=code,
            open=open,
            state=ChangeState.PROPOSED,
            reason=words,
            proposed_by=clerk.id,
            proposed_at=services.now,
        )
        services.session.add(change)
        await self._changed(change, "proposed")
        return change

    async def confirm(self, change_id: int) -> SwitchChange:
        """Let a proposed change come into force; from then on it holds, and everybody concerned is told.

        Raises Refusal for whoever proposed it, for others than the secretariat, and when it was decided already.
        """
        services = self._services
        clerk = await services.secretariat.require()
        change = await self._to_decide(change_id)
        if change.proposed_by == clerk.id:
            raise Refusal(_("You proposed this yourself, so a colleague must confirm it."))
        await self._require_other(self.part(change.code), change.open)
        change.state = ChangeState.IN_FORCE
        change.confirmed_by, change.confirmed_at = clerk.id, services.now
        await self._changed(change, "resumed" if change.open else "stopped")
        await services.timers.set(TIMER, change.id, services.now)
        return change

    async def take_back(self, change_id: int) -> SwitchChange:
        """Drop a proposed change; raises Refusal as `confirm` does, but the proposer may do it too."""
        services = self._services
        clerk = await services.secretariat.require()
        change = await self._to_decide(change_id)
        change.state = ChangeState.TAKEN_BACK
        change.taken_back_by, change.taken_back_at = clerk.id, services.now
        await self._changed(change, "taken back")
        return change

    async def watch_budget(self) -> None:
        """Close registration and agreement early when the budget is nearly used up, whatever the dates say.

        It is done once for each size of the budget: two clerks who resume a part know what is left.
        """
        money = self._services.programme.money
        if await self._services.ledger.budget_left() >= money.closing_reserve:
            return
        for code in CLOSED_EARLY:
            if await self.is_open(code) and not await self._was_closed_early(code, str(int(money.budget))):
                await self._close_early(code, str(int(money.budget)))

    async def _was_closed_early(self, code: str, budget: str) -> bool:
        closed = await self._services.session.scalars(
            select(SwitchChange).where(SwitchChange.code == code, SwitchChange.proposed_by.is_(None))
        )
        return any(change.reason == budget for change in closed)

    async def _close_early(self, code: str, budget: str) -> None:
        """Without waiting for those who are agreeing right now: what they reserve is counted by the ledger."""
        services = self._services
        change = SwitchChange(
            code=code,
            open=False,
            state=ChangeState.IN_FORCE,
            reason=budget,
            proposed_at=services.now,
            confirmed_at=services.now,
        )
        services.session.add(change)
        await self._changed(change, "stopped", "budget nearly used up")
        await services.timers.set(TIMER, change.id, services.now)

    async def _to_decide(self, change_id: int) -> SwitchChange:
        """A change that waits for a second person, alone with its part; raises Refusal saying what became of it."""
        services = self._services
        known = await self.get(change_id)
        if known is None:
            raise Refusal(UNKNOWN)
        await services.session.execute(_ALONE, {"code": known.code})
        await services.session.refresh(known, with_for_update=True)
        if known.state == ChangeState.TAKEN_BACK:
            raise Refusal(
                _("{who} took this back on {when}.")(
                    who=await services.reviews.name(known.taken_back_by), when=known.taken_back_at
                )
            )
        if known.state == ChangeState.IN_FORCE:
            raise Refusal(
                _("{who} confirmed this on {when}.")(
                    who=await services.reviews.name(known.confirmed_by), when=known.confirmed_at
                )
            )
        return known

    async def _require_other(self, part: Switch, open: bool) -> None:
        if await self.is_open(part.code) == open:
            raise Refusal(
                (_("“{part}” goes on already.") if open else _("“{part}” is stopped already."))(
                    part=part.label
                )
            )

    async def _changed(self, change: SwitchChange, action: str, reason: str | None = None) -> None:
        services = self._services
        await services.session.flush()
        await services.audit.note(
            action, KIND, change.id, reason=reason or change.code, content={"reason": change.reason}
        )
        services.notices.draw(KIND, change.id)
        for person_id in await services.secretariat.people():
            services.notices.home(person_id)

    # --- telling ---------------------------------------------------------------------------------------

    async def go_on_telling(self, change_id: int) -> None:
        """Tell the next of those whom a change concerns, each once, until all know or it no longer holds."""
        services = self._services
        change = await services.session.get(SwitchChange, change_id, with_for_update=True)
        if change is None or change.told_at is not None:
            return
        now_in_force = await self.in_force(change.code)
        if now_in_force is None or now_in_force.id != change.id:
            return
        if change.listed_at is None:
            await self._list(change)
        people = await self._next(change)
        kind = "switch.resumed" if change.open else "switch.stopped"
        for person_id in people:
            services.notices.tell(kind, person_id, change=change.id)
        if len(people) == BATCH:
            await services.timers.set(TIMER, change.id, services.now + _AT_ONCE)
            return
        change.told_at = services.now
        await services.session.flush()
        services.notices.draw(KIND, change.id)

    async def _list(self, change: SwitchChange) -> None:
        """Whom a change concerns: of a resumption those who heard of the stop, else those who have begun something."""
        change.listed_at = self._services.now
        stop = await self._before(change) if change.open else None
        whom = (
            select(SwitchTold.person_id).where(
                SwitchTold.change_id == stop.id, SwitchTold.told_at.is_not(None)
            )
            if stop is not None
            else select(concerned(change.code).subquery().c[0])
        )
        people = whom.subquery()
        rows = select(literal(change.id), people.c[0], null())
        await self._services.session.execute(
            insert_or(SwitchTold)
            .from_select(["change_id", "person_id", "told_at"], rows)
            .on_conflict_do_nothing()
        )

    async def _before(self, change: SwitchChange) -> SwitchChange | None:
        """The change that was in force until this one."""
        return await self._services.session.scalar(
            select(SwitchChange)
            .where(SwitchChange.code == change.code, SwitchChange.state == ChangeState.IN_FORCE)
            .where(SwitchChange.id != change.id, SwitchChange.confirmed_at <= change.confirmed_at)
            .order_by(SwitchChange.confirmed_at.desc(), SwitchChange.id.desc())
            .limit(1)
        )

    async def _next(self, change: SwitchChange) -> Sequence[int]:
        batch = (
            select(SwitchTold.person_id)
            .where(SwitchTold.change_id == change.id, SwitchTold.told_at.is_(None))
            .order_by(SwitchTold.person_id)
            .limit(BATCH)
        )
        told = (
            update(SwitchTold)
            .where(SwitchTold.change_id == change.id, SwitchTold.person_id.in_(batch))
            .values(told_at=self._services.now)
            .returning(SwitchTold.person_id)
        )
        return sorted(await self._services.session.scalars(told))


def stopped(part: Switch, change: SwitchChange | None) -> Text:
    """Why something cannot be done now, and what becomes of it."""
    if change is not None and change.by_itself:
        return _("“{part}” closed early: the budget is nearly used up. What you entered is kept.")(
            part=part.label
        )
    return _("“{part}” is stopped for now. What you entered is kept; we will tell you when it goes on.")(
        part=part.label
    )


@due(TIMER)
async def go_on_telling(services: Services, change_id: int) -> None:
    """Some of those whom a change concerns do not know of it yet."""
    await services.switches.go_on_telling(change_id)
