"""Reads a TOML file into a dataclass, and says in which line it is wrong."""

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

Place = tuple[str | int, ...]
_T = TypeVar("_T")

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w-]+)\s*=\s*(.*)$")


class FileError(Exception):
    """A file that cannot be used; the message names the file, the line and every reason."""


def read(path: Path, kind: type[_T], contradictions: Callable[[_T], Iterable[tuple[Place, str]]]) -> _T:
    """The file as a value of this dataclass; `contradictions` tells what no single field shows."""
    try:
        text = path.read_text(encoding="utf-8")
        rows = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileError(f"{path.name}: {error}") from error
    try:
        value = TypeAdapter(kind).validate_python(rows)
        wrong = list(contradictions(value))
    except ValidationError as error:
        wrong = [(found["loc"], found["msg"]) for found in error.errors()]
    if wrong:
        raise FileError("\n".join(_told(path.name, text, place, reason) for place, reason in wrong))
    return value


def _told(name: str, text: str, place: Place, reason: str) -> str:
    lines = _lines(text)
    known = next((place[:end] for end in range(len(place), 0, -1) if place[:end] in lines), ())
    line = f"line {lines[known]}, " if known else ""
    return f"{name}: {line}{'.'.join(map(str, place))}: {reason}"


def _lines(text: str) -> dict[Place, int]:
    """The line in which each key begins; a row of a list counts when it has a line to itself."""
    lines: dict[Place, int] = {}
    table: Place = ()
    rows_of: Place | None = None
    counts: dict[Place, int] = {}
    in_text = False
    for number, line in enumerate(text.splitlines(), start=1):
        was_in_text = in_text
        in_text ^= line.count('"""') % 2 == 1
        if was_in_text:
            continue
        if rows_of is not None:
            if line.lstrip().startswith("{"):
                lines[(*rows_of, counts[rows_of])] = number
                counts[rows_of] += 1
            elif line.lstrip().startswith("]"):
                rows_of = None
        elif header := _HEADER.match(line):
            table = tuple(header[2].split("."))
            lines.setdefault(table, number)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
                lines[table] = number
        elif key := _KEY.match(line):
            place = (*table, key[1])
            lines[place] = number
            if key[2].split("#")[0].strip() == "[":
                rows_of, counts[place] = place, 0
    return lines
