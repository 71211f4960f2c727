"""How alike two texts are, and the few numbers by which texts that are alike find each other (pure; DOMAIN 10.4, C4).

A text is the set of its runs of five letters. The least of many hashes of a set (MinHash) is the same for two sets as
often as their runs are; four of them together make a band, and texts with a band in common are worth comparing.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import shake_128

from services.tips_rules import letters

RUN = 5
"""Letters of a run."""
ROWS, BANDS = 4, 24
"""Numbers in a band, and bands of a text: what shares four fifths of its runs is missed once in 300,000 times."""
MOST_PARTS = 4
SHORTEST = 20
"""Letters of a part that is looked for by itself."""
COPIED = 40
"""Letters of a part whose copy is worth naming where the rest is different."""
ALIKE = 0.5
"""From which share of runs on, of the shorter text's, two texts are nearly the same."""
ALIKE_PART = 0.8
SHORTEST_MARK = 8
"""Letters of a passage that is marked as the same; shorter ones are in every text."""
_FIGURES = re.compile(r"\d+")

Runs = frozenset[str]
Piece = tuple[str, bool]
"""A piece of a text, and whether it stands in the other text as well."""


@dataclass(frozen=True)
class Likeness:
    """How much of the shorter of two texts stands in the other (0 to 1), and whether a part of it was copied whole."""

    share: float
    part: bool

    @property
    def near(self) -> bool:
        """Whether somebody should look at both."""
        return self.share >= ALIKE or self.part


def plain(text: str) -> str:
    """A text as it is compared: letters of one width and case, whatever the figures are."""
    return _FIGURES.sub("0", letters(text))


def runs(text: str) -> Runs:
    """Every run of letters of a text; a text shorter than one is a run of its own."""
    line = plain(text)
    return frozenset(line[at : at + RUN] for at in range(max(1, len(line) - RUN + 1)) if line)


def bands(texts: Sequence[str]) -> list[str]:
    """The bands of a text in several parts, by which it is found; parts that were moved or are alone find each other.

    Takes about a millisecond. The same bands are made of the same words, so they are no secret by themselves.
    """
    parts = _parts(texts)
    each = BANDS // max(len(parts), 1)
    found = (f"{number}:{band}" for part in parts for number, band in enumerate(_bands(runs(part), each)))
    return list(dict.fromkeys(found))


def _parts(texts: Sequence[str]) -> list[str]:
    long = [text for text in texts if len(plain(text)) >= SHORTEST]
    if not long:
        long = ["\n".join(texts)]
    parts = [*long[: MOST_PARTS - 1], "\n".join(long[MOST_PARTS - 1 :])]
    return [part for part in parts if plain(part)]


def _bands(some: Iterable[str], count: int) -> list[str]:
    pattern = struct.Struct(f"<{ROWS * count}I")
    rows = [pattern.unpack(shake_128(run.encode()).digest(pattern.size)) for run in some]
    least = [min(column) for column in zip(*rows, strict=True)]
    return ["-".join(f"{one:x}" for one in least[at : at + ROWS]) for at in range(0, len(least), ROWS)]


def likeness(texts: Sequence[str], others: Sequence[str]) -> Likeness:
    """How alike two texts are, each in its parts; nothing is alike where one of them is empty."""
    mine, theirs = runs("\n".join(texts)), runs("\n".join(others))
    if not mine or not theirs:
        return Likeness(0.0, part=False)
    share = len(mine & theirs) / min(len(mine), len(theirs))
    return Likeness(share, _has_part(texts, theirs) or _has_part(others, mine))


def _has_part(texts: Sequence[str], theirs: Runs) -> bool:
    parts = [runs(text) for text in texts if len(plain(text)) >= COPIED]
    return any(len(part & theirs) >= ALIKE_PART * len(part) for part in parts)


def nearest(texts: Sequence[str], others: Mapping[int, Sequence[str]]) -> list[tuple[int, Likeness]]:
    """Those of the others that are nearly the same text, the most alike first."""
    found = [(ref, likeness(texts, other)) for ref, other in others.items()]
    return sorted((one for one in found if one[1].near), key=lambda one: (-one[1].share, -one[0]))


def shared(text: str, other: str) -> list[Piece]:
    """The pieces of a text, in order and together all of it, and which of them stand in the other text as well.

    Both are compared letter by letter as `plain` has them, so a passage is the same whatever its signs and figures.
    """
    line, origins = _traced(text)
    same = bytearray(len(line))
    theirs = plain(other)
    marks = frozenset(theirs[at : at + SHORTEST_MARK] for at in range(len(theirs) - SHORTEST_MARK + 1))
    for at in range(len(line) - SHORTEST_MARK + 1):
        if line[at : at + SHORTEST_MARK] in marks:
            same[at : at + SHORTEST_MARK] = b"\1" * SHORTEST_MARK
    marked = bytearray(len(text))
    for place, (start, end) in enumerate(origins):
        if same[place]:
            # Signs between two marked letters belong to the passage.
            first = origins[place - 1][1] if place and same[place - 1] else start
            marked[first:end] = b"\1" * (end - first)
    return list(_pieces(text, marked))


def _traced(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text as `plain` has it, and for each of its letters where it stood."""
    line: list[str] = []
    origins: list[tuple[int, int]] = []
    for at, sign in enumerate(text):
        for one in plain(sign):
            if one == "0" and line and line[-1] == "0":
                origins[-1] = (origins[-1][0], at + 1)
            else:
                line.append(one)
                origins.append((at, at + 1))
    return "".join(line), origins


def _pieces(text: str, marked: bytearray) -> Iterable[Piece]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or marked[end] != marked[start]:
            yield text[start:end], bool(marked[start])
            start = end
