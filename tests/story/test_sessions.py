"""Support from the first minute to the company's word, through the doors of LINE and Slack (issue 3, item 5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.cases import CaseState
from services.contract_records import Contract
from tests.pictures import jpeg
from tests.services import plan_people as people
from tests.services import road
from tests.services.road import acting_in
from tests.story.experts import link
from tests.town import Desk, Phone, Town

ONE = datetime(2021, 11, 10, 4, 0, tzinfo=UTC)
"""One in the afternoon in Tokyo on a day of the period."""
SUMMARY = "受注の流れを一緒に書き出し、紙とノートで重なっている作業を三つ見つけました。次回までに、使う道具を選びます。"
RECORD = {
    "mode": "online",
    "tasks": ["SURVEY"],
    "summary": SUMMARY,
    "break_minutes": "なし",
    "next_on": "2021-11-17",
}


class Pair:
    """A shop with LINE and an expert in Slack, who have concluded a contract."""

    def __init__(self, town: Town, shop: Phone, desk: Desk, contract: Contract) -> None:
        self.town, self.shop, self.desk, self.contract = town, shop, desk, contract

    async def at(self, minutes: float) -> None:
        """So many minutes after one o'clock."""
        await self.town.turn(ONE + timedelta(minutes=minutes))

    async def begins(self) -> str:
        """The expert begins the support from the Home; returns the word."""
        await self.desk.opens_home()
        await self.desk.presses("支援を始める", where="home")
        return self.word()

    def word(self) -> str:
        """The word that stands in the expert's window."""
        return self.desk.sees().split("この数字を声に出してください：")[1][:4]

    async def clocked(self) -> None:
        """A session of two hours by both clocks, with the word."""
        await self.shop.says(await self.begins())
        await self.at(121)
        await self.desk.presses("終える")
        await self.shop.taps("終わりました")

    async def recorded(self, **answers: Any) -> None:
        """The same, recorded and without evidence."""
        await self.clocked()
        await self.desk.presses("記録する")
        await self.desk.submits(RECORD | answers)
        assert "この内容で合っていますか" not in self.shop.recent
        await self.shop.says("状況")


@pytest.fixture
async def pair(town: Town) -> Pair:
    """They are at one o'clock on the tenth of November."""
    shop, desk = town.phone(), town.desk()
    await shop.adds_us()
    await desk.opens_home()
    async with acting_in(town, shop) as services:
        company = await people.company(services)
        case = await people.case(services, company, CaseState.CONTRACTED)
    async with acting_in(town, desk) as services:
        expert = await people.expert(services, display_name="佐藤 健一")
        plan = await road.plan(services, company, expert, case_id=case.id)
        contract = await road.contract(services, company, expert, plan=plan)
    await town.turn(ONE)
    return Pair(town, shop, desk, contract)


# --- the whole of it -----------------------------------------------------------------------------------


async def test_from_the_start_in_slack_to_the_confirmation_on_line(pair: Pair) -> None:
    shop, desk = pair.shop, pair.desk
    word = await pair.begins()
    assert "支援中" in desk.sees()
    assert "専門家が支援を始めました" in shop.recent
    await shop.taps("始まりました")
    assert "4けたの数字" in shop.last
    await shop.says(word)
    assert "合っています" in shop.last
    assert "企業が数字を入力しました" in desk.sees("dm")
    await pair.at(121)
    await desk.presses("終える")
    assert "専門家が支援を終えました" not in shop.recent
    await shop.taps("終わりました")
    assert "13:00〜15:01" in shop.last
    await desk.presses("記録する")
    assert "13:00〜15:01" in desk.sees()
    await desk.submits(RECORD | {"summary": "短い記録です。"})
    assert set(desk.errors()) == {"summary"}
    await desk.submits(RECORD)
    # The window goes on with the evidence; the company is asked at the same time.
    for name in ("start", "end"):
        assert await pair.town.upload(link(desk, "ようすの写真"), jpeg(name)) == 200
    await desk.presses("送りました")
    await desk.fills({"recording": "https://cloud.example/1110.mp4"})
    await desk.submits(
        {
            "fingerprint": "AB" * 32,
            "length": "１２０分",
            "began": "13時",
            "recording": "https://cloud.example/1110.mp4",
        }
    )
    assert "そろっています" in desk.sees()
    assert "写真2" in desk.sees()
    await shop.says("状況")
    for line in (
        "この内容で合っていますか",
        "13:00〜15:01",
        "2時間",
        "受注の流れを一緒に書き出し",
        "オンライン",
        "11月17日",
    ):
        assert line in shop.recent
    await shop.taps("その通り")
    assert "確認しました" in shop.last
    assert "を確認しました" in desk.sees("dm")
    async with acting_in(pair.town, desk) as services:
        assert await services.evidence.missing(pair.contract) == []
        assert await services.sessions.minutes(pair.contract) == (120, 120)
        [session] = await services.sessions.of_contract(pair.contract.id)
        assert session.flags == []
    pair.town.accepted()


