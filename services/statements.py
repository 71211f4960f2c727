"""What an expert was paid in one calendar year, as a paper for the tax return, from the ledger's own rows (ANCHORS 64)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import extract, select

from locales import _
from services.claim_records import Claim
from services.contract_records import Contract
from services.paper_records import Paper
from services.payment_papers import STATEMENT, PaymentPapers
from services.payment_records import Payment, PaymentState
from services.reclaim_records import Reclaim, Repayment
from services.refusals import Refusal

if TYPE_CHECKING:
    from services.bundle import Services

NOTHING = _("Nothing was paid to you in {year}.")


async def years(services: Services, expert_id: int) -> list[int]:
    """The calendar years in which an expert was paid, newest first."""
    paid = await services.session.scalars(
        select(Payment.paid_on)
        .where(Payment.expert_id == expert_id, Payment.state == PaymentState.PAID)
        .distinct()
    )
    return sorted({day.year for day in paid if day is not None}, reverse=True)


async def statement(services: Services, expert_id: int, year: int) -> Paper:
    """The statement of a year; the expert himself may have it, and the secretariat.

    Raises Refusal for anybody else and for a year in which nothing was paid.
    """
    expert = await services.experts.get(expert_id)
    assert expert is not None and services.person is not None
    if expert.person_id != services.person.id:
        await services.secretariat.require()
    payments = await _paid(services, expert_id, year)
    if not payments:
        raise Refusal(NOTHING(year=str(year)))
    by_the_books = await PaymentPapers(services).paid_by_the_books(payments)
    assert all(by_the_books[one.id] == one.gross_yen for one in payments), "the books say something else"
    numbers = {
        claim_id: (claim, contract)
        for claim_id, claim, contract in await services.session.execute(
            select(Claim.id, Claim.number, Contract.number)
            .join(Contract, Contract.id == Claim.contract_id)
            .where(Claim.expert_id == expert_id)
        )
    }
    repaid = await _repaid(services, expert_id, year)
    return await services.papers.make(
        "payment_statement",
        expert.id,
        STATEMENT,
        {
            "number": f"{expert.number} {year}",
            "year": year,
            "expert": expert.name,
            "expert_number": expert.number,
            "address": expert.address,
            "rows": [
                {
                    "paid_on": payment.paid_on,
                    "claim": numbers[payment.claim_id][0],
                    "contract": numbers[payment.claim_id][1],
                    "gross": payment.gross_yen,
                    "withheld": payment.withheld_yen,
                    "net": payment.net_yen,
                }
                for payment in payments
            ],
            "gross": sum(payment.gross_yen for payment in payments),
            "withheld": sum(payment.withheld_yen for payment in payments),
            "net": sum(payment.net_yen for payment in payments),
            "repaid": [
                {"received_on": day, "claim": numbers[claim_id][0], "yen": yen}
                for day, claim_id, yen in repaid
            ],
        },
        f"{expert.number}-{year}.pdf",
    )


async def _paid(services: Services, expert_id: int, year: int) -> list[Payment]:
    return list(
        await services.session.scalars(
            select(Payment)
            .where(
                Payment.expert_id == expert_id,
                Payment.state == PaymentState.PAID,
                extract("year", Payment.paid_on) == year,
            )
            .order_by(Payment.paid_on, Payment.id)
        )
    )


async def _repaid(services: Services, expert_id: int, year: int) -> list[tuple[date, int, int]]:
    rows = await services.session.execute(
        select(Repayment.received_on, Reclaim.claim_id, Repayment.yen)
        .join(Reclaim, Reclaim.id == Repayment.reclaim_id)
        .where(Reclaim.expert_id == expert_id, extract("year", Repayment.received_on) == year)
        .order_by(Repayment.received_on, Repayment.id)
    )
    return [(day, claim_id, yen) for day, claim_id, yen in rows]
