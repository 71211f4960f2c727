"""The fake LINE answers and delivers as LINE does."""

import io
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import orjson
import pytest
from PIL import Image

from bots.playground import line_events
from bots.playground.store import MemoryStore
from tests.bots.playground import line_spec
from tests.bots.playground.line_payloads import POSTBACK, RICH_MENU
from tests.bots.playground.line_server import SECRET, TOKEN, Bench, running

Obj = dict[str, Any]

HELLO: Obj = {"type": "text", "text": "こんにちは"}
CHOICE: Obj = HELLO | {"quickReply": {"items": [{"type": "action", "action": POSTBACK}]}}


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with running() as bench:
        yield bench


def texts(bench: Bench, user: str) -> list[tuple[str, str]]:
    return [(one["from"], one["message"].get("text", "")) for one in bench.line.phone(user)["messages"]]


def picture(width: int = 1200, height: int = 405, kind: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height)).save(data, kind)
    return data.getvalue()


async def menu(bench: Bench, *, with_picture: bool = True) -> str:
    _, made, _ = await bench.call("POST", "/v2/bot/richmenu", RICH_MENU)
    id: str = made["richMenuId"]
    if with_picture:
        path = f"/v2/bot/richmenu/{id}/content"
        assert (await bench.call("POST", path, data=picture(), mime="image/png"))[0] == 200
    return id


# Webhooks


def test_the_signature_is_lines() -> None:
    # The vector of LINE's own documentation.
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert (
        line_events.sign("8c570fa6dd201bb328f1c1eac23a96d8", body)
        == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
    )


async def test_a_text_arrives_signed_and_in_lines_shape(bench: Bench) -> None:
    user = await bench.friend()
    event = await bench.line.say(user, "相談したい")
    signature, raw = bench.heard[-1]
    assert signature == line_events.sign(SECRET, raw)
    body = orjson.loads(raw)
    assert body["destination"] == bench.line.account.bot_id
    assert body["events"] == [event]
    assert event["timestamp"] == int(bench.moment.timestamp() * 1000)
    assert event["source"] == {"type": "user", "userId": user}
    assert event["mode"] == "active"
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert len(event["webhookEventId"]) == 26
    assert event["message"].keys() == {"type", "id", "text", "quoteToken", "markAsReadToken"}
    assert bench.line.answers[-1][:2] == (200, "OK")


async def test_whatever_a_person_does_becomes_an_event(bench: Bench) -> None:
    line, user = bench.line, bench.line.create_user("田中")
    await line.follow(user)
    said = await line.say(user, "はい")
    await line.say(user, "これ", quoting=said["message"]["id"])
    await line.sticker(user, keywords=["ok"])
    await line.photo(user, b"jpeg")
    await line.photos(user, b"one", b"two")
    await line.video(user, b"mp4")
    await line.audio(user, b"m4a")
    await line.file(user, "見積.pdf", b"%PDF", "application/pdf")
    await line.location(user, 34.69, 135.19, title="神戸")
    await line.unsend(user, said["message"]["id"])
    await line.tap(user, POSTBACK)
    await line.tap(user, {"type": "postback", "label": "旧", "data": "x", "text": "旧"})
    await line.tap(user, {"type": "message", "label": "相談", "text": "相談"})
    await line.tap(
        user, {"type": "datetimepicker", "label": "日", "data": "d", "mode": "date"}, picked="2026-04-03"
    )
    await line.tap(user, {"type": "richmenuswitch", "richMenuAliasId": "next", "data": "n"})
    await line.unfollow(user)
    kinds = [event.get("message", event)["type"] for event in bench.events]
    assert kinds == [
        *(
            "follow",
            "text",
            "text",
            "sticker",
            "image",
            "image",
            "image",
            "video",
            "audio",
            "file",
            "location",
        ),
        *("unsend", "postback", "text", "postback", "text", "postback", "postback", "unfollow"),
    ]
    assert [
        e["message"]["imageSet"]["index"] for e in bench.events if "imageSet" in e.get("message", {})
    ] == [1, 2]
    assert [e["postback"].get("params") for e in bench.events if e["type"] == "postback"] == [
        None,
        None,
        {"date": "2026-04-03"},
        {"status": "RICHMENU_ALIAS_ID_NOTFOUND"},
    ]
    with_token = {event["type"] for event in bench.events if "replyToken" in event}
    assert with_token == {"follow", "message", "postback"}
    assert len({event["webhookEventId"] for event in bench.events}) == len(bench.events)
    if line_spec.FOLDER:
        judge = line_spec.validator("webhook", "CallbackRequest")
        for _, raw in bench.heard:
            judge.validate(orjson.loads(raw))


