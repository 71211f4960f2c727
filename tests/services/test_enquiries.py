"""Questions about cases: asked, answered, declined, masked, and not too many at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from services.bundle import Services
from services.cases import CaseState
from services.clock import FrozenClock
from services.enquiries import BUNDLE, REMIND, EnquiryState, Side
from services.refusals import Refusal
from services.timers import Attempt
from tests.conftest import NOON, ActingAs
from tests.services.market import expert, published

OWNER, EXPERT, OTHER = "U-owner", "U-expert", "U-other"
PHONE = "電話は090-1234-5678です。"


@pytest.fixture
async def case_id(acting: ActingAs) -> int:
    """An open case, with two experts who may ask about it."""
    async with acting(OWNER) as services:
        case = await published(services)
    for serial, person in enumerate((EXPERT, OTHER), start=1):
        async with acting(person, "slack") as services:
            await expert(services, serial)
    return case.id


@asynccontextmanager
async def as_expert(acting: ActingAs, person: str = EXPERT, **other: Any) -> AsyncIterator[Services]:
    """An expert acts."""
    async with acting(person, "slack", **other) as services:
        yield services


async def asked(acting: ActingAs, case_id: int, text: str = "今の注文は何件ですか。") -> int:
    """The id of a question that was asked at noon."""
    async with as_expert(acting) as services:
        return (await services.enquiries.ask(case_id, text)).id


def told(services: Services) -> list[str]:
    """The notices of a transaction, by kind."""
    return [notice.kind for notice in services.notices.told]


async def state_of(services: Services, enquiry_id: int) -> str:
    """Where a question stands."""
    enquiry = await services.enquiries.get(enquiry_id)
    assert enquiry is not None
    return enquiry.state


async def test_a_question_reaches_the_company_and_its_answer_the_expert(
    acting: ActingAs, case_id: int
) -> None:
    async with as_expert(acting) as services:
        enquiry = await services.enquiries.ask(case_id, "今の注文は何件ですか。")
        assert told(services) == ["enquiry.asked"]
        assert enquiry.number.startswith("Q-")
    async with acting(OWNER) as services:
        assert [one.id for one in await services.enquiries.waiting(enquiry.company_id)] == [enquiry.id]
        await services.enquiries.answer(enquiry.id, "1日20件です。")
        assert told(services) == ["enquiry.answered"]
    async with as_expert(acting) as services:
        mine = (await services.enquiries.asked())[0]
        assert mine.state == EnquiryState.ANSWERED
        written = [(one.side, one.text) for one in await services.enquiries.messages(mine)]
        assert written == [(Side.EXPERT, "今の注文は何件ですか。"), (Side.COMPANY, "1日20件です。")]


async def test_both_may_write_again_in_the_same_thread(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.answer(enquiry_id, "20件です。")
        await services.enquiries.answer(enquiry_id, "年末は40件です。")
    async with as_expert(acting) as services:
        enquiry = await services.enquiries.write(enquiry_id, "ありがとうございます。")
        assert (enquiry.state, enquiry.revision) == (EnquiryState.WAITING, 4)


# --- who may -------------------------------------------------------------------------------------------


async def test_two_messages_may_wait_and_a_third_may_not(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    await asked(acting, case_id)
    async with as_expert(acting) as services:
        with pytest.raises(Refusal):
            await services.enquiries.ask(case_id, "もう一つ。")
    async with as_expert(acting) as services:
        with pytest.raises(Refusal):
            await services.enquiries.write(enquiry_id, "もう一つ。")
    async with as_expert(acting, OTHER) as services:
        await services.enquiries.ask(case_id, "ほかの専門家です。")
    async with acting(OWNER) as services:
        await services.enquiries.answer(enquiry_id, "はい。")
    async with as_expert(acting) as services:
        await services.enquiries.ask(case_id, "もう一つ。")


async def test_nobody_asks_about_a_case_that_is_not_open(acting: ActingAs, case_id: int) -> None:
    async with acting(OWNER) as services:
        await services.cases.cancel(case_id)
    async with as_expert(acting) as services:
        with pytest.raises(Refusal):
            await services.enquiries.ask(case_id, "まだ間に合いますか。")


async def test_nobody_writes_about_a_case_that_has_ended(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.cases.cancel(case_id)
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.enquiries.answer(enquiry_id, "はい。")


async def test_a_question_can_still_be_answered_when_no_more_proposals_are_wanted(
    acting: ActingAs, case_id: int
) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        case = await services.cases.set_wanted(case_id, wanted=False)
        assert case.state == CaseState.NOT_WANTED
        await services.enquiries.answer(enquiry_id, "はい。")


async def test_an_expert_does_not_ask_his_own_company(acting: ActingAs, case_id: int) -> None:
    async with acting(OWNER) as services:
        await expert(services, 3)
        with pytest.raises(Refusal):
            await services.enquiries.ask(case_id, "自分に質問です。")


async def test_somebody_else_can_neither_read_nor_write(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    for person, channel in ((OTHER, "slack"), ("U-stranger", "line")):
        async with acting(person, channel) as services:
            with pytest.raises(Refusal):
                await services.enquiries.part(enquiry_id)
            with pytest.raises(Refusal):
                await services.enquiries.answer(enquiry_id, "はい。")
            with pytest.raises(Refusal):
                await services.enquiries.share(enquiry_id)


async def test_an_expert_cannot_answer_for_the_company(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with as_expert(acting) as services:
        with pytest.raises(Refusal):
            await services.enquiries.answer(enquiry_id, "はい。")


# --- declining -----------------------------------------------------------------------------------------


async def test_a_declined_question_is_told_and_takes_no_more(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.decline(enquiry_id, 1)
        assert told(services) == ["enquiry.declined"]
    async with as_expert(acting) as services:
        with pytest.raises(Refusal):
            await services.enquiries.write(enquiry_id, "お願いします。")
        await services.enquiries.ask(case_id, "別の質問です。")


async def test_a_company_can_take_no_more_questions_from_one_expert(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.decline(enquiry_id, 1, block=True)
    async with as_expert(acting) as services:
        with pytest.raises(Refusal):
            await services.enquiries.require_askable(case_id)
    async with as_expert(acting, OTHER) as services:
        await services.enquiries.require_askable(case_id)


async def test_a_question_that_changed_is_not_declined_unseen(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with as_expert(acting) as services:
        await services.enquiries.write(enquiry_id, "補足です。")
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.enquiries.decline(enquiry_id, 1)
        assert await state_of(services, enquiry_id) == EnquiryState.WAITING


# --- contacts ------------------------------------------------------------------------------------------


async def test_contact_data_is_masked_both_ways_until_both_agree(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id, PHONE)
    async with acting(OWNER) as services:
        await services.enquiries.answer(enquiry_id, PHONE)
        assert await services.enquiries.share(enquiry_id) is False
        await services.enquiries.answer(enquiry_id, PHONE)
    async with as_expert(acting) as services:
        assert await services.enquiries.share(enquiry_id) is True
        enquiry = await services.enquiries.write(enquiry_id, PHONE)
        messages = await services.enquiries.messages(enquiry)
        assert [one.masked for one in messages] == [True, True, True, False]
        assert ["090" in one.text for one in messages] == [False, False, False, True]


async def test_contacts_are_shown_only_when_both_have_agreed(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with as_expert(acting) as services:
        await services.enquiries.share(enquiry_id)
        assert told(services) == ["enquiry.share.company"]
        enquiry, _side = await services.enquiries.part(enquiry_id)
        with pytest.raises(Refusal):
            await services.enquiries.contact(enquiry, Side.COMPANY)
    async with acting(OWNER) as services:
        await services.enquiries.share(enquiry_id)
        assert told(services) == ["enquiry.contacts.expert"]
        enquiry, _side = await services.enquiries.part(enquiry_id)
        assert (await services.enquiries.contact(enquiry, Side.EXPERT)).email == "kenichi@sato.example"
        assert (await services.enquiries.contact(enquiry, Side.COMPANY)).email == "aki@yamamoto.example"


async def test_agreeing_twice_tells_nobody_twice(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with as_expert(acting) as services:
        assert await services.enquiries.share(enquiry_id) is False
        assert await services.enquiries.share(enquiry_id) is False
        assert told(services) == ["enquiry.share.company"]


# --- not too many at once ------------------------------------------------------------------------------


async def test_questions_that_come_soon_after_one_another_are_told_together(
    acting: ActingAs, case_id: int
) -> None:
    await asked(acting, case_id)
    async with as_expert(acting) as services:
        await services.enquiries.ask(case_id, "二つ目です。")
        assert told(services) == []
    async with as_expert(acting, OTHER) as services:
        await services.enquiries.ask(case_id, "ほかの専門家です。")
        assert told(services) == []
    async with acting(None, clock=FrozenClock(NOON + BUNDLE)) as services:
        assert await Attempt().run(services)
        assert [(one.kind, len(one.ids["enquiries"])) for one in services.notices.told] == [
            ("enquiry.bundle", 2)
        ]
        assert not await Attempt().run(services)


async def test_a_question_after_a_while_or_after_the_answer_is_told_at_once(
    acting: ActingAs, case_id: int
) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.answer(enquiry_id, "はい。")
    async with as_expert(acting) as services:
        await services.enquiries.write(enquiry_id, "続きです。")
        assert told(services) == ["enquiry.asked"]
    async with as_expert(acting, OTHER, clock=FrozenClock(NOON + BUNDLE)) as services:
        await services.enquiries.ask(case_id, "ほかの専門家です。")
        assert told(services) == ["enquiry.asked"]


async def test_a_question_that_was_answered_meanwhile_is_not_told(acting: ActingAs, case_id: int) -> None:
    await asked(acting, case_id)
    second = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.answer(second, "はい。")
    async with acting(None, clock=FrozenClock(NOON + BUNDLE)) as services:
        assert await Attempt().run(services)
        assert told(services) == []


async def test_a_question_for_later_comes_again_tomorrow(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.later(enquiry_id)
    async with acting(None, clock=FrozenClock(NOON + REMIND - timedelta(seconds=1))) as services:
        assert not await Attempt().run(services)
    async with acting(None, clock=FrozenClock(NOON + REMIND)) as services:
        assert await Attempt().run(services)
        assert told(services) == ["enquiry.asked"]


async def test_what_was_answered_is_not_reminded_of(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.later(enquiry_id)
        await services.enquiries.answer(enquiry_id, "はい。")
    async with acting(None, clock=FrozenClock(NOON + REMIND)) as services:
        assert not await Attempt().run(services)


async def test_every_step_is_in_the_log_of_who_did_what(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.answer(enquiry_id, "はい。")
        await services.enquiries.share(enquiry_id)
        await services.enquiries.decline(enquiry_id, 2)
        history = await services.audit.history("enquiry", enquiry_id)
        assert [row.action for row in history] == [
            "asked",
            "answered",
            "agreed to share contacts",
            "declined",
        ]


async def test_a_question_about_a_case_that_ended_waits_for_nobody(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.later(enquiry_id)
        company = await services.companies.require_registered()
        await services.cases.cancel(case_id)
        assert await services.enquiries.waiting(company.id) == []
    tomorrow = NOON + REMIND + timedelta(seconds=1)
    async with acting(None, at=tomorrow) as services:
        await Attempt().run(services)
        assert "enquiry.asked" not in told(services)


async def test_who_answers_while_the_reminder_is_made_is_not_reminded(acting: ActingAs, case_id: int) -> None:
    enquiry_id = await asked(acting, case_id)
    async with acting(OWNER) as services:
        await services.enquiries.later(enquiry_id)

    async def remind() -> list[str]:
        async with acting(None, at=NOON + REMIND + timedelta(seconds=1)) as services:
            await Attempt().run(services)
            return told(services)

    async with acting(OWNER) as services:
        await services.enquiries.answer(enquiry_id, "1日20件です。")
        reminding = asyncio.create_task(remind())
        await asyncio.sleep(0.2)
    assert await reminding == []
