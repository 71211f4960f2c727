"""Banks and their branches, by code and by name (Zengin codes)."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import zengin_code

from locales import _
from services import kana
from services.readings import BANK_ENDINGS
from services.refusals import Refusal


@dataclass(frozen=True)
class Branch:
    """A branch of a bank; three digits."""

    code: str
    name: str
    kana: str


@dataclass(frozen=True)
class Bank:
    """A bank; four digits. Names are without the word for bank, as banks exchange them."""

    code: str
    name: str
    kana: str
    branches: dict[str, Branch] = field(repr=False, compare=False)


class _Named(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kana(self) -> str: ...


_N = TypeVar("_N", bound=_Named)

_BANKS = {
    code: Bank(
        code, bank.name, bank.kana, {b.code: Branch(b.code, b.name, b.kana) for b in bank.branches.values()}
    )
    for code, bank in zengin_code.Bank.all.items()
}


def bank(code: str) -> Bank:
    """The bank with this code; refuses an unknown one."""
    try:
        return _BANKS[_digits(code).zfill(4)]
    except KeyError:
        raise Refusal(_("There is no bank with this code. It has 4 digits, for example 0001.")) from None


def branch(of: Bank, code: str) -> Branch:
    """The branch of this bank with this code; refuses an unknown one."""
    try:
        return of.branches[_digits(code).zfill(3)]
    except KeyError:
        raise Refusal(
            _("{bank} has no branch with this code. It has 3 digits, for example 001.")(bank=of.name)
        ) from None


def find_banks(text: str, limit: int) -> list[Bank]:
    """At most `limit` banks whose name, reading or code begins with the text, then those that contain it."""
    return _find(_BANKS.values(), text, limit)


def find_branches(of: Bank, text: str, limit: int) -> list[Branch]:
    """At most `limit` branches of this bank whose name, reading or code begins with the text or contains it."""
    return _find(of.branches.values(), text, limit)


def _digits(code: str) -> str:
    return unicodedata.normalize("NFKC", code).strip()


def _find(rows: Iterable[_N], text: str, limit: int) -> list[_N]:
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    for ending in BANK_ENDINGS:
        plain = plain.removesuffix(ending)
    reading = kana.large(kana.katakana(plain))

    def rank(row: _N) -> int:
        name = unicodedata.normalize("NFKC", row.name).casefold()
        if plain in (name, row.code) or reading == row.kana:
            return 0
        if name.startswith(plain) or row.kana.startswith(reading) or row.code.startswith(plain):
            return 1
        return 2 if plain in name or reading in row.kana else 3

    ranked = sorted(((rank(row), row.code, row) for row in rows), key=lambda found: found[:2])
    return [row for place, _code, row in ranked if place < 3][:limit]
