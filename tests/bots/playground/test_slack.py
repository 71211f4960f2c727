"""The fake Slack behaves as Slack does, seen by Slack's own client over loopback HTTP."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
import uvicorn
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from bots.playground.slack import FakeSlack
from bots.playground.store import MemoryStore

Json = dict[str, Any]
SECRET, TOKEN = "8f742231b10e8888abcd99yyyzzz85a5", "xoxb-play"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value), "value": value}


def field(block_id: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain("お名前"), "element": element, **more}


def words(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "v", **more}


def modal(*blocks: Json, **more: Any) -> Json:
    view = {"type": "modal", "title": plain("登録"), "submit": plain("送る"), "blocks": list(blocks)}
    return view | more


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


def button(action_id: str = "go") -> Json:
    element = {"type": "button", "action_id": action_id, "text": plain("送る"), "value": "7"}
    return {"type": "actions", "block_id": "buttons", "elements": [element]}


class App:
    """Stands for the app: keeps every request and answers what the test says."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answer: Callable[[Json], Any] = lambda told: Response()

    async def hear(self, request: Request) -> Response:
        body = await request.body()
        self.requests.append((dict(request.headers), body))
        answer = self.answer(self.told)
        return await answer if asyncio.iscoroutine(answer) else answer

    @property
    def told(self) -> Json:
        """The last request: an event, an interaction or the fields of a command."""
        headers, body = self.requests[-1]
        if headers["content-type"] == "application/json":
            return dict(json.loads(body))
        fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        return dict(json.loads(fields["payload"])) if "payload" in fields else fields

    def action(self, **answer: Any) -> None:
        self.answer = lambda told: Response(json.dumps(answer), media_type="application/json")


class Now:
    """Wall time that stands still until the test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


class Bench:
    """A workspace, an app that listens to it, and Slack's client for the app."""

    def __init__(self, address: str) -> None:
        self.now, self.app = Now(), App()
        self.api_url = f"{address}/play/slack-api/"
        self.slack = FakeSlack(
            signing_secret=SECRET,
            bot_token=TOKEN,
            events_url=f"{address}/slack/events",
            store=MemoryStore(),
            now=self.now,
            api_url=self.api_url,
        )
        self.client = AsyncWebClient(TOKEN, base_url=self.api_url)
        self.user = self.slack.create_user("佐藤", email="sato@example.com")
        self.channel = self.slack.create_channel("jimukyoku", members=[self.user])

    async def trigger(self) -> str:
        """A fresh trigger, as any press gives one."""
        await self.slack.command(self.user)
        return str(self.app.told["trigger_id"])

    async def open(self, view: Json) -> str:
        opened = await self.client.views_open(trigger_id=await self.trigger(), view=view)
        return str(opened["view"]["id"])

    def modals(self) -> list[Json]:
        return list(self.slack.window(self.user)["modals"])


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    made = Bench(f"http://127.0.0.1:{listener.getsockname()[1]}")
    routes = [
        Mount("/play/slack-api", routes=made.slack.routes),
        Route("/slack/events", made.app.hear, methods=["POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off", ws="none", loop="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # Without its main loop, which looks only ten times a second whether it is to end.
    await server.startup(sockets=[listener])
    try:
        yield made
    finally:
        await made.slack.aclose()
        server.force_exit = True
        await server.shutdown(sockets=[listener])


@contextlib.contextmanager
def refused(bench: Bench, error: str) -> Any:
    with pytest.raises(SlackApiError) as caught:
        yield caught
    assert caught.value.response["error"] == error
    assert bench.slack.refused[-1].body["error"] == error


# ---- calls


async def test_a_message_is_posted_updated_and_deleted(bench: Bench) -> None:
    posted = await bench.client.chat_postMessage(channel=bench.channel, text="受付 1", blocks=[button()])
    await bench.client.chat_update(channel=bench.channel, ts=posted["ts"], text="受付 2", blocks=[])
    (shown,) = bench.slack.window(bench.user)["channels"][0]["messages"]
    assert (shown["text"], shown["blocks"], shown["edited"]) == ("受付 2", [], True)
    await bench.client.chat_delete(channel=bench.channel, ts=posted["ts"])
    assert bench.slack.window(bench.user)["channels"][0]["messages"] == []
    assert [(s.method, s.ts) for s in bench.slack.sent] == [
        ("chat.postMessage", posted["ts"]),
        ("chat.update", posted["ts"]),
        ("chat.delete", posted["ts"]),
    ]


async def test_a_bad_block_is_answered_with_its_place(bench: Bench) -> None:
    with refused(bench, "invalid_blocks") as caught:
        await bench.client.chat_postMessage(channel=bench.channel, text="あ", blocks=[{"type": "section"}])
    said = ["[ERROR] must define either text or fields [json-pointer:/blocks/0]"]
    assert caught.value.response["response_metadata"]["messages"] == said
    assert caught.value.response.status_code == 200


async def test_unescaped_user_text_is_refused(bench: Bench) -> None:
    with refused(bench, "invalid_blocks"):
        await bench.client.chat_postMessage(channel=bench.channel, text="<!channel>")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"channel": "C404"}, "channel_not_found"),
        ({"text": ""}, "no_text"),
        ({"text": "a" * 40_001}, "msg_too_long"),
        ({"thread_ts": "1.000000"}, "thread_not_found"),
    ],
)
async def test_what_slack_would_not_post_is_refused(bench: Bench, change: Json, error: str) -> None:
    with refused(bench, error):
        told = {"channel": bench.channel, "text": "あ"} | change
        await bench.client.api_call("chat.postMessage", json=told)


