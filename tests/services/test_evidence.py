"""Evidence on PostgreSQL: added and taken back by the expert, named when missing, seen when it is used twice."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.bundle import Services
from services.contract_records import Contract
from services.documents import Document, digest
from services.evidence import EvidenceKind, Footage
from services.refusals import Refusal
from services.report_records import ReportState
from services.session_records import Session, SessionMode, SessionState
from services.session_rules import Fingerprint, Flag
from tests.conftest import ActingAs
from tests.services import road
from tests.services.session_people import EXPERT, ONE, OTHER_EXPERT, OTHER_OWNER, OWNER, after, under_contract

HEX = "ab" * 32
FOOTAGE = Footage("https://cloud.example/rec1.mp4", Fingerprint(HEX), 120, ONE)
_count = itertools.count(1)


class Desk:
    """An expert with a contract and, unless told otherwise, one session that waits for the company."""

    def __init__(self, acting: ActingAs, contract: Contract, session: Session) -> None:
        self.acting, self.contract, self.session = acting, contract, session

    def taro(self) -> Any:
        """The expert acts, three hours after the session began."""
        return self.acting(EXPERT, "slack", after(180))

    async def missing(self) -> list[str]:
        """What a report would lack, in English, without numbers."""
        async with self.taro() as services:
            lines = await services.evidence.missing(self.contract)
            return [getattr(line.values.get("what"), "message", line.message) for line in lines]

    async def flags(self) -> set[str]:
        """What a reviewer would see of the session."""
        async with self.acting(None) as services:
            found = await services.sessions.get(self.session.id)
            assert found is not None
            return set(found.flags)


async def made(
    acting: ActingAs, owner: str = OWNER, expert: str = EXPERT, contract: Any = (), **session: Any
) -> Desk:
    """A desk."""
    contract_id = await under_contract(acting, owner, expert, **dict(contract))
    async with acting(expert, "slack", after(180)) as services:
        its_contract = await services.contracts.get(contract_id)
        assert its_contract is not None
        values = {"state": SessionState.RECORDED, "word_given_at": ONE} | session
        return Desk(acting, its_contract, await road.session(services, its_contract, ONE, **values))


@pytest.fixture
async def desk(acting: ActingAs) -> Desk:
    """A session of two hours, recorded, without any evidence."""
    return await made(acting)


async def photo(services: Services, contents: str | None = None) -> int:
    """A file that the acting person has sent; the same contents are the same file."""
    assert services.person is not None
    serial = next(_count)
    document = Document(
        person_id=services.person.id,
        purpose="session_photo",
        name=f"photo{serial}.jpg",
        mime="image/jpeg",
        size=1000,
        sha256=digest((contents or f"photo {serial}").encode()),
        file=f"{serial:032x}",
        received_at=services.now,
        key="photos",
    )
    services.session.add(document)
    await services.session.flush()
    return document.id


async def two_photos(services: Services, desk: Desk) -> None:
    """A photo of the start and one of the end."""
    ids = [await photo(services), await photo(services)]
    await services.evidence.add_files(EvidenceKind.PHOTO, desk.contract.id, ids, desk.session.id)


# --- what is missing -----------------------------------------------------------------------------------


async def test_everything_that_is_missing_is_named_at_once(desk: Desk) -> None:
    assert await desk.missing() == [
        "has not been confirmed by the company",
        "{count} photos are needed, at the start and at the end",
        "the recording is missing",
    ]


async def test_with_photos_recording_and_confirmation_nothing_is_missing(desk: Desk) -> None:
    async with desk.taro() as services:
        await two_photos(services, desk)
        await services.evidence.add_recording(desk.session.id, FOOTAGE)
        session = await services.sessions.get(desk.session.id)
        assert session is not None
        session.state = SessionState.CONFIRMED
    assert await desk.missing() == []
    assert await desk.flags() == set()


async def test_a_contract_without_sessions_says_so(acting: ActingAs) -> None:
    desk = await made(acting, state=SessionState.CANCELLED)
    assert await desk.missing() == ["No session has been recorded yet."]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (SessionState.RUNNING, "has not been ended"),
        (SessionState.ENDED, "has not been recorded"),
        (SessionState.DISPUTED, "the company says the time differs"),
        (SessionState.DENIED, "the company says there was no support"),
    ],
)
async def test_a_session_that_is_not_confirmed_is_named(
    acting: ActingAs, state: SessionState, said: str
) -> None:
    other = {"end_at": None} if state == SessionState.RUNNING else {}
    desk = await made(acting, state=state, **other)
    assert (await desk.missing())[0] == said


@pytest.mark.parametrize(("minutes", "short"), [(107, True), (108, False)])
async def test_a_recording_must_cover_nine_tenths(desk: Desk, minutes: int, short: bool) -> None:
    async with desk.taro() as services:
        await services.evidence.add_recording(desk.session.id, replace(FOOTAGE, minutes=minutes))
    assert ("the recording is shorter than {percent}% of the time" in await desk.missing()) is short
    assert (Flag.RECORDING_SHORT in await desk.flags()) is short


async def test_under_the_old_terms_no_recording_is_asked_for(acting: ActingAs) -> None:
    desk = await made(acting, contract={"terms_version": OLD_TERMS})
    assert "the recording is missing" not in await desk.missing()


OLD_TERMS = "2021-04-26"


async def test_work_at_the_desk_needs_what_was_made_and_has_its_share(acting: ActingAs) -> None:
    desk = await made(acting, mode=SessionMode.DESK, state=SessionState.CONFIRMED)
    assert await desk.missing() == [
        "work at the desk needs what was made as a file",
        "Work at the desk is more than {percent}% of the time.",
    ]
    async with desk.taro() as services:
        await services.evidence.add_files(
            EvidenceKind.MATERIAL, desk.contract.id, [await photo(services)], desk.session.id
        )
        later = ONE + timedelta(days=1)
        await road.session(services, desk.contract, later, 300, state=SessionState.CONFIRMED)
    missing = await desk.missing()
    assert "work at the desk needs what was made as a file" not in missing
    assert "Work at the desk is more than {percent}% of the time." not in missing


async def test_the_same_photo_twice_is_one(desk: Desk) -> None:
    async with desk.taro() as services:
        ids = [await photo(services, "same"), await photo(services, "same")]
        await services.evidence.add_files(EvidenceKind.PHOTO, desk.contract.id, ids, desk.session.id)
    assert "{count} photos are needed, at the start and at the end" in await desk.missing()
    assert Flag.PHOTO_REUSED in await desk.flags()


# --- used twice ----------------------------------------------------------------------------------------


async def test_what_was_used_elsewhere_is_seen(acting: ActingAs, desk: Desk) -> None:
    other = await made(acting, OTHER_OWNER, OTHER_EXPERT)
    async with acting(OTHER_EXPERT, "slack", after(180)) as services:
        ids = [await photo(services, "shared")]
        await services.evidence.add_files(EvidenceKind.PHOTO, other.contract.id, ids, other.session.id)
        await services.evidence.add_recording(other.session.id, FOOTAGE)
    async with desk.taro() as services:
        ids = [await photo(services, "shared"), await photo(services)]
        await services.evidence.add_files(EvidenceKind.PHOTO, desk.contract.id, ids, desk.session.id)
        await services.evidence.add_recording(
            desk.session.id, replace(FOOTAGE, fingerprint=Fingerprint(HEX.upper()))
        )
    assert {Flag.PHOTO_REUSED, Flag.RECORDING_REUSED} <= await desk.flags()


async def test_a_recording_of_another_time_is_seen(desk: Desk) -> None:
    async with desk.taro() as services:
        early = replace(FOOTAGE, began_at=ONE - timedelta(minutes=16))
        await services.evidence.add_recording(desk.session.id, early)
    assert Flag.RECORDING_OFF in await desk.flags()


# --- adding and removing -------------------------------------------------------------------------------


async def test_a_file_is_evidence_once(desk: Desk) -> None:
    async with desk.taro() as services:
        ids = [await photo(services)]
        for _time in range(2):
            await services.evidence.add_files(EvidenceKind.PHOTO, desk.contract.id, ids, desk.session.id)
        assert len(await services.evidence.of_session(desk.session.id)) == 1


async def test_what_was_taken_back_counts_no_more_and_stays_for_the_auditor(desk: Desk) -> None:
    async with desk.taro() as services:
        piece = await services.evidence.add_recording(desk.session.id, FOOTAGE)
        await services.evidence.remove(piece.id)
        await services.evidence.remove(piece.id)
        assert await services.evidence.of_contract(desk.contract.id) == []
        history = [row.action for row in await services.audit.history("evidence", piece.id)]
    assert history == ["evidence added", "evidence removed"]
    assert Flag.RECORDING_MISSING in await desk.flags()


async def test_what_a_claim_was_handed_in_with_is_not_taken_back(desk: Desk) -> None:
    async with desk.taro() as services:
        (proof,) = await services.evidence.add_files(
            EvidenceKind.PAYMENT_PROOF, desk.contract.id, [await photo(services)]
        )
        with pytest.raises(Refusal):
            await services.evidence.remove(proof.id)
        assert proof.removed_at is None


async def test_nobody_else_adds_or_removes(acting: ActingAs, desk: Desk) -> None:
    async with desk.taro() as services:
        piece = await services.evidence.add_recording(desk.session.id, FOOTAGE)
    await made(acting, OTHER_OWNER, OTHER_EXPERT)
    for who, channel in ((OWNER, "line"), (OTHER_EXPERT, "slack"), ("U-nobody", "slack")):
        async with acting(who, channel, after(180)) as services:
            mine = [await photo(services)]
            for act in (
                services.evidence.add_files(EvidenceKind.PHOTO, desk.contract.id, mine, desk.session.id),
                services.evidence.add_recording(desk.session.id, FOOTAGE),
                services.evidence.remove(piece.id),
            ):
                with pytest.raises(Refusal):
                    await act


async def test_the_file_of_somebody_else_is_no_evidence(acting: ActingAs, desk: Desk) -> None:
    async with acting("U-other", "slack", after(180)) as services:
        foreign = await photo(services)
    async with desk.taro() as services:
        with pytest.raises(Refusal):
            await services.evidence.add_files(
                EvidenceKind.PHOTO, desk.contract.id, [foreign], desk.session.id
            )


async def test_once_the_report_is_sent_the_evidence_of_sessions_stays(desk: Desk) -> None:
    async with desk.taro() as services:
        piece = await services.evidence.add_recording(desk.session.id, FOOTAGE)
        await road.report(services, desk.contract, minutes=120, state=ReportState.UNDER_REVIEW)
    async with desk.taro() as services:
        with pytest.raises(Refusal):
            await services.evidence.remove(piece.id)
        with pytest.raises(Refusal):
            await two_photos(services, desk)
        # A proof of payment belongs to the claim, which comes after the report.
        added = await services.evidence.add_files(
            EvidenceKind.PAYMENT_PROOF, desk.contract.id, [await photo(services)]
        )
        assert [piece.session_id for piece in added] == [None]


async def test_only_the_sender_and_the_secretariat_see_a_file(acting: ActingAs, desk: Desk) -> None:
    async with desk.taro() as services:
        await two_photos(services, desk)
        [piece, _other] = await services.evidence.of_session(desk.session.id)
        assert piece.document_id is not None
        assert (await services.documents.link(piece.document_id)).startswith("/files/")
    async with acting(OWNER, "line", after(180)) as services:
        with pytest.raises(Refusal):
            await services.documents.link(piece.document_id)
