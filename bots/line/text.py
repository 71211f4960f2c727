"""Text as LINE counts and bears it: UTF-16 units, characters that a person sees, nothing unprintable."""

import regex

ELLIPSIS = "\u2026"
MOST_UNITS_A_LETTER = 12
"""A character may hide any number of code points; more than this a whole text does not need on average."""

_UNPRINTABLE = regex.compile(r"[\p{Cc}\p{Cs}\p{Bidi_Control}--[\n]]", regex.VERSION1)
_VISIBLE = regex.compile(r"[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]")
_LETTER = regex.compile(r"\X")
_WIDE = regex.compile(r"[\p{East_Asian_Width=Wide}\p{East_Asian_Width=Fullwidth}]")


def units(text: str) -> int:
    """How long a text is in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def columns(text: str) -> int:
    """How wide a text stands on the screen, a kanji being 2."""
    return len(text) + len(_WIDE.findall(text))


def storable(text: str) -> str:
    """The text without what a database cannot keep: NUL, and halves of characters."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "")


def printable(text: str) -> str:
    """The text without control and direction characters; empty when nothing in it can be seen."""
    shown: str = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\t", " ")).strip()
    return shown if _VISIBLE.search(shown) else ""


def cut(text: str, most: int) -> str:
    """The text in at most this many UTF-16 units, in whole characters, with an ellipsis where it was cut."""
    return text if units(text) <= most else _begin(text, most, most)


def cut_label(text: str, most: int) -> str:
    """The text on one line, in at most this many characters that a person sees."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    room = most * MOST_UNITS_A_LETTER
    letters = _LETTER.findall(line[: room + 1])
    return line if len(letters) <= most and units(line) <= room else _begin(line, most, room)


def _begin(text: str, letters: int, most: int) -> str:
    kept: list[str] = []
    left = most - 1
    for found in _LETTER.finditer(text[:most]):
        left -= units(found.group())
        if left < 0 or len(kept) == letters - 1:
            break
        kept.append(found.group())
    return "".join(kept).rstrip() + ELLIPSIS
