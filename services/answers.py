"""What was said so far in one form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

OPEN, KEPT, DONE = 0, 1, 2
"""Whether a draft has the attention of the chat, is kept for later, or was handed in."""


@dataclass(frozen=True)
class Draft:
    """What was typed, by key, and the question being answered again, if any.

    `reopened` holds, by key, why the secretariat asks a question again; empty once it was answered on a page.
    `about` names the subject of the form.
    `revision` grows with every change; buttons and modal pages carry it.
    """

    form: str
    about: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    editing: str | None = None
    reopened: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0
    id: int = 0
    state: int = OPEN
    updated_at: datetime | None = None
