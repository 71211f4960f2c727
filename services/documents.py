"""Documents that people send through a one-time link: asked for, received, and shown to who may see them.

Identity, face and bank documents never travel through a chat (DOMAIN 10.5, DESIGN 13.11).
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from locales import _
from services import filecheck, inbox
from services.answers import DONE
from services.audit import Audit
from services.clock import wall
from services.database import Base
from services.drafts import DraftRow
from services.inbox import Arrival
from services.people import Identity
from services.refusals import Refusal
from services.secrets import Encrypted, vault

if TYPE_CHECKING:
    from services.bundle import Services

KIND = "document"
INVITED_FOR = timedelta(hours=24)
LINKED_FOR = timedelta(minutes=5)
SENT_FOR = timedelta(hours=72)
"""How long a link that was sent to somebody can be opened: over a weekend, not for ever."""
KEPT_AFTER = timedelta(days=30)
LONGEST_NAME = 100
DIGITS = re.compile(r"[0-9]{1,18}")


class DocumentState(StrEnum):
    """Whether a file was found to be what it should be; what is in quarantine is shown to nobody."""

    CHECKED = "checked"
    QUARANTINED = "quarantined"


class InvitationRow(Base):
    """A link through which one question of one draft is answered with files; its token is known by hash only."""

    __tablename__ = "upload_invitations"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    channel: Mapped[str]
    tenant: Mapped[str]
    external: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    key: Mapped[str]
    purpose: Mapped[str]
    at_most: Mapped[int]
    used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_upload_invitations_draft_id", "draft_id"),
        Index("ix_upload_invitations_expires_at", "expires_at"),
    )


class Document(Base):
    """A file that somebody sent; `file` is the key under which the storage holds it, exactly as it came."""

    __tablename__ = "documents"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[str]
    name: Mapped[str] = mapped_column(Encrypted)
    mime: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    file: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=DocumentState.CHECKED)
    received_at: Mapped[datetime]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("drafts.id", ondelete="SET NULL"))
    key: Mapped[str]
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("upload_invitations.id", ondelete="SET NULL")
    )
    __table_args__ = (
        Index("ix_documents_person_id", "person_id"),
        Index("ix_documents_draft_id", "draft_id"),
        Index("ix_documents_invitation_id", "invitation_id"),
    )

    @property
    def receipt(self) -> str:
        """The beginning of the file's SHA-256, by which sender and clerk can see that they mean the same."""
        return self.sha256[:8].upper()


