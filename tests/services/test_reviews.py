"""Decisions of the secretariat: what cannot be decided stays undecided, and every change is in the log."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.cases import CaseState
from services.refusals import Refusal
from services.reviews import ReviewState
from tests.conftest import ActingAs
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
