"""Groups of words as the secretariat edits them: the built-in ones with its changes, and its own (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Protocol

from locales import _
from services.postal import PREFECTURES
from services.refusals import Refusal
from services.thesaurus import LONGEST, Forms, Group, forms_of, joined
from services.tokens import Word, words_of

MOST_WORDS, MOST_KINDS = 24, 40
"""A search takes the sixteen commonest other words of those that stand in cases: longer groups would lose some."""
LONGEST_WORD = 40
SHORTEST = 2
LEAST_TOGETHER = 2
MOST_JOINED = 3
"""Other groups to which words of one may belong as well."""
OWN = "+"
"""The name of a group of the secretariat's own begins so; a built-in one is called by its first word."""
_BETWEEN = re.compile(r"[\n,\u3001\uff0c;]+")


class Role(StrEnum):
    """What a word is to its group: one that means the same, a kind of what they name, or not of the group."""

    SAME = "same"
    KIND = "kind"
    OUT = "out"


Roles = Mapping[str, Role]


@dataclass(frozen=True)
class WordGroup:
    """A group as it is in force: its words with what they are, those that came with the programme in their order, and
    the number of the last change to it, 0 for none.
    """

    key: str
    roles: Roles = field(default_factory=dict)
    shipped: tuple[str, ...] = ()
    revision: int = 0

    @property
    def words(self) -> list[str]:
        """Those that mean the same."""
        return [word for word, role in self.roles.items() if role is Role.SAME]

    @property
    def kinds(self) -> list[str]:
        """Kinds of what they name."""
        return [word for word, role in self.roles.items() if role is Role.KIND]

    @property
    def name(self) -> str:
        """What people call it: its first word."""
        return next(iter([*self.words, *self.kinds]), self.key.removeprefix(OWN))

    def changed(self, roles: Roles, revision: int) -> WordGroup:
        """The same after a change."""
        kept = {word: role for word, role in self.roles.items() if roles.get(word) is not Role.OUT}
        kept |= {word: role for word, role in roles.items() if role is not Role.OUT}
        # What comes back stands where it stood, so that the group is called by the same word.
        order = dict.fromkeys([*(word for word in self.shipped if word in kept), *kept])
        return replace(self, roles={word: kept[word] for word in order}, revision=revision)

    def missing(self, roles: Roles) -> dict[str, Role]:
        """What of this is not so in the group yet."""
        return {word: role for word, role in roles.items() if self.roles.get(word, Role.OUT) is not role}

    def spelled(self, word: str) -> str:
        """A word as it stands in the group, if the same stands there in other letters."""
        forms = forms_of(word)
        return next((one for one in self.roles if one == word or forms_of(one) == forms), word)


class Change(Protocol):
    """A change as it is kept."""

    @property
    def id(self) -> int: ...
    @property
    def group(self) -> str: ...
    @property
    def words(self) -> Mapping[str, str]: ...


Groups = Mapping[str, WordGroup]


def shipped(groups: Iterable[Group]) -> dict[str, WordGroup]:
    """The groups that come with the programme, by their first words."""
    made = {}
    for group in groups:
        roles = dict.fromkeys(group.kinds, Role.KIND) | dict.fromkeys(group.words, Role.SAME)
        ordered = {word: roles[word] for word in (*group.words, *group.kinds)}
        made[group.words[0]] = WordGroup(group.words[0], ordered, tuple(ordered))
    return made


def in_force(groups: Groups, changes: Iterable[Change]) -> dict[str, WordGroup]:
    """The groups after these changes, in their order.

    A built-in group that a later programme calls by another word is found by that of its words; what was added to one
    that is no more stands for itself.
    """
    made = dict(groups)
    names = {word: key for key, group in groups.items() for word in (*group.words, key)}
    for change in changes:
        key = change.group if change.group in made else names.get(change.group, change.group)
        roles = {word: Role(role) for word, role in change.words.items()}
        made[key] = made.get(key, WordGroup(key)).changed(roles, change.id)
    return made


def read_words(typed: str) -> list[str]:
    """The words of what was typed, one a line or with commas between, each once."""
    pieces = (unicodedata.normalize("NFKC", piece) for piece in _BETWEEN.split(typed))
    words: dict[Forms | str, str] = {}
    for piece in pieces:
        word = " ".join(piece.split())
        if word:
            words.setdefault(forms_of(word) or word, word)
    return list(words.values())


def difference(group: WordGroup, words: Sequence[str], kinds: Sequence[str]) -> dict[str, Role]:
    """What has to change for a group to hold these words and kinds; a word in both means the same."""
    wanted = {group.spelled(word): Role.KIND for word in kinds}
    wanted |= {group.spelled(word): Role.SAME for word in words}
    forms = {forms_of(word) for word in wanted}
    gone = {word: Role.OUT for word in group.roles if word not in wanted and forms_of(word) not in forms}
    new = {word: role for word, role in wanted.items() if group.roles.get(word) is not role}
    return gone | new


