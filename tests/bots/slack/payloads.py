"""Requests as Slack sends them, for tests that change one thing in them."""

from typing import Any
from urllib.parse import urlencode

import orjson

Json = dict[str, Any]
TEAM, USER, BOT, DM, ROOM = "T0TEAM", "U0TARO", "U0BOT", "D0TARO", "G0OFFICE"
FORM_TYPE = "application/x-www-form-urlencoded"


def envelope(event: Json, **more: Any) -> Json:
    """An Events API request."""
    return {
        "token": "old",
        "team_id": TEAM,
        "api_app_id": "A1",
        "event": event,
        "type": "event_callback",
        "event_id": "Ev08MFMKH6",
        "event_time": 1634698800,
        "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        "is_ext_shared_channel": False,
    } | more


def message(text: str, **more: Any) -> Json:
    """A message in a DM."""
    return {
        "type": "message",
        "user": USER,
        "text": text,
        "team": TEAM,
        "channel": DM,
        "channel_type": "im",
        "ts": "1634698800.000200",
        "event_ts": "1634698800.000200",
        "client_msg_id": "3f1c",
    } | more


def option(value: str) -> Json:
    return {"text": {"type": "plain_text", "text": value, "emoji": True}, "value": value}


def form_view(**more: Any) -> Json:
    """A modal that is page 1 of draft 12, as revision 3 drew it."""

    def block(block_id: str, element: Json) -> Json:
        return {"type": "input", "block_id": block_id, "element": element}

    def typed(value: Any) -> Json:
        return {"v": {"type": "plain_text_input", "value": value}}

    return {
        "id": "V1",
        "type": "modal",
        "callback_id": "form",
        "private_metadata": "d=12&p=1&r=3",
        "hash": "1634.abc",
        "root_view_id": "V1",
        "blocks": [
            block("name@3", {"type": "plain_text_input", "initial_value": "山本商店"}),
            block("note@3", {"type": "plain_text_input"}),
            block("area@3", {"type": "radio_buttons", "initial_option": option("sales")}),
        ],
        "state": {
            "values": {
                "name@3": typed("山本 & 商店"),
                "note@3": typed(None),
                "area@3": {"v": {"type": "radio_buttons", "selected_option": option("sales")}},
                "days@2": {"v": {"type": "checkboxes", "selected_options": [option("mon"), option("tue")]}},
                "from@3": {"v": {"type": "datepicker", "selected_date": "2021-11-01"}},
                "auto": {"v": {"type": "static_select", "selected_option": None}},
            }
        },
    } | more


def interaction(kind: str, **more: Any) -> Json:
    """A press or a submission."""
    return {
        "type": kind,
        "user": {"id": USER, "username": "taro", "name": "taro", "team_id": TEAM},
        "team": {"id": TEAM, "domain": "dx"},
        "trigger_id": "157.281.fe1",
        "api_app_id": "A1",
    } | more


def press(action: Json, **more: Any) -> Json:
    """A press of a button in the secretariat's channel."""
    place = {
        "container": {"type": "message", "message_ts": "1.2", "channel_id": ROOM},
        "channel": {"id": ROOM, "name": "privategroup"},
    }
    return interaction("block_actions", **(place | {"actions": [{"action_ts": "9.1"} | action]} | more))


def command(**more: str) -> bytes:
    """A slash command."""
    fields = {
        "command": "/ouentai",
        "text": "",
        "user_id": USER,
        "user_name": "taro",
        "team_id": TEAM,
        "channel_id": ROOM,
        "trigger_id": "13.7.aa",
        "response_url": "https://hooks.slack.invalid/commands/1",
    }
    return urlencode(fields | more).encode()


def wrapped(payload: Json) -> bytes:
    """An interaction as it travels."""
    return urlencode({"payload": orjson.dumps(payload).decode()}).encode()
