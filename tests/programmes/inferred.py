"""Lists what in the programme file is only inferred (mark I); run as a module, it writes docs/inferred.md anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services import programme

FILE = Path(programme.__file__).parent / "programmes" / "phase2.toml"
DOCUMENT = Path(__file__).parents[2] / "docs" / "inferred.md"
HEAD = """# What is only inferred

The programme's documents leave these open, so they are settings: each stands in `services/programmes/phase2.toml`
under this name, with this default, and the office decides. Nothing in the code depends on the value; a second,
invented programme (`tests/programmes/harbour.toml`) runs through the same tests with others.

This page is written from the marks in that file: `python -m tests.programmes.inferred`. A test holds it to them.

| setting | default | why |
|---|---|---|
"""
_TABLE = re.compile(r"\[\[?\s*([\w.]+)\s*\]\]?")
_KEY = re.compile(r"([\w-]+)\s*=\s*(.*)$")
_MARKED = re.compile(r"\bI\b")
_COMMENT = re.compile(r'^((?:[^"#]|"[^"]*")*)#\s*(.*)$')


@dataclass(frozen=True)
class Inferred:
    """One setting: its place in the file, its default as written there, and what the comment says of it."""

    place: str
    default: str
    why: str

    @property
    def row(self) -> str:
        """The line of the table."""
        return f"| `{self.place}` | {self.default} | {self.why} |"


def inferred(lines: list[str]) -> Iterator[Inferred]:
    """Every setting with the mark I, in the order of the file: its own comment's, or that of the comment above it."""
    table, above, in_text, in_list = "", "", False, False
    for line in lines:
        was_in_text = in_text
        in_text ^= line.count('"""') % 2 == 1
        if was_in_text:
            continue
        if line.startswith("#"):
            above = f"{above} {line.lstrip('# ')}".strip()
            continue
        if in_list:
            in_list = not line.startswith("]")
            continue
        if header := _TABLE.fullmatch(line.split("#")[0].strip()):
            table = header[1]
            if _MARKED.search(above):
                yield Inferred(table, "as in the file", _told(above))
            above = ""
        elif key := _KEY.match(line):
            place = f"{table}.{key[1]}" if table else key[1]
            in_list = key[2].split("#")[0].strip() == "["
            commented = _COMMENT.match(key[2])
            if commented and _MARKED.search(commented[2]):
                yield Inferred(place, f"`{commented[1].strip()}`", _told(commented[2]))
            elif _MARKED.search(above):
                yield Inferred(place, "as in the file", _told(above))
            above = ""
        elif not line.strip():
            above = ""


def _told(comment: str) -> str:
    """The comment without the mark itself, where it stands in front."""
    return re.sub(r"^I(?:[:;]\s*|$)", "", comment).replace("|", "/") or "a proposal"


def document() -> str:
    """The whole page."""
    found = inferred(FILE.read_text(encoding="utf-8").splitlines())
    return HEAD + "".join(f"{one.row}\n" for one in found)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
