"""Questions that people asked us, as they are kept: what was asked on which side, how often, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted

NOT_DEALT_WITH = "done_at IS NULL AND (answer IS NULL OR wrong > 0)"


class AskedQuestion(Base):
    """One question of one side, asked `times` times in these or like words; nobody's name is kept with it.

    `key` is a keyed hash of its words, `answer` the name of what was answered, if anything was; `useful` and `wrong`
    count what people said of that. It waits for the secretariat while it is unanswered, or was answered wrongly.
    """

    __tablename__ = "asked_questions"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    side: Mapped[str]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    words: Mapped[Any] = mapped_column(Encrypted)
    answer: Mapped[str | None]
    times: Mapped[int]
    useful: Mapped[int] = mapped_column(server_default="0")
    wrong: Mapped[int] = mapped_column(server_default="0")
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    __table_args__ = (
        Index("uq_asked_questions", "side", "key", unique=True),
        Index("ix_asked_questions_waiting", "times", "last_at", postgresql_where=NOT_DEALT_WITH),
    )
