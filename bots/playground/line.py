"""A LINE of our own: people with phones on one side, the Messaging API on the other, real webhooks in between."""

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import aiohttp

from bots.playground import line_events
from bots.playground.line_account import Account
from bots.playground.line_api import LineApi
from bots.playground.line_http import Door
from bots.playground.line_menus import RichMenus
from bots.playground.store import Store

Obj = dict[str, Any]

# LINE gives up after 2 s; a busy test machine gets longer, and `Answer.seconds` tells.
GIVE_UP_SECONDS = 15.0
ANSWERS_KEPT = 1000
# Quick replies that stay until the person has sent what they ask for (PLATFORMS 1.12).
ASKING = ("camera", "cameraRoll", "location")


class Answer(NamedTuple):
    """What the app answered to a webhook; status 0 and LINE's error reason when it did not."""

    status: int
    text: str
    seconds: float


class FakeLine:
    """One Official Account on a fake LINE; `now` is wall time, `routes` is the API below some prefix.

    Every method of a person builds the event LINE would build, posts it signed to the webhook and returns it;
    `answers[-1]` is what the app said to it.
    """

    def __init__(
        self,
        *,
        channel_secret: str,
        access_token: str,
        webhook_url: str,
        store: Store,
        now: Callable[[], datetime],
    ) -> None:
        self.on_change: Callable[[str], None] = lambda user: None
        self.webhook_url = webhook_url
        self.answers: list[Answer] = []
        # `quota` (None: no limit) and `slow_content` (202s before a file is ready) are set there.
        self.account = Account(store, now, lambda user: self.on_change(user), channel_secret)
        self._menus = RichMenus(self.account)
        # `over_limit(method, path)` there says when to answer 429.
        self.door = Door(access_token)
        self._api = LineApi(self.account, self._menus, self.door)
        self.routes = self._api.routes()
        self.sent = self._api.sent
        self.refused = self.door.refused
        self._secret = channel_secret
        self._session: aiohttp.ClientSession | None = None

    def fail_next(
        self, path: str, outcome: int | Literal["timeout", "reset"], times: int = 1, *, accepted: bool = False
    ) -> None:
        """Lets the next calls of a path (`/v2/bot/message/push`, `*` matches) fail with a status, no answer or a
        broken connection; `accepted`: after the call has taken effect."""
        self.door.fail_next(path, outcome, times, accepted)

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    # People

    def create_user(self, name: str, *, language: str = "ja") -> str:
        """Somebody who has LINE and has not added the account yet."""
        return self.account.create_user(name, language)

    def users(self) -> list[Obj]:
        return [_person(user) for user in self.account.store.all("line.user").values()]

    async def follow(self, user: str) -> Obj:
        """Adds the account as a friend, or unblocks it."""
        unblocked = self._known(user)["blocked"]
        self.account.update(user, friend=True, blocked=False)
        return await self._send(self.event(user, "follow", follow={"isUnblocked": unblocked}))

    async def unfollow(self, user: str) -> Obj:
        """Blocks the account."""
        self.account.update(user, blocked=True, quick_reply=None, loading_until=0)
        return await self._send(self.event(user, "unfollow"))

    # What people send

    async def say(self, user: str, text: str, *, quoting: str | None = None) -> Obj:
        """Types a text; `quoting` is the id of a message in the chat."""
        quoted = {"quotedMessageId": quoting} if quoting else {}
        return await self._send(self.written(user, "text", text=text, **quoted))

    async def sticker(
        self, user: str, *, package: str = "446", sticker: str = "1988", keywords: Sequence[str] = ()
    ) -> Obj:
        fields: Obj = {"packageId": package, "stickerId": sticker, "stickerResourceType": "STATIC"}
        if keywords:
            fields["keywords"] = list(keywords)
        return await self._send(self.written(user, "sticker", **fields))

    async def photo(self, user: str, data: bytes, mime: str = "image/jpeg") -> Obj:
        return await self._send(self._file(user, "image", data, mime))

    async def photos(self, user: str, *pictures: bytes, mime: str = "image/jpeg") -> list[Obj]:
        """Several at once: an event each, in one webhook, tied together by `imageSet`."""
        set_id = secrets.token_hex(16).upper()
        events = []
        for index, data in enumerate(pictures, 1):
            image_set = {"id": set_id, "index": index, "total": len(pictures)}
            events.append(self._file(user, "image", data, mime, imageSet=image_set))
        await self.deliver(*events)
        return events

    async def video(self, user: str, data: bytes, mime: str = "video/mp4", *, duration: int = 3000) -> Obj:
        """`duration` in milliseconds."""
        return await self._send(self._file(user, "video", data, mime, duration=duration))

    async def audio(self, user: str, data: bytes, mime: str = "audio/x-m4a", *, duration: int = 3000) -> Obj:
        """`duration` in milliseconds."""
        return await self._send(self._file(user, "audio", data, mime, duration=duration))

    async def file(self, user: str, name: str, data: bytes, mime: str = "application/octet-stream") -> Obj:
        event = self.written(user, "file", fileName=name, fileSize=len(data))
        self.account.keep_content(event["message"]["id"], data, mime)
        return await self._send(event)

    async def location(
        self,
        user: str,
        latitude: float,
        longitude: float,
        *,
        title: str | None = None,
        address: str | None = None,
    ) -> Obj:
        fields: Obj = {"latitude": latitude, "longitude": longitude}
        named = {"title": title, "address": address}
        fields |= {name: value for name, value in named.items() if value is not None}
        return await self._send(self.written(user, "location", **fields))

    async def unsend(self, user: str, message_id: str) -> Obj:
        self.account.unsend(user, message_id)
        return await self._send(self.event(user, "unsend", unsend={"messageId": message_id}))

    async def tap(self, user: str, action: Obj, *, picked: str | None = None) -> Obj:
        """Does what a tap on this action does; `picked` is what was chosen in a datetimepicker.

        Returns the event, or the action itself where LINE sends none (uri, clipboard, camera, …).
        """
        kind = action["type"]
        if kind == "datetimepicker" and picked is None:
            raise ValueError("a datetimepicker sends nothing until something is picked")
        self._not_blocked(user)
        if kind not in ASKING:
            self.account.tapped(user, action)
        if kind == "message":
            return await self.say(user, action["text"])
        if kind == "postback":
            return await self._postback(user, action)
        if kind == "datetimepicker":
            return await self._send(self._posted(user, action["data"], {action["mode"]: picked}))
        if kind == "richmenuswitch":
            params = self._menus.switch(user, action["richMenuAliasId"])
            return await self._send(self._posted(user, action["data"], dict(params)))
        return action

    async def _postback(self, user: str, action: Obj) -> Obj:
        event = self._posted(user, action["data"])
        if "text" in action:
            # The deprecated form: the text arrives as a message of its own.
            await self.deliver(self.written(user, "text", text=action["text"]), event)
            return event
        if "displayText" in action:
            id = self.account.next_id()
            self.account.person_wrote(user, {"type": "text", "id": id, "text": action["displayText"]}, id)
        return await self._send(event)

    def _posted(self, user: str, data: str, params: Obj | None = None) -> Obj:
        return self.event(user, "postback", postback={"data": data} | ({"params": params} if params else {}))

    # Events and their delivery

    def event(self, user: str, type: str, **fields: Any) -> Obj:
        """An event that is not sent yet; `fields` may replace anything in it."""
        return line_events.event(user, type, self.account.milliseconds(), **fields)

    def written(self, user: str, type: str, **fields: Any) -> Obj:
        """A message event that is not sent yet; its bubble is on the person's phone."""
        self._not_blocked(user)
        id = self.account.next_id()
        message = line_events.message(user, type, id, **fields)
        self.account.person_wrote(user, message, id)
        return self.event(user, "message", message=message)

    async def deliver(
        self,
        *events: Obj,
        destination: str | None = None,
        signature: str | None = None,
        body: bytes | None = None,
        redelivery: bool = False,
    ) -> Answer:
        """One signed POST with these events, together; `redelivery` marks them as sent again."""
        if redelivery:
            events = tuple(event | {"deliveryContext": {"isRedelivery": True}} for event in events)
        for event in events:
            self.account.hand_out(event)
        raw = body if body is not None else line_events.body(destination or self.account.bot_id, list(events))
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "LineBotWebhook/2.0",
            "x-line-signature": line_events.sign(self._secret, raw) if signature is None else signature,
        }
        started = time.monotonic()
        try:
            async with self._client().post(self.webhook_url, data=raw, headers=headers) as response:
                status, text = response.status, await response.text()
        except TimeoutError:
            status, text = 0, "request_timeout"
        except aiohttp.ClientError:
            status, text = 0, "could_not_connect"
        answer = Answer(status, text, time.monotonic() - started)
        self.answers.append(answer)
        del self.answers[:-ANSWERS_KEPT]
        return answer

    async def _send(self, event: Obj) -> Obj:
        await self.deliver(event)
        return event

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=GIVE_UP_SECONDS),
                connector=aiohttp.TCPConnector(limit=0),
            )
        return self._session

    def _file(self, user: str, type: str, data: bytes, mime: str, **fields: Any) -> Obj:
        event = self.written(user, type, contentProvider={"type": "line"}, **fields)
        self.account.keep_content(event["message"]["id"], data, mime)
        return event

    def _known(self, user: str) -> Obj:
        found = self.account.user(user)
        if not found:
            raise ValueError(f"nobody has the id {user}")
        return found

    def _not_blocked(self, user: str) -> None:
        if self._known(user)["blocked"]:
            raise ValueError("who has blocked the account cannot write to it; follow first")

    # What the phone shows

    def phone(self, user: str) -> Obj:
        """The person's screen, as JSON; pictures, of a message too, are at `picture/<id>` below the API."""
        doc = self._known(user)
        menu = self._menus.seen_by(doc)
        return {
            "user": _person(doc),
            "messages": [
                entry | {"read": entry["from"] == "user" and int(entry["id"]) <= doc["read_until"]}
                for entry in self.account.chat(user)
            ],
            "quick_reply": doc["quick_reply"],
            "rich_menu": {"menu": menu[1], "image": f"picture/{menu[0]}"} if menu else None,
            "loading": doc["loading_until"] > self.account.now().timestamp(),
        }


def _person(doc: Obj) -> Obj:
    return {name: doc[name] for name in ("id", "name", "friend", "blocked")}
