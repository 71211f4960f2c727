"""What LINE knows about one Official Account: its friends, their chats, tokens, retry keys and what was used up."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from bots.playground import line_events
from bots.playground.store import Store

Obj = dict[str, Any]

REPLY_WINDOW = timedelta(minutes=1)
REDELIVERY_WINDOW = timedelta(minutes=20)
RETRY_KEY_LIFE = timedelta(hours=24)
STRANGER_WINDOW = timedelta(days=7)
JAPAN = timezone(timedelta(hours=9))


class Account:
    """The state behind the fake API; every change that a person would see calls `changed(user id)`."""

    def __init__(
        self, store: Store, now: Callable[[], datetime], changed: Callable[[str], None], identity: str
    ) -> None:
        self.store = store
        self.now = now
        self.changed = changed
        self.bot_id = "U" + hashlib.sha256(identity.encode()).hexdigest()[:32]
        self.quota: int | None = None
        self.slow_content = 0
        self._last_id = 0

    def milliseconds(self) -> int:
        return int(self.now().timestamp() * 1000)

    def next_id(self) -> str:
        """A fresh message id: digits, growing."""
        self._last_id = max(self._last_id + 1, self.milliseconds() * 100_000)
        return str(self._last_id)

    # People

    def create_user(self, name: str, language: str) -> str:
        id = "U" + secrets.token_hex(16)
        self.store.put(
            "line.user",
            id,
            {
                "id": id,
                "name": name,
                "language": language,
                "friend": False,
                "blocked": False,
                "wrote_at": None,
                "quick_reply": None,
                "loading_until": 0,
                "rich_menu": None,
                "read_until": 0,
            },
        )
        return id

    def user(self, id: str) -> Obj | None:
        return self.store.get("line.user", id)

    def update(self, id: str, **changes: Any) -> None:
        """Keeps what has changed about a person and shows it."""
        self.store.put("line.user", id, self._user(id) | changes)
        self.changed(id)

    def reaches(self, id: str) -> bool:
        """Whether a message to this id arrives: friends, and who wrote within 7 days; never who has blocked."""
        user = self.user(id)
        if not user or user["blocked"]:
            return False
        recent = (
            user["wrote_at"] and self.now().timestamp() - user["wrote_at"] < STRANGER_WINDOW.total_seconds()
        )
        return bool(user["friend"] or recent)

    # Chats

    def chat(self, user: str) -> list[Obj]:
        return list(self.store.all(f"line.chat:{user}").values())

    def entry(self, user: str, id: str) -> Obj | None:
        return self.store.get(f"line.chat:{user}", id)

    def write(self, user: str, who: str, id: str, message: Obj, sender: Obj | None = None) -> None:
        """Puts one bubble into a chat; `who` is "user" or "bot"."""
        entry = {"id": id, "from": who, "at": self.now().isoformat(), "message": message}
        self.store.put(f"line.chat:{user}", id, entry | {"sender": sender, "unsent": False})

    def person_wrote(self, user: str, message: Obj, id: str) -> None:
        """A bubble of the person's own: the quick reply is gone with it."""
        self.write(user, "user", id, message)
        self.update(user, quick_reply=None, wrote_at=self.now().timestamp())

    def bot_wrote(self, user: str, messages: list[Obj]) -> list[Obj]:
        """Delivers, unless the person cannot be reached; returns LINE's `sentMessages` either way."""
        reached = self.reaches(user)
        sent = []
        for message in messages:
            id = self.next_id()
            answer = {"id": id}
            if message["type"] in line_events.QUOTABLE_FROM_BOT:
                answer["quoteToken"] = line_events.chat_token("quote", user, id)
            sent.append(answer)
            if reached:
                shown = {key: value for key, value in message.items() if key not in ("sender", "quickReply")}
                self.write(user, "bot", id, shown, message.get("sender"))
        if reached:
            self.update(user, quick_reply=messages[-1].get("quickReply"), loading_until=0)
        return sent

    def tapped(self, user: str, action: Obj) -> None:
        """A tap on a quick reply takes the whole row away."""
        row = self._user(user)["quick_reply"]
        if row and any(item["action"] == action for item in row["items"]):
            self.update(user, quick_reply=None)

    def unsend(self, user: str, id: str) -> None:
        entry = self.entry(user, id)
        if not entry or entry["from"] != "user":
            raise ValueError(f"{id} is no message of {user}")
        gone = {"type": entry["message"]["type"], "id": id}
        self.store.put(f"line.chat:{user}", id, entry | {"unsent": True, "message": gone})
        self.expire(id)
        self.changed(user)

    def mark_read(self, token: str) -> bool:
        """False if the token is none of ours."""
        found = line_events.read_chat_token("read", token)
        if not found or not self.user(found[0]):
            return False
        self.update(found[0], read_until=max(int(found[1]), self._user(found[0])["read_until"]))
        return True

    def _user(self, id: str) -> Obj:
        user = self.user(id)
        if user is None:
            raise ValueError(f"nobody has the id {id}")
        return user

    # Reply tokens

    def hand_out(self, event: Obj) -> None:
        """Starts the minute of an event's reply token, again at a redelivery within 20 minutes (PLATFORMS 1.6)."""
        token, user = event.get("replyToken"), event.get("source", {}).get("userId")
        if not token or not user:
            return
        known = self.store.get("line.reply_token", token)
        happened = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        if known and (known["used"] or self.now() - happened > REDELIVERY_WINDOW):
            return
        self.store.put("line.reply_token", token, {"user": user, "at": self.now().timestamp(), "used": False})

    def whose(self, token: str) -> str | None:
        """Whose chat a reply token opens: not yet used and within its minute."""
        known = self.store.get("line.reply_token", token)
        if not known or known["used"] or self.now().timestamp() - known["at"] > REPLY_WINDOW.total_seconds():
            return None
        user: str = known["user"]
        return user

    def spend(self, token: str) -> None:
        """The token has been used."""
        known = self.store.get("line.reply_token", token) or {}
        self.store.put("line.reply_token", token, known | {"used": True})

    # Retry keys and the month's quota

    def accepted(self, key: str) -> Obj | None:
        """What was accepted under this retry key within 24 hours: {"request": id, "sent": [...]}."""
        known = self.store.get("line.retry_key", key)
        if known and self.now().timestamp() - known["at"] < RETRY_KEY_LIFE.total_seconds():
            return known
        return None

    def accept(self, key: str, request: str, sent: list[Obj]) -> None:
        self.store.put(
            "line.retry_key", key, {"request": request, "at": self.now().timestamp(), "sent": sent}
        )

    def consumed(self) -> int:
        """Messages counted this month, by recipient."""
        return int((self.store.get("line.consumption", self._month()) or {"count": 0})["count"])

    def consume(self, recipients: int) -> bool:
        """Counts; False, and nothing counted, if that is more than the month allows."""
        count = self.consumed() + recipients
        if recipients and self.quota is not None and count > self.quota:
            return False
        self.store.put("line.consumption", self._month(), {"count": count})
        return True

    def _month(self) -> str:
        return self.now().astimezone(JAPAN).strftime("%Y-%m")

    # Files people sent

    def keep_content(self, id: str, data: bytes, mime: str) -> None:
        """`slow_content` is how often the file is not ready yet (202)."""
        doc = {
            "data": base64.b64encode(data).decode(),
            "mime": mime,
            "waits": self.slow_content,
            "gone": False,
        }
        self.store.put("line.content", id, doc)

    def content(self, id: str) -> Obj | None:
        return self.store.get("line.content", id)

    def waited(self, id: str, doc: Obj) -> None:
        self.store.put("line.content", id, doc | {"waits": doc["waits"] - 1})

    def expire(self, id: str) -> None:
        """The file is no longer there (410)."""
        doc = self.content(id)
        if doc:
            self.store.put("line.content", id, doc | {"gone": True, "data": ""})