async def test_a_tap_that_only_opens_something_sends_nothing(bench: Bench) -> None:
    user = await bench.friend()
    link = {"type": "uri", "label": "見る", "uri": "https://example.jp/"}
    assert await bench.line.tap(user, link) == link
    assert [event["type"] for event in bench.events] == ["follow"]
    with pytest.raises(ValueError, match="picked"):
        await bench.line.tap(user, {"type": "datetimepicker", "data": "d", "mode": "date"})


async def test_events_may_be_held_back_tampered_with_and_repeated(bench: Bench) -> None:
    user = await bench.friend()
    first = bench.line.written(user, "text", text="一")
    second = bench.line.event(user, "postback", postback={"data": "x"}, mode="standby")
    await bench.line.deliver(second, first)
    await bench.line.deliver(first, redelivery=True)
    assert bench.events[1:] == [second, first, first | {"deliveryContext": {"isRedelivery": True}}]
    await bench.line.deliver(body=b"{}", signature="forged")
    assert bench.heard[-1] == ("forged", b"{}")


async def test_an_app_that_does_not_answer_is_noted(bench: Bench) -> None:
    user = await bench.friend()
    bench.says = 500
    await bench.line.say(user, "はい")
    assert bench.line.answers[-1].status == 500
    bench.line.webhook_url = "http://127.0.0.1:9/"
    await bench.line.say(user, "はい")
    assert bench.line.answers[-1][:2] == (0, "could_not_connect")


# Replies


async def test_a_reply_token_works_once(bench: Bench) -> None:
    user = await bench.friend()
    event = await bench.line.say(user, "はい")
    status, body, headers = await bench.reply(event, HELLO)
    assert status == 200
    assert headers["X-Line-Request-Id"]
    assert body["sentMessages"][0].keys() == {"id", "quoteToken"}
    assert texts(bench, user) == [("user", "はい"), ("bot", "こんにちは")]
    assert (await bench.reply(event, HELLO))[:2] == (400, {"message": "Invalid reply token"})
    assert bench.line.sent[-1].method == "reply"
    assert len(bench.line.sent) == 1


async def test_a_reply_token_lives_a_minute_from_its_delivery(bench: Bench) -> None:
    user = await bench.friend()
    event = await bench.line.say(user, "はい")
    bench.later(seconds=61)
    assert (await bench.reply(event, HELLO))[0] == 400
    await bench.line.deliver(event, redelivery=True)
    bench.later(seconds=59)
    assert (await bench.reply(event, HELLO))[0] == 200
    await bench.line.deliver(event, redelivery=True)
    assert (await bench.reply(event, HELLO))[0] == 400


async def test_after_twenty_minutes_a_redelivery_brings_no_token_back(bench: Bench) -> None:
    event = await bench.line.say(await bench.friend(), "はい")
    bench.later(minutes=21)
    await bench.line.deliver(event, redelivery=True)
    assert (await bench.reply(event, HELLO))[0] == 400


async def test_a_token_nobody_was_given_is_invalid(bench: Bench) -> None:
    event = bench.line.event(await bench.friend(), "postback", postback={"data": "x"})
    assert (await bench.reply(event, HELLO))[0] == 400


async def test_a_refused_reply_leaves_the_token_good(bench: Bench) -> None:
    user = await bench.friend()
    event = await bench.line.say(user, "はい")
    status, body, _ = await bench.reply(event, {"type": "text", "text": ""})
    assert (status, body) == (
        400,
        {
            "message": "The request body has 1 error(s)",
            "details": [{"message": "May not be empty", "property": "messages[0].text"}],
        },
    )
    refused = bench.line.refused[-1]
    assert (refused.path, refused.status, refused.body) == ("/v2/bot/message/reply", 400, body)
    assert refused.payload["messages"] == [{"type": "text", "text": ""}]
    assert (await bench.reply(event, HELLO))[0] == 200


async def test_a_reply_takes_no_retry_key(bench: Bench) -> None:
    event = await bench.line.say(await bench.friend(), "はい")
    body = {"replyToken": event["replyToken"], "messages": [HELLO]}
    assert (await bench.call("POST", "/v2/bot/message/reply", body, key=str(uuid4())))[0] == 400


