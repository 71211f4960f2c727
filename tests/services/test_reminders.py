"""Everybody hears in time of what they have to do, nobody twice, and nobody of what is done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from services import reminders
from services.answers import Draft
from services.cases import CaseState
from services.contract_records import Contract, ContractState
from services.plan_records import PlanState
from services.refusals import Refusal
from services.reminder_records import ReminderRow
from services.request_records import RequestState
from services.reviews import Remark, ReviewState
from services.session_records import SessionState
from services.switch_records import ChangeState, SwitchChange
from services.timers import Attempt
from tests.conftest import NOON, ActingAs
from tests.services import case_company, report_people, road
from tests.services import plan_people as people
from tests.services.report_people import AFTER, OWNER, TARO

TOKYO = ZoneInfo("Asia/Tokyo")
Heard = tuple[str, str, str]
"""When somebody was reminded (month and day), who, and of what."""


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in Tokyo of that winter."""
    return datetime(2021 if month > 6 else 2022, month, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


@dataclass
class Clock:
    """Programme time that goes on, and what people hear meanwhile."""

    acting: ActingAs

    async def starts(self, moment: datetime) -> Clock:
        """Let the rounds begin."""
        async with self.acting(None, at=moment) as services:
            await reminders.begin(services.connection, services.programme, moment)
        return self

    async def turns(self, *moments: datetime) -> list[Heard]:
        """What people are reminded of while time goes by in these steps."""
        heard: list[Heard] = []
        for moment in moments:
            async with self.acting(None, at=moment) as services:
                while await Attempt().run(services):
                    pass
                for notice in services.notices.told:
                    if notice.kind.startswith("reminder."):
                        who = await services.people.identities(notice.person_id)
                        day = f"{moment.astimezone(TOKYO):%m-%d}"
                        heard.append((day, who[0].external, notice.ids["what"]))
        return sorted(heard)

    async def on(self, *days: str) -> list[Heard]:
        """What people are reminded of on these mornings, such as "12-03", and on no day between."""
        return await self.turns(*(at(*map(int, day.split("-"))) for day in days))

    async def days(self, first: datetime, last: datetime) -> list[Heard]:
        """What people are reminded of on every day from one to another, at this time of the day."""
        count = (last - first).days + 1
        return await self.turns(*(first + timedelta(days=day) for day in range(count)))


@pytest.fixture
async def clock(acting: ActingAs) -> Clock:
    return await Clock(acting).starts(at(10, 20, 12))


async def to_sign(acting: ActingAs) -> Contract:
    """A contract that neither side has signed."""
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
    async with acting(OWNER) as services:
        company = await people.company(services)
        return await road.contract(
            services, company, expert, state=ContractState.READY, made_at=at(11, 1, 12), concluded_at=None
        )


async def signs(acting: ActingAs, contract: Contract, state: ContractState, moment: datetime) -> None:
    """One side signs; what else would happen then is tested elsewhere."""
    async with acting(None, at=moment) as services:
        found = await services.contracts.lock(contract.id)
        found.state = state
        if state == ContractState.SIGNED_BY_EXPERT:
            found.signed_by_expert_at = moment


# --- the ladder ----------------------------------------------------------------------------------------


async def test_both_sides_are_reminded_of_a_contract_until_its_last_morning(
    acting: ActingAs, clock: Clock
) -> None:
    await to_sign(acting)
    days = ["11-04", "11-09", "12-03", "12-10", "12-15", "12-17"]
    between = ["11-02", "11-05", "11-08", "11-10", "12-02", "12-09", "12-14", "12-16", "12-18", "12-19"]
    heard = await clock.on(*sorted(days + between))
    assert heard == [(day, who, "sign") for day in days for who in (OWNER, TARO)]


async def test_who_has_signed_is_not_reminded_and_the_other_hears_by_when(
    acting: ActingAs, clock: Clock
) -> None:
    contract = await to_sign(acting)
    assert len(await clock.days(at(11, 1), at(11, 8))) == 2
    await signs(acting, contract, ContractState.SIGNED_BY_EXPERT, at(11, 8, 15))
    assert await clock.on("11-09", "11-10", "11-12", "11-15", "12-02", "12-03") == [
        ("11-10", OWNER, "sign"),
        ("11-15", OWNER, "sign"),
        ("12-03", OWNER, "sign"),
    ]
    await signs(acting, contract, ContractState.CANCELLED, at(12, 4))
    assert await clock.on("12-06", "12-10", "12-17", "12-18") == []


async def test_after_a_long_night_only_the_latest_is_said_once(acting: ActingAs, clock: Clock) -> None:
    await to_sign(acting)
    assert await clock.turns(at(12, 12, 10)) == [("12-12", OWNER, "sign"), ("12-12", TARO, "sign")]
    assert await clock.turns(at(12, 12, 11), at(12, 13), at(12, 14)) == []
    assert len(await clock.turns(at(12, 16))) == 2
    assert len(await clock.turns(at(12, 17))) == 2
    assert await clock.turns(at(12, 18)) == []


async def test_what_is_found_in_the_evening_is_said_in_the_morning(acting: ActingAs, clock: Clock) -> None:
    await to_sign(acting)
    assert await clock.turns(at(12, 13, 21), at(12, 14, 8, 59)) == []
    assert await clock.turns(at(12, 14)) == [("12-14", OWNER, "sign"), ("12-14", TARO, "sign")]
    assert await clock.turns(at(12, 14, 10)) == []


async def test_whoever_is_looked_at_only_in_the_evenings_hears_all_the_same(
    acting: ActingAs, clock: Clock
) -> None:
    await to_sign(acting)
    assert await clock.turns(at(12, 13, 21)) == []
    assert len(await clock.turns(at(12, 14, 21))) == 2, "the channels hold it until the morning"
    assert await clock.turns(at(12, 15, 8)) == []


async def test_two_processes_say_it_once(acting: ActingAs) -> None:
    await to_sign(acting)
    clocks = [await Clock(acting).starts(at(10, 20, 12)) for _process in range(3)]
    heard = await asyncio.gather(*(clock.turns(at(12, 3), at(12, 3, 10)) for clock in clocks))
    assert sorted(one for some in heard for one in some) == [
        ("12-03", OWNER, "sign"),
        ("12-03", TARO, "sign"),
    ]


async def test_a_restart_begins_no_second_round(acting: ActingAs, clock: Clock) -> None:
    await to_sign(acting)
    await clock.starts(at(12, 2, 23))
    assert len(await clock.turns(at(12, 3))) == 2
    await clock.starts(at(12, 3, 9, 30))
    assert await clock.turns(at(12, 3, 10)) == []
    async with acting(None) as services:
        waiting = await services.connection.scalar(
            text("SELECT count(*) FROM timers WHERE kind = 'reminders.round' AND done_at IS NULL")
        )
    assert waiting == 1


async def test_while_a_part_of_the_programme_is_stopped_nobody_is_reminded_of_it(
    acting: ActingAs, clock: Clock
) -> None:
    await to_sign(acting)
    async with acting(None, at=at(11, 2)) as services:
        stop = SwitchChange(
            code="agreement",
            open=False,
            state=ChangeState.IN_FORCE,
            reason="確認中",
            proposed_at=services.now,
            confirmed_at=services.now,
        )
        services.session.add(stop)
    assert await clock.on("11-04", "11-10", "12-03", "12-10") == []
    async with acting(None, at=at(12, 10, 12)) as services:
        found = await services.switches.get(stop.id)
        assert found is not None
        found.open = True
    assert len(await clock.turns(at(12, 11))) == 2, "what has passed meanwhile is said once"
    assert await clock.turns(at(12, 12)) == []


# --- what people say to them ---------------------------------------------------------------------------


async def test_later_is_tomorrow(acting: ActingAs, clock: Clock) -> None:
    contract = await to_sign(acting)
    await clock.turns(at(12, 3))
    async with acting(OWNER, at=at(12, 3, 11)) as services:
        assert await services.reminders.later("sign", contract.id) == date(2021, 12, 4)
        assert await services.reminders.later("sign", contract.id) == date(2021, 12, 4)
    assert await clock.turns(at(12, 3, 12), at(12, 4), at(12, 5)) == [("12-04", OWNER, "sign")]
    assert len(await clock.turns(at(12, 10))) == 2, "the next step of the ladder comes all the same"


async def test_on_the_last_day_there_is_no_later(acting: ActingAs, clock: Clock) -> None:
    contract = await to_sign(acting)
    await clock.turns(at(12, 17))
    async with acting(OWNER, at=at(12, 17, 10)) as services:
        with pytest.raises(Refusal, match="last day"):
            await services.reminders.later("sign", contract.id)


async def test_who_wants_to_hear_no_more_hears_no_more_and_the_other_side_does(
    acting: ActingAs, clock: Clock
) -> None:
    contract = await to_sign(acting)
    await clock.turns(at(12, 3))
    async with acting(OWNER, at=at(12, 3, 10)) as services:
        await services.reminders.later("sign", contract.id)
        await services.reminders.stop("sign", contract.id)
        await services.reminders.stop("sign", contract.id)
    assert await clock.on("12-04", "12-10", "12-11") == [("12-10", TARO, "sign")]
    async with acting(OWNER, at=at(12, 14, 10)) as services:
        await services.reminders.resume("sign", contract.id)
    assert len(await clock.turns(at(12, 15))) == 2


async def test_what_is_done_needs_no_later(acting: ActingAs, clock: Clock) -> None:
    contract = await to_sign(acting)
    await clock.turns(at(12, 3))
    await signs(acting, contract, ContractState.CANCELLED, at(12, 3, 10))
    async with acting(OWNER, at=at(12, 3, 11)) as services:
        with pytest.raises(Refusal, match="done already"):
            await services.reminders.later("sign", contract.id)
        await services.reminders.stop("sign", contract.id)


@pytest.mark.parametrize("answer", ["later", "stop", "resume"])
async def test_nobody_answers_a_reminder_that_was_never_theirs(
    acting: ActingAs, clock: Clock, answer: str
) -> None:
    contract = await to_sign(acting)
    await clock.turns(at(12, 3))
    async with acting("U-stranger", at=at(12, 3, 10)) as services:
        with pytest.raises(Refusal, match="no longer works"):
            await getattr(services.reminders, answer)("sign", contract.id)
        assert await services.session.get(ReminderRow, ("sign", contract.id, services.person.id)) is None  # type: ignore[union-attr]


# --- who is reminded of what ---------------------------------------------------------------------------


async def begins(
    acting: ActingAs, who: str, form: str, moment: datetime, about: str = "", answers: int = 2
) -> int:
    """Somebody fills in so many answers of a form."""
    async with acting(who, at=moment) as services:
        draft = Draft(form, about)
        for count in range(answers):
            draft = await services.drafts.save(
                Draft(form, about, {f"a{count}": "x"}, id=draft.id, revision=draft.revision), moment
            )
        return draft.id


async def test_a_registration_half_filled_in_is_mentioned_after_days_and_before_it_closes(
    acting: ActingAs, clock: Clock
) -> None:
    await begins(acting, OWNER, "company", at(10, 20, 13))
    heard = await clock.days(at(10, 21), at(11, 2))
    assert [day for day, _who, _what in heard] == ["10-21", "10-24", "10-25", "10-28", "11-01"]


async def test_a_form_that_was_only_opened_is_not_mentioned(acting: ActingAs, clock: Clock) -> None:
    await begins(acting, OWNER, "company", at(10, 20, 13), answers=1)
    await begins(acting, TARO, "search", at(10, 20, 13))
    assert await clock.on("10-21", "10-24", "10-25", "11-01") == []


async def test_another_answer_begins_the_days_anew(acting: ActingAs, clock: Clock) -> None:
    draft_id = await begins(acting, OWNER, "case", at(10, 20, 13))
    assert await clock.days(at(10, 21), at(10, 23)) == [("10-21", OWNER, "draft")]
    async with acting(OWNER, at=at(10, 23, 20)) as services:
        draft = await services.drafts.get(draft_id)
        assert draft is not None
        await services.drafts.save(draft, services.now)
    assert [day for day, _who, _what in await clock.days(at(10, 24), at(10, 30))] == ["10-24", "10-27"]


@pytest.mark.parametrize("state", [1, 2])
async def test_a_plan_for_a_case_that_is_gone_is_not_mentioned(
    acting: ActingAs, clock: Clock, state: int
) -> None:
    async with acting(OWNER) as services:
        case = await people.case(services, await people.company(services))
    await begins(acting, TARO, "plan", at(10, 20, 13), f"case:{case.id}")
    if state == 2:
        async with acting(OWNER) as services:
            (await services.cases.own(case.id)).state = CaseState.CANCELLED
    heard = await clock.on("10-21", "10-24", "10-26")
    assert [what for _day, _who, what in heard if what == "draft"] == ["draft"] * (2 if state == 1 else 0)


async def test_what_the_secretariat_returned_is_asked_for_until_it_is_put_right(
    acting: ActingAs, clock: Clock
) -> None:
    async with acting(OWNER) as services:
        case_id = (await case_company.applied(services)).id
    async with acting(case_company.CLERK, "slack") as services:
        await case_company.decide(
            services, case_id, ReviewState.RETURNED, Remark("issue", "VAGUE", "具体的に書いてください。")
        )
    assert await clock.on("10-21", "10-22", "10-26", "10-27", "10-28") == [
        ("10-22", OWNER, "correct"),
        ("10-27", OWNER, "correct"),
    ]
    async with acting(OWNER, at=at(10, 28, 12)) as services:
        (await services.cases.own(case_id)).state = CaseState.UNDER_REVIEW
    assert await clock.on("10-29", "11-16", "11-30") == []


async def proposed(acting: ActingAs) -> int:
    """A case with a proposal of which its company was told at noon."""
    async with acting(TARO, "slack") as services:
        await people.expert(services)
    async with acting(OWNER) as services:
        case = await people.case(services, await people.company(services))
    async with acting(TARO, "slack") as services:
        plan = await services.plans.send(people.CONTENT, case_id=case.id)
        assert plan.told_at is not None
    return plan.id


async def test_a_company_that_says_nothing_to_a_proposal_is_reminded(acting: ActingAs, clock: Clock) -> None:
    await proposed(acting)
    heard = [
        one for one in await clock.on("10-21", "10-22", "10-26", "10-27", "11-05") if one[2] == "proposals"
    ]
    assert heard == [("10-22", OWNER, "proposals"), ("10-27", OWNER, "proposals")]


async def test_a_company_that_has_answered_is_reminded_only_before_it_is_too_late(
    acting: ActingAs, clock: Clock
) -> None:
    plan_id = await proposed(acting)
    async with acting(OWNER, at=at(10, 20, 13)) as services:
        await services.plans.note(plan_id, "来週お返事します。")
    heard = [
        one
        for one in await clock.on("10-22", "11-25", "11-26", "12-03", "12-08", "12-10", "12-15")
        if one[2] == "proposals"
    ]
    assert [day for day, _who, _what in heard] == ["11-26", "12-03", "12-08", "12-10"]


async def test_a_company_that_has_chosen_is_not_reminded(acting: ActingAs, clock: Clock) -> None:
    plan_id = await proposed(acting)
    async with acting(OWNER) as services:
        plan = await services.plans.get(plan_id)
        assert plan is not None
        plan.state = PlanState.AGREED
    assert [one for one in await clock.on("10-22", "10-27", "12-10") if one[2] == "proposals"] == []


async def test_an_expert_is_reminded_of_a_request_and_then_of_its_plan(
    acting: ActingAs, clock: Clock
) -> None:
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
    async with acting(OWNER) as services:
        request = await people.request(services, await people.company(services), expert)
        request.state, request.sent_at = RequestState.SENT, NOON
        request.answer_by = at(10, 29, 23, 59)
    assert [day for day, _who, _what in await clock.on("10-21", "10-22", "10-26", "10-27", "10-28")] == [
        "10-22",
        "10-27",
    ]
    async with acting(None) as services:
        found = await services.requests.get(request.id)
        assert found is not None
        found.state, found.answered_at = RequestState.ACCEPTED, at(10, 28, 12)
    assert await clock.days(at(10, 29), at(11, 1)) == [("11-01", TARO, "propose")]


async def test_the_road_after_the_contract_is_watched_step_by_step(acting: ActingAs, clock: Clock) -> None:
    contract = await report_people.supported(acting, days=1, state=SessionState.ENDED)
    heard = await clock.days(at(11, 11), at(11, 12))
    assert heard == [("11-12", TARO, "record")]
    async with acting(None, at=at(11, 12, 12)) as services:
        (session,) = await services.sessions.of_contract(contract.id)
        session.state, session.recorded_at = SessionState.RECORDED, at(11, 12, 12)
    heard = await clock.on("11-13", "11-15", "11-16", "11-19", "11-30")
    assert ("11-16", OWNER, "confirm_session") in heard
    assert [one for one in heard if one[2] == "confirm_session"] == [("11-16", OWNER, "confirm_session")]
    async with acting(None, at=at(12, 1)) as services:
        (session,) = await services.sessions.of_contract(contract.id)
        session.state = SessionState.CONFIRMED
    heard = await clock.on("12-09", "12-10", "12-17", "12-22", "12-23", "12-24", "12-25")
    assert [day for day, _who, what in heard if what == "support"] == ["12-10", "12-17", "12-22", "12-24"]


async def test_the_report_is_asked_for_while_the_claim_can_still_be_in_time(
    acting: ActingAs, clock: Clock
) -> None:
    await report_people.supported(acting)
    days = ["12-16", "12-23", "12-28", "01-04", "01-05", "01-06", "01-07", "01-10", "01-11"]
    heard = await clock.on(*days)
    assert [one for one in heard if one[2] == "report"] == [
        ("01-05", TARO, "report"),
        ("01-06", TARO, "report"),
        ("01-10", TARO, "report"),
        ("12-16", TARO, "report"),
        ("12-23", TARO, "report"),
        ("12-28", TARO, "report"),
    ]


async def test_the_company_is_reminded_to_read_the_report_and_the_expert_to_send_the_invoice(
    acting: ActingAs, clock: Clock
) -> None:
    contract = await report_people.supported(acting)
    report = await report_people.sent(acting, contract, AFTER)
    heard = await clock.days(at(12, 26), at(12, 28))
    assert heard == [("12-28", OWNER, "confirm_report")]
    await report_people.confirmed(acting, report, at(12, 28, 12))
    heard = await clock.on("01-04", "01-05", "01-06", "01-10", "01-11")
    assert {(who, what) for _day, who, what in heard} == {(TARO, "invoice")}
    assert [day for day, _who, _what in heard] == ["01-05", "01-06", "01-10"]


# --- in whatever steps ---------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [19, 100, 333])
async def test_time_in_whatever_steps_leaves_the_same_reminders_behind(
    acting: ActingAs, clock: Clock, hours: int
) -> None:
    await to_sign(acting)
    await begins(acting, "U-other", "report", at(10, 20, 13), "1:0")
    moment, heard = at(10, 20, 13), []
    while moment < at(12, 16, 10):
        moment = min(moment + timedelta(hours=hours), at(12, 16, 10))
        heard += await clock.turns(moment)
    assert len(heard) == len(set(heard))
    async with acting(None) as services:
        rows = await services.connection.execute(text("SELECT what, said_for FROM reminders ORDER BY 1, 2"))
        kept = [(what, f"{day:%m-%d}") for what, day in rows]
    assert kept == [("draft", "10-24"), ("sign", "12-15"), ("sign", "12-15")]