async def test_the_app_only_reaches_channels_it_is_in(bench: Bench) -> None:
    open_to_all = bench.slack.create_channel("general", private=False)
    await bench.slack.leave(bench.slack.bot_user_id, open_to_all)
    await bench.slack.leave(bench.slack.bot_user_id, bench.channel)
    with refused(bench, "not_in_channel"):
        await bench.client.chat_postMessage(channel=open_to_all, text="あ")
    with refused(bench, "channel_not_found"):
        await bench.client.chat_postMessage(channel=bench.channel, text="あ")


async def test_only_own_messages_change(bench: Bench) -> None:
    ts = await bench.slack.message(bench.user, bench.channel, "こんにちは")
    with refused(bench, "cant_update_message"):
        await bench.client.chat_update(channel=bench.channel, ts=ts, text="あ")
    with refused(bench, "cant_delete_message"):
        await bench.client.chat_delete(channel=bench.channel, ts=ts)
    with refused(bench, "message_not_found"):
        await bench.client.chat_update(channel=bench.channel, ts="1.000000", text="あ")


async def test_a_reply_hangs_on_its_parent_only(bench: Bench) -> None:
    parent = (await bench.client.chat_postMessage(channel=bench.channel, text="親"))["ts"]
    reply = (await bench.client.chat_postMessage(channel=bench.channel, text="子", thread_ts=parent))["ts"]
    with refused(bench, "cannot_reply_to_message"):
        await bench.client.chat_postMessage(channel=bench.channel, text="孫", thread_ts=reply)
    thread = await bench.client.conversations_replies(channel=bench.channel, ts=parent)
    history = await bench.client.conversations_history(channel=bench.channel)
    assert [m["text"] for m in thread["messages"]] == ["親", "子"]
    assert [(m["text"], m["reply_count"]) for m in history["messages"]] == [("親", 1)]


