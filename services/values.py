"""Small values that read what people type with patience and hold nothing invalid."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

import phonenumbers
from stdnum.jp import cn

from locales import _
from services import kana
from services.refusals import Refusal

MASK = "●●●"
# Phone companies once gave out addresses with dots in a row or before the @, and they still work.
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u30fc\uff0d\uff70~\u301c]")


def plain(typed: str) -> str:
    """What was typed in half-width signs, with single spaces and without any around it."""
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def _digits(typed: str) -> str:
    """Only the digits, provided that nothing but spaces, dashes and marks stood between them."""
    bare = re.sub(r"[\s\-().,\u3012]", "", _DASHES.sub("-", unicodedata.normalize("NFKC", typed)))
    return bare if bare.isdecimal() and bare.isascii() else ""


class Yen(int):
    """A whole amount of yen, tax included; negative only where the ledger takes something back."""

    currency = "JPY"

    def __new__(cls, amount: int) -> Self:
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise TypeError(f"yen are whole numbers, not {type(amount).__name__}")
        return super().__new__(cls, amount)

    def __add__(self, other: int) -> Yen:
        return Yen(int(self) + other)

    __radd__ = __add__

    def __sub__(self, other: int) -> Yen:
        return Yen(int(self) - other)

    def __neg__(self) -> Yen:
        return Yen(-int(self))

    def __str__(self) -> str:
        return f"{'-' if self < 0 else ''}¥{abs(int(self)):,}"

    def __repr__(self) -> str:
        return f"Yen({int(self)})"


@dataclass(frozen=True)
class CorporateNumber:
    """The 13 digits by which the tax agency knows a company; an invoice number's T is left out."""

    digits: str

    def __post_init__(self) -> None:
        digits = _digits(plain(self.digits).upper().removeprefix("T"))
        if len(digits) != 13:
            raise Refusal(_("A corporate number has 13 digits, for example 7000012050002."))
        if not cn.is_valid(digits):
            raise Refusal(_("One of these 13 digits seems to be mistyped. Could you check them again?"))
        object.__setattr__(self, "digits", digits)

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True)
class PostalCode:
    """Seven digits; whether there is such a place is for `postal` to say."""

    digits: str

    def __post_init__(self) -> None:
        digits = _digits(self.digits)
        if len(digits) != 7:
            raise Refusal(_("A postal code has 7 digits, for example 650-0001."))
        object.__setattr__(self, "digits", digits)

    def __str__(self) -> str:
        return f"{self.digits[:3]}-{self.digits[3:]}"


@dataclass(frozen=True)
class PhoneNumber:
    """A Japanese number on which somebody can be called, kept as E.164."""

    e164: str

    def __post_init__(self) -> None:
        typed = _DASHES.sub("-", plain(self.e164))
        object.__setattr__(self, "e164", self._read(typed))

    @staticmethod
    def _read(typed: str) -> str:
        unreadable = Refusal(_("Please give a Japanese phone number, for example 078-322-0000."))
        if not re.fullmatch(r"[+0-9][0-9\-(). ]*|\([0-9][0-9\-(). ]*", typed):
            raise unreadable
        try:
            number = phonenumbers.parse(typed, "JP")
        except phonenumbers.NumberParseException as error:
            raise unreadable from error
        if not phonenumbers.is_valid_number_for_region(number, "JP"):
            raise unreadable
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def __str__(self) -> str:
        number = phonenumbers.parse(self.e164, "JP")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)

    def masked(self) -> str:
        """The last four digits, enough for its owner to know it again."""
        return f"{MASK}{self.e164[-4:]}"


@dataclass(frozen=True)
class EmailAddress:
    """Somewhere a mail can be sent; the domain is kept in ASCII and lower case."""

    address: str

    def __post_init__(self) -> None:
        typed = re.sub(r"\s*([@.\u3002])\s*", r"\1", plain(self.address)).removeprefix("mailto:")
        local, at, domain = typed.rpartition("@")
        try:
            domain = domain.encode("idna").decode().lower()
        except UnicodeError:
            domain = ""
        if not (at and _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)) or len(typed) > 254:
            raise Refusal(_("This does not look like an e-mail address. For example: hanako@example.com"))
        object.__setattr__(self, "address", f"{local}@{domain}")

    def __str__(self) -> str:
        return self.address

    def masked(self) -> str:
        """The first letter and the domain."""
        local, _at, domain = self.address.rpartition("@")
        return f"{local[0]}{MASK}@{domain}"


