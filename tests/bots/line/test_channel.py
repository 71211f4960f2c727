"""LINE as a channel: letters of five, the first with the free token, and rich menus by person."""

from datetime import UTC, datetime

from bots.channel import Channel
from bots.line.channel import LineChannel
from conversations.messages import Joined, Message, Say
from services.notices import Current
from services.people import Identity, Person

CHANNEL = LineChannel("https://play.invalid")
HANAKO = Identity("line", "kobe", "U" + "a" * 32)
PERSON = Person(7, HANAKO, "ja")
RECEIVED = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
BODY = {"type": "follow", "replyToken": "t" * 32, "received": int(RECEIVED.timestamp() * 1000)}


def test_it_is_a_channel_that_asks_one_thing_at_a_time() -> None:
    channel: Channel = CHANNEL
    assert (channel.name, channel.chatty) == ("line", True)
    assert channel.hear(BODY) == Joined()


def test_an_answer_takes_the_reply_token_within_its_window() -> None:
    presented = CHANNEL.present([Say("ようこそ。")], PERSON, BODY)
    (letter,) = presented.letters
    assert (letter.channel, letter.address, letter.kind) == ("line", HANAKO.external, "say")
    assert letter.body == {"messages": [{"type": "text", "text": "ようこそ。"}]}
    assert letter.reply_token == "t" * 32
    assert letter.reply_until is not None
    assert (letter.reply_until - RECEIVED).total_seconds() == 50


def test_an_answer_to_an_event_of_our_own_is_pushed() -> None:
    (letter,) = CHANNEL.present([Say("届きました。")], PERSON, {"ouentai": {}}).letters
    assert letter.reply_token is None
    assert letter.reply_until is None


def test_nothing_said_is_no_letter() -> None:
    assert CHANNEL.present([], PERSON, BODY).letters == []


def test_more_than_five_messages_go_on_in_a_pushed_letter() -> None:
    long: list[Message] = [Say(f"{n}" + "あ" * 4000) for n in range(7)]
    first, second = CHANNEL.present(long, PERSON, BODY).letters
    assert [len((letter.body or {})["messages"]) for letter in (first, second)] == [5, 2]
    assert first.reply_token and not second.reply_token


def test_somebody_who_did_not_act_is_told_by_push() -> None:
    (letter,) = CHANNEL.tell([Say("審査が終わりました。")], HANAKO, "ja")
    assert letter.reply_token is None


def test_a_home_is_the_rich_menu_of_whoever_is_on_line() -> None:
    letters = CHANNEL.redraw(Current("home", "7"), [HANAKO, Identity("slack", "T1", "U1")])
    assert [(letter.address, letter.kind, letter.ref, letter.body) for letter in letters] == [
        (HANAKO.external, "menu", "7", None)
    ]
    assert CHANNEL.redraw(Current("card", "7"), [HANAKO]) == []
