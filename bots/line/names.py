"""The name of a person above a bubble: as LINE takes it, or none (PLATFORMS 1.12)."""

import re
import unicodedata

from bots.line.text import cut, printable, units

MOST_NAME = 20
"""UTF-16 units of a sender's name."""
LEAST_NAME = 4
"""A name shorter than this says less than its ending."""
REFUSED = "line"
"""A name with this in it could be taken for LINE's own; LINE refuses it."""
ENDING = re.compile(r"[(\uff08][^()\uff08\uff09]+[)\uff09]$")


def sender_name(name: str) -> str | None:
    """The name within LINE's limits, its ending in brackets whole; None for a name that LINE does not take."""
    line = " ".join(printable(name).split())
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", line).casefold() if letter.isalnum())
    if not line or REFUSED in plain:
        return None
    found = ENDING.search(line)
    ending = found.group() if found else ""
    room = MOST_NAME - units(ending)
    if room < LEAST_NAME:
        return cut(line, MOST_NAME)
    return cut(line.removesuffix(ending).rstrip(), room) + ending
