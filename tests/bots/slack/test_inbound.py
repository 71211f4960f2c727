"""Slack's requests are verified, read and cut down; what is not for us is left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from bots.slack.inbound import (
    Challenge,
    Event,
    Ignored,
    Interaction,
    Malformed,
    Moved,
    OptionsAsked,
    hear,
    parse,
    verify,
)
from bots.slack.wire import encode, picker_id
from conversations.messages import Attached, Commanded, Filled, HomeOpened, Pressed, Said, act
from services.people import Identity
from tests.bots.slack import payloads
from tests.bots.slack.payloads import BOT, DM, FORM_TYPE, ROOM, TEAM, USER, Json, wrapped

NOW = datetime(2021, 10, 20, 3, 0, tzinfo=UTC)
JSON = "application/json"
TARO = Identity("slack", TEAM, USER)
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
DOCS_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
DOCS_SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
DOCS_MOMENT = datetime.fromtimestamp(1531420618, UTC)


def event(content: Json, **more: Any) -> Any:
    return parse(JSON, orjson.dumps(payloads.envelope(content, **more)), NOW)


def interaction(payload: Json) -> Any:
    return parse(FORM_TYPE, wrapped(payload), NOW)


def heard(parsed: Any) -> Any:
    """What a conversation hears after the body has been stored as JSON and read again."""
    return hear(orjson.loads(orjson.dumps(parsed.arrival.body)))


# --- signatures


def test_the_example_of_slacks_documentation_is_accepted() -> None:
    assert verify(SECRET, "1531420618", DOCS_SIGNATURE, DOCS_BODY, DOCS_MOMENT)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_signature_counts_for_five_minutes(seconds: int) -> None:
    moment = DOCS_MOMENT + timedelta(seconds=seconds)
    assert verify(SECRET, "1531420618", DOCS_SIGNATURE, DOCS_BODY, moment)


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_a_stale_signature_is_refused(seconds: int) -> None:
    moment = DOCS_MOMENT + timedelta(seconds=seconds)
    assert not verify(SECRET, "1531420618", DOCS_SIGNATURE, DOCS_BODY, moment)


@pytest.mark.parametrize(
    ("timestamp", "signature", "body"),
    [
        (None, DOCS_SIGNATURE, DOCS_BODY),
        ("1531420618", None, DOCS_BODY),
        ("1531420618", "", DOCS_BODY),
        ("1531420618", DOCS_SIGNATURE[:-1] + "4", DOCS_BODY),
        ("1531420618", "v1" + DOCS_SIGNATURE[2:], DOCS_BODY),
        ("1531420618", "v0=ü", DOCS_BODY),
        ("1531420618", DOCS_SIGNATURE, DOCS_BODY + b"&text=x"),
        ("soon", DOCS_SIGNATURE, DOCS_BODY),
        ("1531420618.0", DOCS_SIGNATURE, DOCS_BODY),
        ("-1531420618", DOCS_SIGNATURE, DOCS_BODY),
        ("１５３１４２０６１８", DOCS_SIGNATURE, DOCS_BODY),
        ("9" * 5000, DOCS_SIGNATURE, DOCS_BODY),
    ],
)
def test_whatever_slack_did_not_sign_is_refused(timestamp: Any, signature: Any, body: bytes) -> None:
    assert not verify(SECRET, timestamp, signature, body, DOCS_MOMENT)


# --- events


def test_slacks_question_for_the_address_is_answered() -> None:
    parsed = parse(JSON, b'{"type":"url_verification","challenge":"3eZbrw1a","token":"x"}', NOW)
    assert parsed == Challenge("3eZbrw1a")


def test_words_in_a_dm_are_heard_as_they_were_typed() -> None:
    typed = "A&amp;B &lt;3 <@U9|Hanako> <https://a.example/x|a.example/x> <mailto:a@b.jp|a@b.jp> &amp;amp;"
    parsed = event(payloads.message(typed, thread_ts="1634698700.000100"))
    assert isinstance(parsed, Event)
    assert parsed.arrival.key == "slack:Ev08MFMKH6"
    assert parsed.arrival.identity == TARO
    assert parsed.arrival.at == datetime(2021, 10, 20, 3, 0, 0, 200, tzinfo=UTC)
    assert heard(parsed) == Said("A&B <3 @Hanako a.example/x a@b.jp &amp;", "1634698700.000100", DM)


def test_a_link_that_says_something_else_shows_where_it_leads() -> None:
    parsed = event(payloads.message("<https://evil.example|your bank> <!channel> <#C1|room>"))
    assert heard(parsed).text == "your bank https://evil.example @channel #room"


def test_only_what_is_needed_is_stored() -> None:
    body = event(payloads.message("hello")).arrival.body
    assert set(body) == {"kind", "surface", "channel", "text", "thread"}


@pytest.mark.parametrize(
    ("mime", "kind"), [("image/png", "photo"), ("application/pdf", "file"), ("audio/mp4", "audio")]
)
def test_a_file_in_a_dm_is_a_real_message(mime: str, kind: str) -> None:
    file = {"id": "F1", "name": "a.png", "mimetype": mime}
    parsed = event(payloads.message("", subtype="file_share", files=[file]))
    assert heard(parsed) == Attached(kind, "F1", "a.png")
    assert parsed.also == []


def under_a_card(text: str, *names: str, **more: Any) -> Any:
    """A reply with files under a message of ours in the secretariat's channel."""
    files = [{"id": f"F{n}", "name": name, "mimetype": "image/png"} for n, name in enumerate(names)]
    place = {"channel": ROOM, "channel_type": "group", "thread_ts": "1.2", "parent_user_id": BOT}
    return event(payloads.message(text, subtype="file_share", files=files, **place | more))


