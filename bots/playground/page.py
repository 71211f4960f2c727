"""The page that shows three people's screens side by side and lets a visitor act as each of them."""

import asyncio
import itertools
import json
import logging
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from bots.playground.page_requests import Files, check, fields, from_the_page
from bots.playground.store import Store
from services.calendar import BusinessCalendar
from services.clock import TOKYO, wall

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
KIND = "cast"
ESCALATION = "escalation"
# Seconds by which two readings of the same clock may differ.
DRIFT = 2
# Everything comes from this origin; pictures that a visitor picked are shown before they are sent.
POLICY = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'"
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer"}

# What a visitor may do on each screen: the fake's method and the fields it takes.
ON_THE_PHONE = {
    "follow": (),
    "unfollow": (),
    "say": ("text",),
    "sticker": ("package", "sticker", "keywords"),
    "unsend": ("message_id",),
    "tap": ("action", "picked"),
    "location": ("title", "address", "latitude", "longitude"),
}
AS_A_FILE = ("photo", "file", "audio", "video")
IN_SLACK = {
    "open_home": (),
    "join": ("channel",),
    "leave": ("channel",),
    "message": ("channel", "text", "thread_ts", "files"),
    "command": ("text", "channel"),
    "press": ("channel", "ts", "view_id", "block_id", "action_id", "chosen"),
    "suggest": ("channel", "ts", "view_id", "block_id", "action_id", "query"),
    "fill": ("view_id", "values"),
    "change": ("view_id", "block_id", "value"),
    "submit": ("view_id", "values"),
    "close": ("view_id", "cleared"),
}
# What the page is told of what came of it; the rest it sees on the screens.
ANSWERED = ("suggest", "upload")


class Phones(Protocol):
    """What the page needs of the fake LINE, besides one method for each act in `ON_THE_PHONE`."""

    on_change: Callable[[str], None]

    def create_user(self, name: str) -> str: ...
    def users(self) -> list[dict[str, Any]]: ...
    def phone(self, user: str) -> dict[str, Any]: ...


class Windows(Protocol):
    """What the page needs of the fake Slack, besides one method for each act in `IN_SLACK`."""

    on_change: Callable[[str], None]

    def create_user(self, name: str) -> str: ...
    def create_channel(self, name: str, *, members: list[str]) -> str: ...
    async def join(self, user: str, channel: str) -> Any: ...
    def users(self) -> list[dict[str, Any]]: ...
    def window(self, user: str) -> dict[str, Any]: ...


class Mails(Protocol):
    """What the page needs of the fake mailbox."""

    on_change: Callable[[], None]

    def mails(self) -> list[dict[str, Any]]: ...


class ProgrammeClock(Protocol):
    """Programme time, which the page shows and may turn forwards."""

    def now(self) -> datetime: ...
    async def turn(self, to: datetime) -> Any: ...


def next_opening(calendar: BusinessCalendar, moment: datetime) -> datetime:
    """When the secretariat opens on the business day after `moment`."""
    day = calendar.add_business_days(moment.astimezone(calendar.time_zone).date(), 1)
    return datetime.combine(day, calendar.opens, calendar.time_zone)


