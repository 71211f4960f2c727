"""The fake Slack: a workspace for the app's Web API calls, and the people who use the app in it.

Requests to the app are what Slack sends, signed as Slack signs them, over real HTTP: PLATFORMS 2.1 to 2.4.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urljoin

import aiohttp
from starlette.routing import Route

from bots.playground import slack_files, slack_payloads
from bots.playground.slack_api import WebApi
from bots.playground.slack_people import Place, Screens, channel_name, picked_option
from bots.playground.slack_rules import message_problems, offered, option_problems
from bots.playground.slack_state import Answer, Json, Refused, Sent, Workspace
from bots.playground.slack_views import shown, take_answer
from bots.playground.slack_window import window
from bots.playground.store import Store

FORM = "application/x-www-form-urlencoded"
COMMAND = "/ouentai"
# Slack asks for options only after this many characters, unless the element says otherwise.
QUERY_LENGTH = 3


class FakeSlack:
    """Slack as the app knows it; `api_url` is where the app reaches `routes`."""

    def __init__(
        self,
        *,
        signing_secret: str,
        bot_token: str,
        events_url: str,
        store: Store,
        now: Callable[[], datetime],
        api_url: str | None = None,
        strict_rate: bool = False,
        allow_broadcast: bool = False,
    ) -> None:
        self.on_change: Callable[[str], None] = lambda user: None
        self.events_url = events_url
        self.work = Workspace(store, now, bot_token, lambda user: self.on_change(user), allow_broadcast)
        address = api_url or urljoin(events_url, "/play/slack-api/")
        self.api = WebApi(self.work, api_url=address, strict_rate=strict_rate)
        self.routes: list[Route] = self.api.routes
        self.fail_next = self.api.fail_next
        self.team_id, self.bot_user_id = self.work.team_id, self.work.bot_user_id
        self.refused: list[Refused] = self.work.refused
        self.sent: list[Sent] = self.work.sent
        self._screens = Screens(self.work, lambda: self.api.api_url)
        self._secret = signing_secret
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        """Ends the connections to the app (`close` closes a window)."""
        if self._session:
            await self._session.close()
            self._session = None

    # who and where

    def create_user(self, name: str, *, locale: str = "ja-JP", email: str | None = None) -> str:
        return self.work.add_user(name, locale, email)

    def create_channel(self, name: str, *, private: bool = True, members: Sequence[str] = ()) -> str:
        """Makes a channel; the app's bot is in it."""
        return self.work.add_channel(name, private, members)

    def users(self) -> list[Json]:
        return [{"id": user["id"], "name": user["name"]} for user in self.work.users()]

    def window(self, user: str) -> Json:
        """All that this person sees, for the page."""
        return window(self.work, user)

    # events

    async def join(self, user: str, channel: str) -> None:
        await self._move(user, channel, "member_joined_channel", lambda members: [*members, user])

    async def leave(self, user: str, channel: str) -> None:
        await self._move(
            user, channel, "member_left_channel", lambda members: [m for m in members if m != user]
        )

    async def _move(
        self, user: str, channel: str, type: str, change: Callable[[list[str]], list[str]]
    ) -> None:
        doc = self.work.store.get("slack_channel", channel)
        if doc is None:
            raise LookupError(f"no such channel: {channel}")
        doc = doc | {"members": list(dict.fromkeys(change(doc["members"])))}
        self.work.store.put("slack_channel", channel, doc)
        self.work.told(doc)
        self.on_change(user)
        # Slack tells the app only of channels it is in.
        if self.bot_user_id in doc["members"]:
            kind = "G" if doc["private"] else "C"
            told = {"user": user, "channel": channel, "channel_type": kind, "team": self.team_id}
            await self.send(self.event(type, **told))

    async def open_home(self, user: str) -> None:
        home = self.work.home(user)
        fields = {"user": user, "channel": self.work.direct(user)["id"], "tab": "home"}
        await self.send(self.event("app_home_opened", **fields, **({"view": shown(home)} if home else {})))

    async def message(
        self,
        user: str,
        channel: str | None,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[str] = (),
    ) -> str:
        """Writes into a channel, or to the app itself where there is none; returns the message's ts."""
        place = self.work.channel(channel) if channel else self.work.direct(user)
        if user not in place["members"]:
            raise LookupError("not in that channel")
        url = self.api.api_url
        attached = [slack_files.described(slack_files.find(self.work, id), url) for id in files]
        doc = self.work.post(
            place, user, slack_payloads.escape(text), thread_ts=thread_ts, files=attached or None
        )
        kind = "im" if place["user"] else "group" if place["private"] else "channel"
        extra = {"channel": place["id"], "channel_type": kind, "client_msg_id": secrets.token_hex(16)}
        if attached:
            extra["subtype"] = "file_share"
        if thread_ts:
            extra["parent_user_id"] = self.work.message(place["id"], thread_ts)["user"]
        if self.bot_user_id in place["members"]:
            told = {name: value for name, value in doc.items() if name != "type"}
            await self.send(self.event("message", **told, **extra))
        return str(doc["ts"])

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Changes a message of one's own; Slack tells the app of it without naming who did."""
        place, before = self._own(user, channel, ts)
        doc = before | {"text": slack_payloads.escape(text), "edited": {"user": user, "ts": self.work.ts()}}
        self.work.keep_message(place, doc)
        await self._changed(place, "message_changed", message=doc, previous_message=before)

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Takes a message of one's own away."""
        place, before = self._own(user, channel, ts)
        self.work.drop_message(place, ts)
        await self._changed(place, "message_deleted", deleted_ts=ts, previous_message=before)

    def _own(self, user: str, channel: str, ts: str) -> tuple[Json, Json]:
        place, doc = self.work.channel(channel), self.work.message(channel, ts)
        if doc["user"] != user:
            raise LookupError("not a message of theirs")
        return place, doc

    async def _changed(self, place: Json, subtype: str, **fields: Any) -> None:
        kind = "im" if place["user"] else "group" if place["private"] else "channel"
        told = {"subtype": subtype, "hidden": True, "channel": place["id"], "channel_type": kind}
        await self.send(self.event("message", **told, ts=self.work.ts(), **fields))

    def upload(self, user: str, name: str, data: bytes) -> str:
        """Puts a file into Slack, for `message` or a file input; returns its id."""
        doc = slack_files.new_file(self.work, user, name, len(data))
        slack_files.receive(self.work, doc["id"], data)
        return str(doc["id"])

    def event(self, type: str, **fields: Any) -> Json:
        """An Events API envelope, not sent; `send` it, twice or later if need be."""
        ts = self.work.ts()
        return {
            "token": "playground",
            "team_id": self.team_id,
            "context_team_id": self.team_id,
            "context_enterprise_id": None,
            "api_app_id": self.work.app_id,
            "event": {"type": type, **fields, "event_ts": fields.get("ts", ts)},
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(float(ts)),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.team_id,
                    "user_id": self.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_hex(12)}",
        }

    async def send(self, envelope: Json, *, retry: int = 0, reason: str = "http_timeout") -> Answer:
        """Sends an event; `retry` 1 to 3 marks it as Slack marks a repetition."""
        headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        answer = await self.deliver(json.dumps(envelope).encode(), "application/json", headers=headers)
        if not 200 <= answer.status < 300:
            self._refuse("event", answer, envelope)
        return answer

    # commands, buttons and windows

    async def command(self, user: str, text: str = "", *, channel: str | None = None) -> Answer:
        """Types the slash command; what the app answers is shown, to this person unless it says otherwise."""
        place = self.work.channel(channel) if channel else self.work.direct(user)
        right = self.work.grant_response_url(user, place["id"], None, ephemeral=True)
        fields = {
            "token": "playground",
            "team_id": self.team_id,
            "team_domain": "playground",
            "channel_id": place["id"],
            "channel_name": channel_name(place),
            "user_id": user,
            "user_name": user.lower(),
            "command": COMMAND,
            "text": text,
            "api_app_id": self.work.app_id,
            "is_enterprise_install": "false",
            "response_url": f"{self.api.api_url}response/{right}",
            "trigger_id": self.work.grant_trigger(user),
        }
        answer = await self.deliver(urlencode(fields).encode(), FORM)
        if answer.status != 200:
            self._refuse("command", answer, fields)
        elif answer.text:
            self._show_answer(user, place, answer)
        return answer

    def _show_answer(self, user: str, place: Json, answer: Answer) -> None:
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        said: Any = _json(answer.text) if is_json else {"text": answer.text}
        if problems := message_problems(said, allow_broadcast=self.work.allow_broadcast):
            self.refused.append(Refused("command", answer.status, problems, said))
        elif said.get("response_type") == "in_channel":
            self.work.post(place, self.bot_user_id, said.get("text", ""), blocks=said.get("blocks"))
        else:
            self.work.whisper(user, place["id"], said.get("text", ""), said.get("blocks"))

    async def press(
        self,
        user: str,
        *,
        action_id: str,
        channel: str | None = None,
        ts: str | None = None,
        view_id: str | None = None,
        block_id: str | None = None,
        chosen: Any = None,
    ) -> Answer:
        """Presses or picks something in a message, a view or (neither given) the Home.

        `chosen`: an option's value, a list of them, a date, a user id. Raises LookupError for what is not there.
        """
        place = self._screens.place(user, channel, ts, view_id)
        block, element = place.find(block_id, action_id)
        picked = None
        if element["type"] == "overflow":
            picked = picked_option(element, chosen)
        elif element["type"] in slack_payloads.VALUES:
            picked = self._screens.put(place, block, element, chosen)
        return await self._act(user, place, slack_payloads.action(block, element, picked, self.work.ts()))

    def fill(self, user: str, view_id: str, values: Json) -> None:
        """Types into an open view: block id to text, option value, date, file ids or a list of these."""
        for block_id, value in values.items():
            place = self._screens.view(user, view_id)
            self._screens.put(place, *place.find(block_id, None), value)

    async def change(self, user: str, view_id: str, block_id: str, value: Any) -> Answer | None:
        """Types into one input; Slack tells the app of it at once only where `dispatch_action` is set."""
        place = self._screens.view(user, view_id)
        block, element = place.find(block_id, None)
        picked = self._screens.put(place, block, element, value)
        if not block.get("dispatch_action"):
            return None
        return await self._act(user, place, slack_payloads.action(block, element, picked, self.work.ts()))

    async def suggest(
        self,
        user: str,
        *,
        action_id: str,
        query: str,
        channel: str | None = None,
        ts: str | None = None,
        view_id: str | None = None,
        block_id: str | None = None,
    ) -> list[Json]:
        """Types into a list whose options the app sends; returns what is then offered."""
        place = self._screens.place(user, channel, ts, view_id)
        block, element = place.find(block_id, action_id)
        if len(query) < element.get("min_query_length", QUERY_LENGTH):
            return []
        told = {name: said for name, said in place.told.items() if name not in ("state", "response_url")}
        told |= {"type": "block_suggestion", "value": query}
        told |= {"block_id": block["block_id"], "action_id": element["action_id"]}
        answer = await self._interact(user, told)
        said = _json(answer.text)
        if answer.status != 200:
            return []
        if problems := option_problems(said):
            self.refused.append(Refused("block_suggestion", 200, problems, said))
            return []
        options = offered(said)
        self._screens.load(place, element, options)
        return options

    async def options(self, user: str, view_id: str, block_id: str, typed: str) -> list[Json]:
        """`suggest` for the one list of an input block."""
        _, element = self._screens.view(user, view_id).find(block_id, None)
        return await self.suggest(
            user, view_id=view_id, block_id=block_id, action_id=element["action_id"], query=typed
        )

    async def submit(self, user: str, view_id: str, values: Json | None = None) -> Answer | None:
        """Presses a modal's submit button; None where Slack's own window stops it and marks the fields."""
        self.fill(user, view_id, values or {})
        doc = self._screens.open_view(user, view_id)
        if doc["view"]["submit"] is None or self.work.stack(user)[-1:] != [view_id]:
            raise LookupError("nothing to submit here")
        doc = doc | {"errors": slack_payloads.complaints(doc["view"]["blocks"], doc["values"])}
        self.work.keep_view(doc)
        if doc["errors"]:
            return None
        payload: Json = {"type": "view_submission", "view": shown(doc), "response_urls": []}
        answer = await self._interact(user, payload | {"trigger_id": self.work.grant_trigger(user)})
        problems = take_answer(self.work, view_id, answer.status, answer.text)
        if problems and answer.status == 200:
            self.refused.append(Refused("view_submission", 200, problems, answer.text))
        return answer

    async def close(self, user: str, view_id: str, *, cleared: bool = False) -> None:
        """Presses a modal's close button; `cleared`: the cross, which closes the whole stack."""
        stack = self.work.stack(user)
        doc = self._screens.open_view(user, view_id)
        cleared = cleared or doc["view"]["clear_on_close"]
        going = stack if cleared else stack[stack.index(view_id) :]
        docs = [doc for id in reversed(going) if (gone := self.work.view(id))]
        self.work.keep_stack(user, [id for id in stack if id not in going])
        for gone in docs:
            if gone["view"]["notify_on_close"]:
                await self._interact(
                    user, {"type": "view_closed", "view": shown(gone), "is_cleared": cleared}
                )

    # delivery

    async def _act(self, user: str, place: Place, action: Json) -> Answer:
        payload = place.told | {"type": "block_actions", "actions": [action]}
        if "view" in payload:
            payload["view"] = shown(self._screens.open_view(user, place.key))
        return await self._interact(user, payload | {"trigger_id": self.work.grant_trigger(user)})

    async def _interact(self, user: str, payload: Json) -> Answer:
        name = self.work.user(user)["name"]
        payload = payload | {
            "team": {"id": self.team_id, "domain": "playground"},
            "user": {"id": user, "username": user.lower(), "name": name, "team_id": self.team_id},
            "api_app_id": self.work.app_id,
            "token": "playground",
            "enterprise": None,
            "is_enterprise_install": False,
        }
        answer = await self.deliver(urlencode({"payload": json.dumps(payload)}).encode(), FORM)
        if answer.status != 200:
            self._refuse(payload["type"], answer, payload)
        return answer

    async def deliver(
        self,
        body: bytes,
        content_type: str,
        *,
        timestamp: int | None = None,
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One signed POST to the app, given up after `work.patience` as Slack does.

        Another `timestamp` or `signature` makes it stale or forged.
        """
        at = str(int(self.work.now().timestamp()) if timestamp is None else timestamp)
        signed = hmac.new(self._secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256)
        sent = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature or f"v0={signed.hexdigest()}",
            **(headers or {}),
        }
        limit = aiohttp.ClientTimeout(total=self.work.patience.total_seconds())
        self._session = self._session or aiohttp.ClientSession()
        try:
            async with self._session.post(self.events_url, data=body, headers=sent, timeout=limit) as got:
                return Answer(got.status, await got.text(), got.headers)
        except TimeoutError:
            return Answer(0, "operation_timeout", {})
        except aiohttp.ClientError:
            return Answer(0, "connection_failed", {})

    def _refuse(self, path: str, answer: Answer, payload: Json) -> None:
        self.refused.append(Refused(path, answer.status, answer.text, payload))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
