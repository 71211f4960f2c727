"""What the playground's page asks of the server, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bots.playground.mailbox import FakeMailbox
from bots.playground.page import Playground, next_opening
from bots.playground.store import MemoryStore
from services.clock import TOKYO
from tests.bots.playground.page_server import served
from tests.bots.playground.stub_people import CALENDAR, START, StubClock, StubLine, StubSlack

OURS = {"X-Playground": "1"}


@dataclass
class Visit:
    """A visitor's browser and what stands behind the page."""

    http: aiohttp.ClientSession
    play: Playground
    line: StubLine
    slack: StubSlack
    clock: StubClock
    channel: str

    async def do(self, path: str, body: Any = None, headers: dict[str, str] = OURS) -> tuple[int, str]:
        data = body if isinstance(body, bytes) else json.dumps(body or {})
        async with self.http.post(f"/play/api/{path}", data=data, headers=headers) as answer:
            return answer.status, await answer.text()

    async def state(self, query: str = "") -> dict[str, Any]:
        async with self.http.get(f"/play/api/state?{query}") as answer:
            assert answer.status == 200
            return await answer.json()


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    line, slack, clock, store = StubLine(), StubSlack(), StubClock(), MemoryStore()
    mailbox = FakeMailbox(store=store, now=clock.now)
    play = Playground(line=line, slack=slack, mailbox=mailbox, clock=clock, calendar=CALENDAR, store=store)
    channel = play.prepare()
    async with served(play.routes) as address, aiohttp.ClientSession(address) as http:
        yield Visit(http, play, line, slack, clock, channel)
        await play.close()


async def news(visit: Visit, count: int, after: Any) -> list[dict[str, Any]]:
    """The next pieces of news that the stream brings when `after` has been done."""
    heard = []
    async with visit.http.get("/play/api/stream") as stream:
        await stream.content.readline()
        await after()
        async for line in stream.content:
            if line.startswith(b"data: "):
                heard.append(json.loads(line[6:]))
            if len(heard) == count:
                return heard
    return heard


async def test_the_page_may_load_nothing_from_elsewhere(visit):
    async with visit.http.get("/play") as answer:
        assert answer.status == 200
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "おうえん隊" in await answer.text()
    async with visit.http.get("/play/static/page.js") as answer:
        assert answer.status == 200
        assert "javascript" in answer.headers["Content-Type"]


async def test_three_people_are_there_from_the_start(visit):
    state = await visit.state()
    assert len(state["line"]["users"]) == 1
    assert [user["kind"] for user in state["slack"]["users"]] == ["expert", "clerk"]
    assert visit.slack.members == [state["slack"]["users"][1]["id"]]


async def test_preparing_again_changes_nothing(visit):
    before = await visit.state()
    assert visit.play.prepare() == visit.channel
    assert await visit.state() == before


async def test_the_state_shows_the_screens_that_were_asked_for(visit):
    users = await visit.state()
    phone, window = users["line"]["users"][0]["id"], users["slack"]["users"][1]["id"]
    state = await visit.state(f"line={phone}&slack={window}&slack=nobody")
    assert list(state["line"]["phones"]) == [phone]
    assert list(state["slack"]["windows"]) == [window]
    assert state["line"]["phones"][phone]["quick_reply"]["items"]
    assert state["clock"]["now"] == START.isoformat()
    assert state["clock"]["business_day"] == "2026-09-09T09:00:00+09:00"


async def test_what_is_typed_on_the_phone_reaches_the_fake_line(visit):
    user = visit.line.users()[0]["id"]
    assert (await visit.do(f"line/{user}/say", {"text": "はい"}))[0] == 200
    assert (await visit.do(f"line/{user}/photo", b"jpeg", OURS | {"Content-Type": "image/jpeg"}))[0] == 200
    assert (
        await visit.do(f"line/{user}/file?name=a.pdf", b"pdf", OURS | {"Content-Type": "application/pdf"})
    )[0] == 200
    assert visit.line.done == [
        (user, "say", {"text": "はい"}),
        (user, "photo", {"data": b"jpeg", "mime": "image/jpeg"}),
        (user, "file", {"data": b"pdf", "mime": "application/pdf", "name": "a.pdf"}),
    ]


async def test_what_is_pressed_in_slack_reaches_the_fake_slack(visit):
    user = visit.slack.users()[0]["id"]
    pressed = {"channel": "C1", "ts": "1.0", "block_id": "b", "action_id": "a"}
    assert (await visit.do(f"slack/{user}/press", pressed))[0] == 200
    assert (await visit.do(f"slack/{user}/fill", {"view_id": "V", "values": {"name": "佐藤"}}))[0] == 200
    assert visit.slack.done == [
        (user, "press", pressed),
        (user, "fill", {"view_id": "V", "values": {"name": "佐藤"}}),
    ]


async def test_a_list_that_the_app_fills_is_answered_with_its_options(visit):
    user = visit.slack.users()[0]["id"]
    _, text = await visit.do(f"slack/{user}/suggest", {"view_id": "V", "action_id": "a", "query": "み"})
    assert json.loads(text)["answer"]["options"][0]["value"] == "0562"


