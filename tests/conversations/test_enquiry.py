"""A question goes from Slack to LINE and its answer back, masked until both want to reach each other."""

from datetime import timedelta
from typing import Any

import pytest

from bots.playground.slack_state import SlackError
from tests.conftest import NOON
from tests.conversations.market import Market
from tests.town import Desk, Phone, Town, words

QUESTION = "注文は1日に何件くらいありますか。"
ANSWER = "電話が15件、FAXが5件です。"
PHONE = "090-1234-5678"
MASKED = "連絡先は隠しました"


async def asks(desk: Desk, text: str = QUESTION) -> None:
    """Ask about the newest case on the Home."""
    await desk.opens_home()
    await desk.presses("質問する", where="home")
    await desk.submits({"words": text})


async def answers(phone: Phone, text: str = ANSWER) -> None:
    """Answer the newest question."""
    await phone.taps("答える")
    await phone.says(text)
    await phone.taps("返事を送る")


async def test_a_question_reaches_line_and_the_answer_comes_back_with_the_question(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    assert "企業に送りました" in market.expert.sees() and "返事待ち" in market.expert.sees()
    assert QUESTION in market.shop.last
    assert "佐藤IT相談室" in market.shop.last and "佐藤 健一" not in market.shop.last
    await answers(market.shop)
    assert "返事を送りました" in market.shop.last
    told = market.expert.sees("dm")
    assert "の質問 Q-" in told and "ネット注文を始めたい" in told
    assert f"あなたの質問：「{QUESTION}」" in told and ANSWER in told
    assert "返事済み" in (await market.expert.opens_home() and market.expert.sees("home"))
    town.accepted()


Json = dict[str, Any]


def threads(desk: Desk) -> list[Json]:
    """The messages of the app in the DM that are no replies, oldest first."""
    (direct,) = [channel for channel in desk.window["channels"] if channel["kind"] == "im"]
    return [message for message in direct["messages"] if message["user"] != desk.user]


def replies(root: Json) -> list[str]:
    """What was said under a message, by whomever."""
    return [reply["text"] + words(reply["blocks"]) for reply in root["replies"]]


async def writes(desk: Desk, text: str, root: Json) -> None:
    """Reply in a thread of the DM."""
    await desk.says(text, thread_ts=root["ts"])


async def test_the_question_is_the_root_of_a_thread_and_the_answer_a_reply(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    (root,) = threads(market.expert)
    assert "の質問 Q-" in root["text"] and "ネット注文を始めたい" in root["text"]
    assert QUESTION in words(root["blocks"]) and "ここに書き込むと企業に届きます" in words(root["blocks"])
    await answers(market.shop)
    (root,) = threads(market.expert)
    (answer,) = replies(root)
    assert ANSWER in answer and "企業から返事が届きました" in root["replies"][0]["text"]
    assert "もう一度書く" in answer and "連絡先を交換する" in answer
    town.accepted()


async def test_each_question_has_a_thread_of_its_own(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await answers(market.shop)
    await asks(market.expert, "二つ目です。お店は何時までですか。")
    await answers(market.shop, "18時までです。")
    first, second = threads(market.expert)
    assert ANSWER in replies(first)[0] and "18時まで" in replies(second)[0]
    assert len(first["replies"]) == len(second["replies"]) == 1
    town.accepted()


async def test_what_the_expert_types_in_the_thread_reaches_line(town: Town) -> None:
    market = await Market.opened(town)
    shop, expert = market.shop, market.expert
    await asks(expert)
    await answers(shop)
    await writes(expert, f"検索 もほしいですか。{PHONE}", threads(expert)[0])
    assert "検索 もほしいですか" in shop.last and PHONE not in shop.last and MASKED in shop.last
    (root,) = threads(expert)
    assert "企業に送りました" in replies(root)[-1] and "連絡先は隠して送りました" in replies(root)[-1]
    await answers(shop, "はい、ほしいです。")
    (root,) = threads(expert)
    assert "はい、ほしいです" in replies(root)[-1]
    await writes(expert, "わかりました。", root)
    assert "わかりました" in shop.last
    (root,) = threads(expert)
    assert replies(root)[-1].startswith("企業に送りました。返事はこのスレッドに届きます。")
    town.accepted()


async def test_what_is_written_in_a_window_stands_in_the_thread_too(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await market.expert.presses("やりとりを見る", where="dm")
    await market.expert.presses("もう一度書く")
    await market.expert.submits({"words": "冬だけでも知りたいです。"})
    (root,) = threads(market.expert)
    assert "冬だけでも" in replies(root)[-1]
    town.accepted()


@pytest.mark.parametrize(
    ("text", "why"), [("三つ目です。", "2件が返事待ちです"), ("長い" * 300, "600文字です")]
)
async def test_what_cannot_be_sent_from_the_thread_is_explained_there(
    town: Town, text: str, why: str
) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await writes(market.expert, "二つ目です。", threads(market.expert)[0])
    heard = len(market.shop.messages)
    await writes(market.expert, text, threads(market.expert)[0])
    (root,) = threads(market.expert)
    assert "送れませんでした" in replies(root)[-1] and why in replies(root)[-1]
    assert len(market.shop.messages) == heard
    town.accepted()


async def test_a_thread_about_a_case_that_ended_takes_no_more(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await market.cancel()
    await writes(market.expert, "まだ間に合いますか。", threads(market.expert)[0])
    assert "この案件は終わった" in replies(threads(market.expert)[0])[-1]


async def test_a_thread_whose_question_was_declined_takes_no_more(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await market.shop.taps("断る", "断る")
    await writes(market.expert, "もう一つだけ。", threads(market.expert)[0])
    (root,) = threads(market.expert)
    assert "今回は回答を見送る" in replies(root)[0] and "続きは送れません" in replies(root)[-1]
    town.accepted()


async def test_help_asked_for_in_a_thread_is_for_us(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    heard = len(market.shop.messages)
    await writes(market.expert, "ヘルプ", threads(market.expert)[0])
    assert len(market.shop.messages) == heard
    told = replies(threads(market.expert)[0])
    assert len(told) == 3 and "よくある質問" in told[1] and "担当者と話す" in told[2]


async def test_somebody_elses_thread_is_silent(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    (root,) = threads(market.expert)
    heard = len(market.shop.messages)
    other = await market.registers(town.desk("専門家2"), 2)
    with pytest.raises(SlackError):
        await writes(other, "横から失礼します。", root)
    with pytest.raises((LookupError, SlackError)):
        channel = next(one["id"] for one in market.expert.window["channels"] if one["kind"] == "im")
        await other.says("横から失礼します。", channel, root["ts"])
    assert len(market.shop.messages) == heard and threads(other) == []
    assert threads(market.expert) == [root]


async def test_other_threads_stay_silent(town: Town) -> None:
    market = await Market.opened(town)
    await market.expert.commands()
    await market.expert.says("ヘルプ")
    told = threads(market.expert)
    assert told
    await writes(market.expert, "独り言です。", told[-1])
    assert [message["ts"] for message in threads(market.expert)] == [message["ts"] for message in told]
    assert [reply["user"] for reply in threads(market.expert)[-1]["replies"]] == [market.expert.user]


async def test_both_write_on_in_the_same_thread(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await answers(market.shop)
    await market.expert.presses("もう一度書く", where="dm")
    await market.expert.submits({"words": "ありがとうございます。年末は増えますか。"})
    assert "年末は増えますか" in market.shop.last
    await answers(market.shop, "倍になります。")
    await market.expert.presses("やりとりを見る", where="dm")
    thread = market.expert.sees()
    assert thread.index(QUESTION) < thread.index(ANSWER) < thread.index("年末は") < thread.index("倍に")
    town.accepted()


async def test_contact_data_is_hidden_both_ways_until_both_exchange_it(town: Town) -> None:
    market = await Market.opened(town)
    shop, expert = market.shop, market.expert
    await asks(expert, f"お電話ください。{PHONE}")
    assert "連絡先は隠して送りました" in expert.sees()
    assert PHONE not in shop.last and MASKED in shop.last
    await answers(shop, f"こちらは{PHONE}です。")
    assert "連絡先は隠して送りました" in shop.last
    assert PHONE not in expert.sees("dm") and MASKED in expert.sees("dm")

    await expert.presses("連絡先を交換する", where="dm")
    assert "078-331-8181" not in expert.sees()
    assert "専門家が連絡先の交換を希望しています" in shop.last and "080-1111-2222" not in shop.last
    await shop.taps("同意する")
    assert "080-1111-2222" in shop.last and "kenichi@sato.example" in shop.last
    assert "078-331-8181" in expert.sees("dm") and "aki@yamamoto.example" in expert.sees("dm")

    await expert.presses("やりとりを見る", where="dm")
    await expert.presses("もう一度書く")
    await expert.submits({"words": f"では{PHONE}まで。"})
    assert PHONE in shop.last
    town.accepted()


async def test_the_company_is_asked_twice_before_it_shares_its_contacts(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await market.shop.taps("連絡先を交換する")
    assert "あとから取り消せません" in market.shop.last
    await market.shop.taps("今はしない")
    assert QUESTION in market.shop.last
    await market.shop.taps("連絡先を交換する", "同意する")
    assert "専門家も同意したらお知らせします" in market.shop.last
    await market.expert.presses("連絡先を交換する", where="dm")
    assert "078-331-8181" in market.expert.sees()
    assert "080-1111-2222" in market.shop.last
    town.accepted()


async def test_a_question_is_declined_and_no_more_are_taken(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await market.shop.taps("断る", "今後も断る")
    assert "もう届きません" in market.shop.last
    assert "今回は回答を見送る" in market.expert.sees("dm")
    await market.expert.presses("質問する", where="home")
    assert "これ以上の質問を受け付けていません" in market.expert.sees()
    town.accepted()


async def test_a_third_question_waits_for_an_answer(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await asks(market.expert, "二つ目です。お店は何時までですか。")
    await market.expert.opens_home()
    await market.expert.presses("質問する", where="home")
    assert "2件が返事待ちです" in market.expert.sees()
    town.accepted()


async def test_questions_that_come_soon_after_each_other_come_together(town: Town) -> None:
    market = await Market.opened(town)
    others = [await market.registers(town.desk(f"専門家{n}"), n) for n in (2, 3)]
    await asks(market.expert)
    pushed = len(market.shop.messages)
    for desk in others:
        await asks(desk, "使っている会計ソフトは何ですか。")
    assert len(market.shop.messages) == pushed
    await town.turn(NOON + timedelta(minutes=30))
    assert len(market.shop.messages) > pushed
    assert "質問が2件" in market.shop.recent
    town.accepted()


async def test_a_button_drawn_before_something_was_written_explains_it(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    old = market.shop.button("断る")
    await market.expert.presses("やりとりを見る")
    await market.expert.presses("もう一度書く")
    await market.expert.submits({"words": "補足です。冬だけでも知りたいです。"})
    await town.line.tap(market.shop.user, old)
    await town.idle()
    assert "専門家からまた届きました" in market.shop.last and "補足です" in market.shop.last
    await answers(market.shop)
    await town.line.tap(market.shop.user, old)
    await town.idle()
    assert "もう返事をしています" in market.shop.last
    town.accepted()


async def test_later_is_remembered_and_the_status_shows_what_waits(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await market.shop.taps("あとで")
    assert "明日またお知らせします" in market.shop.last
    await market.shop.says("状況")
    assert "専門家からの質問" in market.shop.recent and "1件待ち" in market.shop.recent
    await market.shop.taps("質問を見る")
    assert QUESTION in market.shop.last
    await town.turn(NOON + timedelta(days=1, minutes=5))
    assert QUESTION in market.shop.recent
    town.accepted()


async def test_somebody_elses_button_opens_nothing(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    other = town.phone("他人")
    await other.adds_us()
    await town.line.tap(other.user, market.shop.button("答える"))
    await town.idle()
    assert "あなた宛てのものではありません" in other.last and QUESTION not in other.recent


async def test_a_case_that_ended_takes_no_more_messages(town: Town) -> None:
    market = await Market.opened(town)
    await asks(market.expert)
    await asks(market.expert, "二つ目です。")
    await market.shop.taps("答える")
    await market.shop.says(ANSWER)
    await market.cancel()
    await market.shop.taps("返事を送る")
    assert "この案件は終わった" in market.shop.recent
    await market.shop.taps("答える")
    assert "この案件は終わった" in market.shop.recent
    assert ANSWER not in market.expert.sees("dm")
    town.accepted()


async def test_what_is_asked_under_a_card_of_the_secretariat_is_answered_to_the_person_alone(
    town: Town,
) -> None:
    market = await Market.opened(town)
    await town.slack.join(market.expert.user, town.channel)
    card = await town.ouentai.slack.call("chat.postMessage", channel=town.channel, text="card")
    await market.expert.says("メニュー", town.channel, card["ts"])
    (channel,) = [one for one in market.expert.window["channels"] if one["id"] == town.channel]
    assert "佐藤IT相談室" not in words(channel)
    assert "佐藤IT相談室" in market.expert.sees("dm")
