"""Reminders as people meet them: on the phone, in Slack, and what one tap does about each."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.search import Query
from tests.services import plan_people as people
from tests.services import road
from tests.story import experts
from tests.story.people import applicant, newcomer, owner
from tests.town import Desk, Phone, Town

TOKYO = ZoneInfo("Asia/Tokyo")


def at(month: int, day: int, hour: int = 9, minute: int = 1) -> datetime:
    """A moment in Tokyo of that winter."""
    return datetime(2021 if month > 6 else 2022, month, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


async def passes(town: Town, *days: tuple[int, int]) -> None:
    """Let these days come, with their mornings and their evenings."""
    for month, day in days:
        await town.turn(at(month, day))
        await town.turn(at(month, day, 17))


async def test_a_registration_half_way_is_gone_on_with_by_one_tap(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    await phone.says("中断")
    heard = len(phone.messages)
    await passes(town, (10, 21))
    assert "途中です" in phone.last and len(phone.messages) == heard + 1
    await phone.taps("あとで")
    assert "10月22日" in phone.last
    await passes(town, (10, 22))
    assert "途中です" in phone.last
    await phone.taps("続ける")
    assert "続きから" in phone.recent or "回答済み" in phone.recent or "名前" in phone.recent
    town.accepted()


async def test_who_wants_no_reminder_gets_none_and_can_take_that_back(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    await phone.says("中断")
    await passes(town, (10, 21))
    await phone.taps("もう不要")
    assert "もうお知らせしません" in phone.last
    heard = len(phone.messages)
    await passes(town, (10, 24), (10, 28))
    assert len(phone.messages) == heard
    await phone.taps("やっぱり知らせて")
    assert "またお知らせします" in phone.last
    await town.turn(at(11, 1))
    assert "今日が最後の日です" in phone.last and "あとで" not in phone.last
    town.accepted()


async def test_an_old_reminder_of_what_is_done_is_explained(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    await phone.says("中断")
    await passes(town, (10, 21))
    async with road.acting_in(town, phone) as services:
        (draft,) = await services.drafts.kept()
        await services.drafts.save(type(draft)(**{**vars(draft), "state": 2}), services.now)
    await phone.taps("続ける")
    assert "送った" in phone.last or "送信" in phone.last
    await phone.taps("メニュー")
    town.accepted()


async def test_an_expert_goes_on_with_the_page_where_it_was_left(town: Town) -> None:
    desk = await experts.begins(town)
    await desk.submits(experts.YOU)
    await desk.closes()
    await passes(town, (10, 21))
    assert "途中です" in desk.sees("dm")
    await desk.presses("続ける", where="dm")
    assert "phone" in {
        block["block_id"].partition("@")[0] for block in desk.modal["blocks"] if "block_id" in block
    }
    town.accepted()


async def under_contract(town: Town) -> tuple[Phone, Desk]:
    """A company on LINE and an expert in Slack with a contract that both have to sign."""
    phone, desk = await town.phone().adds_us(), town.desk()
    await desk.opens_home()
    async with road.acting_in(town, desk) as services:
        expert = await people.expert(services)
    async with road.acting_in(town, phone) as services:
        company = await people.company(services)
        contract = await road.contract(
            services, company, expert, state=road.ContractState.READY, made_at=at(10, 20), concluded_at=None
        )
        contract.signed_by_sme_at = contract.signed_by_expert_at = None
    return phone, desk


async def test_both_sides_hear_of_the_last_days_and_where_to_sign(town: Town) -> None:
    phone, desk = await under_contract(town)
    await town.turn(at(12, 15))
    assert "12月17日" in phone.last and "契約" in phone.last
    assert "契約" in desk.sees("dm")
    await desk.presses("あとで", where="dm")
    assert "12月16日" in desk.sees("dm") or "12月16日" in desk.sees()
    await phone.taps("契約を見る")
    await town.turn(at(12, 17))
    assert "今日が最後の日です" in phone.last
    heard = len(phone.messages)
    await town.turn(at(12, 17, 15))
    assert len(phone.messages) == heard
    town.accepted()


async def looking(town: Town, phone: Phone) -> int:
    """The phone's company has a case that was published at this moment."""
    async with road.acting_in(town, phone) as services:
        company = await services.companies.mine() or await people.company(services)
        case = await people.case(services, company)
        case.published_at = services.now
        case.proposal_deadline = datetime(2021, 12, 15, tzinfo=TOKYO).date()
        return case.id


