"""Documents are asked for by a link, kept encrypted, and shown to the sender and the secretariat only."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services import documents, inbox
from services.answers import DONE, Draft
from services.audit import Audit
from services.clock import wall
from services.database import transaction
from services.documents import Over, Stored, filed_name
from services.people import Identity
from services.refusals import Refusal
from services.secretariat import join
from services.storage import MissingFile, Storage, open_storage
from tests.services.cast import HANAKO, NOW, TARO, services_for

STRANGER = Identity("slack", "T-office", "U-stranger")


async def invited(engine: AsyncEngine, at_most: int = 5) -> str:
    """The token of a link for Hanako's draft."""
    async with transaction(engine) as connection:
        services = await services_for(connection, HANAKO)
        draft = await services.drafts.live("registration")
        draft = draft or await services.drafts.save(Draft("registration"), NOW)
        path = await services.documents.invite(draft.id, "identity", "identity_document", at_most)
    return path.removeprefix("/upload/")


async def sent(engine: AsyncEngine, token: str, mark: str = "a") -> documents.Document | None:
    stored = Stored(f"{mark}.jpg", "image/jpeg", 1000, mark * 64, mark * 32)
    async with transaction(engine) as connection:
        return (await documents.receive(connection, token, stored, NOW))[1]


async def over(engine: AsyncEngine, token: str) -> Over | None:
    async with transaction(engine) as connection:
        invitation = await documents.open_invitation(connection, token)
    assert invitation is not None
    return invitation.over


async def test_a_link_holds_32_random_bytes_and_the_database_only_their_hash(engine: AsyncEngine) -> None:
    token = await invited(engine)
    assert re.fullmatch(r"[\w-]{43}", token)
    async with transaction(engine) as connection:
        (row,) = await connection.execute(text("SELECT upload_invitations::text FROM upload_invitations"))
        assert token not in row[0]
        assert await documents.open_invitation(connection, token + "x") is None


async def test_nobody_is_invited_to_the_form_of_another(engine: AsyncEngine) -> None:
    await invited(engine)
    async with transaction(engine) as connection:
        services = await services_for(connection, TARO)
        with pytest.raises(Refusal):
            await services.documents.invite(1, "identity", "identity_document")


async def test_a_file_that_arrives_is_told_to_the_conversation_of_its_sender(engine: AsyncEngine) -> None:
    token = await invited(engine)
    document = await sent(engine, token)
    assert document is not None
    async with transaction(engine) as connection:
        arrival = await inbox.take(connection, HANAKO)
        history = await Audit(connection, None, NOW, NOW).history("document", document.id)
    assert arrival is not None
    assert arrival.key == f"upload:{document.id}"
    assert arrival.body == {
        "ouentai": {"draft_id": document.draft_id, "key": "identity", "document_id": document.id}
    }
    assert abs(arrival.at - wall()) < timedelta(minutes=1)
    assert [row.action for row in history] == ["received"]


async def test_the_same_file_sent_twice_is_one_document(engine: AsyncEngine) -> None:
    token = await invited(engine, at_most=2)
    first, second = await sent(engine, token), await sent(engine, token)
    assert first is not None and second is not None
    assert first.id == second.id
    assert await over(engine, token) is None


async def test_a_link_is_over_when_all_its_files_have_come(engine: AsyncEngine) -> None:
    token = await invited(engine, at_most=2)
    assert await sent(engine, token, "a")
    assert await sent(engine, token, "b")
    assert await over(engine, token) is Over.FULL
    assert await sent(engine, token, "c") is None
    again = await sent(engine, token, "b")
    assert again is not None


async def test_a_link_is_over_after_a_day(engine: AsyncEngine) -> None:
    token = await invited(engine)
    async with transaction(engine) as connection:
        await connection.execute(
            text("UPDATE upload_invitations SET expires_at = expires_at - interval '24 h'")
        )
    assert await over(engine, token) is Over.EXPIRED
    assert await sent(engine, token) is None


async def test_a_link_is_over_when_the_form_is_handed_in(engine: AsyncEngine) -> None:
    token = await invited(engine)
    async with transaction(engine) as connection:
        services = await services_for(connection, HANAKO)
        await services.drafts.save(Draft("registration", id=1, state=DONE), NOW)
    assert await over(engine, token) is Over.HANDED_IN
    assert await sent(engine, token) is None


async def test_links_are_forgotten_some_weeks_later_and_what_they_brought_is_not(engine: AsyncEngine) -> None:
    token = await invited(engine)
    await sent(engine, token)
    async with transaction(engine) as connection:
        await documents.forget_invitations(connection)
        assert await documents.open_invitation(connection, token) is not None
        await connection.execute(
            text("UPDATE upload_invitations SET expires_at = now() - interval '31 days'")
        )
        await documents.forget_invitations(connection)
        assert await documents.open_invitation(connection, token) is None
        assert await documents.known_files(connection) == {"a" * 32}


