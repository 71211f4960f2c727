"""An owner looks at cases like the own one while writing; a clerk is told of texts that are nearly the same."""

import pytest

from services import people
from services.bundle import Services
from services.database import transaction
from services.people import Identity
from tests.services import market
from tests.services.case_company import registered
from tests.services.test_similar_cases import BACKGROUND, GOAL, ISSUE, NAMES
from tests.story.people import answers, owner
from tests.story.test_case import CASE, PREVIEW, SEND, handed_in
from tests.town import Desk, Phone, Town

BUTTON, BACK, PATTERN = "似た相談の例", "質問にもどる", "この書き方をまねる"


@pytest.fixture
async def clerk(town: Town) -> Desk:
    """Somebody of the secretariat."""
    return await town.clerk()


@pytest.fixture
async def shop(town: Town, clerk: Desk) -> Phone:
    """A registered sweets shop."""
    return await owner(town, clerk)


async def others(town: Town, companies: int = 3) -> None:
    """So many other companies with an open case in the same area."""
    for number in range(companies):
        async with transaction(town.ouentai.engine) as connection:
            person = await people.lock(connection, Identity("line", "line", f"U-other-{number}"))
            services = Services(connection, town.ouentai.programme, town.ouentai.clock, person)
            (await registered(services)).name = NAMES[number + 1]
            await market.published(services, 50 + number, issue=ISSUE, goal=GOAL, background=BACKGROUND)
            await services.flush()


# --- while a case is written ---------------------------------------------------------------------------


async def test_cases_of_others_help_and_nothing_that_was_answered_is_lost(town: Town, shop: Phone) -> None:
    await others(town)
    await shop.taps("相談を書く")
    assert BUTTON not in shop.buttons(), "nothing is known yet of what it is about"
    await answers(shop, *CASE[:2])
    assert "今はどのようにしていますか" in shop.last and BUTTON in shop.buttons()
    await answers(shop, CASE[2])
    await shop.taps(BUTTON)
    assert "聞き間違いが月に数回あり、書き直しに毎日数十分かかります。" in shop.last
    assert "名前や地名、くわしい数は伏せています。" in shop.last
    assert "まだないものが多い" in shop.last and "10〜20時間が多い" in shop.last
    assert "10,000円〜30,000円が多い" in shop.last and "3件の相談から" in shop.last
    for secret in (*NAMES, "神戸", "A-0", "2、3回"):
        assert secret not in shop.last
    await shop.taps(PATTERN)
    assert "（何の仕事）で" in shop.last and "困っていることは何ですか" in shop.last
    await answers(shop, CASE[3])
    await shop.taps(BUTTON, BACK)
    assert "いつまでに、どうなるとよいですか" in shop.last
    await answers(shop, *CASE[4:])
    await shop.taps(PREVIEW)
    assert CASE[2][1] in shop.last and CASE[3][1] in shop.last
    await shop.taps(SEND)
    assert "ご相談を受け付けました" in shop.recent
    town.accepted()


async def test_words_that_are_typed_beside_the_examples_are_the_answer(town: Town, shop: Phone) -> None:
    await others(town)
    await shop.taps("相談を書く")
    await answers(shop, *CASE[:2])
    await shop.taps(BUTTON)
    await shop.says(CASE[2][1])
    assert "困っていることは何ですか" in shop.last


async def test_where_few_have_such_a_case_a_made_up_one_is_shown(town: Town, shop: Phone) -> None:
    await others(town, 2)
    await shop.taps("相談を書く")
    await answers(shop, *CASE[:2])
    await shop.taps(BUTTON)
    assert "作例" in shop.last and "電話の注文が1日20件ほどあり" in shop.last
    assert "聞き間違いが月に数回" not in shop.last and "目安" not in shop.last
    await shop.taps(BACK)
    assert "今はどのようにしていますか" in shop.last
    town.accepted()


async def test_the_examples_are_read_in_easy_japanese_and_in_english(town: Town, shop: Phone) -> None:
    await others(town)
    await shop.taps("相談を書く")
    await answers(shop, *CASE[:2])
    await shop.says("やさしい日本語")
    await shop.taps("似た相談を見る")
    assert "あなたと似た相談です" in shop.recent and "10〜20時間が多いです" in shop.last
    await shop.taps(PATTERN)
    assert "（何人）で" in shop.last
    await shop.says("english")
    await shop.taps("Cases like mine")
    assert "Names, places and exact figures are hidden. Please write in your own words." in shop.last
    town.accepted()


async def test_an_old_button_of_a_case_that_was_sent_is_explained(town: Town, shop: Phone) -> None:
    await shop.taps("相談を書く")
    await answers(shop, *CASE[:2])
    old = shop.button(BUTTON)
    await answers(shop, *CASE[2:])
    await shop.taps(PREVIEW, SEND)
    await shop.stage.line.tap(shop.user, old)
    await shop.stage.idle()
    assert "このボタンの「" in shop.last and "に送信済みです" in shop.last


# --- when it is reviewed -------------------------------------------------------------------------------


async def test_a_clerk_is_warned_compares_and_approves_with_a_reason(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await handed_in(shop)
    await clerk.presses("引き受ける", where="channel")
    assert "ほぼ同じ文の案件はありません" in clerk.sees()
    await clerk.presses("承認する")
    copier = await owner(town, clerk, "森 太一")
    await handed_in(copier)
    assert "ほぼ同じ文" not in clerk.sees("channel"), "the channel tells of no texts"
    await clerk.presses("引き受ける", where="channel")
    opened = clerk.sees()
    assert "ほぼ同じ文の案件：1件" in opened and "100%同じ・ほかの企業・提案募集中" in opened
    number = next(word for word in opened.split() if word.endswith("と比べる")).removesuffix("と比べる")
    await clerk.presses(f"{number}と比べる")
    beside = clerk.sees()
    assert f"{number} 困りごと" in beside and "【" in beside and "100%同じ" in beside
    await clerk.presses("審査にもどる")
    await clerk.presses("承認する")
    assert "ほかの企業にほぼ同じ文があります" in clerk.sees()
    await clerk.submits({"why": "OTHER"})
    assert "理由を書いてください" in clerk.errors()["note"]
    await clerk.submits({"why": "OTHER", "note": "同じ商店街で一緒に申し込んだ2社です。"})
    assert "承認しました" in clerk.sees()
    assert "承認した理由：その他" in clerk.sees() and "同じ商店街で" in clerk.sees()
    assert "ご相談を公開しました" in copier.last
    town.accepted()


async def test_a_case_that_comes_again_after_a_return_is_approved_at_once(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await handed_in(shop)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("差し戻す")
    await clerk.fills({"which": ["issue"]})
    await clerk.fills({"code_issue": "VAGUE"})
    await clerk.submits()
    await shop.taps("直す")
    await shop.says("注文の聞き間違いが月に4回あります。書き直しに毎日40分かかります。")
    await shop.taps(PREVIEW, SEND)
    await clerk.presses("引き受ける", where="channel")
    assert "ほぼ同じ文の案件はありません" in clerk.sees()
    await clerk.presses("承認する")
    assert "ご相談を公開しました" in shop.last
