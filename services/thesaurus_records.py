"""Changes to the thesaurus as they are kept: each with who made it, when and why; none is ever changed or taken out."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base

ONLY = 1


class ThesaurusEditionRow(Base):
    """Which edition of the thesaurus is in force: one row, whose mark is a new one after each change.

    Whoever changes the thesaurus writes it first and so has it to themselves. The mark is random, so that one which
    was rolled back is never met again.
    """

    __tablename__ = "thesaurus_edition"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    edition: Mapped[uuid.UUID]


class ThesaurusEdit(Base):
    """One change to one group of words.

    `words` says for each word what it is from now on, `before` what it was: "same", "kind" or "out". A change that
    takes an earlier one back names it in `undoes`. `prepared_to`: up to this case the index knows the words of the
    change; empty once it knows them all.
    """

    __tablename__ = "thesaurus_edits"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    group: Mapped[str]
    words: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    reason: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("thesaurus_edits.id"))
    prepared_to: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        Index("ix_thesaurus_edits_group", "group", "id"),
        # What was taken back can't be taken back twice.
        Index("uq_thesaurus_edits_undoes", "undoes", unique=True),
    )