async def test_ids_that_were_tampered_with_are_refused(engine: AsyncEngine) -> None:
    document = await sent(engine, await invited(engine))
    assert document is not None
    async with transaction(engine) as connection:
        services = await services_for(connection, HANAKO)
        assert services.person is not None
        mine = services.person.id
        assert [one.id for one in await services.documents.owned([document.id], mine)] == [document.id]
        assert [one.name for one in await services.documents.of([99, document.id])] == ["a.jpg"]
        with pytest.raises(Refusal):
            await services.documents.owned([document.id, 99], mine)
        with pytest.raises(Refusal):
            await services.documents.owned([document.id], mine + 1)


async def test_sender_and_secretariat_get_a_link_and_nobody_else(engine: AsyncEngine) -> None:
    document = await sent(engine, await invited(engine))
    assert document is not None
    async with transaction(engine) as connection:
        await join(connection, TARO)
        for identity in (HANAKO, TARO):
            path = await (await services_for(connection, identity)).documents.link(document.id)
            assert re.fullmatch(rf"/files/{document.id}\?until=\d+&sig=[\w=-]+", path)
        with pytest.raises(Refusal):
            await (await services_for(connection, STRANGER)).documents.link(document.id)
        history = await Audit(connection, None, NOW, NOW).history("document", document.id)
        asked = [row.actor for row in history if row.action == "link given"]
        assert asked == [(await services_for(connection, each)).person.id for each in (HANAKO, TARO)]  # type: ignore[union-attr]


async def test_a_link_is_good_for_its_document_and_its_five_minutes(engine: AsyncEngine) -> None:
    document = await sent(engine, await invited(engine))
    assert document is not None
    async with transaction(engine) as connection:
        path = await (await services_for(connection, HANAKO)).documents.link(document.id)
    until, signature = re.findall(r"=([^&]+)", path)
    assert documents.is_linked(document.id, until, signature)
    assert not documents.is_over(until)
    assert not documents.is_linked(document.id + 1, until, signature)
    assert not documents.is_linked(document.id, str(int(until) + 1), signature)
    assert not documents.is_linked(document.id, "soon", signature)
    assert 290 < int(until) - wall().timestamp() <= 300


@pytest.mark.parametrize(
    ("name", "mime", "filed"),
    [
        ("免許証.JPG", "image/jpeg", "免許証.jpg"),
        ("C:\\Users\\花子\\通帳.png", "image/jpeg", "通帳.jpg"),
        ("../../etc/passwd", "image/png", "passwd.png"),
        ("a\r\nSet-Cookie: x\u202egpj.exe", "application/pdf", "aSet-Cookie: xgpj.pdf"),
        ("", "application/pdf", "document.pdf"),
        ("長" * 300, "image/png", "長" * 100 + ".png"),
    ],
)
def test_a_file_is_filed_under_a_harmless_name(name: str, mime: str, filed: str) -> None:
    assert filed_name(name, mime) == filed


async def test_bytes_come_back_and_lie_encrypted(tmp_path: Path) -> None:
    storage = open_storage(None, tmp_path)
    key = await storage.put(b"face of Hanako")
    assert await storage.get(key) == b"face of Hanako"
    (path,) = (tmp_path / "files").rglob(key)
    assert b"Hanako" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", ["0" * 32, "../secret", ""])
async def test_what_is_not_there_is_missing(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret").write_text("x")
    with pytest.raises(MissingFile):
        await Storage(tmp_path / "files").get(key)


async def test_the_sweep_takes_old_orphans_only(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    known, orphan, young = [await storage.put(each) for each in (b"known", b"orphan", b"young")]
    staged = tmp_path / "staged" / ("f" * 32)
    staged.write_bytes(b"half of a file")
    for path in (*tmp_path.glob(f"*/{known}"), *tmp_path.glob(f"*/{orphan}"), staged):
        os.utime(path, (1, 1))
    assert await storage.sweep({known}, timedelta(hours=1)) == 2
    assert await storage.get(known) == b"known"
    assert await storage.get(young) == b"young"
    assert not staged.exists()
    with pytest.raises(MissingFile):
        await storage.get(orphan)


def test_storage_that_is_not_built_yet_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="s3://.*name a folder"):
        open_storage("s3://evidence", tmp_path)
    assert open_storage(str(tmp_path / "elsewhere"), tmp_path)
