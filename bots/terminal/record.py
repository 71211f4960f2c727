"""`app.py record`: writes a conversation of the last days down as a script, so that one that failed becomes a test.

What is kept of it – events of the inbox, letters that were sent – is kept for seven days; nothing of it that is
anybody's own gets into the script.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bots.terminal.masks import DATA, FREE, Masks, made_up_for, made_up_like, masks_of
from conversations import everything
from conversations.form import Form
from conversations.vocabulary import corrected, is_question, meant
from locales.language import NAMES, speaker
from services import installation
from services.clock import in_tokyo, wall
from services.companies import Company, MemberRow
from services.database import transaction
from services.inbox import InboxRow
from services.outbox import LetterRow, MailboxRow
from services.people import IdentityRow
from services.programme import Programme
from services.secrets import unseal

Json = Mapping[str, Any]
WRONG = 2
LINE = "line"
OWN = "ouentai"
WORDS = DATA["words"]
A_PAUSE = timedelta(hours=1)
ANSWERED_WITHIN = timedelta(minutes=1)
"""A letter that was written later answers nothing that the person did."""
LONGEST_LOOK = 40
PROGRESS = re.compile(r"\d+/\d+")
MENUS = Path(__file__).parents[1] / "line" / "menus.toml"
SENT = {"image": "photo", "video": "video", "audio": "audio", "file": "file", "location": "location"}


@dataclass(frozen=True)
class Happened:
    """One thing that was kept: an event of the person, or a letter to them."""

    at: datetime
    event: Json | None = None
    letter: Json | None = None


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its arguments."""
    made = commands.add_parser("record", help="write somebody's conversation on LINE down as a script")
    made.add_argument("who", help="the id of a person, or their user id on LINE")
    made.add_argument("--to", type=Path, help="the file to write; without it, it is printed")


async def record(engine: AsyncEngine, programme: Programme, who: str, to: Path | None) -> int:
    """Write down what is still kept of somebody's conversation; returns 2 when nothing is."""
    everything.load()
    async with transaction(engine) as connection:
        script = await written(connection, programme, who)
    if script is None:
        print("Nothing is kept of a conversation with this person.", file=sys.stderr)
        return WRONG
    if to is None:
        print(script, end="")
    else:
        to.write_text(script, "utf-8")
    return 0


async def written(connection: AsyncConnection, programme: Programme, who: str) -> str | None:
    """The script of somebody's conversation; None when nothing of it is kept."""
    asked = IdentityRow.person_id == int(who) if who.isdecimal() else IdentityRow.external == who
    identity = (
        await connection.execute(select(IdentityRow).where(IdentityRow.channel == LINE, asked).limit(1))
    ).one_or_none()
    if identity is None:
        return None
    happened = sorted(
        [
            *[one async for one in _events(connection, identity.external)],
            *[one async for one in _letters(connection, identity.external)],
        ],
        key=lambda one: one.at,
    )
    if not any(one.event for one in happened):
        return None
    now = wall() + await installation.offset(connection)
    masks = await masks_of(connection, programme, identity.person_id, now, typed(happened))
    begins = await _beginning(connection, identity.person_id, happened[0])
    return "\n".join([*_head(begins, happened[0]), *Writer(masks).lines(happened)]) + "\n"


async def _events(connection: AsyncConnection, external: str) -> Any:
    mine = select(InboxRow.received_at, InboxRow.body).where(
        InboxRow.channel == LINE, InboxRow.external == external, InboxRow.body.is_not(None)
    )
    for at, body in await connection.execute(mine.order_by(InboxRow.id)):
        yield Happened(at, event=unseal(body or b""))


async def _letters(connection: AsyncConnection, external: str) -> Any:
    mine = (
        select(LetterRow.created_at, LetterRow.body)
        .join(MailboxRow, MailboxRow.id == LetterRow.mailbox_id)
        .where(MailboxRow.channel == LINE, MailboxRow.address == external)
        .where(LetterRow.kind == "say", LetterRow.body.is_not(None))
    )
    for at, body in await connection.execute(mine.order_by(LetterRow.id)):
        yield Happened(at, letter=unseal(body or b""))


def typed(happened: Sequence[Happened]) -> Iterator[tuple[str, str]]:
    """What was typed in answer to a question for something of one's own, with what stands for it."""
    asked: dict[str, str] = {}
    for form in Form.all.values():
        for question in form.questions:
            if made_up := made_up_for(question):
                asked |= {speaker(language)(question.ask): made_up for language in NAMES}
    labels: set[str] = set()
    made_up = before = None
    for one in happened:
        if one.letter is not None:
            messages = one.letter.get("messages", [])
            labels |= {str(action.get("label", "")) for action in _actions(messages)}
            lines = [line for text in _texts(messages) for line in text.split("\n")]
            now = next((asked[line] for line in lines if line in asked), None)
            made_up, before = now, made_up if now != made_up else before
            continue
        about = (one.event or {}).get("message") or {}
        words = about.get("text", "") if about.get("type") == "text" else ""
        if again := corrected(words):
            if again not in labels:
                yield again, made_up_like(again) or before or FREE
        elif made_up and words and meant(words) is None and not is_question(words):
            yield words, made_up


