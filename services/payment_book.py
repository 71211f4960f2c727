"""Finding payment runs and payments, locking them in order, and who may have a hand in them (DOMAIN 8.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from locales import Text, _
from services import banks, zengin
from services.account_records import AccountChange, ChangeState
from services.claim_records import Claim, ClaimState
from services.companies import MemberRow
from services.contract_records import Contract
from services.experts import Expert
from services.label import Label
from services.ledger_records import Account as Purse
from services.ledger_records import Party
from services.payment_records import Payment, PaymentRun, PaymentState, RunState
from services.people import Person
from services.plan_records import Plan
from services.programme import Deadline, by_code
from services.programme_parts import Deficiency
from services.refusals import Refusal
from services.values import BankAccountNumber, Yen

if TYPE_CHECKING:
    from services.bundle import Services

UNKNOWN = _("We cannot find this payment run. Please look at the list.")
INVOLVED = _("You have a part in one of these claims yourself, so a colleague must do this.")
SORTS = ("1", "2", "4", "9")
"""The kinds of account of the transfer format."""


@dataclass(frozen=True)
class Locked:
    """A run and all that it moves, locked: plans and claims by id, then the run."""

    run: PaymentRun
    payments: Sequence[Payment]
    claims: Mapping[int, Claim]
    plans: Mapping[int, Plan]
    """By the claim's id."""


