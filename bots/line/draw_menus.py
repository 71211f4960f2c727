"""Draws the rich menus of menus.toml into menus/*.png: `python -m bots.line.draw_menus`.

Needs the font of Debian's package fonts-noto-cjk; the pictures are committed, so that nobody else does.
"""

from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bots.line.rich_menu import HEIGHT, PICTURES, WIDTH, Cell, Menu, menus

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
FINE = 3
"""Drawn so many times larger and then made smaller, for smooth edges."""
GROUND, CARD, EDGE = "#EDF3EF", "#FFFFFF", "#D8E5DD"
ACCENT, INK, SOFT, TINT = "#2F7A58", "#1F2B26", "#E3F0E9", "#E6F1EB"
GAP, RADIUS, STROKE = 10, 30, 7
LABEL, LEAD_LABEL, NOTE, GLYPH = 48, 64, 36, 100
ICON, GROUND_RADIUS, SPACE = 108, 99, 44


class Pencil:
    """Lines of an icon in a square of 100 by 100 around a point, all in one colour."""

    def __init__(self, draw: ImageDraw.ImageDraw, x: float, y: float, size: float, color: str) -> None:
        self._draw, self._left, self._top, self._scale, self._color = (
            draw,
            x - size / 2,
            y - size / 2,
            size / 100,
            color,
        )

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the square in the picture."""
        return (self._left + x * self._scale) * FINE, (self._top + y * self._scale) * FINE

    @property
    def width(self) -> int:
        """How thick a line is."""
        return round(STROKE * FINE * self._scale)

    def line(self, *points: tuple[float, float], closed: bool = False) -> None:
        """Straight strokes with round ends and corners."""
        drawn = [self.at(*point) for point in (*points, *(points[:1] if closed else ()))]
        self._draw.line(drawn, fill=self._color, width=self.width, joint="curve")
        radius = self.width / 2
        for x, y in drawn:
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=self._color)

    def box(self, left: float, top: float, right: float, bottom: float, radius: float = 10) -> None:
        """A rounded frame."""
        corners = (*self.at(left, top), *self.at(right, bottom))
        self._draw.rounded_rectangle(
            corners, radius * self._scale * FINE, outline=self._color, width=self.width
        )

    def circle(self, x: float, y: float, radius: float) -> None:
        """A round frame."""
        corners = (*self.at(x - radius, y - radius), *self.at(x + radius, y + radius))
        self._draw.ellipse(corners, outline=self._color, width=self.width)

    def arc(self, x: float, y: float, radius: float, start: float, end: float) -> None:
        """A part of a round frame, in degrees clockwise from the right."""
        corners = (*self.at(x - radius, y - radius), *self.at(x + radius, y + radius))
        self._draw.arc(corners, start, end, fill=self._color, width=self.width)

    def dot(self, x: float, y: float, radius: float = 5.5) -> None:
        """A filled spot."""
        self._draw.ellipse(
            (*self.at(x - radius, y - radius), *self.at(x + radius, y + radius)), fill=self._color
        )


def _pencil(pen: Pencil) -> None:
    pen.line((14, 86), (20, 62), (66, 16), (84, 34), (38, 80), closed=True)
    pen.line((54, 28), (72, 46))


def _book(pen: Pencil) -> None:
    pen.line(
        (50, 28),
        (36, 18),
        (8, 18),
        (8, 76),
        (36, 76),
        (50, 86),
        (64, 76),
        (92, 76),
        (92, 18),
        (64, 18),
        (50, 28),
    )
    pen.line((50, 28), (50, 86))


def _talk(pen: Pencil) -> None:
    pen.box(9, 10, 91, 74, 16)
    pen.line((28, 74), (28, 92), (48, 74))
    for x in (31, 50, 69):
        pen.dot(x, 42)


def _clock(pen: Pencil) -> None:
    pen.circle(50, 50, 41)
    pen.line((50, 26), (50, 52), (66, 62))


def _card(pen: Pencil) -> None:
    pen.box(6, 18, 94, 84)
    pen.circle(32, 43, 9)
    pen.arc(32, 70, 16, 190, 350)
    pen.line((58, 42), (80, 42))
    pen.line((58, 60), (80, 60))


def _letter(pen: Pencil) -> None:
    pen.box(6, 20, 94, 82)
    pen.line((11, 28), (50, 56), (89, 28))


def _person(pen: Pencil) -> None:
    pen.circle(42, 30, 18)
    pen.arc(42, 90, 34, 183, 310)
    pen.line((62, 76), (96, 76))
    pen.line((79, 59), (79, 93))


def _list(pen: Pencil) -> None:
    pen.box(14, 16, 86, 92)
    pen.line((38, 16), (62, 16), (62, 8), (38, 8), closed=True)
    pen.line((32, 44), (39, 51), (50, 38))
    pen.line((62, 45), (70, 45))
    pen.line((32, 69), (39, 76), (50, 63))
    pen.line((62, 70), (70, 70))


def _folder(pen: Pencil) -> None:
    pen.line(
        (8, 26),
        (14, 18),
        (38, 18),
        (48, 30),
        (86, 30),
        (92, 36),
        (92, 76),
        (86, 82),
        (14, 82),
        (8, 76),
        closed=True,
    )
    pen.line((30, 56), (70, 56))


ICONS: dict[str, Callable[[Pencil], None]] = {
    "pencil": _pencil,
    "book": _book,
    "talk": _talk,
    "clock": _clock,
    "card": _card,
    "letter": _letter,
    "person": _person,
    "list": _list,
    "folder": _folder,
}


def picture(menu: Menu) -> Image.Image:
    """The picture of a menu."""
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), GROUND)
    draw = ImageDraw.Draw(image)
    for cell in menu.cells:
        _cell(draw, cell)
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _cell(draw: ImageDraw.ImageDraw, cell: Cell) -> None:
    left, top, width, height = cell.bounds
    frame = tuple(edge * FINE for edge in (left + GAP, top + GAP, left + width - GAP, top + height - GAP))
    fill, edge = (ACCENT, ACCENT) if cell.lead else (CARD, EDGE)
    draw.rounded_rectangle(frame, RADIUS * FINE, fill=fill, outline=edge, width=2 * FINE)
    ink, icon = ("#FFFFFF", "#FFFFFF") if cell.lead else (INK, ACCENT)
    middle, centre = top + height / 2, left + width / 2
    if width > WIDTH / 2:
        length = draw.textlength(cell.label, _font(LEAD_LABEL)) / FINE
        words = 2 * GROUND_RADIUS + SPACE
        start = centre - (words + length) / 2
        _icon(draw, cell, start + GROUND_RADIUS, middle, icon)
        rise = 34 if cell.note else 0
        _write(draw, start + words, middle - rise, cell.label, LEAD_LABEL, ink, "lm")
        _write(draw, start + words, middle + 50, cell.note, NOTE, SOFT if cell.lead else INK, "lm")
    else:
        _icon(draw, cell, centre, top + 158, icon)
        _write(draw, centre, top + 312, cell.label, LABEL, ink, "mm")


def _icon(draw: ImageDraw.ImageDraw, cell: Cell, x: float, y: float, color: str) -> None:
    """The icon on a round ground."""
    edges = (x - GROUND_RADIUS, y - GROUND_RADIUS, x + GROUND_RADIUS, y + GROUND_RADIUS)
    ground = tuple(edge * FINE for edge in edges)
    draw.ellipse(ground, fill="#3F8A68" if cell.lead else TINT)
    if cell.glyph:
        _write(draw, x, y, cell.glyph, GLYPH, color, "mm")
    else:
        ICONS[cell.icon](Pencil(draw, x, y, ICON, color))


def _write(
    draw: ImageDraw.ImageDraw, x: float, y: float, words: str, size: int, color: str, anchor: str
) -> None:
    draw.text((x * FINE, y * FINE), words, font=_font(size), fill=color, anchor=anchor)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size * FINE)


def main() -> None:
    """Draw every menu."""
    PICTURES.mkdir(exist_ok=True)
    for menu in menus():
        picture(menu).quantize(128).save(PICTURES / f"{menu.name}.png", optimize=True)


if __name__ == "__main__":
    main()
