"""The fake Slack's workspace: its people, channels, messages, views, triggers and one-time addresses."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bots.playground.slack_payloads import stored_blocks
from bots.playground.store import Store

Json = dict[str, Any]

PATIENCE = timedelta(seconds=3)
RESPONSE_URL_LIVES = timedelta(minutes=30)
RESPONSE_URL_USES = 5


class SlackError(Exception):
    """Slack's `ok: false`, with the messages that go with it; `status` other than 200 only for rate limits."""

    def __init__(self, error: str, messages: Sequence[str] = (), status: int = 200) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = list(messages)
        self.status = status


@dataclass(frozen=True)
class Refused:
    """A payload that Slack did not take, or an answer of the app's that came too late or was wrong."""

    path: str
    status: int
    body: Any
    payload: Any


@dataclass(frozen=True)
class Sent:
    """A call that Slack took; `ts` where it made or changed a message."""

    method: str
    arguments: Json
    ts: str | None


@dataclass(frozen=True)
class Answer:
    """What the app answered; status 0 where it did not, in time or at all."""

    status: int
    text: str
    headers: Mapping[str, str]


@dataclass
class Trigger:
    """The right to open a window, for three seconds and once."""

    user: str
    since: datetime
    spent: bool = False


@dataclass
class ResponseUrl:
    """The right to answer where something was pressed: five times in half an hour."""

    user: str
    channel: str
    ts: str | None
    ephemeral: bool
    since: datetime
    uses: int = 0


