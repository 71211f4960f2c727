"""Evidence of sessions, reports and claims: files that we hold, and references with hash and length (DOMAIN 7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from locales import Text, _
from services import session_rules as rules
from services.contract_records import Contract
from services.refusals import Refusal
from services.session_records import Evidence, EvidenceKind, Session, SessionState
from services.session_rules import Fingerprint, Flag, Kept, Recording

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Evidence", "EvidenceKind", "Evidences", "Footage"]

LONGEST_REFERENCE = 500
OF_A_SESSION = (EvidenceKind.PHOTO, EvidenceKind.RECORDING, EvidenceKind.MATERIAL)
REUSED = {
    EvidenceKind.PHOTO: Flag.PHOTO_REUSED,
    EvidenceKind.MATERIAL: Flag.PHOTO_REUSED,
    EvidenceKind.RECORDING: Flag.RECORDING_REUSED,
}
STILL = {
    SessionState.RUNNING: _("has not been ended"),
    SessionState.ENDED: _("has not been recorded"),
    SessionState.RECORDED: _("has not been confirmed by the company"),
    SessionState.DISPUTED: _("the company says the time differs"),
    SessionState.DENIED: _("the company says there was no support"),
}
LACKS = {
    Flag.PHOTOS_MISSING: _("{count} photos are needed, at the start and at the end"),
    Flag.RECORDING_MISSING: _("the recording is missing"),
    Flag.RECORDING_SHORT: _("the recording is shorter than {percent}% of the time"),
    Flag.MATERIAL_MISSING: _("work at the desk needs what was made as a file"),
}


@dataclass(frozen=True)
class Footage:
    """A recording that is kept elsewhere: where, its SHA-256, its length in minutes, and when (aware) it began."""

    reference: str
    fingerprint: Fingerprint
    minutes: int
    began_at: datetime


class Evidences:
    """Evidence within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- reading ---------------------------------------------------------------------------------------

    async def of_contract(self, contract_id: int) -> list[Evidence]:
        """All evidence of a contract that was not removed, oldest first."""
        return await self._found(Evidence.contract_id == contract_id)

    async def of_session(self, session_id: int) -> list[Evidence]:
        """The evidence of one session that was not removed, oldest first."""
        return await self._found(Evidence.session_id == session_id)

    async def _found(self, *where: Any) -> list[Evidence]:
        return list(
            await self._services.session.scalars(
                select(Evidence).where(*where, Evidence.removed_at.is_(None)).order_by(Evidence.id)
            )
        )

    async def reused(self, pieces: Iterable[Evidence]) -> set[int]:
        """The ids of those of these pieces whose very contents are evidence of something else too, anywhere."""
        hashes = {piece.id: piece.sha256 for piece in pieces if piece.sha256}
        rows = await self._services.session.scalars(
            select(Evidence.sha256)
            .where(Evidence.sha256.in_(set(hashes.values())), Evidence.removed_at.is_(None))
            .group_by(Evidence.sha256)
            .having(func.count() > 1)
        )
        again = set(rows)
        return {piece_id for piece_id, sha256 in hashes.items() if sha256 in again}

    async def kept_for(self, session: Session) -> Kept:
        """What the rules have to know of the evidence of a session."""
        pieces = await self.of_session(session.id)
        again = await self.reused(pieces)
        return Kept(
            photos=_different(pieces, EvidenceKind.PHOTO),
            materials=_different(pieces, EvidenceKind.MATERIAL),
            recordings=[
                Recording(piece.length_minutes, piece.began_at)
                for piece in pieces
                if piece.length_minutes is not None and piece.began_at is not None
            ],
            reused={REUSED[EvidenceKind(piece.kind)] for piece in pieces if piece.id in again},
        )

    async def missing(self, contract: Contract) -> list[Text]:
        """What a report would still lack, all of it at once, by the terms of the contract (DOMAIN 7.3, 7.4)."""
        services = self._services
        sessions = await services.sessions.of_contract(contract.id)
        if not sessions:
            return [_("No session has been recorded yet.")]
        lacking: list[Text] = []
        for session in sessions:
            words = await self.missing_of(session, contract)
            if session.state in STILL:
                words.insert(0, STILL[SessionState(session.state)])
            lacking += [
                _("Session {number} ({day}): {what}")(
                    number=session.number, day=rules.day_of(session.start_at), what=what
                )
                for what in words
            ]
        if await services.sessions.is_desk_too_much(contract.id):
            lacking.append(
                _("Work at the desk is more than {percent}% of the time.")(
                    percent=services.programme.limits.desk_percent
                )
            )
        return lacking

    async def missing_of(self, session: Session, contract: Contract) -> list[Text]:
        """What one session still lacks; nothing while it runs, or when the company denies it."""
        if session.end_at is None or session.state in (SessionState.DENIED, SessionState.CANCELLED):
            return []
        programme = self._services.programme
        flags = rules.evidence_flags(
            session.mode,
            rules.Span(session.start_at, session.end_at),
            session.billable_minutes,
            await self.kept_for(session),
            programme,
            recording_required=programme.terms_version(contract.terms_version).recording_required,
        )
        values = {
            Flag.PHOTOS_MISSING: {"count": programme.limits.photos_a_session},
            Flag.RECORDING_SHORT: {"percent": programme.limits.recording_percent},
        }
        return [LACKS[flag](**values.get(flag, {})) for flag in rules.LACKING if flag in flags]

    # --- adding and removing ---------------------------------------------------------------------------

    async def add_files(
        self, kind: EvidenceKind, contract_id: int, document_ids: Sequence[int], session_id: int | None = None
    ) -> list[Evidence]:
        """Make evidence of documents that the acting expert has sent; one that is evidence already stays once.

        Only the sender and the secretariat may see them (`documents.link`). Raises Refusal for documents of
        somebody else, for another's contract, and for a session once the report stands on it.
        """
        services = self._services
        session, contract = await self._open(contract_id, session_id)
        assert services.person is not None
        documents = await services.documents.owned(list(document_ids), services.person.id)
        there = {piece.document_id for piece in await self.of_contract(contract.id)}
        added = [
            self._add(kind, contract, session, document_id=document.id, sha256=document.sha256)
            for document in documents
            if document.id not in there
        ]
        await self._kept(added, session, contract)
        return added

    async def add_recording(self, session_id: int, footage: Footage) -> Evidence:
        """Keep where a recording of a session is, with its SHA-256, length in minutes and beginning (C6)."""
        found = await self._services.session.get(Session, session_id)
        if found is None:
            raise Refusal(NOTHING)
        session, contract = await self._open(found.contract_id, session_id)
        reference = footage.reference.strip()
        if not 0 < len(reference) <= LONGEST_REFERENCE:
            raise Refusal(
                _("Please answer in 1 to {at_most} characters.")(at_most=LONGEST_REFERENCE),
                about="recording",
            )
        piece = self._add(
            EvidenceKind.RECORDING,
            contract,
            session,
            reference=reference,
            sha256=footage.fingerprint.hex,
            length_minutes=footage.minutes,
            began_at=footage.began_at,
        )
        await self._kept([piece], session, contract)
        return piece

    async def remove(self, evidence_id: int) -> Evidence:
        """Take back a piece of evidence that was added by mistake; the row stays for the auditor.

        Raises Refusal for what belongs to a claim: it is handed in anew with it.
        """
        services = self._services
        piece = await services.session.get(Evidence, evidence_id)
        if piece is None or piece.session_id is None:
            raise Refusal(NOTHING)
        session, contract = await self._open(piece.contract_id, piece.session_id)
        await services.session.refresh(piece)
        if piece.removed_at is None:
            piece.removed_at = services.now
            await services.session.flush()
            await services.audit.note("evidence removed", "evidence", piece.id, reason=piece.kind)
            assert session is not None
            await services.sessions.flag(session, contract)
        return piece

    async def _open(self, contract_id: int, session_id: int | None) -> tuple[Session | None, Contract]:
        """A contract of the acting expert, locked, and a session of it whose evidence may still change."""
        services = self._services
        contract, by_sme = await services.contracts.of_either(contract_id)
        if by_sme:
            raise Refusal(_("The expert adds the evidence."))
        contract = await services.contracts.lock(contract.id)
        if session_id is None:
            return None, contract
        session = await services.session.get(Session, session_id, populate_existing=True)
        if session is None or session.contract_id != contract.id or session.state == SessionState.CANCELLED:
            raise Refusal(NOTHING)
        await services.sessions.require_changeable(contract)
        return session, contract

    def _add(
        self, kind: EvidenceKind, contract: Contract, session: Session | None, **values: Any
    ) -> Evidence:
        services = self._services
        assert services.person is not None
        piece = Evidence(
            kind=kind,
            contract_id=contract.id,
            session_id=session.id if session else None,
            added_at=services.now,
            added_by=services.person.id,
            **values,
        )
        services.session.add(piece)
        return piece

    async def _kept(self, added: Sequence[Evidence], session: Session | None, contract: Contract) -> None:
        services = self._services
        await services.session.flush()
        for piece in added:
            await services.audit.note(
                "evidence added", "evidence", piece.id, reason=piece.kind, content={"sha256": piece.sha256}
            )
        if session is not None:
            await services.sessions.flag(session, contract)


NOTHING = _("This is no longer there. Please look at the session again.")


def _different(pieces: Iterable[Evidence], kind: EvidenceKind) -> int:
    """How many pieces of a kind are not the same file."""
    return len({piece.sha256 for piece in pieces if piece.kind == kind})
