"""How an act travels through Slack: as a button's value, an option's value, or a date picker's own id."""

from urllib.parse import parse_qsl

from bots.slack.text import units
from conversations.messages import Act

VALUE = 2000
OPTION = 150
ACTION_ID = 255
NAME = "a"
# Only what parsing needs is quoted: a search in Japanese would be nine times as long otherwise.
QUOTED = str.maketrans({character: f"%{ord(character):02X}" for character in "%&=+"})


def encode(act: Act) -> str:
    """The act as one string: its name first, then its arguments."""
    pairs = [(NAME, act.name), *act.args.items()]
    return "&".join(f"{key.translate(QUOTED)}={value.translate(QUOTED)}" for key, value in pairs)


def decode(written: str) -> Act | None:
    """The act of a string that `encode` made, None for any other, and for one with a NUL that nothing can store."""
    try:
        pairs = parse_qsl(written, keep_blank_values=True, strict_parsing=True, max_num_fields=50)
    except ValueError:
        return None
    if not pairs or pairs[0][0] != NAME or not pairs[0][1] or any("\x00" in part for part in sum(pairs, ())):
        return None
    return Act(pairs[0][1], dict(pairs[1:]))


def value(act: Act) -> str:
    """The act as a button's value; raises ValueError for one that is too long for Slack to carry."""
    written = encode(act)
    if units(written) > VALUE:
        raise ValueError(f"The act {act.name} is too long for a button.")
    return written


def action_id(name: str, count: int) -> str:
    """The id of one of several elements: unique in its block because `count` goes on."""
    return f"{name[: ACTION_ID - 12]}#{count}"


def picker_id(act: Act, count: int) -> str:
    """The id of a date picker, which has no value, so that the id says what is picked for.

    Raises ValueError for an act that is too long.
    """
    written = f"{encode(act)}#{count}"
    if units(written) > ACTION_ID:
        raise ValueError(f"The act {act.name} is too long for a date picker.")
    return written


def picker_act(written: str) -> Act | None:
    """The act of a date picker's id."""
    return decode(written.rpartition("#")[0])
