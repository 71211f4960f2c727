"""What must not be read by everybody: telephone numbers, addresses, passwords and the like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from services.tips_rules import DATA, Folded, Span, TipKind, fold, pattern

_KANJI_DIGITS = str.maketrans(DATA["masks"]["kanji_digits"], "00123456789")


@dataclass(frozen=True)
class Hidden:
    """One place that is masked."""

    span: Span
    kind: TipKind
    put: str


@dataclass(frozen=True)
class Mask:
    """What to hide, and the words that stand there instead."""

    kind: TipKind
    put: str
    find: tuple[re.Pattern[str], ...]
    kanji_digits: bool

    @classmethod
    def read(cls, row: dict[str, Any]) -> Mask:
        """One [[mask]] of tips.toml."""
        return cls(
            TipKind[row["kind"]],
            row["put"],
            tuple(pattern(source) for source in row["find"]),
            row.get("kanji_digits", False),
        )

    def hidden(self, folded: Folded) -> list[Hidden]:
        """Every place in the text that this mask covers."""
        text = folded.text.translate(_KANJI_DIGITS) if self.kanji_digits else folded.text
        return [
            Hidden(folded.span(*match.span(_covered(match))), self.kind, self.put)
            for find in self.find
            for match in find.finditer(text)
        ]


def _covered(match: re.Match[str]) -> int | str:
    return "hide" if "hide" in match.re.groupindex else 0


_CONTACTS = tuple(Mask.read(row) for row in DATA["mask"])
_NAMES = Mask.read(DATA["names"])


def find_private(text: str, *, names: bool) -> list[Hidden]:
    """Contact data and secrets in a text, in order and never overlapping; people's names on request."""
    folded = fold(text, spaces=True)
    masks = (*_CONTACTS, _NAMES) if names else _CONTACTS
    found = sorted(
        (hidden for mask in masks for hidden in mask.hidden(folded)),
        key=lambda hidden: (hidden.span[0], -hidden.span[1]),
    )
    apart: list[Hidden] = []
    for hidden in found:
        if not apart or hidden.span[0] >= apart[-1].span[1]:
            apart.append(hidden)
    return apart


def mask_private(text: str, *, names: bool) -> str:
    """The text with everything private masked; masking it again changes nothing."""
    while hidden := find_private(text, names=names):
        text = replace(text, [(one.span, one.put) for one in hidden])
    return text


def replace(text: str, changes: list[tuple[Span, str]]) -> str:
    """The text with other words at some places, which must be in order and apart."""
    parts, at = [], 0
    for (start, end), words in changes:
        parts += [text[at:start], words]
        at = end
    return "".join((*parts, text[at:]))
