"""Keeps messages and views within Slack's limits: what does not fit is left out whole, and counted."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

Json = dict[str, Any]
MESSAGE = 50
VIEW = 100
BYTES = 200_000
"""Slack refuses views of more than about 250,000 bytes; the rest of the view needs some of them."""
FOOT = ("actions", "context")
LEAST = 5
"""In no more room than this a long group is not begun; it ends with up to three blocks of its foot."""


def fit(groups: Sequence[list[Json]], most: int, more: Callable[[int], Json]) -> list[Json]:
    """The blocks of all groups, or of as many as fit and a last line that says how many are missing."""
    blocks: list[Json] = []
    size = 0
    for at, group in enumerate(groups):
        rest = len(groups) - at - 1
        room, left = most - len(blocks) - (1 if rest else 0), BYTES - size
        if len(group) <= room and _weight(group) <= left:
            blocks += group
            size += _weight(group)
            continue
        if (len(group) > most // 2 or _weight(group) > BYTES // 2) and room > LEAST:
            blocks += _shorten(group, room, left, more)
            return [*blocks, more(rest)] if rest else blocks
        return [*blocks, more(rest + 1)]
    return blocks


def _weight(blocks: list[Json]) -> int:
    return len(orjson.dumps(blocks))


def _shorten(group: list[Json], most: int, left: int, more: Callable[[int], Json]) -> list[Json]:
    """One group that is too long by itself, without its middle: what can be pressed at its end stays."""
    tail = 0
    while tail < LEAST - 2 and tail < len(group) and group[-1 - tail]["type"] in FOOT:
        tail += 1
    end = group[len(group) - tail :]
    head: list[Json] = []
    size = _weight(end)
    for block in group[: len(group) - tail]:
        size += _weight([block])
        if len(head) >= most - tail - 1 or size > left:
            break
        head.append(block)
    return [*head, more(len(group) - tail - len(head)), *end]
