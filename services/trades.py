"""What a business does, as far as its name says so."""

from __future__ import annotations

from services.tips_rules import DATA, fold, pattern

_TRADES = [pattern(words) for words in DATA["trades"].values()]
_TELLING = 2
"""A single sign, such as the one for a shop, says nothing."""


def trade_in(name: str) -> str | None:
    """The word of a business's name that says its trade, such as the one for a sweets shop; None if none does."""
    folded = fold(name, spaces=False).text
    found = (trade.search(folded) for trade in _TRADES)
    return next((match[0] for match in found if match and len(match[0]) >= _TELLING), None)
