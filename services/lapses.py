"""Reports and claims that did not come in time: the contract ends, and what was kept for it is free again.

Nothing stays reserved for what can no longer be handed in (DOMAIN 8.4, 9.1, 14 Q10, Q11).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.claim_records import ClaimState
from services.contract_records import Contract, ContractState
from services.ledger_records import Stage
from services.programme import Deadline
from services.report_records import Report, ReportState
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

LAPSE = "contract.lapse"
"""Set for the second after the last one in which what a contract waits for can come."""
SUPPORTED = (ContractState.CONCLUDED, ContractState.TERMINATED)
RETURNED = (ReportState.DISPUTED, ReportState.DEFICIENT)


async def watch(services: Services, contract: Contract) -> None:
    """Look at a contract again when it is too late for what its sides have to do next."""
    until = await waits_until(services, contract, await services.reports.of_contract(contract.id))
    if until is not None:
        await services.timers.set(LAPSE, contract.id, until + timedelta(seconds=1))


async def waits_until(services: Services, contract: Contract, report: Report | None) -> datetime | None:
    """The last second (aware UTC) for the report, its correction, its confirmation or the claim; None for none of these."""
    closes = services.programme.closes
    if report is not None and report.state == ReportState.ACCEPTED:
        claim = await services.claims.of_contract(contract.id)
        if claim is None:
            return closes(Deadline.CLAIM)
        return await services.claims.correct_until(claim) if claim.state == ClaimState.DEFICIENT else None
    if contract.state not in SUPPORTED:
        return None
    if report is None or report.state == ReportState.WITHDRAWN:
        return closes(Deadline.REPORT)
    if report.state in RETURNED:
        return services.reports.correct_until(report)
    return closes(Deadline.PROGRAMME) if report.state == ReportState.CONFIRMING else None


@due(LAPSE)
async def lapse(services: Services, contract_id: int) -> None:
    """End what can no longer come; what may still come is looked at again when its time is over."""
    contract = await services.contracts.lock(contract_id)
    report = await services.reports.of_contract(contract.id, locked=True)
    claim = await services.claims.of_contract(contract.id)
    if claim is not None:
        await services.session.refresh(claim, with_for_update=True)
    until = await waits_until(services, contract, report)
    if until is None:
        return
    if services.now < until + timedelta(seconds=1):
        await services.timers.set(LAPSE, contract.id, until + timedelta(seconds=1))
    elif report is not None and report.state == ReportState.ACCEPTED:
        await _unclaimed(services, contract)
    else:
        if report is not None and report.state != ReportState.WITHDRAWN:
            await services.reports.lapse(report)
        await services.contracts.lapse(contract)


async def _unclaimed(services: Services, contract: Contract) -> None:
    """The honorarium was not claimed, or its claim not put right, in time."""
    plan = await services.contracts.plan(contract)
    claim = await services.claims.of_contract(contract.id)
    ready = (await services.ledger.of_plan(plan.id)).get(Stage.CONFIRMED)
    if claim is None and not ready:
        return
    await services.ledger.forgo(plan, "not claimed in time", claim_id=None if claim is None else claim.id)
    if claim is not None:
        claim.state = ClaimState.REJECTED
        await services.session.flush()
        await services.audit.note("lapsed", "claim", claim.id, revision=claim.revision)
    expert = await services.experts.get(contract.expert_id)
    assert expert is not None
    services.notices.tell("claim.lapsed", expert.person_id, mail=expert.email, contract=contract.id)
    services.notices.home(expert.person_id)
