"""What people who are not acting now must hear, recorded with the change it tells of (DESIGN 13.8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from services.notice_table import table


class How(Enum):
    """How somebody is told: as the table says, without any more waiting, by e-mail alone, or even if they act now."""

    AS_TABLED = "as tabled"
    LATER = "later"
    AT_ONCE = "at once"
    BY_MAIL = "by mail"


@dataclass(frozen=True)
class Notice:
    """What happened (`kind`), to which records (`ids`), and whom to tell; worded in conversations/notices.py.

    `ids` are numbers, words and lists of them: a notice may wait, and is worded by what is so when it is said.
    `mail` is the address that gets it by e-mail as well, for formal acts (DOMAIN Q18). `thread` names what
    is talked about ("enquiry:12"): where a platform has threads, all its notices stand in one, which is
    whole, so that it also shows what the acting person did.
    """

    kind: str
    person_id: int
    ids: Mapping[str, Any] = field(default_factory=dict)
    mail: str | None = None
    thread: str | None = None
    how: How = How.AS_TABLED


@dataclass(frozen=True)
class Current:
    """Something shown that must be drawn anew: a card, a Home or a rich menu (`kind`) of what `ref` names.

    A card of a person stands in the chat with them, any other in the secretariat's channel.
    """

    kind: str
    ref: str
    person_id: int | None = None


@dataclass(frozen=True)
class Post:
    """Something said to the secretariat as a whole: in the thread of the card `under`, such as "handoff:12".

    Without a card it goes to those to whom an unanswered matter climbs. `notice` is to nobody in particular.
    """

    notice: Notice
    under: str | None = None


@dataclass(frozen=True)
class Fetch:
    """A file that the acting person sent in a chat and that is now wanted, for what `about` names."""

    kind: str
    ref: str
    name: str
    about: str
    purpose: str


NOBODY = 0


class Notices:
    """Collects, within one transaction, whom to tell and what to draw anew; the channels write the letters."""

    def __init__(self) -> None:
        self.told: list[Notice] = []
        self.drawn: list[Current] = []
        self.posted: list[Post] = []
        self.fetched: list[Fetch] = []

    def tell(
        self, kind: str, person_id: int, *, mail: str | None = None, thread: str | None = None, **ids: Any
    ) -> None:
        """Tell one person what happened, as services/notices.toml says.

        Raises KeyError for a kind without a row there, ValueError for a formal act that has no e-mail there, and
        TypeError for an id that could not wait.
        """
        row = table()[kind]
        if mail is not None and not row.mail:
            raise ValueError(f"notices.toml says that {kind} is not told by e-mail")
        if not all(value is None or isinstance(value, int | str | list) for value in ids.values()):
            raise TypeError(f"the ids of {kind} are numbers, words and lists of them")
        self.told.append(Notice(kind, person_id, ids, mail, thread))

    def later(self, kind: str, person_id: int, **ids: Any) -> None:
        """Tell whoever acts at this moment, but elsewhere than in the chat; their next words there make it moot."""
        self.told.append(Notice(kind, person_id, ids, how=How.LATER))

    def again(self, notices: Sequence[Notice], how: How) -> None:
        """Say now, in this way, what has waited or could not be delivered."""
        self.told.extend(replace(notice, how=how) for notice in notices)

    def post(self, card: str, ref: object, kind: str, **ids: Any) -> None:
        """Say something in the thread of a card in the secretariat's channel, which is posted first if need be."""
        self.posted.append(Post(Notice(kind, NOBODY, ids), f"{card}:{ref}"))

    def escalate(self, kind: str, **ids: Any) -> None:
        """Say something in the second channel, in the secretariat's own where there is none."""
        self.posted.append(Post(Notice(kind, NOBODY, ids)))

    def fetch(self, kind: str, ref: str, name: str, *, about: str, purpose: str) -> None:
        """Fetch a file that the acting person has sent: `kind`, `ref` and `name` as it was heard.

        It is heard of again within a minute, as a document or with what is wrong with it (`acts.on_fetched`).
        """
        self.fetched.append(Fetch(kind, ref, name, about, purpose))

    def draw(self, kind: str, ref: object, person_id: int | None = None) -> None:
        """Draw something anew, once, however often it changed; a card for a person in the chat with them."""
        current = Current(kind, str(ref), person_id)
        if current not in self.drawn:
            self.drawn.append(current)

    def home(self, person_id: int) -> None:
        """Draw the Home and the rich menu of a person anew."""
        self.draw("home", person_id)
