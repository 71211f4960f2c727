"""What people mean when they type a word instead of pressing a button, and how questions and corrections sound."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import locales
from conversations.questions import tidy

FILE = Path(locales.__file__).parent / "typed.toml"
PHRASES = Path(locales.__file__).parent / "phrases.toml"
CLOSING = " .!?~\u3002\u3001\uff01\uff1f\u301c\u30fc"
_AROUND = f"{CLOSING}\uff0c,"
NODDED = ("ok", "no", "thanks")
"""What a sticker can say; anything more has to be typed or pressed."""
LONGEST_ASIDE = 60
"""Whatever is longer is told to us, not asked of us."""
LONGEST_NAME = 12


@cache
def _meanings() -> dict[str, str]:
    with FILE.open("rb") as file:
        words = tomllib.load(file)
    return {_bare(word): meaning for meaning, typed in words.items() for word in typed}


@cache
def _phrases(what: str) -> tuple[str, ...]:
    """Pieces of sentences, the longest first."""
    with PHRASES.open("rb") as file:
        return tuple(sorted(map(_folded, tomllib.load(file)[what]), key=len, reverse=True))


def _folded(typed: str) -> str:
    return tidy(typed).casefold().replace(" ", "")


def _bare(typed: str) -> str:
    folded = _folded(typed)
    return folded.rstrip(CLOSING) or folded


def meant(typed: str) -> str | None:
    """The command that was typed (a key of typed.toml), or None for anything else."""
    return _meanings().get(_bare(typed)) if len(typed) <= 20 else None


def nodded(keywords: Sequence[str]) -> str | None:
    """What a sticker says by its keywords, if it says one thing; a yes on a sticker is never more than an "ok"."""
    said = {"ok" if (meaning := meant(word)) == "yes" else meaning for word in keywords}
    found = [meaning for meaning in NODDED if meaning in said]
    return found[0] if found and not {"ok", "no"} <= said else None


def is_question(typed: str) -> bool:
    """Whether a short text asks something: by its mark, or by how it ends."""
    folded = _folded(typed)
    if not 1 < len(folded) <= LONGEST_ASIDE:
        return False
    return folded.endswith("?") or folded.rstrip(CLOSING).endswith(_phrases("asking"))


def corrected(typed: str) -> str | None:
    """What is to stand in place of the answer before, if somebody corrects it; None if nobody does."""
    words = rest = tidy(typed)
    while opening := next((one for one in _phrases("correcting") if rest.casefold().startswith(one)), ""):
        rest = rest[len(opening) :].lstrip(_AROUND)
    return _pure(rest) or None if rest != words else None


def renamed(typed: str, labels: Sequence[str]) -> tuple[int, str] | None:
    """Which of these names an answer is given to anew, and what: "phone is 078-331-8181"."""
    words = tidy(typed)
    for place, label in enumerate(map(tidy, labels)):
        rest = words[len(label) :].strip() if label and words.casefold().startswith(label.casefold()) else ""
        if rest and rest[0] in _phrases("becomes") and (pure := _pure(rest[1:])):
            return place, pure
    return None


def names_something(typed: str) -> bool:
    """Whether words say of a thing what it is: "the name is Yamamoto"."""
    # A mark of hiragana may as well stand within a name, so it counts between other letters alone.
    marks = "|".join(map(re.escape, _phrases("becomes")))
    return (
        re.match(rf"[^\s\u3041-\u309f]{{1,{LONGEST_NAME}}}({marks})[^\s\u3041-\u309f]", tidy(typed))
        is not None
    )


def _pure(words: str) -> str:
    """An answer without what is said around it."""
    bare = words.strip(_AROUND)
    ending = next((one for one in _phrases("around") if bare.casefold().endswith(one)), "")
    return bare[: len(bare) - len(ending)].strip()