class PaymentBook:
    """Payment runs within one transaction: reading, locking, checking."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- reading ---------------------------------------------------------------------------------------

    async def get(self, run_id: int) -> PaymentRun | None:
        """A run by its id."""
        return await self._services.session.get(PaymentRun, run_id)

    async def payment(self, payment_id: int) -> Payment | None:
        """One payment by its id."""
        return await self._services.session.get(Payment, payment_id)

    async def of_run(self, run_id: int) -> list[Payment]:
        """Every payment of a run, in the order of the transfer file."""
        return list(
            await self._services.session.scalars(
                select(Payment).where(Payment.run_id == run_id).order_by(Payment.id)
            )
        )

    async def of_claim(self, claim_id: int) -> list[Payment]:
        """Every payment that was tried for a claim, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Payment).where(Payment.claim_id == claim_id).order_by(Payment.id)
            )
        )

    async def of_expert(
        self, expert_id: int, states: Sequence[PaymentState] = (*PaymentState,)
    ) -> list[Payment]:
        """Every payment to an expert in one of these states, newest first."""
        return list(
            await self._services.session.scalars(
                select(Payment)
                .where(Payment.expert_id == expert_id, Payment.state.in_(states))
                .order_by(Payment.id.desc())
            )
        )

    async def open_runs(self) -> list[PaymentRun]:
        """Every run that waits for its release or for the bank's answer, oldest first."""
        states = (RunState.DRAWN_UP, RunState.RELEASED)
        return list(
            await self._services.session.scalars(
                select(PaymentRun).where(PaymentRun.state.in_(states)).order_by(PaymentRun.id)
            )
        )

    async def latest(self, limit: int) -> list[PaymentRun]:
        """The newest runs, whatever became of them."""
        return list(
            await self._services.session.scalars(
                select(PaymentRun).order_by(PaymentRun.id.desc()).limit(limit)
            )
        )

    async def waiting(self) -> tuple[int, Yen]:
        """How many approved claims are in no run yet, and what they are worth gross."""
        count, total = (
            await self._services.session.execute(
                select(
                    func.count(), func.coalesce(func.sum(Claim.honorarium_yen + Claim.travel_yen), 0)
                ).where(Claim.state == ClaimState.APPROVED)
            )
        ).one()
        return int(count), Yen(int(total))

    async def claims_of(self, payments: Iterable[Payment]) -> dict[int, Claim]:
        """The claims of payments, by id."""
        ids = [payment.claim_id for payment in payments]
        found = await self._services.session.scalars(select(Claim).where(Claim.id.in_(ids)))
        return {claim.id: claim for claim in found}

    def failure(self, code: str) -> Deficiency:
        """Why the bank did not carry out a transfer; raises Refusal for a code that the programme does not have."""
        try:
            return by_code(self._services.programme.deficiencies.payment, code)
        except KeyError:
            raise Refusal(_("Please choose one of the options.")) from None

    async def why_failed(self, claim: Claim) -> Text | Label | None:
        """Why a claim could not be paid, in words for the expert; None for one whose account seems fine."""
        tried = await self.of_claim(claim.id)
        if tried and tried[-1].failure and tried[-1].bank == claim.bank:
            return self.failure(tried[-1].failure).sentence
        try:
            require_account(claim.bank)
        except Refusal as refusal:
            return refusal.reason
        return None

    # --- days ------------------------------------------------------------------------------------------

    def earliest(self) -> date:
        """The first day on which the bank can carry out what is released today."""
        programme = self._services.programme
        ahead = programme.limits.transfer_business_days
        return programme.calendar.add_business_days(programme.today(self._services.now), ahead)

    def require_day(self, day: date) -> None:
        """Refuses a day on which the bank does not work, or that is too near, or after the programme."""
        programme = self._services.programme
        if day < self.earliest():
            raise Refusal(
                _("The bank needs until {day}. Please choose a later day.")(day=self.earliest()), "day"
            )
        if not programme.calendar.is_business_day(day):
            raise Refusal(_("The bank does not work on {day}. Please choose another day.")(day=day), "day")
        last = programme.dates[Deadline.PROGRAMME].closes
        if day > last:
            raise Refusal(_("Please choose a day up to {day}.")(day=last), "day")

    # --- who -------------------------------------------------------------------------------------------

    async def _require_apart(self, clerk: Person, claims: Iterable[Claim]) -> None:
        """Nobody has a hand in a payment to himself, or for a company that he speaks for (DOMAIN 15.7)."""
        ids = [claim.id for claim in claims]
        members = select(MemberRow.company_id).where(MemberRow.person_id == clerk.id)
        own = select(Expert.id).where(Expert.person_id == clerk.id)
        part = Claim.expert_id.in_(own) | Claim.company_id.in_(members)
        if await self._services.session.scalar(select(Claim.id).where(Claim.id.in_(ids), part).limit(1)):
            raise Refusal(INVOLVED)

    async def _account_now(self, claim: Claim) -> dict[str, Any] | None:
        """The account that a clerk has confirmed since a claim got into its run; None while it is the same."""
        change = await self._services.session.scalar(
            select(AccountChange)
            .where(AccountChange.expert_id == claim.expert_id, AccountChange.state == ChangeState.CONFIRMED)
            .where(AccountChange.decided_at >= claim.sent_at)
            .order_by(AccountChange.decided_at.desc(), AccountChange.id.desc())
            .limit(1)
        )
        return None if change is None or change.account == claim.bank else dict(change.account)

    # --- locks, in their order: plans, claims, run, accounts --------------------------------------------

    async def _lock(self, run_id: int) -> Locked:
        """Lock a run after the plans and claims it moves; who is in a run never changes."""
        session = self._services.session
        if await self.get(run_id) is None:
            raise Refusal(UNKNOWN)
        claim_ids = [payment.claim_id for payment in await self.of_run(run_id)]
        plans, claims = await self._lock_claims(claim_ids)
        run = await session.get(PaymentRun, run_id, with_for_update=True, populate_existing=True)
        assert run is not None
        payments = await session.scalars(
            select(Payment)
            .where(Payment.run_id == run_id)
            .order_by(Payment.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return Locked(run, list(payments), claims, plans)

    async def _lock_claims(self, claim_ids: Sequence[int]) -> tuple[dict[int, Plan], dict[int, Claim]]:
        """Lock plans, then claims, each by id; both by the claim's id."""
        session = self._services.session
        rows = await session.execute(
            select(Claim.id, Contract.plan_id)
            .join(Contract, Contract.id == Claim.contract_id)
            .where(Claim.id.in_(claim_ids))
        )
        plan_of: dict[int, int] = {claim_id: plan_id for claim_id, plan_id in rows}
        plans = {
            plan.id: plan
            for plan in await session.scalars(
                select(Plan)
                .where(Plan.id.in_(plan_of.values()))
                .order_by(Plan.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        }
        claims = await session.scalars(
            select(Claim)
            .where(Claim.id.in_(claim_ids))
            .order_by(Claim.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {claim_id: plans[plan_id] for claim_id, plan_id in plan_of.items()}, {c.id: c for c in claims}

    async def _lock_purses(self, claims: Iterable[Claim]) -> None:
        """Lock all accounts that several payments move: companies, experts, budget, travel, each by owner."""
        concerned = list(claims)
        owners = {
            Party.COMPANY: {claim.company_id for claim in concerned},
            Party.EXPERT: {claim.expert_id for claim in concerned},
            Party.BUDGET: {0},
            Party.TRAVEL: {0},
        }
        for party, ids in owners.items():
            await self._services.session.scalars(
                select(Purse.id)
                .where(Purse.party == party, Purse.owner_id.in_(ids))
                .order_by(Purse.owner_id)
                .with_for_update(key_share=True)
            )

    # --- what several changes do -----------------------------------------------------------------------

    async def _changed(self, run: PaymentRun) -> None:
        await self._services.session.flush()
        self._services.notices.draw("payment_run", run.id)
        for person_id in await self._services.secretariat.people():
            self._services.notices.home(person_id)

    async def _redraw(self, expert_id: int) -> None:
        expert = await self._services.experts.get(expert_id)
        assert expert is not None
        self._services.notices.home(expert.person_id)


def require_account(bank: Mapping[str, str]) -> str:
    """The account holder as the bank takes it; raises Refusal for an account to which nothing can be transferred."""
    banks.branch(banks.bank(bank["bank"]), bank["branch"])
    BankAccountNumber(bank["number"])
    if bank["kind"] not in SORTS:
        raise Refusal(_("The bank does not know this kind of account. Please choose it again."))
    return zengin.holder(bank["holder"])
