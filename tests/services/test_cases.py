"""Consultation cases: handed in, reviewed, published, extended, taken back and expired."""

from datetime import UTC, date, datetime

import pytest

from services import timers
from services.bundle import Services
from services.cases import CaseState
from services.refusals import Refusal
from services.reviews import Remark, ReviewState
from tests.conftest import ActingAs
from tests.services.case_company import (
    ANSWERS,
    CLERK,
    CONTENT,
    FORM,
    applied,
    decide,
    registered,
)
from tests.services.switched import stopped

OWNER = "U-owner"
REMARK = Remark("goal", "SCOPE", "完成品ではなく、助言の相談にしてください。")
AFTER_DEADLINE = datetime(2021, 11, 10, 15, 0, 1, tzinfo=UTC)
"""A second after midnight in Tokyo: the tenth of November is over."""


async def handed_in(acting: ActingAs, **other: object) -> int:
    """The id of a case that waits for its review."""
    async with acting(OWNER) as services:
        return (await applied(services, **other)).id


async def published(acting: ActingAs, **other: object) -> int:
    """The id of a case that was approved."""
    case_id = await handed_in(acting, **other)
    async with acting(CLERK, "slack") as services:
        await decide(services, case_id, ReviewState.APPROVED)
    return case_id


async def state_of(services: Services, case_id: int) -> CaseState:
    """Where a case stands."""
    case = await services.cases.get(case_id)
    assert case is not None
    return CaseState(case.state)


def told(services: Services) -> list[str]:
    """The notices of a transaction, by kind."""
    return [notice.kind for notice in services.notices.told]


# --- handing in ----------------------------------------------------------------------------------------


