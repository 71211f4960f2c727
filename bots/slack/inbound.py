"""What Slack sends us: verified, read, cut down to what is needed, and understood; pure (PLATFORMS 2.1 to 2.4)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson

from bots.slack import wire
from bots.slack.state import FORM, began, entered
from bots.slack.text import unescape
from conversations.messages import Attached, Commanded, Filled, Heard, HomeOpened, Pressed, Said
from services.inbox import Arrival
from services.people import Identity

Json = dict[str, Any]
WINDOW = 300
NUL = b"\\u0000"
ID = re.compile(r"[0-9A-Za-z._:-]{1,255}")
KINDS = {"image": "photo", "video": "video", "audio": "audio"}
MOST_FILES = 10
"""Slack takes no more in one message."""


class Malformed(Exception):
    """A body that Slack would never send."""


@dataclass(frozen=True)
class Challenge:
    """Slack asks whether this address is ours."""

    text: str


@dataclass(frozen=True)
class Event:
    """Something happened; it is answered in the background. `also` came in the same message: its files."""

    arrival: Arrival
    also: Sequence[Arrival] = ()


@dataclass(frozen=True)
class Interaction:
    """Somebody pressed, sent or commanded something and waits; `name` is what Slack calls them."""

    arrival: Arrival
    name: str


@dataclass(frozen=True)
class Moved:
    """Somebody joined a channel or left it."""

    identity: Identity
    channel: str
    joined: bool


@dataclass(frozen=True)
class OptionsAsked:
    """Somebody types into a list whose options we give; `answers` are those on the same page so far."""

    identity: Identity
    key: str
    typed: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Ignored:
    """Nothing that concerns us, and why."""

    why: str


Parsed = Challenge | Event | Interaction | Moved | OptionsAsked | Ignored


def verify(secret: str, timestamp: str | None, signature: str | None, raw: bytes, now: datetime) -> bool:
    """Whether Slack signed exactly these bytes within the last five minutes."""
    if not timestamp or not signature or not (timestamp.isascii() and timestamp.isdecimal()):
        return False
    if len(timestamp) > 12 or abs(now.timestamp() - int(timestamp)) > WINDOW:
        return False
    signed = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={signed}".encode(), signature.encode())


def parse(content_type: str, raw: bytes, at: datetime) -> Parsed:
    """What one request means; `at` is when it came. Raises Malformed."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return parse_event(_object(raw), at)
    if kind != "application/x-www-form-urlencoded":
        raise Malformed("neither JSON nor a form")
    try:
        written = raw.decode().replace("%00", "")
        fields = dict(parse_qsl(written, keep_blank_values=True, max_num_fields=100))
    except ValueError as error:
        raise Malformed("not a form") from error
    if "payload" in fields:
        return parse_interaction(_object(fields["payload"].encode()), at)
    if "ssl_check" in fields:
        return Ignored("certificate check")
    return parse_command(fields, at)


def _object(raw: bytes) -> Json:
    try:
        value = _lenient(raw) if NUL in raw else orjson.loads(raw)
    except orjson.JSONDecodeError:
        value = _lenient(raw)
    if not isinstance(value, dict):
        raise Malformed("not an object")
    return value


