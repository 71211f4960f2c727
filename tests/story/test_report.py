"""An expert reports in Slack, the company confirms on LINE, the secretariat returns one question and accepts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.cases import CaseState
from services.contract_records import Contract
from services.session_records import SessionState
from services.values import Yen
from tests.services import plan_people as people
from tests.services import road
from tests.services.report_people import FIRST_DAY, proven
from tests.services.road import acting_in
from tests.town import Desk, Phone, Town

AFTER = datetime(2021, 12, 25, 3, 0, tzinfo=UTC)
RESULT = {"steps": ["SURVEY"], "result_survey": "受注の流れを書き出し、重なる作業を三つ見つけました。"}
OUTCOME = {
    "outcome": "注文の転記が1日2時間から30分になりました。",
    "advice": "売れ筋を見てください。",
    "tools": "ネット販売のカート",
}
WORD = {"proofs": "yes", "declared": ["2021-10-19"]}


class Pair:
    """A shop and its expert, with a contract of 32 hours, and the clerk who looks at their report."""

    def __init__(self, town: Town, shop: Phone, expert: Desk, clerk: Desk, contract: Contract) -> None:
        self.town, self.shop, self.expert, self.clerk = town, shop, expert, clerk
        self.contract = contract

    async def gives(self, days: int = 16, *, proof: bool = True, **of_session: Any) -> None:
        """Support of two hours on each of so many days."""
        async with acting_in(self.town, self.expert) as services:
            for day in range(days):
                start = FIRST_DAY + timedelta(days=day)
                of = await road.session(services, self.contract, start, **of_session)
                if proof:
                    await proven(services, of)

    async def writes(self) -> None:
        """The expert writes the report from Home and sends it."""
        await self.expert.opens_home()
        await self.expert.presses("報告書を書く", where="home")
        for page in (RESULT, OUTCOME, WORD):
            await self.expert.submits(page)

    async def confirms(self) -> None:
        """Two taps."""
        await self.shop.taps("その通り", "とても良かった")

    async def returns(self, question: str, sentence: str) -> None:
        """The clerk asks one question again."""
        await self.clerk.presses("引き受ける", where="channel")
        await self.clerk.presses("差し戻す")
        await self.clerk.fills({"which": [question]})
        await self.clerk.fills({f"code_{question}": "CONTENT_THIN"})
        await self.clerk.submits({f"sentence_{question}": sentence})

    async def accepts(self) -> None:
        """The clerk ticks the checklist and approves."""
        await self.clerk.presses("承認する")
        points = [point.code for point in self.town.ouentai.programme.checklists.report]
        await self.clerk.submits({"checked": points})


@pytest.fixture
async def pair(town: Town) -> Pair:
    """Everybody, on a day after the support."""
    clerk = await town.clerk()
    await clerk.opens_home()
    shop, desk = await town.phone().adds_us(), town.desk()
    await desk.opens_home()
    async with acting_in(town, desk) as services:
        expert = await people.expert(services, display_name="佐藤 健一")
    async with acting_in(town, shop) as services:
        company = await people.company(services)
        case = await people.case(services, company, CaseState.CONTRACTED)
        plan = await road.plan(services, company, expert, case_id=case.id)
        contract = await road.contract(services, company, expert, plan=plan)
        await services.ledger.reserve(plan, Yen(contract.honorarium_yen))
    await town.turn(AFTER)
    return Pair(town, shop, desk, clerk, contract)


async def test_the_whole_way_with_one_question_returned(pair: Pair) -> None:
    await pair.gives()
    await pair.writes()
    assert "企業の確認が済んだらお知らせします" in pair.expert.sees()
    for line in ("支援の報告をご確認ください", "16回", "32時間", "16,000円", "1日2時間から30分"):
        assert line in pair.shop.recent
    await pair.shop.taps("全文を読む")
    assert "重なる作業を三つ" in pair.shop.recent
    await pair.confirms()
    assert "報告を確認しました" in pair.shop.recent
    await pair.shop.taps("ひとこと添える")
    await pair.shop.says("ていねいに教えてもらえました。")
    assert "事務局に伝えました" in pair.shop.recent
    assert "企業が報告書" in pair.expert.sees("dm")

    await pair.returns("advice", "もう少し具体的に書いてください。")
    assert "ていねいに" not in pair.clerk.sees("channel")
    assert "やまだ菓子店" not in pair.clerk.sees("channel")
    assert "もう少し具体的に" in pair.expert.sees("dm")
    await pair.expert.presses("直す", where="dm")
    assert "もう少し具体的に" in pair.expert.sees()
    assert "受注の流れ" not in pair.expert.sees()
    await pair.expert.submits({"advice": "毎月はじめに売れ筋の写真を入れ替えてください。"})
    assert "企業の確認は済んでいる" in pair.expert.sees()
    assert "支援の報告をご確認ください" not in pair.shop.recent

    await pair.clerk.presses("引き受ける", where="channel")
    seen = pair.clerk.sees()
    for line in ("ていねいに教えて", "足りない証憑はありません", "売れ筋の写真", "とても良かった"):
        assert line in seen
    await pair.accepts()
    assert "受理されました" in pair.expert.sees("dm")
    assert "謝金は104,000円" in pair.expert.sees("dm")
    await pair.shop.says("状況")
    assert "受理されました" in pair.shop.recent
    await pair.shop.taps("報告書を読む（PDF）")
    assert "5分間" in pair.shop.last
    assert pair.shop.button("PDFを開く")["uri"]
    mailed = [mail["to"].partition("@")[0].rstrip("0123456789") for mail in pair.town.mailbox.mails()]
    assert mailed.count("company") == 3
    assert mailed.count("expert") == 4
    pair.town.accepted()


async def test_everything_missing_is_shown_at_once_and_nothing_is_lost(pair: Pair) -> None:
    await pair.gives(15)
    async with acting_in(pair.town, pair.expert) as services:
        last = FIRST_DAY + timedelta(days=15)
        of = await road.session(services, pair.contract, last, state=SessionState.RECORDED)
    await pair.expert.opens_home()
    await pair.expert.presses("報告書を書く", where="home")
    assert "送る前に必要なこと：3件" in pair.expert.sees()
    await pair.expert.presses("報告書を書く")
    assert "11/10 受注の流れを" in str(pair.expert.modal)
    for page in (RESULT, OUTCOME, WORD):
        await pair.expert.submits(page)
    assert "送る前に、次のことをお願いします" in pair.expert.sees()
    assert pair.shop.messages == [] or "支援の報告" not in pair.shop.recent
    async with acting_in(pair.town, pair.expert) as services:
        await proven(services, of)
        of = await services.session.get_one(type(of), of.id)
        of.state = SessionState.CONFIRMED
    await pair.expert.submits(WORD)
    assert "企業の確認が済んだらお知らせします" in pair.expert.sees()
    assert "1日2時間から30分" in pair.shop.recent
    pair.town.accepted()


async def test_the_company_says_what_is_different(pair: Pair) -> None:
    await pair.gives()
    await pair.writes()
    old = pair.shop.button("その通り")
    await pair.shop.taps("違うところがある")
    await pair.shop.says("転記はまだ1時間かかっています。")
    assert "専門家に伝えました" in pair.shop.recent
    assert "まだ1時間かかって" in pair.expert.sees("dm")
    await pair.expert.presses("直す", where="dm")
    await pair.expert.submits()
    await pair.expert.submits(OUTCOME | {"outcome": "注文の転記が1日2時間から1時間になりました。"})
    await pair.expert.submits(WORD)
    assert "専門家が直しました" in pair.shop.recent
    await pair.town.line.tap(pair.shop.user, old)
    await pair.town.idle()
    assert "もう一度ご確認ください" in pair.shop.last
    assert "1日2時間から1時間" in pair.shop.last
    await pair.confirms()
    assert "報告を確認しました" in pair.shop.recent
    await pair.shop.taps("その通り")
    assert "事務局が確認中" in pair.shop.last
    pair.town.accepted()


async def test_a_silent_company_is_shown_to_the_secretariat(pair: Pair) -> None:
    await pair.gives()
    await pair.writes()
    assert "その通り" in pair.shop.buttons() or pair.shop.button("その通り")
    await pair.town.turn(AFTER + timedelta(days=5, minutes=5))
    assert "確認を待っています" in pair.shop.recent
    assert "お電話ください" in pair.clerk.sees("channel")
    assert "やまだ菓子店" not in pair.clerk.sees("channel")
    await pair.clerk.opens_home()
    assert "企業の返事がない報告書：1件" in pair.clerk.sees("home")
    await pair.clerk.presses("開く", where="home")
    assert "山田 花子" in pair.clerk.sees()
    await pair.shop.says("状況")
    await pair.confirms()
    assert "事務局が確認中" in pair.clerk.sees("channel")
    pair.town.accepted()


async def test_a_report_is_taken_back_and_sent_again(pair: Pair) -> None:
    await pair.gives()
    await pair.writes()
    await pair.expert.presses("取り下げる")
    assert "取り下げました" in pair.expert.sees()
    await pair.shop.says("状況")
    assert "何もしなくて大丈夫です" in pair.shop.recent
    await pair.shop.taps("その通り")
    assert "取下げ" in pair.shop.last or "取り下げ" in pair.shop.last
    await pair.expert.presses("報告書を書く")
    await pair.expert.submits()
    await pair.expert.submits()
    await pair.expert.submits(WORD)
    await pair.confirms()
    assert "報告を確認しました" in pair.shop.recent
    pair.town.accepted()


async def test_a_copied_button_of_another_company_does_nothing(pair: Pair) -> None:
    await pair.gives()
    await pair.writes()
    stranger = await pair.town.phone("田中 一郎").adds_us()
    for label in ("その通り", "違うところがある", "全文を読む"):
        await pair.town.line.tap(stranger.user, pair.shop.button(label))
        await pair.town.idle()
        assert "報告書が見つかりません" in stranger.last


async def test_a_rejected_report_is_told_with_its_reason(pair: Pair) -> None:
    await pair.gives()
    await pair.writes()
    await pair.confirms()
    await pair.clerk.presses("引き受ける", where="channel")
    await pair.clerk.presses("不承認にする")
    await pair.clerk.fills({"code": "DELIVERABLE"})
    await pair.clerk.submits()
    assert "完成品の納品が含まれています" in pair.expert.sees("dm")
    assert "謝金の分をご負担いただくことはありません" in pair.shop.recent
    pair.town.accepted()
