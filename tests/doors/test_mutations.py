"""Whatever is signed, however wrong it is inside, is answered or refused; nothing crashes and nothing is lost."""

import json
import secrets
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.playground.slack_views import shown
from tests.doors.people import FORM, Json, answers_of, draft_of, interaction, kept, pressing, submission
from tests.story.people import newcomer
from tests.town import Desk, Phone, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

ODD = (
    "",
    " ",
    "x",
    "\x00",
    "\ud83d",
    "\u202e",
    "a=menu.show",
    "U" + "0" * 32,
    "1",
    "１",
    "a" * 5000,
    "D1",
    "active",
)
NUMBERS = (
    0,
    -1,
    1,
    2**31,
    2**63,
    2**64,
    10**30,
    253402300799999,
    -62135596800000,
    1.5,
    1e300,
    float("nan"),
    float("inf"),
)
junk = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.sampled_from(ODD) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(ODD) | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
GONE = object()
changes = st.lists(st.tuples(st.integers(0, 10_000), junk | st.just(GONE)), min_size=1, max_size=4)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a payload, from the outside to the inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def changed(payload: Any, what: list[tuple[int, Any]]) -> Any:
    """The payload with other things in some of its places, or nothing there at all."""
    payload = deepcopy(payload)
    for number, new in what:
        there = places(payload)[1:]
        if not there:
            break
        *way, last = there[number % len(there)]
        parent = payload
        for step in way:
            parent = parent[step]
        if new is GONE:
            del parent[last]
        else:
            parent[last] = new
    return payload


async def sound(town: Town) -> bool:
    """Whether everything that was stored has been dealt with."""
    await town.idle()
    return (await kept(town, "SELECT count(*) FROM inbox WHERE state = 0"))[0][0] == 0


@pytest.fixture(scope="package")
def cast(town: Town) -> dict[str, Any]:
    """Who plays here, once somebody has come on stage."""
    return {}


async def phone_of(town: Town, cast: dict[str, Any]) -> Phone:
    """Somebody in the middle of a form."""
    if "phone" not in cast:
        cast["phone"] = await newcomer(town)
        await cast["phone"].taps("個人事業主")
    found: Phone = cast["phone"]
    return found


def webhooks(town: Town, user: str, draft: int) -> list[Json]:
    """One event of every kind that we read, as LINE sends it."""
    made = town.line.event
    text = {"type": "text", "id": "1", "text": "菓匠やまもと", "emojis": [], "mention": {"mentionees": []}}
    answer = {"data": f"a=form.answer&d={draft}&k=kind&v=sole_proprietor", "params": {"date": "2021-11-01"}}
    return [
        {"destination": town.line.account.bot_id, "events": [event]}
        for event in (
            made(user, "message", message=text),
            made(user, "message", message={"type": "file", "id": "2", "fileName": "a.pdf", "fileSize": 1}),
            made(user, "postback", postback=answer),
            made(user, "unsend", unsend={"messageId": "1"}),
            made(user, "follow", follow={"isUnblocked": True}),
        )
    ]


@many
@given(which=st.integers(0, 4), what=changes)
async def test_no_webhook_of_line_breaks_anything(
    town: Town, cast: dict[str, Any], which: int, what: list[tuple[int, Any]]
) -> None:
    phone = await phone_of(town, cast)
    body = changed(webhooks(town, phone.user, await draft_of(town, phone.user))[which], what)
    answer = await town.line.deliver(body=json.dumps(body).encode())
    assert answer.status in (200, 400)
    assert await sound(town)
    assert (await answers_of(town, phone.user))["kind"] == "sole_proprietor"


async def desk_of(town: Town, cast: dict[str, Any]) -> Desk:
    """Somebody with a page of a form open."""
    if "desk" not in cast:
        cast["desk"] = town.desk()
        await cast["desk"].commands("登録")
        await cast["desk"].fills({"full_name": "高橋 涼"})
        cast["requests"] = requests(town, cast["desk"])
    found: Desk = cast["desk"]
    return found


def requests(town: Town, desk: Desk) -> list[Json]:
    """One request of every kind that we read, as Slack sends it."""
    slack = town.slack
    dm = {"channel": slack.work.direct(desk.user)["id"], "channel_type": "im", "team": slack.team_id}
    doc = slack.work.view(desk.modal["id"])
    assert doc is not None
    file = {"id": "F1", "mimetype": "image/jpeg", "name": "a.jpg"}
    block = next(b for b in doc["view"]["blocks"] if b.get("block_id", "").startswith("affiliation@"))
    picked = {
        "type": "static_select",
        "action_id": block["element"]["action_id"],
        "block_id": block["block_id"],
    }
    option = {"value": "freelance", "text": {"type": "plain_text", "text": "x"}}
    return [
        slack.event("message", user=desk.user, text="在庫 管理", ts="1634698800.000100", **dm),
        slack.event("message", user=desk.user, text="", subtype="file_share", files=[file], **dm),
        slack.event("app_home_opened", user=desk.user, tab="home", channel=dm["channel"]),
        slack.event("member_left_channel", user=desk.user, channel="C1", team=slack.team_id),
        pressing(town, desk, "a=search.open"),
        submission(town, desk, shown(doc)),
        interaction(
            town, desk, "block_actions", view=shown(doc), actions=[picked | {"selected_option": option}]
        ),
        interaction(town, desk, "block_suggestion", view=shown(doc), action_id="bank", value="みつびし"),
    ]


@many
@given(which=st.integers(0, 7), what=changes)
async def test_no_request_of_slack_breaks_anything(
    town: Town, cast: dict[str, Any], which: int, what: list[tuple[int, Any]]
) -> None:
    desk = await desk_of(town, cast)
    fresh = {"event_id": f"Ev{secrets.token_hex(5)}", "trigger_id": town.slack.work.grant_trigger(desk.user)}
    request = cast["requests"][which]
    payload = changed(request | {name: new for name, new in fresh.items() if name in request}, what)
    written = json.dumps(payload)
    if which < 4:
        answer = await town.slack.deliver(written.encode(), "application/json")
    else:
        answer = await town.slack.deliver(urlencode({"payload": written}).encode(), FORM)
    assert answer.status in (200, 400), answer.text
    assert await sound(town)


@many
@given(
    fields=st.dictionaries(
        st.sampled_from(
            ("command", "text", "user_id", "user_name", "trigger_id", "channel_id", "payload", "ssl_check")
        ),
        st.text(max_size=40),
    )
)
async def test_no_command_breaks_anything(town: Town, cast: dict[str, Any], fields: dict[str, str]) -> None:
    desk = await desk_of(town, cast)
    right = {"command": "/ouentai", "text": "", "user_id": desk.user, "team_id": town.slack.team_id}
    right |= {"user_name": "sato", "trigger_id": town.slack.work.grant_trigger(desk.user), "channel_id": "D1"}
    body = urlencode(right | fields, errors="surrogatepass").encode()
    answer = await town.slack.deliver(body, FORM)
    assert answer.status in (200, 400), answer.text
    assert await sound(town)
