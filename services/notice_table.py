"""The table of notices: which event tells whom, how urgently, and whether by e-mail too (DOMAIN 2.5). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.checked_toml import Place, read

TABLE = Path(__file__).with_name("notices.toml")


class Urgency(StrEnum):
    """How soon somebody who is not acting is told."""

    NOW = "now"
    TODAY = "today"
    MERGE = "merge"


class Side(StrEnum):
    """Who can be told."""

    COMPANY = "company"
    EXPERT = "expert"
    SECRETARIAT = "secretariat"


@dataclass(frozen=True)
class Row:
    """One kind of notice; `mail` for formal acts, `deadline` for what must leave however scarce pushes are.

    `waits`: how long it may wait for the person's next act, whose answer carries it for nothing.
    """

    to: Annotated[tuple[Side, ...], Field(min_length=1)]
    urgency: Urgency | dict[Side, Urgency]
    mail: bool = False
    deadline: bool = False
    waits: timedelta = timedelta(0)

    def urgency_for(self, side: Side) -> Urgency:
        """How soon this side is told."""
        if isinstance(self.urgency, Urgency):
            return self.urgency
        return self.urgency.get(side, Urgency.TODAY)


def load(path: Path) -> Mapping[str, Row]:
    """A table from its file; raises checked_toml.FileError saying what is wrong with it."""
    return read(path, dict[str, Row], _contradictions)


def _contradictions(rows: Mapping[str, Row]) -> Iterable[tuple[Place, str]]:
    for kind, row in rows.items():
        if len(set(row.to)) < len(row.to):
            yield (kind, "to"), "somebody is named twice"
        if not isinstance(row.urgency, Urgency) and set(row.urgency) != set(row.to):
            yield (kind, "urgency"), "it names others than those who are told"
        if row.waits < timedelta(0):
            yield (kind, "waits"), "nothing waits for less than no time"


@cache
def table() -> Mapping[str, Row]:
    """The table of this installation, by the kind of the notice."""
    return load(TABLE)