class Documents:
    """Documents within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def invite(self, draft_id: int, key: str, purpose: str, at_most: int = 5) -> str:
        """The path of a page, good for 24 hours of real time, where up to `at_most` files can be sent.

        They answer the question `key` of one of the acting person's drafts; raises Refusal for another's.
        """
        services = self._services
        if services.person is None or await services.drafts.get(draft_id) is None:
            raise Refusal(_("This form does not exist any more. Please start from the menu."))
        token = secrets.token_urlsafe(32)
        identity = services.person.identity
        services.session.add(
            InvitationRow(
                token_hash=_hash(token),
                channel=identity.channel,
                tenant=identity.tenant,
                external=identity.external,
                person_id=services.person.id,
                draft_id=draft_id,
                key=key,
                purpose=purpose,
                at_most=at_most,
                expires_at=wall() + INVITED_FOR,
            )
        )
        await services.session.flush()
        return f"/upload/{token}"

    async def get(self, document_id: int) -> Document | None:
        """A document by its id."""
        return await self._services.session.get(Document, document_id)

    async def of(self, ids: Iterable[int]) -> list[Document]:
        """Those of these documents that exist, in the order given."""
        wanted = list(dict.fromkeys(ids))
        found = {
            document.id: document
            for document in await self._services.session.scalars(
                select(Document).where(Document.id.in_(wanted))
            )
        }
        return [found[each] for each in wanted if each in found]

    async def owned(self, ids: Sequence[int], person_id: int) -> list[Document]:
        """These documents, all of them sent by this person; raises Refusal if the ids were tampered with."""
        documents = await self.of(ids)
        if len(documents) != len(set(ids)) or any(one.person_id != person_id for one in documents):
            raise Refusal(_("One of the files is no longer there. Please send it again."))
        return documents

    async def link(self, document_id: int) -> str:
        """The path under which a document can be seen for 5 minutes, and a note of who asked for it.

        The sender may see it, and the secretariat; raises Refusal for anybody else.
        """
        services = self._services
        document = await self.get(document_id)
        person = services.person
        if document is None or document.state != DocumentState.CHECKED or person is None:
            raise Refusal(_("This file is no longer there."))
        if person.id != document.person_id:
            await services.secretariat.require()
        await services.audit.note("link given", KIND, document_id)
        return _path(document_id, LINKED_FOR)

    async def sent_link(self, document_id: int) -> str:
        """The path under which somebody can see for 72 hours what was sent to them, and a note that it was.

        The caller decides to whom it goes. The path ends as the file does: ".jpg", ".png", ".pdf", ….
        Raises Refusal for a document that is not there or not checked.
        """
        document = await self.get(document_id)
        if document is None or document.state != DocumentState.CHECKED:
            raise Refusal(_("This file is no longer there."))
        await self._services.audit.note("sent", KIND, document_id)
        return _path(document_id, SENT_FOR, filecheck.ENDINGS.get(document.mime, ""))


class Over(StrEnum):
    """Why an invitation takes no more files."""

    FULL = "full"
    EXPIRED = "expired"
    HANDED_IN = "handed_in"


@dataclass(frozen=True)
class Invitation:
    """What a link asks for, of whom, how much has come, and why it takes no more, if so."""

    id: int
    identity: Identity
    person_id: int
    draft_id: int
    key: str
    purpose: str
    at_most: int
    received: int
    over: Over | None


@dataclass(frozen=True)
class Stored:
    """A checked file that lies safely in the storage and is not on record yet."""

    name: str
    mime: str
    size: int
    sha256: str
    file: str


async def open_invitation(
    connection: AsyncConnection, token: str, *, locked: bool = False
) -> Invitation | None:
    """The invitation behind a token; None if there never was one, or it was forgotten long ago.

    `locked` keeps others from using it until the transaction ends.
    """
    row_of = select(InvitationRow).where(InvitationRow.token_hash == _hash(token))
    session = AsyncSession(connection, expire_on_commit=False)
    row = await session.scalar(row_of.with_for_update() if locked else row_of)
    if row is None:
        return None
    received = await session.scalar(
        select(func.count()).select_from(Document).where(Document.invitation_id == row.id)
    )
    draft_state = await session.scalar(select(DraftRow.state).where(DraftRow.id == row.draft_id))
    over = None
    if draft_state == DONE:
        over = Over.HANDED_IN
    elif row.used_at is not None:
        over = Over.FULL
    elif row.expires_at <= wall():
        over = Over.EXPIRED
    return Invitation(
        row.id,
        Identity(row.channel, row.tenant, row.external),
        row.person_id,
        row.draft_id,
        row.key,
        row.purpose,
        row.at_most,
        received or 0,
        over,
    )


async def receive(
    connection: AsyncConnection, token: str, stored: Stored, now: datetime
) -> tuple[Invitation, Document | None]:
    """Put a file on record and tell the conversation so, through the inbox; work on it after the commit.

    The very same file again is the same receipt. No document comes back when the invitation is over; its
    bytes are then an orphan that the sweep removes.
    """
    invitation = await open_invitation(connection, token, locked=True)
    if invitation is None:
        raise LookupError("no such invitation")
    session = AsyncSession(connection, expire_on_commit=False)
    same = select(Document).where(Document.invitation_id == invitation.id, Document.sha256 == stored.sha256)
    if (known := await session.scalar(same)) is not None or invitation.over is not None:
        return invitation, known
    document = Document(
        person_id=invitation.person_id,
        purpose=invitation.purpose,
        received_at=now,
        draft_id=invitation.draft_id,
        key=invitation.key,
        invitation_id=invitation.id,
        **vars(stored),
    )
    session.add(document)
    invitation = replace(invitation, received=invitation.received + 1)
    if invitation.received >= invitation.at_most:
        (await session.get_one(InvitationRow, invitation.id)).used_at = wall()
        invitation = replace(invitation, over=Over.FULL)
    await session.flush()
    audit = Audit(connection, invitation.person_id, now, wall())
    await audit.note("received", KIND, document.id, content={"sha256": stored.sha256})
    answer = {"draft_id": invitation.draft_id, "key": invitation.key, "document_id": document.id}
    arrival = Arrival(f"upload:{document.id}", invitation.identity, wall(), {"ouentai": answer})
    await inbox.store(connection, [arrival])
    return invitation, document


async def shown(connection: AsyncConnection, document_id: int) -> Document | None:
    """A document that may be shown to whoever has a good link."""
    document = await AsyncSession(connection, expire_on_commit=False).get(Document, document_id)
    return document if document is not None and document.state == DocumentState.CHECKED else None


def is_linked(document_id: int, until: str, signature: str) -> bool:
    """Whether we gave this link, even if its time is over."""
    return bool(DIGITS.fullmatch(until)) and vault().signed(_link(document_id, int(until)), signature)


def is_over(until: str) -> bool:
    """Whether the time of a link, good as such, is over."""
    return int(until) <= wall().timestamp()


async def known_files(connection: AsyncConnection) -> Collection[str]:
    """The storage keys of all that is on record, for the sweep of the storage."""
    return set((await connection.execute(select(Document.file))).scalars())


async def forget_invitations(connection: AsyncConnection) -> None:
    """Forget the links that were over some weeks ago."""
    await connection.execute(delete(InvitationRow).where(InvitationRow.expires_at < wall() - KEPT_AFTER))


def digest(data: bytes) -> str:
    """The SHA-256 under which a file is on record."""
    return hashlib.sha256(data).hexdigest()


def filed_name(name: str, mime: str) -> str:
    """A name of one line, without folders, that ends as the contents demand."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFC", name) if unicodedata.category(letter)[0] != "C"
    )
    stem = re.split(r"[/\\]", plain)[-1].strip(" .")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem)[:LONGEST_NAME].strip(" .")
    return (stem or KIND) + filecheck.ENDINGS[mime]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _path(document_id: int, lasts: timedelta, ending: str = "") -> str:
    until = int((wall() + lasts).timestamp())
    return f"/files/{document_id}{ending}?until={until}&sig={vault().sign(_link(document_id, until))}"


def _link(document_id: int, until: int) -> str:
    return f"document {document_id} until {until}"
