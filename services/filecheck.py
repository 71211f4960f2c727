"""What a file really is, whatever its name says, and whether a clerk will be able to read it (DOMAIN 1.5, 3.1)."""

import io
import re
import zlib
from collections.abc import Iterator

import filetype
from PIL import Image

from locales import Text, _
from services.refusals import Refusal

MEGABYTE = 1024 * 1024
AT_MOST_MEGABYTES = 3  # O4
LEAST_SIDE = 300
MOST_PIXELS = 50_000_000
DARK = 48
FLAT = 8
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
M4A, MP3 = "audio/mp4", "audio/mpeg"
ENDINGS = {JPEG: ".jpg", PNG: ".png", PDF: ".pdf", M4A: ".m4a", MP3: ".mp3"}
"""How a file ends of each kind that we keep."""
DOCUMENTS = frozenset({JPEG, PNG, PDF})
SOUNDS = {M4A: M4A, MP3: MP3, "video/mp4": M4A}
"""What spoken words come as: a phone may write them as a film without pictures."""
FORMATS = {JPEG: "JPEG", PNG: "PNG"}

PDF_TAIL = 2048
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia)(?![A-Za-z0-9])")
ENCODED = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"stream\r?\n")
STREAM_END = b"endstream"
MOST_UNPACKED = 64 * MEGABYTE

HEIC = {"image/heic", "image/heif", "image/avif"}
OFFICE = {
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

DAMAGED_PHOTO = _("We could not open this photo. Please take it again and send the new one.")
DAMAGED_PDF = _("We could not open this PDF. Please save it once more and send the new file.")


def check(data: bytes, at_most_megabytes: int = AT_MOST_MEGABYTES) -> str:
    """The MIME type of a photo or PDF that can be used; raises Refusal with how to put it right.

    Pure but slow (a photo is decoded): call it in a thread.
    """
    if not data:
        raise Refusal(_("The file is empty. Please choose it once more."))
    mime = sniff(data)
    if mime not in DOCUMENTS:
        raise Refusal(_why_not(mime))
    if len(data) > at_most_megabytes * MEGABYTE:
        raise too_big(mime, at_most_megabytes)
    if mime == PDF:
        _check_pdf(data)
    else:
        _check_photo(data, FORMATS[mime])
    return mime


def check_sound(data: bytes, at_most_megabytes: int = AT_MOST_MEGABYTES) -> str:
    """The MIME type of a voice message that a phone can play again; raises Refusal with how to put it right."""
    mime = SOUNDS.get(sniff(data) or "")
    if mime is None:
        raise Refusal(_("This voice message cannot be played here. Please write it."))
    if len(data) > at_most_megabytes * MEGABYTE:
        raise sound_too_long(at_most_megabytes)
    return mime


def sound_too_long(at_most_megabytes: int) -> Refusal:
    """Why a voice message cannot be taken whole."""
    return Refusal(
        _("This voice message is larger than {at_most} MB. Please send a shorter one, or write it.")(
            at_most=at_most_megabytes
        )
    )


def sniff(data: bytes) -> str | None:
    """The MIME type that the bytes themselves show."""
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    kind = filetype.guess(data[:8192])
    if kind is not None:
        return str(kind.mime)
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"avif"}:
        return "image/heic"
    return None


def too_big(mime: str | None, at_most_megabytes: int) -> Refusal:
    """Why a file of this kind cannot be taken whole, and how to make it smaller."""
    if mime == PDF:
        return Refusal(
            _(
                "This PDF is larger than {at_most} MB."
                " Please save only the pages that are needed, or send photos of them."
            )(at_most=at_most_megabytes)
        )
    return Refusal(
        _(
            "This file is larger than {at_most} MB."
            " Show the photo on your phone, take a screenshot of it, and send the screenshot."
        )(at_most=at_most_megabytes)
    )


