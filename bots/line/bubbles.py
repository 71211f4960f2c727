"""Parts become bubbles, bubbles become messages: nothing is left out, and nothing is larger than LINE takes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from bots.line import flex
from bots.line.flex import Obj
from bots.line.text import cut, units

MOST_MESSAGES = 5
MOST_TEXT = 5000
MOST_ALT = 1500
MOST_BUBBLES = 12
BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
FRAME_BYTES = 800
"""What a bubble is around its parts, and a carousel around its bubbles."""
MOST_AGAIN = 60


@dataclass
class Sheet:
    """One subject before it is known how many bubbles it fills: pages of parts, then what can be pressed.

    `again` heads every bubble but the first.
    """

    again: str
    size: str = "mega"
    head: Obj | None = None
    pages: list[list[Obj]] = field(default_factory=list)
    foot: list[Obj] = field(default_factory=list)


def fold(sheet: Sheet) -> list[Obj]:
    """The bubbles of a sheet: a page each, more where a page is too large."""
    room = BUBBLE_BYTES - FRAME_BYTES - (_size(sheet.head) if sheet.head else 0) - 3 * MOST_AGAIN
    bodies = [part for page in sheet.pages for part in _pack(page, room)] or [[]]
    feet = list(_pack(sheet.foot, room))
    # The buttons stand under the last page when there is room for them all.
    together = len(feet) == 1 and _weigh(bodies[-1]) + _weigh(feet[0]) <= room
    pairs: list[tuple[list[Obj], list[Obj]]] = [(body, []) for body in bodies]
    if together:
        pairs[-1] = (bodies[-1], feet[0])
    else:
        pairs.extend(([], foot) for foot in feet)
    return [_bubble(sheet, number, len(pairs), body, foot) for number, (body, foot) in enumerate(pairs)]


def _bubble(sheet: Sheet, number: int, total: int, body: list[Obj], foot: list[Obj]) -> Obj:
    bubble: Obj = {"type": "bubble", "size": sheet.size}
    if number:
        body = [flex.above(f"{cut(sheet.again, MOST_AGAIN)} ({number + 1}/{total})"), *body]
    elif sheet.head:
        bubble["header"] = sheet.head
    if body:
        # The first part has its distance from the bubble's edge, and needs none of its own.
        first = {name: value for name, value in body[0].items() if name != "margin"}
        bubble["body"] = flex.box("vertical", [first, *body[1:]], paddingAll="20px")
    if foot:
        bubble["footer"] = flex.box("vertical", foot, spacing="md", paddingAll="16px", paddingTop="4px")
    return bubble


def bind(bubbles: Sequence[Obj], alt: str) -> list[Obj]:
    """Flex messages that hold these bubbles of one size, in carousels where there are several."""
    packed = list(_pack(bubbles, CAROUSEL_BYTES - FRAME_BYTES, MOST_BUBBLES))
    return [_flex(group, alt) for group in packed]


def _flex(bubbles: Sequence[Obj], alt: str) -> Obj:
    contents = bubbles[0] if len(bubbles) == 1 else {"type": "carousel", "contents": list(bubbles)}
    return {"type": "flex", "altText": cut(alt, MOST_ALT), "contents": contents}


def squeeze(messages: Sequence[Obj]) -> list[Obj]:
    """The same in fewer messages, where they are more than one letter takes: neighbours are put together.

    What a person says under their own name stays apart from what others say.
    """
    for join in (_join_texts, _join_bubbles):
        if len(messages) > MOST_MESSAGES:
            messages = _joined(messages, join)
    return list(messages)


def _joined(messages: Sequence[Obj], join: Callable[[Obj, Obj], Obj | None]) -> list[Obj]:
    done: list[Obj] = []
    for message in messages:
        alike = bool(done) and done[-1].get("sender") == message.get("sender")
        both = join(done[-1], message) if alike else None
        if both:
            done[-1] = both | ({"sender": message["sender"]} if "sender" in message else {})
        else:
            done.append(message)
    return done


def _join_texts(one: Obj, other: Obj) -> Obj | None:
    if one["type"] != "text" or other["type"] != "text":
        return None
    both = f"{one['text']}\n\n{other['text']}"
    return {"type": "text", "text": both} if units(both) <= MOST_TEXT else None


def _join_bubbles(one: Obj, other: Obj) -> Obj | None:
    if one["type"] != "flex" or other["type"] != "flex":
        return None
    bubbles = [*_bubbles(one), *_bubbles(other)]
    alike = len({bubble["size"] for bubble in bubbles}) == 1
    if not alike or len(bubbles) > MOST_BUBBLES or _weigh(bubbles) > CAROUSEL_BYTES - FRAME_BYTES:
        return None
    return _flex(bubbles, f"{one['altText']}\n\n{other['altText']}")


def _bubbles(message: Obj) -> list[Obj]:
    contents = message["contents"]
    bubbles: list[Obj] = contents["contents"] if contents["type"] == "carousel" else [contents]
    return bubbles


def _pack(parts: Sequence[Obj], room: int, most: int | None = None) -> Iterator[list[Obj]]:
    """The parts in order, in groups of at most so many bytes and so many parts; none when there are no parts."""
    group: list[Obj] = []
    left = room
    for part in parts:
        size = _size(part) + 1
        if group and (size > left or len(group) == most):
            yield group
            group, left = [], room
        group.append(part)
        left -= size
    if group:
        yield group


def _weigh(parts: Sequence[Obj]) -> int:
    return sum(_size(part) + 1 for part in parts)


def _size(part: Obj) -> int:
    return len(orjson.dumps(part))
