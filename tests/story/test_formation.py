"""The secretariat reviews an agreed plan in Slack: every point is ticked, or it goes back to the expert (DOMAIN 6.4)."""

from datetime import timedelta
from typing import Any

import pytest

from services.companies import Company
from services.experts import Expert
from services.programme import load
from tests.conftest import NOON
from tests.services import plan_people as people
from tests.story.people import answers
from tests.story.test_direct_request import ASKING, looks_for
from tests.story.test_plans import AIM, HOURS, STEPS, WHEN, WORD, agrees, expert, finds, proposes, settled
from tests.town import Desk, Phone, Town

POINTS = [point.code for point in load("phase2").checklists.plan]
RETURNED: dict[str, Any] = {
    "which": ["purpose", "price"],
    "code_purpose": "TASKS_VAGUE",
    "sentence_purpose": "だれの何がどう変わるか、書いてください。",
    "code_price": "PRICE_UNCLEAR",
    "sentence_price": "この単価の理由を、目的の欄に書いてください。",
}
CLEARER = "販売の2名が写している注文を減らします。単価は同種の支援の実績によります。"


@pytest.fixture
async def shop(town: Town) -> Phone:
    """A registered shop with a published case."""
    phone = await town.phone().adds_us()

    async def settle(services: Any) -> None:
        await people.case(services, await people.company(services))

    await settled(town, phone, settle)
    return phone


async def opens_review(clerk: Desk) -> Desk:
    """Open what waits longest."""
    await clerk.opens_home()
    return await clerk.presses("開く", where="home")


async def approves(clerk: Desk, points: list[str] = POINTS, **more: Any) -> Desk:
    """Press approve, and tick."""
    await clerk.presses("承認する")
    return await clerk.submits({"checked": points, **more})


async def returns(clerk: Desk) -> Desk:
    """Return a plan with two remarks."""
    await clerk.presses("差し戻す")
    await clerk.fills({key: RETURNED[key] for key in ("which", "code_purpose", "code_price")})
    return await clerk.submits({key: RETURNED[key] for key in ("sentence_purpose", "sentence_price")})


async def test_a_plan_is_approved_when_every_point_is_ticked(town: Town, shop: Phone) -> None:
    clerk = await town.clerk()
    desk = await proposes(town)
    await agrees(shop)
    assert "事務局が確認中" in shop.recent
    assert "成立審査待ち" not in shop.recent
    assert "支援計画の成立審査" in clerk.sees("channel")
    assert "公開された案件への提案" in clerk.sees("channel")
    assert "佐藤" not in clerk.sees("channel")

    await opens_review(clerk)
    for line in (
        "すべて満たしています",
        "承認すると、謝金104,000円を確保します",
        "残り300,000円 → 承認後196,000円",
        "残り1,500,000円 → 承認後1,396,000円",
        "受注の流れを一緒に調べます",
        "助言・同行支援である（請負でない）",
    ):
        assert line in clerk.sees(), line
    await approves(clerk, POINTS[1:])
    assert set(clerk.errors()) == {"checked"} or "すべての項目" in clerk.sees()
    await clerk.submits({"checked": POINTS, "note": "電話で単価を確認しました"})
    assert "承認しました" in clerk.sees()
    assert "電話で単価を確認しました" in clerk.sees()
    assert "☑ 単価が妥当" in clerk.sees()
    assert "承認" in clerk.sees("channel")

    assert "承認しました" in shop.recent
    assert "を承認しました" in desk.sees("dm")
    mailed = [mail["text"] for mail in town.mailbox.mails() if "を承認しました" in mail["text"]]
    assert len(mailed) == 2
    await shop.says("提案")
    assert "承認済み・次は契約" in shop.recent
    await desk.opens_home()
    assert "契約書を読んで、契約してください" in desk.sees("home")
    assert "進行中の計画" not in desk.sees("home")
    town.accepted()


async def test_a_returned_plan_asks_again_only_what_was_returned(town: Town, shop: Phone) -> None:
    clerk = await town.clerk()
    desk = await proposes(town)
    await agrees(shop)
    await opens_review(clerk)
    await returns(clerk)
    assert "差し戻しました" in clerk.sees()

    assert "専門家がもう一度直します" in shop.recent
    await shop.taps("計画を見る")
    assert "専門家が修正中" in shop.last
    assert RETURNED["sentence_purpose"] in desk.sees("dm")
    await desk.presses("直す", where="dm")
    assert RETURNED["sentence_purpose"] in desk.sees()
    await desk.submits({"purpose": CLEARER})
    await desk.submits({"price": "3800"})
    assert "を修正しました" in desk.sees()

    assert "事務局の指摘で計画を直しました" in shop.recent
    assert "3,750円 → 3,800円" in shop.recent
    await agrees(shop)
    assert "事務局が確認中" in shop.recent
    await opens_review(clerk)
    assert "再申請" in clerk.sees("channel")
    assert "変わったところ" in clerk.sees()
    assert CLEARER in clerk.sees()
    await approves(clerk)
    assert "承認しました" in clerk.sees()
    town.accepted()


async def test_a_rejected_plan_ends_for_both_with_the_reason(town: Town, shop: Phone) -> None:
    clerk = await town.clerk()
    desk = await proposes(town)
    await agrees(shop)
    await opens_review(clerk)
    await clerk.presses("不承認にする")
    await clerk.fills({"code": "WORK_CONTRACT"})
    await clerk.submits({"sentence": "完成品の納品が中心のため、対象になりません。"})
    assert "完成品の納品が中心" in shop.recent
    assert "またほかの提案を受けられます" in shop.recent
    assert "完成品の納品が中心" in desk.sees("dm")
    town.accepted()


