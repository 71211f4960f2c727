"""LINE's webhook as arrivals to store, and a stored arrival as something heard (PLATFORMS 1.1-1.5)."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.line.text import storable
from bots.line.wire import unpack
from conversations.messages import Attached, Heard, Joined, Left, Pressed, Said, Unsent
from services.clock import wall
from services.inbox import Arrival
from services.people import Identity

Obj = dict[str, Any]

CHANNEL = "line"
# What is kept of each type of event; whatever else LINE tells is not ours to store.
KEPT: Mapping[str, tuple[str, ...]] = {
    "message": ("type", "id", "text", "fileName", "keywords"),
    "postback": ("data", "params"),
    "unsend": ("messageId",),
    "follow": (),
    "unfollow": (),
}
ATTACHMENTS = {"image": "photo"} | {kind: kind for kind in ("sticker", "video", "audio", "file", "location")}
USER = re.compile(r"U[0-9a-f]{32}")
EVENT_ID = re.compile(r"[0-9A-Za-z]{1,64}")
TOKEN = re.compile(r"[0-9A-Za-z_-]{1,200}")
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOST_KEYWORDS = 15
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Malformed(Exception):
    """A webhook's body does not have LINE's shape."""


def arrivals(raw: bytes, *, tenant: str) -> list[Arrival]:
    """The events of a verified webhook that a person caused in the chat with us; the others are ignored.

    Raises Malformed.
    """
    # The standard parser, unlike orjson, reads half characters, which people do send.
    try:
        body = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    events = body.get("events") if isinstance(body, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise Malformed
    received = wall()
    found = (_arrival(event, tenant, received) for event in events)
    return [arrival for arrival in found if arrival is not None]


def _arrival(event: Obj, tenant: str, received: datetime) -> Arrival | None:
    user = _user(event)
    kind = event.get("type")
    if user is None or not isinstance(kind, str) or kind not in KEPT or event.get("mode") != "active":
        return None
    body: Obj = {"type": kind, "received": int(received.timestamp() * 1000)}
    about = event.get(kind)
    if isinstance(about, dict):
        body[kind] = {key: _clean(key, about[key]) for key in KEPT[kind] if key in about}
    token = event.get("replyToken")
    if isinstance(token, str) and TOKEN.fullmatch(token):
        body["replyToken"] = token
    return Arrival(_key(event), Identity(CHANNEL, tenant, user), _moment(event, received), body)


def _user(event: Obj) -> str | None:
    source = event.get("source")
    if not isinstance(source, dict) or source.get("type") != "user":
        return None
    user = source.get("userId")
    return user if isinstance(user, str) and USER.fullmatch(user) else None


def _key(event: Obj) -> str:
    given = event.get("webhookEventId")
    if isinstance(given, str) and EVENT_ID.fullmatch(given):
        return f"{CHANNEL}:{given}"
    # A redelivery differs in its delivery context alone.
    same = {key: value for key, value in event.items() if key != "deliveryContext"}
    return f"{CHANNEL}:{hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()}"


def _moment(event: Obj, received: datetime) -> datetime:
    milliseconds = event.get("timestamp")
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        return received
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return received


def _clean(key: str, value: Any) -> Any:
    if key == "params" and isinstance(value, dict):
        return {"date": _clean("date", value.get("date"))}
    if key == "keywords" and isinstance(value, list):
        return [storable(word) for word in value[:MOST_KEYWORDS] if isinstance(word, str)]
    return storable(value) if isinstance(value, str) else ""


def hear(body: Mapping[str, Any]) -> Heard | None:
    """What a stored event means; None for one that needs no answer."""
    about = body.get(body["type"], {})
    match body["type"]:
        case "follow":
            return Joined()
        case "unfollow":
            return Left()
        case "unsend":
            return Unsent(about.get("messageId", ""))
        case "postback":
            return Pressed(unpack(about.get("data")), _picked(about.get("params")))
        case "message":
            return _message(about)
    return None


def _message(message: Mapping[str, Any]) -> Heard:
    if message.get("type") == "text":
        return Said(message.get("text", ""))
    kind = ATTACHMENTS.get(message.get("type", ""), "other")
    keywords = message.get("keywords")
    return Attached(
        kind, message.get("id", ""), message.get("fileName", ""), keywords=keywords if keywords else ()
    )


def _picked(params: object) -> str | None:
    day = params.get("date", "") if isinstance(params, dict) else ""
    return day if DAY.fullmatch(day) else None
