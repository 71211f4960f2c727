"""From the confirmed report to the approved claim: the expert and two clerks in Slack, the shop on LINE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from services.cases import CaseState
from services.claim_records import ClaimState
from services.plan_content import Content
from services.report_records import ReportState
from services.session_records import SessionMode
from services.values import Yen
from tests.services import plan_people as people
from tests.services import road
from tests.services.claim_people import LARGE
from tests.services.plan_people import CONTENT
from tests.services.road import acting_in
from tests.story.experts import uploads
from tests.town import Desk, Phone, Town

THEN = datetime(2021, 12, 1, 3, 0, tzinfo=UTC)
AGREE = "申告して申請する"


@dataclass
class Pair:
    """A shop and its expert, the report confirmed by the shop; and the contract between them."""

    town: Town
    shop: Phone
    desk: Desk
    contract: int


async def clerk_of(town: Town, name: str = "鈴木 美咲") -> Desk:
    """Somebody of the secretariat who has been here before."""
    clerk = await town.clerk(name)
    await clerk.opens_home()
    return clerk


async def pair(town: Town, *, content: Content = CONTENT, visits: int = 0, accepted: bool = True) -> Pair:
    """Everything up to the report, without the conversations that lead there."""
    shop, desk = await town.phone().adds_us(), town.desk()
    await desk.opens_home()
    await town.turn(THEN)
    async with acting_in(town, desk) as services:
        expert = await people.expert(services, display_name="佐藤 健一", phone="090-1234-5678")
    async with acting_in(town, shop) as services:
        company = await people.company(services)
        case = await people.case(services, company, CaseState.CONTRACTED)
        plan = await road.plan(services, company, expert, content=content, case_id=case.id)
        contract = await road.contract(services, company, expert, content=content, plan=plan)
        for _visit in range(visits):
            await road.session(services, contract, mode=SessionMode.VISIT)
        state = ReportState.ACCEPTED if accepted else ReportState.UNDER_REVIEW
        await road.report(services, contract, state=state)
        await services.ledger.reserve(plan, Yen(contract.honorarium_yen))
        if accepted:
            await services.ledger.confirm(plan, Yen(contract.honorarium_yen))
    await desk.opens_home()
    return Pair(town, shop, desk, contract.id)


async def invoices(both: Pair) -> None:
    """The expert presses the one button there is."""
    await both.desk.opens_home()
    await both.desk.presses("請求書を出す", where="home")


async def pays(both: Pair) -> None:
    """The shop reads the invoice, pays, and says so."""
    await both.shop.taps("請求書を見る")
    assert "請求書を開く" in both.shop.last
    await both.shop.taps("支払いました", "今日")


async def claims(both: Pair, **travel: str) -> None:
    """The expert shows the payment and declares; with travel if there is any."""
    await both.desk.opens_home()
    await both.desk.presses("謝金を申請する", where="home")
    await uploads(both.desk, "入金が分かる書類", "proof")
    await both.desk.submits()
    if travel:
        await both.desk.fills({"travel": travel["travel"]})
        if travel["travel"] == "yes":
            await both.desk.fills({key: value for key, value in travel.items() if key != "travel"})
            await uploads(both.desk, "旅費の領収書", "receipt")
        await both.desk.submits()
    await both.desk.submits({"declared": both.desk.offered("declared")})


async def approves(clerk: Desk) -> None:
    """A clerk goes through the checklist and approves."""
    await clerk.presses("開く", where="channel")
    await clerk.presses("承認する")
    await clerk.submits({"checked": clerk.offered("checked")})


async def test_the_share_is_invoiced_paid_and_the_honorarium_claimed(town: Town) -> None:
    clerk = await clerk_of(town)
    both = await pair(town)
    assert "32時間 × 500円 = 16,000円（税込）" in both.desk.sees("home")
    await invoices(both)
    assert "請求書が届きました" in both.shop.recent
    assert "16,000円（税込）" in both.shop.recent
    assert "2021年12月15日" in both.shop.recent
    assert "1234567" not in both.shop.recent
    (mail,) = [one for one in town.mailbox.mails() if one["to"].startswith("company")]
    assert "16,000円" in mail["text"]
    await pays(both)
    assert "専門家に伝えました" in both.shop.recent
    assert "支払いの連絡がありました" in both.desk.sees("dm")
    await claims(both)
    assert "を受け付けました" in both.desk.sees()
    assert "104,000円（32時間分）" in both.desk.sees()
    assert "1月31日" in both.desk.sees()
    assert "佐藤" not in clerk.sees("channel")
    await clerk.presses("開く", where="channel")
    for words in ("104,000円", "帳簿の確定額", "支払った日（企業）", "源泉徴収", "支払の証明"):
        assert words in clerk.sees()
    assert "同じ口座" not in clerk.sees()
    await clerk.closes()
    await approves(clerk)
    assert "が承認されました" in both.desk.sees("dm")
    await both.desk.commands("claims")
    assert "承認済み・振込待ち" in both.desk.sees()
    town.accepted()


async def test_the_live_totals_hold_the_travel_of_a_visit(town: Town) -> None:
    both = await pair(town, visits=1)
    await invoices(both)
    await both.desk.opens_home()
    await both.desk.presses("謝金を申請する", where="home")
    await both.desk.fills({"received_on": "2021-12-01"})
    await uploads(both.desk, "入金が分かる書類", "proof")
    assert "32時間 × 3,250円 = 104,000円" in both.desk.sees()
    await both.desk.submits()
    await both.desk.fills(
        {"travel": "yes", "travel_km": "99", "travel_route": "東京から新神戸", "travel_yen": "28000"}
    )
    assert "合計：132,000円" in both.desk.sees()
    await uploads(both.desk, "旅費の領収書", "receipt")
    await both.desk.submits()
    await both.desk.submits({"declared": both.desk.offered("declared")})
    assert "対象は片道100km以上" in both.desk.sees()
    await both.desk.submits({"travel_km": "525"})
    await both.desk.submits()
    assert "132,000円" in both.desk.sees()
    assert "を受け付けました" in both.desk.sees()
    town.accepted()


async def test_a_large_claim_needs_two_different_clerks(town: Town) -> None:
    misaki, ken = await clerk_of(town), await clerk_of(town, "田村 健")
    both = await pair(town, content=LARGE)
    await invoices(both)
    await pays(both)
    await claims(both)
    await approves(misaki)
    assert "もう1人" in misaki.sees() or "別の人" in misaki.sees()
    assert "が承認されました" not in both.desk.sees("dm")
    await both.desk.opens_home()
    assert "いま2人目が確認しています" in both.desk.sees("home")
    await misaki.closes()
    await approves(misaki)
    assert "承認済みです" in misaki.sees()
    assert "が承認されました" not in both.desk.sees("dm")
    await approves(ken)
    assert "が承認されました" in both.desk.sees("dm")
    town.accepted()


async def test_a_returned_claim_asks_only_for_what_was_returned(town: Town) -> None:
    clerk = await clerk_of(town)
    both = await pair(town)
    await invoices(both)
    await pays(both)
    await claims(both)
    await clerk.presses("開く", where="channel")
    await clerk.presses("差し戻す")
    await clerk.fills({"which": ["proof"]})
    await clerk.fills({"code_proof": "PROOF_UNREADABLE"})
    await clerk.submits()
    assert "修正をお願いします" in both.desk.sees("dm")
    assert "読めませんでした" in both.desk.sees("dm")
    await both.desk.presses("直す", where="dm")
    assert "入金された日" not in both.desk.sees()
    await uploads(both.desk, "入金が分かる書類", "better")
    await both.desk.submits()
    await both.desk.submits({"declared": both.desk.offered("declared")})
    assert "を受け付けました" in both.desk.sees()
    await clerk.closes()
    await approves(clerk)
    assert "が承認されました" in both.desk.sees("dm")
    town.accepted()


async def test_old_buttons_and_strangers_get_nowhere(town: Town) -> None:
    both = await pair(town)
    await invoices(both)
    pay = both.shop.button("支払いました")
    stranger = await town.phone("田中 一郎").adds_us()
    await town.line.tap(stranger.user, pay)
    await town.idle()
    assert "見つかりません" in stranger.last
    await both.desk.opens_home()
    assert "請求書を出す" not in both.desk.sees("home")
    await pays(both)
    await both.shop.taps("いまの状況")
    assert "支払期限" not in both.shop.recent
    town.accepted()


async def test_both_are_reminded_kindly_of_a_share_that_is_due(town: Town) -> None:
    both = await pair(town)
    await invoices(both)
    await town.turn(datetime(2021, 12, 16, 1, 0, 5, tzinfo=UTC))
    assert "お支払い済みでしたら" in both.shop.recent
    assert "企業にもお知らせしました" in both.desk.sees("dm")
    town.accepted()


async def test_after_the_last_second_a_claim_is_refused_with_the_day(town: Town) -> None:
    both = await pair(town)
    await invoices(both)
    await town.turn(datetime(2022, 1, 10, 14, 59, 59, tzinfo=UTC))
    await both.desk.opens_home()
    await both.desk.presses("謝金を申請する", where="home")
    await both.desk.closes()
    await town.turn(datetime(2022, 1, 10, 15, 0, 0, tzinfo=UTC))
    await both.desk.presses("謝金を申請する", where="home")
    assert "1月10日" in both.desk.sees()
    await both.desk.opens_home()
    assert "受付は終わりました" in both.desk.sees("home")


async def test_withholding_is_set_with_a_reason(town: Town) -> None:
    clerk = await clerk_of(town)
    both = await pair(town)
    await invoices(both)
    await pays(both)
    await claims(both)
    await clerk.presses("開く", where="channel")
    await clerk.presses("源泉徴収を変える")
    await clerk.submits({"rate": "by_law", "reason": "個人の診断業務のため"})
    assert "次の支払いから" in clerk.sees()
    await both.desk.commands("claims")
    assert "10,618円" in both.desk.sees()
    assert "93,382円" in both.desk.sees()
    town.accepted()


@pytest.mark.parametrize("who", ["expert", "shop"])
async def test_only_the_secretariat_sets_the_withholding(town: Town, who: str) -> None:
    both = await pair(town)
    desk = both.desk if who == "expert" else town.desk("誰か")
    await desk.opens_home()
    await desk.commands("withholding")
    assert "事務局" in desk.sees("dm") or "事務局" in str(desk.window)


async def test_the_company_is_asked_whether_money_came_back(town: Town) -> None:
    clerk = await clerk_of(town)
    both = await pair(town)
    async with acting_in(town, both.shop) as services:
        report = await services.reports.of_contract(both.contract)
        assert report is not None
        claim = await road.claim(services, await road.invoice(services, report))
        await services.claims.settled(claim, ClaimState.SCHEDULED)
        await services.claims.settled(claim, ClaimState.PAID)
    await town.turn(datetime(2021, 12, 31, 3, 0, 5, tzinfo=UTC))
    assert "返金や見返りはありましたか" in both.shop.recent
    await both.shop.taps("ありました", "事務局に伝える")
    assert "お電話します" in both.shop.last
    assert "返金や見返りがあった" in clerk.sees("dm")
    await both.shop.taps("やはりありません")
    assert "すでに回答済み" in both.shop.last
    town.accepted()
