"""What was said goes where the person acted: a DM, a window, a submission, a card, a Home."""

from typing import Any

import pytest

from bots.slack.answers import OpenView, PushView, Respond, UpdateView
from bots.slack.channel import SlackChannel
from conversations.messages import Button, Card, FormPage, Input, Message, Say, Screen, act
from locales import Text
from services.notices import Current
from services.people import Identity, Person
from tests.bots.slack.payloads import DM, ROOM, TEAM, USER

Json = dict[str, Any]
TARO = Identity("slack", TEAM, USER)
PERSON = Person(1, TARO, "en")
CHANNEL = SlackChannel("https://ouentai.example.jp", ROOM)
VIEW = {"id": "V1", "hash": "1.h"}
SENT = {
    "d": 12,
    "p": 1,
    "r": 3,
    "blocks": {"name": "name@3", "note": "note@3"},
    "answers": {"name": "A", "note": "typed"},
    "began": {"name": "", "note": ""},
}
DM_SAID = {"kind": "said", "surface": "dm", "channel": DM, "text": "x", "thread": None}
SUBMITTED = {"kind": "fill", "surface": "submission", "view": VIEW, "page": SENT}
IN_MODAL = {"kind": "press", "surface": "modal", "view": VIEW, "trigger": "t.1", "act": "a=x"}
PLACES: dict[str, Json] = {
    "home": {"kind": "press", "surface": "home", "view": VIEW, "trigger": "t.1"},
    "channel": {"kind": "press", "surface": "channel", "channel": ROOM, "thread": None, "trigger": "t.1"},
    "command": {"kind": "command", "surface": "command", "channel": ROOM, "trigger": "t.1"},
}


def page(*keys: str, number: int = 1, **more: Any) -> FormPage:
    inputs = [Input(key, Text(key), "line") for key in keys]
    return FormPage(Text("Page"), 12, number, 4, 4, inputs, **more)


def present(body: Json, *said: Message) -> Any:
    return CHANNEL.present(said, PERSON, body)


def shown(view: Json) -> str:
    return str(view["blocks"])


def test_words_in_a_dm_are_answered_there() -> None:
    presented = present(DM_SAID | {"thread": "1.2"}, Say("hello"), Card("card"))
    assert presented.answer is None
    assert [
        (one.address, one.kind, one.body["text"], one.body["thread_ts"]) for one in presented.letters
    ] == [
        (USER, "say", "hello", "1.2"),
        (USER, "say", "card", "1.2"),
    ]


def test_a_form_asked_for_in_words_comes_as_a_card_that_opens_it() -> None:
    (letter,) = present(DM_SAID, page("name")).letters
    assert "page.show" in shown(letter.body)


def test_a_form_asked_for_by_a_button_in_a_dm_opens() -> None:
    pressed = {"kind": "press", "surface": "dm", "channel": DM, "thread": None, "trigger": "t.1"}
    presented = present(pressed, Say("first"), page("name"))
    assert presented.letters == ()
    assert isinstance(presented.answer, OpenView) and presented.answer.trigger == "t.1"
    assert "first" in shown(presented.answer.view)
    assert present(pressed, Say("only words")).answer is None


@pytest.mark.parametrize("place", PLACES)
def test_elsewhere_everything_opens_as_a_window(place: str) -> None:
    everything: list[Message] = [
        Say("hello"),
        Card("card"),
        Screen(Text("Screen"), [Say("hello")]),
        page("name"),
    ]
    for said in everything:
        presented = present(PLACES[place], said)
        assert presented.letters == ()
        assert isinstance(presented.answer, OpenView)


def test_a_screen_said_in_a_window_takes_its_place() -> None:
    answer = present(IN_MODAL, Screen(Text("Screen"), [Say("hello")])).answer
    assert isinstance(answer, UpdateView)
    assert (answer.view_id, answer.hash) == ("V1", "1.h")


def test_a_few_words_are_laid_over_the_window_they_are_about() -> None:
    answer = present(IN_MODAL | {"page": SENT}, Say("This button no longer works.")).answer
    assert isinstance(answer, PushView)
    assert answer.trigger == "t.1" and answer.under.view_id == "V1"


def test_a_page_drawn_again_keeps_what_is_typed() -> None:
    answer = present(
        IN_MODAL | {"page": SENT, "kind": "fill", "redraw": True}, page("name", "note", "more")
    ).answer
    assert isinstance(answer, UpdateView)
    ids = [block.get("block_id") for block in answer.view["blocks"] if block["type"] == "input"]
    assert ids == ["name@3", "note@3", "more@4"]


def test_errors_stand_at_their_fields() -> None:
    answer = present(SUBMITTED, page("name", "note", errors={"name": Text("Wrong <b>")})).answer
    assert answer == Respond({"response_action": "errors", "errors": {"name@3": "Wrong <b>"}})


