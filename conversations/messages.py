"""What can be heard from people and said to them, on whatever channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from locales import Text
from services.label import Label

Words = Text | Label | str
"""A sentence of ours, a label from the programme's data, or the words of a person, shown as they are."""


# --- heard ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """What a button does: a name that says it, and what it acts on (ids and the revision it was drawn from)."""

    name: str
    args: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.args.items()))))


def act(name: str, **args: object) -> Act:
    """An Act whose arguments are written as they travel: as short strings."""
    return Act(name, {key: str(value) for key, value in args.items()})


@dataclass(frozen=True)
class Joined:
    """A person added us as a friend, perhaps again."""


@dataclass(frozen=True)
class Left:
    """A person blocked us."""


@dataclass(frozen=True)
class Said:
    """A person typed something. `thread` is what the thread is about in which it was typed, such as "enquiry:12",
    or the platform's id of a thread of people."""

    text: str
    thread: str | None = None
    channel: str | None = None


@dataclass(frozen=True)
class Pressed:
    """A person pressed a button; `picked` is what a date picker or a select gave."""

    act: Act
    picked: str | None = None


@dataclass(frozen=True)
class Attached:
    """A person sent something that is not text: sticker, photo, video, audio, file, location or other.

    `thread` is what the thread is about in which it was sent, as with `Said`; `caption` the words of the same
    message, which were heard as `Said` before. `public`: others read that thread, and it may be meant for them.
    `keywords` are the platform's words for what a sticker shows.
    """

    kind: str
    ref: str = ""
    name: str = ""
    thread: str | None = None
    caption: str = ""
    public: bool = False
    keywords: Sequence[str] = ()


@dataclass(frozen=True)
class Unsent:
    """A person took a message back."""

    ref: str


@dataclass(frozen=True)
class Filled:
    """A page of a form was sent (`last` press) or changed in a way that draws it again (`redraw`)."""

    draft_id: int
    page: int
    revision: int
    answers: Mapping[str, str]
    redraw: bool = False


@dataclass(frozen=True)
class HomeOpened:
    """A person opened the Home."""


@dataclass(frozen=True)
class Commanded:
    """A person typed the slash command with these words after it."""

    text: str


@dataclass(frozen=True)
class Uploaded:
    """A document arrived through its one-time link and answers a question of a draft."""

    draft_id: int
    key: str
    document_id: int


@dataclass(frozen=True)
class Fetched:
    """A file that a person sent in a chat was fetched: a document now, or a `problem` in words for the sender.

    `about` is what it was fetched for, such as "handoff:12"; `ref` and `name` are those of `Attached`.
    """

    about: str
    ref: str
    name: str
    document_id: int | None = None
    problem: Text | None = None


Heard = (
    Joined | Left | Said | Pressed | Attached | Unsent | Filled | HomeOpened | Commanded | Uploaded | Fetched
)


# --- said ----------------------------------------------------------------------------------------------


class Marked(str):
    """Words of a person of which some pieces are what was looked for: `pieces` are all of them, in order.

    Where nothing can stand out, and inside a longer sentence, these are just the words.
    """

    pieces: tuple[tuple[str, bool], ...]

    def __new__(cls, pieces: Iterable[tuple[str, bool]]) -> Marked:
        kept = tuple((words, stands_out) for words, stands_out in pieces if words)
        marked = super().__new__(cls, "".join(words for words, _stands_out in kept))
        marked.pieces = kept
        return marked


@dataclass(frozen=True)
class Link:
    """A page of ours that a button opens; `path` begins with a slash and holds no personal data."""

    path: str


@dataclass(frozen=True)
class Pick:
    """A date to be picked; the chosen day comes back as `picked` of the act."""

    act: Act
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class Button:
    """Something to press. A `confirm` sentence is asked first where the platform can."""

    label: Words
    does: Act | Link | Pick
    style: str = "plain"
    confirm: Text | None = None


@dataclass(frozen=True)
class Fact:
    """A label and its value; `change` opens what it says for correction."""

    label: Words
    value: Words
    change: Act | None = None


@dataclass(frozen=True)
class Say:
    """A few words; `quick` are offers that vanish with the next message.

    `mentions` are the ids by which a platform knows whom the words call, where it has such a thing.
    """

    text: Words
    quick: Sequence[Button] = ()
    mentions: Sequence[str] = ()


@dataclass(frozen=True)
class Card:
    """One subject: what it is, where it stands, its facts, and what can be done."""

    title: Words
    badge: Words | None = None
    facts: Sequence[Fact] = ()
    body: Sequence[Words] = ()
    note: Words | None = None
    buttons: Sequence[Button] = ()
    quick: Sequence[Button] = ()
    tone: str = "plain"


@dataclass(frozen=True)
class Deck:
    """A few cards to be compared side by side."""

    lead: Text
    cards: Sequence[Card]
    quick: Sequence[Button] = ()


@dataclass(frozen=True)
class Option:
    """One answer to choose: its code, its words, and what it would send."""

    value: str
    label: Words
    act: Act


@dataclass(frozen=True)
class Ask:
    """One question, as a chat asks it. `listed`: its options are no buttons, however few, where there are lists."""

    question: Text
    number: int | None = None
    total: int | None = None
    lead: Sequence[Words] = ()
    hint: Words | None = None
    example: Words | None = None
    options: Sequence[Option] = ()
    buttons: Sequence[Button] = ()
    quick: Sequence[Button] = ()
    listed: bool = False


@dataclass(frozen=True)
class Input:
    """One input of a page: the control is chosen by `kind` and the number of options.

    Kinds: line, story, number, date, choice, choices, consent, document, search. `shown` is the answer in
    words, for kinds that have no control of their own; `lead` is read before answering.
    """

    key: str
    label: Text
    kind: str
    hint: Words | None = None
    value: str | None = None
    options: Sequence[Option] = ()
    required: bool = True
    redraws: bool = False
    at_most: int | None = None
    problem: Words | None = None
    reason: Words | None = None
    shown: Words | None = None
    lead: Sequence[Words] = ()
    buttons: Sequence[Button] = ()


@dataclass(frozen=True)
class FormPage:
    """A page of a form, for a channel that shows many questions at once."""

    title: Text
    draft_id: int
    page: int
    pages: int
    revision: int
    inputs: Sequence[Input]
    lead: Sequence[Words] = ()
    notes: Sequence[Words] = ()
    submit: Text = Text("Next")
    back: Act | None = None
    errors: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Voice:
    """What a person of the secretariat says under their own name, with the picture or the file they send.

    `name` is shown as far as the platform has room for it; a picture that a platform cannot show is a button.
    """

    text: str
    name: str
    picture: Link | None = None
    file: Link | None = None


@dataclass(frozen=True)
class Heading:
    """A line that begins a part of a screen."""

    text: Words


@dataclass(frozen=True)
class Sides:
    """Two long values to be compared: side by side where the screen is wide enough, else below each other."""

    left: Fact
    right: Fact


@dataclass(frozen=True)
class Screen:
    """Something to look at whole: a Home, a record opened for reading, an answer to a press in a modal."""

    title: Text
    parts: Sequence[Heading | Say | Card | Ask | Sides]
    ref: str | None = None


Message = Say | Voice | Card | Deck | Ask | Screen | FormPage
