"""Decisions of the secretariat: what cannot be decided stays undecided, and every change is in the log."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.cases import CaseState
from services.programme import load
from services.refusals import Refusal
from services.review_timers import due_at
from services.reviews import ReviewState
from services.secretariat import read_members
from services.timers import Attempt
from tests.conftest import ActingAs
from tests.programmes import FILE
from tests.services.case_company import CLERK, CONTENT, applied, decide

OWNER = "U-owner"
SHORT = {
    "period_start": date(2021, 11, 1),
    "period_end": date(2021, 11, 10),
    "proposal_deadline": date(2021, 11, 5),
}
TOO_LATE = datetime(2021, 11, 10, 3, 0, tzinfo=UTC)
"""Noon of the day on which the support was to end."""


async def test_a_case_that_cannot_be_published_any_more_is_not_taken_for_approved(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        case_id = (await applied(services, **vars(replace(CONTENT, **SHORT)))).id
    async with acting(CLERK, "slack", TOO_LATE) as services:
        with pytest.raises(Refusal, match="No time is left"):
            await decide(services, case_id, ReviewState.APPROVED)
    async with acting(OWNER) as services:
        case, review = await services.cases.get(case_id), await services.reviews.latest("case", case_id)
        assert case is not None and review is not None
        assert (case.state, review.state) == (CaseState.UNDER_REVIEW, ReviewState.WAITING)
        assert [row.action for row in await services.audit.history("case", case_id)] == ["submitted"]


async def test_what_is_taken_out_of_the_queue_is_in_the_log(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        case_id = (await applied(services)).id
        await services.cases.cancel(case_id)
        actions = [row.action for row in await services.audit.history("case", case_id)]
    assert actions == ["submitted", "review withdrawn", "cancelled"]


async def taken(acting: ActingAs) -> int:
    """A case's review that a clerk took on at noon on a Wednesday."""
    async with acting(OWNER) as services:
        case_id = (await applied(services)).id
    async with acting(CLERK, "slack") as services:
        await read_members(services.connection, "T1", [CLERK])
        review = await services.reviews.latest("case", case_id)
        assert review is not None
        return (await services.reviews.take(review.id)).id


async def passes(acting: ActingAs, at: datetime) -> list[str]:
    """Do all that is due by then; returns whom of the clerks is told what."""
    async with acting(None, at=at) as services:
        while await Attempt().run(services):
            pass
        return [notice.kind for notice in services.notices.told if notice.kind.startswith("review.")]


LEFT = datetime(2021, 10, 22, 9, 0, tzinfo=UTC)
"""The office closes on the second business day after that Wednesday."""


async def test_what_a_clerk_took_and_left_is_free_again_and_in_the_log(acting: ActingAs) -> None:
    review_id = await taken(acting)
    assert await passes(acting, LEFT - timedelta(seconds=1)) == []
    assert await passes(acting, LEFT) == ["review.left"]
    assert await passes(acting, LEFT + timedelta(days=9)) == []
    async with acting(OWNER) as services:
        review = await services.reviews.get(review_id)
        assert review is not None
        assert (review.state, review.taken_by, review.taken_at) == (ReviewState.WAITING, None, None)
        last = (await services.audit.history("case", review.subject_id))[-1]
        assert (last.action, last.reason, last.actor) == ("put back", "left", None)


async def test_a_clerk_who_takes_it_on_once_more_has_all_the_time_again(acting: ActingAs) -> None:
    review_id = await taken(acting)
    async with acting(CLERK, "slack", LEFT - timedelta(hours=1)) as services:
        await services.reviews.take(review_id)
    assert await passes(acting, LEFT + timedelta(days=1)) == []
    assert await passes(acting, datetime(2021, 10, 26, 9, 0, tzinfo=UTC)) == ["review.left"]


@pytest.mark.parametrize("given_back", [True, False])
async def test_what_was_decided_or_given_back_is_not_left(acting: ActingAs, given_back: bool) -> None:
    review_id = await taken(acting)
    async with acting(CLERK, "slack") as services:
        if given_back:
            await services.reviews.put_back(review_id)
        else:
            await services.reviews.decide(review_id, ReviewState.APPROVED)
    assert await passes(acting, LEFT + timedelta(days=30)) == []


def test_a_review_has_the_days_of_its_kind() -> None:
    harbour = load(FILE)
    at = datetime(2023, 6, 5, 3, 0, tzinfo=UTC)
    days = {kind: due_at(harbour, kind, at).day for kind in ("case", "company", "claim", "report")}
    assert days == {"case": 6, "company": 7, "claim": 8, "report": 9}
