"""Forms being filled in: what was said so far, kept until it is handed in (DESIGN 3, 13.3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.answers import DONE, KEPT, OPEN, Draft
from services.database import Base
from services.secrets import Encrypted


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


_TABLE = DraftRow.__table__
_COLUMNS = [
    _TABLE.c[name]
    for name in ("form", "about", "answers", "editing", "reopened", "revision", "id", "state", "updated_at")
]


class Drafts:
    """The drafts of the acting person, within one transaction."""

    def __init__(self, connection: AsyncConnection, person_id: int) -> None:
        self._connection = connection
        self._person = person_id

    async def open(self) -> Draft | None:
        """The draft that has the attention of the chat, if any."""
        return await self._one(_TABLE.c.state == OPEN)

    async def get(self, draft_id: int) -> Draft | None:
        """One of the person's own drafts, in whatever state."""
        return await self._one(_TABLE.c.id == draft_id)

    async def live(self, form: str, about: str = "") -> Draft | None:
        """The draft of this form about this subject that is not handed in yet."""
        return await self._one(_TABLE.c.form == form, _TABLE.c.about == about, _TABLE.c.state < DONE)

    async def kept(self) -> list[Draft]:
        """Every draft not handed in, the latest first."""
        rows = await self._connection.execute(
            select(*_COLUMNS)
            .where(_TABLE.c.person_id == self._person, _TABLE.c.state < DONE)
            .order_by(_TABLE.c.updated_at.desc())
        )
        return [self._draft(row) for row in rows]

    async def save(self, draft: Draft, at: datetime) -> Draft:
        """Keep a draft under its next revision; one that takes the chat's attention puts the others aside."""
        values: dict[str, Any] = {
            "answers": dict(draft.answers),
            "reopened": dict(draft.reopened) or None,
            "editing": draft.editing,
            "state": draft.state,
            "updated_at": at,
            "revision": draft.revision + 1,
        }
        if draft.id:
            await self._connection.execute(
                _TABLE.update()  # type: ignore[attr-defined]
                .where(_TABLE.c.id == draft.id, _TABLE.c.person_id == self._person)
                .values(values)
            )
            new_id = draft.id
        else:
            new_id = (
                await self._connection.execute(
                    _TABLE.insert()  # type: ignore[attr-defined]
                    .values(person_id=self._person, form=draft.form, about=draft.about, **values)
                    .returning(_TABLE.c.id)
                )
            ).scalar_one()
        return Draft(
            draft.form,
            draft.about,
            draft.answers,
            draft.editing,
            draft.reopened,
            draft.revision + 1,
            new_id,
            draft.state,
            at,
        )

    async def put_aside(self) -> None:
        """Take the chat's attention from whatever form has it; nothing typed is lost."""
        await self._connection.execute(
            _TABLE.update()  # type: ignore[attr-defined]
            .where(_TABLE.c.person_id == self._person, _TABLE.c.state == OPEN)
            .values(state=KEPT)
        )

    async def _one(self, *conditions: Any) -> Draft | None:
        row = (
            await self._connection.execute(
                select(*_COLUMNS).where(_TABLE.c.person_id == self._person, *conditions)
            )
        ).one_or_none()
        return None if row is None else self._draft(row)

    @staticmethod
    def _draft(row: Any) -> Draft:
        form, about, answers, editing, reopened, revision, draft_id, state, updated_at = row
        return Draft(form, about, answers, editing, reopened or {}, revision, draft_id, state, updated_at)
