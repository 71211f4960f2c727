"""The words of open cases as the database looks them up, and how the words of a query are put to it.

The words of published texts lie here unencrypted, contact data taken out, because a database must be able
to look them up. A row exists only while its case is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import REAL, BigInteger, ColumnElement, ForeignKey, Index, func
from sqlalchemy import case as when
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import cast, literal

from services.cases import Case
from services.database import Base
from services.tips_masks import find_private, replace
from services.tokens import Word, words_of

MOST_WORDS = 16
WEIGHTS = (0.1, 0.2, 0.4, 1.0)
"""What a word counts in the rest, the problem and goal, and the title; D, C, B, A in PostgreSQL's order."""
PARTS_COUNT, WEAK_COUNT = 0.6, 0.1
LATEST = date(2200, 1, 1)


class IndexRow(Base):
    """One open case, by its words: A of the title and area, B of problem and goal, C of the rest."""

    __tablename__ = "case_index"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    published_at: Mapped[datetime]
    vector: Mapped[Any] = mapped_column(TSVECTOR)
    __table_args__ = (
        # Without fastupdate: a list of pending words makes every search slower until it is merged.
        Index(
            "ix_case_index_vector", "vector", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        ),
        Index("ix_case_index_published_at", "published_at", "case_id"),
    )


class Sort(StrEnum):
    """In which order cases are shown."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    DEADLINE = "deadline"


class Matched(StrEnum):
    """How the words of a query were met: all of them, some, or none of them can be searched for."""

    ALL = "all"
    SOME = "some"
    NOTHING = "nothing"


# --- the words of a case -------------------------------------------------------------------------------


def searchable(text: str) -> str:
    """A text without contact data; not even the words that stand in its place can be searched for."""
    return replace(text, [(hidden.span, " ") for hidden in find_private(text, names=False)])


def vector_of(texts: Mapping[str, Sequence[str]]) -> str:
    """A tsvector as PostgreSQL reads it, of texts by weight: each form with its places."""
    places: dict[str, list[str]] = {}
    place = 0
    for weight, some in texts.items():
        for text in some:
            for word in words_of(searchable(text)):
                place += 1
                for form in word.forms:
                    places.setdefault(form, []).append(f"{place}{weight}")
    return " ".join(f"{quoted(form)}:{','.join(at)}" for form, at in places.items())


def quoted(form: str) -> str:
    """One form as PostgreSQL reads it, whatever signs it is made of."""
    escaped = form.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


# --- the words of a query ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """The words of a query: those a case should have, and those that only count."""

    needed: Sequence[Word]
    weak: Sequence[Word] = field(default=())

    @classmethod
    def of(cls, text: str) -> Asked:
        """Read a query; when all of its words are weak, they are what is looked for."""
        known = list({word.form: word for word in words_of(text)}.values())[:MOST_WORDS]
        needed = [word for word in known if not word.weak]
        return cls(needed, [word for word in known if word.weak]) if needed else cls(known)

    def condition(self, matched: Matched) -> ColumnElement[bool]:
        """That a case has all of the words, or some of them."""
        joint = " | " if matched is Matched.SOME else " & "
        return _has(joint.join(_term(word) for word in self.needed))

    def rank(self) -> ColumnElement[int]:
        """How well a case fits, from nothing but its words: more of the words, in better places."""
        ranks: list[ColumnElement[Any]] = []
        for word in (*self.needed, *self.weak):
            weight = WEAK_COUNT if word in self.weak else 1.0
            ranks.append(_rank(quoted(word.form), weight))
            if word.parts:
                ranks.append(_rank(_all(word.parts), weight * PARTS_COUNT))
        found = [when((_has(_term(word)), 1), else_=0) for word in self.needed]
        return cast(1_000_000 * sum(ranks[1:], ranks[0]) * sum(found[1:], found[0]), BigInteger)

    def surfaces(self, case: Case) -> tuple[str, ...]:
        """The words of a case, as they stand there, that were looked for."""
        if not self.needed:
            return ()
        texts = (
            case.title,
            case.issue,
            case.goal,
            case.background,
            case.current_tools,
            case.trade,
            case.city,
        )
        words = words_of(searchable("\n".join(filter(None, (*texts, case.prefecture)))))
        wanted = frozenset(form for word in (*self.needed, *self.weak) for form in word.forms)
        return tuple(dict.fromkeys(word.surface for word in words if word.forms & wanted))


def key(sort: Sort, asked: Asked) -> ColumnElement[int]:
    """What comes first, greater before less, as a whole number that depends on the case and the query alone."""
    if sort is Sort.DEADLINE:
        return cast(literal(LATEST) - Case.proposal_deadline, BigInteger)
    if sort is Sort.RELEVANCE and asked.needed:
        return asked.rank()
    return literal(0, BigInteger)


def _term(word: Word) -> str:
    """A tsquery that finds a word by itself or by all its parts."""
    return f"({quoted(word.form)} | ({_all(word.parts)}))" if word.parts else quoted(word.form)


def _all(forms: Sequence[str]) -> str:
    return " & ".join(quoted(form) for form in forms)


def _tsquery(term: str) -> ColumnElement[Any]:
    return cast(literal(term), TSQUERY)


def _has(term: str) -> ColumnElement[bool]:
    return IndexRow.vector.bool_op("@@")(_tsquery(term))


def _rank(term: str, weight: float) -> ColumnElement[Any]:
    rank: ColumnElement[Any] = func.ts_rank(
        literal(list(WEIGHTS), ARRAY(REAL)), IndexRow.vector, _tsquery(term), 1
    )
    return rank * weight
