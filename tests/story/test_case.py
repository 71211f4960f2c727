"""A small business writes a case on LINE, the secretariat reviews it in Slack, and experts may see it."""

from datetime import UTC, datetime

import pytest

from tests.story.people import answers, owner
from tests.town import Desk, Phone, Town

BACKGROUND = "従業員6名の和菓子店です。注文は電話とFAXで1日20件ほど、販売の2名がノートに書いています。"
ISSUE = "注文の聞き間違いが月に2、3回あります。書き直しに毎日30分かかります。"
GOAL = "12月中に、聞き間違いを半分にしたいです。どの方法が合うか一緒に考えてほしいです。"
CASE = (
    ("tap", "販売・集客"),
    ("tap", "EC・ネット販売"),
    ("say", BACKGROUND),
    ("say", ISSUE),
    ("say", GOAL),
    ("say", "電話、FAX、パソコン2台"),
    ("tap", "オンライン"),
    ("tap", "2021年12月31日(金)"),
    ("tap", "20時間"),
    ("tap", "30,000円まで"),
    ("tap", "2021年11月9日(火)"),
)
"""What a sweets shop answers: eleven questions, four of them typed."""
PREVIEW, SEND = "専門家に見える形で確認", "事務局に送る"


@pytest.fixture
async def clerk(town: Town) -> Desk:
    """Somebody of the secretariat."""
    return await town.clerk()


@pytest.fixture
async def shop(town: Town, clerk: Desk) -> Phone:
    """A registered sweets shop."""
    return await owner(town, clerk)


async def handed_in(shop: Phone) -> None:
    """Write a case and hand it in."""
    await shop.taps("相談を書く")
    await answers(shop, *CASE)
    await shop.taps(PREVIEW, SEND)


