"""Slack's Web API: one shared session, plain dicts, and errors that say whether to try again (PLATFORMS 2.3, 2.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
import orjson

from bots.fetching import Gone, NotYet, TooLarge

Json = dict[str, Any]
TIMEOUT = aiohttp.ClientTimeout(total=5)
SLOW = aiohttp.ClientTimeout(total=20)
PATIENCE = 1.0
FILES_HOST = "files.slack.com"
"""Where Slack keeps files; the token goes nowhere else."""
READS = frozenset(
    {"conversations.members", "conversations.history", "conversations.replies", "users.info", "files.info"}
)
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
    """Calls Slack; every call takes at most five seconds and raises SlackFault where Slack does not do it.

    `patience`: for how many seconds somebody who pressed a button may be kept waiting by a call.
    """

    def __init__(self, session: aiohttp.ClientSession, token: str, api_base: str) -> None:
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}
        self._base = api_base if api_base.endswith("/") else api_base + "/"
        self._direct: dict[str, str] = {}
        self.patience = PATIENCE

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

    async def fetch(self, ref: str, at_most: int) -> bytes:
        """A file that a person put into Slack, for bots/fetching.py. Raises NotYet, Gone or TooLarge."""
        try:
            file = (await self.call("files.info", file=ref))["file"]
        except SlackFault as fault:
            raise (NotYet if fault.again else Gone)(fault.error) from fault
        if isinstance(file.get("size"), int) and file["size"] > at_most:
            raise TooLarge
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if not self._is_ours(url):
            # A file of Drive or of another workspace: Slack has but its address.
            raise Gone("not on Slack's own host")
        try:
            return await self._download(url, at_most)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotYet(type(error).__name__) from error

    def _is_ours(self, url: str) -> bool:
        """Whether an address may be given our token: Slack's files, or the server that we were told to call."""
        try:
            there, base = urlsplit(url), urlsplit(self._base)
            if (there.scheme, there.hostname, there.port) == ("https", FILES_HOST, None):
                return not there.username
            return not there.username and (there.scheme, there.netloc) == (base.scheme, base.netloc)
        except ValueError:
            return False

    async def _download(self, url: str, at_most: int) -> bytes:
        async with self._session.get(
            url, headers=self._headers, timeout=SLOW, allow_redirects=False
        ) as answer:
            if answer.status == 429 or answer.status >= 500:
                raise NotYet(f"http_{answer.status}")
            # Without the right to read files Slack shows its login page, and says that all is well.
            if answer.status != 200 or answer.content_type == "text/html":
                raise Gone(f"http_{answer.status} {answer.content_type}")
            data = bytearray()
            async for chunk in answer.content.iter_any():
                data += chunk
                if len(data) > at_most:
                    raise TooLarge
            return bytes(data)


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
