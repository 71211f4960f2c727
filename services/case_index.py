"""The words of open cases as the database looks them up.

The words of published texts lie here unencrypted, contact data taken out, because a database must be able
to look them up. A row exists only while its case is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.thesaurus import Thesaurus, joined
from services.tips_masks import find_private, replace
from services.tokens import Word, words_of

TITLE = "A"
"""The weight of a title's words; they stand in the index a second time, so that they can be asked for alone."""
IN_TITLE, FILTER = "^", "@"


class IndexRow(Base):
    """One open case, by its words: A of the title, B of what it is about, C of problem and goal, D of the rest."""

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


@dataclass
class Vector:
    """What the index holds of one case: each form with its places, and how the words are read."""

    places: dict[str, list[str]] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)
    _place: int = 0

    @classmethod
    def of(
        cls, texts: Mapping[str, Sequence[str]], thesaurus: Thesaurus, filters: Iterable[str] = ()
    ) -> Vector:
        """The vector of texts by weight; `filters` are what a case can be narrowed down by, such as "p:Tokyo"."""
        vector = cls({FILTER + name: [] for name in filters})
        for weight, some in texts.items():
            for text in some:
                vector._add(words_of(searchable(text)), weight, thesaurus)
        return vector

    def _add(self, words: Sequence[Word], weight: str, thesaurus: Thesaurus) -> None:
        flat: list[tuple[int, str]] = []
        for word in words:
            self._put(word.form, self._place + 1, weight)
            self.readings.setdefault(word.form, word.reading)
            for part in word.parts or (word.form,):
                self._place += 1
                self._put(part, self._place, weight)
                flat.append((self._place, part))
        forms = [form for _place, form in flat]
        for start, (place, _form) in enumerate(flat):
            if (length := thesaurus.find(forms[start:])) > 1:
                self._put(joined(tuple(forms[start : start + length])), place, weight)
        # Words of two texts do not stand next to each other.
        self._place += 1

    def _put(self, form: str, place: int, weight: str) -> None:
        at = f"{place}{weight}"
        if at not in self.places.setdefault(form, []):
            self.places[form].append(at)
        if weight == TITLE:
            self.places.setdefault(IN_TITLE + form, [])

    @property
    def words(self) -> list[str]:
        """Its forms, without those that stand there for a second purpose."""
        return [form for form in self.places if not form.startswith((IN_TITLE, FILTER))]

    def __str__(self) -> str:
        """As PostgreSQL reads it."""
        return " ".join(quoted(form) + (":" + ",".join(at) if at else "") for form, at in self.places.items())


def searchable(text: str) -> str:
    """A text without contact data; not even the words that stand in its place can be searched for."""
    return replace(text, [(hidden.span, " ") for hidden in find_private(text, names=False)])


def quoted(form: str) -> str:
    """One form as PostgreSQL reads it, whatever signs it is made of."""
    escaped = form.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
