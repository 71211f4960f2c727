"""Photos and PDFs made up for tests, good ones and bad ones."""

import io
import zlib

from PIL import Image, TiffImagePlugin

KOBE = ((34.0, 41.0, 24.0), (135.0, 11.0, 44.0))


def photo(
    kind: str = "JPEG",
    size: tuple[int, int] = (640, 480),
    *,
    light: tuple[int, int] = (0, 255),
    turned: int = 1,
    place: bool = False,
) -> bytes:
    """A picture that runs from dark to bright, as a phone would save it."""
    darkest, brightest = light
    grey = Image.linear_gradient("L").point(lambda dot: darkest + dot * (brightest - darkest) // 255)
    exif = Image.Exif()
    if turned != 1:
        exif[0x0112] = turned
    if place:
        exif[0x0110] = "Kitano Phone"
        gps = exif.get_ifd(0x8825)
        gps.update({1: "N", 2: _degrees(KOBE[0]), 3: "E", 4: _degrees(KOBE[1])})
    file = io.BytesIO()
    grey.resize(size).convert("RGB").save(file, kind, exif=exif)
    return file.getvalue()


def _degrees(parts: tuple[float, float, float]) -> tuple[TiffImagePlugin.IFDRational, ...]:
    return tuple(TiffImagePlugin.IFDRational(part) for part in parts)


def pdf(catalog: bytes = b"<< /Type /Catalog /Pages 2 0 R >>", *more: bytes) -> bytes:
    """A PDF with this catalog and these objects."""
    objects = [catalog, b"<< /Type /Pages /Kids [] /Count 0 >>", *more]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, each) for n, each in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def packed(content: bytes) -> bytes:
    """A stream of packed objects, as most programs write them today."""
    data = zlib.compress(content)
    return b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (
        len(data),
        data,
    )