class Playground:
    """Three screens, a mailbox and a clock behind one page.

    The fakes stamp what they show in wall time, the page shows it in programme time. `calendar` offers the next
    business day; `line_api` is where the fake LINE's routes lie; `story` plays a sample through and reports with
    `tell`, `sequel` plays what comes after it; `reset`, if given, empties the playground.
    """

    def __init__(
        self,
        *,
        line: Phones,
        slack: Windows,
        mailbox: Mails,
        clock: ProgrammeClock,
        store: Store,
        calendar: BusinessCalendar | None = None,
        line_api: str = "/play/line-api",
        story: Callable[[], Awaitable[None]] | None = None,
        sequel: Callable[[], Awaitable[None]] | None = None,
        reset: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.line, self.slack, self.mailbox, self.clock = line, slack, mailbox, clock
        self.story, self.sequel, self.reset = story, sequel, reset
        self._store, self._line_api = store, line_api
        self._calendar = calendar
        self._cast = tomllib.loads((HERE / "cast.toml").read_text("utf-8"))
        self._listeners: set[asyncio.Queue[str | None]] = set()
        self._playing: asyncio.Task[None] | None = None
        self._part = 1
        self._caption: dict[str, Any] | None = None
        line.on_change = lambda user: self._announce({"changed": f"line:{user}"})
        slack.on_change = lambda user: self._announce({"changed": f"slack:{user}"})
        mailbox.on_change = lambda: self._announce({"changed": "mails"})

    @property
    def routes(self) -> list[BaseRoute]:
        """The page, its files and what the page calls, all under /play."""
        return [
            Route("/play", self._index),
            Mount("/play/static", Files(directory=HERE / "static")),
            Route("/play/api/state", self._state),
            Route("/play/api/stream", self._stream),
            Route("/play/api/users", from_the_page(self._add_person), methods=["POST"]),
            Route("/play/api/clock", from_the_page(self._turn), methods=["POST"]),
            Route("/play/api/story", from_the_page(self._story), methods=["POST"]),
            Route("/play/api/reset", from_the_page(self._reset), methods=["POST"]),
            Route("/play/api/line/{user}/{act}", from_the_page(self._on_the_phone), methods=["POST"]),
            Route("/play/api/slack/{user}/{act}", from_the_page(self._in_slack), methods=["POST"]),
        ]

    def prepare(self) -> str:
        """Brings in the secretariat's channel and the first three people; returns the channel's id.

        Calls nobody, so that the app may still be starting; what was there before stays.
        """
        place = self._store.get(KIND, "channel")
        if place:
            return str(place["id"])
        opening = self._cast["opening"]
        expert = self.slack.create_user(opening["expert"])
        clerk = self.slack.create_user(opening["clerk"])
        channel = self.slack.create_channel(self._cast["channel"], members=[clerk])
        company = self.line.create_user(opening["company"])
        for id, kind in ((clerk, "clerk"), (expert, "expert"), (company, "company")):
            self._store.put(KIND, id, {"kind": kind})
        self._store.put(KIND, "channel", {"id": channel})
        return channel

    def prepare_escalation(self) -> str:
        """The channel to which open matters climb, with the first clerk in it; returns its id."""
        place = self._store.get(KIND, ESCALATION)
        if place is None:
            members = self.people("clerk")[:1]
            place = {"id": self.slack.create_channel(self._cast["escalation"], members=members)}
            self._store.put(KIND, ESCALATION, place)
        return str(place["id"])

    async def open(self) -> None:
        """Brings in the first three people anew, when the playground has been emptied and the channels are left."""
        for kind, name in self._cast["opening"].items():
            id = await self.add(kind, name)
            if kind == "clerk":
                await self.slack.join(id, self.prepare_escalation())

    async def add(self, kind: str, name: str | None = None) -> str:
        """A new company owner, expert or clerk (who joins the secretariat's channel); returns the id."""
        if kind not in self._cast["next"]:
            raise HTTPException(400, "unknown_kind")
        name = name or self._unused_name(kind)
        id = self.line.create_user(name) if kind == "company" else self.slack.create_user(name)
        self._store.put(KIND, id, {"kind": kind})
        if kind == "clerk":
            await self.slack.join(id, self.prepare())
        return id

    def people(self, kind: str) -> list[str]:
        """Who is in the playground as a company owner, expert or clerk, in the order in which they came."""
        return [id for id, doc in self._store.all(KIND).items() if doc.get("kind") == kind]

    def tell(
        self,
        step: int,
        of: int,
        text: str | Mapping[str, str],
        *,
        line: str | None = None,
        slack: str | None = None,
        place: str | None = None,
    ) -> None:
        """Shows what the story does now, in words or words by language; `line` and `slack` bring the screens of
        those people to the front, `place` what they look at there: "chat" or "menu"; "home", "dm", "thread" or "channel".
        """
        shown = {"line": line, "slack": slack, "place": place, "state": "playing"}
        self._show({"step": step, "of": of, "text": text, **shown})

    async def turn(self, to: datetime) -> None:
        """Turns programme time forwards to this moment (aware), for everybody who looks."""
        since = wall()
        await self.clock.turn(to)
        self._note_turn(since)
        self._announce({"changed": "clock"})

    async def close(self) -> None:
        """Ends the story and every open stream, so that the server can stop."""
        await self._stop_story()
        for listener in self._listeners:
            listener.put_nowait(None)

    def _unused_name(self, kind: str) -> str:
        names: list[str] = self._cast["next"][kind]
        taken = {user["name"] for user in (*self.line.users(), *self.slack.users())}
        rounds = (name if n == 1 else f"{name} {n}" for n in itertools.count(1) for name in names)
        return next(name for name in rounds if name not in taken)

    def _announce(self, news: Mapping[str, Any]) -> None:
        line = json.dumps(news)
        for listener in self._listeners:
            listener.put_nowait(line)

    async def _index(self, request: Request) -> Response:
        return FileResponse(HERE / "static" / "index.html", headers=HEADERS)

    async def _state(self, request: Request) -> Response:
        """What the asked-for screens show; a person who is no longer there is left out."""
        phones, windows = self.line.users(), self.slack.users()
        line_ids, slack_ids = ({user["id"] for user in users} for users in (phones, windows))
        wanted = request.query_params
        kinds = {id: doc.get("kind") for id, doc in self._store.all(KIND).items()}
        return JSONResponse(
            {
                "line": {
                    "api": self._line_api,
                    "users": phones,
                    "phones": {id: self.line.phone(id) for id in wanted.getlist("line") if id in line_ids},
                },
                "slack": {
                    "users": [user | {"kind": kinds.get(user["id"])} for user in windows],
                    "windows": {
                        id: self.slack.window(id) for id in wanted.getlist("slack") if id in slack_ids
                    },
                },
                "mails": self.mailbox.mails(),
                "clock": self._time(),
                "story": {
                    "available": self.story is not None,
                    "sequel": self.sequel is not None,
                    "caption": self._caption,
                },
                "reset": self.reset is not None,
            },
            headers={"Cache-Control": "no-store"},
        )

    async def _stream(self, request: Request) -> Response:
        """Server-sent events: something changed, or the story moved on."""
        listener: asyncio.Queue[str | None] = asyncio.Queue()

        async def lines() -> AsyncIterator[str]:
            self._listeners.add(listener)
            try:
                yield "retry: 1000\n\n"
                while (line := await listener.get()) is not None:
                    yield f"data: {line}\n\n"
            finally:
                self._listeners.discard(listener)

        return StreamingResponse(
            lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _on_the_phone(self, request: Request) -> Response:
        user, act = request.path_params["user"], request.path_params["act"]
        check(user, self.line.users())
        if act in AS_A_FILE:
            kind = request.headers.get("content-type", "application/octet-stream")
            name = request.query_params.get("name", act)
            sent = {"data": await request.body(), "mime": kind} | ({"name": name} if act == "file" else {})
        else:
            sent = await fields(request, ON_THE_PHONE.get(act))
        try:
            await getattr(self.line, act)(user, **sent)
        except (LookupError, ValueError):
            raise HTTPException(409, "not_now") from None
        return JSONResponse({"ok": True})

    async def _in_slack(self, request: Request) -> Response:
        user, act = request.path_params["user"], request.path_params["act"]
        check(user, self.slack.users())
        if act == "upload":
            sent = {"data": await request.body(), "name": request.query_params.get("name", act)}
        else:
            sent = await fields(request, IN_SLACK.get(act))
        try:
            done = getattr(self.slack, act)(user, **sent)
            answer = await done if isinstance(done, Awaitable) else done
        except (LookupError, ValueError):
            raise HTTPException(409, "not_now") from None
        return JSONResponse({"ok": True, "answer": answer if act in ANSWERED else None})

    async def _add_person(self, request: Request) -> Response:
        wanted = await fields(request, ("kind", "name"))
        id = await self.add(str(wanted.get("kind")), wanted.get("name"))
        self._announce({"changed": "people"})
        return JSONResponse({"ok": True, "id": id})

    async def _turn(self, request: Request) -> Response:
        """Turns programme time forwards, by hours or days, to the next business day, or to a moment."""
        wanted = await fields(request, ("hours", "to"))
        now = self.clock.now()
        try:
            if wanted.get("to") == "business_day" and self._calendar:
                to = next_opening(self._calendar, now)
            elif "to" in wanted:
                to = datetime.fromisoformat(str(wanted["to"])).replace(tzinfo=TOKYO)
            else:
                to = now + timedelta(hours=float(wanted["hours"]))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise HTTPException(400, "bad_time") from None
        if to <= now:
            raise HTTPException(409, "clock_back")
        await self.turn(to)
        return JSONResponse({"ok": True, "clock": self._time()})

    def _time(self) -> dict[str, Any]:
        """Programme time now, and by how many seconds it has been ahead of wall time since when."""
        now = self.clock.now()
        return {
            "now": now.isoformat(),
            "business_day": next_opening(self._calendar, now).isoformat() if self._calendar else None,
            "turns": self._note_turn(wall()),
        }

    def _note_turn(self, since: datetime) -> list[list[float]]:
        """Notes it if programme time has been turned, by this page or otherwise; all turns so far."""
        ahead = (self.clock.now() - wall()).total_seconds()
        turns: list[list[float]] = (self._store.get(KIND, "turns") or {"turns": []})["turns"]
        if not turns or abs(ahead - turns[-1][1]) > DRIFT:
            turns = [*turns, [since.timestamp(), ahead]]
            self._store.put(KIND, "turns", {"turns": turns})
        return turns

    async def _story(self, request: Request) -> Response:
        """Starts the story or its second part, or stops the one that plays."""
        wanted = await fields(request, ("stop", "part"))
        part = 2 if wanted.get("part") == 2 else 1
        story = self.sequel if part == 2 else self.story
        if story is None:
            raise HTTPException(404, "no_story")
        playing = self._playing is not None and not self._playing.done()
        if wanted.get("stop"):
            if self._playing and playing:
                self._playing.cancel()
        elif playing:
            raise HTTPException(409, "already_playing")
        else:
            self._playing = asyncio.create_task(self._play(story, part))
        return JSONResponse({"ok": True}, 202)

    async def _stop_story(self) -> None:
        if self._playing:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)

    async def _play(self, story: Callable[[], Awaitable[None]], part: int) -> None:
        self._part = part
        self._show({"step": 0, "of": 0, "text": "", "state": "playing"})
        state = "stopped"
        try:
            await story()
            state = "done"
        except Exception as error:
            # What went wrong may say what stands on people's screens, so only its kind is logged.
            step = (self._caption or {}).get("step")
            log.error("the story stopped half-way, at step %s: %s", step, type(error).__name__)
            log.debug("why it stopped", exc_info=True)
            state = "failed"
        finally:
            self._show((self._caption or {}) | {"state": state})

    def _show(self, caption: dict[str, Any]) -> None:
        self._caption = caption | {"part": self._part}
        self._announce({"story": self._caption})

    async def _reset(self, request: Request) -> Response:
        if self.reset is None:
            raise HTTPException(404, "no_reset")
        await self._stop_story()
        await self.reset()
        self._caption = None
        self._announce({"changed": "everything"})
        return JSONResponse({"ok": True})