@pytest.mark.parametrize(
    "said",
    [
        page("name", "note", "newly asked", errors={"name": "wrong"}),
        page("name", errors={"name": "wrong"}),
        page("name", "note", errors={"name": "wrong", "file": "missing"}),
        page("name", "note", number=0, errors={"name": "wrong"}),
        page("name", "note"),
    ],
)
def test_a_page_that_has_changed_is_drawn_anew(said: FormPage) -> None:
    answer = present(SUBMITTED, said).answer
    assert isinstance(answer, Respond)
    assert answer.payload["response_action"] == "update"
    assert all(str(error) in shown(answer.payload["view"]) for error in said.errors.values())


def test_another_page_never_uses_an_id_of_the_one_before() -> None:
    answer = present(
        SUBMITTED, FormPage(Text("Page"), 13, 0, 2, 3, [Input("name", Text("Name"), "line")])
    ).answer
    ids = [b["block_id"] for b in answer.payload["view"]["blocks"] if b["type"] == "input"]
    assert ids == ["name@3+"]


def test_a_form_that_is_handed_in_ends_with_a_window_to_read() -> None:
    presented = present(SUBMITTED, Say("Thank you"), Card("Received", buttons=[Button("Open", act("x"))]))
    assert presented.letters == ()
    view = presented.answer.payload["view"]
    assert "submit" not in view and view["callback_id"] == "screen"
    assert "Thank you" in shown(view) and "Received" in shown(view)


def test_nothing_said_is_nothing_shown() -> None:
    places: list[Json] = [DM_SAID, SUBMITTED, IN_MODAL, *PLACES.values()]
    for body in places:
        presented = present(body)
        assert (presented.letters, presented.answer) == ((), None)


def test_a_reply_under_a_card_is_answered_to_the_person_alone() -> None:
    body = {"kind": "said", "surface": "thread", "channel": ROOM, "text": "x", "thread": "1.2"}
    (letter,) = present(body, Say("passed on")).letters
    assert letter.address == USER and "thread_ts" not in letter.body


def test_an_upload_is_answered_in_the_dm() -> None:
    (letter,) = present({"ouentai": {"draft_id": 1}}, Say("arrived")).letters
    assert letter.address == USER


def test_who_did_not_act_is_told_in_the_dm_in_their_language() -> None:
    (letter,) = CHANNEL.tell([Say(Text("Close"))], TARO, "ja")
    assert (letter.channel, letter.address, letter.kind) == ("slack", USER, "say")
    assert letter.body is not None and letter.body["text"] == "閉じる"


def test_what_belongs_to_a_thread_says_which() -> None:
    letters = CHANNEL.tell([Say("one"), Say("two")], TARO, "ja", "enquiry:12")
    assert [(one.address, one.body and one.body["thread"]) for one in letters] == [(USER, "enquiry:12")] * 2
    assert all("thread_ts" not in (one.body or {}) for one in letters)


def test_what_is_said_under_a_card_goes_to_the_secretariats_channel() -> None:
    channel = SlackChannel("https://ouentai.example.jp", "C0OFFICE", "C0CHIEFS")
    (under,) = channel.post([Say("x")], "ja", "handoff:12")
    (apart,) = channel.post([Say("x")], "ja", None)
    assert (under.address, (under.body or {})["card"]) == ("C0OFFICE", "handoff:12")
    assert apart.address == "C0CHIEFS" and "card" not in (apart.body or {})


def test_without_a_second_channel_the_first_hears_what_climbs() -> None:
    (letter,) = SlackChannel("https://ouentai.example.jp", "C0OFFICE").post([Say("x")], "ja", None)
    assert letter.address == "C0OFFICE"
    assert SlackChannel("https://ouentai.example.jp", "").post([Say("x")], "ja", None) == []


def test_a_review_is_one_card_in_the_secretariats_channel() -> None:
    (letter,) = CHANNEL.redraw(Current("review", "7"), [])
    assert (letter.address, letter.kind, letter.ref, letter.body) == (ROOM, "card", "review:7", None)


def test_a_home_is_drawn_for_each_slack_identity() -> None:
    letters = CHANNEL.redraw(Current("home", "1"), [TARO, Identity("line", "L", "Uline")])
    assert [(one.address, one.kind, one.ref) for one in letters] == [(USER, "home", "1")]
    assert CHANNEL.redraw(Current("menu", "1"), [TARO]) == []


def test_private_words_never_travel_in_metadata() -> None:
    secret = Input("name", Text("Name"), "line", value="秘密")
    answer = present(PLACES["home"], FormPage(Text("Page"), 1, 0, 1, 1, [secret])).answer
    assert isinstance(answer, OpenView)
    assert "秘密" not in answer.view["private_metadata"]