async def test_metadata_finds_what_was_posted(bench: Bench) -> None:
    metadata = {"event_type": "case", "event_payload": {"key": "k1"}}
    await bench.client.chat_postMessage(channel=bench.channel, text="あ", metadata=metadata)
    bare = await bench.client.conversations_history(channel=bench.channel)
    full = await bench.client.conversations_history(channel=bench.channel, include_all_metadata=True)
    assert "metadata" not in bare["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_members_come_in_pages(bench: Bench) -> None:
    for n in range(4):
        await bench.slack.join(bench.slack.create_user(f"担当{n}"), bench.channel)
    found: list[str] = []
    cursor = ""
    for _ in range(3):
        page = await bench.client.conversations_members(channel=bench.channel, limit=2, cursor=cursor)
        found += page["members"]
        cursor = page["response_metadata"]["next_cursor"]
    assert (len(set(found)), cursor) == (6, "")
    with refused(bench, "invalid_cursor"):
        await bench.client.conversations_members(channel=bench.channel, cursor="?")


async def test_people_are_described_with_their_language(bench: Bench) -> None:
    person = (await bench.client.users_info(user=bench.user, include_locale=True))["user"]
    found = (await bench.client.users_lookupByEmail(email="SATO@example.com"))["user"]
    assert (person["locale"], person["real_name"], found["id"]) == ("ja-JP", "佐藤", bench.user)
    assert "locale" not in (await bench.client.users_info(user=bench.user))["user"]
    with refused(bench, "users_not_found"):
        await bench.client.users_lookupByEmail(email="nobody@example.com")


async def test_direct_messages_open_once(bench: Bench) -> None:
    first = await bench.client.conversations_open(users=bench.user)
    again = await bench.client.conversations_open(users=[bench.user])
    info = await bench.client.conversations_info(channel=first["channel"]["id"])
    assert (first["already_open"], again["already_open"]) == (False, True)
    assert (first["channel"], info["channel"]["is_im"]) == (again["channel"], True)
    posted = await bench.client.chat_postMessage(channel=bench.user, text="あ")
    assert posted["channel"] == first["channel"]["id"]


async def test_a_wrong_token_is_refused(bench: Bench) -> None:
    stranger = AsyncWebClient("xoxb-other", base_url=bench.api_url)
    with refused(bench, "invalid_auth"):
        await stranger.auth_test()
    assert (await bench.client.auth_test())["user_id"] == bench.slack.bot_user_id


async def test_reading_methods_do_not_see_json(bench: Bench) -> None:
    with refused(bench, "invalid_arguments"):
        await bench.client.api_call("users.info", json={"user": bench.user})


async def test_an_ephemeral_message_is_for_members_and_cannot_be_updated(bench: Bench) -> None:
    said = await bench.client.chat_postEphemeral(channel=bench.channel, user=bench.user, text="内緒")
    assert bench.slack.window(bench.user)["note"]["text"] == "内緒"
    with refused(bench, "message_not_found"):
        await bench.client.chat_update(channel=bench.channel, ts=said["message_ts"], text="あ")
    with refused(bench, "user_not_in_channel"):
        outsider = bench.slack.create_user("外の人")
        await bench.client.chat_postEphemeral(channel=bench.channel, user=outsider, text="あ")


async def test_a_file_goes_up_in_three_steps_and_down_with_the_token(bench: Bench) -> None:
    done = await bench.client.files_upload_v2(
        channel=bench.channel, filename="報告.pdf", content=b"%PDF", initial_comment="報告です"
    )
    info = (await bench.client.files_info(file=done["files"][0]["id"]))["file"]
    (shown,) = bench.slack.window(bench.user)["channels"][0]["messages"]
    assert (shown["text"], shown["files"][0]["name"], info["filetype"]) == ("報告です", "報告.pdf", "pdf")
    async with aiohttp.ClientSession() as session:
        async with session.get(info["url_private"], headers={"Authorization": f"Bearer {TOKEN}"}) as got:
            assert (await got.read(), got.content_type) == (b"%PDF", "application/pdf")
        async with session.get(info["url_private"]) as got:
            assert (got.status, got.content_type) == (200, "text/html")


async def test_a_file_is_completed_once_and_only_when_it_is_there(bench: Bench) -> None:
    begun = await bench.client.files_getUploadURLExternal(filename="a.txt", length=3)
    with refused(bench, "file_not_found"):
        await bench.client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
    async with aiohttp.ClientSession() as session:
        async with session.post(begun["upload_url"], data=b"four") as got:
            assert got.status == 400
        async with session.post(begun["upload_url"], data=b"abc") as got:
            assert await got.text() == "OK - 3"
    await bench.client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
    with refused(bench, "file_not_found"):
        await bench.client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])


