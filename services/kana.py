"""Katakana as people read it, and as banks exchange it."""

import re
import unicodedata

import jaconv

_KATAKANA = re.compile(r"[\u30a1-\u30fa][\u30a1-\u30fc ]*")
# The signs a Japanese bank transfer may hold (Zengin format): no small kana, no long mark, no lower case.
_TRANSFER = re.compile(r"[A-Z0-9\uff66\uff71-\uff9f ().\-/]+")
_DASH_AFTER_KANA = re.compile(r"(?<=[\u30a1-\u30fc])[-\u2010-\u2015\u2212]")


def katakana(text: str) -> str:
    """Hiragana, half-width kana and dashes meant as a long mark, all in full-width katakana."""
    return _DASH_AFTER_KANA.sub("\u30fc", jaconv.hira2kata(unicodedata.normalize("NFKC", text)))


def is_katakana(text: str) -> bool:
    """Whether it is full-width katakana, middle dots and spaces only."""
    return bool(_KATAKANA.fullmatch(text))


def large(text: str) -> str:
    """Small kana written large, the way banks store names."""
    return "".join(
        unicodedata.lookup(name.replace("SMALL ", "")) if "KATAKANA LETTER SMALL" in name else sign
        for sign, name in ((sign, unicodedata.name(sign, "")) for sign in text)
    )


def transfer_text(text: str) -> str:
    """The half-width text of the transfer format; signs it does not know stay and are not accepted later."""
    wide = large(katakana(text)).upper().replace("\u30fb", ".").replace("\u30fc", "-")
    return str(jaconv.z2h(wide, kana=True, ascii=True, digit=True))


def is_transfer_text(text: str) -> bool:
    """Whether every sign may stand in a bank transfer."""
    return bool(_TRANSFER.fullmatch(text))
