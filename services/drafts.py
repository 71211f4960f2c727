"""Forms being filled in: what was said so far, kept until it is handed in (DESIGN 3, 13.3)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.answers import OPEN, Draft
from services.database import Base, driver
from services.secrets import Encrypted, seal, unseal


class DraftRow(Base):
    """One form of one person about one subject."""

    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    form: Mapped[str]
    about: Mapped[str] = mapped_column(server_default="")
    answers: Mapped[Any] = mapped_column(Encrypted)
    reopened: Mapped[Any] = mapped_column(Encrypted, nullable=True)
    editing: Mapped[str | None]
    revision: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    updated_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        Index("uq_drafts_open", "person_id", unique=True, postgresql_where=text("state = 0")),
        Index(
            "uq_drafts_live", "person_id", "form", "about", unique=True, postgresql_where=text("state < 2")
        ),
    )


_READ = """
    SELECT form, about, answers, editing, reopened, revision, id, state, updated_at
    FROM drafts WHERE person_id = %(person)s AND """
_OPEN = f"{_READ} state = 0"
_GET = f"{_READ} id = %(id)s"
_LIVE = f"{_READ} form = %(form)s AND about = %(about)s AND state < 2"
_ALL_KEPT = f"{_READ} state < 2 ORDER BY updated_at DESC"
_SAVE = """
    UPDATE drafts SET answers = %(answers)s, reopened = %(reopened)s, editing = %(editing)s, state = %(state)s,
        updated_at = %(at)s, revision = %(revision)s
    WHERE id = %(id)s AND person_id = %(person)s
"""
_BEGIN = """
    INSERT INTO drafts (person_id, form, about, answers, reopened, editing, state, updated_at, revision)
    VALUES (%(person)s, %(form)s, %(about)s, %(answers)s, %(reopened)s, %(editing)s, %(state)s, %(at)s,
        %(revision)s) RETURNING id
"""
_PUT_ASIDE = "UPDATE drafts SET state = 1 WHERE person_id = %(person)s AND state = 0 AND id <> %(but)s"


class Drafts:
    """The drafts of the acting person, within one transaction; nobody else changes them meanwhile."""

    def __init__(self, connection: AsyncConnection, person_id: int) -> None:
        self._driver = driver(connection)
        self._person = person_id
        self._open: Draft | None = None
        self._knows = False

    def know(self, draft: Draft | None) -> None:
        """Take it that this draft, or none, has the attention of the chat: it was read with the event."""
        self._open, self._knows = draft, True

    async def open(self) -> Draft | None:
        """The draft that has the attention of the chat, if any."""
        if not self._knows:
            self.know(await self._one(_OPEN))
        return self._open

    async def get(self, draft_id: int) -> Draft | None:
        """One of the person's own drafts, in whatever state."""
        if self._open is not None and self._open.id == draft_id:
            return self._open
        return await self._one(_GET, id=draft_id)

    async def live(self, form: str, about: str = "") -> Draft | None:
        """The draft of this form about this subject that is not handed in yet."""
        return await self._one(_LIVE, form=form, about=about)

    async def kept(self) -> list[Draft]:
        """Every draft not handed in, the latest first."""
        return [read(row) for row in await self._driver.rows(_ALL_KEPT, {"person": self._person})]

    async def save(self, draft: Draft, at: datetime) -> Draft:
        """Keep a draft under its next revision; one that takes the chat's attention puts the others aside."""
        if draft.state == OPEN and (self._open is None or self._open.id != draft.id):
            await self.put_aside(but=draft.id)
        saved = replace(draft, revision=draft.revision + 1, updated_at=at)
        values = {
            "person": self._person,
            "id": draft.id,
            "form": draft.form,
            "about": draft.about,
            "answers": seal(dict(draft.answers)),
            "reopened": seal(dict(draft.reopened)) if draft.reopened else None,
            "editing": draft.editing,
            "state": draft.state,
            "at": at,
            "revision": saved.revision,
        }
        if draft.id:
            await self._driver.rows(_SAVE, values)
        else:
            ((new_id,),) = await self._driver.rows(_BEGIN, values)
            saved = replace(saved, id=new_id)
        if saved.state == OPEN:
            self.know(saved)
        elif self._open is not None and self._open.id == saved.id:
            self.know(None)
        return saved

    async def put_aside(self, but: int = 0) -> None:
        """Take the chat's attention from whatever form has it (or from all `but` one); nothing typed is lost."""
        if self._open is not None or not self._knows:
            await self._driver.rows(_PUT_ASIDE, {"person": self._person, "but": but})
            self.know(None)

    async def _one(self, statement: str, **values: Any) -> Draft | None:
        found = await self._driver.rows(statement, {"person": self._person, **values})
        return read(found[0]) if found else None


def read(row: Sequence[Any]) -> Draft:
    """The draft in a row of what is read of one, in the order of `_READ`."""
    form, about, answers, editing, reopened, revision, draft_id, state, updated_at = row
    reasons = unseal(reopened) if reopened else {}
    return Draft(form, about, unseal(answers), editing, reasons, revision, draft_id, state, updated_at)