async def test_what_stands_in_the_way_is_shown_and_blocks_with_all_reasons(town: Town, shop: Phone) -> None:
    clerk = await town.clerk()
    desk = await proposes(town)
    await agrees(shop)

    async def spoil(services: Any) -> None:
        mine: Expert | None = await services.experts.mine()
        assert mine is not None
        mine.qualification = None

    async def old_terms(services: Any) -> None:
        mine: Company | None = await services.companies.mine()
        assert mine is not None
        mine.terms_version = "2021-07-20"

    await settled(town, desk, spoil)
    await settled(town, shop, old_terms)
    await opens_review(clerk)
    assert "2項目が不足" in clerk.sees()
    await approves(clerk)
    assert "専門家の資格が確認できていません" in clerk.sees()
    assert "企業が 2021-10-19 の規約に同意していません" in clerk.sees()
    assert "に承認しました" not in shop.recent

    await shop.taps("いまの状況", "規約を読む", "同意する")
    assert "新しい規約への同意を受け付けました" in shop.last
    await opens_review(clerk)
    assert "1項目が不足" in clerk.sees()
    town.accepted()


async def test_the_second_of_two_clerks_is_shown_what_the_first_decided(town: Town, shop: Phone) -> None:
    clerk, colleague = await town.clerk(), await town.clerk("高田 修")
    await proposes(town)
    await agrees(shop)
    await opens_review(clerk)
    await opens_review(colleague)
    await colleague.presses("承認する")
    await approves(clerk)
    await colleague.submits({"checked": POINTS})
    assert "鈴木 美咲" in colleague.sees()
    assert "承認" in colleague.sees()
    town.accepted()


async def test_an_old_button_shows_what_has_happened_since(town: Town, shop: Phone) -> None:
    clerk = await town.clerk()
    desk = await proposes(town)
    await agrees(shop)
    await opens_review(clerk)
    await desk.presses("提出した計画")
    await desk.presses("開く")
    await desk.presses("取り下げる")
    await clerk.presses("承認する")
    assert "取り下げられています" in clerk.sees()
    assert "承認しました" not in desk.sees("dm")
    await clerk.opens_home()
    assert "支援計画の成立審査" not in clerk.sees("home")


async def test_a_plan_that_answers_a_request_shows_the_request_with_tips(town: Town) -> None:
    """Matched on another service: no case was reviewed, so the reviewer sees what the company asked for (Q14)."""
    clerk = await town.clerk()
    shop = await town.phone().adds_us()
    await settled(town, shop, people.company)
    desk = await expert(town, "高橋 涼", phone="090-1234-5678")
    await looks_for(shop, "高橋")
    await answers(shop, *ASKING[:3])
    await shop.says("ホームページを作ってください。")
    if "このままにする" in shop.buttons():
        await shop.taps("このままにする")
    await answers(shop, *ASKING[4:7])
    await shop.taps("ほかのサービスで知り合った")
    assert "どのサービスで" in shop.last
    await shop.says("ランサーズ")
    await answers(shop, ASKING[8])
    await shop.taps("この専門家に依頼する")
    assert "ランサーズ" in desk.sees("dm")
    await desk.presses("引き受ける", where="dm")
    await desk.presses("支援計画を書く")
    for page in (AIM, STEPS, HOURS, WHEN, WORD):
        await desk.submits(page)
    await agrees(shop)
    assert "ほかのサービスで知り合いました" in clerk.sees("channel")
    assert "ランサーズ" not in clerk.sees("channel")
    await opens_review(clerk)
    for line in ("ランサーズ", "ホームページを作ってください", "制作や開発は対象外です", "他システムで予定"):
        assert line in clerk.sees(), line
    await approves(clerk)
    assert "承認しました" in clerk.sees()
    town.accepted()


async def test_nobody_approves_a_plan_of_his_own(town: Town, shop: Phone) -> None:
    desk = await proposes(town)
    await agrees(shop)
    await town.slack.join(desk.user, town.channel)
    await town.idle()
    await opens_review(desk)
    await approves(desk)
    assert "ご自身が関わる申請です" in desk.sees()
    assert "を承認しました" not in shop.recent


async def test_what_is_not_approved_in_time_ends_with_words_to_both(town: Town, shop: Phone) -> None:
    desk = await proposes(town)
    await agrees(shop)
    await town.turn(NOON + timedelta(days=59))
    assert "期限までに承認されませんでした" in shop.recent
    assert "期限までに承認されませんでした" in desk.sees("dm")
    town.accepted()


async def test_new_terms_are_accepted_before_anything_is_agreed_under_them(town: Town, shop: Phone) -> None:
    desk = await expert(town, terms_version="2021-07-20")
    await desk.opens_home()
    assert "新しい利用規約" in desk.sees("home")
    await finds(desk)
    assert "利用規約が変わりました" in desk.sees()
    await desk.submits({"consent": ["2021-10-19"]})
    assert "新しい規約への同意を受け付けました" in desk.sees()
    await desk.closes()
    await finds(desk)
    for page in (AIM, STEPS, HOURS, WHEN, WORD):
        await desk.submits(page)

    async def old_terms(services: Any) -> None:
        mine: Company | None = await services.companies.mine()
        assert mine is not None
        mine.terms_version = "2021-07-20"

    await settled(town, shop, old_terms)
    await shop.taps("詳しく見る", "この計画で進める")
    assert "利用規約が変わりました" in shop.last
    await shop.taps("同意する", "計画に戻る", "この計画で進める", "同意する")
    assert "事務局が確認中" in shop.recent
    town.accepted()
