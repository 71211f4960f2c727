"""LINE's webhooks as LINE sends them, and as nobody should."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.line.inbound import Malformed, arrivals, hear
from bots.line.wire import pack
from bots.playground import line_events
from conversations.messages import Act, Attached, Joined, Left, Pressed, Said, Unsent, act
from services.inbox import Arrival
from services.people import Identity

Obj = dict[str, Any]

USER = "U" + "0123456789abcdef" * 2
MOMENT = datetime(2026, 6, 1, 3, 4, 5, 678000, UTC)
MS = int(MOMENT.timestamp() * 1000)


def event(kind: str, **fields: Any) -> Obj:
    return line_events.event(USER, kind, MS, **fields)


def written(kind: str, **fields: Any) -> Obj:
    return event("message", message=line_events.message(USER, kind, "5001", **fields))


def webhook(*events: Any) -> bytes:
    return json.dumps({"destination": "U" + "e" * 32, "events": events}).encode()


def arrived(*events: Any) -> list[Arrival]:
    return arrivals(webhook(*events), tenant="kobe")


def heard(event: Obj) -> Any:
    (arrival,) = arrived(event)
    return hear(json.loads(json.dumps(arrival.body)))


def test_an_event_is_known_by_lines_own_id_and_happened_when_line_says() -> None:
    sent = written("text", text="こんにちは")
    (arrival,) = arrived(sent)
    assert arrival.key == "line:" + sent["webhookEventId"]
    assert arrival.identity == Identity("line", "kobe", USER)
    assert arrival.at == MOMENT


def test_only_what_is_needed_is_kept() -> None:
    sent = written("text", text="こんにちは", mention={"mentionees": []}, emojis=[])
    (arrival,) = arrived(sent)
    received = arrival.body.pop("received")
    assert abs(received / 1000 - datetime.now(UTC).timestamp()) < 60
    assert arrival.body == {
        "type": "message",
        "message": {"type": "text", "id": "5001", "text": "こんにちは"},
        "replyToken": sent["replyToken"],
    }


def test_each_event_of_a_batch_arrives_by_itself() -> None:
    other = event("follow", source={"type": "user", "userId": "U" + "f" * 32})
    assert [one.identity.external for one in arrived(written("text", text="a"), other)] == [
        USER,
        "U" + "f" * 32,
    ]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (event("follow", follow={"isUnblocked": True}), Joined()),
        (event("unfollow"), Left()),
        (event("unsend", unsend={"messageId": "42"}), Unsent("42")),
        (written("text", text="はい"), Said("はい")),
        (written("sticker", packageId="446", stickerId="1988"), Attached("sticker", "5001")),
        (written("image", contentProvider={"type": "line"}), Attached("photo", "5001")),
        (written("video", duration=1), Attached("video", "5001")),
        (written("audio", duration=1), Attached("audio", "5001")),
        (written("file", fileName="決算書.pdf", fileSize=1), Attached("file", "5001", "決算書.pdf")),
        (written("location", latitude=1, longitude=2), Attached("location", "5001")),
        (written("hologram"), Attached("other", "5001")),
        (
            event("postback", postback={"data": pack(act("form.answer", d=1, k="trade", v="x"))}),
            Pressed(act("form.answer", d=1, k="trade", v="x")),
        ),
        (
            event(
                "postback", postback={"data": "a=form.answer&d=1&k=when", "params": {"date": "2026-07-01"}}
            ),
            Pressed(act("form.answer", d=1, k="when"), "2026-07-01"),
        ),
        (event("postback", postback={"data": "a=x", "params": {"date": "tomorrow"}}), Pressed(Act("x"))),
        (event("postback", postback={"data": "a=x", "params": {"time": "10:00"}}), Pressed(Act("x"))),
        (event("postback", postback={"data": "action=buy&itemid=123"}), Pressed(Act("?"))),
        (event("postback", postback={}), Pressed(Act("?"))),
        (event("postback"), Pressed(Act("?"))),
        (event("message"), Attached("other")),
    ],
)
def test_what_a_person_does_is_heard(sent: Obj, meant: object) -> None:
    assert heard(sent) == meant


@pytest.mark.parametrize(
    "sent",
    [
        event("message", source={"type": "group", "groupId": "C" + "1" * 32, "userId": USER}),
        event("message", source={"type": "room", "roomId": "R" + "1" * 32}),
        event("message", source={"type": "user"}),
        event("message", source={"type": "user", "userId": "../../richmenu"}),
        event("message", source={"type": "user", "userId": 7}),
        event("message", source=None),
        event("message", mode="standby"),
        event("message", mode="dreaming"),
        event("videoPlayComplete"),
        event("beacon", beacon={}),
        event("telepathy"),
        {"type": "delivery", "delivery": {"data": "x"}},
        {"type": ["message"], "mode": "active", "source": {"type": "user", "userId": USER}},
        {},
    ],
)
def test_what_is_not_a_persons_own_doing_is_ignored(sent: Obj) -> None:
    assert arrived(sent) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        b"[]",
        b"null",
        b"{}",
        b'{"events":{}}',
        b'{"events":[1]}',
        b'{"events":null}',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"events":[' + b"9" * 5000 + b"]}",
    ],
)
def test_a_body_that_is_not_lines_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        arrivals(raw, tenant="kobe")


def test_nul_and_half_characters_do_not_keep_a_message_from_being_stored() -> None:
    (arrival,) = arrived(written("text", text="a\x00b\ud83dc\ude00 \U0001f600"))
    assert hear(arrival.body) == Said("ab\ufffdc\ufffd \U0001f600")


def test_a_redelivered_event_without_an_id_has_the_same_key() -> None:
    sent = written("text", text="もう一度")
    del sent["webhookEventId"]
    (first,) = arrived(sent)
    (again,) = arrived(sent | {"deliveryContext": {"isRedelivery": True}})
    (other,) = arrived(sent | {"timestamp": MS + 1})
    assert first.key == again.key != other.key
    assert len(first.key) < 100


@pytest.mark.parametrize("timestamp", [None, "now", 10**30, -(10**30), True])
def test_an_event_from_no_time_happened_when_it_was_received(timestamp: object) -> None:
    (arrival,) = arrived(written("text", text="a") | {"timestamp": timestamp})
    assert abs((arrival.at - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize("token", [None, 1, "a b", "x" * 400, "\x00"])
def test_a_strange_reply_token_is_not_kept(token: object) -> None:
    (arrival,) = arrived(written("text", text="a") | {"replyToken": token})
    assert "replyToken" not in arrival.body


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(["message", "postback", "unsend", "follow", "unfollow"]),
    anything,
    st.dictionaries(
        st.sampled_from(
            ["timestamp", "webhookEventId", "replyToken", "type", "mode", "source", "deliveryContext"]
        ),
        anything,
        max_size=2,
    ),
)
def test_no_event_of_the_right_outline_breaks_anything(kind: str, about: Any, more: Obj) -> None:
    for arrival in arrived(event(kind) | {kind: about} | more):
        json.dumps(arrival.body).encode()
        assert "\\u0000" not in json.dumps(arrival.body)
        assert hear(arrival.body) is not None


@given(st.sampled_from(["type", "id", "text", "fileName"]), anything)
def test_no_message_of_the_right_outline_breaks_anything(field: str, value: Any) -> None:
    for arrival in arrived(
        event("message", message={"type": "text", "id": "1", "text": "x"} | {field: value})
    ):
        said: Any = hear(arrival.body)
        assert all(isinstance(part, str | bool | list | tuple | None) for part in vars(said).values())