async def test_the_company_begins_on_line_and_the_expert_joins_from_the_dm(pair: Pair) -> None:
    await pair.shop.says("状況")
    await pair.shop.taps("支援を始める")
    assert "支援が始まっています" in pair.shop.last
    assert "企業が支援の開始を押しました" in pair.desk.sees("dm")
    word = pair.desk.sees("dm").split("この数字を声に出してください：")[1][:4]
    await pair.desk.presses("始まりました", where="dm")
    await pair.shop.says(word)
    assert "合っています" in pair.shop.last
    await pair.at(121)
    await pair.shop.says("終わりました")
    assert "支援が終わりました" in pair.shop.last
    assert "企業が支援の終了を押しました" in pair.desk.sees("dm")
    await pair.desk.presses("終わりました", where="dm")
    await pair.desk.opens_home()
    assert "終了・記録待ち" in pair.desk.sees("home")
    pair.town.accepted()


async def test_everything_can_be_typed(pair: Pair) -> None:
    await pair.desk.commands("start")
    await pair.shop.says("始まりました")
    assert "4けたの数字" in pair.shop.last
    await pair.shop.says(pair.word())
    await pair.at(121)
    await pair.desk.says("終わりました")
    await pair.shop.says("終了")
    await pair.desk.opens_home()
    await pair.desk.presses("記録する", where="home")
    await pair.desk.submits(RECORD)
    await pair.shop.says("その通りです")
    assert "この内容で合っていますか" in pair.shop.last
    await pair.shop.says("その通りです")
    assert "確認しました" in pair.shop.last
    await pair.shop.says("その通り")
    assert "確認待ちの支援はありません" in pair.shop.last
    pair.town.accepted()


# --- the word ------------------------------------------------------------------------------------------


async def test_a_wrong_word_is_met_kindly_and_never_blocks(pair: Pair) -> None:
    word = await pair.begins()
    wrong = "１２３４" if word != "1234" else "4321"
    await pair.shop.says(wrong)
    assert "もう一度聞いてください" in pair.shop.last
    await pair.shop.says(wrong, wrong)
    assert "そのまま支援を続けてください" in pair.shop.last
    # After that four digits are nothing special.
    await pair.shop.says(wrong)
    assert "メニュー" in "".join(pair.shop.buttons())
    await pair.at(60)
    await pair.desk.presses("終える")
    assert "終了・記録待ち" in pair.desk.sees()
    pair.town.accepted()


async def test_four_digits_of_an_open_form_stay_with_the_form(pair: Pair) -> None:
    await pair.begins()
    await pair.shop.says("相談")
    before = pair.shop.last
    await pair.shop.says("2021")
    assert "数字が違うようです" not in pair.shop.recent
    assert before
    await pair.shop.says(pair.word())
    assert "合っています" in pair.shop.recent


# --- the company's answer ------------------------------------------------------------------------------


