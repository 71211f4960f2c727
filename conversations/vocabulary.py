"""What people mean when they type a word instead of pressing a button."""

import tomllib
from functools import cache
from pathlib import Path

import locales
from conversations.questions import tidy

FILE = Path(locales.__file__).parent / "typed.toml"
CLOSING = " .!?~\u3002\u3001\uff01\uff1f\u301c\u30fc"


@cache
def _meanings() -> dict[str, str]:
    with FILE.open("rb") as file:
        words = tomllib.load(file)
    return {_bare(word): meaning for meaning, typed in words.items() for word in typed}


def _bare(typed: str) -> str:
    folded = tidy(typed).casefold().replace(" ", "")
    return folded.rstrip(CLOSING) or folded


def meant(typed: str) -> str | None:
    """The command that was typed (a key of typed.toml), or None for anything else."""
    return _meanings().get(_bare(typed)) if len(typed) <= 20 else None
