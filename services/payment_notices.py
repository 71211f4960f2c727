"""What follows a payment: its notice as a paper, told to the expert; the company gets a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.payment_papers import PaymentPapers
from services.payment_records import Payment, PaymentState
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

NOTICE = "payment.notice"
"""The timer by which a notice of payment is made and told, each in a transaction of its own."""


@due(NOTICE)
async def notify(services: Services, payment_id: int) -> None:
    """Make the notice of a payment and tell both sides, unless it came back meanwhile or was told."""
    payment = await services.session.get(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment is None or payment.state != PaymentState.PAID or payment.notice_paper_id is not None:
        return
    payment.notice_paper_id = (await PaymentPapers(services).notice(payment)).id
    await services.session.flush()
    expert = await services.experts.get(payment.expert_id)
    claim = await services.claims.get(payment.claim_id)
    assert expert is not None and claim is not None
    services.notices.tell("payment.paid", expert.person_id, mail=expert.email, payment=payment.id)
    services.notices.home(expert.person_id)
    for person_id in await services.companies.members(claim.company_id):
        services.notices.tell("payment.company", person_id, payment=payment.id)