def _lenient(raw: bytes) -> Any:
    """JSON with half emoji and NULs in it, which people do type: replaced and left out, for nothing can store them."""
    try:
        return _whole(json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\x00", "")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value


def look(value: Any, *path: str | int) -> Any:
    """What lies at this path of a payload; None where there is nothing of the kind."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def text(value: Any, *path: str | int) -> str:
    """The string at this path, empty where there is none."""
    found = look(value, *path)
    return found if isinstance(found, str) else ""


def ident(value: Any, *path: str | int) -> str:
    """The id at this path, empty where there is none that Slack could have given."""
    found = text(value, *path)
    return found if ID.fullmatch(found) else ""


# --- events --------------------------------------------------------------------------------------------


def parse_event(envelope: Json, at: datetime) -> Parsed:
    """What an Events API envelope means. Raises Malformed."""
    match envelope.get("type"):
        case "url_verification":
            return Challenge(text(envelope, "challenge"))
        case "event_callback":
            pass
        case other:
            return Ignored(f"envelope {other}")
    event, team, key = look(envelope, "event"), ident(envelope, "team_id"), ident(envelope, "event_id")
    if not isinstance(event, dict) or not team or not key:
        raise Malformed("an event without content, team or id")
    user = ident(event, "user")
    if reason := _foreign(envelope, event, team, user):
        return Ignored(reason)
    identity = Identity("slack", team, user)
    body: Json | str
    match event.get("type"):
        case "message":
            heard = _message(event, _bot(envelope))
            if isinstance(heard, str):
                return Ignored(heard)
            first, *also = (
                Arrival(f"slack:{key}" + (f":{place}" if place else ""), identity, _moment(event, at), each)
                for place, each in enumerate(heard)
            )
            return Event(first, also)
        case "app_home_opened":
            body = {"kind": "home", "surface": "event"} if event.get("tab") == "home" else "another tab"
        case "member_joined_channel" | "member_left_channel" as what:
            return Moved(identity, ident(event, "channel"), what == "member_joined_channel")
        case other:
            body = f"event {other}"
    if isinstance(body, str):
        return Ignored(body)
    return Event(Arrival(f"slack:{key}", identity, _moment(event, at), body))


def _bot(envelope: Json) -> str:
    ours = look(envelope, "authorizations", 0)
    return text(ours, "user_id") if look(ours, "is_bot") else ""


def _foreign(envelope: Json, event: Json, team: str, user: str) -> str | None:
    """Why an event is not from a person of this workspace, if it is not (PLATFORMS 2.10)."""
    if event.get("bot_id") or event.get("bot_profile") or user in ("", "USLACKBOT", _bot(envelope)):
        return "not a person"
    teams = {text(event, name) for name in ("team", "user_team", "source_team")} - {""}
    if teams - {team} or look(event, "user_profile", "is_stranger") is True:
        return "another workspace"
    return None


def _moment(event: Json, at: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(float(text(event, "event_ts")), UTC)
    except (ValueError, OverflowError, OSError):
        return at


def _message(event: Json, bot: str) -> list[Json] | str:
    """What to keep of a message, or why it is none of ours: only DMs and threads under our own messages are.

    Words come first, then each of its files, which have the words with them once more.
    """
    subtype, thread = event.get("subtype"), ident(event, "thread_ts")
    if subtype not in (None, "file_share", "thread_broadcast"):
        return f"message {subtype}"
    said: Json = {
        "kind": "said",
        "channel": ident(event, "channel"),
        "text": unescape(text(event, "text")),
        "thread": thread or None,
        "surface": "dm" if event.get("channel_type") == "im" else "thread",
    }
    if said["surface"] == "thread" and (not thread or text(event, "parent_user_id") not in ("", bot)):
        return "talk among people"
    files = look(event, "files")
    given = [_file(each) for each in (files if isinstance(files, list) else ()) if isinstance(each, dict)]
    heard = [said | file for file in given[:MOST_FILES]]
    # Who writes nothing at all in a DM is answered all the same.
    if said["text"].strip() or (not heard and said["surface"] == "dm"):
        heard.insert(0, said)
    return heard or "talk among people"


def _file(file: Json) -> Json:
    kind = KINDS.get(text(file, "mimetype").partition("/")[0], "file")
    return {"kind": "file", "file": kind, "ref": ident(file, "id"), "name": text(file, "name")}


# --- interactions --------------------------------------------------------------------------------------


def parse_interaction(payload: Json, at: datetime) -> Parsed:
    """What a press, a submission or a request for options means. Raises Malformed."""
    user = ident(payload, "user", "id")
    team = ident(payload, "team", "id") or ident(payload, "user", "team_id")
    if not user or not team:
        raise Malformed("an interaction of nobody")
    if text(payload, "user", "team_id") not in ("", team) or look(payload, "user", "is_stranger") is True:
        return Ignored("another workspace")
    identity = Identity("slack", team, user)
    match payload.get("type"):
        case "block_actions":
            found = _action(payload)
        case "view_submission":
            found = _submission(payload)
        case "block_suggestion":
            page = _page(look(payload, "view")) or {"began": {}, "answers": {}}
            answers = page["began"] | page["answers"]
            return OptionsAsked(identity, text(payload, "action_id"), text(payload, "value"), answers)
        case other:
            found = f"interaction {other}"
    if isinstance(found, str):
        return Ignored(found)
    key, body = found
    name = text(payload, "user", "name") or text(payload, "user", "username")
    return Interaction(Arrival(key, identity, at, body), name)


def _digest(*parts: Any) -> str:
    # Unlike orjson, the standard library writes every number that it reads.
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:40]


def _submission(payload: Json) -> tuple[str, Json] | str:
    """A page that was sent; the same page with the same content is the same submission (DESIGN 13.1)."""
    view = look(payload, "view")
    page = _page(view)
    if page is None:
        return "a window that asks nothing"
    key = f"slack:view:{ident(view, 'id')}:{_digest(view.get('hash'), look(view, 'state', 'values'))}"
    return key, {"kind": "fill", "surface": "submission", "view": _seen(view), "page": page}


def _seen(view: Any) -> Json:
    return {"id": ident(view, "id"), "hash": ident(view, "hash")}


def _page(view: Any) -> Json | None:
    """Which page of which draft a modal is, what is entered on it and what it began with."""
    if text(view, "callback_id") != FORM:
        return None
    ids = dict(parse_qsl(text(view, "private_metadata")))
    numbers = {name: ids.get(name, "") for name in ("d", "p", "r")}
    if not all(number.isascii() and number.isdecimal() and len(number) < 16 for number in numbers.values()):
        return None
    blocks = look(view, "blocks")
    page: Json = {name: int(number) for name, number in numbers.items()}
    return page | entered(look(view, "state", "values")) | {"began": began(blocks)}


def _action(payload: Json) -> tuple[str, Json] | str:
    action, container = look(payload, "actions", 0), look(payload, "container")
    if not isinstance(action, dict):
        raise Malformed("an action without an action")
    view, page = look(payload, "view"), _page(look(payload, "view"))
    trigger = ident(payload, "trigger_id")
    body: Json = {"kind": "press", "trigger": trigger}
    if page is not None:
        body["page"] = page
    if isinstance(view, dict):
        body |= {"surface": "home" if view.get("type") == "home" else "modal", "view": _seen(view)}
    else:
        channel = ident(container, "channel_id") or ident(payload, "channel", "id")
        thread = ident(container, "thread_ts") or None
        body |= {
            "surface": "dm" if channel.startswith("D") else "channel",
            "channel": channel,
            "thread": thread,
        }
    meaning = _meaning(action, page)
    if meaning is None:
        return "an element without an act"
    where = text(view, "id") or (text(container, "channel_id"), text(container, "message_ts"))
    once = trigger or _digest(text(payload, "user", "id"), action.get("action_ts"), where)
    return f"slack:act:{once}", body | meaning


def _meaning(action: Json, page: Json | None) -> Json | None:
    """What pressing an element means: an act, or an input of a form that changes what is asked below it."""
    kind, picked = action.get("type"), None
    if kind == "button":
        written = text(action, "value")
    elif page is not None and "@" in text(action, "block_id"):
        return {"kind": "fill", "redraw": True}
    elif kind == "datepicker":
        act, picked = wire.picker_act(text(action, "action_id")), text(action, "selected_date")
        written = wire.encode(act) if act and picked else ""
    else:
        written = text(action, "selected_option", "value")
    return {"act": written, "picked": picked} if wire.decode(written) else None


def parse_command(fields: Mapping[str, Any], at: datetime) -> Parsed:
    """What a slash command means. Raises Malformed."""
    user, team, trigger = ident(fields, "user_id"), ident(fields, "team_id"), ident(fields, "trigger_id")
    if not (user and team and trigger and text(fields, "command")):
        raise Malformed("a command without a person, a team, a trigger or a name")
    body = {
        "kind": "command",
        "surface": "command",
        "text": unescape(text(fields, "text")),
        "channel": ident(fields, "channel_id"),
        "trigger": trigger,
    }
    arrival = Arrival(f"slack:command:{trigger}", Identity("slack", team, user), at, body)
    return Interaction(arrival, text(fields, "user_name"))


# --- stored events -------------------------------------------------------------------------------------


def hear(body: Mapping[str, Any]) -> Heard | None:
    """What a stored event means to a conversation; None for one that needs no answer."""
    match body.get("kind"):
        case "said":
            return Said(body["text"], body.get("about") or body["thread"], body["channel"])
        case "file":
            about, public = body.get("about"), body.get("surface") == "thread"
            thread = about or (body["thread"] if public else None)
            return Attached(body["file"], body["ref"], body["name"], thread, body.get("text", ""), public)
        case "home":
            return HomeOpened()
        case "command":
            return Commanded(body["text"])
        case "press":
            act = wire.decode(body["act"])
            return None if act is None else Pressed(act, body["picked"])
        case "fill":
            page = body["page"]
            return Filled(page["d"], page["p"], page["r"], page["answers"], body.get("redraw", False))
        case _:
            return None