async def test_a_reply_tells_whose_message_it_stands_under_and_what_is_attached(bench: Bench) -> None:
    parent = (await bench.client.chat_postMessage(channel=bench.channel, text="カード"))["ts"]
    file = bench.slack.upload(bench.user, "図.png", b"png")
    await bench.slack.message(bench.user, bench.channel, "返信：はい", thread_ts=parent, files=[file])
    told = bench.app.told["event"]
    assert (told["parent_user_id"], told["thread_ts"]) == (bench.slack.bot_user_id, parent)
    assert (told["subtype"], told["files"][0]["id"]) == ("file_share", file)
    assert "data" not in told["files"][0]


async def test_what_is_changed_or_deleted_is_told_without_a_person(bench: Bench) -> None:
    ts = await bench.slack.message(bench.user, bench.channel, "はい")
    await bench.slack.edit(bench.user, bench.channel, ts, "いいえ")
    told = bench.app.told["event"]
    assert (told["subtype"], told["message"]["text"], told["previous_message"]["text"]) == (
        "message_changed",
        "いいえ",
        "はい",
    )
    assert "user" not in told and told["ts"] != ts
    await bench.slack.delete(bench.user, bench.channel, ts)
    told = bench.app.told["event"]
    assert (told["subtype"], told["deleted_ts"], "user" in told) == ("message_deleted", ts, False)
    assert bench.slack.window(bench.user)["channels"][0]["messages"] == []


async def test_nobody_changes_what_another_has_written(bench: Bench) -> None:
    ts = (await bench.client.chat_postMessage(channel=bench.channel, text="カード"))["ts"]
    with pytest.raises(LookupError):
        await bench.slack.edit(bench.user, bench.channel, ts, "x")
    with pytest.raises(LookupError):
        await bench.slack.delete(bench.user, bench.channel, ts)


# ---- failures on demand


async def test_the_next_calls_fail_as_asked(bench: Bench) -> None:
    bench.slack.fail_next("chat.postMessage", "fatal_error")
    bench.slack.fail_next("chat.postMessage", 429)
    call = {"channel": bench.channel, "text": "あ"}
    with pytest.raises(SlackApiError, match="fatal_error"):
        await bench.client.chat_postMessage(**call)
    with pytest.raises(SlackApiError) as caught:
        await bench.client.chat_postMessage(**call)
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    assert (await bench.client.chat_postMessage(**call))["ok"]


@pytest.mark.parametrize(("failure", "posted"), [("reset", 0), ("lost", 1), ("timeout", 0)])
async def test_a_call_can_break_before_or_after_it_was_done(bench: Bench, failure: str, posted: int) -> None:
    bench.slack.fail_next("chat.postMessage", failure)
    client = AsyncWebClient(TOKEN, base_url=bench.api_url, timeout=1)
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        await client.chat_postMessage(channel=bench.channel, text="あ")
    assert len(bench.slack.window(bench.user)["channels"][0]["messages"]) == posted


async def test_a_strict_workspace_takes_one_message_a_second_and_channel(bench: Bench) -> None:
    bench.slack.api.strict_rate = True
    await bench.client.chat_postMessage(channel=bench.channel, text="1")
    with pytest.raises(SlackApiError) as caught:
        await bench.client.chat_postMessage(channel=bench.channel, text="2")
    assert caught.value.response.status_code == 429
    await bench.client.chat_postMessage(channel=bench.user, text="3")
    bench.now.time += timedelta(seconds=1)
    await bench.client.chat_postMessage(channel=bench.channel, text="4")


# ---- what the app hears


async def test_every_request_is_signed(bench: Bench) -> None:
    await bench.slack.open_home(bench.user)
    await bench.slack.command(bench.user, "help")

    class Then(Clock):
        def now(self) -> float:
            return bench.now().timestamp()

    verifier = SignatureVerifier(SECRET, Then())
    for headers, body in bench.app.requests:
        assert verifier.is_valid_request(body, headers)
    await bench.slack.deliver(b"{}", "application/json", timestamp=0)
    await bench.slack.deliver(b"{}", "application/json", signature="v0=00")
    assert [verifier.is_valid_request(b, h) for h, b in bench.app.requests[-2:]] == [False, False]


