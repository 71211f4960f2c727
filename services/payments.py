"""Payment runs: a transfer file for the bank, a second person's release, and the bank's answer (DOMAIN 8.5, 8.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Sequence as Serial
from sqlalchemy import select

from locales import Text, _
from services import numbers
from services.claim_records import Claim, ClaimState
from services.payees import rate_of
from services.payment_book import INVOLVED, UNKNOWN, Locked, PaymentBook, require_account
from services.payment_notices import NOTICE
from services.payment_papers import PaymentPapers
from services.payment_records import Payment, PaymentRun, PaymentState, RunState, Withholding
from services.refusals import Refusal
from services.values import Yen
from services.withholding import withheld

__all__ = [
    "INVOLVED",
    "UNKNOWN",
    "Drawn",
    "Payment",
    "PaymentRun",
    "PaymentState",
    "Payments",
    "RunState",
    "Skipped",
    "Withholding",
]

KIND = "payment_run"
SETTLED = _("This payment is settled already.")
NOT_PAID = _("Only a payment that was carried out can come back.")
NOTHING_WAITS = _("No approved claim waits for payment.")
NOT_DRAWN_UP = _("This payment run is released or cancelled already.")
NOT_RELEASED = _("This payment run is not with the bank.")
DENIED = _("The company denies a session of claim {number}. Please cancel this run and make a new one.")
MOVED = _("The account of claim {number} was changed. Please cancel this run and make a new one.")
MOST_IN_A_RUN = 1000
"""More than this is left for the next run, so that one turn stays short."""


@dataclass(frozen=True)
class Skipped:
    """A claim that could not be put into a run, and why."""

    claim: Claim
    reason: Text


@dataclass(frozen=True)
class Drawn:
    """What drawing up gave: the run, unless every claim had to be left out."""

    run: PaymentRun | None
    skipped: Sequence[Skipped]


class Payments(PaymentBook):
    """Payment runs within one transaction."""

    # --- drawing up ------------------------------------------------------------------------------------

    async def draw_up(self, transfer_on: date) -> Drawn:
        """Put every approved claim into one run, to be carried out on this day, with file and lists.

        Whoever's account could not take a transfer is left out and asked for another one. Raises Refusal for
        others than the secretariat, for a day on which the bank cannot do it, when nothing waits, and for a
        clerk with a part in one of the claims.
        """
        services = self._services
        clerk = await services.secretariat.require()
        self.require_day(transfer_on)
        claims = (await services.claims.payable())[:MOST_IN_A_RUN]
        if not claims:
            raise Refusal(NOTHING_WAITS)
        await self._require_apart(clerk, claims)
        payable, skipped = await self._sorted(claims)
        for one in skipped:
            await services.audit.note("left out of a payment run", "claim", one.claim.id, reason="account")
            await services.claims.settled(one.claim, ClaimState.PAY_FAILED)
            await self._ask_for_account(one.claim)
        run = await self._begin(transfer_on, payable, clerk.id) if payable else None
        return Drawn(run, skipped)

    async def _sorted(self, claims: Iterable[Claim]) -> tuple[list[tuple[Claim, Payment]], list[Skipped]]:
        payable, skipped = [], []
        for claim in claims:
            try:
                payable.append((claim, await self._payment(claim)))
            except Refusal as refusal:
                skipped.append(Skipped(claim, refusal.reason))
        return payable, skipped

    async def _payment(self, claim: Claim) -> Payment:
        """What is to be paid for a claim; raises Refusal for an account that cannot take it."""
        holder = require_account(claim.bank)
        tax = withheld(Yen(claim.gross_yen), await rate_of(self._services, claim.expert_id))
        if claim.gross_yen <= tax:
            raise Refusal(_("Nothing is left to transfer after the tax that is withheld."))
        return Payment(
            claim_id=claim.id,
            expert_id=claim.expert_id,
            state=PaymentState.SCHEDULED,
            honorarium_yen=claim.honorarium_yen,
            travel_yen=claim.travel_yen,
            withheld_yen=int(tax),
            net_yen=int(claim.gross_yen - tax),
            bank={**claim.bank, "holder": holder},
        )

    async def _begin(
        self, transfer_on: date, payable: Sequence[tuple[Claim, Payment]], clerk_id: int
    ) -> PaymentRun:
        services = self._services
        serial = await services.session.scalar(select(Serial("payment_run_serial").next_value()))
        assert serial is not None
        payments = [payment for _claim, payment in payable]
        run = PaymentRun(
            id=serial,
            number=numbers.make(services.programme.numbers["payment_run"], serial),
            state=RunState.DRAWN_UP,
            transfer_on=transfer_on,
            count=len(payments),
            total_yen=sum(payment.net_yen for payment in payments),
            made_by=clerk_id,
            made_at=services.now,
        )
        services.session.add(run)
        await services.session.flush()
        for claim, payment in payable:
            payment.run_id = run.id
            services.session.add(payment)
            await services.claims.settled(claim, ClaimState.SCHEDULED)
        await services.session.flush()
        await PaymentPapers(services).of_run(run, payments)
        await services.audit.note(
            "drawn up",
            KIND,
            run.id,
            content={"transfer_on": transfer_on.isoformat(), "payments": [_content(p) for p in payments]},
        )
        await self._changed(run)
        return run

    # --- release and cancellation ----------------------------------------------------------------------

    async def release(self, run_id: int) -> PaymentRun:
        """Let the file of a run go to the bank; a second person does that, with no part in it.

        Raises Refusal for whoever drew it up, when the day has come too near meanwhile, and when a company has
        denied a session of one of its claims or an expert's account was changed since.
        """
        services = self._services
        clerk = await services.secretariat.require()
        locked = await self._lock(run_id)
        run = locked.run
        if run.state != RunState.DRAWN_UP:
            raise Refusal(NOT_DRAWN_UP)
        if run.made_by == clerk.id:
            raise Refusal(_("You drew this run up, so a colleague must release it."))
        await self._require_apart(clerk, locked.claims.values())
        if run.transfer_on < self.earliest():
            raise Refusal(
                _("It is too late for {day}. Please cancel it and make a new one.")(day=run.transfer_on)
            )
        for claim in locked.claims.values():
            if await services.claims.frozen(claim.contract_id):
                raise Refusal(DENIED(number=claim.number))
            if await self._account_now(claim) is not None:
                raise Refusal(MOVED(number=claim.number))
        run.state, run.released_by, run.released_at = RunState.RELEASED, clerk.id, services.now
        await services.audit.note("released", KIND, run.id)
        for payment in locked.payments:
            expert = await services.experts.get(payment.expert_id)
            assert expert is not None
            services.notices.tell("payment.scheduled", expert.person_id, payment=payment.id)
            services.notices.home(expert.person_id)
        await self._changed(run)
        return run

    async def cancel(self, run_id: int) -> PaymentRun:
        """Undo a run that was not released; its claims wait for the next one."""
        services = self._services
        clerk = await services.secretariat.require()
        locked = await self._lock(run_id)
        run = locked.run
        if run.state != RunState.DRAWN_UP:
            raise Refusal(NOT_DRAWN_UP)
        await self._require_apart(clerk, locked.claims.values())
        run.state, run.closed_at = RunState.CANCELLED, services.now
        for payment in locked.payments:
            payment.state, payment.settled_at = PaymentState.CANCELLED, services.now
            claim = locked.claims[payment.claim_id]
            claim.bank = await self._account_now(claim) or claim.bank
            await services.claims.settled(claim, ClaimState.APPROVED)
        await services.audit.note("cancelled", KIND, run.id)
        await self._changed(run)
        return run

    # --- the bank's answer -----------------------------------------------------------------------------

    async def result(self, run_id: int, failed: Mapping[int, str]) -> PaymentRun:
        """Enter the bank's answer for all of a run that is not settled: paid, except these, each with its code.

        Raises Refusal for what is not in the run or settled otherwise already; then nothing is entered.
        """
        locked = await self._to_settle(run_id)
        for payment_id, code in failed.items():
            self.failure(code)
            if payment_id not in {payment.id for payment in locked.payments}:
                raise Refusal(_("This payment is not in the run. Please look at the list."))
        waiting = [one for one in locked.payments if one.state == PaymentState.SCHEDULED]
        if not waiting or not set(failed) <= {payment.id for payment in waiting}:
            raise Refusal(SETTLED)
        return await self._settle(locked, waiting, failed)

    async def settle(self, payment_id: int, failure: str | None = None) -> PaymentRun:
        """Enter the bank's answer for one payment: paid, or not and why."""
        payment = await self.payment(payment_id)
        if payment is None:
            raise Refusal(UNKNOWN)
        locked = await self._to_settle(payment.run_id)
        if failure is not None:
            self.failure(failure)
        if payment.state != PaymentState.SCHEDULED:
            raise Refusal(SETTLED)
        return await self._settle(locked, [payment], {} if failure is None else {payment.id: failure})

    async def _to_settle(self, run_id: int) -> Locked:
        services = self._services
        clerk = await services.secretariat.require()
        locked = await self._lock(run_id)
        if locked.run.state != RunState.RELEASED:
            raise Refusal(SETTLED if locked.run.state == RunState.CLOSED else NOT_RELEASED)
        await self._require_apart(clerk, locked.claims.values())
        if services.programme.today(services.now) < locked.run.transfer_on:
            raise Refusal(
                _("The bank carries it out on {day}. Please come back then.")(day=locked.run.transfer_on)
            )
        return locked

    async def _settle(
        self, locked: Locked, payments: Sequence[Payment], failed: Mapping[int, str]
    ) -> PaymentRun:
        run = locked.run
        # What the books refuse must leave no trace: a Refusal is an answer, and the turn commits.
        async with self._services.session.begin_nested():
            await self._lock_purses(locked.claims[payment.claim_id] for payment in payments)
            for payment in payments:
                claim = locked.claims[payment.claim_id]
                if payment.id in failed:
                    await self._fail(payment, claim, failed[payment.id], "payment failed")
                else:
                    await self._pay(payment, claim, locked)
            if all(payment.state != PaymentState.SCHEDULED for payment in locked.payments):
                run.state, run.closed_at = RunState.CLOSED, self._services.now
                await self._services.audit.note("closed", KIND, run.id)
        await self._changed(run)
        return run

    async def _pay(self, payment: Payment, claim: Claim, locked: Locked) -> None:
        services = self._services
        payment.state, payment.settled_at = PaymentState.PAID, services.now
        payment.paid_on = locked.run.transfer_on
        await services.session.flush()
        await services.ledger.pay(
            locked.plans[claim.id],
            Yen(payment.honorarium_yen),
            Yen(payment.travel_yen),
            claim_id=claim.id,
            payment_id=payment.id,
        )
        await services.audit.note("paid", "payment", payment.id, content=_content(payment))
        await services.claims.settled(claim, ClaimState.PAID)
        await services.timers.set(NOTICE, payment.id, services.now)
        await self._redraw(payment.expert_id)

    async def _fail(self, payment: Payment, claim: Claim, code: str, action: str) -> None:
        services = self._services
        payment.state, payment.settled_at, payment.failure = PaymentState.FAILED, services.now, code
        await services.session.flush()
        await services.audit.note(action, "payment", payment.id, reason=code, content=_content(payment))
        await services.claims.settled(claim, ClaimState.PAY_FAILED)
        await self._ask_for_account(claim)

    async def bounce(self, payment_id: int, failure: str) -> PaymentRun:
        """A payment that was carried out came back: the books get counter rows, and the account is asked for.

        Raises Refusal for one that is not paid, and for a claim of which money was demanded back meanwhile.
        """
        services = self._services
        clerk = await services.secretariat.require()
        payment = await self.payment(payment_id)
        if payment is None:
            raise Refusal(UNKNOWN)
        self.failure(failure)
        locked = await self._lock(payment.run_id)
        claim = locked.claims[payment.claim_id]
        await self._require_apart(clerk, [claim])
        if payment.state != PaymentState.PAID:
            raise Refusal(NOT_PAID)
        if claim.state != ClaimState.PAID:
            raise Refusal(_("Honorarium of this claim is demanded back, so it cannot be undone here."))
        async with services.session.begin_nested():
            await services.ledger.unpay(
                locked.plans[claim.id],
                Yen(payment.honorarium_yen),
                Yen(payment.travel_yen),
                "sent back by the bank",
                claim_id=claim.id,
                payment_id=payment.id,
            )
            payment.paid_on = None
            await self._fail(payment, claim, failure, "payment came back")
        await services.timers.cancel(NOTICE, payment.id)
        await self._changed(locked.run)
        return locked.run

    async def _ask_for_account(self, claim: Claim) -> None:
        """Tell an expert that the account cannot be paid to, and why."""
        expert = await self._services.experts.get(claim.expert_id)
        assert expert is not None
        self._services.notices.tell("payment.failed", expert.person_id, mail=expert.email, claim=claim.id)
        self._services.notices.home(expert.person_id)


def _content(payment: Payment) -> dict[str, object]:
    return {
        "claim": payment.claim_id,
        "gross": payment.gross_yen,
        "withheld": payment.withheld_yen,
        "net": payment.net_yen,
        "bank": payment.bank,
    }
