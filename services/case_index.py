"""The words of open cases as the database looks them up.

The words of published texts lie here unencrypted, contact data taken out, because a database must be able
to look them up. A row exists only while its case is open.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, REAL, BigInteger, ForeignKey, Index, SmallInteger, Text, desc
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base

SHAPE = 1
"""Grows whenever rows are made otherwise than before; older ones are then made anew in the background."""


class IndexRow(Base):
    """One open case, by its words: A of the title, B of what it is about, C of problem and goal, D of the rest.

    Beside them stands all by which cases are narrowed down, ordered and counted, so that `cases` is read only for
    those that are shown. `norm` is what a long text's words are divided by. Defaults are those of an older shape: such
    a row is found by its words until it is made anew.
    """

    __tablename__ = "case_index"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    published_at: Mapped[datetime]
    vector: Mapped[Any] = mapped_column(TSVECTOR)
    shape: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    norm: Mapped[float] = mapped_column(REAL, server_default="7")
    company_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    proposal_deadline: Mapped[date] = mapped_column(server_default="2200-01-01")
    minutes: Mapped[int | None]
    budget_yen: Mapped[int | None]
    areas: Mapped[Any] = mapped_column(ARRAY(Text), server_default="{}")
    prefecture: Mapped[str] = mapped_column(server_default="")
    mode: Mapped[str] = mapped_column(server_default="")
    industry: Mapped[str] = mapped_column(server_default="")
    __table_args__ = (
        # Without fastupdate: a list of pending words makes every search slower until it is merged.
        Index(
            "ix_case_index_vector", "vector", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        ),
        Index("ix_case_index_published_at", "published_at", "case_id"),
        Index("ix_case_index_deadline", "proposal_deadline", desc("published_at"), desc("case_id")),
    )