async def test_a_message_may_quote_one_of_its_own_chat(bench: Bench) -> None:
    user, other = await bench.friend(), await bench.friend()
    event = await bench.line.say(user, "はい")
    quoting = HELLO | {"quoteToken": event["message"]["quoteToken"]}
    assert (await bench.push(other, quoting))[0] == 400
    assert (await bench.push(user, quoting))[0] == 200
    assert (await bench.push(user, HELLO | {"quoteToken": "made-up"}))[0] == 400


# Pushes


async def test_a_retry_key_is_accepted_once(bench: Bench) -> None:
    user, key = await bench.friend(), str(uuid4())
    status, body, headers = await bench.push(user, HELLO, key=key)
    assert status == 200
    again = await bench.push(user, HELLO, key=key)
    assert again[0] == 409
    assert again[1] == {"message": "The retry key is already accepted", "sentMessages": body["sentMessages"]}
    assert again[2]["X-Line-Accepted-Request-Id"] == headers["X-Line-Request-Id"]
    assert again[2]["X-Line-Request-Id"] != headers["X-Line-Request-Id"]
    assert texts(bench, user) == [("bot", "こんにちは")]
    assert not bench.line.refused
    bench.later(hours=25)
    assert (await bench.push(user, HELLO, key=key))[0] == 200


async def test_a_retry_key_must_be_a_uuid(bench: Bench) -> None:
    assert (await bench.push(await bench.friend(), HELLO, key="again"))[0] == 400


async def test_a_push_to_somebody_who_blocked_succeeds_and_is_not_seen(bench: Bench) -> None:
    user = await bench.friend()
    await bench.line.unfollow(user)
    assert (await bench.push(user, HELLO))[0] == 200
    assert texts(bench, user) == []
    assert (await bench.call("GET", f"/v2/bot/profile/{user}"))[0] == 404
    with pytest.raises(ValueError, match="blocked"):
        await bench.line.say(user, "はい")
    assert (await bench.line.follow(user))["follow"] == {"isUnblocked": True}
    await bench.push(user, HELLO)
    assert texts(bench, user) == [("bot", "こんにちは")]


async def test_a_stranger_hears_for_a_week_after_writing(bench: Bench) -> None:
    user = bench.line.create_user("山田")
    await bench.push(user, HELLO)
    assert texts(bench, user) == []
    await bench.line.say(user, "はい")
    await bench.push(user, HELLO)
    bench.later(days=8)
    await bench.push(user, HELLO)
    assert texts(bench, user) == [("user", "はい"), ("bot", "こんにちは")]


async def test_an_id_of_nobody_is_refused(bench: Bench) -> None:
    assert (await bench.push("U" + "0" * 32, HELLO))[:2] == (400, {"message": "Failed to send messages"})
    assert (await bench.push("tanaka", HELLO))[0] == 400


async def test_a_multicast_reaches_friends_and_counts_them(bench: Bench) -> None:
    users = [await bench.friend(), await bench.friend(), bench.line.create_user("山田")]
    key = str(uuid4())
    body = {"to": users, "messages": [HELLO]}
    assert (await bench.call("POST", "/v2/bot/message/multicast", body, key=key))[:2] == (200, {})
    assert (await bench.call("POST", "/v2/bot/message/multicast", body, key=key))[0] == 409
    assert [len(texts(bench, user)) for user in users] == [1, 1, 0]
    assert (await bench.call("GET", "/v2/bot/message/quota/consumption"))[1] == {"totalUsage": 2}
    assert bench.line.sent[-1].to == users


async def test_the_months_quota_ends_pushes_but_not_replies(bench: Bench) -> None:
    user = await bench.friend()
    assert (await bench.call("GET", "/v2/bot/message/quota"))[1] == {"type": "none"}
    bench.line.account.quota = 1
    assert (await bench.call("GET", "/v2/bot/message/quota"))[1] == {"type": "limited", "value": 1}
    assert (await bench.push(user, HELLO))[0] == 200
    over = await bench.push(user, HELLO)
    assert over[:2] == (429, {"message": "You have reached your monthly limit."})
    assert (await bench.reply(await bench.line.say(user, "はい"), HELLO))[0] == 200
    bench.later(days=30)
    assert (await bench.push(user, HELLO))[0] == 200


async def test_a_dry_run_judges_and_sends_nothing(bench: Bench) -> None:
    path = "/v2/bot/message/validate/push"
    assert (await bench.call("POST", path, {"messages": [HELLO]}))[:2] == (200, {})
    assert (await bench.call("POST", path, {"messages": [{"type": "text"}]}))[0] == 400
    assert not bench.line.sent


