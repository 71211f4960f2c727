"""What experts looked for in vain: counted, without who it was, for the secretariat to teach the thesaurus."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    SQLColumnExpression,
    delete,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, aliased, mapped_column

from locales import _
from services import thesaurus_preview
from services.case_query import ALIKE, LONGEST, Concept, Matched
from services.case_ranking import understand
from services.database import Base
from services.refusals import Refusal
from services.secrets import Encrypted, vault
from services.thesaurus import joined
from services.thesaurus_book import Edition, current, edition
from services.thesaurus_groups import WordGroup, holding
from services.thesaurus_near import near
from services.tips_masks import find_private, replace
from services.tokens import plain, words_of

if TYPE_CHECKING:
    from services.bundle import Services

log = logging.getLogger(__name__)
UNKNOWN = _("This is no longer on the list.")
COUNTED = 1000
"""A Home says how many wait, so they are counted only so far."""
CHECKED = 60
"""Of how many it is tried, at most, whether a search would find something by now, to show a page of them."""


class MissedQueryRow(Base):
    """One query that one expert put in vain, `times` times in these or like words.

    `key` is a keyed hash of its words, `who` one of the query and the expert: it tells how many there were, not who,
    nor what else the same one looked for. `nothing`: no case had any of its words when it was put last.
    """

    __tablename__ = "missed_queries"
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    who: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    words: Mapped[Any] = mapped_column(Encrypted)
    nothing: Mapped[bool] = mapped_column(Boolean)
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    __table_args__ = (Index("ix_missed_queries_last_at", "last_at"),)


class Became(StrEnum):
    """What became of a query: the thesaurus was taught it, it is not for us, or a search finds it by now."""

    TAUGHT = "taught"
    NOT_OURS = "not_ours"
    FOUND = "found"


class MissedDecisionRow(Base):
    """What became of a query, by its key; nobody decided that a search finds it."""

    __tablename__ = "missed_decisions"
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    became: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    edit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("thesaurus_edits.id"))


@dataclass(frozen=True)
class Missed:
    """A query that waits: its words as they were typed last, how often it was put, and by how many experts."""

    key: str
    words: str
    nothing: bool
    times: int
    experts: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Understood:
    """One word of a query as a search reads it.

    `cases` open ones have the word itself, `found` the word or whatever else it is looked for by; `means`: the groups
    of the thesaurus in which it stands; `guessed`: words of open cases that a search takes it for; `near`: known words
    that may be meant.
    """

    word: str
    cases: int
    found: int
    means: Sequence[WordGroup]
    guessed: Sequence[str]
    near: Sequence[str]


async def note(
    services: Services, words: str, matched: Matched, *, found: bool = False, narrowed: bool = False
) -> None:
    """Keep words that found nothing at all, or of which only some were found; never fails, and waits for nobody.

    `matched` is how the search met them, `found` whether it came to anything, `narrowed` whether there were filters:
    what is found without them is not kept, nor words that are all known and only stand in no case together. Pages after the first are the same search, and are not to be noted.
    """
    if services.person is None or matched in (Matched.MOST, Matched.NOTHING):
        return
    try:
        shown = _without_contacts(plain(words)[:LONGEST])
        key = _key(shown)
        if key is None:
            return
        # Two experts write two rows, so that neither waits for the other's search to end.
        now, row = services.now, MissedQueryRow
        values = {
            "key": key,
            "who": vault().hash(f"missed by {services.person.id} {key.hex()}"),
            "words": shown,
            "nothing": not found,
            "times": 1,
            "first_at": now,
            "last_at": now,
        }
        again = {name: values[name] for name in ("words", "nothing", "last_at")} | {"times": row.times + 1}
        statement = insert(row).values(**values)
        async with services.connection.begin_nested():
            if narrowed and not found and await services.missed.finds(shown):
                return
            if await services.missed.knows(shown):
                return
            await services.connection.execute(
                statement.on_conflict_do_update(index_elements=[row.key, row.who], set_=again)
            )
    except Exception as error:
        log.error("a missed query was not kept: %s", type(error).__name__)


def _without_contacts(text: str) -> str:
    while hidden := find_private(text, names=True):
        text = replace(text, [(one.span, " ") for one in hidden])
    return " ".join(text.split())


def _key(shown: str) -> bytes | None:
    """The same for the same words in whatever order and spelling; None where there is nothing to teach."""
    forms = {form for word in words_of(shown) if not word.weak for form in word.strong}
    return vault().hash("missed " + " ".join(sorted(forms))) if forms else None


class MissedQueries:
    """What was looked for in vain, as the secretariat sees it, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def waiting(self) -> int:
        """How many different queries wait for the secretariat; nobody counts beyond `COUNTED`."""
        row, decided = MissedQueryRow, MissedDecisionRow
        # Not joined as the list is, so that the database stops when it has counted enough.
        dealt_with = exists().where(decided.key == row.key, ~_again(row.last_at))
        waiting = select(row.key).where(~dealt_with).distinct().limit(COUNTED)
        return await self._services.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0

    async def list(self, limit: int = 10, skip: int = 0) -> list[Missed]:
        """Those that wait, what most experts looked for first; what a search finds by now leaves the list.

        For members of the secretariat. Raises Refusal.
        """
        await self._services.secretariat.require()
        shown: list[Missed] = []
        tried = 0
        while len(shown) < limit and tried < CHECKED:
            some = await self._some(limit - len(shown), skip + len(shown))
            if not some:
                break
            tried += len(some)
            found = [one for one in some if await self.finds(one.words) or await self.knows(one.words)]
            for one in found:
                await self._decide(one.key, Became.FOUND)
            shown += [one for one in some if one not in found]
        return shown

    async def get(self, key: str) -> Missed:
        """One of them, whatever became of it. Raises Refusal."""
        await self._services.secretariat.require()
        row = (
            await self._services.session.execute(_counted().where(MissedQueryRow.key == _bytes(key)))
        ).one_or_none()
        if row is None:
            raise Refusal(UNKNOWN)
        return _missed(row)

    async def understood(self, words: str) -> Sequence[Understood]:
        """A query as a search reads it now, word by word. Raises Refusal."""
        await self._services.secretariat.require()
        connection = self._services.connection
        book = await edition(connection)
        asked, _cases = await understand(connection, words, book.thesaurus)
        return [await self._understood(concept, book) for concept in asked.needed]

    async def near(self, words: str) -> Sequence[str]:
        """Known words that may be meant by all of these together. Raises Refusal."""
        await self._services.secretariat.require()
        connection = self._services.connection
        return await near(connection, words, (await edition(connection)).groups)

    async def _understood(self, concept: Concept, book: Edition) -> Understood:
        connection, word = self._services.connection, joined(concept.forms)
        guessed = [joined(forms) for forms, counts in concept.loose.items() if counts == ALIKE]
        return Understood(
            word,
            await thesaurus_preview.standing(connection, concept.forms),
            await thesaurus_preview.found(connection, word, book.thesaurus),
            holding(book.groups, word),
            guessed,
            await near(connection, word, book.groups),
        )

    async def finds(self, words: str) -> bool:
        """Whether a search finds a case with all of these words now."""
        connection = self._services.connection
        return await thesaurus_preview.found(connection, words, await current(connection)) > 0

    async def knows(self, words: str) -> bool:
        """Whether there is nothing to teach: each of several words stands in a case, though no case has them all."""
        connection = self._services.connection
        return await thesaurus_preview.each_stands(connection, words, await current(connection))

    async def dismiss(self, key: str) -> None:
        """It is nothing for us: it does not come back. Raises Refusal."""
        await self._close(key, Became.NOT_OURS)

    async def teach(self, key: str, edit_id: int) -> None:
        """The thesaurus knows it now by this change. Raises Refusal."""
        await self._close(key, Became.TAUGHT, edit_id)

    async def put_back(self, key: str) -> None:
        """It waits again. Raises Refusal."""
        missed = await self.get(key)
        await self._services.connection.execute(
            delete(MissedDecisionRow).where(MissedDecisionRow.key == _bytes(missed.key))
        )
        await self._services.audit.note("missed query put back", "missed query", 0, content={"key": key})
        await self._show()

    async def put_back_taught(self, edit_id: int) -> None:
        """What was taught by a change that is taken back waits again. Raises Refusal."""
        await self._services.secretariat.require()
        await self._services.connection.execute(
            delete(MissedDecisionRow).where(MissedDecisionRow.edit_id == edit_id)
        )

    async def _close(self, key: str, became: Became, edit_id: int | None = None) -> None:
        missed = await self.get(key)
        person = await self._services.secretariat.require()
        await self._decide(missed.key, became, person.id, edit_id)
        await self._services.audit.note(
            "missed query dealt with", "missed query", edit_id or 0, reason=became, content={"key": key}
        )
        await self._show()

    async def _decide(
        self, key: str, became: Became, by: int | None = None, edit_id: int | None = None
    ) -> None:
        values = {"became": became.value, "at": self._services.now, "by": by, "edit_id": edit_id}
        await self._services.connection.execute(
            insert(MissedDecisionRow)
            .values(key=_bytes(key), **values)
            .on_conflict_do_update(index_elements=[MissedDecisionRow.key], set_=values)
        )

    async def _some(self, limit: int, skip: int) -> Sequence[Missed]:
        rows = await self._services.session.execute(
            _waiting()
            .order_by(
                func.count().desc(),
                func.sum(MissedQueryRow.times).desc(),
                func.max(MissedQueryRow.last_at).desc(),
                MissedQueryRow.key,
            )
            .limit(limit)
            .offset(skip)
        )
        return [_missed(row) for row in rows]

    async def _show(self) -> None:
        for person_id in await self._services.secretariat.people():
            self._services.notices.home(person_id)


