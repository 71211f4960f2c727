"""What is done about plans, and what the secretariat decides, as data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from services.bundle import Services
from services.plan_content import Content, Step
from services.reviews import Remark, ReviewState
from services.values import Yen
from tests.services.plan_people import CONTENT
from tests.services.season.cast import CLERKS, EXPERTS, OWNERS, Season
from tests.services.season.deeds import REASON, Deed, deed

PRICES = (4000, 3750, 10_000, 3333)
LENGTHS = (120, 240, 360, 720, 1020)
"""Minutes of a plan; at 3,500 yen an hour the longest alone nearly fills a company's cap."""


# --- plans ---------------------------------------------------------------------------------------------


def content(services: Services, how: int) -> Content:
    """A plan that varies in price, time and days."""
    today = services.programme.today(services.now)
    return replace(
        CONTENT,
        steps=(Step("SURVEY", LENGTHS[how % 5], f"{how}"),),
        price=Yen(PRICES[how // 5 % 4]),
        period_start=today + timedelta(days=1),
        period_end=min(today + timedelta(days=(4, 20, 60)[how // 20 % 3]), date(2022, 1, 10)),
        terms_version=services.programme.terms_at(services.now).version,
    )


@deed("case", *OWNERS)
async def cancel_case(season: Season, services: Services, it: Deed) -> None:
    await services.cases.cancel(it.of)


@deed("case", *OWNERS)
async def hide_case(season: Season, services: Services, it: Deed) -> None:
    await services.cases.set_wanted(it.of, False)


@deed("case", *EXPERTS)
async def propose(season: Season, services: Services, it: Deed) -> None:
    await services.plans.send(content(services, it.how), case_id=it.of)


@deed("plan", *EXPERTS)
async def revise(season: Season, services: Services, it: Deed) -> None:
    plan = await services.plans.get(it.of)
    if plan is not None:
        await services.plans.revise(
            it.of, content(services, it.how), plan.revision - (it.how % 7 == 6), void=it.how % 2 == 0
        )


@deed("plan", *OWNERS)
async def keep(season: Season, services: Services, it: Deed) -> None:
    await services.plans.keep(it.of)


@deed("plan", *OWNERS)
async def agree(season: Season, services: Services, it: Deed) -> None:
    plan = await services.plans.get(it.of)
    if plan is not None:
        await services.plans.agree(it.of, plan.revision - (it.how % 7 == 6))


@deed("plan", *OWNERS)
async def decline(season: Season, services: Services, it: Deed) -> None:
    plan = await services.plans.get(it.of)
    if plan is not None:
        await services.plans.decline(it.of, plan.revision, "SCHEDULE")


@deed("plan", *OWNERS, *EXPERTS)
async def say(season: Season, services: Services, it: Deed) -> None:
    await services.plans.note(it.of, "よろしくお願いします。")


@deed("plan", *EXPERTS)
async def withdraw_plan(season: Season, services: Services, it: Deed) -> None:
    await services.plans.withdraw(it.of)


# --- decisions of the secretariat ----------------------------------------------------------------------


async def _decide(services: Services, kind: str, subject_id: int, verdict: ReviewState) -> None:
    review = await services.reviews.latest(kind, subject_id)
    if review is None:
        return
    if verdict is ReviewState.APPROVED:
        points = [point.code for point in getattr(services.programme.checklists, kind)]
        await services.reviews.decide(review.id, verdict, checked=points)
    else:
        await services.reviews.decide(review.id, verdict, [Remark("purpose", "FRAUD_CHECK", REASON)])


@deed("plan", *CLERKS)
async def approve_plan(season: Season, services: Services, it: Deed) -> None:
    await _decide(services, "plan", it.of, ReviewState.APPROVED)


@deed("plan", *CLERKS)
async def return_plan(season: Season, services: Services, it: Deed) -> None:
    await _decide(services, "plan", it.of, ReviewState.RETURNED)


@deed("plan", *CLERKS)
async def reject_plan(season: Season, services: Services, it: Deed) -> None:
    await _decide(services, "plan", it.of, ReviewState.REJECTED)


@deed("report", *CLERKS)
async def accept_report(season: Season, services: Services, it: Deed) -> None:
    await _decide(services, "report", it.of, ReviewState.APPROVED)


@deed("report", *CLERKS)
async def return_report(season: Season, services: Services, it: Deed) -> None:
    await _decide(services, "report", it.of, ReviewState.RETURNED)


@deed("report", *CLERKS)
async def reject_report(season: Season, services: Services, it: Deed) -> None:
    await _decide(services, "report", it.of, ReviewState.REJECTED)


@deed("claim", *CLERKS)
async def approve_claim(season: Season, services: Services, it: Deed) -> None:
    await _decide(services, "claim", it.of, ReviewState.APPROVED)


@deed("claim", *CLERKS)
async def return_claim(season: Season, services: Services, it: Deed) -> None:
    await _decide(services, "claim", it.of, ReviewState.RETURNED)


@deed("claim", *CLERKS)
async def reject_claim(season: Season, services: Services, it: Deed) -> None:
    await _decide(services, "claim", it.of, ReviewState.REJECTED)