# The phone


async def test_quick_replies_go_with_a_tap_or_the_next_message(bench: Bench) -> None:
    user = await bench.friend()
    await bench.push(user, CHOICE, HELLO)
    assert bench.line.phone(user)["quick_reply"] is None
    await bench.push(user, HELLO, CHOICE)
    assert bench.line.phone(user)["quick_reply"] == CHOICE["quickReply"]
    await bench.line.tap(user, POSTBACK)
    assert bench.line.phone(user)["quick_reply"] is None
    assert texts(bench, user)[-1] == ("user", "はい")
    await bench.push(user, CHOICE)
    await bench.line.say(user, "いいえ")
    assert bench.line.phone(user)["quick_reply"] is None


async def test_the_loading_sign_ends_with_time_or_the_next_message(bench: Bench) -> None:
    user, path = await bench.friend(), "/v2/bot/chat/loading/start"
    assert (await bench.call("POST", path, {"chatId": user, "loadingSeconds": 10}))[:2] == (202, {})
    assert bench.line.phone(user)["loading"]
    bench.later(seconds=11)
    assert not bench.line.phone(user)["loading"]
    await bench.call("POST", path, {"chatId": user})
    await bench.push(user, HELLO)
    assert not bench.line.phone(user)["loading"]
    for seconds in (0, 7, 65):
        assert (await bench.call("POST", path, {"chatId": user, "loadingSeconds": seconds}))[0] == 400
    assert (await bench.call("POST", path, {"chatId": "C" + "0" * 32}))[0] == 400


async def test_messages_are_marked_as_read(bench: Bench) -> None:
    user, path = await bench.friend(), "/v2/bot/chat/markAsRead"
    event = await bench.line.say(user, "はい")
    await bench.line.say(user, "まだ")
    token = event["message"]["markAsReadToken"]
    assert (await bench.call("POST", path, {"markAsReadToken": token}))[:2] == (200, {})
    assert [one["read"] for one in bench.line.phone(user)["messages"]] == [True, False]
    assert (await bench.call("POST", path, {"markAsReadToken": "made-up"}))[0] == 400


async def test_the_sender_and_what_was_unsent_are_seen(bench: Bench) -> None:
    user = await bench.friend()
    event = await bench.line.say(user, "間違い")
    await bench.push(user, HELLO | {"sender": {"name": "事務局"}})
    await bench.line.unsend(user, event["message"]["id"])
    first, second = bench.line.phone(user)["messages"]
    assert first["unsent"]
    assert "text" not in first["message"]
    assert second["sender"] == {"name": "事務局"}
    assert second["message"] == HELLO


async def test_every_change_is_told(bench: Bench) -> None:
    told: list[str] = []
    bench.line.on_change = told.append
    user = await bench.friend()
    await bench.line.say(user, "はい")
    before = len(told)
    await bench.push(user, HELLO)
    assert before
    assert told[before:] == [user]


async def test_what_happened_is_kept_in_the_store() -> None:
    store = MemoryStore()
    async with running(store) as bench:
        user = await bench.friend()
        await bench.line.say(user, "はい")
        await bench.push(user, HELLO)
        screen = bench.line.phone(user)
    async with running(store) as bench:
        assert bench.line.phone(user) == screen
        assert bench.line.users() == [{"id": user, "name": "田中", "friend": True, "blocked": False}]


# Asking and fetching


async def test_profile_and_info_are_told(bench: Bench) -> None:
    user = await bench.friend()
    profile = {"userId": user, "displayName": "田中", "language": "ja"}
    assert (await bench.call("GET", f"/v2/bot/profile/{user}"))[:2] == (200, profile)
    info = (await bench.call("GET", "/v2/bot/info"))[1]
    assert info["userId"] == bench.line.account.bot_id
    assert info["chatMode"] == "chat"


async def test_a_file_is_fetched_once_it_is_ready_and_until_it_is_gone(bench: Bench) -> None:
    user = await bench.friend()
    bench.line.account.slow_content = 2
    event = await bench.line.video(user, b"film")
    path = f"/v2/bot/message/{event['message']['id']}/content"
    assert (await bench.call("GET", f"{path}/transcoding"))[1] == {"status": "processing"}
    assert (await bench.call("GET", path))[:2] == (202, b"")
    assert (await bench.call("GET", path))[:2] == (200, b"film")
    assert (await bench.call("GET", f"{path}/transcoding"))[1] == {"status": "succeeded"}
    shown = await bench.call("GET", f"/picture/{event['message']['id']}", token="")
    assert shown[:2] == (200, b"film")
    await bench.line.unsend(user, event["message"]["id"])
    assert (await bench.call("GET", path))[0] == 410
    assert (await bench.call("GET", "/v2/bot/message/1/content"))[0] == 404


