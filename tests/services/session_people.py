"""A company and an expert with a contract in support, and what each of them does about a session, in one line each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services.contract_records import Contract
from services.session_records import Session, SessionMode
from services.sessions import Answer, Record
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road

OWNER, EXPERT, OTHER_EXPERT, OTHER_OWNER = "U-owner", "U-taro", "U-jiro", "U-mise"
ONE = datetime(2021, 11, 10, 4, 0, tzinfo=UTC)
"""One in the afternoon in Tokyo on a day of the period."""
SUMMARY = "受注の流れを一緒に書き出し、紙とノートで重なっている作業を三つ見つけました。次回までに、使う道具を選びます。"
RECORD = Record(SessionMode.ONLINE, ["SURVEY"], SUMMARY)


def after(minutes: float) -> datetime:
    """So many minutes after one o'clock."""
    return ONE + timedelta(minutes=minutes)


@dataclass(frozen=True)
class Place:
    """A company and an expert with a contract on 32 hours, and how each of them acts."""

    acting: ActingAs
    contract_id: int

    def taro(self, minutes: float = 0) -> Any:
        """The expert acts in Slack, so many minutes after one o'clock."""
        return self.acting(EXPERT, "slack", after(minutes))

    def owner(self, minutes: float = 0) -> Any:
        """The company acts on LINE."""
        return self.acting(OWNER, "line", after(minutes))

    async def start(self) -> Session:
        """The expert begins at one."""
        async with self.taro() as services:
            return await services.sessions.start(self.contract_id)

    async def clocked(self, minutes: float = 120, word: bool = True) -> Session:
        """A session of so many minutes, both clocks agreeing."""
        session = await self.start()
        async with self.owner() as services:
            if word:
                await services.sessions.give_word(session.id, session.code_word)
            else:
                await services.sessions.join(session.id)
        async with self.taro(minutes) as services:
            await services.sessions.stop(session.id)
        async with self.owner(minutes) as services:
            return await services.sessions.stop(session.id)

    async def recorded(self, minutes: float = 120, record: Record = RECORD) -> Session:
        """The same, recorded by the expert."""
        session = await self.clocked(minutes)
        async with self.taro(minutes + 5) as services:
            return await services.sessions.record(session.id, session.revision, record)

    async def answered(self, answer: Answer) -> Session:
        """The same, answered by the company."""
        session = await self.recorded()
        async with self.owner(140) as services:
            return await services.sessions.answer(
                session.id, session.revision, answer, "15時ではなく14時半です"
            )

    async def now(self, session: Session) -> Session:
        """A session as it is."""
        async with self.acting(None) as services:
            found = await services.sessions.get(session.id)
            assert found is not None
            return found

    async def contract(self) -> Contract:
        """The contract."""
        async with self.acting(None) as services:
            found = await services.contracts.get(self.contract_id)
            assert found is not None
            return found


async def under_contract(acting: ActingAs, owner: str, expert: str, **other: Any) -> int:
    """A contract between two people, who are registered if they are new."""
    async with acting(expert, "slack") as services:
        its_expert = await services.experts.mine() or await people.expert(services)
    async with acting(owner) as services:
        company = await services.companies.mine() or await people.company(services)
        return (await road.contract(services, company, its_expert, **other)).id
