"""Support plans as they are kept: the plan, its revisions, and the notes both sides wrote on it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.plan_content import Content, PlanMode, Relation, Step
from services.secrets import Encrypted
from services.values import Yen


class PlanState(StrEnum):
    """Where a plan stands (DOMAIN 5.4, 6.4): AGREED waits for the formation review, RETURNED came back from it."""

    SENT = "sent"
    KEPT = "kept"
    IN_DISCUSSION = "in_discussion"
    AGREED = "agreed"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


TALKING = (PlanState.SENT, PlanState.KEPT, PlanState.IN_DISCUSSION)
"""The company may still choose it."""
IN_REVIEW = (PlanState.AGREED, PlanState.RETURNED)
"""The company has chosen it, and it is on its way through the formation review."""
LIVE = (*TALKING, *IN_REVIEW, PlanState.APPROVED)
"""It has not ended."""
_LIVE = "state IN ('sent', 'kept', 'in_discussion', 'agreed', 'returned', 'approved')"
_CHOSEN = "state IN ('agreed', 'approved')"


class Plan(Base):
    """One expert's proposal to one company, about a case or a direct request.

    `told_at` is when the company was told of it; until then it waits for the next digest.
    """

    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("plan_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    route: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    revision: Mapped[int]
    agreed_by_sme_revision: Mapped[int | None]
    agreed_by_expert_revision: Mapped[int | None]
    sent_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    decline_code: Mapped[str | None]
    decline_words: Mapped[str | None] = mapped_column(Encrypted)
    __table_args__ = (
        Index("uq_plans_live_case", "case_id", "expert_id", unique=True, postgresql_where=_LIVE),
        Index("uq_plans_live_request", "request_id", unique=True, postgresql_where=_LIVE),
        Index("uq_plans_agreed_case", "case_id", unique=True, postgresql_where=_CHOSEN),
        Index("ix_plans_case_id", "case_id"),
        Index("ix_plans_company_id", "company_id"),
        Index("ix_plans_expert_id", "expert_id"),
    )

    @property
    def live(self) -> bool:
        """Whether it has not ended."""
        return self.state in LIVE

    @property
    def talking(self) -> bool:
        """Whether the company may still choose it."""
        return self.state in TALKING


class PlanRevision(Base):
    """What a plan said at one revision; never changed once written."""

    __tablename__ = "plan_revisions"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str]
    purpose: Mapped[str] = mapped_column(Encrypted)
    steps: Mapped[Any] = mapped_column(Encrypted)
    price_yen: Mapped[int]
    minutes: Mapped[int]
    honorarium_yen: Mapped[int]
    period_start: Mapped[date]
    period_end: Mapped[date]
    mode: Mapped[str]
    relation: Mapped[str]
    terms_version: Mapped[str]
    place: Mapped[str | None] = mapped_column(Encrypted)
    message: Mapped[str | None] = mapped_column(Encrypted)
    tool_costs_note: Mapped[str | None] = mapped_column(Encrypted)
    package: Mapped[str | None]
    written_at: Mapped[datetime]

    @classmethod
    def of(cls, plan: Plan, content: Content, honorarium: Yen, at: datetime) -> PlanRevision:
        """The row that keeps this content as the plan's present revision."""
        return cls(
            plan_id=plan.id,
            revision=plan.revision,
            area=content.area,
            purpose=content.purpose,
            steps=[vars(step) for step in content.steps],
            price_yen=int(content.price),
            minutes=content.minutes,
            honorarium_yen=int(honorarium),
            period_start=content.period_start,
            period_end=content.period_end,
            mode=content.mode,
            relation=content.relation,
            terms_version=content.terms_version,
            place=content.place,
            message=content.message,
            tool_costs_note=content.tool_costs_note,
            package=content.package,
            written_at=at,
        )

    @property
    def content(self) -> Content:
        """What it says."""
        return Content(
            self.area,
            self.purpose,
            tuple(Step(**step) for step in self.steps),
            Yen(self.price_yen),
            self.period_start,
            self.period_end,
            PlanMode(self.mode),
            Relation(self.relation),
            self.terms_version,
            self.place,
            self.message,
            self.tool_costs_note,
            self.package,
        )


class PlanNote(Base):
    """A few words of one side to the other about a plan; kept as written, shown with contacts masked."""

    __tablename__ = "plan_notes"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    by_sme: Mapped[bool]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Encrypted)
    written_at: Mapped[datetime]
    __table_args__ = (Index("ix_plan_notes_plan_id", "plan_id", "id"),)
