"""Plays a sample story through the running app, as people of the playground, so that a visitor can watch."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import re
import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import jaconv
from PIL import Image, ImageDraw

from bots.playground.line import FakeLine
from bots.playground.page import Playground
from bots.playground.players import Desk, Phone
from bots.playground.slack import FakeSlack
from services.calendar import BusinessCalendar
from services.clock import TOKYO

Json = dict[str, Any]

PLOT: Json = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
SEQUEL: Json = tomllib.loads(Path(__file__).with_name("sequel.toml").read_text("utf-8"))
ROLES = {"company": "company", "clerk": "clerk", "colleague": "clerk", "expert": "expert", "rival": "expert"}
# What a person does within a step is this much quicker than the steps themselves.
SWIFT = 0.2
# A step that takes longer than this has gone astray.
PATIENCE_SECONDS = 120
# How often, and after how long, somebody looks again for what is not there yet.
GLANCES, GLANCE_SECONDS = 120, 0.25
# What a person in Slack does once more, after so many glances, when no window has opened.
ASKS, AGAIN = ("presses", "commands", "submits"), 20
# The period of the plan, counted from the day on which the story begins.
BEGINS, ENDS = timedelta(days=19), timedelta(days=65)
# The hours of a day in which a part begins; later than that it begins on the next business day.
DAY = (9, 17)
# So many business days after its release a bank carries a transfer out.
BANK_DAYS = 4


class Astray(Exception):
    """A step did not lead where it should."""


@dataclass
class Story:
    """The story of `story.toml` and `sequel.toml`; `settle` returns when the app has answered everything, `pace` is
    seconds a step.
    """

    page: Playground
    line: FakeLine
    slack: FakeSlack
    origin: str
    settle: Callable[[], Awaitable[None]]
    calendar: BusinessCalendar
    pace: float = 1.5
    _agreed: Performance | None = None

    async def play(self) -> None:
        """The first part, from the first tap to the agreement; raises what a step that goes astray raises."""
        self._agreed = None
        play = Performance(self)
        await play.through(PLOT["step"])
        self._agreed = play

    async def play_on(self) -> None:
        """The second part, from the agreement to the payment; by those who have agreed, else by people who are
        brought there first without pauses. Raises as above.
        """
        play, self._agreed = self._agreed, None
        if play is None or not play.all_there:
            play = Performance(self, hurried=True)
            await play.through(PLOT["step"])
            play.hurried = False
        await play.through(SEQUEL["step"])


@dataclass
class Performance:
    """One time that the story is played, by people who have done nothing yet, wherever there are such.

    `hurried`: nobody watches yet, so nothing waits; `noted`: facts that somebody has read off a screen, or that
    belong to one of several rounds.
    """

    story: Story
    hurried: bool = False
    ids: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Json] = field(default_factory=dict)
    noted: Json = field(default_factory=dict)
    hasty: bool = False

    # the stage on which players.py plays

    @property
    def line(self) -> FakeLine:
        """Where phones are."""
        return self.story.line

    @property
    def slack(self) -> FakeSlack:
        """Where desks are."""
        return self.story.slack

    async def idle(self) -> None:
        """Return when everything has been answered, and when a visitor has seen it."""
        await self.story.settle()
        await self._rest(SWIFT * self.story.pace)

    async def upload(self, link: str, data: bytes, name: str = "photo.jpg") -> int:
        """Send a file through a one-time link; returns the HTTP status."""
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name, content_type="image/jpeg")
        url = self.story.origin + urlsplit(link).path
        async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
            await answer.read()
        await self.idle()
        return answer.status

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(0 if self.hasty or self.hurried else seconds)

    # who plays

    @property
    def all_there(self) -> bool:
        """Whether everybody who has played so far is still in the playground."""
        return all(id in self.story.page.people(ROLES[role]) for role, id in self.ids.items())

    async def cast(self, role: str) -> str:
        """Who plays a role: somebody of the playground who is new to it, else somebody who comes in for it."""
        if role not in self.ids:
            page, kind = self.story.page, ROLES[role]
            free = [id for id in page.people(kind) if id not in self.ids.values() and self._is_new(kind, id)]
            self.ids[role] = free[0] if free else await page.add(kind)
            self.facts[role] = self._facts_of(role)
        return self.ids[role]

    def _is_new(self, kind: str, id: str) -> bool:
        if kind == "company":
            shown = self.line.phone(id)
            return not (shown["messages"] or shown["user"]["friend"] or shown["user"]["blocked"])
        desk = Desk(self, id)
        if desk.window["modals"]:
            return False
        begun = desk.window["home"] and PLOT["new"]["expert"] not in desk.sees("home")
        return kind == "clerk" or not (begun or desk.sees("dm"))

    def _facts_of(self, role: str) -> Json:
        users = self.line.users() if role == "company" else self.slack.users()
        number, user = next((n, user) for n, user in enumerate(users, 1) if user["id"] == self.ids[role])
        # The same name comes again with a number once all names are taken.
        name = " ".join(user["name"].split()[:2])
        kana = PLOT["readings"].get(name, PLOT["readings"]["default"])
        today = self.today
        own: Json = {
            "name": name,
            "family": name.split()[0],
            "kana": kana,
            "holder": jaconv.hira2kata(kana),
            "n": number,
            "begins": self.story.calendar.add_business_days(today + BEGINS, 0).isoformat(),
            "ends": (today + ENDS).isoformat(),
        }
        return own | {key: text.format_map(own) for key, text in PLOT["facts"][role].items()}

    # programme time

    @property
    def today(self) -> date:
        """The date in Tokyo."""
        return self.story.page.clock.now().astimezone(TOKYO).date()

    @property
    def _first_meeting(self) -> date:
        begins = date.fromisoformat(self.facts["expert"]["begins"])
        tomorrow = self.story.calendar.add_business_days(self.today, 1)
        first: date = self.noted.setdefault("first", max(begins, tomorrow))
        return first

    async def comes(self, day: str, hour: str) -> None:
        """Let programme time become this hour of a day: so many days after the first meeting, or with a plus so many
        business days from today. What a visitor has gone past already stays as it is.
        """
        if day.startswith("+"):
            to = self.story.calendar.add_business_days(self.today, int(day))
        else:
            to = self._first_meeting + timedelta(days=int(day))
        await self._turn(datetime.combine(to, time.fromisoformat(hour), TOKYO))

    async def passes(self, hours: float) -> None:
        """Let so many hours go by."""
        await self._turn(self.story.page.clock.now() + timedelta(hours=hours))

    async def _turn(self, to: datetime) -> None:
        if to > self.story.page.clock.now():
            await self.story.page.turn(to)
            await self.idle()

    # what is played

    async def through(self, steps: Sequence[Json]) -> None:
        """Play one part, by day: at night nobody is told what they do not wait for at this minute."""
        hour = self.story.page.clock.now().astimezone(TOKYO).hour
        if not DAY[0] <= hour < DAY[1]:
            await self.comes("+0" if hour < DAY[0] else "+1", f"{DAY[0]:02}:00")
        for number, step in enumerate(steps, 1):
            await self.tell(number, len(steps), step)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.perform(step)

    async def tell(self, number: int, of: int, step: Json) -> None:
        """Bring the person of a step to the front, and say what happens; then leave time to read it."""
        who = step["who"]
        id = await self.cast(who)
        screen = {"line" if who == "company" else "slack": id}
        caption = PLOT["hurried"] if self.hurried else self.caption(step)
        self.story.page.tell(number, of, caption, place=step["at"], **screen)
        self.hasty = False
        await self._rest(self.story.pace)

    async def waits(self) -> None:
        """Leave a visitor time to read."""
        await self._rest(self.story.pace)

    def caption(self, step: Json) -> dict[str, str]:
        """The words of a step in the page's languages."""
        return {language: self._filled(step[language], step["who"]) for language in ("ja", "en")}

    async def perform(self, step: Json, instead: Mapping[str, str] | None = None) -> None:
        """Do what a step says, and make sure of what follows; `instead`: who plays another's role."""
        self.hasty = step.get("hasty", False) or instead is not None
        for facts in step.get("rounds", [{}]):
            if facts:
                self._note(facts)
            for other in step.get("again", ()):
                await self.perform(_step(other), {"expert": step["who"]})
        played_by = instead or {}
        who = played_by.get(step["who"], step["who"])
        before: tuple[Any, ...] = ()
        for verb, *what in step["acts"]:
            act = (self._act, who, verb, self._filled(what, who))
            await self._when_possible(*act, before=before)
            before = act
        for seen_by, where, words in step.get("then", ()):
            seer = played_by.get(seen_by, seen_by)
            await self._when_possible(self._make_sure, seer, where, self._filled(words, who))
        await self.leave(step, who)

    async def leave(self, step: Json, who: str) -> None:
        """The end of a step: what it led to is on the screen; its modals are closed unless it stays."""
        player = self._player(who)
        if isinstance(player, Desk) and player.window["modals"] and not step.get("stays"):
            await self.waits()
            await player.closes()

    def _note(self, facts: Mapping[str, Any]) -> None:
        # No two recordings have the same fingerprint, not even of two times that the story is played.
        unique = hashlib.sha256(f"{facts} {self.ids}".encode()).hexdigest()
        self.noted |= {**facts, "fingerprint": unique}

    async def _when_possible(
        self, do: Callable[..., Awaitable[None]], *what: Any, before: Sequence[Any] = ()
    ) -> None:
        """Do it, again and again for a while where it is not there yet: a message may come a moment later.

        A window that did not open in time is asked for once more, by doing what was done `before`.
        """
        for left in reversed(range(GLANCES)):
            try:
                await do(*what)
            except (AssertionError, Astray):
                if not left:
                    raise
                await asyncio.sleep(GLANCE_SECONDS)
                if before and before[2] in ASKS and not left % AGAIN:
                    with contextlib.suppress(AssertionError, Astray):
                        await before[0](*before[1:])
            else:
                return

    async def _act(self, who: str, verb: str, what: list[Any]) -> None:
        player = self._player(who)
        match player, verb, what:
            case _, ("waits" | "comes" | "passes"), _:
                await getattr(self, verb)(*what)
            case Desk(), "notes", (name, where, pattern):
                self.noted[name] = _found(pattern, player.sees(where))
            case Phone(), "uploads", (label, words):
                await player.uploads(label, paper(words))
            case Phone(), "picks", (nth,):
                await player.taps(player.buttons()[nth])
            case Phone(), "opens", (beside, label):
                await player.taps(label, beside=beside)
            case Desk(), "uploads", (label, beside, words):
                await self.upload(player.link(label, beside=beside), paper(words))
            case Desk(), "finds", (key, typed):
                await self.slack.options(player.user, player.modal["id"], player.block(key), typed)
            case Desk(), "presses", (label, where):
                await player.presses(label, where=where)
            case Desk(), "declares", (key,):
                await player.fills({key: player.offered(key)})
            case _:
                await getattr(player, verb)(*what)
        if isinstance(player, Desk) and player.window["modals"] and PLOT["saving"]["title"] in player.sees():
            await player.presses(PLOT["saving"]["button"])

    async def _make_sure(self, who: str, where: str, words: str) -> None:
        player = self._player(who)
        seen = player.recent if isinstance(player, Phone) else player.sees(where)
        if words not in seen:
            raise Astray(f"{who} does not see {words!r}")

    def _player(self, who: str) -> Phone | Desk:
        kind = Phone if who == "company" else Desk
        return kind(self, self.ids[who])

    def _filled(self, what: Any, who: str) -> Any:
        """The same with facts in the place of {…}: those of the person, and everybody's names."""
        if isinstance(what, str):
            names = {role: facts["name"] for role, facts in self.facts.items()}
            bank_day = self.story.calendar.add_business_days(self.today, BANK_DAYS).isoformat()
            own = self.facts["company"] | names | self.facts[who]
            return what.format_map(own | {"bank_day": bank_day} | self.noted)
        if isinstance(what, dict):
            return {key: self._filled(value, who) for key, value in what.items()}
        return [self._filled(value, who) for value in what] if isinstance(what, list) else what


def _step(id: str) -> Json:
    return next(step for step in (*PLOT["step"], *SEQUEL["step"]) if step["id"] == id)


def _found(pattern: str, seen: str) -> str:
    found = re.search(pattern, seen)
    if found is None:
        raise Astray(f"nobody sees {pattern!r}")
    return found[1]


def paper(words: str) -> bytes:
    """A photo of a sheet of paper with these words on it, as JPEG."""
    picture = Image.new("RGB", (900, 1200), "#f4f1ea")
    pen = ImageDraw.Draw(picture)
    for line in range(30):
        pen.text((60, 60 + line * 34), f"{words} {line + 1}", fill="#333333")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