def test_words_come_before_the_files_that_they_were_sent_with() -> None:
    parsed = under_a_card("返信：この画面です", "a.png", "b.png")
    every = [parsed.arrival, *parsed.also]
    assert [each.key for each in every] == [f"slack:Ev08MFMKH6{end}" for end in ("", ":1", ":2")]
    assert len({(each.identity, each.at) for each in every}) == 1
    said, *files = [hear(each.body | {"about": "handoff:12"}) for each in every]
    assert said == Said("返信：この画面です", "handoff:12", ROOM)
    assert files == [
        Attached("photo", f"F{n}", name, "handoff:12", "返信：この画面です", public=True)
        for n, name in enumerate(("a.png", "b.png"))
    ]


def test_files_without_words_are_heard_alone() -> None:
    parsed = under_a_card("", "a.png")
    assert heard(parsed) == Attached("photo", "F0", "a.png", "1.2", public=True)


def test_what_people_share_among_themselves_is_left_alone() -> None:
    assert isinstance(under_a_card("x", "a.png", parent_user_id="U9"), Ignored)
    assert isinstance(under_a_card("x", "a.png", thread_ts=None), Ignored)
    assert isinstance(under_a_card(""), Ignored)


def test_a_file_in_a_dm_says_what_its_thread_is_about_and_nothing_else() -> None:
    file = {"id": "F1", "name": "a.png", "mimetype": "image/png"}
    parsed = event(payloads.message("", subtype="file_share", files=[file], thread_ts="1.2"))
    assert heard(parsed) == Attached("photo", "F1", "a.png")
    body = parsed.arrival.body | {"about": "handoff:12"}
    assert hear(body) == Attached("photo", "F1", "a.png", "handoff:12")


