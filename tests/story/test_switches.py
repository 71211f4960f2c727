"""Two clerks stop a part of the programme in Slack; people on LINE and in Slack hear of it, and go on later."""

from datetime import UTC, datetime

import pytest

from services.sessions import SessionState
from tests.pictures import jpeg
from tests.services import road
from tests.services.road import acting_in
from tests.story.people import SOLE, answers, newcomer
from tests.story.test_plans import agrees, expert, proposes, shop
from tests.town import Desk, Phone, Town

__all__ = ["shop"]

REASON = "登録の内容を確かめるため、しばらく止めます。"


@pytest.fixture
async def clerks(town: Town) -> tuple[Desk, Desk]:
    """Two of the secretariat, each at the Home."""
    both = await town.clerk(), await town.clerk("高橋 純")
    for clerk in both:
        await clerk.opens_home()
    return both


async def change(town: Town, clerks: tuple[Desk, Desk], label: str, reason: str = REASON) -> None:
    """One proposes, the other confirms, and whoever is concerned is told."""
    proposer, other = clerks
    await proposer.opens_home()
    await proposer.presses(label, where="home")
    await proposer.submits({"reason": reason})
    assert "別の担当者の確認を待ちます" in proposer.sees()
    await other.presses("確認して実施する", where="channel")
    assert "切り替えました" in other.sees()
    await town.ouentai.sweep()
    await town.idle()


async def test_a_stop_is_confirmed_by_a_colleague_told_once_and_undone(
    town: Town, clerks: tuple[Desk, Desk]
) -> None:
    phone, proposer = await newcomer(town), clerks[0]
    await answers(phone, *SOLE)
    await proposer.presses("停止：新しい登録", where="home")
    await proposer.submits({"reason": REASON})
    await proposer.presses("確認して実施する", where="channel")
    assert "別の担当者が確認してください" in proposer.sees()
    assert "お休み中" not in phone.recent
    await clerks[1].presses("確認して実施する", where="channel")
    for _again in range(2):
        await town.ouentai.sweep()
        await town.idle()
    told = [message for message in phone.messages if "お休み中：新しい登録" in str(message)]
    assert len(told) == 1 and REASON in str(told)
    assert "お知らせ済み" in clerks[1].sees("channel") and "1人" in clerks[1].sees("channel")
    assert "停止中" in proposer.sees("home")

    # What was begun is kept: it can be filled in, only not handed in.
    await phone.taps("メニュー")
    await phone.says("続ける")
    assert await phone.uploads("書類を送る", jpeg("tax return")) == 200
    assert await phone.uploads("書類を送る", jpeg("identity")) == 200
    await phone.taps("この内容で申請する")
    assert "今はお休みしています" in phone.recent
    late = await town.phone("田中 一郎").adds_us()
    await late.taps("登録をはじめる")
    assert "今はお休みしています" in late.last

    await change(town, clerks, "再開：新しい登録", "確認が終わりました。")
    for one in (phone, late):
        assert "再開しました：新しい登録" in one.recent
    await phone.says("続ける")
    await phone.taps("この内容で申請する")
    assert "受け付けました" in phone.recent
    await clerks[0].presses("変更の記録", where="home")
    assert "再開：新しい登録" in clerks[0].sees() and "停止：新しい登録" in clerks[0].sees()
    town.accepted()


async def test_agreement_is_stopped_for_both_sides(
    town: Town, shop: Phone, clerks: tuple[Desk, Desk]
) -> None:
    desk = await proposes(town)
    await change(town, clerks, "停止：支援計画の合意と契約")
    assert "お休み中：支援計画の合意と契約" in shop.recent
    assert "お休み中：支援計画の合意と契約" in desk.sees("dm")
    await shop.says("提案")
    await agrees(shop)
    assert "今はお休みしています" in shop.last
    await change(town, clerks, "再開：支援計画の合意と契約")
    await shop.says("提案")
    await agrees(shop)
    assert "に合意しました" in shop.recent
    town.accepted()


async def test_a_proposal_is_taken_back_and_old_buttons_say_so(town: Town, clerks: tuple[Desk, Desk]) -> None:
    one, other = clerks
    await one.presses("停止：直接提案依頼", where="home")
    await one.submits({"reason": REASON})
    await other.opens_home()
    await other.presses("確認する：直接提案依頼", where="home")
    await one.presses("取り下げる", where="channel")
    assert "受付はそのままです" in one.sees()
    await other.presses("確認して実施する")
    assert "取り下げました" in other.sees()
    await other.opens_home()
    assert "停止中" not in other.sees("home")
    town.accepted()


async def test_outsiders_see_no_switch_and_a_leaver_throws_none(
    town: Town, clerks: tuple[Desk, Desk]
) -> None:
    outsider = town.desk("外部 太郎")
    await outsider.opens_home()
    assert "受付の状況" not in outsider.sees("home")
    await clerks[0].presses("停止：直接提案依頼", where="home")
    await clerks[0].submits({"reason": REASON})
    await clerks[1].opens_home()
    await town.slack.leave(clerks[1].user, town.channel)
    await town.idle()
    await clerks[1].presses("確認する：直接提案依頼", where="home")
    assert "切り替えました" not in clerks[1].sees()
    await clerks[0].opens_home()
    assert "停止中" not in clerks[0].sees("home")


async def test_with_everything_stopped_a_running_contract_goes_on(
    town: Town, shop: Phone, clerks: tuple[Desk, Desk]
) -> None:
    desk = await expert(town)
    async with acting_in(town, desk) as services:
        mine = await services.experts.mine()
        assert mine is not None
    async with acting_in(town, shop) as services:
        company = await services.companies.mine()
        assert company is not None
        contract = await road.contract(services, company, mine)
    for part in ("新しい登録", "相談案件の登録と変更", "直接提案依頼", "支援計画の提出"):
        await change(town, clerks, f"停止：{part}")
    await change(town, clerks, "停止：支援計画の合意と契約")
    assert "支援計画の合意と契約" not in shop.recent and "支援計画の合意と契約" not in desk.sees("dm")
    await town.turn(datetime(2021, 11, 10, 4, 0, tzinfo=UTC))
    async with acting_in(town, desk) as services:
        begun = await services.sessions.start(contract.id)
    await town.idle()
    await town.turn(datetime(2021, 11, 10, 6, 0, tzinfo=UTC))
    async with acting_in(town, desk) as services:
        ended = await services.sessions.stop(begun.id)
    assert ended.state == SessionState.ENDED