def require_sound(groups: Groups, group: WordGroup, roles: Roles, *, both: bool = False) -> None:
    """Raise a Refusal, about "words" or "kinds", for a change that would leave a search worse than before.

    `both`: a word may mean the same as those of another group as well.
    """
    after = group.changed(roles, group.revision)
    for word, role in roles.items():
        about = "kinds" if role is Role.KIND else "words"
        if role is not Role.OUT:
            _require_word(word, about)
        if role is Role.SAME and not both and (other := _elsewhere(groups, group.key, word)) is not None:
            raise Refusal(
                _("“{word}” already means the same as “{other}”. Edit that group, or tick below.")(
                    word=word, other=other.name
                ),
                about=about,
            )
    _require_one_place(after)
    others = _joined(groups, after)
    if len(others) > max(MOST_JOINED, len(_joined(groups, group))):
        raise Refusal(
            _("These words belong to {count} other groups. Together they would find everything.")(
                count=len(others)
            ),
            about="words",
        )
    if after.roles and (not after.words or len(after.roles) < LEAST_TOGETHER):
        raise Refusal(_("A group needs at least two words. To give it up, remove it."), about="words")
    if len(after.words) > max(MOST_WORDS, len(group.words)):
        raise Refusal(_("That is too many. A group has up to {most} words.")(most=MOST_WORDS), about="words")
    if len(after.kinds) > max(MOST_KINDS, len(group.kinds)):
        raise Refusal(_("That is too many. A group has up to {most} kinds.")(most=MOST_KINDS), about="kinds")


def _require_word(word: str, about: str) -> None:
    forms = forms_of(word)
    if len(word) > LONGEST_WORD or len([form for token in words_of(word) for form in token.strong]) > LONGEST:
        raise Refusal(_("“{word}” is too long for a word.")(word=word[:LONGEST_WORD]), about=about)
    if len(joined(forms)) < SHORTEST:
        raise Refusal(_("“{word}” is too short. It would find too much.")(word=word), about=about)
    if all(Word(form, form).weak for form in forms):
        raise Refusal(
            _("“{word}” stands in nearly every case. Please give a word that says more.")(word=word),
            about=about,
        )


def _require_one_place(group: WordGroup) -> None:
    """Raise a Refusal where a prefecture would mean another one; as kinds of a region several stand together."""
    same, kinds = _prefectures(group.words), _prefectures(group.kinds)
    if same and len(both := kinds | same) > 1:
        one, other = [*same.values(), *(word for name, word in both.items() if name not in same)][:2]
        raise Refusal(
            _("“{one}” and “{other}” are different places. Please keep them in groups of their own.")(
                one=one, other=other
            ),
            about="words" if len(same) > 1 else "kinds",
        )


def _prefectures(words: Iterable[str]) -> dict[str, str]:
    """The prefectures that are named, each with the word that names it."""
    return {name: word for word in words if (name := _called().get(joined(forms_of(word))))}


@cache
def _called() -> Mapping[str, str]:
    """The prefectures by how they are called, with their ending or without, and in Latin letters."""
    return {
        joined(forms_of(called)): prefecture.name
        for prefecture in PREFECTURES
        for called in (prefecture.name, prefecture.label.en)
    }


def _joined(groups: Groups, group: WordGroup) -> set[str]:
    """The other groups to which words of a group belong."""
    others = (_elsewhere(groups, group.key, word) for word in group.words)
    return {other.key for other in others if other is not None}


def _elsewhere(groups: Groups, key: str, word: str) -> WordGroup | None:
    """Another group with words that mean the same as this."""
    forms = forms_of(word)
    for other in groups.values():
        if other.key != key and any(forms_of(one) == forms for one in other.words):
            return other
    return None


def holding(groups: Groups, word: str) -> list[WordGroup]:
    """The groups of which this is a word or a kind; those in which it means the same come first."""
    forms = forms_of(word)
    found = [group for group in groups.values() if any(forms_of(one) == forms for one in group.roles)]
    return sorted(found, key=lambda group: not any(forms_of(one) == forms for one in group.words))


def matching(groups: Groups, typed: str) -> list[WordGroup]:
    """The groups in whose words this text stands; all of them, where nothing was typed."""
    text = unicodedata.normalize("NFKC", typed).casefold().strip()
    return [
        group
        for group in groups.values()
        if group.roles
        and (
            not text
            or any(text in unicodedata.normalize("NFKC", word).casefold() for word in group.roles)
            or group in holding({group.key: group}, typed)
        )
    ]