# Rich menus


async def test_a_persons_own_menu_comes_before_the_default(bench: Bench) -> None:
    user = await bench.friend()
    default, own = await menu(bench), await menu(bench)
    assert (await bench.call("GET", "/v2/bot/user/all/richmenu"))[0] == 404
    assert (await bench.call("POST", f"/v2/bot/user/all/richmenu/{default}"))[:2] == (200, {})
    assert (await bench.call("GET", "/v2/bot/user/all/richmenu"))[1] == {"richMenuId": default}
    assert bench.line.phone(user)["rich_menu"] == {"menu": RICH_MENU, "image": f"picture/{default}"}
    assert (await bench.call("GET", f"/v2/bot/user/{user}/richmenu"))[0] == 404
    assert (await bench.call("POST", f"/v2/bot/user/{user}/richmenu/{own}"))[:2] == (200, {})
    assert (await bench.call("GET", f"/v2/bot/user/{user}/richmenu"))[1] == {"richMenuId": own}
    assert bench.line.phone(user)["rich_menu"]["image"] == f"picture/{own}"
    assert (await bench.call("GET", f"/picture/{own}", token=""))[:2] == (200, picture())
    assert (await bench.call("DELETE", f"/v2/bot/richmenu/{own}"))[0] == 200
    assert bench.line.phone(user)["rich_menu"]["image"] == f"picture/{default}"
    await bench.call("DELETE", "/v2/bot/user/all/richmenu")
    assert bench.line.phone(user)["rich_menu"] is None


async def test_menus_are_listed_and_checked(bench: Bench) -> None:
    id = await menu(bench)
    kept = {"richMenuId": id} | RICH_MENU
    assert (await bench.call("GET", "/v2/bot/richmenu/list"))[1] == {"richmenus": [kept]}
    assert (await bench.call("GET", f"/v2/bot/richmenu/{id}"))[1] == kept
    assert (await bench.call("GET", "/v2/bot/richmenu/richmenu-1"))[:2] == (
        404,
        {"message": "richmenu not found"},
    )
    assert (await bench.call("POST", "/v2/bot/richmenu/validate", RICH_MENU))[:2] == (200, {})
    long = RICH_MENU | {"chatBarText": "あ" * 15}
    for path in ("/v2/bot/richmenu", "/v2/bot/richmenu/validate"):
        status, body, _ = await bench.call("POST", path, long)
        assert status == 400
        assert body["details"] == [{"message": "Length must be between 0 and 14", "property": "chatBarText"}]


@pytest.mark.parametrize(
    ("data", "mime", "status"),
    [
        (picture(), "image/gif", 415),
        (picture(), "image/jpeg", 415),
        (b"nothing", "image/png", 400),
        (picture(600, 400), "image/png", 400),
        (picture(800, 800), "image/png", 400),
        (picture(800, 270), "image/png", 400),
        (b"0" * 1_000_001, "image/png", 413),
        (picture(kind="JPEG"), "image/jpeg", 200),
    ],
)
async def test_a_menus_picture_has_its_limits(bench: Bench, data: bytes, mime: str, status: int) -> None:
    id = await menu(bench, with_picture=False)
    assert (await bench.call("POST", f"/v2/bot/richmenu/{id}/content", data=data, mime=mime))[0] == status


async def test_a_menu_needs_a_picture_and_keeps_it(bench: Bench) -> None:
    user, bare, id = await bench.friend(), await menu(bench, with_picture=False), await menu(bench)
    assert (await bench.call("POST", f"/v2/bot/user/{user}/richmenu/{bare}"))[0] == 400
    assert (await bench.call("GET", f"/v2/bot/richmenu/{bare}/content"))[0] == 404
    path = f"/v2/bot/richmenu/{id}/content"
    assert (await bench.call("GET", path))[:2] == (200, picture())
    assert (await bench.call("POST", path, data=picture(), mime="image/png"))[0] == 400