async def test_an_event_comes_in_its_envelope(bench: Bench) -> None:
    ts = await bench.slack.message(bench.user, bench.channel, "A&B <!channel>")
    told = bench.app.told
    assert (
        told["event"]
        | {
            "type": "message",
            "channel": bench.channel,
            "channel_type": "group",
            "user": bench.user,
            "text": "A&amp;B &lt;!channel&gt;",
            "ts": ts,
            "event_ts": ts,
        }
        == told["event"]
    )
    assert (told["type"], told["team_id"]) == ("event_callback", bench.slack.team_id)
    assert told["authorizations"][0]["user_id"] == bench.slack.bot_user_id


async def test_an_event_is_repeated_as_slack_repeats_it(bench: Bench) -> None:
    event = bench.slack.event("app_home_opened", user=bench.user, tab="home")
    bench.app.answer = lambda told: PlainTextResponse("", 500)
    await bench.slack.send(event)
    await bench.slack.send(event, retry=1, reason="http_error")
    (_, first), (headers, second) = bench.app.requests
    assert first == second
    assert (headers["x-slack-retry-num"], headers["x-slack-retry-reason"]) == ("1", "http_error")
    assert [(r.path, r.status) for r in bench.slack.refused] == [("event", 500), ("event", 500)]


async def test_coming_and_going_is_told(bench: Bench) -> None:
    other = bench.slack.create_user("鈴木")
    await bench.slack.join(other, bench.channel)
    joined = bench.app.told["event"]
    await bench.slack.leave(other, bench.channel)
    assert (joined["type"], joined["user"], joined["channel"]) == (
        "member_joined_channel",
        other,
        bench.channel,
    )
    assert bench.app.told["event"]["type"] == "member_left_channel"


async def test_a_command_is_answered_to_the_one_who_typed_it(bench: Bench) -> None:
    bench.app.answer = lambda told: PlainTextResponse("使い方です")
    await bench.slack.command(bench.user, "help", channel=bench.channel)
    told = bench.app.told
    assert (told["command"], told["text"], told["channel_name"]) == ("/ouentai", "help", "privategroup")
    assert bench.slack.window(bench.user)["note"]["text"] == "使い方です"


async def test_an_answer_that_takes_too_long_is_noted(bench: Bench) -> None:
    async def slow(told: Json) -> Response:
        await asyncio.sleep(0.3)
        return Response()

    bench.app.answer = slow
    bench.slack.work.patience = timedelta(seconds=0.1)
    answer = await bench.slack.command(bench.user)
    assert (answer.status, bench.slack.refused[-1].body) == (0, "operation_timeout")


async def test_a_button_in_a_message_can_be_answered_five_times(bench: Bench) -> None:
    posted = await bench.client.chat_postMessage(channel=bench.channel, text="受付", blocks=[button()])
    await bench.slack.press(bench.user, channel=bench.channel, ts=posted["ts"], action_id="go")
    told = bench.app.told
    assert told["actions"][0] | {"action_id": "go", "block_id": "buttons", "value": "7"} == told["actions"][0]
    assert (told["message"]["text"], told["container"]["message_ts"]) == ("受付", posted["ts"])
    async with aiohttp.ClientSession() as session:
        replaced = {"replace_original": True, "text": "対応済み"}
        async with session.post(told["response_url"], json=replaced) as got:
            assert got.status == 200
        for _ in range(4):
            await session.post(told["response_url"], json={"text": "内緒"})
        async with session.post(told["response_url"], json={"text": "内緒"}) as got:
            assert (got.status, await got.json()) == (404, {"ok": False, "error": "used_url"})
    (shown,) = bench.slack.window(bench.user)["channels"][0]["messages"]
    assert (shown["text"], shown["blocks"]) == ("対応済み", [])
    assert bench.slack.window(bench.user)["note"]["text"] == "内緒"


async def test_a_response_url_lives_half_an_hour(bench: Bench) -> None:
    await bench.slack.command(bench.user)
    bench.now.time += timedelta(minutes=31)
    async with (
        aiohttp.ClientSession() as session,
        session.post(bench.app.told["response_url"], json={"text": "a"}) as got,
    ):
        assert (await got.json())["error"] == "expired_url"


async def test_nobody_presses_what_is_not_there(bench: Bench) -> None:
    posted = await bench.client.chat_postMessage(channel=bench.channel, text="受付", blocks=[button()])
    with pytest.raises(LookupError):
        await bench.slack.press(bench.user, channel=bench.channel, ts=posted["ts"], action_id="other")
    with pytest.raises(LookupError):
        await bench.slack.press(bench.user, action_id="go")


