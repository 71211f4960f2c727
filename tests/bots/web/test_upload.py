"""A document comes in through its link, is checked, and goes out through a link of five minutes."""

import io
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from bots.web import upload
from bots.web.purposes import PURPOSES
from bots.web.upload import routes
from services import fetching, inbox
from services.answers import DONE, Draft
from services.clock import FrozenClock, wall
from services.database import transaction
from services.documents import Stored, digest
from services.fetching import Order
from services.filecheck import MEGABYTE
from services.notices import Fetch
from services.people import Identity
from services.programme import load
from services.refusals import Refusal
from services.storage import Storage
from tests.bots.web.browser import Reply, get, post, send
from tests.services.cast import HANAKO, NOW, services_for
from tests.services.pictures import pdf, photo


class Office:
    """The pages, and what they ask of the rest of the app."""

    def __init__(self, engine: AsyncEngine, files: Path) -> None:
        self.engine = engine
        self.storage = Storage(files)
        self.worked: list[Identity] = []
        self.app = Starlette(
            routes=routes(engine, self.storage, self.worked.append, load("phase2"), FrozenClock(NOW))
        )

    async def invite(self, purpose: str = "identity_document", at_most: int = 5, language: str = "en") -> str:
        async with transaction(self.engine) as connection:
            services = await services_for(connection, HANAKO)
            assert services.person is not None
            await services.people.speak(services.person.id, language)
            draft = await services.drafts.live("registration")
            draft = draft or await services.drafts.save(Draft("registration"), NOW)
            return await services.documents.invite(draft.id, "identity", purpose, at_most)

    async def link(self, document_id: int = 1) -> str:
        async with transaction(self.engine) as connection:
            return await (await services_for(connection, HANAKO)).documents.link(document_id)

    async def count(self) -> int:
        async with self.engine.connect() as connection:
            return int((await connection.execute(text("SELECT count(*) FROM documents"))).scalar_one())


@pytest.fixture
def office(engine: AsyncEngine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path)


def is_private(reply: Reply) -> bool:
    policy = reply.headers["content-security-policy"]
    return (
        policy.startswith("default-src 'none'")
        and "unsafe" not in policy
        and "frame-ancestors 'none'" in policy
        and reply.headers["cache-control"] == "no-store"
        and reply.headers["referrer-policy"] == "no-referrer"
        and reply.headers["x-content-type-options"] == "nosniff"
    )


async def test_the_page_says_what_to_send_and_who_will_see_it(office: Office) -> None:
    reply = await get(office.app, await office.invite())
    assert reply.status == 200
    assert is_private(reply)
    for sentence in (
        "Send your identity document",
        "Never send the back with the number on it.",
        "Only the secretariat of the programme sees this",
        "kept encrypted for 5 years",
        "up to 3 MB",
    ):
        assert sentence in reply.words


@pytest.mark.parametrize("purpose", [*PURPOSES, "something_new"])
async def test_every_page_is_in_the_language_of_its_person(office: Office, purpose: str) -> None:
    reply = await get(office.app, await office.invite(purpose, language="ja"))
    assert '<html lang="ja">' in reply.body.decode()
    assert not re.search(r"[A-Za-z]{2,} [a-z]{2,}", reply.words), reply.words


async def test_nothing_on_the_page_is_fetched_from_anywhere(office: Office) -> None:
    body = (await get(office.app, await office.invite())).body.decode()
    assert not re.search(r'(src|href|action)="|https?:|@import|url\(', body)


async def test_a_photo_is_received_and_the_conversation_goes_on(office: Office) -> None:
    path = await office.invite()
    reply = await send(office.app, path, ("免許証.jpeg", photo()))
    assert reply.status == 200
    assert is_private(reply)
    assert "免許証.jpg" in reply.words
    assert re.search(r"Receipt [0-9A-F]{8}", reply.words)
    assert "on LINE" in reply.words
    assert office.worked == [HANAKO]
    async with transaction(office.engine) as connection:
        arrival = await inbox.take(connection, HANAKO)
    assert arrival is not None
    assert arrival.body["ouentai"]["document_id"] == 1


async def test_a_button_pressed_twice_sends_one_document(office: Office) -> None:
    path = await office.invite(at_most=1)
    first = await send(office.app, path, ("a.jpg", photo()))
    second = await send(office.app, path, ("a.jpg", photo()))
    assert first.words == second.words
    assert await office.count() == 1


