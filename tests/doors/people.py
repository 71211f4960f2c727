"""Who stands at the doors, what they carry, and how to look at what was kept of it."""

import io
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
from sqlalchemy import text

from bots.playground.slack_state import Answer
from services.secrets import vault
from tests.town import Desk, Phone, Town

Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
PRIVATE = (
    *("山本", "あき", "菓匠", "331-8181", "3318181", "３３１ー８１８１", "aki@yamamoto"),
    *("佐藤", "健一", "鈴木", "美咲", "高橋", "りょう", "takahashi", "1234-5678", "7654321"),
)
"""Pieces of what people say of themselves in these tests."""


async def kept(town: Town, question: str, **values: Any) -> list[Any]:
    """Rows of the database, read beside the application."""
    async with town.ouentai.engine.connect() as connection:
        return list(await connection.execute(text(question), values))


async def events(town: Town) -> int:
    """How many events are stored."""
    return int((await kept(town, "SELECT count(*) FROM inbox"))[0][0])


RECORDS = ("companies", "company_members", "reviews", "cases", "experts", "plans", "requests", "enquiries")


async def standing(town: Town, of: str = "") -> list[Any]:
    """What the domain holds, and the drafts of one person, as sums that any change alters."""
    whole = "SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM "
    drafts = "(SELECT d.* FROM drafts d JOIN identities i USING (person_id) WHERE i.external = :of) t"
    sums = [await kept(town, f"{whole} {table} t") for table in RECORDS]
    return [*sums, await kept(town, whole + drafts, of=of)]


async def fetched(town: Town, path: str, method: str = "GET", **more: Any) -> tuple[int, str]:
    """Ask for a page as anybody could; returns status and text."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, town.run.origin + path, **more) as answer,
    ):
        return answer.status, await answer.text()


async def floods(town: Town, path: str, size: int, headers: Mapping[str, str]) -> list[int]:
    """Send so many bytes, once with their number announced and once without; returns both statuses."""

    async def stream() -> AsyncIterator[bytes]:
        for _piece in range(size // 50_000 + 1):
            yield b" " * 50_000

    bodies: list[Any] = [io.BytesIO(b" " * size), stream()]
    return [(await fetched(town, path, "POST", data=body, headers=headers))[0] for body in bodies]


async def answers_of(town: Town, user: str) -> dict[str, str]:
    """The answers in somebody's newest draft."""
    rows = await kept(town, "SELECT answers FROM drafts WHERE id = :id", id=await draft_of(town, user))
    found: dict[str, str] = json.loads(vault().decrypt(rows[0][0]))
    return found


async def draft_of(town: Town, user: str) -> int:
    """The newest draft of somebody."""
    rows = await kept(
        town,
        "SELECT max(d.id) FROM drafts d JOIN identities i ON i.person_id = d.person_id WHERE i.external = :of",
        of=user,
    )
    return int(rows[0][0])


async def posts(town: Town, phone: Phone, *data: str) -> Phone:
    """Send postbacks with this data, whether or not there ever was such a button, all in one webhook."""
    line = town.line
    events = [line.event(phone.user, "postback", postback={"data": one}) for one in data]
    for event in events:
        line.account.hand_out(event)
    # Unlike the fake's own writer, the standard one lets half characters through, as LINE does.
    body = json.dumps({"destination": line.account.bot_id, "events": events}).encode()
    assert (await line.deliver(body=body)).status == 200
    await town.idle()
    return phone


def pressing(town: Town, desk: Desk, value: Any, **more: Any) -> Json:
    """A press of a button with this value in the secretariat's channel, by somebody who may not be in it."""
    place = {"type": "message", "message_ts": "1634698800.000100", "channel_id": town.channel}
    action = {
        "type": "button",
        "action_id": "b#0",
        "block_id": "b",
        "value": value,
        "action_ts": "1634698801.1",
    }
    return interaction(
        town,
        desk,
        "block_actions",
        **{"container": place, "channel": {"id": town.channel}, "actions": [action]} | more,
    )


def submission(town: Town, desk: Desk, view: Mapping[str, Any], **more: Any) -> Json:
    """A modal that is sent, as it is on somebody's screen."""
    return interaction(town, desk, "view_submission", view=dict(view), **more)


def interaction(town: Town, desk: Desk, kind: str, **more: Any) -> Json:
    """What somebody does in Slack, as Slack tells it."""
    slack = town.slack
    return {
        "type": kind,
        "team": {"id": slack.team_id, "domain": "playground"},
        "user": {"id": desk.user, "username": desk.user.lower(), "team_id": slack.team_id},
        "trigger_id": slack.work.grant_trigger(desk.user),
        **more,
    }


async def send(town: Town, payload: Any) -> Answer:
    """Send an interaction as Slack does, signed."""
    return await town.slack.deliver(urlencode({"payload": json.dumps(payload)}).encode(), FORM)
