"""The ledger: caps reserved, confirmed, paid and released, every yen once, in one transaction (DOMAIN 8.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from locales import _
from services.ledger_records import Account, LedgerEntry, Party, Stage
from services.plan_content import TO_THE_OFFICE, Room, require_within
from services.plan_records import Plan
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Account", "Ledger", "LedgerEntry", "Party", "Stage"]


class Ledger:
    """The books within one transaction.

    Accounts are locked company, expert, budget, travel, in that order (DESIGN 13.7); plans before them, by the
    caller. To move more than stands somewhere is a bug of the caller and raises AssertionError; to want more than
    a cap leaves is a Refusal.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- reading ---------------------------------------------------------------------------------------

    async def account(self, party: Party, owner_id: int = 0) -> Account:
        """An account as it stands, opened with its carried-over balance when it is first asked for."""
        return await self._account(party, owner_id, lock=False)

    async def room(self, company_id: int, expert_id: int) -> Room:
        """What company, expert and budget still leave for a new plan, in yen of honorarium; their accounts are locked."""
        company, expert, budget = await self._lock_honorarium(company_id, expert_id)
        return Room(company.remaining, expert.remaining, budget.remaining)

    async def budget_left(self) -> Yen:
        """What the programme can still promise in all."""
        return (await self.account(Party.BUDGET)).remaining

    async def of_plan(self, plan_id: int) -> dict[Stage, Yen]:
        """What stands at each stage for one plan, honorarium only; stages without a yen are missing."""
        return await self._standing(plan_id, travel=False)

    async def travel_of_plan(self, plan_id: int) -> dict[Stage, Yen]:
        """What stands at each stage of the travel purse for one plan."""
        return await self._standing(plan_id, travel=True)

    async def entries(self, plan_id: int) -> list[LedgerEntry]:
        """Every movement for a plan, oldest first."""
        return list(
            await self._services.session.scalars(
                select(LedgerEntry).where(LedgerEntry.plan_id == plan_id).order_by(LedgerEntry.id)
            )
        )

    # --- what becomes of the honorarium ----------------------------------------------------------------

    async def reserve(self, plan: Plan, honorarium: Yen) -> None:
        """Reserve an approved plan's honorarium in all three accounts; raises Refusal with the largest plan that fits."""
        assert not await self.of_plan(plan.id), "it is reserved already"
        await self.adjust(plan, honorarium)

    async def adjust(self, plan: Plan, honorarium: Yen, *, price: Yen | None = None) -> None:
        """Bring what a plan has reserved up or down to `honorarium`, for a contract that was changed.

        Raises Refusal with the largest plan that fits at `price` yen an hour, without one at the plan's own.
        """
        reserved = (await self.of_plan(plan.id)).get(Stage.RESERVED, Yen(0))
        if honorarium <= reserved:
            await self.release(plan, "plan made smaller", down_to=honorarium)
            return
        room = await self.room(plan.company_id, plan.expert_id)
        fits = Room(room.sme + reserved, room.expert + reserved, room.budget + reserved)
        if price is None:
            price = (await self._services.plans.content(plan)).price
        require_within(price, honorarium, fits, self._services.programme, TO_THE_OFFICE)
        await self._move(plan, Stage.FREE, Stage.RESERVED, honorarium - reserved, "plan approved")
        await self._services.switches.watch_budget()

    async def release(self, plan: Plan, reason: str, *, down_to: Yen | None = None) -> None:
        """Free what a plan has reserved beyond `down_to`; all of it without."""
        reserved = (await self.of_plan(plan.id)).get(Stage.RESERVED, Yen(0))
        kept = Yen(0) if down_to is None else down_to
        assert 0 <= kept <= reserved, f"{kept} of {reserved} cannot stay reserved"
        await self._move(plan, Stage.RESERVED, Stage.FREE, reserved - kept, reason)

    async def confirm(self, plan: Plan, honorarium: Yen, reason: str = "report accepted") -> None:
        """What the accepted report is worth becomes confirmed; the rest of the reservation is free again."""
        await self._move(plan, Stage.RESERVED, Stage.CONFIRMED, honorarium, reason)
        await self.release(plan, reason)

    async def forgo(self, plan: Plan, reason: str, *, claim_id: int | None = None) -> None:
        """What was confirmed is not paid, because its claim was rejected: it is free again."""
        confirmed = (await self.of_plan(plan.id)).get(Stage.CONFIRMED, Yen(0))
        await self._move(plan, Stage.CONFIRMED, Stage.FREE, confirmed, reason, claim_id)

    async def pay(self, plan: Plan, honorarium: Yen, travel: Yen, *, claim_id: int, payment_id: int) -> None:
        """Confirmed honorarium, and travel from its own purse, were paid.

        Travel that was not promised before is promised now; raises Refusal when its purse is empty.
        """
        await self._lock_honorarium(plan.company_id, plan.expert_id)
        promised = (await self.travel_of_plan(plan.id)).get(Stage.CONFIRMED, Yen(0))
        if travel > promised:
            # Before anything else has moved: a turn that ends with a Refusal is kept all the same.
            await self.promise_travel(plan, travel - promised, claim_id=claim_id)
        moved = (Stage.CONFIRMED, Stage.PAID)
        await self._move(plan, *moved, honorarium, "paid", claim_id, payment_id)
        await self._move(plan, *moved, travel, "paid", claim_id, payment_id, travel=True)

    async def unpay(
        self, plan: Plan, honorarium: Yen, travel: Yen, reason: str, *, claim_id: int, payment_id: int
    ) -> None:
        """The bank sent a payment back: a counter row for each."""
        await self._move(plan, Stage.PAID, Stage.CONFIRMED, honorarium, reason, claim_id, payment_id)
        await self._move(plan, Stage.PAID, Stage.CONFIRMED, travel, reason, claim_id, payment_id, travel=True)

    async def reclaim(self, plan: Plan, honorarium: Yen, reason: str, *, claim_id: int) -> None:
        """Demand paid honorarium back; it still counts against the caps until it is repaid."""
        await self._move(plan, Stage.PAID, Stage.RECLAIMED, honorarium, reason, claim_id)

    async def repaid(self, plan: Plan, honorarium: Yen, reason: str, *, claim_id: int) -> None:
        """Honorarium that was demanded back has come in: it is free again."""
        await self._move(plan, Stage.RECLAIMED, Stage.FREE, honorarium, reason, claim_id)

    # --- travel ----------------------------------------------------------------------------------------

    async def promise_travel(self, plan: Plan, travel: Yen, *, claim_id: int) -> None:
        """Set travel aside for a claim that is approved; raises Refusal for more than its purse has left (DOMAIN 14 Q9)."""
        left = (await self._account(Party.TRAVEL, 0, lock=True)).remaining
        if travel > left:
            raise Refusal(_("The programme's travel budget has only {left} left.")(left=left))
        await self._move(plan, Stage.FREE, Stage.CONFIRMED, travel, "claim approved", claim_id, travel=True)

    async def drop_travel(self, plan: Plan, reason: str, *, claim_id: int) -> None:
        """Travel that was set aside for a claim is not paid after all."""
        promised = (await self.travel_of_plan(plan.id)).get(Stage.CONFIRMED, Yen(0))
        await self._move(plan, Stage.CONFIRMED, Stage.FREE, promised, reason, claim_id, travel=True)

    # --- carried-over balances -------------------------------------------------------------------------

    async def carry(self, party: Party, owner_id: int, yen: Yen, reason: str) -> None:
        """Set what a party carried over from phase I, as the secretariat confirmed it (DOMAIN 14 Q15).

        The difference is a new row. Raises Refusal for others than the secretariat, for a clerk's own account, for
        an amount below zero and for one that together with what is promised is over the cap.
        """
        assert party in (Party.COMPANY, Party.EXPERT), "only these carry anything over"
        clerk = await self._services.secretariat.require()
        if clerk.id in await self._people(party, owner_id):
            raise Refusal(_("You have a part in this yourself, so a colleague must decide."))
        account = await self._account(party, owner_id, lock=True)
        if not 0 <= yen <= account.cap_yen:
            raise Refusal(
                _("Please give an amount from {at_least} to {at_most}.")(
                    at_least=Yen(0), at_most=Yen(account.cap_yen)
                )
            )
        more = Yen(yen - account.carried_yen)
        if more > account.remaining:
            most = account.remaining + account.carried_yen
            raise Refusal(_("With what is promised already, at most {most} can be carried over.")(most=most))
        if more == 0:
            return
        source, target = (Stage.FREE, Stage.CARRIED) if more > 0 else (Stage.CARRIED, Stage.FREE)
        account.carried_yen = int(yen)
        await self._carried(party, owner_id, source, target, Yen(abs(more)), reason)

    async def _people(self, party: Party, owner_id: int) -> Sequence[int]:
        if party is Party.COMPANY:
            return await self._services.companies.members(owner_id)
        expert = await self._services.experts.get(owner_id)
        return [] if expert is None else [expert.person_id]

    async def _carried(
        self, party: Party, owner_id: int, source: Stage, target: Stage, yen: Yen, reason: str
    ) -> None:
        self._services.session.add(
            LedgerEntry(
                at=self._services.now,
                actor=self._actor,
                company_id=owner_id if party is Party.COMPANY else None,
                expert_id=owner_id if party is Party.EXPERT else None,
                source=source,
                target=target,
                yen=int(yen),
                reason=reason,
            )
        )
        await self._services.session.flush()
        await self._services.audit.note(
            "balance carried over", party, owner_id, reason=reason, content={"to": target, "yen": int(yen)}
        )

    # --- accounts --------------------------------------------------------------------------------------

    async def _lock_honorarium(self, company_id: int, expert_id: int) -> tuple[Account, Account, Account]:
        return (
            await self._account(Party.COMPANY, company_id, lock=True),
            await self._account(Party.EXPERT, expert_id, lock=True),
            await self._account(Party.BUDGET, 0, lock=True),
        )

    async def _account(self, party: Party, owner_id: int, *, lock: bool) -> Account:
        query = select(Account).where(Account.party == party, Account.owner_id == owner_id)
        if lock:
            # NO KEY UPDATE: nobody need wait who only reads it.
            query = query.with_for_update(key_share=True)
        query = query.execution_options(populate_existing=True)
        found: Account | None = await self._services.session.scalar(query)
        if found is None:
            await self._open(party, owner_id)
            found = await self._services.session.scalar(query)
        assert found is not None
        cap = int(max(self._cap(party), found.cap_yen - found.remaining))
        if found.cap_yen == cap:
            return found
        return await self._follow(found, cap) if lock else await self._account(party, owner_id, lock=True)

    async def _follow(self, account: Account, cap: int) -> Account:
        """A cap that the office has changed holds from now on, but never below what is promised already."""
        change = {"from": account.cap_yen, "to": cap}
        account.cap_yen = cap
        await self._services.session.flush()
        await self._services.audit.note(
            "cap changed", account.party, account.owner_id, reason="programme file", content=change
        )
        return account

    async def _open(self, party: Party, owner_id: int) -> None:
        """Open an account unless somebody else just did; who comes second waits here until that is certain."""
        cap = self._cap(party)
        carried = min(await self._declared(party, owner_id), cap)
        opened = await self._services.session.scalar(
            insert(Account)
            .values(
                party=party,
                owner_id=owner_id,
                cap_yen=int(cap),
                carried_yen=int(carried),
                reserved_yen=0,
                confirmed_yen=0,
                paid_yen=0,
                reclaimed_yen=0,
                opened_at=self._services.now,
            )
            .on_conflict_do_nothing(index_elements=["party", "owner_id"])
            .returning(Account.id)
        )
        if opened is not None and carried:
            await self._carried(party, owner_id, Stage.FREE, Stage.CARRIED, carried, "phase I, as declared")

    def _cap(self, party: Party) -> Yen:
        money = self._services.programme.money
        caps = {
            Party.COMPANY: money.sme_cap,
            Party.EXPERT: money.expert_cap,
            Party.BUDGET: money.budget,
            Party.TRAVEL: money.travel_budget,
        }
        return caps[party]

    async def _declared(self, party: Party, owner_id: int) -> Yen:
        """What a company or an expert had of phase I by its registration."""
        if party is Party.COMPANY:
            company = await self._services.companies.get(owner_id)
            assert company is not None
            return Yen(company.phase1_used_yen)
        if party is Party.EXPERT:
            expert = await self._services.experts.get(owner_id)
            assert expert is not None
            return Yen(expert.phase1_paid_yen)
        return Yen(0)

    # --- movements -------------------------------------------------------------------------------------

    @property
    def _actor(self) -> int | None:
        person = self._services.person
        return None if person is None else person.id

    async def _standing(self, plan_id: int, *, travel: bool) -> dict[Stage, Yen]:
        rows = await self._services.session.execute(
            select(LedgerEntry.source, LedgerEntry.target, func.sum(LedgerEntry.yen))
            .where(LedgerEntry.plan_id == plan_id, LedgerEntry.travel.is_(travel))
            .group_by(LedgerEntry.source, LedgerEntry.target)
        )
        stands = dict.fromkeys(Stage, Yen(0))
        for source, target, yen in rows:
            stands[Stage(source)] -= int(yen)
            stands[Stage(target)] += int(yen)
        return {stage: yen for stage, yen in stands.items() if yen and stage is not Stage.FREE}

    async def _move(
        self,
        plan: Plan,
        source: Stage,
        target: Stage,
        yen: Yen,
        reason: str,
        claim_id: int | None = None,
        payment_id: int | None = None,
        *,
        travel: bool = False,
    ) -> None:
        """One row, and the same in every account it counts in; nothing for no yen."""
        if yen == 0:
            return
        assert yen > 0, "a yen moves forwards, or back by a row of its own"
        accounts: Sequence[Account] = (
            (await self._account(Party.TRAVEL, 0, lock=True),)
            if travel
            else await self._lock_honorarium(plan.company_id, plan.expert_id)
        )
        if source is not Stage.FREE:
            stands = (await self._standing(plan.id, travel=travel)).get(source, Yen(0))
            assert yen <= stands, f"{yen} of {stands} {source} cannot become {target}"
        for account in accounts:
            for stage, amount in ((source, -yen), (target, yen)):
                if stage is not Stage.FREE:
                    setattr(account, f"{stage}_yen", int(account.holds(stage) + amount))
        entry = LedgerEntry(
            at=self._services.now,
            actor=self._actor,
            plan_id=plan.id,
            company_id=plan.company_id,
            expert_id=plan.expert_id,
            travel=travel,
            source=source,
            target=target,
            yen=int(yen),
            reason=reason,
            claim_id=claim_id,
            payment_id=payment_id,
        )
        self._services.session.add(entry)
        await self._services.session.flush()
        await self._services.audit.note(
            f"{'travel' if travel else 'honorarium'} {source} to {target}",
            "plan",
            plan.id,
            revision=plan.revision,
            reason=reason,
            content={"entry": entry.id, "yen": int(yen)},
        )