async def test_a_link_takes_as_many_files_as_were_asked_for(office: Office) -> None:
    path = await office.invite("passbook", at_most=2)
    assert "Send another file" in (await send(office.app, path, ("a.jpg", photo()))).words
    assert "Received so far: 1. Up to 2 can be sent." in (await get(office.app, path)).words
    assert "Send another file" not in (await send(office.app, path, ("b.png", photo("PNG")))).words
    third = await send(office.app, path, ("c.pdf", pdf()))
    assert third.status == 410
    assert "All files have arrived" in third.words
    assert "All files have arrived" in (await get(office.app, path)).words
    assert await office.count() == 2


async def test_a_file_that_cannot_be_used_is_refused_on_the_same_page(office: Office) -> None:
    path = await office.invite()
    reply = await send(office.app, path, ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)))
    assert reply.status == 422
    assert "take a screenshot of it, and send the screenshot" in reply.words
    assert "Choose a photo or a PDF" in reply.words
    assert await office.count() == 0
    assert office.worked == []


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "Please choose a file first."),
        ([("", b"")], "Please choose a file first."),
        ([("a.jpg", b"")], "The file is empty."),
        ([("a.jpg", b"\xff\xd8\xff" + bytes(4 * MEGABYTE))], "larger than 3 MB"),
        ([("a.jpg", bytes(17 * MEGABYTE))], "larger than 3 MB"),
        ([("a.jpg", b"x"), ("b.jpg", b"y")], "one file at a time"),
    ],
)
async def test_every_slip_is_answered_in_words(
    office: Office, files: list[tuple[str, bytes]], sentence: str
) -> None:
    reply = await send(office.app, await office.invite(), *files)
    assert reply.status == 422
    assert sentence in reply.words


async def test_a_body_that_is_no_form_is_answered_in_words(office: Office) -> None:
    path = await office.invite()
    assert (await post(office.app, path, {"content-type": "text/plain"}, b"hello")).status == 422
    broken = {"content-type": "multipart/form-data"}
    assert (await post(office.app, path, broken, b"hello")).status == 422


async def test_more_than_anybody_could_mean_is_not_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MOST_DRAINED", 3 * MEGABYTE)
    path = await office.invite()
    assert "larger than" in (await send(office.app, path, ("a.jpg", bytes(5 * MEGABYTE)))).words
    assert (await send(office.app, "/upload/unknown", ("a.jpg", bytes(5 * MEGABYTE)))).status == 404


async def test_a_name_is_shown_as_text(office: Office) -> None:
    reply = await send(office.app, await office.invite(), ("<img src=x onerror=alert(1)>.jpg", photo()))
    assert "<img" not in reply.body.decode()
    assert "<img src=x onerror=alert(1)>.jpg" in reply.words


async def test_an_unknown_link_says_how_to_get_a_new_one(office: Office) -> None:
    for reply in (
        await get(office.app, "/upload/AAAA"),
        await send(office.app, "/upload/AAAA", ("a.jpg", photo())),
    ):
        assert reply.status == 404
        assert is_private(reply)
        assert "新しい" in reply.words
    assert await office.count() == 0


async def test_an_expired_link_says_how_to_get_a_new_one(office: Office) -> None:
    path = await office.invite()
    async with transaction(office.engine) as connection:
        await connection.execute(text("UPDATE upload_invitations SET expires_at = now()"))
    for reply in (await get(office.app, path), await send(office.app, path, ("a.jpg", photo()))):
        assert reply.status == 410
        assert "You get a new link." in reply.words
    assert await office.count() == 0


async def test_the_link_of_a_form_that_was_handed_in_takes_nothing_more(office: Office) -> None:
    path = await office.invite()
    async with transaction(office.engine) as connection:
        services = await services_for(connection, HANAKO)
        await services.drafts.save(Draft("registration", id=1, state=DONE), NOW)
    assert "handed in already" in (await send(office.app, path, ("a.jpg", photo()))).words


async def test_a_document_is_handed_out_for_five_minutes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(office.app, await office.invite(), ("免許証.jpg", photo(place=True)))
    link = await office.link()
    reply = await get(office.app, link)
    assert reply.status == 200
    assert is_private(reply)
    assert "sandbox" in reply.headers["content-security-policy"]
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.headers["content-disposition"] == "inline; filename*=UTF-8''%E5%85%8D%E8%A8%B1%E8%A8%BC.jpg"
    assert not dict(Image.open(io.BytesIO(reply.body)).getexif().get_ifd(0x8825))
    monkeypatch.setattr("services.documents.is_over", lambda until: True)
    late = await get(office.app, link)
    assert late.status == 410
    assert "5分" in late.words


async def keep(office: Office, data: bytes, name: str, mime: str) -> str:
    """A file that came in a chat; returns the path under which it can be sent on."""
    stored = Stored(name, mime, len(data), digest(data), await office.storage.put(data))
    async with transaction(office.engine) as connection:
        services = await services_for(connection, HANAKO)
        assert services.person is not None
        order = Order(HANAKO, services.person.id, Fetch("file", "1", name, "handoff:1", "handoff"))
        await fetching.keep(connection, order, None, stored, NOW)
        return await services.documents.sent_link(1)


