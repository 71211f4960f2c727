"""The road from an approved plan to a claim: rows as they stand at each place, made in one line each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Sequence, select

from services import fees, numbers, people
from services.bundle import Services
from services.claim_records import Claim, ClaimState, Invoice, InvoiceState
from services.companies import Company
from services.contract_records import Contract, ContractState
from services.database import transaction
from services.experts import Expert
from services.people import Identity, IdentityRow
from services.plan_content import Content
from services.plan_records import Plan, PlanRevision, PlanState
from services.report_records import Report, ReportState
from services.session_records import Session, SessionMode, SessionState
from services.values import Yen
from tests.services.plan_people import CONTENT
from tests.town import Desk, Phone, Town

SIGNED = datetime(2021, 11, 1, 3, 0, tzinfo=UTC)
BANK = {"bank": "0001", "branch": "001", "kind": "1", "number": "1234567", "holder": "ｻﾄｳ ｹﾝｲﾁ"}


async def serial(services: Services, of: str) -> int:
    """The next number of a sequence."""
    found = await services.session.scalar(select(Sequence(f"{of}_serial").next_value()))
    assert found is not None
    return found


async def plan(
    services: Services,
    company: Company,
    expert: Expert,
    *,
    content: Content = CONTENT,
    state: PlanState = PlanState.APPROVED,
    **other: Any,
) -> Plan:
    """A plan of an expert for a company, agreed on by both; without a case unless one is given."""
    id = await serial(services, "plan")
    made = Plan(
        id=id,
        number=numbers.make("P", id),
        state=state,
        company_id=company.id,
        expert_id=expert.id,
        **{
            "route": "open_case",
            "revision": 1,
            "agreed_by_sme_revision": 1,
            "agreed_by_expert_revision": 1,
            "sent_at": SIGNED,
            "agreed_at": SIGNED,
        }
        | other,
    )
    services.session.add(made)
    await services.session.flush()
    quote = content.quote(services.programme)
    services.session.add(PlanRevision.of(made, content, quote.honorarium, SIGNED))
    await services.session.flush()
    return made


async def contract(
    services: Services,
    company: Company,
    expert: Expert,
    *,
    state: ContractState = ContractState.CONCLUDED,
    content: Content = CONTENT,
    **other: Any,
) -> Contract:
    """A contract on an approved plan, concluded at noon on the first of November unless told otherwise."""
    its_plan = other.pop("plan", None) or await plan(services, company, expert, content=content)
    id = await serial(services, "contract")
    signed = SIGNED if state not in (ContractState.READY, ContractState.EXPIRED) else None
    made = Contract(
        id=id,
        number=numbers.make("K", id),
        plan_id=its_plan.id,
        plan_revision=its_plan.revision,
        company_id=company.id,
        expert_id=expert.id,
        state=state,
        **{
            "revision": 1,
            "terms_version": content.terms_version,
            "digest": "0" * 64,
            "price_yen": int(content.price),
            "minutes": content.minutes,
            "honorarium_yen": int(content.quote(services.programme).honorarium),
            "period_start": content.period_start,
            "period_end": content.period_end,
            "made_at": SIGNED,
            "signed_by_expert_at": signed,
            "signed_by_sme_at": signed,
            "concluded_at": signed,
        }
        | other,
    )
    services.session.add(made)
    await services.session.flush()
    return made


async def session(
    services: Services,
    of: Contract,
    start: datetime = datetime(2021, 11, 10, 4, 0, tzinfo=UTC),
    minutes: int = 120,
    state: SessionState = SessionState.CONFIRMED,
    **other: Any,
) -> Session:
    """A session of so many minutes, both clocks agreeing, confirmed by the company unless told otherwise."""
    id = await serial(services, "session")
    end = start + timedelta(minutes=minutes)
    made = Session(
        id=id,
        number=numbers.make("S", id),
        contract_id=of.id,
        company_id=of.company_id,
        expert_id=of.expert_id,
        state=state,
        **{
            "revision": 1,
            "mode": SessionMode.ONLINE,
            "code_word": "4821",
            "expert_started_at": start,
            "expert_ended_at": end,
            "sme_started_at": start,
            "sme_ended_at": end,
            "start_at": start,
            "end_at": end,
            "billable_minutes": minutes - minutes % services.programme.money.unit_minutes,
            "tasks": ["SURVEY"],
            "summary": "受注の流れを一緒に書き出し、紙とノートで重なっている作業を三つ見つけました。次回までに道具を選びます。",
            "recorded_at": end,
            "answered_at": end if state == SessionState.CONFIRMED else None,
        }
        | other,
    )
    services.session.add(made)
    await services.session.flush()
    return made


async def report(
    services: Services,
    of: Contract,
    *,
    minutes: int | None = None,
    state: ReportState = ReportState.ACCEPTED,
    **other: Any,
) -> Report:
    """The report of a contract on all of its minutes, or so many; the ledger knows nothing of it."""
    id = await serial(services, "report")
    worth = fees.quote(Yen(of.price_yen), minutes or of.minutes, services.programme.rates)
    made = Report(
        id=id,
        number=numbers.make("J", id),
        contract_id=of.id,
        company_id=of.company_id,
        expert_id=of.expert_id,
        state=state,
        **{
            "revision": 1,
            "content": {},
            "minutes": worth.minutes,
            "total_yen": int(worth.total),
            "honorarium_yen": int(worth.honorarium),
            "first_sent_at": services.now,
            "sent_at": services.now,
            "confirmed_at": services.now,
            "accepted_at": services.now if state == ReportState.ACCEPTED else None,
        }
        | other,
    )
    services.session.add(made)
    await services.session.flush()
    return made


async def invoice(services: Services, of: Report, **other: Any) -> Invoice:
    """The invoice for a report."""
    id = await serial(services, "invoice")
    made = Invoice(
        id=id,
        number=numbers.make("V", id),
        contract_id=of.contract_id,
        report_id=of.id,
        company_id=of.company_id,
        expert_id=of.expert_id,
        **{
            "state": InvoiceState.ISSUED,
            "minutes": of.minutes,
            "total_yen": of.total_yen,
            "honorarium_yen": of.honorarium_yen,
            "share_yen": of.total_yen - of.honorarium_yen,
            "due_on": date(2022, 1, 7),
            "issued_at": services.now,
        }
        | other,
    )
    services.session.add(made)
    await services.session.flush()
    return made


async def claim(
    services: Services, of: Invoice, *, state: ClaimState = ClaimState.APPROVED, **other: Any
) -> Claim:
    """The claim that belongs to an invoice; the ledger knows nothing of it."""
    id = await serial(services, "claim")
    made = Claim(
        id=id,
        number=numbers.make("H", id),
        contract_id=of.contract_id,
        report_id=of.report_id,
        invoice_id=of.id,
        company_id=of.company_id,
        expert_id=of.expert_id,
        state=state,
        **{
            "revision": 1,
            "minutes": of.minutes,
            "honorarium_yen": of.honorarium_yen,
            "bank": BANK,
            "first_sent_at": services.now,
            "sent_at": services.now,
        }
        | other,
    )
    services.session.add(made)
    await services.session.flush()
    return made


@asynccontextmanager
async def acting_in(town: Town, who: Phone | Desk) -> AsyncIterator[Services]:
    """The services of the running town as somebody acts through them who was here before."""
    columns = (IdentityRow.channel, IdentityRow.tenant, IdentityRow.external)
    async with transaction(town.ouentai.engine) as connection:
        row = (await connection.execute(select(*columns).where(IdentityRow.external == who.user))).one()
        person = await people.lock(connection, Identity(*row))
        services = Services(connection, town.ouentai.programme, town.ouentai.clock, person)
        yield services
        await services.flush()
