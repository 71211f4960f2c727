"""What a button does, as it travels in a postback: `a=<name>&key=value`."""

import re
from urllib.parse import parse_qsl, quote_plus

from conversations.messages import Act

MOST_UNITS = 300
FORGED = Act("?")
_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)*")
_PLAIN = re.compile(r"[0-9A-Za-z_.-]*")


def pack(act: Act) -> str:
    """The act as postback data; raises ValueError when LINE would not carry it, or not bring it back the same."""
    if (
        not _NAME.fullmatch(act.name)
        or "a" in act.args
        or any("\x00" in value for value in act.args.values())
    ):
        raise ValueError(f"the button {act.name!r} does not come back as it was sent")
    data = "&".join(
        [f"a={act.name}", *(f"{_escape(key)}={_escape(value)}" for key, value in act.args.items())]
    )
    if len(data) > MOST_UNITS:
        raise ValueError(f"the button {act.name!r} needs {len(data)} characters of {MOST_UNITS}")
    return data


def _escape(part: str) -> str:
    return part if _PLAIN.fullmatch(part) else quote_plus(part)


def unpack(data: object) -> Act:
    """The act in postback data; the act "?", which nobody answers, for anything that is not ours."""
    if not isinstance(data, str) or not 0 < len(data) <= MOST_UNITS:
        return FORGED
    try:
        pairs = parse_qsl(data, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        return FORGED
    (first, name), *rest = pairs
    args = dict(rest)
    known = first == "a" and _NAME.fullmatch(name) and "a" not in args and len(args) == len(rest)
    if not known or any("\x00" in part for pair in rest for part in pair):
        return FORGED
    return Act(name, args)