# ---- views


async def test_a_trigger_lives_three_seconds_and_once(bench: Bench) -> None:
    trigger = await bench.trigger()
    await bench.client.views_open(trigger_id=trigger, view=modal())
    with refused(bench, "exchanged_trigger_id"):
        await bench.client.views_open(trigger_id=trigger, view=modal())
    trigger = await bench.trigger()
    bench.now.time += timedelta(seconds=3.1)
    with refused(bench, "expired_trigger_id"):
        await bench.client.views_open(trigger_id=trigger, view=modal())
    with refused(bench, "invalid_trigger_id"):
        await bench.client.views_open(trigger_id="1.2.3", view=modal())


async def test_a_bad_view_is_refused_and_its_trigger_kept(bench: Bench) -> None:
    trigger = await bench.trigger()
    with refused(bench, "invalid_arguments") as caught:
        await bench.client.views_open(trigger_id=trigger, view=modal(title=plain("あ" * 25)))
    assert "json-pointer:/view/title/text" in caught.value.response["response_metadata"]["messages"][0]
    await bench.client.views_open(trigger_id=trigger, view=modal())


async def test_three_modals_lie_on_each_other_and_no_more(bench: Bench) -> None:
    with refused(bench, "not_found"):
        await bench.client.views_push(trigger_id=await bench.trigger(), view=modal())
    root = await bench.open(modal())
    for _ in range(2):
        await bench.client.views_push(trigger_id=await bench.trigger(), view=modal())
    with refused(bench, "push_limit_reached"):
        await bench.client.views_push(trigger_id=await bench.trigger(), view=modal())
    assert [view["root_view_id"] for view in bench.modals()] == [root] * 3


async def test_an_update_of_an_outdated_view_is_refused(bench: Bench) -> None:
    view_id = await bench.open(modal(external_id="draft-1"))
    old = bench.modals()[0]["hash"]
    await bench.client.views_update(view_id=view_id, view=modal(external_id="draft-1"), hash=old)
    with refused(bench, "hash_conflict"):
        await bench.client.views_update(view_id=view_id, view=modal(), hash=old)
    await bench.client.views_update(external_id="draft-1", view=modal(title=plain("次へ")))
    assert bench.modals()[0]["title"]["text"] == "次へ"
    await bench.slack.close(bench.user, view_id)
    with refused(bench, "not_found"):
        await bench.client.views_update(view_id=view_id, view=modal())


async def test_a_home_is_published_with_its_hash(bench: Bench) -> None:
    first = await bench.client.views_publish(user_id=bench.user, view=home(button()))
    await bench.client.views_publish(user_id=bench.user, view=home(button()), hash=first["view"]["hash"])
    with refused(bench, "hash_conflict"):
        await bench.client.views_publish(user_id=bench.user, view=home(), hash=first["view"]["hash"])
    await bench.slack.press(bench.user, action_id="go")
    assert bench.app.told["view"]["type"] == "home"
    assert "response_url" not in bench.app.told
    await bench.slack.open_home(bench.user)
    assert bench.app.told["event"]["view"]["id"] == first["view"]["id"]


