"""One company and its expert with everything there can be between them at once, each text of theirs a secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services import numbers
from services.account_records import AccountChange, ChangeState
from services.bundle import Services
from services.case_records import CaseState
from services.claim_records import Claim, ClaimState, InvoiceState
from services.companies import Company, MemberRow
from services.contract_records import Contract, ContractChange, ContractChangeState, ContractState
from services.documents import Document
from services.experts import Expert
from services.payment_records import Payment, PaymentRun, PaymentState, RunState
from services.plan_records import PlanState
from services.reclaim_records import Reclaim, ReclaimState
from services.report_records import ReportState
from services.secretariat import join
from services.session_records import Evidence, EvidenceKind, SessionState
from services.switch_records import ChangeState as SwitchState
from services.switch_records import SwitchChange
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.claim_people import document

OWNER, MEMBER, TARO, MISAKI, KEN = "U-owner", "U-member", "U-taro", "U-misaki", "U-ken"
THEN = datetime(2021, 12, 10, 3, 0, tzinfo=UTC)
"""Noon in Tokyo on a Friday on which everything but registration is open."""
SECRET = "ないしょ"
"""Stands in every text that only the parties may read."""
ACCOUNT = road.BANK | {"number": "7650321"}

REPORTED = (
    ReportState.CONFIRMING,
    ReportState.DISPUTED,
    ReportState.UNDER_REVIEW,
    ReportState.DEFICIENT,
    ReportState.ACCEPTED,
)


BY_CLAIM = {"payment.again", "reclaim.begin"}
"""Buttons that carry the id of a claim, beside what they stand at."""


@dataclass
class Whole:
    """The ids of everything there is, the texts that are signed, and what nobody else may read."""

    ids: set[int] = field(default_factory=set)
    secrets: set[str] = field(default_factory=lambda: {SECRET, "/files/", ACCOUNT["number"]})
    of_contract: dict[int, str] = field(default_factory=dict)
    of_change: dict[int, str] = field(default_factory=dict)

    def keep(self, *made: Any) -> None:
        """Remember some records: their ids, and the numbers by which people know them."""
        for one in made:
            self.ids.add(one.id)
            number = getattr(one, "number", None)
            if number:
                self.secrets.add(number)

    def args(self, name: str) -> Iterator[dict[str, str]]:
        """Everything that this button may carry: each id, with the revision and the text it would be drawn from."""
        common = {"r": "1", "p": "0", "s": "5", "y": "2021", "k": "agreement"}
        of_a_change = name.startswith("contract.change_")
        for id in sorted(self.ids):
            digest = self.of_change.get(id, "") if of_a_change else self.of_contract.get(id, "")
            day = "2021-12-09" if name == "invoice.paid_on" else digest
            named = {"c": str(id)} if of_a_change or name in BY_CLAIM else {"i": str(id)}
            yield common | named | {"d": day}


async def built(acting: ActingAs) -> Whole:
    """Everything at once: contracts, sessions, reports, invoices, claims, payments, demands, changes."""
    whole = Whole()
    async with acting(TARO, "slack", THEN) as services:
        expert = await people.expert(
            services,
            name=f"{SECRET} 健一",
            display_name=f"{SECRET}の専門家",
            career=SECRET,
            bank_number=ACCOUNT["number"],
        )
        papers = [await document(services, "session_photo"), await document(services, "passbook")]
        whole.keep(expert, *papers)
        whole.secrets |= {expert.phone, expert.email, expert.number}
    async with acting(MEMBER, "line", THEN) as services:
        assert services.person is not None
        member = services.person.id
    async with acting(OWNER, "line", THEN) as services:
        company = await people.company(services)
        company.name, company.representative = f"{SECRET}菓子店", f"{SECRET} 花子"
        services.session.add(MemberRow(company_id=company.id, person_id=member, signatory=False))
        whole.keep(company)
        whole.secrets |= {company.phone, company.email}
        await _road(services, whole, company, expert, papers)
    for clerk in (MISAKI, KEN):
        async with acting(clerk, "slack", THEN) as services:
            assert services.person is not None
            await join(services.connection, services.person.identity)
    async with acting(MISAKI, "slack", THEN) as services:
        await _office(services, whole, company, expert, papers)
    return whole


async def _paper(services: Services, kind: str, ref: int) -> int:
    return (await services.papers.keep(kind, ref, b"paper", "application/pdf", f"{SECRET}.pdf")).id


async def _contract(
    services: Services, whole: Whole, company: Company, expert: Expert, state: ContractState
) -> Contract:
    digest = f"{len(whole.of_contract):064x}"
    case = await people.case(services, company, CaseState.CONTRACTED)
    case.number, case.title = numbers.make("A", 9000 + case.id), SECRET
    plan = await road.plan(services, company, expert, state=PlanState.APPROVED, case_id=case.id)
    made = await road.contract(
        services, company, expert, state=state, plan=plan, digest=digest, end_reason=SECRET
    )
    made.paper_id = await _paper(services, "contract", made.id)
    await services.ledger.reserve(plan, Yen(10_000))
    whole.keep(case, plan, made)
    whole.of_contract[made.id] = digest
    return made


async def _road(
    services: Services, whole: Whole, company: Company, expert: Expert, papers: list[Document]
) -> None:
    """What the two sides have between them."""
    assert services.person is not None
    await _contract(services, whole, company, expert, ContractState.READY)
    running = await _contract(services, whole, company, expert, ContractState.CONCLUDED)
    change = ContractChange(
        contract_id=running.id,
        revision=1,
        state=ContractChangeState.PROPOSED,
        by_sme=False,
        proposed_by=expert.person_id,
        proposed_at=THEN,
        minutes=600,
        honorarium_yen=9_000,
        period_start=running.period_start,
        period_end=running.period_end,
        reason=SECRET,
        paper_id=await _paper(services, "contract", running.id),
        digest=f"{99:064x}",
    )
    services.session.add(change)
    await services.session.flush()
    whole.keep(change)
    whole.of_change[change.id] = change.digest
    words = {"summary": SECRET * 20, "dispute": SECRET, "attendees": SECRET, "place": SECRET}
    for place, state in enumerate(SessionState):
        start = datetime(2021, 11, 10, 4, 0, tzinfo=UTC) + timedelta(days=place)
        other: dict[str, Any] = dict(words)
        if state is SessionState.RUNNING:
            start = THEN - timedelta(hours=1)
            other |= {"end_at": None, "expert_ended_at": None, "sme_ended_at": None, "sme_started_at": None}
        session = await road.session(services, running, start, state=state, raised_at=THEN, **other)
        photo = Evidence(
            kind=EvidenceKind.PHOTO,
            contract_id=running.id,
            session_id=session.id,
            document_id=papers[0].id,
            sha256=papers[0].sha256,
            added_at=THEN,
            added_by=expert.person_id,
        )
        services.session.add(photo)
        await services.session.flush()
        whole.keep(session, photo)
    for stands in REPORTED:
        contract = await _contract(services, whole, company, expert, ContractState.CONCLUDED)
        content = {"outcome": SECRET, "advice": SECRET, "steps": "SURVEY", "result_survey": SECRET}
        report = await road.report(
            services,
            contract,
            state=stands,
            content=content,
            dispute=SECRET,
            comment=SECRET,
            returned_at=THEN,
        )
        report.paper_id = await _paper(services, "report", report.id)
        whole.keep(report)
        if stands in (ReportState.UNDER_REVIEW, ReportState.DEFICIENT):
            whole.keep(review := await services.reviews.submit("report", report.id, "report", content))
            review.state = "waiting" if stands is ReportState.UNDER_REVIEW else "returned"
        if stands not in (ReportState.UNDER_REVIEW, ReportState.ACCEPTED):
            continue
        kind = InvoiceState.ISSUED if stands is ReportState.UNDER_REVIEW else InvoiceState.PAID
        invoice = await road.invoice(services, report, state=kind)
        invoice.paper_id = await _paper(services, "invoice", invoice.id)
        whole.keep(invoice)


async def _claim(
    services: Services, whole: Whole, company: Company, expert: Expert, state: ClaimState
) -> Claim:
    contract = await _contract(services, whole, company, expert, ContractState.ENDED)
    plan = await services.contracts.plan(contract)
    report = await road.report(services, contract, honorarium_yen=10_000)
    invoice = await road.invoice(
        services,
        report,
        state=InvoiceState.PAID,
        honorarium_yen=10_000,
        share_yen=report.total_yen - 10_000,
    )
    await services.ledger.confirm(plan, Yen(10_000))
    claim = await road.claim(services, invoice, state=state, bank=ACCOUNT, travel_route=SECRET)
    claim.paid_at = THEN if state in (ClaimState.PAID, ClaimState.RECLAIMED) else None
    whole.keep(report, invoice, claim)
    return claim


async def _office(
    services: Services, whole: Whole, company: Company, expert: Expert, papers: list[Document]
) -> None:
    """What the secretariat has to do with them."""
    assert services.person is not None
    session, me = services.session, services.person.id
    for state in (ClaimState.UNDER_REVIEW, ClaimState.DEFICIENT):
        claim = await _claim(services, whole, company, expert, state)
        review = await services.reviews.submit("claim", claim.id, "claim", {"declared": SECRET})
        whole.keep(review)
        if state is ClaimState.DEFICIENT:
            review.state, review.decided_by, review.decided_at = "returned", me, THEN
    runs = {}
    for run_state in (RunState.DRAWN_UP, RunState.RELEASED):
        id = await road.serial(services, "payment_run")
        run = PaymentRun(
            id=id,
            number=f"T-{id:06d}",
            state=run_state,
            transfer_on=date(2021, 12, 10) if run_state is RunState.RELEASED else date(2021, 12, 24),
            count=1,
            total_yen=10_000,
            made_by=me,
            made_at=THEN,
        )
        session.add(run)
        await session.flush()
        for column in ("file_paper_id", "list_paper_id", "table_paper_id"):
            setattr(run, column, await _paper(services, "payment_file", run.id))
        runs[run_state] = run
        whole.keep(run)
    for claim_state, payment_state, run_state in (
        (ClaimState.SCHEDULED, PaymentState.SCHEDULED, RunState.DRAWN_UP),
        (ClaimState.SCHEDULED, PaymentState.SCHEDULED, RunState.RELEASED),
        (ClaimState.PAID, PaymentState.PAID, RunState.RELEASED),
        (ClaimState.RECLAIMED, PaymentState.PAID, RunState.RELEASED),
        (ClaimState.PAY_FAILED, PaymentState.FAILED, RunState.RELEASED),
    ):
        claim = await _claim(services, whole, company, expert, claim_state)
        payment = Payment(
            run_id=runs[run_state].id,
            claim_id=claim.id,
            expert_id=expert.id,
            state=payment_state,
            honorarium_yen=10_000,
            travel_yen=0,
            withheld_yen=0,
            net_yen=10_000,
            bank=ACCOUNT,
            failure=services.programme.deficiencies.payment[0].code
            if payment_state is PaymentState.FAILED
            else None,
            paid_on=date(2021, 12, 9) if payment_state is PaymentState.PAID else None,
        )
        session.add(payment)
        await session.flush()
        payment.notice_paper_id = await _paper(services, "payment_notice", payment.id)
        whole.keep(payment)
        if payment_state is not PaymentState.PAID:
            continue
        plan = await services.contracts.plan(await session.get_one(Contract, claim.contract_id))
        await services.ledger.pay(plan, Yen(10_000), Yen(0), claim_id=claim.id, payment_id=payment.id)
        demanded = claim_state is ClaimState.RECLAIMED
        reclaim = Reclaim(
            claim_id=claim.id,
            expert_id=expert.id,
            state=ReclaimState.DEMANDED if demanded else ReclaimState.PROPOSED,
            yen=5_000,
            reason=SECRET,
            proposed_by=me,
            proposed_at=THEN,
            paper_id=await _paper(services, "reclaim", claim.id),
        )
        session.add(reclaim)
        await session.flush()
        whole.keep(reclaim)
        if demanded:
            await services.ledger.reclaim(plan, Yen(5_000), "demanded back", claim_id=claim.id)
    account = AccountChange(
        expert_id=expert.id,
        state=ChangeState.WAITING,
        account=ACCOUNT,
        documents=[papers[1].id],
        asked_at=THEN,
    )
    switch = SwitchChange(
        code="agreement",
        open=False,
        state=SwitchState.PROPOSED,
        reason=SECRET,
        proposed_by=me,
        proposed_at=THEN,
    )
    session.add_all([account, switch])
    await session.flush()
    whole.keep(account, switch)
