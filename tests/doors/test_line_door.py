"""What comes to LINE's door: only what LINE signed is read, and only what a person did is stored."""

import json
from typing import Any

import pytest

from bots.playground import line_events
from tests.doors.people import events, fetched, floods, kept
from tests.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
WEBHOOK = "/line/webhook"
GROUP = {"type": "group", "groupId": "C" + "0" * 32}


async def test_only_what_line_signed_is_stored(town: Town) -> None:
    phone = await town.phone().adds_us()
    before = await events(town)
    event = town.line.event(phone.user, "follow", follow={"isUnblocked": False})
    body = line_events.body(town.line.account.bot_id, [event])
    other = line_events.sign("another secret", body)
    for signature in (other, "", "nonsense", "あ".encode().decode("latin-1"), other[:-4]):
        assert (await town.line.deliver(event, signature=signature)).status == 401
    assert (await fetched(town, WEBHOOK, "POST", data=body))[0] == 401
    # What was signed is the very bytes: the same JSON in another dress is not what LINE sent.
    signature = line_events.sign(town.ouentai.stage.keys["line_secret"], body)  # type: ignore[union-attr]
    assert (await town.line.deliver(body=body + b" ", signature=signature)).status == 401
    await town.idle()
    assert await events(town) == before
    assert (await town.line.deliver(body=body, signature=signature)).status == 200


async def test_two_megabytes_are_too_much(town: Town) -> None:
    before = await events(town)
    signature = line_events.sign(town.ouentai.stage.keys["line_secret"], b" " * 2_000_001)  # type: ignore[union-attr]
    assert await floods(town, WEBHOOK, 2_000_001, {"x-line-signature": signature}) == [413, 413]
    assert await events(town) == before


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"null", b"[]", b'"events"', b"12", b"\xff\xfe", b"{}", b'{"events":null}'),
        *(b'{"events":{}}', b'{"events":"follow"}', b'{"events":[1]}', b"[" * 100_000),
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
async def test_a_signed_body_that_is_no_webhook_is_refused(town: Town, body: bytes) -> None:
    before = await events(town)
    assert (await town.line.deliver(body=body)).status == 400
    assert await events(town) == before


async def test_the_consoles_empty_webhook_is_acknowledged(town: Town) -> None:
    assert (await town.line.deliver()).status == 200


def strange(town: Town, user: str) -> list[Any]:
    """Events that are none of a person's own doing in the chat with us, or of kinds that nobody knows yet."""
    made = town.line.event
    text = {"type": "text", "id": "1", "text": "登録"}
    return [
        *(
            made(user, kind)
            for kind in ("join", "leave", "beacon", "accountLink", "botSuspended", "somethingNew")
        ),
        made(user, "message", message=text, source=GROUP | {"userId": user}),
        made(user, "message", message=text, source={"type": "room", "roomId": "R" + "0" * 32}),
        made(user, "message", message=text, source={"type": "somethingNew", "userId": user}),
        made(user, "message", message=text, source={}),
        made(user, "message", message=text, mode="standby"),
        made(user, "follow", mode="somethingNew"),
        made(user, "messageEdited", message=text),
        made(user, "videoPlayComplete", videoPlayComplete={"trackingId": "x"}),
        {},
        {"type": "message"},
        {"type": 1, "source": 2, "mode": "active"},
    ]


async def test_groups_standby_and_unknown_kinds_of_event_get_a_quiet_200(town: Town) -> None:
    phone = town.phone()
    before = await events(town)
    for event in strange(town, phone.user):
        body = json.dumps({"destination": "U0", "events": [event]}).encode()
        assert (await town.line.deliver(body=body)).status == 200
    await town.idle()
    assert await events(town) == before
    assert phone.messages == []
    town.accepted()


async def test_a_strange_event_does_not_keep_its_neighbours_from_being_answered(town: Town) -> None:
    phone = town.phone()
    follow = town.line.event(phone.user, "follow", follow={"isUnblocked": False})
    town.line.account.update(phone.user, friend=True)
    town.line.account.hand_out(follow)
    body = json.dumps({"destination": "U0", "events": [{}, follow, *strange(town, phone.user)]}).encode()
    assert (await town.line.deliver(body=body)).status == 200
    await town.idle()
    assert "ようこそ" in phone.last
    town.accepted()


async def test_what_is_not_text_is_answered_kindly_whatever_it_is(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.taps("登録をはじめる", "すべてはい")
    asked = phone.last
    line = town.line
    await line.photo(phone.user, b"\xff\xd8")
    await line.video(phone.user, b"1")
    await line.audio(phone.user, b"1")
    await line.file(phone.user, "契約書.pdf.exe", b"MZ")
    await line.location(phone.user, 34.69, 135.19, title="神戸", address="中央区")
    await line.sticker(phone.user, keywords=["ok"])
    await line.deliver(line.written(phone.user, "somethingNew", text="?"))
    await line.photos(phone.user, b"1", b"2", b"3")
    await town.idle()
    answers = phone.messages[-10:]
    assert len(answers) == 10
    assert all("事業の形" in json.dumps(answer, ensure_ascii=False) for answer in answers)
    assert asked.splitlines()[-1] in phone.last
    town.accepted()


async def test_a_message_taken_back_is_a_quiet_200_and_loses_nothing(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.taps("登録をはじめる", "すべてはい", "個人事業主")
    said = await town.line.say(phone.user, "菓匠やまもと")
    await town.idle()
    before = len(phone.messages)
    wiped = "SELECT count(*) FROM inbox WHERE body IS NULL"
    ((wiped_before,),) = await kept(town, wiped)
    await town.line.unsend(phone.user, said["message"]["id"])
    await town.idle()
    assert (await kept(town, wiped))[0][0] == wiped_before + 1
    await town.line.deliver(town.line.event(phone.user, "unsend", unsend={"messageId": "unknown"}))
    await town.line.deliver(town.line.event(phone.user, "unsend", unsend=[]))
    await town.idle()
    assert len(phone.messages) == before
    await phone.says("山本 あき")
    assert "業種" in phone.last
    town.accepted()


async def test_what_cannot_be_stored_is_not_acknowledged(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    phone = await town.phone().adds_us()

    async def fail(*_arguments: Any) -> None:
        raise RuntimeError("the database is gone, and with it 山本 あき")

    event = town.line.written(phone.user, "text", text="ヘルプ")
    with monkeypatch.context() as broken:
        broken.setattr("services.inbox.store", fail)
        assert (await town.line.deliver(event)).status == 500
    # That is what an operator must read, and all of it.
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == [
        "could not receive: RuntimeError"
    ]
    caplog.clear()
    assert (await town.line.deliver(event, redelivery=True)).status == 200
    await town.idle()
    assert "メニュー" in phone.last