async def test_a_submission_carries_what_was_typed_and_what_was_there(bench: Bench) -> None:
    file = bench.slack.upload(bench.user, "名簿.csv", b"a,b")
    view = modal(
        field("name", words()),
        field("memo", words(initial_value="前回どおり")),
        field("none", words(), optional=True),
        field(
            "area", {"type": "static_select", "action_id": "v", "options": [option("kobe"), option("himeji")]}
        ),
        field("many", {"type": "checkboxes", "action_id": "v", "options": [option("1"), option("2")]}),
        field("day", {"type": "datepicker", "action_id": "v", "initial_date": "2026-09-01"}),
        field("fee", {"type": "number_input", "action_id": "v", "is_decimal_allowed": False}),
        field("file", {"type": "file_input", "action_id": "v"}),
        private_metadata="d1",
        callback_id="register",
    )
    view_id = await bench.open(view)
    await bench.slack.submit(
        bench.user, view_id, {"name": "佐藤", "area": "himeji", "many": ["2"], "fee": "3500", "file": [file]}
    )
    told = bench.app.told
    values = {id: block["v"] for id, block in told["view"]["state"]["values"].items()}
    assert (told["type"], told["view"]["private_metadata"], told["view"]["callback_id"]) == (
        "view_submission",
        "d1",
        "register",
    )
    assert values["name"] == {"type": "plain_text_input", "value": "佐藤"}
    assert (values["memo"]["value"], values["none"]["value"], values["fee"]["value"]) == (
        "前回どおり",
        None,
        "3500",
    )
    assert (values["area"]["selected_option"]["value"], values["day"]["selected_date"]) == (
        "himeji",
        "2026-09-01",
    )
    assert [o["value"] for o in values["many"]["selected_options"]] == ["2"]
    assert values["file"]["files"][0]["name"] == "名簿.csv"
    assert bench.modals() == []


async def test_slacks_own_window_stops_an_incomplete_form(bench: Bench) -> None:
    email = field("mail", {"type": "email_text_input", "action_id": "v"}, optional=True)
    view_id = await bench.open(modal(field("name", words(min_length=2)), email))
    heard = len(bench.app.requests)
    assert await bench.slack.submit(bench.user, view_id) is None
    assert set(bench.modals()[0]["errors"]) == {"name"}
    assert await bench.slack.submit(bench.user, view_id, {"name": "あ", "mail": "a"}) is None
    assert set(bench.modals()[0]["errors"]) == {"name", "mail"}
    assert len(bench.app.requests) == heard


async def test_errors_are_shown_at_inputs_and_what_was_typed_stays(bench: Bench) -> None:
    view_id = await bench.open(modal(field("name", words()), button()))
    bench.app.action(response_action="errors", errors={"name": "短すぎます"})
    await bench.slack.submit(bench.user, view_id, {"name": "あ"})
    (view,) = bench.modals()
    assert (view["errors"], view["values"]["name"]["v"]["value"]) == ({"name": "短すぎます"}, "あ")
    assert bench.slack.refused == []
    bench.app.action(response_action="errors", errors={"buttons": "だめ"})
    await bench.slack.submit(bench.user, view_id)
    assert bench.slack.refused[-1].body == ["errors may only name input blocks of this view: buttons"]
    assert bench.modals()[0]["trouble"]


async def test_an_update_keeps_what_was_typed_under_the_same_ids(bench: Bench) -> None:
    view_id = await bench.open(modal(field("name", words()), field("memo", words(), optional=True)))
    update = modal(field("name", words(initial_value="別")), field("memo-2", words(initial_value="新しい")))
    bench.app.action(response_action="update", view=update)
    await bench.slack.submit(bench.user, view_id, {"name": "佐藤", "memo": "消える"})
    (view,) = bench.modals()
    assert view["id"] == view_id
    assert {id: block["v"]["value"] for id, block in view["values"].items()} == {
        "name": "佐藤",
        "memo-2": "新しい",
    }


async def test_an_answer_may_push_or_clear(bench: Bench) -> None:
    await bench.open(modal())
    bench.app.action(response_action="push", view=modal(title=plain("次")))
    for _ in range(3):
        await bench.slack.submit(bench.user, bench.modals()[-1]["id"])
    assert len(bench.modals()) == 3
    assert bench.slack.refused[-1].body == ["push_limit_reached"]
    bench.app.action(response_action="clear")
    await bench.slack.submit(bench.user, bench.modals()[-1]["id"])
    assert bench.modals() == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response("ok"), "must be empty"),
        (Response("{}"), "must be empty"),
        (Response('{"response_action": "close"}'), "unknown response_action"),
        (Response('{"response_action": "update", "view": {"type": "modal", "blocks": []}}'), "title"),
        (Response('{"response_action": "errors", "errors": {}}'), "at least one"),
    ],
)
async def test_a_wrong_answer_to_a_submission_leaves_the_modal_in_trouble(
    bench: Bench, answer: Response, said: str
) -> None:
    view_id = await bench.open(modal())
    bench.app.answer = lambda told: answer
    await bench.slack.submit(bench.user, view_id)
    assert said in bench.slack.refused[-1].body[0]
    assert bench.modals()[0]["trouble"]