def _why_not(mime: str | None) -> Text:
    if mime in HEIC:
        return _(
            "This is a photo in HEIC format, which we cannot open."
            " Show it on your phone, take a screenshot of it, and send the screenshot."
        )
    if mime in OFFICE:
        return _("Word, Excel and ZIP files cannot be taken. Please save it as a PDF and send that.")
    if mime is not None and mime.startswith("image/"):
        return _(
            "This kind of picture cannot be taken."
            " Show it on your phone, take a screenshot of it, and send the screenshot."
        )
    if mime is not None and mime.startswith("video/"):
        return _("Videos cannot be taken. Please take a photo and send that.")
    return _("This kind of file cannot be taken. Please send a photo (JPEG or PNG) or a PDF.")


def _check_photo(data: bytes, kind: str) -> None:
    """Opens as it should, is neither tiny nor vast, and shows something."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as photo:
            width, height = photo.size
            if width * height > MOST_PIXELS:
                raise Refusal(
                    _(
                        "This picture has more dots than we can open."
                        " Show it on your phone, take a screenshot of it, and send the screenshot."
                    )
                )
            if min(width, height) < LEAST_SIDE:
                raise Refusal(
                    _(
                        "This picture is too small to read. Please take it again from close by,"
                        " so that the document fills the screen."
                    )
                )
            # A JPEG is decoded at an eighth of its size: all of its data is read, little memory is taken.
            photo.draft("L", (width // 8, height // 8))
            dots = photo.convert("L").histogram()
    except Refusal:
        raise
    except Exception as error:
        # Bytes of strangers make a decoder raise whatever it likes; to the person it is one and the same.
        raise Refusal(DAMAGED_PHOTO) from error
    darkest, brightest = _range(dots)
    if brightest < DARK:
        raise Refusal(_("This photo is too dark to read. Please take it again in a bright place."))
    if brightest - darkest < FLAT:
        raise Refusal(_("Nothing can be seen in this picture. Please take it again."))


def _range(dots: list[int]) -> tuple[int, int]:
    """The brightness between which all but a hundredth of the dots at either end lie."""
    spare = sum(dots) // 100

    def reach(levels: range) -> int:
        seen = 0
        for level in levels:
            seen += dots[level]
            if seen > spare:
                return level
        return levels[-1]

    return reach(range(256)), reach(range(255, -1, -1))


def _check_pdf(data: bytes) -> None:
    """Begins and ends as a PDF does, and does nothing by itself."""
    if b"%%EOF" not in data[-PDF_TAIL:] or b"startxref" not in data[-PDF_TAIL:]:
        raise Refusal(DAMAGED_PDF)
    active = any(ACTIVE.search(_decode(part)) for part in _structure(data))
    if active:
        raise Refusal(
            _(
                "This PDF holds a program, so it cannot be taken."
                ' Please open it, choose "print", save it as a PDF, and send that.'
            )
        )


def _structure(data: bytes) -> Iterator[bytes]:
    """Where names of a PDF can stand: outside its streams, and inside those that pack objects."""
    at, left = 0, MOST_UNPACKED
    while (start := STREAM.search(data, at)) is not None:
        head = data[at : start.start()]
        yield head
        end = data.find(STREAM_END, start.end())
        end = len(data) if end < 0 else end
        if b"/ObjStm" in _decode(head[head.rfind(b" obj") :]):
            unpacked = _unpack(data[start.end() : end], left)
            left -= len(unpacked)
            yield unpacked
        at = min(end + len(STREAM_END), len(data))
    yield data[at:]


def _unpack(packed: bytes, at_most: int) -> bytes:
    """What a stream holds; one that is not deflated, or encrypted, is given as it is."""
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(packed, max(at_most, 1))
    except zlib.error:
        return packed
    if unpacking.unconsumed_tail:
        raise Refusal(DAMAGED_PDF)
    return unpacked


def _decode(part: bytes) -> bytes:
    """Names as they are meant: any letter of a name may be written as its code."""
    return ENCODED.sub(lambda code: bytes([int(code[1], 16)]), part)
