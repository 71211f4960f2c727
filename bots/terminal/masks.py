"""Made-up people in the place of real ones: what somebody has answered is found again wherever it is said."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import form as engine
from conversations.form import UNSURE, Form, Stop
from conversations.questions import Facts, Line, Question, tidy
from locales.language import DEFAULT, speaker
from services import values
from services.answers import Draft
from services.companies import Company
from services.drafts import DraftRow
from services.experts import Expert
from services.programme import Programme
from services.refusals import Refusal
from services.tips_masks import mask_private

DATA: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("record.toml").read_text("utf-8"))
PLAIN = ("EmailAddress", "PhoneNumber", "PostalCode", "CorporateNumber")
FREE = DATA["others"]["free"]
SHORTEST = 2
"""A single sign is nobody's name, and stands everywhere."""


class Masks:
    """What is replaced by what, the longest first; contact data that nobody was asked for is blotted out."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        known = {tidy(real): made_up for real, made_up in pairs if len(tidy(real)) >= SHORTEST}
        self._pairs = sorted(known.items(), key=lambda pair: -len(pair[0]))

    def dress(self, text: str) -> str:
        """The text without anything of anybody's own."""
        return "\n".join(self._line(tidy(line)) for line in text.split("\n"))

    def concern(self, text: str) -> bool:
        """Whether there is anything to replace in a text."""
        line = tidy(text)
        return self.dress(line) != line

    def _line(self, line: str) -> str:
        stand_ins = {}
        for place, (real, made_up) in enumerate(self._pairs):
            if real in line:
                # Not yet the made-up words: another real name may lie in them.
                mark = f"\ue000{place}\ue001"
                line, stand_ins[mark] = line.replace(real, mark), made_up
        line = mask_private(line, names=False)
        for mark, made_up in stand_ins.items():
            line = line.replace(mark, made_up)
        return line


async def masks_of(
    connection: AsyncConnection,
    programme: Programme,
    person_id: int,
    now: datetime,
    typed: Iterable[tuple[str, str]],
) -> Masks:
    """The masks for one person's conversation: their answers, what they `typed`, the names of whoever takes part."""
    facts = Facts(programme, now, programme.today(now), DEFAULT, speaker(DEFAULT))
    rows = await connection.execute(
        select(DraftRow.form, DraftRow.answers).where(DraftRow.person_id == person_id)
    )
    pairs = [
        pair
        for name, answers in rows.all()
        if (form := Form.all.get(name)) is not None
        for stop in engine.walk(form, Draft(name, answers=answers), facts)
        for pair in _answered(stop)
    ]
    return Masks([*[pair async for pair in _names(connection)], *typed, *pairs])


def _answered(stop: Stop) -> Iterator[tuple[str, str]]:
    # What filled itself in follows from an answer, and tells as much.
    made_up = FREE if stop.by_itself else made_up_for(stop.question)
    if made_up is None or not stop.kept or stop.kept == UNSURE:
        return
    yield stop.kept, made_up
    if stop.answered:
        yield stop.facts.say(stop.question.show(stop.value, stop.facts)), made_up


def made_up_for(question: Question[Any]) -> str | None:
    """What stands for the answer to a question, if it is somebody's own; None for one that may be read."""
    if not isinstance(question, Line):
        return None
    if question.value is str:
        return DATA["keys"].get(question.key, FREE)
    return DATA["values"].get(getattr(question.value, "__name__", ""))


def made_up_like(words: str) -> str | None:
    """What stands for words that can be one thing only: a number to call, an address to write to."""
    for name in PLAIN:
        try:
            getattr(values, name)(tidy(words))
        except Refusal:
            continue
        return DATA["values"][name]
    return None


async def _names(connection: AsyncConnection) -> Any:
    others = DATA["others"]
    for name, representative in await connection.execute(select(Company.name, Company.representative)):
        yield name, others["company"]
        yield representative, others["person"]
    for name, display_name in await connection.execute(select(Expert.name, Expert.display_name)):
        yield display_name, others["expert"]
        yield name, others["expert"]