@dataclass(frozen=True)
class PersonName:
    """A person's name as it stands on the identity document; rare characters are left as they are."""

    name: str

    def __post_init__(self) -> None:
        name = " ".join(self._folded(self.name).split())
        if not name or len(name) > 60 or not all(map(self._may_stand_in_a_name, name)):
            raise Refusal(_("Please write the full name, for example Yamada Hanako."))
        object.__setattr__(self, "name", name)

    @staticmethod
    def _folded(typed: str) -> str:
        # NFKC would also replace compatibility ideographs, and then the name no longer equals the document.
        parts = re.split(r"([\uf900-\ufaff\U0002f800-\U0002fa1f])", typed)
        return "".join(part if n % 2 else unicodedata.normalize("NFKC", part) for n, part in enumerate(parts))

    @staticmethod
    def _may_stand_in_a_name(sign: str) -> bool:
        return unicodedata.category(sign)[0] in "LM" or sign in " .,'\u2019-\u30fb"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Kana:
    """How a name is read, in full-width katakana."""

    reading: str

    def __post_init__(self) -> None:
        reading = kana.katakana(plain(self.reading))
        if not reading or len(reading) > 100 or not kana.is_katakana(reading):
            raise Refusal(_("Please write how it is read in kana, for example Yamada Hanako."))
        object.__setattr__(self, "reading", reading)

    def __str__(self) -> str:
        return self.reading


@dataclass(frozen=True)
class BankAccountNumber:
    """Seven digits; banks leave out the zeros in front when they print a shorter one."""

    digits: str

    def __post_init__(self) -> None:
        digits = _digits(self.digits)
        if not digits.strip("0"):
            raise Refusal(_("Please give the account number, for example 1234567."))
        if len(digits) > 7:
            raise Refusal(
                _("An account number has up to 7 digits. For Japan Post Bank, give the number for transfers.")
            )
        object.__setattr__(self, "digits", digits.zfill(7))

    def __str__(self) -> str:
        return self.digits

    def masked(self) -> str:
        """The last four digits, enough for its owner to know it again."""
        return f"{MASK}{self.digits[-4:]}"


@dataclass(frozen=True)
class AccountHolderKana:
    """The holder as banks exchange it: at most 30 half-width signs of the transfer format."""

    text: str

    def __post_init__(self) -> None:
        text = kana.transfer_text(plain(self.text))
        if not kana.is_transfer_text(text):
            raise Refusal(_("Please write the holder in kana as in the passbook, for example Yamada Hanako."))
        if len(text) > 30:
            raise Refusal(_("Please shorten the account holder to 30 characters, as the bank does."))
        object.__setattr__(self, "text", text)

    def __str__(self) -> str:
        return self.text

    def belongs_to(self, reading: Kana) -> bool:
        """Whether the account is in the name of the person who reads like this."""
        return self.text.replace(" ", "") == kana.transfer_text(str(reading)).replace(" ", "")


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise Refusal(_("The last day is before the first one. Could you check the dates?"))

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return f"{self.start:%Y/%m/%d} – {self.end:%Y/%m/%d}"


@dataclass(frozen=True, order=True)
class Hours:
    """A time to work, kept in minutes; in which steps it comes is for the programme to say."""

    minutes: int

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise Refusal(_("Please write the time in hours, for example 10 or 1.5."))

    def __add__(self, other: Hours) -> Hours:
        return Hours(self.minutes + other.minutes)

    @property
    def decimal(self) -> Decimal:
        """The hours as a decimal number, such as 1.5."""
        return Decimal(self.minutes) / 60

    def __str__(self) -> str:
        return f"{self.decimal:f}"
