"""How much tax is withheld from an expert: the programme's rate, or one that the secretariat set (DOMAIN 8.6)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from locales import _
from services import withholding
from services.payment_records import Withholding
from services.refusals import Refusal
from services.values import Yen
from services.withholding import Rate

if TYPE_CHECKING:
    from services.bundle import Services

LONGEST_REASON = 200


class Kind(StrEnum):
    """The rates that can be chosen for a payee; figures are never typed."""

    PROGRAMME = "programme"
    NONE = "none"
    BY_LAW = "by_law"


RATES = {Kind.NONE: withholding.NONE, Kind.BY_LAW: withholding.BY_LAW}


async def rate_of(services: Services, expert_id: int) -> Rate:
    """The rate by which tax is withheld from an expert."""
    row = await services.session.get(Withholding, expert_id, populate_existing=True)
    if row is None:
        return withholding.of_programme(services.programme.money)
    return Rate(row.percent, row.percent_above, Yen(row.over_yen))


async def set_rate(services: Services, expert_id: int, kind: Kind, reason: str) -> Rate:
    """Let this rate hold for an expert from the next payment on; the reason goes into the log.

    Raises Refusal for others than the secretariat, for a clerk's own payments, and without a reason.
    """
    clerk = await services.secretariat.require()
    expert = await services.experts.get(expert_id)
    if expert is None:
        raise Refusal(_("We found no expert with this number."), about="payee")
    if expert.person_id == clerk.id:
        raise Refusal(_("You have a part in this yourself, so a colleague must decide."))
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Refusal(
            _("Please answer in 1 to {at_most} characters.")(at_most=LONGEST_REASON), about="reason"
        )
    before = await rate_of(services, expert_id)
    row = await services.session.get(Withholding, expert_id, with_for_update=True, populate_existing=True)
    if kind is Kind.PROGRAMME:
        if row is not None:
            await services.session.delete(row)
    else:
        rate = RATES[kind]
        row = row or Withholding(expert_id=expert_id)
        row.percent, row.percent_above, row.over_yen = rate.percent, rate.percent_above, int(rate.over)
        row.set_by, row.set_at = clerk.id, services.now
        services.session.add(row)
    await services.session.flush()
    after = await rate_of(services, expert_id)
    await services.audit.note(
        "withholding set",
        "expert",
        expert_id,
        reason=kind.value,
        content={"from": str(before), "to": str(after), "reason": reason.strip()},
    )
    return after
