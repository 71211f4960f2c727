"""A contract whose support was given, proven and confirmed, with everybody who has a word on its report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.bundle import Services
from services.contract_records import Contract
from services.report_records import Report
from services.reviews import Remark, Review, ReviewState
from services.secretariat import join
from services.session_records import Evidence, EvidenceKind, Session
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road

OWNER, TARO, CLERK, SECOND = "U-owner", "U-taro", "U-clerk", "U-second"
FIRST_DAY = datetime(2021, 11, 10, 4, 0, tzinfo=UTC)
AFTER = datetime(2021, 12, 25, 3, 0, tzinfo=UTC)
"""A Saturday after the support, on which a report can be sent."""
WORDS = {
    "steps": "SURVEY,INTRODUCTION",
    "result_survey": "受注の流れを書き出し、重なっている作業を三つ見つけました。",
    "result_introduction": "カートを設定し、従業員が自分で商品を登録できるようになりました。",
    "outcome": "注文の転記が1日2時間から30分になり、月40件の注文がネットから届いています。",
    "advice": "毎月はじめに売れ筋を見て、写真を入れ替えてください。",
    "tools": "ネット販売のカート",
    "proofs": "yes",
    "declared": "2021-10-19",
}


async def proven(services: Services, of: Session, kinds: Sequence[EvidenceKind] | None = None) -> None:
    """Everything that shows that a session took place: two photos and a recording of its whole length."""
    me = services.person
    assert me is not None and of.end_at is not None
    wanted = kinds or (EvidenceKind.PHOTO, EvidenceKind.PHOTO, EvidenceKind.RECORDING)
    for place, kind in enumerate(wanted):
        recording = kind is EvidenceKind.RECORDING
        services.session.add(
            Evidence(
                kind=kind,
                contract_id=of.contract_id,
                session_id=of.id,
                sha256=f"{of.id:032x}{place:032x}",
                length_minutes=of.billable_minutes if recording else None,
                began_at=of.start_at if recording else None,
                added_at=of.end_at,
                added_by=me.id,
            )
        )
    await services.session.flush()


async def supported(
    acting: ActingAs, *, days: int = 16, minutes: int = 120, proof: bool = True, **of_session: Any
) -> Contract:
    """A contract of 32 hours at 3,750 yen with a session on each of so many days; the clerk is there too."""
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
    async with acting(OWNER) as services:
        made = await road.contract(services, await people.company(services), expert)
        plan = await services.plans.get(made.plan_id)
        assert plan is not None
        await services.ledger.reserve(plan, Yen(made.honorarium_yen))
    async with acting(TARO, "slack") as services:
        for day in range(days):
            of = await road.session(services, made, FIRST_DAY + timedelta(days=day), minutes, **of_session)
            if proof:
                await proven(services, of)
    for clerk in (CLERK, SECOND):
        async with acting(clerk, "slack") as services:
            assert services.person is not None
            await join(services.connection, services.person.identity)
    return made


async def sent(acting: ActingAs, of: Contract, at: datetime = AFTER, **answers: str) -> Report:
    """The expert sends the report, for the first time."""
    async with acting(TARO, "slack", at) as services:
        return await services.reports.send(of.id, WORDS | answers)


async def confirmed(acting: ActingAs, of: Report, at: datetime = AFTER, rating: int = 5) -> Report:
    """The company confirms it."""
    async with acting(OWNER, "line", at) as services:
        return await services.reports.confirm(of.id, of.revision, rating)


async def decide(
    acting: ActingAs,
    of: Report,
    verdict: ReviewState,
    *remarks: Remark,
    at: datetime = AFTER,
    clerk: str = CLERK,
) -> Review:
    """A clerk decides on its latest review, with every point of the checklist ticked."""
    async with acting(clerk, "slack", at) as services:
        review = await services.reviews.latest("report", of.id)
        assert review is not None
        points = [point.code for point in services.programme.checklists.report]
        return await services.reviews.decide(
            review.id, verdict, remarks, checked=points if verdict is ReviewState.APPROVED else ()
        )


async def now(acting: ActingAs, of: Report) -> Report:
    """A report as it is now."""
    async with acting(None) as services:
        found = await services.reports.get(of.id)
        assert found is not None
        return found
