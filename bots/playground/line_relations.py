"""What one property of a LINE payload demands of another; each rule may rely on the properties being right alone.

A rule yields (property below the object, what is wrong with it).
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

import orjson

from bots.playground.line_units import length

Obj = dict[str, Any]
Found = Iterator[tuple[str, str]]

# The unit of "KB" is not published: the smaller reading is safe (PLATFORMS 1.15).
BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
SHORT_TEXT = 60
VIDEO_SIZES = ("kilo", "mega", "giga")
CHILDREN = {
    "baseline": ("icon", "text", "filler"),
    "horizontal": ("box", "button", "image", "text", "separator", "filler"),
    "vertical": ("box", "button", "image", "text", "separator", "filler"),
}
MOMENTS = {
    "date": (r"\d{4}-\d\d-\d\d", date.fromisoformat, "1900-01-01", "2100-12-31"),
    "time": (r"\d\d:\d\d", time.fromisoformat, "00:00", "23:59"),
    "datetime": (
        r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d",
        datetime.fromisoformat,
        "1900-01-01T00:00",
        "2100-12-31T23:59",
    ),
}


def _emoji_stand_at_dollars(message: Obj) -> Found:
    units = message["text"].encode("utf-16-le", "surrogatepass")
    for index, emoji in enumerate(message.get("emojis", ())):
        start = 2 * emoji["index"]
        if units[start : start + 2] != b"$\x00":
            yield f"emojis[{index}].index", "Must be the position of a $"


def _keys_are_substituted(message: Obj) -> Found:
    known = message.get("substitution", {})
    for mark in re.finditer(r"\{\{|\}\}|\{([^{}]*)\}|[{}]", message["text"]):
        if mark.group() in ("{", "}"):
            yield "text", "Unbalanced brace"
        elif mark.group(1) is not None and mark.group(1) not in known:
            yield "text", f"No substitution for {mark.group()}"
    kinds = [one["type"] for one in known.values()]
    for kind in ("mention", "emoji"):
        if kinds.count(kind) > 20:
            yield "substitution", f"Size must be between 0 and 20 ({kind})"


def _no_borrowed_name(sender: Obj) -> Found:
    if re.search(r"(?<![a-z])line(?![a-z])", sender.get("name", ""), re.IGNORECASE):
        yield "name", "The name contains a word which may not be used"


def _short_text_beside_picture(column: Obj) -> Found:
    with_more = "title" in column or "thumbnailImageUrl" in column
    if with_more and length(column["text"], "graphemes") > SHORT_TEXT:
        yield "text", f"Length must be between 0 and {SHORT_TEXT}"


def _columns_are_alike(template: Obj) -> Found:
    first = template["columns"][0]
    for index, column in enumerate(template["columns"]):
        if len(column["actions"]) != len(first["actions"]):
            yield f"columns[{index}].actions", "Number of actions must be the same in all columns"
        for name in ("title", "thumbnailImageUrl"):
            if (name in column) != (name in first):
                yield f"columns[{index}].{name}", "Must be in all columns or in none"


def _one_text_is_shown(action: Obj) -> Found:
    if "displayText" in action and "text" in action:
        yield "text", "displayText and text cannot be specified at the same time"
    if "fillInText" in action and action.get("inputOption") != "openKeyboard":
        yield "fillInText", "Only with inputOption openKeyboard"


def _moments_in_order(action: Obj) -> Found:
    shape, read, first, last = MOMENTS[action["mode"]]
    given = {}
    for name in ("min", "initial", "max"):
        if name not in action:
            continue
        text = action[name]
        if not re.fullmatch(shape, text) or not _reads(read, text) or not first <= text.upper() <= last:
            yield name, f"Invalid {action['mode']}"
        else:
            given[name] = text.upper()
    low, high = given.get("min", first), given.get("max", last)
    if low >= high:
        yield "max", "Must be after min"
    if "initial" in given and not low <= given["initial"] <= high:
        yield "initial", "Must be between min and max"


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _children_fit(box: Obj) -> Found:
    allowed = CHILDREN[box["layout"]]
    for index, child in enumerate(box["contents"]):
        if child["type"] not in allowed:
            names = ", ".join(allowed)
            yield f"contents[{index}].type", f"Must be one of the following values: [{names}]"
        if box["layout"] == "baseline":
            for name in ("gravity", "offsetBottom"):
                if name in child:
                    yield f"contents[{index}].{name}", "Must not be specified in a baseline box"


def _text_or_spans(component: Obj) -> Found:
    if not component.get("text") and not component.get("contents"):
        yield "text", "must be non-empty text"


def _ratio(component: Obj) -> Found:
    width, height = (float(part) for part in component.get("aspectRatio", "1:1").split(":"))
    if not (1 <= width <= 100_000 and 1 <= height <= 100_000 and height <= 3 * width):
        yield "aspectRatio", "Invalid ratio"


def _bubble(bubble: Obj) -> Found:
    if len(orjson.dumps(bubble)) > BUBBLE_BYTES:
        yield "", f"A bubble must not be larger than {BUBBLE_BYTES} bytes"
    if _has_video(bubble) and bubble.get("size", "mega") not in VIDEO_SIZES:
        yield "size", f"Must be one of the following values with a video: [{', '.join(VIDEO_SIZES)}]"


def _has_video(bubble: Obj) -> bool:
    return bool(bubble.get("hero", {}).get("type") == "video")


def _carousel(carousel: Obj) -> Found:
    if len(orjson.dumps(carousel)) > CAROUSEL_BYTES:
        yield "", f"A carousel must not be larger than {CAROUSEL_BYTES} bytes"
    first = carousel["contents"][0].get("size", "mega")
    for index, bubble in enumerate(carousel["contents"]):
        if bubble.get("size", "mega") != first:
            yield f"contents[{index}].size", "All bubbles must have the same size"
        if _has_video(bubble):
            yield f"contents[{index}].hero", "A carousel cannot hold a video"


def _few_moving_pictures(message: Obj) -> Found:
    if _moving(message["contents"]) > 10:
        yield "contents", "At most 10 images may be animated"


def _moving(part: Any) -> int:
    if isinstance(part, list):
        return sum(map(_moving, part))
    if isinstance(part, dict):
        return int(part.get("animated") is True) + sum(map(_moving, part.values()))
    return 0


def _menu(menu: Obj) -> Found:
    width, height = menu["size"]["width"], menu["size"]["height"]
    if width / height < 1.45:
        yield "size", "Width divided by height must be 1.45 or more"
    for index, area in enumerate(menu["areas"]):
        bounds = area["bounds"]
        if bounds["x"] + bounds["width"] > width or bounds["y"] + bounds["height"] > height:
            yield f"areas[{index}].bounds", "Must lie within the rich menu"


def _steps_of_five(request: Obj) -> Found:
    if request.get("loadingSeconds", 20) % 5:
        yield "loadingSeconds", "Must be a multiple of 5"


RELATIONS: dict[str, Callable[[Obj], Found]] = {
    "message.text": _emoji_stand_at_dollars,
    "message.textV2": _keys_are_substituted,
    "message.flex": _few_moving_pictures,
    "sender": _no_borrowed_name,
    "template.buttons": _short_text_beside_picture,
    "template.carousel": _columns_are_alike,
    "carousel_column": _short_text_beside_picture,
    "action.postback": _one_text_is_shown,
    "action.datetimepicker": _moments_in_order,
    "component.box": _children_fit,
    "component.text": _text_or_spans,
    "component.image": _ratio,
    "component.video": _ratio,
    "component.icon": _ratio,
    "container.bubble": _bubble,
    "container.carousel": _carousel,
    "rich_menu": _menu,
    "loading_request": _steps_of_five,
}
