"""People ask in their own words, in the middle of a form and out of the blue, on LINE and in Slack."""

from services.cases import CaseState
from services.session_records import SessionState
from tests.programmes.conftest import harbour
from tests.services import plan_people as people
from tests.services import road
from tests.services.road import acting_in
from tests.story.people import newcomer
from tests.story.test_contract import Pair, pair
from tests.story.test_plans import settled
from tests.story.test_sessions import ONE
from tests.town import Phone, Town

__all__ = ["harbour", "pair"]


async def registered(town: Town) -> Phone:
    """A registered shop in Kobe."""
    phone = await town.phone().adds_us()
    await settled(town, phone, people.company)
    return phone


# --- on LINE -------------------------------------------------------------------------------------------


async def test_a_question_in_the_middle_of_a_form_is_answered_and_the_step_asked_again(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    asked = phone.last
    for typed, answer in (
        ("いくらかかる？", "自己負担は1時間500円から"),
        ("時給6000円で20時間だといくら？", "50,000円"),
        ("登録はいつまでですか？", "2021年11月1日(月)"),
        ("録画は必要ですか？", "すべて録画します"),
    ):
        await phone.says(typed)
        if "質問です" in phone.buttons():
            await phone.taps("質問です")
        assert answer in phone.recent, typed
        assert phone.last == asked, typed
    await phone.says("菓匠やまもと")
    assert phone.last != asked
    town.accepted()


async def test_out_of_the_blue_it_is_answered_with_a_button_and_a_word_on_whether_it_helped(
    town: Town,
) -> None:
    phone = await town.phone().adds_us()
    await phone.says("ホームページを作ってくれますか？")
    assert "制作そのものは頼めません" in phone.last
    await phone.taps("役に立った")
    assert "お役に立ててよかったです" in phone.last
    await phone.says("個人でも大丈夫ですか")
    assert "個人事業主の方も使えます" in phone.last
    await phone.taps("登録をはじめる")
    assert "わからない" in phone.buttons() or "すべてはい" in phone.buttons()
    town.accepted()


async def test_it_is_answered_in_the_language_of_whoever_asks(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.says("録画は必要ですか？", "English", "Is recording required?")
    assert "Every meeting is recorded" in phone.last
    await phone.says("録画は必要ですか？")
    assert "Every meeting is recorded" in phone.last
    await phone.says("やさしい日本語", "録画は必要ですか？")
    assert "全部ビデオをとります" in phone.last
    town.accepted()


async def test_what_may_be_meant_is_offered_and_chosen_by_its_words(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.says("時間は？")
    assert "これのことですか？" in phone.last
    first, *_others, none = phone.buttons()
    assert none == "どれも違う" and len(phone.buttons()) <= 4
    await phone.says(first)
    assert first in phone.last
    town.accepted()


async def test_a_story_and_an_unknown_question_go_the_usual_way(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.says("明日の天気は？")
    assert "わかりませんでした" in phone.last
    await phone.says("在庫を紙で管理しているので、数が合わないことがよくあります。")
    assert "よくある質問" not in phone.last
    town.accepted()


async def test_the_list_leads_from_topic_to_question_to_answer(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.says("よくある質問")
    assert "費用・お金" in phone.buttons() and "謝金" not in phone.buttons()
    await phone.taps("費用・お金")
    await phone.taps("無料になりますか")
    assert "無料にはなりません" in phone.last
    await phone.taps("ほかの質問", "ほかの話題", "相談できること")
    assert "何を相談できますか" in phone.buttons()
    await phone.says("ヘルプ")
    assert "質問をえらぶ" in phone.recent
    town.accepted()


async def test_the_list_in_the_middle_of_a_form_leads_back(town: Town) -> None:
    phone = await newcomer(town)
    asked = phone.last
    await phone.says("ヘルプ")
    await phone.taps("質問をえらぶ", "費用・お金", "費用はいくらかかる？", "続ける")
    assert asked.splitlines()[-1] in phone.last or "法人" in phone.last
    town.accepted()


async def test_the_local_desk_is_told_where_there_is_one_and_on_asking(town: Town) -> None:
    phone = await registered(town)
    await phone.says("近くで相談できる窓口はありますか？")
    assert "求人ステーションKOBE" in phone.last and "ほかの地域" not in phone.last
    stranger = await town.phone("田中 一郎").adds_us()
    await stranger.says("求人ステーションKOBEって何ですか")
    assert "ほかの地域の方" in stranger.last
    town.accepted()


async def test_before_anything_is_agreed_the_own_data_say_little(town: Town) -> None:
    phone = await registered(town)
    for typed, answer in (
        ("いくらかかりますか？", "自己負担は1時間500円から"),
        ("あといくら使えるんですか？", "300,000円"),
        ("締め切りはいつですか？", "2021年12月17日(金)"),
        ("審査はいつ終わりますか？", "営業日ほど"),
        ("次に何をすればいいですか？", "相談したいこと"),
        ("お金はいつ入りますか？", "会社にお金が入る制度ではありません"),
    ):
        await phone.says(typed)
        assert answer in phone.last, (typed, phone.last)
    town.accepted()


async def test_what_is_under_review_is_told_with_its_day(town: Town) -> None:
    phone = await registered(town)
    await hands_in(town, phone)
    await phone.says("審査はいつ終わりますか？")
    assert "事務局が確認しています" in phone.last and "2021年10月" in phone.last
    town.accepted()


async def hands_in(town: Town, phone: Phone) -> None:
    """A case of the shop waits for the secretariat."""
    async with acting_in(town, phone) as services:
        company = await services.companies.mine()
        assert company is not None
        case = await people.case(services, company, CaseState.UNDER_REVIEW)
        await services.reviews.submit("case", case.id, "case", {})


async def test_under_a_contract_everything_is_told_from_the_own_data(pair: Pair) -> None:
    shop = pair.shop
    await shop.says("いくらかかりますか？")
    assert "16,000円" in shop.last and "佐藤 健一" in shop.last
    await shop.says("次に何をすればいいですか？")
    assert "契約書を読んで、契約してください" in shop.last
    await pair.both_sign()
    await shop.says("支援はいつまで受けられますか？")
    assert "2021年12月24日(金)" in shop.last
    await pair.town.turn(ONE)
    async with acting_in(pair.town, shop) as services:
        await road.session(services, pair.contract, start=ONE, state=SessionState.CONFIRMED)
        await road.invoice(services, await road.report(services, pair.contract))
    await shop.says("いつ支払えばいいですか？")
    assert "支払期限" in shop.last and "2022年1月7日(金)" in shop.last


# --- the calculator ------------------------------------------------------------------------------------


async def test_a_cost_is_computed_from_a_sentence_and_kept_within_the_limit(town: Town) -> None:
    phone = await registered(town)
    for typed, lines in (
        ("3750円 32時間", ("120,000円", "104,000円", "16,000円", "300,000円のうち")),
        ("1時間4,000円を月8時間で3か月", ("24時間（8時間×3）", "96,000円", "12,000円")),
        ("四千円で三十時間だといくら？", ("15,000円", "105,000円")),
        ("時給4000円で86時間だといくら？", ("上限をこえます", "85.5時間まで")),
        ("時給500円で10時間だといくら？", ("500円", "例：「1時間4,000円で20時間」")),
        ("0円で20時間だといくら", ("一つずつ", "例：")),
        ("4000円で20分だといくら？", ("30分", "例：")),
        ("時給30000円で2時間だといくら？", ("かなり高い単価",)),
    ):
        await phone.says(typed)
        for line in lines:
            assert line in phone.recent, (typed, line, phone.recent)
    town.accepted()


async def test_the_calculator_asks_two_questions_and_leads_back_to_what_was_begun(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    await phone.says("ヘルプ")
    await phone.taps("費用を計算する")
    await phone.says("４千円", "30時間")
    assert "15,000円" in phone.recent
    await phone.taps("続ける")
    assert "屋号" in phone.last or "お名前" in phone.last or "店" in phone.last
    town.accepted()


async def test_a_price_at_which_nothing_is_paid_is_asked_again(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.says("費用を計算する", "500", "10")
    assert "単価" in phone.last and "500円" in phone.recent
    await phone.says("6000")
    assert "25,000円" in phone.recent
    town.accepted()


# --- in Slack ------------------------------------------------------------------------------------------


async def test_an_expert_asks_by_command_in_the_dm_and_from_the_home(pair: Pair) -> None:
    desk = pair.desk
    await desk.says("源泉徴収はされますか？")
    assert "源泉徴収をするときは" in desk.sees("dm")
    await desk.commands("cost 3750 32")
    assert "104,000円" in desk.sees() and "企業" in desk.sees()
    await desk.commands("cost abc")
    assert "例：" in desk.sees()
    await desk.commands("faq")
    assert "謝金" in desk.sees()
    await desk.commands("faq 旅費は出ますか")
    assert "片道100km以上" in desk.sees() + desk.sees("dm")
    await desk.opens_home()
    await desk.presses("質問をえらぶ", where="home")
    await desk.presses("困ったとき")
    await desk.presses("英語で使えますか")
    assert "書類と契約は日本語です" in desk.sees()
    await desk.says("お金はいつ入りますか？")
    assert "やまだ菓子店" in desk.sees("dm")


async def test_the_two_questions_are_a_window_in_slack(pair: Pair) -> None:
    await pair.desk.commands("cost")
    await pair.desk.submits({"price": "4000", "hours": "30"})
    assert "105,000円" in pair.desk.sees() + pair.desk.sees("dm")


async def test_a_programme_without_answers_says_nothing_of_them(harbour: Town) -> None:
    phone = await harbour.phone().adds_us()
    await phone.says("録画は必要ですか？")
    assert "わかりませんでした" in phone.last
    await phone.says("よくある質問")
    assert "費用・お金" not in phone.recent
    await phone.says("ヘルプ")
    assert "質問をえらぶ" not in phone.recent
    await phone.says("5000円で10時間だといくら？")
    assert "43,210円" in phone.last and "6,790円" in phone.last
    desk = harbour.desk()
    await desk.opens_home()
    assert "よくある質問" not in desk.sees("home")
    harbour.accepted()


# --- what could not be answered ------------------------------------------------------------------------


async def test_the_secretariat_sees_what_was_asked_in_vain_and_deals_with_it(town: Town) -> None:
    clerk = await town.clerk()
    phone, other = await town.phone().adds_us(), await town.phone("田中 一郎").adds_us()
    await phone.says("駐車場はありますか？ 電話は090-1234-5678です")
    await other.says("駐車場はありますか？ 電話は090-8765-4321です")
    await phone.says("どんな人が社長なのでしょうか")
    await clerk.opens_home()
    assert "答えられなかった質問：2件" in clerk.sees("home")
    await clerk.presses("見る", where="home")
    assert "駐車場はありますか" in clerk.sees() and "2回" in clerk.sees()
    assert "090" not in clerk.sees()
    await clerk.presses("対応済み")
    assert "駐車場" not in clerk.sees() and "社長" in clerk.sees()
    await clerk.presses("対応済み")
    await clerk.opens_home()
    assert "答えられなかった質問" not in clerk.sees("home")
    await phone.says("どんな人が社長なのでしょうか")
    await clerk.opens_home()
    assert "答えられなかった質問：1件" in clerk.sees("home")
    town.accepted()


async def test_a_wrong_answer_counts_as_none_and_offers_a_person(town: Town) -> None:
    clerk, phone = await town.clerk(), await town.phone().adds_us()
    await phone.says("録画は必要ですか？")
    await phone.taps("聞きたいことと違う")
    assert "事務局が確認します" in phone.last and "担当者と話す" in phone.buttons()
    await clerk.opens_home()
    await clerk.presses("見る", where="home")
    assert "録画は必要ですか" in clerk.sees() and "出した答え" in clerk.sees()
    town.accepted()


async def test_who_has_left_the_channel_sees_no_questions(town: Town) -> None:
    clerk, phone = await town.clerk(), await town.phone().adds_us()
    await phone.says("駐車場はありますか？")
    await clerk.opens_home()
    await town.slack.leave(clerk.user, town.channel)
    await town.idle()
    await clerk.presses("見る", where="home")
    assert "駐車場" not in clerk.sees()


async def test_a_command_that_is_none_is_heard_like_any_words(town: Town) -> None:
    desk = town.desk()
    await desk.commands("謝金はいくらですか")
    assert "3,500円" in desk.sees()
    await desk.commands("ほげほげ")
    assert "わかりませんでした" in desk.sees()
    town.accepted()
