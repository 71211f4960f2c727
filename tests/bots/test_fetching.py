"""What people send in a chat is fetched, checked and kept once, and what is wrong with it is said kindly."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bots.delivery import Failed, Sent
from bots.fetching import ATTEMPTS, LONGEST_PAUSE, LOST, Fetcher, Gone, NotYet, TooLarge
from bots.playground.players import Phone
from conversations import menu
from conversations.acts import FETCHED
from conversations.messages import Attached, Fetched, Say
from conversations.turn import Turn
from locales import Text, _
from services import fetching, inbox, outbox
from services.clock import FrozenClock
from services.database import transaction
from services.documents import Document
from services.filecheck import MEGABYTE, check_sound
from services.outbox import Letter
from services.people import Identity
from services.refusals import Refusal
from services.storage import Storage
from tests.conftest import NOON, ActingAs
from tests.services.pictures import pdf, photo
from tests.town import Town

HANAKO = Identity("line", "line", "U1")
VOICE = b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00" + b"x" * 2000
FILM = b"\x00\x00\x00\x1cftypmp42\x00\x00\x00\x00" + b"x" * 2000


@dataclass
class Chat:
    """A platform that gives what the test lets it give."""

    gives: bytes | Exception = b""
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def fetch(self, ref: str, at_most: int) -> bytes:
        self.asked.append((ref, at_most))
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


class Room:
    """The fetcher with a chat, a storage and somebody to be told."""

    def __init__(self, engine: AsyncEngine, files: Path, acting: ActingAs) -> None:
        self.engine, self.acting, self.chat = engine, acting, Chat()
        self.storage, self.worked = Storage(files), list[Identity]()
        self.fetcher = Fetcher(
            engine, self.storage, FrozenClock(NOON), {"line": self.chat}, self.worked.append
        )

    async def letter(self, kind: str = "photo", name: str = "", ref: str = "77") -> Letter:
        """The letter that fetches what Hanako sent, as it is claimed from the outbox."""
        async with self.acting("U1") as services:
            services.notices.fetch(kind, ref, name, about="handoff:12", purpose="handoff")
            (claim,) = await outbox.post(services.connection, fetching.letters(services))
        (letter,) = claim.letters
        return letter

    async def told(self) -> list[Fetched]:
        """What Hanako's conversation hears, in order."""
        heard = []
        async with transaction(self.engine) as connection:
            while (arrival := await inbox.take(connection, HANAKO)) is not None:
                heard.append(Fetched(**fetching.read(arrival.body)))
        return heard

    async def kept(self) -> list[Document]:
        async with transaction(self.engine) as connection:
            session = AsyncSession(connection, expire_on_commit=False)
            return list(await session.scalars(select(Document).order_by(Document.id)))


@pytest.fixture
def room(engine: AsyncEngine, tmp_path: Path, acting: ActingAs) -> Room:
    return Room(engine, tmp_path, acting)


async def test_a_photo_becomes_a_document_of_its_sender(room: Room) -> None:
    room.chat.gives = photo()
    assert await room.fetcher.send(await room.letter()) == Sent()
    (document,) = await room.kept()
    assert await room.told() == [Fetched("handoff:12", "77", "", document.id)]
    assert room.chat.asked == [("77", 10 * MEGABYTE)]
    assert room.worked == [HANAKO]
    assert await room.storage.get(document.file) == photo()
    assert (document.name, document.mime, document.purpose) == ("document.jpg", "image/jpeg", "handoff")
    assert (document.key, document.draft_id, document.size) == ("handoff:12", None, len(photo()))


@pytest.mark.parametrize(
    ("kind", "name", "data", "filed"),
    [
        ("file", "見積書.PDF", pdf(), "見積書.pdf"),
        ("file", "../../etc/passwd.png", photo("PNG"), "passwd.png"),
        ("audio", "", VOICE, "document.m4a"),
        ("audio", "memo.mp4", FILM, "memo.m4a"),
    ],
)
async def test_files_and_voices_are_kept_as_what_they_are(
    room: Room, kind: str, name: str, data: bytes, filed: str
) -> None:
    room.chat.gives = data
    await room.fetcher.send(await room.letter(kind, name))
    (document,) = await room.kept()
    assert document.name == filed


@pytest.mark.parametrize(
    ("kind", "gives", "why"),
    [
        ("video", FILM, "Videos cannot be taken"),
        ("file", b"PK\x03\x04" + b"x" * 999, "Word, Excel and ZIP"),
        ("file", b"#!/bin/sh", "This kind of file"),
        ("photo", b"", "The file is empty"),
        ("photo", TooLarge(), "larger than {at_most} MB"),
        ("audio", TooLarge(), "This voice message is larger than {at_most} MB"),
        ("audio", b"RIFF....WAVE", "This voice message cannot be played"),
        ("photo", Gone("410"), LOST.message),
    ],
)
async def test_what_cannot_be_used_is_told_and_not_kept(
    room: Room, kind: str, gives: bytes | Exception, why: str
) -> None:
    room.chat.gives = gives
    assert await room.fetcher.send(await room.letter(kind)) == Sent()
    (heard,) = await room.told()
    assert heard.document_id is None and heard.problem is not None
    assert why in heard.problem.message
    assert await room.kept() == []


