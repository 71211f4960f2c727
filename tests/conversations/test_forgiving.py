"""Whatever a person does in the middle of whichever form: no answer is lost, and nothing breaks."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from bots.line.render import render
from bots.playground.line_rules import problems
from conversations import everything
from conversations import form as engine
from conversations.choices import Documents
from conversations.form import Form
from conversations.messages import Act, Attached, Message, Pressed, Said, Say, Uploaded
from conversations.turn import Turn, take
from locales.language import speaker
from services.answers import DONE, Draft
from services.bundle import Services
from services.clock import FrozenClock
from services.database import connect
from services.people import Identity, lock
from services.programme import Programme, load
from services.secrets import open_vault
from tests.conftest import KEY, NOON
from tests.conversations.samples import sample

everything.load()
FORMS = sorted((form for form in Form.all.values() if form.questions), key=lambda form: form.name)
SAID = {
    "garbage": "ほげほげ ???",
    "back": "戻る",
    "help": "ヘルプ",
    "question": "いくらかかりますか？",
    "status": "状況",
    "menu": "メニュー",
    "resume": "続き",
    "repeat": "もう一度",
    "change": "直す",
    "correction": "やっぱりほげ",
    "thanks": "ありがとう",
    "yes": "はい",
    "no": "いいえ",
    "skip": "スキップ",
    "unsure": "わからない",
    "answer": "回答です",
    "deadline": "いつまで",
}
DEEDS = ("valid", "sticker", "nod", "photo", "old button", "days", *SAID)
CHANGES = ("valid", "old button", "correction", "yes", "no", "skip", "unsure", "answer", "nod", "garbage")
"""What may be an answer, and so take the place of the one that is being changed."""


class Chat:
    """One person at one form, in one transaction that is thrown away afterwards."""

    def __init__(self, services: Services, form: type[Form], draft: Draft) -> None:
        self.services, self.form, self.id = services, form, draft.id
        self.events = 0

    async def draft(self) -> Draft:
        """The form as it is kept."""
        found = await self.services.drafts.get(self.id)
        assert found is not None
        return found

    async def does(self, deed: str, place: int) -> None:
        """Do one thing, look whether it can be shown on a phone, and whether everything is still there."""
        before = await self.draft()
        heard = await self._event(deed, place, before)
        said = await self._turn(heard)
        # A file that came is spoken of when its sender is back in the chat.
        assert said or (deed == "valid" and isinstance(heard, Uploaded)), deed
        if said:
            assert problems(render(said, speaker("ja"), "https://play.invalid")) == []
        after = await self.draft()
        new = {key for key, answer in after.answers.items() if before.answers.get(key) != answer}
        changed = new & set(before.answers)
        lost = {key for key in before.answers if key not in after.answers}
        assert not changed or deed in CHANGES, (deed, changed)
        # What follows from an answer is asked again when that has changed, and only then.
        assert all(self._follows(key, new | lost) for key in lost), (deed, lost)

    def _follows(self, key: str, changed: set[str]) -> bool:
        question = self.form.question(key)
        assert question is not None
        return any(source.key in changed for source in question.sources)

    async def _turn(self, heard: Any) -> Sequence[Message]:
        self.events += 1
        assert self.services.person is not None
        turn = Turn(self.services.person, self.services, chatty=True)
        await take(turn, heard)
        return turn.said

    async def _event(self, deed: str, place: int, draft: Draft) -> Any:
        facts = Turn(self.services.person, self.services, chatty=True).facts  # type: ignore[arg-type]
        path = engine.walk(self.form, draft, facts)
        here = engine.current(path, draft)
        match deed:
            case "valid" if here is None or draft.state == DONE:
                return Pressed(Act("form.resume", {"d": str(self.id)}))
            case "valid" if isinstance(here.question, Documents):
                return Uploaded(self.id, here.question.key, 1)
            case "valid":
                return Pressed(
                    Act("form.answer", {"d": str(self.id), "k": here.question.key, "v": sample(here)})
                )
            case "old button":
                stop = path[place % len(path)]
                if isinstance(stop.question, Documents) or stop is here:
                    return Pressed(Act("form.edit", {"d": str(self.id), "k": stop.question.key}))
                value = stop.kept if stop.kept is not None else "?"
                return Pressed(Act("form.answer", {"d": str(self.id), "k": stop.question.key, "v": value}))
            case "sticker":
                return Attached("sticker")
            case "nod":
                return Attached("sticker", keywords=("OK",))
            case "photo":
                return Attached("photo")
            case "days":
                self.services.now += timedelta(days=1)
                return Said("お世話になっております")
        return Said(SAID[deed])


class Room:
    """A loop and a database for all of it: whatever happens in a chat is taken back afterwards."""

    def __init__(self, database: str, rules: Programme) -> None:
        self.loop, self.rules = asyncio.new_event_loop(), rules
        self.engine = connect(database)

    def play(self, form: type[Form], deeds: Sequence[tuple[str, int]]) -> None:
        """One person does these things at this form."""
        self.loop.run_until_complete(self._play(form, deeds))

    async def _play(self, form: type[Form], deeds: Sequence[tuple[str, int]]) -> None:
        async with self.engine.connect() as connection, connection.begin() as transaction:
            person = await lock(connection, Identity("line", "line", "U-forgiven"))
            services = Services(connection, self.rules, FrozenClock(NOON), person)
            draft = await services.drafts.save(Draft(form.name, ""), NOON)
            chat = Chat(services, form, draft)
            for deed, place in deeds:
                await chat.does(deed, place)
            await transaction.rollback()

    def close(self) -> None:
        """Leave the database."""
        self.loop.run_until_complete(self.engine.dispose())
        self.loop.close()


@pytest.fixture(scope="module")
def room(template: str) -> Iterator[Room]:
    """The room, on a database of its own: numbers that are taken back are not given again."""
    open_vault([KEY])
    origin = make_url(template)
    name = f"room_{uuid.uuid4().hex}"
    with psycopg.connect(str(origin.set(database="postgres")), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{origin.database}" STRATEGY FILE_COPY')
        made = Room(str(origin.set(database=name)), load("phase2"))
        yield made
        made.close()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def _sent(self: Form, turn: Turn) -> None:
    turn.say(Say("sent"))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=(Phase.generate,),
)
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 30)), min_size=4, max_size=12))
def test_no_sequence_loses_an_answer_or_breaks(
    form: type[Form], deeds: list[tuple[str, int]], room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form, "complete", _sent)
    room.play(form, deeds)