async def test_a_time_that_differs_is_corrected_and_asked_again(pair: Pair) -> None:
    await pair.recorded()
    old = pair.shop.button("その通り")
    await pair.shop.taps("時間が違う")
    await pair.shop.says("14時半に終わりました")
    assert "専門家に伝えました" in pair.shop.last
    assert "14時半に終わりました" in pair.desk.sees("dm")
    await pair.desk.presses("時刻を直す", where="dm")
    await pair.desk.submits({"start": "13:00", "end": "14:30", "reason": "終わりを押し忘れました"})
    assert "もう一度確認します" in pair.desk.sees()
    assert "13:00〜14:30" in pair.shop.recent
    assert "押し忘れました" in pair.shop.recent
    # The card from before is outdated.
    await pair.town.line.tap(pair.shop.user, old)
    await pair.town.idle()
    assert "その後変わりました" in pair.shop.last
    await pair.shop.taps("その通り")
    assert "1.5時間" in pair.shop.last
    pair.town.accepted()


async def test_a_denial_is_asked_twice_and_stops_everything(pair: Pair) -> None:
    clerk = await pair.town.clerk()
    await pair.recorded()
    await pair.shop.taps("受けていない")
    assert "本当に受けていませんか" in pair.shop.last
    await pair.shop.taps("支援の記録に戻る")
    assert "この内容で合っていますか" in pair.shop.last
    await pair.shop.taps("受けていない", "はい、受けていません")
    assert "支払いを止めました" in pair.shop.last
    assert "受けていない" in pair.desk.sees("dm")
    assert "受けていないとの回答" in clerk.sees("channel")
    for secret in ("佐藤", "やまだ", "受注の流れ"):
        assert secret not in clerk.sees("channel")
    async with acting_in(pair.town, pair.desk) as services:
        assert await services.sessions.frozen(pair.contract.id)
    await clerk.opens_home()
    assert "確認が必要な支援：1件" in clerk.sees("home")
    await clerk.presses("開く", where="channel")
    assert "受注の流れ" in clerk.sees()
    assert "写真が足りない" in clerk.sees()
    await clerk.presses("企業にもう一度聞く")
    assert "もう一度聞いています" in clerk.sees()
    assert "この内容で合っていますか" in pair.shop.last
    await pair.shop.taps("その通り")
    assert "企業が確認済み" in clerk.sees("channel")
    pair.town.accepted()


async def test_a_session_that_did_not_take_place_is_cancelled_by_the_secretariat(pair: Pair) -> None:
    clerk = await pair.town.clerk()
    await pair.recorded()
    await pair.shop.taps("受けていない", "はい、受けていません")
    await clerk.presses("開く", where="channel")
    await clerk.presses("支援を取り消す")
    assert "両者に伝えました" in clerk.sees()
    assert "事務局が支援" in pair.shop.last
    assert "取り消しました" in pair.desk.sees("dm")
    assert "取り消し" in clerk.sees("channel")
    pair.town.accepted()


async def test_without_an_answer_the_secretariat_is_shown_the_session(pair: Pair) -> None:
    clerk = await pair.town.clerk()
    await pair.recorded()
    assert "企業の回答がない" not in clerk.sees("channel")
    await pair.at(121 + 5 * 24 * 60 + 1)
    assert "企業の回答がない" in clerk.sees("channel")
    assert "まだご確認がありません" in pair.shop.recent
    await pair.shop.taps("その通り")
    assert "企業の回答がない" not in clerk.sees("channel")
    pair.town.accepted()


async def test_the_record_comes_with_the_word_of_the_next_session_and_costs_nothing(pair: Pair) -> None:
    await pair.clocked()
    await pair.desk.presses("記録する")
    await pair.desk.submits(RECORD)
    pushes = [sent for sent in pair.town.line.sent if sent.method == "push"]
    await pair.at(2 * 24 * 60)
    await pair.shop.says(await pair.begins())
    assert "合っています" in pair.shop.recent and "この内容で合っていますか" in pair.shop.recent
    await pair.shop.taps("その通り")
    assert "確認しました" in pair.shop.last
    assert [sent for sent in pair.town.line.sent if sent.method == "push"] == pushes
    pair.town.accepted()


async def test_whoever_says_nothing_is_asked_after_four_days(pair: Pair) -> None:
    await pair.clocked()
    await pair.desk.presses("記録する")
    await pair.desk.submits(RECORD)
    await pair.at(121 + 4 * 24 * 60)
    assert "この内容で合っていますか" not in pair.shop.recent
    await pair.at(4 * 60 + 4 * 24 * 60)
    assert "この内容で合っていますか" in pair.shop.recent
    pair.town.accepted()