async def test_how_large_it_may_be_is_said_in_numbers(room: Room) -> None:
    room.chat.gives = TooLarge()
    await room.fetcher.send(await room.letter())
    (heard,) = await room.told()
    assert heard.problem is not None and heard.problem.values == {"at_most": 10}


async def test_what_is_not_there_yet_is_asked_for_again_for_a_minute_at_most(room: Room) -> None:
    room.chat.gives = NotYet("still being prepared")
    letter, waited = await room.letter(), 0.0
    for attempt in range(1, ATTEMPTS):
        answer = await room.fetcher.send(replace(letter, attempts=attempt))
        assert isinstance(answer, Failed) and answer.again and answer.after is not None
        assert answer.after <= LONGEST_PAUSE
        waited += answer.after.total_seconds()
    assert waited <= 60
    assert await room.told() == []
    assert await room.fetcher.send(replace(letter, attempts=ATTEMPTS)) == Sent()
    (heard,) = await room.told()
    assert heard.problem == LOST


async def test_what_is_fetched_twice_is_kept_and_told_once(room: Room) -> None:
    room.chat.gives = photo()
    letter = await room.letter()
    await asyncio.gather(room.fetcher.send(letter), room.fetcher.send(replace(letter, attempts=2)))
    assert len(await room.kept()) == 1
    assert len(await room.told()) == 1


async def test_the_same_file_sent_again_is_news(room: Room) -> None:
    room.chat.gives = photo()
    letter = await room.letter()
    for key in (letter.retry_key, uuid.uuid4()):
        await room.fetcher.send(replace(letter, retry_key=key))
    assert len(await room.told()) == 2


async def test_a_channel_without_files_gives_none(room: Room) -> None:
    letter = await room.letter()
    body = (letter.body or {}) | {"identity": ["mail", "", "a@b.example"]}
    assert await room.fetcher.send(replace(letter, body=body)) == Sent()
    assert room.chat.asked == []


async def test_a_fault_of_ours_keeps_the_letter(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(data: bytes) -> str:
        raise OSError("no space left")

    room.chat.gives = photo()
    monkeypatch.setattr(room.storage, "put", full)
    with pytest.raises(OSError, match="no space"):
        await room.fetcher.send(await room.letter())
    assert await room.told() == []


async def test_the_programme_itself_sends_nothing(acting: ActingAs) -> None:
    async with acting(None) as services:
        services.notices.fetch("photo", "1", "", about="handoff:1", purpose="handoff")
        with pytest.raises(RuntimeError):
            fetching.letters(services)


def test_a_voice_message_may_be_as_long_as_there_is_room() -> None:
    assert check_sound(VOICE, 1) == "audio/mp4"
    with pytest.raises(Refusal):
        check_sound(VOICE + b"x" * MEGABYTE, 1)


# --- the whole way


Claim = Callable[[Turn, Attached], Awaitable[bool]]


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch) -> list[Fetched]:
    """A conversation that wants whatever is sent, and says what became of it."""
    came: list[Fetched] = []

    async def claim(turn: Turn, attached: Attached) -> bool:
        about = attached.thread or "test:1"
        turn.services.notices.fetch(
            attached.kind, attached.ref, attached.name, about=f"test:{about}", purpose="test"
        )
        return True

    async def take(turn: Turn, fetched: Fetched) -> None:
        came.append(fetched)
        turn.say(Say(fetched.problem or _("Yes")))

    monkeypatch.setattr(menu, "RECEIVERS", [claim])
    monkeypatch.setitem(FETCHED, "test", take)
    return came


async def friend(town: Town) -> Phone:
    return await town.phone().adds_us()


async def test_a_photo_from_the_phone_arrives_and_is_answered(town: Town, talk: list[Fetched]) -> None:
    phone = await friend(town)
    town.line.account.slow_content = 1
    town.ouentai.delivery.in_a_hurry = True
    await phone.sends_photo(photo())
    while not talk:
        await town.ouentai.delivery.sweep()
        await town.idle()
        await asyncio.sleep(0.05)
    assert talk[0].document_id is not None
    assert phone.last == "はい"
    town.accepted()


async def test_each_of_several_photos_is_answered_once(town: Town, talk: list[Fetched]) -> None:
    phone = await friend(town)
    events = await town.line.photos(phone.user, photo(), photo(size=(800, 600)))
    await town.line.deliver(*events, redelivery=True)
    await town.idle()
    assert len(talk) == 2
    assert len({fetched.document_id for fetched in talk}) == 2


async def test_a_photo_taken_back_at_once_is_asked_for_again(town: Town, talk: list[Fetched]) -> None:
    phone = await friend(town)
    event = town.line._file(phone.user, "image", photo(), "image/jpeg")
    town.line.account.expire(event["message"]["id"])
    await town.line.deliver(event)
    await town.idle()
    assert [fetched.problem for fetched in talk] == [LOST]
    assert isinstance(talk[0].problem, Text)


async def test_a_file_from_slack_arrives_and_is_answered_in_the_dm(town: Town, talk: list[Fetched]) -> None:
    desk = town.desk()
    file = town.slack.upload(desk.user, "見積書.pdf", pdf())
    await town.slack.message(desk.user, None, "", files=[file])
    await town.idle()
    (fetched,) = talk
    assert (fetched.name, fetched.document_id is None) == ("見積書.pdf", False)
    assert "はい" in desk.sees("dm")
    town.accepted()
