"""What people who are not acting now must hear, recorded with the change it tells of (DESIGN 13.8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Notice:
    """What happened (`kind`), to which records (`ids`), and whom to tell; worded in conversations/notices.py.

    `mail` is the address that gets it by e-mail as well, for formal acts (DOMAIN Q18). `thread` names what
    is talked about ("enquiry:12"): where a platform has threads, all its notices stand in one, which is
    whole, so that it also shows what the acting person did.
    """

    kind: str
    person_id: int
    ids: Mapping[str, Any] = field(default_factory=dict)
    mail: str | None = None
    thread: str | None = None


@dataclass(frozen=True)
class Current:
    """Something shown that must be drawn anew: a card, a Home or a rich menu (`kind`) of what `ref` names."""

    kind: str
    ref: str


class Notices:
    """Collects, within one transaction, whom to tell and what to draw anew; the channels write the letters."""

    def __init__(self) -> None:
        self.told: list[Notice] = []
        self.drawn: list[Current] = []

    def tell(
        self, kind: str, person_id: int, *, mail: str | None = None, thread: str | None = None, **ids: Any
    ) -> None:
        """Tell one person what happened."""
        self.told.append(Notice(kind, person_id, ids, mail, thread))

    def draw(self, kind: str, ref: object) -> None:
        """Draw something anew, once, however often it changed."""
        current = Current(kind, str(ref))
        if current not in self.drawn:
            self.drawn.append(current)

    def home(self, person_id: int) -> None:
        """Draw the Home and the rich menu of a person anew."""
        self.draw("home", person_id)
