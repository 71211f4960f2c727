"""The pages beside the chats: one-time links for documents, and whether we are alive."""

import asyncio
import io
import zipfile
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.doors.people import answers_of, draft_of, fetched
from tests.pictures import jpeg
from tests.story.people import SOLE, answers, newcomer
from tests.town import Phone, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")


def zipped(name: str) -> bytes:
    """An archive with one file in it, which is what Office documents are too."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, b"x" * 100)
    return made.getvalue()


FALSE = {
    "program.jpg": b"MZ\x90\x00" + b"\x00" * 500,
    "page.png": b"<html><script>alert(1)</script></html>",
    "drawing.jpg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
    "archive.pdf": zipped("a.txt"),
    "letter.jpg": zipped("word/document.xml"),
    "half.jpg": jpeg()[:2000],
    "empty.jpg": b"",
    "text.pdf": b"%PDF-1.7 but not really",
    "two.jpg": b"\xff\xd8\xff\xe0" + b"<?php system('x'); ?>" * 50,
}


async def asked_for_documents(town: Town) -> Phone:
    """Somebody whose last question wants a file."""
    phone = await newcomer(town)
    await answers(phone, *SOLE)
    return phone


async def a_moment_later(town: Town) -> None:
    """When whoever sent a file and did not come back to the chat is told there."""
    await town.turn(town.ouentai.clock.now() + timedelta(seconds=100))


async def test_a_file_that_is_not_what_its_name_says_is_refused_in_words(town: Town) -> None:
    phone = await asked_for_documents(town)
    link, before = phone.button("書類を送る")["uri"], len(phone.messages)
    for name, data in FALSE.items():
        assert await town.upload(link, data, name) == 422, name
    assert await town.upload(link, jpeg("tax return"), "../../etc/passwd.exe") == 200
    # Only the good one is told of in the chat, where it goes on.
    await a_moment_later(town)
    assert len(phone.messages) == before + 1
    assert "tax_return" in await answers_of(town, phone.user)
    town.accepted()


async def test_the_same_file_from_two_phones_at_once_is_one_file(town: Town) -> None:
    phone = await asked_for_documents(town)
    link = phone.button("書類を送る")["uri"]
    statuses = await asyncio.gather(*(town.upload(link, jpeg("tax return")) for _phone in range(3)))
    assert statuses == [200, 200, 200]
    assert "," not in (await answers_of(town, phone.user))["tax_return"]
    town.accepted()


async def test_a_file_for_a_form_that_was_put_aside_or_is_no_more_is_not_lost(town: Town) -> None:
    phone = await asked_for_documents(town)
    link = phone.button("書類を送る")["uri"]
    await phone.says("やめる")
    assert await town.upload(link, jpeg("tax return")) == 200
    await a_moment_later(town)
    assert "届きました" in phone.last
    async with town.ouentai.engine.begin() as connection:
        await connection.exec_driver_sql(
            f"UPDATE drafts SET form = 'gone' WHERE id = {await draft_of(town, phone.user)}"
        )
    assert await town.upload(link, jpeg("another")) == 200
    assert "届きました" in phone.last
    town.accepted()


@pytest.mark.parametrize(
    "path", ["/upload/unknown", "/upload/%00", "/upload/%ff%fe", "/upload/" + "x" * 3000]
)
async def test_a_link_that_nobody_was_given_says_so(town: Town, path: str) -> None:
    for method, body in (("GET", None), ("POST", b"x")):
        status, page = await fetched(town, path, method, data=body)
        assert status == 404
        assert "リンク" in page


@pytest.mark.parametrize(
    "path",
    ["/files/1", "/files/1?until=x&sig=y", "/files/" + "9" * 40 + "?until=9&sig=0", "/files/1?until=٣&sig=ü"],
)
async def test_a_file_is_not_shown_to_whoever_guesses(town: Town, path: str) -> None:
    assert (await fetched(town, path))[0] == 404


async def test_a_form_without_sense_is_answered_in_words(town: Town) -> None:
    phone = await asked_for_documents(town)
    path = urlsplit(phone.button("書類を送る")["uri"]).path
    kinds = (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
        "text/plain",
    )
    for kind in kinds:
        for body in (
            b"",
            b"--x\r\n\r\n",
            b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\n1\r\n--x--",
            b"\xff" * 999,
        ):
            status, page = await fetched(town, path, "POST", data=body, headers={"Content-Type": kind})
            assert status == 422, (kind, body)
            assert "ファイル" in page
    two = aiohttp.FormData()
    for name in ("file", "file"):
        two.add_field(name, jpeg(), filename="photo.jpg")
    assert (await fetched(town, path, "POST", data=two))[0] == 422


async def test_it_tells_whether_it_is_alive_and_ready(town: Town) -> None:
    assert await fetched(town, "/healthz") == (200, "ok")
    await town.ouentai.sweep()
    status, ready = await fetched(town, "/readyz")
    assert status == 200 and '"database":true' in ready.replace(" ", "")
    status, figures = await fetched(town, "/metrics")
    assert status == 200 and "# HELP" in figures
    assert "菓匠" not in figures


@pytest.mark.parametrize("path", ["/line/webhook", "/slack/events"])
async def test_doors_only_take_what_is_handed_in(town: Town, path: str) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        assert (await fetched(town, path, method))[0] == 405
    assert (await fetched(town, path + "/more", "POST"))[0] == 404
