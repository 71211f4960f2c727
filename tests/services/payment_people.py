"""Claims that wait for their payment, and clerks who pay them, in one line each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

from services.bundle import Services
from services.claim_records import Claim
from services.claims import snapshot
from services.expert_records import Account, AccountKind
from services.payments import Payment
from services.plan_records import Plan
from services.secretariat import join
from services.secrets import vault
from services.values import AccountHolderKana, BankAccountNumber, Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road

MISAKI, KEN = "U-misaki", "U-ken"
APPROVED = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)
"""Noon in Tokyo on a Monday after the contracts."""
DAY = date(2021, 12, 24)
"""The Friday on which the bank carries it out."""
ON_THE_DAY = datetime(2021, 12, 24, 3, 0, tzinfo=UTC)
AFTER = datetime(2021, 12, 27, 3, 0, tzinfo=UTC)
OTHER = Account(
    "0009", "410", AccountKind.ORDINARY, BankAccountNumber("7654321"), AccountHolderKana("サトウ ケンイチ")
)
"""Another account, which nobody has yet."""


@asynccontextmanager
async def clerk(acting: ActingAs, who: str = MISAKI, at: datetime = APPROVED) -> AsyncIterator[Services]:
    """A member of the secretariat's channel acts."""
    async with acting(who, "slack", at) as services:
        assert services.person is not None
        await join(services.connection, services.person.identity)
        yield services


async def waiting(acting: ActingAs, count: int = 1, *, travel: int = 0, **other: Any) -> list[Claim]:
    """Approved claims of as many experts and companies, 104,000 yen each; the ledger holds the money ready."""
    return [await one_waiting(acting, place, travel=travel, **other) for place in range(count)]


def name(place: int) -> str:
    """Who the expert of a claim is in Slack."""
    return f"U-expert-{place}"


async def one_waiting(
    acting: ActingAs, place: int = 0, *, travel: int = 0, bank: dict[str, str] | None = None, **other: Any
) -> Claim:
    """One approved claim; the ledger holds the money ready."""
    async with acting(name(place), "slack", APPROVED) as services:
        assert services.person is not None
        number = f"76{services.person.id:05d}"
        expert = await people.expert(
            services, bank_number=number, bank_hash=vault().hash(f"account 0001 001 {number}"), **other
        )
    async with acting(f"U-owner-{place}", at=APPROVED) as services:
        company = await people.company(services)
        contract = await road.contract(services, company, expert)
        report = await road.report(services, contract)
        invoice = await road.invoice(services, report)
        claim = await road.claim(services, invoice, travel_yen=travel, bank=bank or snapshot(expert.account))
        plan = await services.session.get_one(Plan, contract.plan_id)
        await services.ledger.reserve(plan, Yen(contract.honorarium_yen))
        await services.ledger.confirm(plan, Yen(report.honorarium_yen))
        if travel:
            await services.ledger.promise_travel(plan, Yen(travel), claim_id=claim.id)
        return claim


async def drawn(acting: ActingAs, at: datetime = APPROVED, day: date = DAY) -> int:
    """A run that one clerk drew up."""
    async with clerk(acting, MISAKI, at) as services:
        drawn = await services.payments.draw_up(day)
        assert drawn.run is not None
        return drawn.run.id


async def released(acting: ActingAs) -> int:
    """A run that a second clerk released."""
    run_id = await drawn(acting)
    async with clerk(acting, KEN) as services:
        await services.payments.release(run_id)
    return run_id


async def paid(acting: ActingAs) -> int:
    """A run of which the bank carried out everything."""
    run_id = await released(acting)
    async with clerk(acting, MISAKI, ON_THE_DAY) as services:
        await services.payments.result(run_id, {})
    return run_id


async def payments(acting: ActingAs, run_id: int) -> Sequence[Payment]:
    """The payments of a run as they stand now."""
    async with acting(None) as services:
        return await services.payments.of_run(run_id)


async def state(acting: ActingAs, claim: Claim) -> str:
    """Where a claim stands now."""
    async with acting(None) as services:
        found = await services.claims.get(claim.id)
        assert found is not None
        return found.state