async def test_an_alias_switches_menus(bench: Bench) -> None:
    user, first, second = await bench.friend(), await menu(bench), await menu(bench)
    path = "/v2/bot/richmenu/alias"
    named = {"richMenuAliasId": "next", "richMenuId": first}
    assert (await bench.call("POST", path, named))[:2] == (200, {})
    assert (await bench.call("POST", path, named))[0] == 400
    assert (await bench.call("POST", f"{path}/next", {"richMenuId": second}))[:2] == (200, {})
    assert (await bench.call("GET", f"{path}/next"))[1] == named | {"richMenuId": second}
    assert (await bench.call("GET", f"{path}/list"))[1] == {"aliases": [named | {"richMenuId": second}]}
    switch = {"type": "richmenuswitch", "richMenuAliasId": "next", "data": "to=next"}
    event = await bench.line.tap(user, switch)
    assert event["postback"] == {
        "data": "to=next",
        "params": {"newRichMenuAliasId": "next", "status": "SUCCESS"},
    }
    assert bench.line.phone(user)["rich_menu"]["image"] == f"picture/{second}"
    await bench.call("DELETE", f"/v2/bot/richmenu/{second}")
    event = await bench.line.tap(user, switch)
    assert event["postback"]["params"]["status"] == "RICHMENU_NOTFOUND"
    assert (await bench.call("DELETE", f"{path}/next"))[0] == 200
    assert (await bench.call("GET", f"{path}/next"))[0] == 404


async def test_many_people_are_linked_at_once(bench: Bench) -> None:
    users, id = [await bench.friend(), await bench.friend()], await menu(bench)
    body = {"richMenuId": id, "userIds": users}
    assert (await bench.call("POST", "/v2/bot/richmenu/bulk/link", body))[:2] == (202, {})
    assert all(bench.line.phone(user)["rich_menu"] for user in users)
    assert (await bench.call("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": users}))[0] == 202
    assert not any(bench.line.phone(user)["rich_menu"] for user in users)


# The door


async def test_who_has_no_token_stays_outside(bench: Bench) -> None:
    status, body, headers = await bench.call("GET", "/v2/bot/info", token="wrong")
    assert status == 401
    assert "Authentication failed" in body["message"]
    assert headers["X-Line-Request-Id"]
    assert (await bench.call("GET", "/v2/bot/info", token=TOKEN))[0] == 200


async def test_what_is_no_request_of_lines_is_refused(bench: Bench) -> None:
    path = "/v2/bot/message/push"
    assert (await bench.call("POST", path, data=b"{oops"))[0] == 400
    assert (await bench.call("POST", path, data=b"{}", mime="text/plain"))[0] == 415
    assert (await bench.call("POST", path, data=b"0" * 2_000_001))[0] == 413
    assert (await bench.call("POST", path, []))[0] == 400
    status, body, headers = await bench.call("GET", "/v2/bot/nothing")
    assert (status, body) == (404, {"message": "Not found"})
    assert headers["X-Line-Request-Id"]
    assert [one.status for one in bench.line.refused] == [400, 415, 413, 400]


async def test_a_rate_limit_can_be_set(bench: Bench) -> None:
    user = await bench.friend()
    bench.line.door.over_limit = lambda method, path: path == "/v2/bot/message/push"
    status, body, _ = await bench.push(user, HELLO)
    assert (status, body["message"]) == (429, "The API rate limit has been exceeded. Try again later.")
    assert (await bench.call("GET", "/v2/bot/info"))[0] == 200


async def test_calls_fail_by_order(bench: Bench) -> None:
    user = await bench.friend()
    bench.line.fail_next("/v2/bot/message/push", 500, times=2)
    assert [(await bench.push(user, HELLO))[0] for _ in range(3)] == [500, 500, 200]
    bench.line.fail_next("/v2/bot/message/*", "reset")
    with pytest.raises(aiohttp.ClientConnectionError):
        await bench.push(user, HELLO)
    assert (await bench.push(user, HELLO))[0] == 200
    bench.line.fail_next("/v2/bot/info", "timeout")
    with pytest.raises(TimeoutError):
        await bench.call("GET", "/v2/bot/info", timeout=0.2)


async def test_a_call_may_fail_after_it_was_accepted(bench: Bench) -> None:
    user, key = await bench.friend(), str(uuid4())
    bench.line.fail_next("/v2/bot/message/push", "reset", accepted=True)
    with pytest.raises(aiohttp.ClientConnectionError):
        await bench.push(user, HELLO, key=key)
    assert (await bench.push(user, HELLO, key=key))[0] == 409
    assert texts(bench, user) == [("bot", "こんにちは")]
