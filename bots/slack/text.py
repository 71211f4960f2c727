"""Words as Slack takes them: measured in UTF-16 units, escaped, without characters that hide or deceive."""

import re
from collections.abc import Iterable
from html import unescape as entities

ELLIPSIS = "\u2026"
BLANK = "-"
# Control characters but tab and newline, and those that turn the direction of what follows.
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
HALF = re.compile("[\ud800-\udfff]")
MARKED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
FORMATTING = re.compile(r"[*_~`\n]")


def units(text: str) -> int:
    """The length of a text as Slack is assumed to count it: UTF-16 code units (PLATFORMS 2.6)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text without control and direction characters and without half emoji."""
    return HALF.sub("\ufffd", HIDDEN.sub("", text))


def cut(text: str, most: int) -> str:
    """The text in at most so many units, with an ellipsis where something is missing."""
    if units(text) <= most:
        return text
    return _head(text, most - 1) + ELLIPSIS


def split(text: str, most: int) -> list[str]:
    """The whole text in pieces of at most so many units, broken at the ends of lines where that is possible."""
    pieces = []
    while units(text) > most:
        piece = _head(text, most)
        end = piece.rfind("\n")
        piece = piece[:end] if end > len(piece) // 2 else piece
        pieces.append(piece)
        text = text[len(piece) :].lstrip("\n")
    return [*pieces, text] if text.strip() else pieces


def shared_out(pieces: Iterable[tuple[str, bool]], most: int) -> list[list[tuple[str, bool]]]:
    """The pieces of a text in rows of at most so many units; a piece that does not fit goes on in the next row."""
    rows: list[list[tuple[str, bool]]] = [[]]
    room = most
    for text, stands_out in pieces:
        while text:
            part = _head(text, room) if units(text) > room else text
            if part:
                rows[-1].append((part, stands_out))
            text, room = text[len(part) :], room - units(part)
            if text:
                rows.append([])
                room = most
    return [row for row in rows if row]


def _head(text: str, most: int) -> str:
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def escape(text: str) -> str:
    """Words for a text that Slack parses: nothing in them mentions, pings or links (PLATFORMS 2.7)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What a person typed, from a text as Slack hands it on: entities, links and mentions become words again."""
    return entities(MARKED.sub(_typed, text))


def _typed(match: re.Match[str]) -> str:
    target, label = match[1], match[2]
    if target[:1] in ("@", "#", "!"):
        return (
            label
            if label is not None and target[0] == "!"
            else target[0].replace("!", "@") + (label or target[1:])
        )
    if label is None or label in target or target.startswith("tel:"):
        return label or target
    return f"{label} {target}"
