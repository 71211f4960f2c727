"""A small business hears that the programme has paid its expert: its case is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.messages import Message, Say
from conversations.notices import worded
from conversations.sme.menu import STATUS
from locales import _
from services.contract_records import Contract
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice


@worded("payment.company")
async def paid(services: Services, notice: Notice) -> list[Message]:
    """The expert has the honorarium; nothing is left to be done."""
    payment = await services.payments.payment(notice.ids["payment"])
    assert payment is not None
    claim = await services.claims.get(payment.claim_id)
    assert claim is not None
    contract = await services.session.get_one(Contract, claim.contract_id)
    expert = await services.experts.get(contract.expert_id)
    assert expert is not None
    return [
        Say(
            _("The programme has paid {name} {amount}. Nothing is left to do.")(
                name=expert.display_name, amount=Yen(payment.honorarium_yen)
            ),
            quick=[STATUS],
        )
    ]