CHANGED = {"text": "返信：別の言葉", "user": USER, "ts": "1.3", "thread_ts": "1.2", "edited": {"user": USER}}


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed", "message": CHANGED, "previous_message": CHANGED, "hidden": True},
        {"subtype": "message_deleted", "previous_message": CHANGED, "deleted_ts": "1.3", "hidden": True},
        {"subtype": "message_changed", "message": CHANGED, "user": USER, "text": "返信：x"},
        {"subtype": "message_replied", "message": CHANGED},
        {"user": USER, "text": "返信：x", "bot_id": "B1"},
        {"user": BOT, "text": "返信：x"},
    ],
)
def test_edits_deletions_and_our_own_words_in_a_thread_are_no_news(more: Json) -> None:
    place = {"channel": ROOM, "channel_type": "group", "thread_ts": "1.2", "parent_user_id": BOT, "ts": "1.4"}
    assert isinstance(event({"type": "message", "team": TEAM, **place, **more}), Ignored)


def test_a_reply_under_our_message_in_a_private_channel_is_heard() -> None:
    parsed = event(
        payloads.message("OK", channel=ROOM, channel_type="group", thread_ts="1.2", parent_user_id=BOT)
    )
    assert heard(parsed) == Said("OK", "1.2", ROOM)
    assert parsed.arrival.body["surface"] == "thread"


@pytest.mark.parametrize(
    "content",
    [
        payloads.message("talk among clerks", channel=ROOM, channel_type="group"),
        payloads.message("their thread", channel_type="group", thread_ts="1.2", parent_user_id="U9"),
        payloads.message("x", subtype="message_changed"),
        payloads.message("x", subtype="message_deleted"),
        payloads.message("x", subtype="channel_join"),
        payloads.message("x", subtype="bot_message"),
        payloads.message("x", bot_id="B1"),
        payloads.message("x", user=BOT),
        payloads.message("x", user="USLACKBOT"),
        payloads.message("x", user_team="T0OTHER"),
        payloads.message("x", source_team="T0OTHER"),
        payloads.message("x", user_profile={"is_stranger": True}),
        {"type": "message", "subtype": "message_changed", "message": {}, "channel": DM},
        {"type": "app_mention", "user": USER, "text": "<@U0BOT> hi", "channel": ROOM, "ts": "1.1"},
        {"type": "app_home_opened", "user": USER, "tab": "messages", "channel": DM},
        {"type": "reaction_added", "user": USER},
        {"user": USER},
    ],
)
def test_what_is_not_said_to_us_is_left_alone(content: Json) -> None:
    assert isinstance(event(content), Ignored)


def test_opening_the_home_is_heard() -> None:
    parsed = event({"type": "app_home_opened", "user": USER, "tab": "home", "event_ts": "1634698800.1"})
    assert heard(parsed) == HomeOpened()


@pytest.mark.parametrize(
    ("kind", "joined"), [("member_joined_channel", True), ("member_left_channel", False)]
)
def test_joining_and_leaving_a_channel_is_understood(kind: str, joined: bool) -> None:
    parsed = event({"type": kind, "user": USER, "channel": ROOM, "team": TEAM})
    assert parsed == Moved(TARO, ROOM, joined)


@pytest.mark.parametrize("ts", ["", "soon", "1e400", "nan", "99999999999999999", None, 7])
def test_an_event_without_a_sensible_time_counts_from_when_it_came(ts: Any) -> None:
    assert event(payloads.message("x", event_ts=ts)).arrival.at == NOW


def test_half_an_emoji_does_not_stop_a_message() -> None:
    raw = orjson.dumps(payloads.envelope(payloads.message("HALF"))).replace(b"HALF", rb"a\ud83d b")
    assert heard(parse(JSON, raw, NOW)).text == "a\ufffd b"


