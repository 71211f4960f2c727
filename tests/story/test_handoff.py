"""Somebody talks to a person of the secretariat: passed on, taken, answered, ended, and never a word too much."""

from datetime import UTC, datetime

import pytest

from tests.pictures import jpeg
from tests.story.experts import expert
from tests.story.people import answers, newcomer, owner
from tests.town import Desk, Phone, Town, show, words

WORDS = "この番号で合っていますか。090-1111-2222にもください。"
FRIDAY_NIGHT = datetime(2021, 10, 22, 11, 0, tzinfo=UTC)
"""Eight in the evening in Tokyo, before a weekend."""
TALK = "担当者への連絡"


@pytest.fixture
async def clerk(town: Town) -> Desk:
    """Somebody of the secretariat."""
    return await town.clerk()


@pytest.fixture
async def shop(town: Town, clerk: Desk) -> Phone:
    """Somebody in the middle of the registration, at the phone number."""
    phone = await newcomer(town)
    await answers(phone, ("tap", "個人事業主"), ("say", "菓匠やまもと"), ("say", "山本 あき"))
    assert "業種" in phone.last
    return phone


async def passed_on(phone: Phone) -> None:
    """Ask for a person and pass on what is shown."""
    await phone.says("担当者と話す")
    await phone.taps("このまま送る")


# --- passed on -----------------------------------------------------------------------------------------


