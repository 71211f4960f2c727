"""The inputs of a form's page as Slack's controls, chosen by kind and by the number of options (DESIGN 13.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bots.slack import wire
from bots.slack.blocks import OPTIONS, PLACEHOLDER, Pen
from bots.slack.state import block_id
from bots.slack.text import clean, cut, units
from conversations.messages import Input, Link, Words
from locales import _

Json = dict[str, Any]
SIDE_BY_SIDE = 10
"""Up to so many options stand open on the page; more are a list."""
LONGEST = 3000


@dataclass(frozen=True)
class Entered:
    """What is on the screen while a page is drawn again: block ids, answers and first values by key."""

    blocks: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    began: Mapping[str, str] = field(default_factory=dict)

    def id_for(self, key: str, value: str, revision: int) -> str:
        """The id of an input's block: the old one keeps what is typed, a new one shows `value`.

        What is typed stays unless the form itself has changed the answer meanwhile.
        """
        if key in self.blocks and value in (self.answers.get(key), self.began.get(key)):
            return self.blocks[key]
        return block_id(key, revision, self.blocks)


def draw(pen: Pen, one: Input, revision: int, entered: Entered, error: Words | None) -> list[Json]:
    """The blocks of one input: what is wrong or was asked for, the control, and its buttons."""
    blocks: list[Json] = []
    if one.reason is not None:
        blocks.append(pen.context(_("From the secretariat: {sentence}")(sentence=one.reason)))
    if error is not None or one.problem is not None:
        blocks.append(pen.context(error if error is not None else one.problem or ""))
    blocks += pen.sections(one.lead)
    if one.kind == "document":
        return blocks + _document(pen, one)
    block: Json = {
        "type": "input",
        "block_id": entered.id_for(one.key, one.value or "", revision),
        "label": pen.plain(one.label, 2000),
        "element": _control(pen, one) | {"action_id": one.key},
    }
    if one.hint is not None:
        block["hint"] = pen.plain(one.hint, 2000)
    if not one.required:
        block["optional"] = True
    # Every key of a long text would be an event, and Enter begins a new line in it.
    if one.redraws and one.kind != "story":
        block["dispatch_action"] = True
        if block["element"]["type"] == "plain_text_input":
            block["element"]["dispatch_action_config"] = {"trigger_actions_on": ["on_enter_pressed"]}
    return [*blocks, block, *pen.actions(one.buttons)]


def _document(pen: Pen, one: Input) -> list[Json]:
    """Files come through a link, so there is only how many are there, and the link."""
    block: Json = {"type": "section", "text": pen.plain(one.label, LONGEST)}
    buttons = list(one.buttons)
    link = next((button for button in buttons if isinstance(button.does, Link)), None)
    if link is not None:
        buttons.remove(link)
        block["accessory"] = pen.button(link)
    if one.shown is not None:
        state: Words = one.shown
    elif one.value:
        state = _("{count} received")(count=len(one.value.split(",")))
    else:
        state = _("Not received yet") if one.required else _("Not received yet (optional)")
    small = [state] if one.hint is None else [state, one.hint]
    return [block, pen.context(*small), *pen.actions(buttons)]


def _control(pen: Pen, one: Input) -> Json:
    if one.kind == "date":
        return _date(one)
    if one.kind == "search":
        return _searched(pen, one)
    if one.kind in ("choice", "choices", "consent"):
        options = [
            pen.option(option.value, option.label)
            for option in one.options
            if 0 < units(option.value) <= wire.OPTION
        ]
        if options:
            return _chosen(pen, one, options)
    return _typed(pen, one)


def _typed(pen: Pen, one: Input) -> Json:
    element: Json = {"type": "plain_text_input"}
    if one.kind == "story":
        element["multiline"] = True
    value = cut(clean(one.value or ""), LONGEST)
    if one.at_most is not None:
        element["max_length"] = min(max(one.at_most, units(value), 1), LONGEST)
    if value:
        element["initial_value"] = value
    if one.kind == "number" and one.options:
        element["placeholder"] = pen.plain(_("For example: {words}")(words=one.options[0].label), PLACEHOLDER)
    return element


def _date(one: Input) -> Json:
    element: Json = {"type": "datepicker"}
    try:
        return element | {"initial_date": date.fromisoformat(one.value or "").isoformat()}
    except ValueError:
        return element


def _searched(pen: Pen, one: Input) -> Json:
    """A list whose options are asked for while somebody types; what is chosen already is shown."""
    element: Json = {
        "type": "external_select",
        "min_query_length": 1,
        "placeholder": pen.plain(_("Type to search"), PLACEHOLDER),
    }
    # What was typed and not chosen may hold what no option does.
    if one.value and units(one.value) <= wire.OPTION and clean(one.value) == one.value:
        label = next((option.label for option in one.options if option.value == one.value), one.shown)
        element["initial_option"] = pen.option(one.value, one.value if label is None else label)
    return element


def _chosen(pen: Pen, one: Input, options: list[Json]) -> Json:
    several = one.kind != "choice"
    given = (one.value or "").split(",") if several else [one.value]
    initial = [option for option in options if option["value"] in given]
    if len(options) <= SIDE_BY_SIDE:
        element: Json = {"type": "checkboxes" if several else "radio_buttons", "options": options}
    elif len(options) <= OPTIONS:
        element = {"type": "multi_static_select" if several else "static_select", "options": options}
    else:
        element = {"type": "multi_external_select" if several else "external_select", "min_query_length": 1}
    if len(options) > SIDE_BY_SIDE:
        element["placeholder"] = pen.plain(_("Please choose"), PLACEHOLDER)
    if several and one.at_most and len(options) > SIDE_BY_SIDE:
        element["max_selected_items"] = min(one.at_most, OPTIONS)
        initial = initial[: one.at_most]
    if initial:
        element |= {"initial_options": initial[:OPTIONS]} if several else {"initial_option": initial[0]}
    return element
