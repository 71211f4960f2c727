"""How a company's words are told to others without saying whose they are: sentences left out, names and figures gone.

A sentence stays only if nothing in it is quoted, a name or contact data, and if nearly all of its nouns are words of
the field or stand in the cases of several companies; the others are masked. Figures become about as much (pure).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.thesaurus import LONGEST, Thesaurus
from services.tips_masks import find_private
from services.tips_rules import PARTS, letters
from services.tokens import Token, Word, folded, plain, tokens_of

_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
MASK: str = _DATA["mask"]
MOST_MASKED = 1
"""Words of a sentence that may be masked; with more of them it says too little and perhaps too much."""
_ABOUT: list[tuple[int, str]] = [(limit, words) for limit, words in _DATA["about"]]
_NAMES = frozenset(_DATA["names"])
_BESIDE_NAMES: list[str] = [plain(sign) for sign in (*_DATA["legal"], *_DATA["quotes"])]
_DATES = tuple(_DATA["dates"])
_SENTENCE = re.compile(f"[^{_DATA['ends']}]+[{_DATA['ends']}]?")
_TWICE = re.compile(f"({'|'.join(words for _limit, words in reversed(_ABOUT))})[{_DATA['between']}]\\1")
_PLACE = re.compile(f"[^{_DATA['place']}]+[{_DATA['place']}]")
_LATIN = re.compile(r"[A-Za-z]$")
_BEGINS_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class Read:
    """A text as it is decided about: its sentences, each as tokens, without those that hold contact data."""

    sentences: Sequence[Sequence[Token]]

    @classmethod
    def of(cls, text: str) -> Read:
        """Read a text; takes about a millisecond."""
        line = "\n".join(plain(part) for part in text.splitlines())
        private = [hidden.span for hidden in find_private(line, names=True)]
        return cls(
            [
                tokens_of(found[0].strip())
                for found in _SENTENCE.finditer(line)
                if not any(start < found.end() and found.start() < end for start, end in private)
            ]
        )

    @property
    def doubtful(self) -> frozenset[str]:
        """The nouns that only stay if several companies use them."""
        return frozenset(
            token.form
            for tokens in self.sentences
            for token in tokens
            if _names(token) and not _everyday(token)
        )

    def told(self, usual: Collection[str], thesaurus: Thesaurus, secrets: Iterable[str]) -> list[str]:
        """The sentences that may be told, in order: `usual` are doubtful nouns that several companies use.

        `secrets` are what is known of the company, such as its name: a sentence with one of them is left out.
        """
        hidden = [secret for secret in map(letters, secrets) if secret]
        sentences = [_told(tokens, usual, thesaurus, hidden) for tokens in self.sentences]
        told = [sentence for sentence in sentences if sentence]
        # A name could be put together by what was left out between its halves.
        whole = letters("".join(told))
        safe = not find_private("".join(told), names=True) and not any(secret in whole for secret in hidden)
        return told if safe else []


def secrets_of(*names: str | None) -> list[str]:
    """What must not be told of names and places: all of each, without its form of business, and each of its words."""
    found: list[str] = []
    for name in filter(None, names):
        bare = plain(name)
        for form in _DATA["legal"]:
            bare = bare.replace(plain(form), " ")
        found += [name, bare, *(word for word in bare.split() if len(letters(word)) > 1)]
    return list(dict.fromkeys(found))


def secrets_of_place(*names: str | None) -> list[str]:
    """What must not be told of a place: its name, each of its parts, and these without what they end with."""
    found: list[str] = []
    for name in filter(None, names):
        parts = _PLACE.findall(plain(name))
        found += [name, *parts, *(part[:-1] for part in parts if len(part) > 2)]
    return list(dict.fromkeys(found))


def shortened(sentences: Sequence[str], most: int) -> str:
    """The first sentences that have room in so many letters; nothing where not even one has."""
    told = ""
    for sentence in sentences:
        if len(told) + len(sentence) > most:
            break
        told += sentence
    return told


def _told(
    tokens: Sequence[Token], usual: Collection[str], thesaurus: Thesaurus, hidden: Sequence[str]
) -> str:
    written = "".join(token.surface for token in tokens)
    line = letters(written)
    # A name need be no noun to the dictionary, so what stands beside names gives it away.
    if any(sign in written for sign in _BESIDE_NAMES) or any(secret in line for secret in hidden):
        return ""
    known = _in_the_field(tokens, thesaurus)
    masked = 0
    words: list[str] = []
    for at, token in enumerate(tokens):
        if not _NAMES.isdisjoint(token.kinds):
            return ""
        if not _names(token) or at in known or _everyday(token) or token.form in usual:
            words.append(token.surface)
        elif _DATA["proper"] in token.kinds:
            return ""
        else:
            masked += 1
            words.append(MASK)
    if masked > MOST_MASKED or 2 * masked > sum(map(_names, tokens)):
        return ""
    return _TWICE.sub(r"\1", "".join(_figures(tokens, words))).replace(MASK + MASK, MASK).strip()


def _names(token: Token) -> bool:
    """Whether a token names something: a noun that is no figure and counts nothing."""
    if token.kinds[0] != _DATA["noun"] or token.kinds[1] not in (_DATA["common"], _DATA["proper"]):
        return False
    return _DATA["counter"] not in token.kinds


@cache
def _everyday_words() -> frozenset[str]:
    listed = (tokens_of(word) for word in _DATA["everyday"])
    return frozenset(folded(word) for word in _DATA["everyday"]) | {
        tokens[0].form for tokens in listed if len(tokens) == 1
    }


def _everyday(token: Token) -> bool:
    """Whether a noun stands in everybody's words."""
    if _DATA["proper"] in token.kinds:
        return False
    written = letters(token.surface)
    if not written or token.form in _everyday_words() or Word(token.form, token.form).weak:
        return True
    return any(part.fullmatch(written) for part in PARTS.values())


