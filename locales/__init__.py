"""Text that is written once, in English, and read in the language of whoever receives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Text", "_"]


@dataclass(frozen=True)
class Text:
    """A sentence to be translated when it is shown, never before.

    Values may be other Texts, Yen, dates, datetimes (aware; shown in Tokyo) or lists of these.
    """

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, **values: Any) -> Text:
        """The same sentence with its placeholders filled."""
        return Text(self.message, {**self.values, **values})

    def __hash__(self) -> int:
        return hash(self.message)


_ = Text
