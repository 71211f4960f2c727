"""The Messaging API over one shared session: plain dicts, and an outcome for whatever LINE answers (DESIGN 12)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

import aiohttp
import orjson

from bots.delivery import Draw, Failed, Sent
from bots.fetching import Gone, NotYet, TooLarge
from services import outbox
from services.clock import wall
from services.outbox import Letter

Obj = dict[str, Any]

TIMEOUT = aiohttp.ClientTimeout(total=5)
SLOW = aiohttp.ClientTimeout(total=20)
LONGEST_WAIT = timedelta(minutes=10)
MOST_ERROR = 300
SPENT = "Invalid reply token"
OVER_QUOTA = "You have reached your monthly limit."
HAS_IMAGE = "already been uploaded"
JSON = {"Content-Type": "application/json"}
GONE = (404, 410)
MESSAGE_ID = re.compile(r"[0-9]{1,32}")


class LineError(Exception):
    """LINE refused a call that is not a letter's; the text has no personal data."""


@dataclass(frozen=True)
class Quota:
    """Pushed messages this month: how many there may be (None: no limit) and how many there were, about."""

    limit: int | None
    used: int


class Answer(NamedTuple):
    """What LINE answered."""

    status: int
    body: Obj

    @property
    def error(self) -> str:
        """Why it was refused: LINE's words and the property meant, never a value of ours."""
        details = self.body.get("details") or ()
        places = [f"{detail.get('property', '')}: {detail.get('message', '')}" for detail in details]
        return "; ".join([f"{self.status} {self.body.get('message', '')}", *places])[:MOST_ERROR]


