"""What is kept of experts' saved searches: what is looked for, the words to find them by, matches, and cards."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.saved_search_terms import loaded
from services.search_query import Query
from services.secrets import Encrypted


class Telling(StrEnum):
    """How an expert hears of new cases: once a day, at once, or by looking at the Home."""

    DIGEST = "digest"
    AT_ONCE = "at_once"
    HOME = "home"


class SavedSearch(Base):
    """One search that an expert keeps.

    `answers` are those of the form in which it was put, `wanted` what they mean, both for nobody else. The other
    columns are made of `wanted` and lie unencrypted, because a database must be able to compare with them: `query`
    is what the words of a case must fulfil (nothing: any do), the rest its figures. They are made anew when the
    thesaurus or the words of open cases change.
    """

    __tablename__ = "saved_searches"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    name: Mapped[str] = mapped_column(Encrypted)
    answers: Mapped[Any] = mapped_column(Encrypted)
    wanted: Mapped[Any] = mapped_column(Encrypted)
    telling: Mapped[str]
    query: Mapped[str | None] = mapped_column(TSQUERY)
    most_minutes: Mapped[int | None]
    least_budget: Mapped[int | None]
    deadline_from: Mapped[date | None]
    saved_at: Mapped[datetime]
    paused_until: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_saved_searches_expert_id", "expert_id"),)

    @property
    def looks_for(self) -> Query:
        """What is looked for."""
        return loaded(self.wanted)


class SavedSearchAnchor(Base):
    """A word of which a case must have one to match a saved search; the empty word stands in every case."""

    __tablename__ = "saved_search_anchors"
    word: Mapped[str] = mapped_column(primary_key=True)
    search_id: Mapped[int] = mapped_column(
        ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True
    )
    __table_args__ = (Index("ix_saved_search_anchors_search_id", "search_id"),)


class SavedSearchCard(Base):
    """One message about a saved search: posted once, and brought up to date until it was opened or replaced."""

    __tablename__ = "saved_search_cards"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("saved_searches.id", ondelete="CASCADE"))
    posted_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_saved_search_cards_search_id", "search_id", "id"),)


class SavedSearchMatch(Base):
    """A case that a saved search has found: told on a card, seen by the expert, or neither yet; once for ever."""

    __tablename__ = "saved_search_matches"
    search_id: Mapped[int] = mapped_column(
        ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    matched_at: Mapped[datetime]
    card_id: Mapped[int | None] = mapped_column(ForeignKey("saved_search_cards.id", ondelete="SET NULL"))
    seen_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_saved_search_matches_case_id", "case_id"),
        Index("ix_saved_search_matches_card_id", "card_id"),
        Index("ix_saved_search_matches_matched_at", "matched_at"),
    )