async def test_a_case_is_written_helped_previewed_returned_corrected_and_published(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await shop.taps("相談を書く")
    assert "どんなことを相談したいですか" in shop.last and "1/11" in shop.last
    await answers(shop, *CASE[:3])
    await shop.says(ISSUE)
    # A wish for a finished work gets a rewording at once, which is taken with one tap.
    await shop.says("12月中に、ネット注文のホームページを作ってほしいです。")
    assert "制作や開発は対象外です" in shop.last
    await shop.taps("この文にする")
    await answers(shop, *CASE[5:])
    assert "伝わりやすさ" in shop.last and "作ってほしい" not in shop.last
    await shop.taps(PREVIEW)
    assert "専門家に見える形" in shop.last
    assert BACKGROUND in shop.last and ISSUE in shop.last
    assert "菓匠やまもと" not in shop.last
    await shop.taps(SEND)
    assert "ご相談を受け付けました" in shop.recent

    card = clerk.sees("channel")
    assert "相談案件" in card and "EC・ネット販売" in card
    assert "菓匠やまもと" not in card and "聞き間違い" not in card
    await clerk.presses("引き受ける", where="channel")
    opened = clerk.sees()
    assert BACKGROUND in opened and "提案期限は13営業日先です" in opened
    assert "300,000円" in opened and "請負の言い換えではない" in opened
    await clerk.presses("差し戻す")
    await clerk.fills({"which": ["issue"]})
    await clerk.fills({"code_issue": "VAGUE"})
    await clerk.submits()

    assert "修正のお願い" in shop.recent
    await shop.taps("直す")
    assert "困っていることは何ですか" in shop.last
    await shop.says("注文の聞き間違いが月に4回あります。書き直しに毎日40分かかります。")
    assert "困りごと" in shop.last
    await shop.taps(PREVIEW, SEND)
    assert "ご相談を受け付けました" in shop.recent

    await clerk.presses("引き受ける", where="channel")
    changed = clerk.sees()
    assert "月に2、3回" in changed and "月に4回" in changed
    await clerk.presses("承認する")
    assert "ご相談を公開しました" in shop.last
    subjects = [mail["subject"] for mail in town.mails("aki@yamamoto.example")]
    assert any("ご相談を公開しました" in subject for subject in subjects)
    await shop.taps("相談を見る")
    assert "提案募集中" in shop.last
    town.accepted()


async def test_contact_data_in_a_text_is_pointed_out_and_hidden_in_the_preview(
    shop: Phone,
) -> None:
    await shop.taps("相談を書く")
    await answers(shop, *CASE[:3])
    await shop.says("聞き間違いが月に2回あります。くわしくは090-1234-5678まで。")
    assert "連絡先" in shop.last
    await shop.taps("このままにする")
    await answers(shop, *CASE[4:])
    await shop.taps(PREVIEW)
    assert "090-1234-5678" not in shop.last and "聞き間違いが月に2回" in shop.last


async def test_what_changed_after_the_preview_is_shown_again_before_it_is_sent(shop: Phone) -> None:
    await shop.taps("相談を書く")
    await answers(shop, *CASE)
    await shop.taps(PREVIEW, "書き直す")
    await shop.taps("直す：件名")
    await shop.says("ネット注文を始めたい")
    assert "件名: ネット注文を始めたい" in shop.last.replace("\n", ": ")
    await shop.taps(PREVIEW)
    assert "専門家に見える形" in shop.last and "ネット注文を始めたい" in shop.last
    await shop.taps(SEND)
    assert "ご相談を受け付けました" in shop.recent


async def test_a_preview_can_be_sent_by_typing_yes(shop: Phone) -> None:
    await shop.taps("相談を書く")
    await answers(shop, *CASE)
    await shop.says("はい")
    assert "専門家に見える形" in shop.last
    await shop.says("はい")
    assert "ご相談を受け付けました" in shop.recent


async def test_a_half_written_case_is_kept_and_gone_on_with(shop: Phone) -> None:
    await shop.taps("相談を書く")
    await answers(shop, *CASE[:4])
    await shop.says("やめる")
    await shop.taps("いまの状況")
    assert "書きかけの相談" in shop.last and "聞き間違い" in shop.last
    await shop.taps("続ける")
    assert "いつまでに、どうなるとよいですか" in shop.last


async def test_the_company_stops_proposals_extends_and_takes_its_case_back(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await handed_in(shop)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    await shop.taps("相談を見る", "提案は不要")
    assert "提案の募集を再開するまで" in shop.last
    await shop.taps("提案の募集を再開")
    assert "提案募集中" in shop.last
    await shop.taps("期限を延ばす")
    await shop.taps("2021年11月16日(火)")
    assert "提案期限は2021年11月16日(火)になりました" in shop.last
    await shop.taps("相談を取り下げる")
    await shop.taps("はい、取り下げる")
    assert "取り下げました" in shop.last
    town.accepted()


async def test_when_the_deadline_is_over_the_company_is_offered_more_days(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await handed_in(shop)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    await town.turn(datetime(2021, 11, 9, 15, 0, 5, tzinfo=UTC))
    assert "提案期限になりました" not in shop.last
    await town.turn(datetime(2021, 11, 10, 0, 0, 5, tzinfo=UTC))
    assert "提案期限になりました" in shop.recent
    await shop.taps("期限を延ばす")
    await shop.taps("日にちを選ぶ", picked="2021-11-26")
    assert "提案期限は2021年11月26日(金)になりました" in shop.last
    town.accepted()


async def test_a_button_drawn_before_a_change_explains_itself(town: Town, shop: Phone, clerk: Desk) -> None:
    await handed_in(shop)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    await shop.taps("相談を見る")
    old = shop.button("相談を取り下げる")
    await shop.taps("期限を延ばす", "2021年11月16日(火)")
    await shop.stage.line.tap(shop.user, old)
    await shop.stage.idle()
    assert "あとで内容が変わりました" in shop.last and "提案募集中" in shop.last


async def test_a_case_can_only_be_written_when_the_registration_is_complete(town: Town) -> None:
    phone = town.phone()
    await phone.adds_us()
    await phone.says("相談")
    assert "登録" in phone.last


async def test_when_the_area_is_returned_it_may_lie_in_another_field(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await handed_in(shop)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("差し戻す")
    await clerk.fills({"which": ["area"]})
    await clerk.fills({"code_area": "AREA_WRONG"})
    await clerk.submits()
    await shop.says("相談")
    assert "修正をお願いしている相談" in shop.last
    await shop.taps(next(label for label in shop.buttons() if label.endswith("を直す")))
    assert "どんなことを相談したいですか" in shop.last
    await shop.taps("経理・事務・在庫", "在庫・生産・受発注", PREVIEW, SEND)
    assert "ご相談を受け付けました" in shop.recent
    await clerk.presses("引き受ける", where="channel")
    assert "EC・ネット販売 → 在庫・生産・受発注" in clerk.sees()
    town.accepted()