async def test_closing_is_told_where_the_view_asks_for_it(bench: Bench) -> None:
    await bench.open(modal(notify_on_close=True))
    await bench.client.views_push(trigger_id=await bench.trigger(), view=modal())
    heard = len(bench.app.requests)
    await bench.slack.close(bench.user, bench.modals()[-1]["id"])
    assert (len(bench.modals()), len(bench.app.requests)) == (1, heard)
    await bench.slack.close(bench.user, bench.modals()[0]["id"], cleared=True)
    assert (bench.app.told["type"], bench.app.told["is_cleared"], bench.modals()) == ("view_closed", True, [])


async def test_a_dispatching_input_tells_the_app_at_once(bench: Bench) -> None:
    view_id = await bench.open(modal(field("name", words(), dispatch_action=True), field("memo", words())))
    assert await bench.slack.change(bench.user, view_id, "memo", "あ") is None
    await bench.slack.change(bench.user, view_id, "name", "佐藤")
    told = bench.app.told
    assert (told["type"], told["actions"][0]["value"]) == ("block_actions", "佐藤")
    assert told["view"]["state"]["values"]["memo"]["v"]["value"] == "あ"


async def test_a_pick_in_a_message_is_told_and_kept_for_that_person(bench: Bench) -> None:
    select = {"type": "static_select", "action_id": "area", "options": [option("kobe"), option("himeji")]}
    block = {"type": "section", "block_id": "b", "text": plain("地域"), "accessory": select}
    posted = await bench.client.chat_postMessage(channel=bench.channel, text="地域", blocks=[block, button()])
    where = {"channel": bench.channel, "ts": posted["ts"]}
    await bench.slack.press(bench.user, **where, action_id="area", chosen="himeji")
    assert bench.app.told["actions"][0]["selected_option"]["value"] == "himeji"
    await bench.slack.press(bench.user, **where, action_id="go")
    assert bench.app.told["state"]["values"]["b"]["area"]["selected_option"]["value"] == "himeji"
    with pytest.raises(LookupError):
        await bench.slack.press(bench.user, **where, action_id="area", chosen="osaka")


async def test_options_are_loaded_from_the_app(bench: Bench) -> None:
    select = {"type": "external_select", "action_id": "v", "min_query_length": 1}
    view_id = await bench.open(modal(field("expert", select)))
    assert await bench.slack.options(bench.user, view_id, "expert", "") == []
    bench.app.action(options=[option("e1")])
    assert await bench.slack.options(bench.user, view_id, "expert", "佐") == [option("e1")]
    assert (bench.app.told["type"], bench.app.told["value"]) == ("block_suggestion", "佐")
    bench.app.answer = lambda told: Response()
    await bench.slack.submit(bench.user, view_id, {"expert": "e1"})
    values = bench.app.told["view"]["state"]["values"]
    assert values["expert"]["v"]["selected_option"]["value"] == "e1"


async def test_too_many_loaded_options_are_refused(bench: Bench) -> None:
    view_id = await bench.open(modal(field("expert", {"type": "external_select", "action_id": "v"})))
    bench.app.action(options=[option(str(n)) for n in range(101)])
    assert await bench.slack.options(bench.user, view_id, "expert", "佐藤さん") == []
    assert bench.slack.refused[-1].path == "block_suggestion"


async def test_the_window_is_told_of_every_change(bench: Bench) -> None:
    heard: list[str] = []
    bench.slack.on_change = heard.append
    await bench.client.chat_postMessage(channel=bench.channel, text="あ")
    assert bench.user in heard
    heard.clear()
    await bench.open(modal())
    assert bench.user in heard


async def test_a_workspace_outlives_the_process(bench: Bench) -> None:
    await bench.client.chat_postMessage(channel=bench.channel, text="あ")
    again = FakeSlack(
        signing_secret=SECRET,
        bot_token=TOKEN,
        events_url="http://127.0.0.1/",
        store=bench.slack.work.store,
        now=bench.now,
    )
    assert again.window(bench.user)["channels"][0]["messages"][0]["user"] == again.bot_user_id