def _in_the_field(tokens: Sequence[Token], thesaurus: Thesaurus) -> frozenset[int]:
    """The tokens, by their number, that are words of the field or products: whole words of the thesaurus."""
    flat = [(part, at) for at, token in enumerate(tokens) for part in token.parts or (token.form,)]
    forms = [form for form, _at in flat]
    known: set[int] = set()
    for start in range(len(flat)):
        known.update(range(start, start + thesaurus.find(forms[start : start + LONGEST])))
    unknown = {at for place, (_form, at) in enumerate(flat) if place not in known}
    return frozenset(at for _form, at in flat if at not in unknown)


def _figures(tokens: Sequence[Token], words: Sequence[str]) -> Iterator[str]:
    """The words with figures that say about as much, and without the years of the calendar."""
    after_year = False
    for at, (token, word) in enumerate(zip(tokens, words, strict=True)):
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if after_year:
            after_year = False
            continue
        value = _value(token)
        if value is None:
            yield word
        elif following is not None and following.surface == _DATA["year"] and value >= 1000:
            after_year = True
        elif at > 0 and tokens[at - 1].surface == _DATA["ordinal"]:
            yield str(_DATA["unnumbered"])
        elif _is_date(tokens, at) or _is_of_a_name(tokens, at):
            yield word
        else:
            yield word if value in (0, 1) else _about(value)


def _value(token: Token) -> float | None:
    if _DATA["figure"] not in token.kinds:
        return None
    try:
        return float(token.form)
    except ValueError:
        return None


def _about(value: float) -> str:
    return next((words for limit, words in _ABOUT if value < limit), str(_DATA["more"]))


def _is_date(tokens: Sequence[Token], at: int) -> bool:
    following = tokens[at + 1].surface if at + 1 < len(tokens) else ""
    if following == _DATA["day"]:
        return at > 0 and tokens[at - 1].surface == _DATA["month"]
    return following in _DATES


def _is_of_a_name(tokens: Sequence[Token], at: int) -> bool:
    """Whether a figure belongs to a name in Latin letters, such as a version, and counts nothing."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following is not None and _BEGINS_LATIN.match(following.surface):
        return True
    counts = following is not None and _DATA["counter"] in following.kinds
    return at > 0 and bool(_LATIN.search(tokens[at - 1].surface)) and not counts
