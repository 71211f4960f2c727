"""How LINE counts characters (PLATFORMS 1.11)."""

import regex


def length(text: str, unit: str = "utf16") -> int:
    """How long LINE says a text is: in UTF-16 units, or in `graphemes`, the characters a person sees."""
    if unit == "graphemes":
        return len(regex.findall(r"\X", text))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
