"""A file is judged by what it is, and a refusal says what to do instead."""

import io
import random
import zlib

import pytest
from PIL import Image

from services import filecheck
from services.filecheck import JPEG, MEGABYTE, PDF, PNG, check
from services.photographs import without_place
from services.refusals import Refusal
from tests.services.pictures import packed, pdf, photo


def refused(data: bytes) -> str:
    with pytest.raises(Refusal) as refusal:
        check(data)
    return refusal.value.reason.message


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (photo("JPEG"), JPEG),
        (photo("JPEG", turned=6, place=True), JPEG),
        (photo("PNG"), PNG),
        (photo("JPEG", (300, 4000)), JPEG),
        (pdf(), PDF),
        (b"\r\n" + pdf(), PDF),
        (pdf(b"<< /Type /Catalog /OpenAction [3 0 R /Fit] >>", packed(b"1 0 << /Type /Page >>")), PDF),
    ],
)
def test_photos_and_pdfs_are_taken(data: bytes, mime: str) -> None:
    assert check(data) == mime


def test_two_pictures_in_one_file_as_some_phones_write_them_are_taken() -> None:
    file = io.BytesIO()
    first = Image.open(io.BytesIO(photo()))
    first.save(file, "MPO", save_all=True, append_images=[first.copy()])
    assert check(file.getvalue()) == JPEG


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (b"", "choose it once more"),
        (b"Hello, this is a letter.", "send a photo (JPEG or PNG) or a PDF"),
        (b"MZ" + b"\0" * 600, "send a photo (JPEG or PNG) or a PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 400, "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 400, "HEIC"),
        (b"PK\x03\x04" + b"\0" * 400, "save it as a PDF"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 400, "Videos"),
        (photo("GIF"), "screenshot"),
        (photo("WEBP"), "screenshot"),
        (photo("JPEG", (299, 800)), "too small"),
        (photo("JPEG", light=(0, 30)), "too dark"),
        (photo("PNG", light=(200, 203)), "Nothing can be seen"),
        (photo("JPEG")[:3000], "could not open this photo"),
        (photo("PNG")[:200] + b"\0" * 100, "could not open this photo"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 5000, "could not open this photo"),
        (pdf()[:-20], "could not open this PDF"),
        (b"%PDF-1.4 and nothing more", "could not open this PDF"),
    ],
)
def test_what_cannot_be_used_is_refused_with_advice(data: bytes, advice: str) -> None:
    assert advice in refused(data)


def test_a_dark_table_around_a_bright_card_is_no_dark_photo() -> None:
    picture = Image.new("RGB", (800, 600), (5, 5, 5))
    picture.paste((230, 230, 225), (350, 250, 450, 310))
    file = io.BytesIO()
    picture.save(file, "JPEG")
    assert check(file.getvalue()) == JPEG


def test_more_than_three_megabytes_are_too_many() -> None:
    noise = random.Random(1).randbytes(3 * MEGABYTE)
    assert "screenshot" in refused(photo() + noise)
    assert "only the pages that are needed" in refused(pdf() + noise)
    assert check(photo() + noise, at_most_megabytes=4) == JPEG


def test_a_small_file_that_unfolds_into_a_vast_picture_is_refused_unopened() -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
        )

    side = (8000).to_bytes(4, "big")
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", side + side + b"\x08\x02\0\0\0")
    bomb += chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
    assert "more dots" in refused(bomb)


@pytest.mark.parametrize(
    "data",
    [
        pdf(b"<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"),
        pdf(b"<< /Type /Catalog /OpenAction << /S /Launch /F (calc.exe) >> >>"),
        pdf(b"<< /Type /Catalog /OpenAction << /S /J#61vaScript >> >>"),
        pdf(b"<< /Type /Catalog >>", packed(b"5 0 << /S /JavaScript /JS (app.alert(1)) >>")),
        pdf(
            b"<< /Type /Catalog >>",
            packed(b"").replace(b"/ObjStm", b"/Obj#53tm"),
            packed(b"1 0 <</JS 2 0 R>>"),
        ),
    ],
)
def test_a_pdf_that_does_something_by_itself_is_refused(data: bytes) -> None:
    assert "holds a program" in refused(data)


def test_words_of_a_page_are_no_program() -> None:
    page = b"<< /Length 40 >>\nstream\nBT (How /JavaScript and /Launch work) Tj ET\nendstream"
    assert check(pdf(b"<< /Type /Catalog /JSON true >>", page)) == PDF


def test_a_pdf_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filecheck, "MOST_UNPACKED", 1000)
    assert "could not open" in refused(pdf(b"<< >>", packed(bytes(100_000))))


@pytest.mark.parametrize("turned", [1, 6])
def test_a_photo_is_shown_without_the_place_it_was_taken_at(turned: int) -> None:
    taken = photo(turned=turned, place=True)
    assert b"Kitano Phone" in taken
    shown = without_place(taken + b"trailing secrets", JPEG)
    before, after = Image.open(io.BytesIO(taken)), Image.open(io.BytesIO(shown))
    assert dict(before.getexif().get_ifd(0x8825))
    assert not dict(after.getexif().get_ifd(0x8825))
    assert b"Kitano Phone" not in shown
    assert b"secrets" not in shown
    assert after.getexif().get(0x0112, 1) == turned
    assert after.tobytes() == before.tobytes()


def test_a_photo_drawn_in_several_passes_stays_whole() -> None:
    file = io.BytesIO()
    Image.effect_noise((400, 400), 80).convert("RGB").save(
        file, "JPEG", progressive=True, comment=b"of Hanako"
    )
    shown = without_place(file.getvalue(), JPEG)
    assert b"Hanako" not in shown
    assert Image.open(io.BytesIO(shown)).tobytes() == Image.open(file).tobytes()


def test_a_screenshot_is_shown_without_what_was_written_into_it() -> None:
    taken = photo("PNG", place=True)
    assert b"eXIf" in taken
    shown = without_place(taken + b"trailing secrets", PNG)
    assert b"eXIf" not in shown
    assert b"secrets" not in shown
    assert Image.open(io.BytesIO(shown)).tobytes() == Image.open(io.BytesIO(taken)).tobytes()


def test_a_pdf_is_shown_as_it_came() -> None:
    assert without_place(pdf(), PDF) == pdf()