@pytest.mark.parametrize(
    "headers", [{}, OURS | {"Sec-Fetch-Site": "cross-site"}, OURS | {"Sec-Fetch-Site": "same-site"}]
)
async def test_another_site_can_do_nothing(visit, headers):
    user = visit.line.users()[0]["id"]
    for path in (f"line/{user}/say", f"slack/{user}/open_home", "users", "clock", "story", "reset"):
        assert await visit.do(path, {}, headers) == (403, "not_from_the_page")
    assert visit.line.done == []


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("line/nobody/say", {"text": "x"}, 404, "unknown_person"),
        ("line/{user}/create_user", {"name": "x"}, 404, "unknown_act"),
        ("line/{user}/say", {"words": "x"}, 400, "unknown_field"),
        ("line/{user}/say", b"[]", 400, "unknown_field"),
        ("line/{user}/say", b"{", 400, "not_json"),
        ("users", {"kind": "king"}, 400, "unknown_kind"),
        ("story", {}, 404, "no_story"),
        ("story", {"part": 2}, 404, "no_story"),
        ("reset", {}, 404, "no_reset"),
        ("clock", {"to": "tomorrow"}, 400, "bad_time"),
        ("clock", {}, 400, "bad_time"),
        ("clock", {"hours": 1e300}, 400, "bad_time"),
        ("clock", {"to": "2026-09-01T09:00"}, 409, "clock_back"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_code(visit, path, body, status, said):
    user = visit.line.users()[0]["id"]
    assert await visit.do(path.format(user=user), body) == (status, said)


async def test_a_press_on_what_is_no_longer_there_is_a_plain_no(visit):
    visit.slack.fails = LookupError("gone")
    user = visit.slack.users()[0]["id"]
    assert await visit.do(f"slack/{user}/press", {"action_id": "a"}) == (409, "not_now")


async def test_a_new_clerk_is_in_the_secretariats_channel_and_has_a_name_of_his_own(visit):
    made = [json.loads((await visit.do("users", {"kind": "clerk"}))[1])["id"] for _ in range(6)]
    assert visit.slack.members[1:] == made
    names = [user["name"] for user in visit.slack.users()]
    assert len(set(names)) == len(names) == 8


@pytest.mark.parametrize(
    ("wanted", "now"),
    [
        ({"hours": 1}, datetime(2026, 9, 8, 1, 41, tzinfo=UTC)),
        ({"to": "business_day"}, datetime(2026, 9, 9, tzinfo=UTC)),
        ({"to": "2026-12-31T23:59"}, datetime(2026, 12, 31, 14, 59, tzinfo=UTC)),
    ],
)
async def test_the_clock_turns_forwards_in_tokyo_time(visit, wanted, now):
    assert (await visit.do("clock", wanted))[0] == 200
    assert visit.clock.now() == now


async def test_the_page_learns_since_when_the_clock_is_how_far_ahead(visit):
    first = (await visit.state())["clock"]["turns"]
    await visit.do("clock", {"hours": 24})
    turns = (await visit.state())["clock"]["turns"]
    assert turns[:1] == first and len(turns) == 2
    assert turns[1][1] - turns[0][1] == pytest.approx(86_400, abs=5)


def test_the_next_opening_skips_weekends_and_holidays():
    friday_before_silver_week = datetime(2026, 9, 18, 12, tzinfo=TOKYO)
    assert next_opening(CALENDAR, friday_before_silver_week).isoformat() == "2026-09-24T09:00:00+09:00"


async def test_the_stream_tells_whose_screen_has_changed(visit):
    async def change() -> None:
        visit.line.on_change("U1")
        visit.slack.on_change("*")
        await visit.do("clock", {"hours": 1})

    assert await news(visit, 3, change) == [
        {"changed": "line:U1"},
        {"changed": "slack:*"},
        {"changed": "clock"},
    ]


async def test_the_story_tells_its_steps_and_its_end(visit):
    async def story() -> None:
        visit.play.tell(1, 2, "友だち追加", line="U1")

    visit.play.story = story

    async def begin() -> None:
        assert (await visit.do("story"))[0] == 202

    told = [each["story"] for each in await news(visit, 3, begin)]
    assert [each["state"] for each in told] == ["playing", "playing", "done"]
    assert (told[1]["step"], told[1]["of"], told[1]["text"], told[1]["line"]) == (1, 2, "友だち追加", "U1")


async def test_its_second_part_is_played_by_a_button_of_its_own(visit):
    played = []

    async def part(number: int) -> None:
        played.append(number)

    visit.play.story, visit.play.sequel = lambda: part(1), lambda: part(2)
    assert (await visit.state())["story"]["sequel"]
    for fields, number in (({}, 1), ({"part": 2}, 2)):
        assert (await visit.do("story", fields))[0] == 202
        assert (await visit.state())["story"]["caption"]["part"] == number
    assert played == [1, 2]


async def test_a_playing_story_cannot_be_started_twice_and_can_be_stopped(visit):
    visit.play.story = asyncio.Event().wait
    assert (await visit.do("story"))[0] == 202
    assert await visit.do("story") == (409, "already_playing")
    assert (await visit.do("story", {"stop": True}))[0] == 202
    assert (await visit.state())["story"]["caption"]["state"] == "stopped"


async def test_a_story_that_breaks_says_so_and_may_be_played_again(visit, caplog):
    async def story() -> None:
        raise RuntimeError("no")

    visit.play.story = story
    await visit.do("story")
    assert (await visit.state())["story"]["caption"]["state"] == "failed"
    assert (await visit.do("story"))[0] == 202
    assert "half-way" in caplog.text