# --- what is entered afterwards ------------------------------------------------------------------------


async def test_a_session_is_entered_afterwards(pair: Pair) -> None:
    await pair.at(240)
    await pair.desk.opens_home()
    await pair.desk.presses("全体を見る", where="home")
    await pair.desk.presses("これまでの支援")
    await pair.desk.presses("あとから入力")
    await pair.desk.submits({"day": "2021-11-10", "start": "13時", "end": "12時", "reason": "忘れました"})
    assert set(pair.desk.errors()) == {"end"}
    await pair.desk.submits(
        {"day": "2021-11-10", "start": "13時", "end": "午後3時", "reason": "押し忘れました"}
    )
    await pair.desk.submits(RECORD)
    assert "押し忘れました" in pair.shop.recent
    await pair.shop.taps("その通り")
    assert "確認しました" in pair.shop.last
    async with acting_in(pair.town, pair.desk) as services:
        [session] = await services.sessions.of_contract(pair.contract.id)
        assert "late_entry" in session.flags
    pair.town.accepted()


async def test_a_forgotten_session_is_asked_about(pair: Pair) -> None:
    await pair.begins()
    await pair.at(481)
    assert "終わりのボタンが押されていません" not in pair.desk.sees("dm")
    await pair.at(481 + 12 * 60)
    assert "終わりのボタンが押されていません" in pair.desk.sees("dm")
    await pair.shop.says("終わりました")
    assert "専門家が入力します" in pair.shop.last
    await pair.desk.presses("終わった時刻を入れる", where="dm")
    await pair.desk.submits({"end": "15:00", "reason": "押し忘れました"})
    await pair.desk.submits(RECORD)
    assert "13:00〜15:00" in pair.shop.recent
    pair.town.accepted()


async def test_a_record_is_corrected_until_the_report(pair: Pair) -> None:
    await pair.recorded()
    await pair.shop.taps("その通り")
    await pair.desk.opens_home()
    await pair.desk.presses("全体を見る", where="home")
    await pair.desk.presses("これまでの支援")
    assert "企業が確認済み" in pair.desk.sees()
    await pair.desk.presses("開く")
    await pair.desk.presses("記録を直す")
    await pair.desk.submits({"break_minutes": "30"})
    assert "休憩30分" in pair.shop.recent
    assert "1.5時間" in pair.shop.recent
    pair.town.accepted()


async def test_evidence_is_removed_again(pair: Pair) -> None:
    await pair.recorded()
    assert await pair.town.upload(link(pair.desk, "ようすの写真"), jpeg("wrong")) == 200
    await pair.desk.presses("送りました")
    await pair.desk.submits()
    await pair.desk.presses("写真1を外す")
    assert "外しました" in pair.desk.sees()
    assert "写真1" not in pair.desk.sees()
    pair.town.accepted()


# --- no right, too early, already ----------------------------------------------------------------------


async def test_a_copied_button_of_somebody_else_does_nothing(pair: Pair) -> None:
    await pair.recorded()
    stranger = await pair.town.phone("田中 一郎").adds_us()
    await pair.town.line.tap(stranger.user, pair.shop.button("その通り"))
    await pair.town.idle()
    assert "確認しました" not in stranger.last
    async with acting_in(pair.town, pair.desk) as services:
        assert await services.sessions.minutes(pair.contract) == (120, 0)


async def test_a_session_begun_by_mistake_is_taken_back(pair: Pair) -> None:
    await pair.begins()
    await pair.desk.presses("取り下げる")
    assert "取り消しました" in pair.shop.last
    await pair.shop.taps("始まりました")
    assert "取り消し" in pair.shop.last
    await pair.desk.commands("start")
    assert "支援中" in pair.desk.sees()
    pair.town.accepted()


async def test_the_list_of_sessions_on_line(pair: Pair) -> None:
    await pair.recorded()
    await pair.shop.says("状況")
    await pair.shop.taps("全体を見る", "これまでの支援")
    assert "1回の支援です" in pair.shop.recent
    await pair.shop.taps("支援を見る")
    assert "この内容で合っていますか" in pair.shop.last
    pair.town.accepted()
