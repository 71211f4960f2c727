"""The short numbers by which people call cases, plans and contracts: a letter for the kind, and a check digit."""

import re
import unicodedata

from stdnum import damm

from locales import _
from services.refusals import Refusal

_NUMBER = re.compile(r"(?P<prefix>[A-Z])(?P<serial>[0-9]{5,})(?P<check>[0-9])")
_MISREAD = str.maketrans("OIL", "011")


def _check_digit(prefix: str, serial: str) -> str:
    # The letter counts as its place in the alphabet, so that one kind is not taken for another.
    return str(damm.calc_check_digit(f"{ord(prefix) - 64:02d}{serial}"))


def make(prefix: str, serial: int) -> str:
    """The public number of the object of this kind that was counted as `serial`, such as A-000014."""
    if not re.fullmatch("[A-Z]", prefix) or serial < 1:
        raise ValueError(f"no number can be made of {prefix!r} and {serial}")
    digits = f"{serial:05d}"
    return f"{prefix}-{digits}{_check_digit(prefix, digits)}"


def read(typed: str, prefix: str | None = None) -> str:
    """The number as `make` wrote it, however it was typed; with a `prefix` only that kind, whose letter may be left out."""
    text = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper())
    if prefix and text[:1] != prefix and not text[:1].isalpha():
        text = prefix + text
    text = text[:1] + text[1:].translate(_MISREAD)
    match = _NUMBER.fullmatch(text)
    if not match or prefix not in (None, match["prefix"]):
        raise Refusal(
            _("Please give the number as it is shown, for example {example}.")(example=make(prefix or "A", 1))
        )
    if _check_digit(match["prefix"], match["serial"]) != match["check"]:
        raise Refusal(_("One sign of this number seems to be mistyped. Could you check it again?"))
    return f"{match['prefix']}-{match['serial']}{match['check']}"