async def test_what_was_sent_to_somebody_can_be_seen_for_three_days(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = photo(size=(4000, 3000), place=True)
    path = await keep(office, taken, "図.jpg", "image/jpeg")
    until = int(re.findall(r"until=(\d+)", path)[0])
    assert path.startswith("/files/1.jpg?")
    assert 0 <= (wall() + timedelta(days=3)).timestamp() - until < 60
    whole, small = await get(office.app, path), await get(office.app, f"{path}&small=1")
    with Image.open(io.BytesIO(whole.body)) as picture:
        assert picture.size == (4000, 3000)
    with Image.open(io.BytesIO(small.body)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (800, 600))
        assert not dict(picture.getexif())
    assert len(small.body) < 1_000_000 and is_private(small)
    monkeypatch.setattr("services.documents.is_over", lambda until: True)
    late = await get(office.app, path)
    assert late.status == 410 and "3日" in late.words


async def test_a_preview_stands_upright_and_a_png_has_one_too(office: Office) -> None:
    path = await keep(office, photo(size=(1600, 800), turned=6), "a.jpg", "image/jpeg")
    with Image.open(io.BytesIO((await get(office.app, f"{path}&small=1")).body)) as picture:
        assert picture.size == (400, 800)


async def test_a_pdf_has_no_preview(office: Office) -> None:
    path = await keep(office, pdf(), "a.pdf", "application/pdf")
    assert (await get(office.app, f"{path}&small=1")).body == pdf()


async def test_a_voice_message_is_saved_not_opened(office: Office) -> None:
    path = await keep(office, b"\x00\x00\x00\x1cftypM4A ", "memo.m4a", "audio/mp4")
    reply = await get(office.app, path)
    assert reply.headers["content-disposition"].startswith("attachment; ")
    assert reply.headers["content-type"] == "audio/mp4"


@pytest.mark.parametrize(
    "change", [("files/1.", "files/2."), ("until=", "until=9"), ("sig=", "sig=x"), ("?until", "?x")]
)
async def test_nobody_makes_such_a_link_for_himself(office: Office, change: tuple[str, str]) -> None:
    path = await keep(office, photo(), "a.jpg", "image/jpeg")
    assert (await get(office.app, path.replace(*change))).status == 404


async def test_what_is_not_checked_is_not_sent_on(office: Office) -> None:
    await keep(office, photo(), "a.jpg", "image/jpeg")
    async with transaction(office.engine) as connection:
        await connection.execute(text("UPDATE documents SET state = 'quarantined'"))
        services = await services_for(connection, HANAKO)
        for document_id in (1, 99):
            with pytest.raises(Refusal):
                await services.documents.sent_link(document_id)


async def test_what_was_sent_is_kept_byte_for_byte(office: Office) -> None:
    taken = photo(place=True)
    await send(office.app, await office.invite(), ("a.jpg", taken))
    async with office.engine.connect() as connection:
        key = (await connection.execute(text("SELECT file FROM documents"))).scalar_one()
    assert await office.storage.get(key) == taken


async def test_a_pdf_is_shown_by_the_viewer_of_the_browser(office: Office) -> None:
    await send(office.app, await office.invite("tax_return"), ("申告書.pdf", pdf()))
    reply = await get(office.app, await office.link())
    assert reply.body == pdf()
    assert "sandbox" not in reply.headers["content-security-policy"]


@pytest.mark.parametrize("change", [("files/1", "files/2"), ("until=", "until=1"), ("sig=", "sig=x")])
async def test_a_forged_link_shows_nothing(office: Office, change: tuple[str, str]) -> None:
    await send(office.app, await office.invite(), ("a.jpg", photo()))
    await send(office.app, await office.invite(), ("b.jpg", photo(size=(700, 700))))
    reply = await get(office.app, (await office.link()).replace(*change))
    assert reply.status == 404
    assert is_private(reply)
    assert (await get(office.app, "/files/1")).status == 404


async def test_what_is_in_quarantine_is_not_handed_out(office: Office) -> None:
    await send(office.app, await office.invite(), ("a.jpg", photo()))
    link = await office.link()
    async with transaction(office.engine) as connection:
        await connection.execute(text("UPDATE documents SET state = 'quarantined'"))
    assert (await get(office.app, link)).status == 404


async def test_no_log_holds_a_token(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = await office.invite()
    await get(office.app, path)
    await send(office.app, path, ("a.jpg", photo()))
    assert path.rpartition("/")[2] not in caplog.text
