"""Hand-offs to a person of the secretariat as they are kept: the conversation, its words, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted


class HandoffState(StrEnum):
    """Whether nobody has it yet, a clerk has it, the person is asked if it is solved, or it is over."""

    WAITING = "waiting"
    TAKEN = "taken"
    ENDED = "ended"
    CLOSED = "closed"


TALK = "talk:"
"""Begins the name of the thread in which somebody is answered, where a platform has threads."""
OPEN_STATES = (HandoffState.WAITING, HandoffState.TAKEN)
"""While it is in one of these, what the person types belongs to it."""


class Side(StrEnum):
    """Whose words they are; a packet is what was passed on when the person asked for somebody."""

    PERSON = "person"
    CLERK = "clerk"
    PACKET = "packet"


class Half(StrEnum):
    """The half of a business day in which somebody would like to be called."""

    MORNING = "am"
    AFTERNOON = "pm"


@dataclass(frozen=True)
class Packet:
    """What is passed on to the clerk: where the person is, what they answered, what went wrong, what they add.

    `answers` are as a form keeps them, without contact, bank and identity data, of which `left_out` says how
    many there were. `record` is the number of what the person was looking at; `misheard` the last words that
    were not understood.
    """

    form: str | None = None
    question: str | None = None
    draft_id: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0
    record: str | None = None
    misheard: str | None = None
    added: str | None = None

    def kept(self) -> dict[str, Any]:
        """The packet as it is stored, encrypted."""
        return asdict(self) | {"answers": dict(self.answers)}


class HandoffPreparation(Base):
    """What somebody is shown before it is passed on; nobody else sees it."""

    __tablename__ = "handoff_preparations"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    packet: Mapped[Any] = mapped_column(Encrypted)
    revision: Mapped[int]
    at: Mapped[datetime]

    @property
    def content(self) -> Packet:
        """What would be passed on."""
        return Packet(**self.packet)


class Handoff(Base):
    """One conversation between somebody and the secretariat; asked for again soon after, it is the same one.

    It began to wait at `waiting_since`, and `step` steps of the ladder have been gone since. The person waits
    for an answer since `unanswered_since`. `form`, `question` and `record` say what it is about and hold no
    personal data. `acknowledged_at`: when the person was last told that their words have arrived.
    """

    __tablename__ = "handoffs"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("handoff_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    channel: Mapped[str]
    state: Mapped[str]
    revision: Mapped[int]
    form: Mapped[str | None]
    question: Mapped[str | None]
    record: Mapped[str | None]
    draft_id: Mapped[int | None] = mapped_column(BigInteger)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime]
    unanswered_since: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    step: Mapped[int] = mapped_column(SmallInteger)
    call_day: Mapped[date | None]
    call_half: Mapped[str | None]
    call_phone: Mapped[str | None] = mapped_column(Encrypted)
    called_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_handoffs_going_on", "person_id", unique=True, postgresql_where="state <> 'closed'"),
        Index("ix_handoffs_person_id", "person_id", "changed_at"),
        Index("ix_handoffs_queue", "waiting_since", postgresql_where="state IN ('waiting', 'taken')"),
    )

    @property
    def open(self) -> bool:
        """Whether what the person types belongs to it."""
        return self.state in OPEN_STATES


class HandoffMessage(Base):
    """What was said or sent, word for word; rows are only ever added. A packet's `content` is its parts."""

    __tablename__ = "handoff_messages"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"))
    side: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    content: Mapped[Any] = mapped_column(Encrypted)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    at: Mapped[datetime]
    __table_args__ = (Index("ix_handoff_messages_handoff_id", "handoff_id", "id"),)

    @property
    def text(self) -> str:
        """The words of a message; none of a packet."""
        return self.content if isinstance(self.content, str) else ""

    @property
    def packet(self) -> Packet:
        """What was passed on with it."""
        return Packet(**self.content) if isinstance(self.content, dict) else Packet()


class HandoffRound(Base):
    """One time somebody asked for a person: when, and after how many office minutes it was answered and ended."""

    __tablename__ = "handoff_rounds"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"))
    opened_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_minutes: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    ended_minutes: Mapped[int | None]
    solved: Mapped[bool | None]
    __table_args__ = (
        Index("ix_handoff_rounds_handoff_id", "handoff_id", "id"),
        Index("ix_handoff_rounds_opened_at", "opened_at"),
    )


@dataclass(frozen=True)
class Summary:
    """How the secretariat is doing: who waits now, and medians in office minutes over the last 30 days."""

    waiting: int
    taken: int
    oldest: datetime | None
    first_reply: int | None
    ended: int | None


def talk(handoff: Handoff) -> str:
    """The thread in which the person of a hand-off is answered."""
    return f"{TALK}{handoff.id}"
