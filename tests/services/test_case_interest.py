"""A company is asked whether it still looks; silence hides its case, and one word brings it back."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from services import case_interest, reminders
from services.case_records import Case
from services.refusals import Refusal
from services.search import Query
from services.timers import Attempt
from tests.conftest import NOON, ActingAs
from tests.services import plan_people as people
from tests.services.market import expert
from tests.services.plan_people import told
from tests.services.switched import stopped

OWNER, STRANGER, TARO = "U-owner", "U-stranger", "U-taro"
DAY = timedelta(days=1)
WEEK = 7 * DAY


@pytest.fixture
async def case(acting: ActingAs) -> Case:
    """A case published at noon, which takes proposals for a long time; the rounds have begun."""
    async with acting(TARO, "slack") as services:
        await expert(services)
    async with acting(OWNER) as services:
        made = await people.case(services, await people.company(services))
        made.published_at, made.proposal_deadline = NOON, date(2021, 12, 17)
        await services.search.index(made)
        await reminders.begin(services.connection, services.programme, NOON)
        return made


async def passes(acting: ActingAs, *days: float) -> list[str]:
    """What the company hears while these days after the publication come."""
    heard: list[str] = []
    for day in days:
        async with acting(None, at=NOON + day * DAY) as services:
            while await Attempt().run(services):
                pass
            heard += [kind for kind in told(services) if kind.startswith("case.")]
    return heard


async def found(acting: ActingAs, days: float) -> int:
    async with acting(TARO, "slack", NOON + days * DAY) as services:
        return (await services.search.find(Query())).total


async def test_it_is_asked_every_week_and_hidden_after_two_silent_ones(acting: ActingAs, case: Case) -> None:
    assert await passes(acting, 1, 6) == []
    assert await passes(acting, 7, 8, 13) == ["case.still_wanted"]
    assert await passes(acting, 14, 20) == ["case.still_wanted"]
    assert await found(acting, 20) == 1
    assert await passes(acting, 21) == ["case.hidden"]
    assert await found(acting, 21) == 0
    assert await passes(acting, 22, 28, 35) == []


async def test_nobody_is_hidden_who_was_not_asked(acting: ActingAs, case: Case) -> None:
    assert await passes(acting, 40) == ["case.still_wanted"]
    assert await passes(acting, 40.1, 41) == []
    assert await found(acting, 41) == 1


async def test_two_processes_ask_once(acting: ActingAs, case: Case) -> None:
    heard = await asyncio.gather(*(passes(acting, 7) for _process in range(3)))
    assert [kind for some in heard for kind in some] == ["case.still_wanted"]


async def test_an_answer_brings_it_back_once_and_in_the_log(acting: ActingAs, case: Case) -> None:
    await passes(acting, 7, 14, 21)
    async with acting(OWNER, at=NOON + 22 * DAY) as services:
        await case_interest.still_wanted(services, case.id)
        await case_interest.still_wanted(services, case.id)
        rows = await services.audit.history("case", case.id)
    assert [(row.action, row.actor is None) for row in rows] == [("hidden", True), ("shown again", False)]
    assert await found(acting, 22) == 1
    assert await passes(acting, 23, 28) == []
    assert await passes(acting, 29) == ["case.still_wanted"]


async def test_a_new_deadline_brings_it_back_too(acting: ActingAs, case: Case) -> None:
    await passes(acting, 7, 14, 21)
    async with acting(OWNER, at=NOON + 22 * DAY) as services:
        await services.cases.extend_deadline(case.id, date(2021, 12, 10))
    assert await found(acting, 22) == 1


async def test_whoever_writes_to_an_expert_is_not_asked(acting: ActingAs, case: Case) -> None:
    async with acting(TARO, "slack") as services:
        enquiry = await services.enquiries.ask(case.id, "在庫は何で管理していますか。")
    async with acting(OWNER, at=NOON + 5 * DAY) as services:
        await services.enquiries.answer(enquiry.id, "ノートです。")
    assert await passes(acting, 7, 11) == []
    assert await passes(acting, 12) == ["case.still_wanted"]


async def test_later_is_tomorrow_and_is_no_silence(acting: ActingAs, case: Case) -> None:
    await passes(acting, 7, 14)
    async with acting(OWNER, at=NOON + 14 * DAY) as services:
        assert await case_interest.later(services, case.id) == date(2021, 11, 4)
    assert await passes(acting, 14.2) == []
    assert await passes(acting, 15) == ["case.still_wanted"]
    assert await passes(acting, 22) == ["case.still_wanted"]


async def test_while_cases_are_stopped_nobody_is_asked_or_hidden(acting: ActingAs, case: Case) -> None:
    await passes(acting, 7, 14)
    async with acting(STRANGER) as services:
        await stopped(services, "cases")
    assert await passes(acting, 21, 30) == []
    assert await found(acting, 30) == 1


async def test_others_do_not_answer_for_a_company(acting: ActingAs, case: Case) -> None:
    await passes(acting, 7)
    for answer in (case_interest.still_wanted, case_interest.later):
        async with acting(STRANGER, at=NOON + WEEK) as services:
            with pytest.raises(Refusal):
                await answer(services, case.id)


async def test_a_case_that_is_over_is_neither_asked_about_nor_brought_back(
    acting: ActingAs, case: Case
) -> None:
    await passes(acting, 7, 14, 21)
    async with acting(OWNER, at=NOON + 22 * DAY) as services:
        await services.cases.cancel(case.id)
        with pytest.raises(Refusal, match="no longer looks"):
            await case_interest.still_wanted(services, case.id)
        assert await case_interest.hidden(services) == []
    assert await passes(acting, 29, 36) == []