def _counted() -> Select[Any]:
    row, one = MissedQueryRow, aliased(MissedQueryRow)
    # Only of those that are shown, not of all that are counted.
    latest = select(one.words).where(one.key == row.key).order_by(one.last_at.desc()).limit(1)
    return select(
        row.key,
        latest.scalar_subquery().label("words"),
        func.bool_or(row.nothing).label("nothing"),
        func.sum(row.times).label("times"),
        func.count().label("experts"),
        func.min(row.first_at).label("first_at"),
        func.max(row.last_at).label("last_at"),
    ).group_by(row.key)


def _waiting() -> Select[Any]:
    """What nobody has dealt with; what was found is missed anew when it is looked for in vain after that."""
    decided, row = MissedDecisionRow, MissedQueryRow
    return (
        _counted()
        .outerjoin(decided, decided.key == row.key)
        .group_by(decided.key)
        .having(or_(decided.key.is_(None), _again(func.max(row.last_at))))
    )


def _again(last_at: SQLColumnExpression[datetime]) -> ColumnElement[bool]:
    """That a query was put in vain once more after a search had found it."""
    return (MissedDecisionRow.became == Became.FOUND) & (last_at > MissedDecisionRow.at)


def _missed(row: Any) -> Missed:
    return Missed(
        row.key.hex(), row.words, row.nothing, int(row.times), row.experts, row.first_at, row.last_at
    )


def _bytes(key: str) -> bytes:
    """A key from a button; whoever copies a payload may put anything there. Raises Refusal."""
    try:
        return bytes.fromhex(key)
    except ValueError:
        raise Refusal(UNKNOWN) from None


async def wipe(connection: AsyncConnection, before: datetime) -> None:
    """Forget what nobody has looked for since that moment (aware), and what became of it."""
    await connection.execute(delete(MissedQueryRow).where(MissedQueryRow.last_at < before))
    known = select(MissedQueryRow.key)
    await connection.execute(delete(MissedDecisionRow).where(MissedDecisionRow.key.not_in(known)))