async def _beginning(connection: AsyncConnection, person_id: int, first: Happened) -> str:
    if first.event is not None and first.event.get("type") == "follow":
        return WORDS["nobody"]
    company = await connection.scalar(
        select(Company.id)
        .join(MemberRow, MemberRow.company_id == Company.id)
        .where(MemberRow.person_id == person_id, Company.applied_at < first.at)
        .limit(1)
    )
    return WORDS["friend"] if company is None else WORDS["registered"]


def _head(begins: str, first: Happened) -> list[str]:
    return [f"# recorded: LINE, {in_tokyo(first.at):%Y-%m-%d}", f"{WORDS['begins']}: {begins}"]


class Writer:
    """Writes line after line, with the letters that were there so far in mind."""

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._shown: list[Json] = []
        self._labels = _menu_labels()

    def lines(self, happened: Sequence[Happened]) -> Iterator[str]:
        """What was done and what was said, in order."""
        before: datetime | None = None
        answers: list[Json] = []
        for one in happened:
            if one.event is None:
                assert one.letter is not None
                messages = one.letter.get("messages", [])
                self._shown.extend(messages)
                if before is not None and one.at - before <= ANSWERED_WITHIN:
                    answers.extend(messages)
                else:
                    yield from self._news(messages)
                continue
            yield from self._looks(answers)
            answers = []
            if before is not None and one.at - before > A_PAUSE:
                yield _pause(one.at - before)
            yield self._deed(one.event)
            before = one.at
        yield from self._looks(answers)

    def _deed(self, event: Json) -> str:
        who = WORDS["person"]
        about = event.get(event.get("type", ""), {})
        match event:
            case {"type": "follow"}:
                return f"{who} adds us"
            case {"type": "unfollow"}:
                return f"{who} blocks us"
            case {"type": "postback"}:
                return self._tap(about)
            case {"type": "message"} if about.get("type") == "text":
                return f"{who}: {self._masks.dress(about.get('text', '')).replace(chr(10), chr(0x21B5))}"
            case {"type": "message"} if about.get("type") == "sticker":
                return f"{who} sticker: {', '.join(about.get('keywords') or ['?'])}"
            case {"type": "message"} if about.get("type") in SENT:
                return f"{who} sends: {SENT[about['type']]}"
            case _ if OWN in event:
                return f"{who} uploads: {self._newest_link()}"
        return f"# {event.get('type', 'something')} that can't be played"

    def _tap(self, about: Json) -> str:
        data, picked = about.get("data", ""), (about.get("params") or {}).get("date")
        label = self._label(data)
        if label is None:
            return "# a button that is no longer kept was pressed"
        label = self._masks.dress(label)
        return (
            f"{WORDS['person']} picks: {label} = {picked}" if picked else f"{WORDS['person']} taps: {label}"
        )

    def _label(self, data: str) -> str | None:
        for action in self._actions():
            if action.get("data") == data:
                return str(action.get("label", ""))
        return self._labels.get(data)

    def _newest_link(self) -> str:
        return next((action.get("label", "?") for action in self._actions() if action["type"] == "uri"), "?")

    def _actions(self) -> Iterator[Json]:
        for message in reversed(self._shown):
            yield from _actions(message)

    def _looks(self, messages: Sequence[Json]) -> Iterator[str]:
        """What was said in answer, as far as it is the same whoever it is said to."""
        if messages:
            lines = [line for text in _texts(messages[-1]) for line in text.split("\n")]
            yield from (f"\u2192 {line}" for line in lines if PROGRESS.fullmatch(line))
            told = [line for line in lines if self._always_so(line)]
            if told:
                yield f"\u2192 {max(told, key=len)}"

    def _always_so(self, line: str) -> bool:
        plain = 1 < len(line) <= LONGEST_LOOK and not any(sign.isdigit() for sign in line)
        return plain and line == line.strip() and not self._masks.concern(line)

    def _news(self, messages: Sequence[Json]) -> Iterator[str]:
        for message in messages[:1]:
            first = next((line for text in _texts(message) for line in text.split("\n")), "")
            yield f"# then came: {self._masks.dress(first)[:LONGEST_LOOK]}"


def _pause(gone: timedelta) -> str:
    if gone >= timedelta(days=1):
        return f"+{gone.days}{WORDS['day']}"
    return f"+{gone // timedelta(hours=1)}{WORDS['hour']}"


def _menu_labels() -> dict[str, str]:
    """What stands on the rich menus, by the data of a tap."""
    menus = tomllib.loads(MENUS.read_text("utf-8"))
    cells = [cell for menu in menus.values() for cell in menu.get("cells", ())]
    return {f"a={cell['act']}": cell["label"] for cell in cells}


def _actions(shown: Any) -> Iterator[Json]:
    if isinstance(shown, Mapping):
        if shown.get("type") in ("postback", "uri", "datetimepicker"):
            yield shown
        for value in shown.values():
            yield from _actions(value)
    elif isinstance(shown, list):
        for item in shown:
            yield from _actions(item)


def _texts(shown: Any) -> Iterator[str]:
    """What is read in a message, without its buttons."""
    if isinstance(shown, Mapping):
        if isinstance(shown.get("text"), str) and "action" not in shown:
            yield shown["text"]
        for key, value in shown.items():
            if key not in ("action", "quickReply"):
                yield from _texts(value)
    elif isinstance(shown, list):
        for item in shown:
            yield from _texts(item)
