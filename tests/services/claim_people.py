"""A contract whose report the company has confirmed, and everybody between it and the honorarium, in one line each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from services.bundle import Services
from services.claims import Claim, HandIn, Travel
from services.clock import wall
from services.documents import Document
from services.invoices import Invoice
from services.plan_content import Content, Step
from services.plan_records import Plan
from services.report_records import ReportState
from services.reviews import Remark, Review, ReviewState
from services.secretariat import join
from services.session_records import SessionMode, SessionState
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.plan_people import CONTENT

OWNER, TARO, MISAKI, KEN = "U-owner", "U-taro", "U-misaki", "U-ken"
THEN = datetime(2021, 12, 1, 3, 0, tzinfo=UTC)
"""Noon in Tokyo on a Wednesday after the support."""
LAST = datetime(2022, 1, 10, 14, 59, 59, tzinfo=UTC)
"""The last second in which something can be claimed: 23:59:59 in Tokyo."""
LARGE = replace(CONTENT, steps=(Step("SURVEY", 60 * 80),), price=Yen(4000))
"""80 hours at 4,000 yen: honorarium 280,000, own share 40,000."""
FROM_TOKYO = Travel(525, Yen(28_000), "東京駅から新神戸駅まで新幹線で往復")
ANSWERS = {"declared": "1"}


@dataclass
class Road:
    """The ids of what stands on the road to one claim."""

    contract: int
    report: int
    plan: int
    proof: int
    honorarium: int


async def opened(
    acting: ActingAs,
    *,
    content: Content = CONTENT,
    state: ReportState = ReportState.ACCEPTED,
    visits: int = 0,
    at: datetime = THEN,
) -> Road:
    """A contract with a report in this state; the ledger holds its honorarium ready if it is accepted."""
    async with acting(TARO, "slack", at) as services:
        expert = await people.expert(services)
        proof = (await document(services, "payment_proof")).id
    async with acting(OWNER, at=at) as services:
        company = await people.company(services)
        contract = await road.contract(services, company, expert, content=content)
        for _visit in range(visits):
            await road.session(services, contract, mode=SessionMode.VISIT)
        report = await road.report(services, contract, state=state)
        plan = await services.session.get(Plan, contract.plan_id)
        assert plan is not None
        await services.ledger.reserve(plan, Yen(contract.honorarium_yen))
        if state == ReportState.ACCEPTED:
            await services.ledger.confirm(plan, Yen(report.honorarium_yen))
        return Road(contract.id, report.id, plan.id, proof, report.honorarium_yen)


async def document(services: Services, purpose: str, words: str | None = None) -> Document:
    """A file that the acting person has sent; its bytes are nowhere."""
    assert services.person is not None
    name = words or f"{purpose} {services.person.id} {wall().isoformat()}"
    made = Document(
        person_id=services.person.id,
        purpose=purpose,
        name=f"{purpose}.pdf",
        mime="application/pdf",
        size=1000,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        file=hashlib.sha256(f"{name} {wall().isoformat()}".encode()).hexdigest(),
        received_at=services.now,
        key=purpose,
    )
    services.session.add(made)
    await services.session.flush()
    return made


def said(road: Road, **other: Any) -> HandIn:
    """What the expert says when claiming."""
    travel = other.get("travel")
    values: dict[str, Any] = {
        "gross": Yen(road.honorarium + (travel.yen if travel else 0)),
        "received_on": date(2021, 12, 1),
        "proof": [road.proof],
        "declared": "1",
    }
    return HandIn(**(values | other))


async def invoiced(acting: ActingAs, road: Road, at: datetime = THEN) -> Invoice:
    """The expert issues the invoice."""
    async with acting(TARO, "slack", at) as services:
        return await services.invoices.issue(road.contract)


async def claimed(acting: ActingAs, road: Road, at: datetime = THEN, **other: Any) -> Claim:
    """The expert issues the invoice and claims."""
    await invoiced(acting, road, at)
    async with acting(TARO, "slack", at) as services:
        return await services.claims.hand_in(road.contract, said(road, **other), "claim", ANSWERS)


async def decide(
    acting: ActingAs,
    claim: Claim,
    verdict: ReviewState = ReviewState.APPROVED,
    clerk: str = MISAKI,
    at: datetime = THEN,
) -> Review:
    """A clerk decides on the newest submission of a claim."""
    async with acting(clerk, "slack", at) as services:
        assert services.person is not None
        await join(services.connection, services.person.identity)
        review = await services.reviews.latest("claim", claim.id)
        assert review is not None
        if verdict is ReviewState.APPROVED:
            points = [point.code for point in services.programme.checklists.claim]
            return await services.reviews.decide(review.id, verdict, checked=points)
        return await services.reviews.decide(
            review.id, verdict, [Remark("proof", "PAYMENT_PROOF", "もう一度")]
        )


async def now(acting: ActingAs, claim: Claim) -> Claim:
    """A claim as it stands now."""
    async with acting(None) as services:
        found = await services.claims.get(claim.id)
        assert found is not None
        return found


async def deny_a_session(acting: ActingAs, where: Road) -> int:
    """The company says of a session that it did not take place."""
    async with acting(OWNER, at=THEN) as services:
        contract = await services.contracts.get(where.contract)
        assert contract is not None
        return (await road.session(services, contract, state=SessionState.DENIED)).id
