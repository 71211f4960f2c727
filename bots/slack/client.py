"""Slack's Web API: one shared session, plain dicts, and errors that say whether to try again (PLATFORMS 2.3, 2.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import aiohttp
import orjson

Json = dict[str, Any]
TIMEOUT = aiohttp.ClientTimeout(total=5)
READS = frozenset({"conversations.members", "conversations.history", "conversations.replies", "users.info"})
"""Methods that read no JSON."""
PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
PAGE = 200
PAGES = 100


class SlackFault(Exception):
    """Slack did not do it: its own word for why, whether it may later, and how long it asks to wait."""

    def __init__(self, error: str, again: bool, after: timedelta | None = None) -> None:
        super().__init__(error)
        self.error, self.again, self.after = error, again, after


class SlackClient:
    """Calls Slack; every call takes at most five seconds and raises SlackFault where Slack does not do it."""

    def __init__(self, session: aiohttp.ClientSession, token: str, api_base: str) -> None:
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}
        self._base = api_base if api_base.endswith("/") else api_base + "/"
        self._direct: dict[str, str] = {}

    async def call(self, method: str, **args: Any) -> Json:
        """Call one method; returns what Slack answers."""
        try:
            async with self._session.post(
                urljoin(self._base, method),
                timeout=TIMEOUT,
                allow_redirects=False,
                **self._sent(method, args),
            ) as answer:
                raw = await answer.read()
                status, wait = answer.status, answer.headers.get("Retry-After", "")
        except TimeoutError as error:
            raise SlackFault("timeout", again=True) from error
        except aiohttp.ClientError as error:
            raise SlackFault("connection_failed", again=True) from error
        return _checked(status, wait, raw)

    def _sent(self, method: str, args: Json) -> Json:
        if method in READS:
            return {"data": {name: str(value) for name, value in args.items()}, "headers": self._headers}
        kind = {"Content-Type": "application/json; charset=utf-8"}
        return {"data": orjson.dumps(args), "headers": self._headers | kind}

    async def members(self, channel: str) -> list[str]:
        """Everybody in a channel, from all pages."""
        found: list[str] = []
        cursor = ""
        for _page in range(PAGES):
            more = {"cursor": cursor} if cursor else {}
            answer = await self.call("conversations.members", channel=channel, limit=PAGE, **more)
            found.extend(answer["members"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found
        raise SlackFault("too_many_pages", again=False)

    async def open_view(self, trigger_id: str, view: Json) -> None:
        """Open a window."""
        await self.call("views.open", trigger_id=trigger_id, view=view)

    async def push_view(self, trigger_id: str, view: Json) -> None:
        """Lay a window over the open one."""
        await self.call("views.push", trigger_id=trigger_id, view=view)

    async def update_view(self, view_id: str, view: Json, hash: str | None = None) -> None:
        """Change a window; with a hash only if nobody has changed it since."""
        await self.call("views.update", view_id=view_id, view=view, **({"hash": hash} if hash else {}))

    async def user(self, user_id: str) -> tuple[str, str]:
        """The name somebody is shown under, and their locale; each empty where Slack does not tell."""
        user = (await self.call("users.info", user=user_id, include_locale="true"))["user"]
        profile = user.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name")
        return name or "", user.get("locale") or ""

    async def direct(self, user_id: str) -> str:
        """The DM of a person with us."""
        if user_id not in self._direct:
            answer = await self.call("conversations.open", users=user_id)
            self._direct[user_id] = answer["channel"]["id"]
        return self._direct[user_id]


def _checked(status: int, wait: str, raw: bytes) -> Json:
    after = timedelta(seconds=int(wait)) if wait.isascii() and wait.isdecimal() else None
    if status == 429:
        raise SlackFault("ratelimited", again=True, after=after or timedelta(seconds=30))
    try:
        answer = orjson.loads(raw)
    except orjson.JSONDecodeError:
        answer = None
    if status != 200 or not isinstance(answer, dict):
        raise SlackFault(f"http_{status}", again=status >= 500 or status == 200)
    if answer.get("ok") is not True:
        error = str(answer.get("error") or "unknown_error")
        raise SlackFault(error, again=error in PASSING, after=after)
    return answer
