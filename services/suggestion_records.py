"""What is kept of suggestions, and the words by which experts are found for a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base


class Suggestion(Base):
    """What became of one case and one expert who might suit each other.

    `shown_at` is when the expert was last suggested to the company or the secretariat; `told_at` when somebody
    (`told_by`, of the company or not) let the expert know of the case; `aside_at` when the expert set it aside,
    and `aside_for` why, if that was said.
    """

    __tablename__ = "suggestions"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id", ondelete="CASCADE"), primary_key=True)
    shown_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    told_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    by_company: Mapped[bool | None]
    aside_at: Mapped[datetime | None]
    aside_for: Mapped[str | None]
    __table_args__ = (
        Index("ix_suggestions_expert_id", "expert_id", "shown_at"),
        Index("ix_suggestions_told", "expert_id", "told_at", postgresql_where="told_at IS NOT NULL"),
    )


class ExpertIndexRow(Base):
    """An expert by the words of career, track record and finished supports, and by what is offered where.

    Contact data is taken out, as it is for cases. `words` are those that say something where they stand in a case
    too, by the form under which an index holds them, as they are written.
    """

    __tablename__ = "expert_index"
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id", ondelete="CASCADE"), primary_key=True)
    vector: Mapped[Any] = mapped_column(TSVECTOR)
    words: Mapped[dict[str, Any]]
    __table_args__ = (
        Index(
            "ix_expert_index_vector", "vector", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        ),
    )