@dataclass
class Workspace:
    """Everything a Slack workspace with one installed app holds; what lasts lies in `store`.

    `patience`: how long it waits for an answer, and how long a trigger opens a window.
    """

    store: Store
    now: Callable[[], datetime]
    bot_token: str
    changed: Callable[[str], None]
    allow_broadcast: bool = False
    patience: timedelta = PATIENCE
    refused: list[Refused] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    ephemerals: dict[str, list[Json]] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    _last_ts: float = 0.0

    def __post_init__(self) -> None:
        # The same after a restart with the same token, so that what is stored still fits.
        mark = base64.b32encode(hashlib.sha256(self.bot_token.encode()).digest()).decode()
        self.team_id, self.app_id = f"T{mark[:10]}", f"A{mark[10:20]}"
        self.bot_user_id, self.bot_id = f"U{mark[20:30]}", f"B{mark[30:40]}"

    def ts(self) -> str:
        """A new time stamp, which names a message: later than every one before."""
        self._last_ts = max(self.now().timestamp(), self._last_ts + 0.000_01)
        return f"{self._last_ts:.6f}"

    # people

    def add_user(self, name: str, locale: str, email: str | None) -> str:
        id = new_id("U")
        self.store.put("slack_user", id, {"id": id, "name": name, "locale": locale, "email": email})
        return id

    def user(self, id: Any) -> Json:
        """Raises SlackError where nobody has that id."""
        if id == self.bot_user_id:
            return {"id": id, "name": "ouentai", "locale": "ja-JP", "email": None, "is_bot": True}
        found = self.store.get("slack_user", id) if isinstance(id, str) else None
        if found is None:
            raise SlackError("user_not_found")
        return found

    def users(self) -> list[Json]:
        return list(self.store.all("slack_user").values())

    # channels

    def add_channel(self, name: str, private: bool, members: Sequence[str], user: str | None = None) -> str:
        """Makes a channel, or with `user` the direct messages of that user with the app."""
        id = new_id("D" if user else "C")
        everyone = list(dict.fromkeys([self.bot_user_id, *members]))
        doc = {"id": id, "name": name, "private": private, "members": everyone, "user": user}
        doc["created"] = int(self.now().timestamp())
        self.store.put("slack_channel", id, doc)
        return id

    def channel(self, id: Any) -> Json:
        """A channel the app may know of; raises SlackError otherwise, as private channels are not told."""
        found = self.store.get("slack_channel", id) if isinstance(id, str) else None
        if found is None or (found["private"] and self.bot_user_id not in found["members"]):
            raise SlackError("channel_not_found")
        return found

    def channels(self) -> list[Json]:
        return list(self.store.all("slack_channel").values())

    def direct(self, user: str) -> Json:
        """The direct messages of a user with the app, made when first needed."""
        self.user(user)
        for channel in self.channels():
            if channel["user"] == user:
                return channel
        return self.channel(self.add_channel("directmessage", True, [user], user))

    def target(self, id: Any) -> Json:
        """Where a message to `id` goes, a channel the app is in; a user id means direct messages."""
        if isinstance(id, str) and self.store.get("slack_user", id):
            return self.direct(id)
        found = self.channel(id)
        if self.bot_user_id not in found["members"]:
            raise SlackError("not_in_channel")
        return found

    def told(self, channel: Json) -> None:
        """Tells the windows of everybody in a channel that it changed."""
        for member in channel["members"]:
            self.changed(member)

    # messages

    def messages(self, channel: str) -> list[Json]:
        """A channel's messages, oldest first."""
        return list(self.store.all(f"slack_message:{channel}").values())

    def message(self, channel: str, ts: Any) -> Json:
        found = self.store.get(f"slack_message:{channel}", ts) if isinstance(ts, str) else None
        if found is None:
            raise SlackError("message_not_found")
        return found

    def post(self, channel: Json, user: str, text: str, **fields: Any) -> Json:
        """Puts a message into a channel; `blocks`, `thread_ts`, `metadata`, `files` as given."""
        doc: Json = {"type": "message", "user": user, "ts": self.ts(), "text": text, "team": self.team_id}
        if user == self.bot_user_id:
            doc |= {"bot_id": self.bot_id, "app_id": self.app_id}
        doc |= {name: value for name, value in fields.items() if value is not None}
        if "blocks" in doc:
            doc["blocks"] = stored_blocks(doc["blocks"])
        self.keep_message(channel, doc)
        return doc

    def keep_message(self, channel: Json, doc: Json) -> None:
        self.store.put(f"slack_message:{channel['id']}", doc["ts"], doc)
        self.told(channel)

    def drop_message(self, channel: Json, ts: str) -> None:
        self.store.drop(f"slack_message:{channel['id']}", ts)
        self.told(channel)

    def whisper(self, user: str, channel: str, text: str, blocks: Sequence[Json] | None) -> Json:
        """Shows a message to one person; gone with the process, as with a reload in Slack."""
        doc: Json = {"ts": self.ts(), "channel": channel, "user": self.bot_user_id, "text": text}
        doc["blocks"] = stored_blocks(blocks or [])
        self.ephemerals.setdefault(user, []).append(doc)
        self.changed(user)
        return doc

    # views: {"user", "view": as Slack shows it, "values": the state, "errors", "trouble"}

    def view(self, id: Any) -> Json | None:
        return self.store.get("slack_view", id) if isinstance(id, str) else None

    def keep_view(self, doc: Json) -> None:
        self.store.put("slack_view", doc["view"]["id"], doc)
        self.changed(doc["user"])

    def stack(self, user: str) -> list[str]:
        """The ids of a person's open modals, the one on top last."""
        return list((self.store.get("slack_stack", user) or {"views": []})["views"])

    def keep_stack(self, user: str, ids: Sequence[str]) -> None:
        """Views that are no longer in the stack are forgotten."""
        for gone in set(self.stack(user)) - set(ids):
            self.store.drop("slack_view", gone)
        self.store.put("slack_stack", user, {"views": list(ids)})
        self.changed(user)

    def home(self, user: str) -> Json | None:
        return self.view((self.store.get("slack_home", user) or {}).get("view_id"))

    # rights that run out

    def grant_trigger(self, user: str) -> str:
        for old in [id for id, one in self.triggers.items() if self.now() - one.since > RESPONSE_URL_LIVES]:
            del self.triggers[old]
        id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self.triggers[id] = Trigger(user, self.now())
        return id

    def trigger(self, id: Any) -> Trigger:
        """The trigger of that id, not yet spent; raises SlackError for one that is too old, used or unknown."""
        found = self.triggers.get(id) if isinstance(id, str) else None
        if found is None:
            raise SlackError("invalid_trigger_id")
        if found.spent:
            raise SlackError("exchanged_trigger_id")
        if self.now() - found.since > self.patience:
            raise SlackError("expired_trigger_id")
        return found

    def grant_response_url(self, user: str, channel: str, ts: str | None, ephemeral: bool) -> str:
        for old in [
            id for id, one in self.response_urls.items() if self.now() - one.since > RESPONSE_URL_LIVES
        ]:
            del self.response_urls[old]
        id = secrets.token_urlsafe(16)
        self.response_urls[id] = ResponseUrl(user, channel, ts, ephemeral, self.now())
        return id

    def response_url(self, id: str) -> ResponseUrl:
        found = self.response_urls.get(id)
        if found is None or self.now() - found.since > RESPONSE_URL_LIVES:
            raise SlackError("expired_url", status=404)
        if found.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url", status=404)
        return found


def new_id(kind: str) -> str:
    """A random id as Slack's look: a letter for the kind, then ten letters and digits."""
    return kind + base64.b32encode(secrets.token_bytes(7)).decode()[:10]