class LineClient:
    """Sends letters, and asks LINE what else we need to know; `menus` are the rich menus' ids by name."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: str,
        api_base: str,
        data_api_base: str,
        draw: Draw | None = None,
    ) -> None:
        self.menus: Mapping[str, str] = {}
        self.timeout = TIMEOUT
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}
        self._api = api_base.rstrip("/") + "/v2/bot"
        self._data_api = data_api_base.rstrip("/") + "/v2/bot"
        self._draw = draw

    # Letters

    async def send(self, letter: Letter) -> Sent | Failed:
        """Send a letter of words, or link the rich menu that a person is to see now."""
        try:
            if letter.kind == "menu":
                return await self._link(letter)
            return await self._say(letter)
        except (aiohttp.ClientError, TimeoutError) as error:
            return Failed(type(error).__name__, again=True)

    async def _say(self, letter: Letter) -> Sent | Failed:
        messages = (letter.body or {})["messages"]
        # A reply knows no retry key: after the first attempt nobody can tell whether it arrived (PLATFORMS 1.6).
        fresh = letter.attempts <= 1 and letter.reply_until is not None and wall() < letter.reply_until
        if letter.reply_token and fresh:
            body = {"replyToken": letter.reply_token, "messages": messages}
            answer = await self._post("/message/reply", body)
            if answer.status != 400 or answer.body.get("message") != SPENT:
                return _outcome(answer, letter)
        body = {"to": letter.address, "messages": messages}
        answer = await self._post("/message/push", body, {"X-Line-Retry-Key": str(letter.retry_key)})
        outcome = _outcome(answer, letter)
        return replace(outcome, pushed=True) if isinstance(outcome, Sent) else outcome

    async def _link(self, letter: Letter) -> Sent | Failed:
        if self._draw is None:
            raise RuntimeError("The client was given nothing that says which rich menu a person sees.")
        state = await self._draw("menu", letter.ref or "", "ja")
        menu = self.menus.get(state)
        if menu is None:
            return Failed(f"the rich menu {state!r} is not there yet", again=True)
        return _outcome(await self._post(f"/user/{letter.address}/richmenu/{menu}"), letter)

    # What LINE knows

    async def profile(self, user: str) -> Obj | None:
        """A person's name and language as LINE has them; None when they blocked us. Raises LineError."""
        answer = await self._call("GET", f"{self._api}/profile/{user}")
        return None if answer.status == 404 else _right(answer).body

    async def quota(self) -> Quota:
        """How much may still be pushed this month. Raises LineError."""
        limit = _right(await self._call("GET", f"{self._api}/message/quota")).body
        used = _right(await self._call("GET", f"{self._api}/message/quota/consumption")).body
        return Quota(limit.get("value"), int(used["totalUsage"]))

    async def fetch(self, ref: str, at_most: int) -> bytes:
        """What a person sent, for bots/fetching.py. Raises NotYet, Gone or TooLarge."""
        if not MESSAGE_ID.fullmatch(ref):
            raise Gone("not the id of a message")
        url = f"{self._data_api}/message/{ref}/content"
        try:
            async with self._session.get(url, headers=self._headers, timeout=SLOW) as response:
                if response.status in GONE:
                    raise Gone(f"http_{response.status}")
                # 202: LINE has not finished preparing it.
                if response.status != 200:
                    raise NotYet(f"http_{response.status}")
                data = bytearray()
                async for chunk in response.content.iter_any():
                    data += chunk
                    if len(data) > at_most:
                        raise TooLarge
                return bytes(data)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotYet(type(error).__name__) from error

    async def loading(self, user: str, seconds: int = 20) -> None:
        """Show that an answer is on its way, for 5 to 60 seconds in steps of 5. Raises LineError."""
        _right(await self._post("/chat/loading/start", {"chatId": user, "loadingSeconds": seconds}))

    # Rich menus

    async def listed_menus(self) -> dict[str, str]:
        """The ids of the account's rich menus by name. Raises LineError."""
        found = _right(await self._call("GET", f"{self._api}/richmenu/list")).body
        return {menu["name"]: menu["richMenuId"] for menu in found.get("richmenus", [])}

    async def create_menu(self, menu: Obj) -> str:
        """Make a rich menu, still without its picture; returns its id. Raises LineError."""
        return str(_right(await self._post("/richmenu", menu)).body["richMenuId"])

    async def upload_menu(self, menu_id: str, png: bytes) -> None:
        """Give a rich menu its picture, unless it has one. Raises LineError."""
        url = f"{self._data_api}/richmenu/{menu_id}/content"
        answer = await self._call("POST", url, png, {"Content-Type": "image/png"}, SLOW)
        if answer.status != 400 or HAS_IMAGE not in str(answer.body.get("message")):
            _right(answer)

    async def show_everyone(self, menu_id: str) -> None:
        """Make this the rich menu of whoever has none of their own. Raises LineError."""
        _right(await self._post(f"/user/all/richmenu/{menu_id}"))

    # The wire

    async def _post(
        self, path: str, body: Obj | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        data = b"" if body is None else orjson.dumps(body)
        return await self._call("POST", self._api + path, data, JSON | dict(headers or {}))

    async def _call(
        self,
        method: str,
        url: str,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: aiohttp.ClientTimeout | None = None,
    ) -> Answer:
        sent = self._headers | dict(headers or {})
        timeout = timeout or self.timeout
        async with self._session.request(method, url, data=data, headers=sent, timeout=timeout) as response:
            return Answer(response.status, _object(await response.read()))


def _object(raw: bytes) -> Obj:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _right(answer: Answer) -> Answer:
    if not 200 <= answer.status < 300:
        raise LineError(answer.error)
    return answer


def _outcome(answer: Answer, letter: Letter) -> Sent | Failed:
    """What an answer means for a letter (PLATFORMS 1.8-1.10)."""
    # 409: a letter with this retry key was accepted before.
    if 200 <= answer.status < 300 or answer.status == 409:
        return Sent()
    if answer.status == 429 and answer.body.get("message") == OVER_QUOTA:
        return Failed(outbox.OVER_QUOTA, again=False)
    if answer.status == 429:
        return Failed(
            answer.error, again=True, after=min(timedelta(seconds=2**letter.attempts), LONGEST_WAIT)
        )
    return Failed(answer.error, again=answer.status >= 500)