async def test_what_is_passed_on_is_shown_first_and_can_be_added_to(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await shop.says("担当者と話す")
    assert "この内容を担当者に送りますか" in shop.last and "業種" in shop.last
    assert "個人事業主" in shop.last and "菓匠やまもと" in shop.last
    assert "山本 あき" not in shop.last and "お名前・連絡先" in shop.last
    assert TALK not in clerk.sees("channel")
    await shop.taps("ひとこと加える")
    await shop.says("業種が選べません。090-1111-2222です。")
    assert "業種が選べません" in shop.last
    await shop.taps("このまま送る")
    assert "担当者に送りました" in shop.last and "少しお待ちください" in shop.last
    card = clerk.sees("channel")
    assert TALK in card and "中小企業（LINE）" in card and "まだ登録していません" in card
    assert "菓匠やまもと" not in card and "090-1111-2222" not in card
    await clerk.presses("開く", where="channel")
    assert "菓匠やまもと" in clerk.sees() and "090-1111-2222" in clerk.sees()
    assert "山本 あき" not in clerk.sees()
    town.accepted()


async def test_words_typed_below_what_is_shown_are_added_and_a_yes_sends_it(shop: Phone, clerk: Desk) -> None:
    await shop.says("担当者と話す", "業種がわかりません、飲食店です")
    assert "飲食店です" in shop.last and "このまま送る" in shop.buttons()
    await shop.says("はい")
    assert "担当者に送りました" in shop.last


async def test_nothing_is_passed_on_and_the_form_goes_on(shop: Phone, clerk: Desk) -> None:
    await shop.says("オペレーター")
    await shop.taps("やめる")
    assert "何も送っていません" in shop.last and "業種" in shop.last
    assert TALK not in clerk.sees("channel")
    await shop.taps("小売業")
    assert "従業員" in shop.last


async def test_an_old_button_to_send_is_explained(shop: Phone, clerk: Desk) -> None:
    await shop.says("担当者と話す")
    old = shop.button("このまま送る")
    await shop.says("ひとことです")
    await shop.stage.line.tap(shop.user, old)
    await shop.stage.idle()
    assert "内容が変わりました" in shop.last and "ひとことです" in shop.last
    await shop.taps("このまま送る")
    await shop.stage.line.tap(shop.user, old)
    await shop.stage.idle()
    assert "もう担当者に送ってあります" in shop.last


# --- talked --------------------------------------------------------------------------------------------


async def test_a_clerk_takes_it_and_only_what_is_meant_for_the_person_reaches_them(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await passed_on(shop)
    await clerk.presses("引き受ける", where="channel")
    assert "あなたの担当になりました" in clerk.sees()
    assert "担当者が対応中" in clerk.sees("channel") and "鈴木 美咲" in clerk.sees("channel")
    before = len(shop.messages)
    await clerk.replies("この方、業種で困っているみたい。返信しておきますね", TALK)
    await clerk.replies("返信 まだですか", TALK)
    await clerk.replies("注：返信：とは書かないでください", TALK)
    assert len(shop.messages) == before
    await clerk.replies("返信：お菓子屋さんなら「小売業」です。", TALK)
    assert shop.last == "お菓子屋さんなら「小売業」です。" and shop.sender == "鈴木 美咲（事務局）"
    assert "本人に送りました" in clerk.sees_thread(TALK)
    await clerk.replies("Reply:\nほかにもありますか。", TALK)
    assert shop.last == "ほかにもありますか。"
    town.accepted()


async def test_the_bot_keeps_silent_and_goes_on_at_the_exact_step(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await passed_on(shop)
    await shop.says(WORDS)
    assert "担当者に届きました" in shop.last
    said = len(shop.messages)
    await shop.says("もしもし", "小売業")
    assert len(shop.messages) == said
    thread = clerk.sees_thread(TALK)
    assert "この番号で合っていますか" in thread and "もしもし" in thread and "090-1111-2222" not in thread
    await clerk.presses("引き受ける", where="channel")
    assert "090-1111-2222" in clerk.sees()
    await clerk.presses("返信する")
    await clerk.submits({"words": "はい、合っています。"})
    assert shop.last == "はい、合っています。" and "返信を送りました" in clerk.sees()
    assert "はい、合っています" in clerk.sees_thread(TALK)
    await clerk.presses("終える")
    assert "解決しましたか" in shop.last
    await shop.says("はい")
    assert "解決してよかったです" in shop.last and "業種" in shop.last
    assert "本人の回答：解決しました" in clerk.sees_thread(TALK)
    await shop.says("小売業")
    assert "従業員" in shop.last
    town.accepted()


async def test_buttons_go_on_working_meanwhile(shop: Phone, clerk: Desk) -> None:
    await shop.says("担当者と話す")
    await shop.taps("このまま送る")
    await shop.taps("小売業")
    assert "従業員" in shop.last


async def test_not_solved_goes_on_in_the_same_thread(shop: Phone, clerk: Desk) -> None:
    await passed_on(shop)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("終える")
    await shop.taps("まだ")
    assert "まだ困っていること" in shop.last
    assert "まだ解決していません" in clerk.sees_thread(TALK)
    await shop.says("業種が2つあります")
    assert "業種が2つあります" in clerk.sees_thread(TALK)
    await shop.taps("まだ")
    await clerk.replies("返信：主なほうを選んでください。", TALK)
    assert shop.last == "主なほうを選んでください。"


async def test_a_photo_goes_either_way(town: Town, shop: Phone, clerk: Desk) -> None:
    await passed_on(shop)
    await clerk.presses("引き受ける", where="channel")
    await shop.sends_photo(jpeg("the screen"))
    assert "ファイルが届きました" in clerk.sees_thread(TALK)
    assert "担当者に届きました" in shop.last
    await clerk.presses("開く", where="channel")
    assert "/files/" in clerk.link("ファイルを開く")
    before = len(shop.messages)
    await clerk.shares(jpeg("a note"), "note.jpg", "これ内部用です", TALK)
    assert len(shop.messages) == before
    await clerk.shares(jpeg("help"), "help.jpg", "返信：ここを押してください", TALK)
    said = shop.messages[before:]
    assert words(said[0]) == "ここを押してください" and said[-1]["type"] == "image"
    assert "/files/" in said[-1]["originalContentUrl"] and shop.sender == "鈴木 美咲（事務局）"
    await clerk.presses("返信する", where="channel")
    assert await clerk.stage.upload(clerk.link("書類を送る"), jpeg("a form")) == 200
    await clerk.presses("送りました")
    await clerk.submits()
    assert "返信を送りました" in clerk.sees() and shop.messages[-1]["type"] == "image"
    town.accepted()


# --- two clerks ----------------------------------------------------------------------------------------


async def test_a_colleague_does_not_talk_over_another(town: Town, shop: Phone, clerk: Desk) -> None:
    other = await town.clerk("田中 実")
    await passed_on(shop)
    await clerk.presses("引き受ける", where="channel")
    before = len(shop.messages)
    await other.replies("返信：私からも一言。", TALK)
    assert len(shop.messages) == before
    assert "送れませんでした" in other.sees("dm") and "鈴木 美咲さんが" in other.sees("dm")
    await other.presses("開く", where="channel")
    await other.presses("引き継ぐ")
    assert "あなたの担当になりました" in other.sees()
    assert "田中 実さんが" in clerk.sees("dm")
    await other.replies("返信：代わりました、田中です。", TALK)
    assert shop.last == "代わりました、田中です。"
    await clerk.presses("終える", where="channel")
    assert "田中 実さんが" in clerk.sees()


async def test_who_has_left_the_channel_can_neither_read_nor_answer(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await passed_on(shop)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("返信する")
    before = len(shop.messages)
    await town.slack.leave(clerk.user, town.channel)
    await town.idle()
    await clerk.submits({"words": "もう担当ではないのに"})
    assert "事務局チャンネルのメンバーだけ" in clerk.sees()
    assert len(shop.messages) == before
    await clerk.closes()
    await clerk.opens_home()
    assert TALK not in clerk.sees("home")


# --- an expert -----------------------------------------------------------------------------------------


async def test_an_expert_in_slack_talks_to_a_clerk(town: Town, clerk: Desk) -> None:
    desk = await expert(town, clerk)
    await desk.presses("担当者と話す", where="home")
    assert "この内容を担当者に送りますか" in desk.sees()
    await desk.presses("ひとこと加える")
    await desk.submits({"words": "謝金の上限を知りたいです。"})
    assert "謝金の上限を知りたいです" in desk.sees()
    await desk.presses("このまま送る")
    assert "担当者に送りました" in desk.sees()
    assert "IT専門家（Slack）" in clerk.sees("channel") and "謝金の上限" in clerk.sees_thread(TALK)
    await clerk.replies("返信：1時間3,500円までです。", TALK)
    assert "1時間3,500円までです" in desk.sees("dm") and "鈴木 美咲" in desk.sees("dm")
    await desk.says("ありがとうございます。もう一つ聞きたいです。")
    assert "もう一つ聞きたいです" in clerk.sees_thread(TALK)
    answer = next(
        one
        for channel in desk.window["channels"]
        if channel["kind"] == "im"
        for one in channel["messages"]
        if "1時間3,500円までです" in show(one)
    )
    im = next(channel["id"] for channel in desk.window["channels"] if channel["kind"] == "im")
    await desk.says("スレッドでも続けます。", im, answer["ts"])
    assert "スレッドでも続けます" in clerk.sees_thread(TALK)
    await clerk.presses("終える", where="channel")
    await desk.presses("はい", where="dm")
    assert "解決してよかったです" in desk.sees("dm") + desk.sees()
    town.accepted()


async def test_help_and_the_command_lead_to_a_person(town: Town, clerk: Desk) -> None:
    desk = town.desk("高橋 涼")
    await desk.commands("help")
    assert "担当者と話す" in desk.sees()
    await desk.closes()
    await desk.commands("担当者 登録の書類について")
    assert "登録の書類について" in desk.sees()
    await desk.presses("このまま送る")
    assert "登録の書類について" in clerk.sees_thread(TALK)


# --- closed hours, calls, waiting ----------------------------------------------------------------------


async def test_outside_office_hours_the_truth_is_told_and_a_call_offered(town: Town, clerk: Desk) -> None:
    shop = await owner(town, clerk)
    await town.turn(FRIDAY_NIGHT)
    await shop.says("担当者と話す")
    await shop.taps("このまま送る")
    assert "時間外" in shop.last and "10月25日(月) 09:00から" in shop.last
    await shop.taps("電話してほしい")
    await shop.taps("2021年10月25日(月) 午後（13:00〜18:00）")
    assert "078-331-8181" in shop.last
    assert "午後" in clerk.sees("channel") and "078-331-8181" not in clerk.sees("channel")
    await shop.taps("別の番号にする")
    await shop.says("090-1111-2222")
    assert "090-1111-2222" in shop.last
    await clerk.presses("開く", where="channel")
    assert "090-1111-2222" in clerk.sees()
    # Nothing climbs while nobody is at the office.
    await town.turn(datetime(2021, 10, 25, 0, 10, tzinfo=UTC))
    assert "担当が決まっていません" not in clerk.sees_thread(TALK)
    await town.turn(datetime(2021, 10, 25, 0, 15, tzinfo=UTC))
    assert "まだ担当が決まっていません" in clerk.sees_thread(TALK)
    await town.turn(datetime(2021, 10, 25, 0, 30, tzinfo=UTC))
    assert "どなたか対応" in clerk.sees_thread(TALK)
    await town.turn(datetime(2021, 10, 25, 1, 0, tzinfo=UTC))
    assert "返事を待っている方がいます" in clerk.sees("dm")
    assert "お待たせして" in shop.last
    await clerk.presses("引き受ける", where="dm")
    await town.turn(datetime(2021, 10, 25, 4, 0, tzinfo=UTC))
    assert "お電話の時間です" in clerk.sees_thread(TALK)
    await clerk.presses("開く", where="channel")
    await clerk.presses("電話しました")
    assert "電話済み" in clerk.sees("channel")
    town.accepted()


async def test_what_a_clerk_leaves_unanswered_goes_back(town: Town, shop: Phone, clerk: Desk) -> None:
    await passed_on(shop)
    await clerk.presses("引き受ける", where="channel")
    await town.turn(datetime(2021, 10, 20, 6, 5, tzinfo=UTC))
    assert "担当者を待っています" in clerk.sees("channel")
    assert "担当待ちに戻りました" in clerk.sees_thread(TALK) and "担当待ちに戻りました" in clerk.sees("dm")


async def test_asked_again_within_two_weeks_the_old_thread_is_found(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await passed_on(shop)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("終える")
    await shop.taps("はい")
    await town.turn(datetime(2021, 10, 27, 3, 0, tzinfo=UTC))
    await passed_on(shop)
    assert "もう一度連絡がありました" in clerk.sees_thread(TALK)
    assert clerk.sees("channel").count("担当者への連絡") >= 1
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("終える")
    await town.turn(datetime(2021, 10, 29, 3, 0, tzinfo=UTC))
    assert "終了" in clerk.sees("channel")
    await town.turn(datetime(2021, 11, 20, 3, 0, tzinfo=UTC))
    await shop.taps("はい")
    assert "このやりとりは終わりました" in shop.last
    old = clerk.card(TALK)["ts"]
    await passed_on(shop)
    assert clerk.card(TALK)["ts"] != old


async def test_a_clerk_sees_when_the_person_has_blocked_us(town: Town, shop: Phone, clerk: Desk) -> None:
    await passed_on(shop)
    await town.line.unfollow(shop.user)
    await town.idle()
    assert "ブロックされました" in clerk.sees_thread(TALK)
    assert "ブロックされています" in clerk.sees("channel")
    await clerk.replies("返信：届きますか。", TALK)
    assert "本人に送りました" not in clerk.sees_thread(TALK)
    await shop.adds_us()
    assert "解除されました" in clerk.sees_thread(TALK)


async def test_the_home_shows_who_waits_and_how_quick_answers_are(
    town: Town, shop: Phone, clerk: Desk
) -> None:
    await passed_on(shop)
    await clerk.opens_home()
    assert "担当者への連絡：待ち1件、対応中0件" in clerk.sees("home")
    await town.turn(datetime(2021, 10, 20, 3, 12, 50, tzinfo=UTC))
    await clerk.replies("返信：はい、どうぞ。", TALK)
    assert "待ち0件、対応中1件" in clerk.sees("home") and "中央値12分" in clerk.sees("home")


async def test_the_person_needs_nobody_any_more(shop: Phone, clerk: Desk) -> None:
    await passed_on(shop)
    await shop.taps("もう大丈夫")
    assert "またお声がけください" in shop.last and "業種" in shop.last
    assert "もう大丈夫" in clerk.sees_thread(TALK)
    await clerk.presses("開く", where="channel")
    await clerk.presses("再開する")
    await clerk.replies("返信：念のためご連絡しました。", TALK)
    assert shop.last == "念のためご連絡しました。"
