"""What Slack makes of blocks and of what people type into them: stored forms, states and action payloads."""

import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from bots.playground.slack_rules import elements, offered, units

Json = dict[str, Any]

# element type -> (field of its value in a state, field of the value it starts with)
VALUES: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
PICKED = {"selected_option", "selected_options"}
LISTS = {"files", "selected_options", "selected_users", "selected_conversations", "selected_channels"}
# What an action repeats of its element, beside what was chosen.
REPEATED = ("type", "action_id", "text", "value", "style", "url", "placeholder")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def escape(text: str) -> str:
    """What a person typed as Slack hands it on: three characters become entities (PLATFORMS 2.7)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def stored(value: Any) -> Any:
    """A copy of blocks or texts as Slack gives them back: with `emoji` and `verbatim` filled in."""
    if isinstance(value, list):
        return [stored(item) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {name: stored(item) for name, item in value.items()}
    if copy.get("type") == "plain_text":
        copy.setdefault("emoji", True)
    if copy.get("type") == "mrkdwn":
        copy.setdefault("verbatim", False)
    return copy


def stored_blocks(blocks: Sequence[Json]) -> list[Json]:
    """Blocks as Slack keeps them: what has no block_id or action_id is given one, new each time."""
    copies: list[Json] = stored(list(blocks))
    for block in copies:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements(block):
            if element["type"] in VALUES or element["type"] in ("button", "overflow"):
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return copies


def controls(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block with each of its elements that hold a value."""
    for block in blocks:
        for element in elements(block):
            if element["type"] in VALUES:
                yield block, element


def entry(element: Json, value: Any) -> Json:
    """An element's part of `state.values`."""
    return {"type": element["type"], VALUES[element["type"]][0]: value}


def state(blocks: Sequence[Json], before: Json | None = None) -> Json:
    """The values of all controls: what `before` holds for the same block and action, else what they start with.

    So a new initial value under old ids is not shown, as in Slack (PLATFORMS 2.4, State).
    """
    values: Json = {}
    for block, element in controls(blocks):
        field, initial = VALUES[element["type"]]
        start = entry(element, element.get(initial, [] if field in LISTS else None))
        kept = (before or {}).get(block["block_id"], {}).get(element["action_id"])
        if kept is not None and not _still_there(kept, element):
            kept = None
        values.setdefault(block["block_id"], {})[element["action_id"]] = kept or start
    return values


def _still_there(kept: Json, element: Json) -> bool:
    if kept["type"] != element["type"]:
        return False
    field = VALUES[element["type"]][0]
    if field not in PICKED or "external" in element["type"]:
        return True
    chosen = kept[field] if isinstance(kept[field], list) else [kept[field]]
    return all(option is None or option in offered(element) for option in chosen)


def chosen(element: Json, picked: Any, options: Sequence[Json]) -> Any:
    """What a person picked or typed, as a state holds it; `options` are those the person sees.

    Options go by their value or whole; several as a list. Raises LookupError for an option that is not there,
    ValueError for what the control does not take.
    """
    field = VALUES[element["type"]][0]
    if field in LISTS:
        many = list(picked or [])
        return [_option(item, options) for item in many] if field in PICKED else many
    if picked is None or picked == "":
        return None
    if field in PICKED:
        return _option(picked, options)
    form = {"selected_date": DATE, "selected_time": TIME}.get(field)
    if form and not form.fullmatch(picked):
        raise ValueError(f"{element['type']} does not take {picked!r}")
    return picked if field in ("rich_text_value", "selected_date_time") else str(picked)


def _option(picked: Any, options: Sequence[Json]) -> Json:
    for option in options:
        if picked in (option, option["value"]):
            return option
    raise LookupError(f"no such option here: {picked!r}")


def action(block: Json, element: Json, picked: Any, ts: str) -> Json:
    """One member of `actions`, as a press of this element sends it; `picked` as a state holds it."""
    sent = {name: element[name] for name in REPEATED if name in element}
    sent |= {"block_id": block["block_id"], "action_ts": ts}
    if element["type"] == "overflow":
        sent["selected_option"] = picked
    elif element["type"] in VALUES:
        field, initial = VALUES[element["type"]]
        sent[field] = picked
        if initial in element and initial != "initial_value":
            sent[initial] = element[initial]
    return sent


def complaints(blocks: Sequence[Json], values: Json) -> dict[str, str]:
    """What Slack's own window says at a field before anything is sent: block id to sentence."""
    found = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = values[block["block_id"]][element["action_id"]][VALUES[element["type"]][0]]
        if not value and not isinstance(value, int):
            if not block.get("optional"):
                found[block["block_id"]] = "Please complete this required field."
        elif said := _complaint(element, value):
            found[block["block_id"]] = said
    return found


def _complaint(element: Json, value: Any) -> str | None:
    kind = element["type"]
    if kind == "plain_text_input":
        if units(value) < element.get("min_length", 0):
            return f"Please enter at least {element['min_length']} characters."
        if units(value) > (most := element.get("max_length", 3000)):
            return f"Please enter at most {most} characters."
    if kind == "number_input":
        return _number_complaint(element, value)
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return "Please enter an email address."
    if kind == "url_text_input" and not re.fullmatch(r"https?://\S+", value):
        return "Please enter a URL."
    if kind == "file_input" and len(value) > element.get("max_files", 10):
        return "Too many files."
    if isinstance(value, list) and len(value) > element.get("max_selected_items", 100):
        return "Too many items."
    return None


def _number_complaint(element: Json, value: str) -> str | None:
    digits = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(digits, value, re.ASCII):
        return "Please enter a number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