def test_five_thousand_emoji_arrive_whole_and_without_the_nul_that_nothing_can_store() -> None:
    text = "\U0001f600" * 5000 + "\x00\u202e"
    assert heard(event(payloads.message(text))).text == text.replace("\x00", "")
    assert heard(parse(FORM_TYPE, payloads.command(text=text), NOW)).text == text.replace("\x00", "")


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [
        (JSON, b""),
        (JSON, b"{"),
        (JSON, b"[]"),
        (JSON, b"null"),
        (JSON, b"[" * 100_000),
        (JSON, b"\xff\xfe"),
        (JSON, b'{"type":"event_callback"}'),
        (JSON, b'{"type":"event_callback","team_id":"T","event_id":"E","event":[]}'),
        (JSON, b'{"type":"event_callback","team_id":"T","event_id":7,"event":{}}'),
        ("text/plain", b"hello"),
        ("", b"{}"),
        (FORM_TYPE, b""),
        (FORM_TYPE, b"\xff"),
        (FORM_TYPE, b"payload=%7B"),
        (FORM_TYPE, b"payload=%7B%7D"),
        (FORM_TYPE, b"command=%2Fouentai&user_id=U1"),
        (FORM_TYPE, b"&".join(b"a%d=1" % n for n in range(10_000))),
        (FORM_TYPE, wrapped(payloads.press({}, actions=[]))),
        (FORM_TYPE, wrapped(payloads.press({}, actions="all"))),
    ],
)
def test_garbage_is_refused(content_type: str, raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(content_type, raw, NOW)


def test_slacks_certificate_check_is_answered() -> None:
    assert isinstance(parse(FORM_TYPE, b"ssl_check=1&token=x", NOW), Ignored)


def test_an_unknown_envelope_is_left_alone() -> None:
    assert isinstance(parse(JSON, b'{"type":"app_rate_limited","team_id":"T"}', NOW), Ignored)


# --- interactions


def test_a_button_says_its_act() -> None:
    wish = act("review.take", i=7, r=2)
    parsed = interaction(payloads.press({"type": "button", "action_id": "x#1", "value": encode(wish)}))
    assert isinstance(parsed, Interaction)
    assert heard(parsed) == Pressed(wish)
    assert parsed.arrival.body["surface"] == "channel"
    assert (parsed.arrival.identity, parsed.name) == (TARO, "taro")


def test_a_picked_day_comes_with_its_act() -> None:
    wish = act("case.until", i=7)
    action = {"type": "datepicker", "action_id": picker_id(wish, 3), "selected_date": "2021-11-30"}
    assert heard(interaction(payloads.press(action))) == Pressed(wish, "2021-11-30")


@pytest.mark.parametrize("kind", ["static_select", "overflow", "radio_buttons"])
def test_a_chosen_option_says_its_act(kind: str) -> None:
    wish = act("search.area", v="sales")
    action = {"type": kind, "action_id": "x#1", "selected_option": payloads.option(encode(wish))}
    assert heard(interaction(payloads.press(action))) == Pressed(wish)


def test_a_press_in_the_home_knows_its_view() -> None:
    view = {"id": "V9", "type": "home", "hash": "1.h", "callback_id": "", "private_metadata": ""}
    action = {"type": "button", "value": "a=menu.show"}
    body = interaction(
        payloads.interaction("block_actions", actions=[action], view=view, container={"type": "view"})
    ).arrival.body
    assert (body["surface"], body["view"]) == ("home", {"id": "V9", "hash": "1.h"})


@pytest.mark.parametrize(
    "action",
    [
        {"type": "button", "action_id": "link#2"},
        {"type": "button", "value": "17"},
        {"type": "button", "value": ""},
        {"type": "button", "value": "b=review.take"},
        {"type": "button", "value": "&".join(["a=x"] * 100)},
        {"type": "datepicker", "action_id": "free", "selected_date": "2021-11-30"},
        {"type": "datepicker", "action_id": "a=x#1", "selected_date": None},
        {"type": "checkboxes", "selected_options": []},
        {"type": "static_select", "selected_option": None},
        {},
    ],
)
def test_an_element_without_an_act_does_nothing(action: Json) -> None:
    assert isinstance(interaction(payloads.press(action)), Ignored)


def test_a_page_that_was_sent_gives_every_answer() -> None:
    parsed = interaction(payloads.interaction("view_submission", view=payloads.form_view()))
    answers = {
        "name": "山本 & 商店",
        "note": "",
        "area": "sales",
        "days": "mon,tue",
        "from": "2021-11-01",
    }
    assert heard(parsed) == Filled(12, 1, 3, answers)
    page = parsed.arrival.body["page"]
    assert page["blocks"]["days"] == "days@2"
    assert page["began"] == {"name": "山本商店", "note": "", "area": "sales"}


def test_the_same_page_sent_twice_is_one_submission() -> None:
    first = interaction(payloads.interaction("view_submission", view=payloads.form_view()))
    again = interaction(
        payloads.interaction("view_submission", view=payloads.form_view(), trigger_id="other")
    )
    assert first.arrival.key == again.arrival.key


def test_a_corrected_page_is_another_submission() -> None:
    first = interaction(payloads.interaction("view_submission", view=payloads.form_view()))
    view = payloads.form_view()
    view["state"]["values"]["note@3"]["v"]["value"] = "x"
    corrected = interaction(payloads.interaction("view_submission", view=view))
    redrawn = interaction(payloads.interaction("view_submission", view=payloads.form_view(hash="1635.x")))
    assert len({one.arrival.key for one in (first, corrected, redrawn)}) == 3


def test_an_input_that_changes_the_page_redraws_it() -> None:
    action = {"type": "radio_buttons", "block_id": "area@3", "action_id": "area"}
    parsed = interaction(payloads.interaction("block_actions", actions=[action], view=payloads.form_view()))
    said = heard(parsed)
    assert isinstance(said, Filled)
    assert said.redraw and said.answers["name"] == "山本 & 商店"
    assert parsed.arrival.body["surface"] == "modal"


def test_two_presses_are_two_and_a_replay_is_none() -> None:
    action = {"type": "button", "value": "a=menu.show"}
    keys = [
        interaction(payloads.press(action, trigger_id=trigger)).arrival.key for trigger in ("1", "2", "2")
    ]
    assert keys[0] != keys[1] == keys[2]


def test_a_window_without_questions_is_just_closed() -> None:
    view = payloads.form_view(callback_id="screen")
    assert isinstance(interaction(payloads.interaction("view_submission", view=view)), Ignored)


@pytest.mark.parametrize("metadata", ["", "d=1", "d=x&p=1&r=1", "d=-1&p=1&r=1", "d=1&p=1&r=" + "9" * 40])
def test_a_page_that_does_not_say_which_it_is_is_left_alone(metadata: str) -> None:
    view = payloads.form_view(private_metadata=metadata)
    assert isinstance(interaction(payloads.interaction("view_submission", view=view)), Ignored)


@pytest.mark.parametrize(
    "payload",
    [
        payloads.interaction("view_closed", view=payloads.form_view()),
        payloads.interaction("shortcut"),
        payloads.interaction("message_action"),
        payloads.press({"type": "button", "value": "a=x"}, user={"id": "U9", "team_id": "T0OTHER"}),
        payloads.press({"type": "button", "value": "a=x"}, user={"id": "U9", "is_stranger": True}),
    ],
)
def test_other_interactions_and_other_workspaces_are_left_alone(payload: Json) -> None:
    assert isinstance(interaction(payload), Ignored)


def test_a_list_asks_for_options_with_what_is_on_the_page() -> None:
    payload = payloads.interaction(
        "block_suggestion", action_id="branch", block_id="branch@3", value="なん", view=payloads.form_view()
    )
    asked = interaction(payload)
    assert isinstance(asked, OptionsAsked)
    assert (asked.key, asked.typed, asked.identity) == ("branch", "なん", TARO)
    assert asked.answers["area"] == "sales"


def test_a_command_is_heard_with_its_words() -> None:
    parsed = parse(FORM_TYPE, payloads.command(text="search A &amp; B"), NOW)
    assert isinstance(parsed, Interaction)
    assert heard(parsed) == Commanded("search A & B")
    assert parsed.arrival.key == "slack:command:13.7.aa"
