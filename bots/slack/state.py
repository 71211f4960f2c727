"""What is entered on a page of a form: Slack's state of a modal as answers by key, and back to its blocks."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
MARK = "@"
FORM = "form"
"""The callback_id of a modal that is a page of a form."""


def block_id(key: str, revision: int, taken: Mapping[str, str]) -> str:
    """The id of a new input: another than any on the screen, for Slack keeps what is typed under an old one."""
    fresh = f"{key}{MARK}{revision}"
    while fresh in taken.values():
        fresh += "+"
    return fresh


def key_of(block: str) -> str:
    """The key of the question that a block asks."""
    return block.partition(MARK)[0]


def entered(values: Any) -> Json:
    """The answers of a page by key, and the ids of the blocks they stand in."""
    answers: dict[str, str] = {}
    blocks: dict[str, str] = {}
    for block, elements in values.items() if isinstance(values, dict) else ():
        if MARK not in block or not isinstance(elements, dict):
            continue
        for element in elements.values():
            if isinstance(element, dict):
                answers[key_of(block)], blocks[key_of(block)] = _raw(element), block
    return {"answers": answers, "blocks": blocks}


def began(blocks: Any) -> dict[str, str]:
    """What the inputs of a view were filled with when it was drawn, by key."""
    found = {}
    for block in blocks if isinstance(blocks, list) else ():
        element = block.get("element") if isinstance(block, dict) else None
        name = block.get("block_id") if isinstance(element, dict) else None
        if isinstance(element, dict) and isinstance(name, str) and MARK in name:
            found[key_of(name)] = _first(element)
    return found


def _raw(element: Json) -> str:
    return _joined(
        element.get("value"),
        element.get("selected_date"),
        element.get("selected_option"),
        element.get("selected_options"),
    )


def _first(element: Json) -> str:
    return _joined(
        element.get("initial_value"),
        element.get("initial_date"),
        element.get("initial_option"),
        element.get("initial_options"),
    )


def _joined(typed: Any, day: Any, option: Any, options: Any) -> str:
    """The one of these that is there: as typed, or the values of what is chosen, with commas between."""
    for plain in (typed, day):
        if isinstance(plain, str):
            return plain
    chosen = options if isinstance(options, list) else [option]
    return ",".join(str(one["value"]) for one in chosen if isinstance(one, dict) and "value" in one)
