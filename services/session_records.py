"""Support sessions and their evidence as they are kept (DOMAIN 7.2)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted


class SessionState(StrEnum):
    """Where a session stands: RUNNING has no end yet, ENDED waits for the expert's record, RECORDED for the company."""

    RUNNING = "running"
    ENDED = "ended"
    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    DENIED = "denied"
    CANCELLED = "cancelled"


COUNTED = (
    SessionState.RUNNING,
    SessionState.ENDED,
    SessionState.RECORDED,
    SessionState.CONFIRMED,
    SessionState.DISPUTED,
)
"""It takes up time: another may not overlap it."""


class SessionMode(StrEnum):
    """How support was given; at the desk the expert works without the company."""

    ONLINE = "online"
    VISIT = "visit"
    DESK = "desk"


class Session(Base):
    """One session; both sides' clocks are kept beside the times that count. Times are aware UTC, minutes are minutes.

    `start_at` and `end_at` are what counts: the overlap of both clocks, or what was entered late with a reason.
    `billable_minutes` is what may be billed, in whole units, without the break (DOMAIN 8.3). `flags` are codes
    that a reviewer should see (`session_rules.Flag`). A change makes a new `revision`, on which confirmation is based.
    `code_word` is what the company types to show that it is there; it is empty where nobody could say it.
    `raised_at` is when the secretariat was first shown it, denied or unanswered.
    """

    __tablename__ = "sessions"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("session_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    revision: Mapped[int]
    mode: Mapped[str]
    code_word: Mapped[str]
    word_given_at: Mapped[datetime | None]
    word_tries: Mapped[int] = mapped_column(default=0)
    expert_started_at: Mapped[datetime | None]
    expert_ended_at: Mapped[datetime | None]
    sme_started_at: Mapped[datetime | None]
    sme_ended_at: Mapped[datetime | None]
    start_at: Mapped[datetime]
    end_at: Mapped[datetime | None]
    break_minutes: Mapped[int] = mapped_column(default=0)
    billable_minutes: Mapped[int] = mapped_column(default=0)
    late_reason: Mapped[str | None] = mapped_column(Encrypted)
    tasks: Mapped[list[Any]] = mapped_column(default=list)
    summary: Mapped[str | None] = mapped_column(Encrypted)
    attendees: Mapped[str | None] = mapped_column(Encrypted)
    place: Mapped[str | None] = mapped_column(Encrypted)
    next_on: Mapped[date | None]
    flags: Mapped[list[Any]] = mapped_column(default=list)
    recorded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    dispute: Mapped[str | None] = mapped_column(Encrypted)
    raised_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_sessions_contract_id", "contract_id", "start_at"),
        Index("ix_sessions_company_id", "company_id", "start_at"),
        Index("ix_sessions_expert_id", "expert_id", "start_at"),
        Index("uq_sessions_running_expert", "expert_id", unique=True, postgresql_where="state = 'running'"),
    )


class EvidenceKind(StrEnum):
    """What shows that a session took place, or that a report and a claim are true (DOMAIN 7.2, 7.3, 8.5)."""

    PHOTO = "photo"
    RECORDING = "recording"
    MATERIAL = "material"
    PAYMENT_PROOF = "payment_proof"
    TRAVEL_RECEIPT = "travel_receipt"


class Evidence(Base):
    """One piece of evidence of a session or a claim: a file that we hold, or a reference to one that is kept elsewhere.

    A recording is a reference with its SHA-256 (hex), length in minutes and beginning; files are `documents`.
    """

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    reference: Mapped[str | None] = mapped_column(Encrypted)
    sha256: Mapped[str | None]
    length_minutes: Mapped[int | None]
    began_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    removed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_evidence_contract_id", "contract_id", "id"),
        Index("ix_evidence_session_id", "session_id", "id"),
        Index("ix_evidence_sha256", "sha256"),
    )