async def findable(town: Town, desk: Desk) -> int:
    """How many cases an expert finds."""
    async with road.acting_in(town, desk) as services:
        return (await services.search.find(Query())).total


async def test_a_silent_company_is_hidden_and_found_again_by_one_tap(town: Town) -> None:
    clerk = await town.clerk()
    phone, desk = await town.phone().adds_us(), town.desk()
    await desk.opens_home()
    async with road.acting_in(town, desk) as services:
        await people.expert(services)
    case_id = await looking(town, phone)
    await passes(town, (10, 26))
    assert "まだ専門家を探していますか" not in phone.recent
    await passes(town, (10, 27))
    assert "まだ専門家を探していますか" in phone.last
    await passes(town, (11, 3))
    assert "まだ専門家を探していますか" in phone.last and await findable(town, desk) == 1
    await passes(town, (11, 10))
    assert "専門家に表示されていません" in phone.last and await findable(town, desk) == 0
    await clerk.opens_home()
    assert "返事のない相談案件：1件" in clerk.sees("home")
    await passes(town, (11, 17), (11, 24))
    await phone.taps("まだ探している")
    assert "専門家に表示します" in phone.last and await findable(town, desk) == 1
    await clerk.opens_home()
    assert "返事のない相談案件" not in clerk.sees("home")
    async with road.acting_in(town, phone) as services:
        actions = [row.action for row in await services.audit.history("case", case_id)]
    assert actions == ["hidden", "shown again"]
    town.accepted()


async def test_whoever_answers_is_asked_again_only_a_week_later(town: Town) -> None:
    phone = await town.phone().adds_us()
    await looking(town, phone)
    await passes(town, (10, 27))
    await phone.taps("まだ探している")
    await passes(town, (10, 28), (11, 2))
    assert "まだ専門家を探していますか" not in phone.last
    await passes(town, (11, 3))
    assert "まだ専門家を探していますか" in phone.last
    await phone.taps("もう不要")
    heard = len(phone.messages)
    await passes(town, (11, 10), (11, 17), (11, 24))
    assert len(phone.messages) == heard
    town.accepted()


async def test_a_review_that_a_clerk_left_goes_back_to_the_queue(town: Town) -> None:
    clerk, colleague = await town.clerk(), await town.clerk("高橋 誠")
    await applicant(town)
    await clerk.presses("引き受ける", where="channel")
    await town.turn(at(10, 22, 17, 59))
    assert "引き受けてから" not in clerk.sees("dm")
    await town.turn(at(10, 22, 18, 0))
    await town.turn(at(10, 23))
    assert "引き受けてから2営業日" in clerk.sees("dm")
    await colleague.presses("引き受ける", where="channel")
    await colleague.presses("承認する")
    await town.turn(at(11, 1))
    assert "引き受けてから" not in colleague.sees("dm")
    town.accepted()


async def test_a_review_changes_its_colour_with_its_time(town: Town) -> None:
    clerk = await town.clerk()
    await applicant(town)
    await clerk.opens_home()
    assert "今日が期限" not in clerk.sees("channel")
    await town.turn(at(10, 25))
    assert "今日が期限" in clerk.sees("channel") and "期限超過" not in clerk.sees("channel")
    await town.turn(at(10, 25, 18, 1))
    assert "期限超過" in clerk.sees("channel")
    await clerk.opens_home()
    assert "期限超過" in clerk.sees("home") and "担当者なし" in clerk.sees("home")
    town.accepted()


async def test_an_application_that_was_decided_is_not_mentioned_again(town: Town) -> None:
    clerk = await town.clerk()
    phone = await owner(town, clerk)
    heard = len(phone.messages)
    await passes(town, (10, 21), (10, 25), (10, 28), (11, 1))
    assert len(phone.messages) == heard
    town.accepted()
