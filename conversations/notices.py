"""What each notice of the domain says; the words are registered where the thing itself is talked about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from conversations.messages import Message

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice

Wording = Callable[["Services", "Notice"], Awaitable[Sequence[Message]]]
WORDINGS: dict[str, Wording] = {}


def worded(kind: str) -> Callable[[Wording], Wording]:
    """Say notices of this kind with this function."""

    def register(wording: Wording) -> Wording:
        WORDINGS[kind] = wording
        return wording

    return register


async def word(services: Services, notice: Notice) -> Sequence[Message]:
    """The messages for one notice; every kind has its words (held by a test)."""
    return await WORDINGS[notice.kind](services, notice)
