"""Photos as they are shown: without the place and the camera that the phone wrote into them (DOMAIN 10.5).

What was received is kept byte for byte, as evidence; the picture itself is not changed here either.
"""

import io
from collections.abc import Iterator

from PIL import Image, ImageOps

from services.filecheck import FORMATS, JPEG, PNG

SMALL = 800
"""The longer side of a preview, in dots."""
ORIENTATION = 0x0112
START, FILL, END, SCAN = b"\xff\xd8", 0xFF, 0xD9, 0xDA
APPLICATION, COMMENT = range(0xE1, 0xF0), 0xFE
COLOURS, ADOBE = 0xE2, 0xEE
RESTARTS = range(0xD0, 0xD8)
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_LAST = b"IEND"
PNG_LOOKS = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs"}


def without_place(data: bytes, mime: str) -> bytes:
    """The same picture without what tells where, when and with what it was taken."""
    if mime == JPEG:
        return b"".join(_jpeg(data))
    if mime == PNG:
        return b"".join(_png(data))
    return data


def small(data: bytes, mime: str) -> bytes:
    """The same picture as a JPEG of well under a megabyte, upright, for a preview; slow: call it in a thread."""
    with Image.open(io.BytesIO(data), formats=[FORMATS[mime]]) as photo:
        photo.draft("RGB", (SMALL, SMALL))
        shown = ImageOps.exif_transpose(photo).convert("RGB")
    shown.thumbnail((SMALL, SMALL))
    kept = io.BytesIO()
    shown.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The segments that draw the picture, and how it is to be turned; nothing that follows its end."""
    yield START + _turn(data)
    at = 2
    while at >= 0 and at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != FILL or marker == FILL:
            at = data.find(FILL, at + 1)
            continue
        if marker == END:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        colours = marker == COLOURS and data[at + 4 : at + 15] == b"ICC_PROFILE"
        if colours or marker == ADOBE or (marker not in APPLICATION and marker != COMMENT):
            yield data[at:end]
        if marker == SCAN:
            at, end = end, _end_of_scan(data, end)
            yield data[at:end]
        at = end
    yield bytes([FILL, END])


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands that is not part of the drawn data."""
    while (at := data.find(b"\xff", at)) >= 0:
        following = data[at + 1 : at + 2]
        if following not in (b"\x00", b"\xff", b"") and following[0] not in RESTARTS:
            return at
        at += 1 if following == b"\xff" else 2
    return len(data)


def _turn(data: bytes) -> bytes:
    """A segment that says how the picture is to be turned; empty where it stands upright."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as photo:
        turned = photo.getexif().get(ORIENTATION, 1)
    if turned == 1:
        return b""
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    content = exif.tobytes()
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content


def _png(data: bytes) -> Iterator[bytes]:
    """The chunks that draw the picture; nothing that follows its end."""
    yield PNG_HEAD
    at, kind = len(PNG_HEAD), b""
    while kind != PNG_LAST and at + 12 <= len(data):
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if kind.isupper() or kind in PNG_LOOKS:
            yield data[at:end]
        at = end