async def test_a_case_is_handed_in_and_waits_for_its_review(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        await registered(services)
        case = await services.cases.apply(CONTENT, FORM, ANSWERS)
        assert case.number.startswith("A-")
        assert case.state == CaseState.UNDER_REVIEW
        assert (case.minutes, case.budget_yen) == (1200, 30_000)
        review = await services.reviews.latest("case", case.id)
        assert review is not None and review.answers == ANSWERS
        assert told(services)[-1] == "case.received"
        assert services.notices.told[-1].mail == "aki@yamamoto.example"


async def test_the_place_of_an_online_case_is_the_companys_own(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        case = await applied(services)
        assert (case.prefecture, case.city) == ("兵庫県", "神戸市中央区")
        visit = await applied(services, place=("大阪府", "大阪市北区"))
        assert (visit.prefecture, visit.city) == ("大阪府", "大阪市北区")


async def test_a_company_may_have_several_cases_the_newest_comes_first(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        first, second = await applied(services), await applied(services, title="勤怠を楽に")
        assert [case.id for case in await services.cases.mine()] == [second.id, first.id]


async def test_only_a_registered_company_writes_cases(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.cases.apply(CONTENT, FORM, ANSWERS)


async def test_no_case_is_taken_while_cases_are_stopped(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        await registered(services)
        await stopped(services, "cases")
        with pytest.raises(Refusal):
            await services.cases.apply(CONTENT, FORM, ANSWERS)


@pytest.mark.parametrize(
    ("about", "days"),
    [
        ("period_end", {"period_end": date(2022, 1, 11)}),
        ("period_start", {"period_start": date(2021, 10, 19)}),
        ("period_start", {"period_start": date(2022, 1, 1)}),
        ("proposal_deadline", {"proposal_deadline": date(2021, 10, 22)}),
        ("proposal_deadline", {"proposal_deadline": date(2021, 12, 18)}),
        (
            "proposal_deadline",
            {"period_end": date(2021, 11, 30), "proposal_deadline": date(2021, 12, 1)},
        ),
        (
            "period_end",
            {"period_start": date(2021, 10, 21), "period_end": date(2021, 10, 22)},
        ),
    ],
)
async def test_a_day_outside_the_programme_is_refused_at_its_question(
    acting: ActingAs, about: str, days: dict[str, date]
) -> None:
    async with acting(OWNER) as services:
        with pytest.raises(Refusal) as refused:
            await applied(services, **days)
        assert refused.value.about == about


@pytest.mark.parametrize(
    "days",
    [
        {"period_end": date(2022, 1, 10)},
        {"proposal_deadline": date(2021, 10, 25)},
        {"proposal_deadline": date(2021, 12, 17)},
    ],
)
async def test_the_last_and_the_first_days_count(acting: ActingAs, days: dict[str, date]) -> None:
    async with acting(OWNER) as services:
        assert (await applied(services, **days)).id


# --- review --------------------------------------------------------------------------------------------


async def test_an_approved_case_is_open_to_experts_and_found(acting: ActingAs) -> None:
    case_id = await handed_in(acting)
    async with acting("U-expert", "slack") as services:
        with pytest.raises(Refusal):
            await services.cases.open(case_id)
    async with acting(CLERK, "slack") as services:
        await decide(services, case_id, ReviewState.APPROVED)
        assert told(services) == ["case.published"]
    async with acting("U-expert", "slack") as services:
        case = await services.cases.open(case_id)
        assert case.published_at is not None
        assert await services.search.fresh() == 1
        assert (await services.cases.by_number(case.number)) is case


async def test_a_returned_case_is_corrected_by_its_company_alone(acting: ActingAs) -> None:
    case_id = await handed_in(acting)
    async with acting(CLERK, "slack") as services:
        await decide(services, case_id, ReviewState.RETURNED, REMARK)
        assert told(services) == ["case.deficient"]
    async with acting("U-other") as services:
        await registered(services)
        with pytest.raises(Refusal):
            await services.cases.apply(CONTENT, FORM, ANSWERS, case_id)
    async with acting(OWNER) as services:
        case = await services.cases.own(case_id)
        assert await services.cases.remarks(case) == [REMARK]
        again = await services.cases.apply(CONTENT, FORM, ANSWERS | {"goal": "選び方の助言"}, case_id)
        assert (again.id, again.revision, again.state) == (case_id, 2, CaseState.UNDER_REVIEW)
        with pytest.raises(Refusal):
            await services.cases.apply(CONTENT, FORM, ANSWERS, case_id)


async def test_a_rejected_case_is_never_open(acting: ActingAs) -> None:
    case_id = await handed_in(acting)
    async with acting(CLERK, "slack") as services:
        await decide(services, case_id, ReviewState.REJECTED, REMARK)
        assert told(services) == ["case.rejected"]
        with pytest.raises(Refusal):
            await services.cases.open(case_id)


async def test_after_a_slow_review_the_deadline_leaves_experts_their_days(acting: ActingAs) -> None:
    case_id = await handed_in(acting, proposal_deadline=date(2021, 10, 25))
    async with acting(CLERK, "slack", at=datetime(2021, 10, 25, 3, tzinfo=UTC)) as services:
        await decide(services, case_id, ReviewState.APPROVED)
        case = await services.cases.get(case_id)
        assert case is not None and case.proposal_deadline == date(2021, 10, 28)
        assert case.revision == 2


async def test_whoever_speaks_for_the_company_may_not_decide_on_its_case(acting: ActingAs) -> None:
    async with acting(CLERK, "slack") as services:
        case = await applied(services)
        with pytest.raises(Refusal):
            await decide(services, case.id, ReviewState.APPROVED)


# --- afterwards ----------------------------------------------------------------------------------------


async def test_proposals_can_be_stopped_and_wanted_again(acting: ActingAs) -> None:
    case_id = await published(acting)
    async with acting(OWNER) as services:
        await services.cases.set_wanted(case_id, wanted=False)
        assert await state_of(services, case_id) is CaseState.NOT_WANTED
        assert await services.search.fresh() == 0
        with pytest.raises(Refusal):
            await services.cases.open(case_id)
        await services.cases.set_wanted(case_id, wanted=True)
        assert await state_of(services, case_id) is CaseState.PUBLISHED
        assert await services.search.fresh() == 1


async def test_a_case_taken_back_leaves_the_queue_and_the_search(acting: ActingAs) -> None:
    waiting, shown = await handed_in(acting), await published(acting)
    async with acting(OWNER) as services:
        for case_id in (waiting, shown):
            await services.cases.cancel(case_id)
            assert await state_of(services, case_id) is CaseState.CANCELLED
            with pytest.raises(Refusal):
                await services.cases.cancel(case_id)
        assert await services.search.fresh() == 0
        review = await services.reviews.latest("case", waiting)
        assert review is not None and review.state == ReviewState.WITHDRAWN


async def test_a_case_with_an_agreed_plan_stays_as_it_is(acting: ActingAs) -> None:
    case_id = await published(acting)
    async with acting(OWNER) as services:
        (await services.cases.own(case_id)).state = CaseState.PLAN_AGREED
        await services.flush()
        for change in (
            services.cases.cancel(case_id),
            services.cases.set_wanted(case_id, wanted=False),
            services.cases.extend_deadline(case_id, date(2021, 11, 17)),
        ):
            with pytest.raises(Refusal):
                await change


async def test_nobody_else_changes_a_case(acting: ActingAs) -> None:
    case_id = await published(acting)
    async with acting("U-other") as services:
        for change in (
            services.cases.cancel(case_id),
            services.cases.set_wanted(case_id, wanted=False),
            services.cases.extend_deadline(case_id, date(2021, 11, 17)),
        ):
            with pytest.raises(Refusal):
                await change


async def passes(services: Services) -> None:
    """Do all that is due at this moment."""
    while await timers.Attempt().run(services):
        pass


async def test_when_the_deadline_is_over_the_company_is_told_once(acting: ActingAs) -> None:
    case_id = await published(acting)
    async with acting(None, at=AFTER_DEADLINE) as services:
        await passes(services)
        assert await state_of(services, case_id) is CaseState.EXPIRED
        assert told(services) == ["case.expired"]
    async with acting(None, at=AFTER_DEADLINE) as services:
        await passes(services)
        assert told(services) == []


async def test_on_its_last_day_a_case_is_still_open(acting: ActingAs) -> None:
    case_id = await published(acting)
    async with acting(None, at=datetime(2021, 11, 10, 14, 59, 59, tzinfo=UTC)) as services:
        await passes(services)
        assert (await services.cases.open(case_id)).id == case_id


async def test_talks_go_on_after_the_deadline_but_no_new_proposals_come(acting: ActingAs) -> None:
    case_id = await published(acting)
    async with acting(OWNER) as services:
        (await services.cases.own(case_id)).state = CaseState.NEGOTIATING
    async with acting(None, at=AFTER_DEADLINE) as services:
        await passes(services)
        assert await state_of(services, case_id) is CaseState.NEGOTIATING
        assert told(services) == ["case.expired"]
        with pytest.raises(Refusal):
            await services.cases.open(case_id)


async def test_an_extended_case_is_open_again_and_expires_anew(acting: ActingAs) -> None:
    case_id = await published(acting)
    async with acting(None, at=AFTER_DEADLINE) as services:
        await passes(services)
    async with acting(OWNER, at=AFTER_DEADLINE) as services:
        with pytest.raises(Refusal):
            await services.cases.set_wanted(case_id, wanted=True)
        with pytest.raises(Refusal):
            await services.cases.extend_deadline(case_id, date(2021, 11, 12))
        case = await services.cases.extend_deadline(case_id, date(2021, 11, 19))
        assert (case.state, case.revision) == (CaseState.PUBLISHED, 2)
        assert (await services.cases.open(case_id)) is case
    async with acting(None, at=datetime(2021, 11, 19, 15, 1, tzinfo=UTC)) as services:
        await passes(services)
        assert await state_of(services, case_id) is CaseState.EXPIRED


async def test_a_case_whose_company_changed_its_mind_does_not_expire(acting: ActingAs) -> None:
    case_id = await published(acting)
    async with acting(OWNER) as services:
        await services.cases.cancel(case_id)
    async with acting(None, at=AFTER_DEADLINE) as services:
        await passes(services)
        await services.cases.expire(case_id)
        assert await state_of(services, case_id) is CaseState.CANCELLED


async def test_every_change_of_state_is_in_the_audit_log(acting: ActingAs) -> None:
    case_id = await published(acting)
    async with acting(OWNER) as services:
        await services.cases.set_wanted(case_id, wanted=False)
        await services.cases.set_wanted(case_id, wanted=True)
        await services.cases.extend_deadline(case_id, date(2021, 11, 19))
        await services.cases.cancel(case_id)
        history = await services.audit.history("case", case_id)
    assert [row.action for row in history] == [
        "submitted",
        "approved",
        "not wanted",
        "wanted",
        "deadline extended",
        "cancelled",
    ]


async def test_texts_lie_encrypted_in_the_database(acting: ActingAs) -> None:
    case_id = await handed_in(acting)
    async with acting(OWNER) as services:
        row = await services.connection.exec_driver_sql(
            "SELECT title, background, issue, goal FROM cases WHERE id = %s", (case_id,)
        )
        stored = b"".join(bytes(column) for column in row.one())
    assert "聞き間違い".encode() not in stored
