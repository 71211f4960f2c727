"""Papers that the programme makes itself: contracts, invoices, notices, transfer files, each kept as it was made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base


class Paper(Base):
    """One paper, sealed as it was made; what people agree to is its `sha256` (hex).

    `kind` and `ref` say of what it is: "contract" of a contract's id, and so on. `template` is the versioned
    template it was made from.
    """

    __tablename__ = "papers"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    ref: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    template: Mapped[str]
    mime: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]
    __table_args__ = (Index("ix_papers_ref", "kind", "ref", "id"),)

    @property
    def receipt(self) -> str:
        """The beginning of its SHA-256, by which both sides see that they mean the same paper."""
        return self.sha256[:8].upper()
