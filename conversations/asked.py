"""Plain words for things that both sides have: on LINE the company's own, in Slack what the slash command shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import Opening, on_word
from conversations.menu import COMMANDS, puzzled

if TYPE_CHECKING:
    from conversations.turn import Turn

ON_LINE: dict[str, Opening] = {}
"""What a company is shown for a word, by its meaning (a key of typed.toml)."""
MEANINGS = ("contracts", "report", "invoice", "paid", "dates", "claims", "payments")


def _answer(meaning: str) -> Opening:
    async def answer(turn: Turn) -> None:
        if turn.chatty:
            await ON_LINE.get(meaning, puzzled)(turn)
        elif command := COMMANDS.get(meaning):
            await command(turn, "")
        else:
            await puzzled(turn)

    return answer


for _meaning in MEANINGS:
    on_word(_meaning)(_answer(_meaning))
